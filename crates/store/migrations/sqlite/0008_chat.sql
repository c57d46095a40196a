-- Chat. Metadata is a JSON object. retention_days: 0 if it was said to be for ever, NULL if nothing was said.
CREATE TABLE chat_thread (
    id             TEXT PRIMARY KEY,
    resource       TEXT NOT NULL,
    topic          TEXT NOT NULL,
    metadata       TEXT NOT NULL,
    retention_days INTEGER,
    created_by     TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    active_at      INTEGER NOT NULL,
    ends_at        INTEGER,
    version        INTEGER NOT NULL,
    -- The place and the id of the newest message.
    last_sequence  INTEGER NOT NULL,
    last_message   INTEGER NOT NULL
) STRICT;

CREATE INDEX chat_thread_by_end ON chat_thread (ends_at);

CREATE TABLE chat_member (
    thread       TEXT NOT NULL REFERENCES chat_thread (id) ON DELETE CASCADE,
    "user"       TEXT NOT NULL,
    display_name TEXT,
    history_from INTEGER NOT NULL,
    metadata     TEXT NOT NULL,
    PRIMARY KEY (thread, "user")
) STRICT;

CREATE INDEX chat_member_by_user ON chat_member ("user", thread);

CREATE TABLE chat_message (
    thread              TEXT NOT NULL REFERENCES chat_thread (id) ON DELETE CASCADE,
    sequence            INTEGER NOT NULL,
    id                  INTEGER NOT NULL,
    kind                TEXT NOT NULL,
    -- Text, HTML or a topic as it is; people who came or went as JSON.
    body                TEXT NOT NULL,
    sender              TEXT NOT NULL,
    sender_display_name TEXT,
    metadata            TEXT NOT NULL,
    created_at          INTEGER NOT NULL,
    edited_at           INTEGER,
    deleted_at          INTEGER,
    version             INTEGER NOT NULL,
    PRIMARY KEY (thread, sequence),
    UNIQUE (thread, id)
) STRICT;

CREATE TABLE chat_receipt (
    thread  TEXT NOT NULL REFERENCES chat_thread (id) ON DELETE CASCADE,
    "user"  TEXT NOT NULL,
    message INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (thread, "user")
) STRICT;
