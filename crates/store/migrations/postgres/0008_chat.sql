-- Chat. Metadata is a JSON object. retention_days: 0 if it was said to be for ever, NULL if nothing was said.
CREATE TABLE chat_thread (
    id             TEXT COLLATE "C" PRIMARY KEY,
    resource       TEXT NOT NULL,
    topic          TEXT NOT NULL,
    metadata       TEXT NOT NULL,
    retention_days BIGINT,
    created_by     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    active_at      BIGINT NOT NULL,
    ends_at        BIGINT,
    version        BIGINT NOT NULL,
    -- The place and the id of the newest message.
    last_sequence  BIGINT NOT NULL,
    last_message   BIGINT NOT NULL
);

CREATE INDEX chat_thread_by_end ON chat_thread (ends_at);

CREATE TABLE chat_member (
    thread       TEXT COLLATE "C" NOT NULL REFERENCES chat_thread (id) ON DELETE CASCADE,
    "user"       TEXT COLLATE "C" NOT NULL,
    display_name TEXT,
    history_from BIGINT NOT NULL,
    metadata     TEXT NOT NULL,
    PRIMARY KEY (thread, "user")
);

CREATE INDEX chat_member_by_user ON chat_member ("user", thread);

CREATE TABLE chat_message (
    thread              TEXT COLLATE "C" NOT NULL REFERENCES chat_thread (id) ON DELETE CASCADE,
    sequence            BIGINT NOT NULL,
    id                  BIGINT NOT NULL,
    kind                TEXT NOT NULL,
    -- Text, HTML or a topic as it is; people who came or went as JSON.
    body                TEXT NOT NULL,
    sender              TEXT NOT NULL,
    sender_display_name TEXT,
    metadata            TEXT NOT NULL,
    created_at          BIGINT NOT NULL,
    edited_at           BIGINT,
    deleted_at          BIGINT,
    version             BIGINT NOT NULL,
    PRIMARY KEY (thread, sequence),
    UNIQUE (thread, id)
);

CREATE TABLE chat_receipt (
    thread  TEXT COLLATE "C" NOT NULL REFERENCES chat_thread (id) ON DELETE CASCADE,
    "user"  TEXT COLLATE "C" NOT NULL,
    message BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (thread, "user")
);
