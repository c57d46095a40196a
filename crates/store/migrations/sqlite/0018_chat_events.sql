-- Events of chat threads, beside those of calls: what an event is about is one or the other, and only a call's resource stands elsewhere.
-- SQLite cannot let a column be NULL afterwards: the tables are made anew, with the numbers that they had. No number is used again.
CREATE TABLE outbox_anew (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    call       TEXT REFERENCES call (id),
    thread     TEXT,
    resource   TEXT,
    connection TEXT,
    event_type TEXT NOT NULL,
    subject    TEXT NOT NULL,
    data       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    CHECK ((call IS NULL) <> (thread IS NULL)),
    CHECK ((thread IS NULL) = (resource IS NULL))
) STRICT;

INSERT INTO outbox_anew (seq, id, call, connection, event_type, subject, data, at)
    SELECT seq, id, call, connection, event_type, subject, data, at FROM outbox;

DELETE FROM sqlite_sequence WHERE name = 'outbox_anew';
INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox_anew', seq FROM sqlite_sequence WHERE name = 'outbox';

CREATE TABLE undelivered_anew (
    subscription TEXT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    seq          INTEGER NOT NULL REFERENCES outbox_anew (seq) ON DELETE CASCADE,
    attempts     INTEGER NOT NULL,
    first_at     INTEGER,
    next_at      INTEGER NOT NULL,
    dead_at      INTEGER,
    error        TEXT,
    PRIMARY KEY (subscription, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO undelivered_anew SELECT subscription, seq, attempts, first_at, next_at, dead_at, error FROM undelivered;

DROP TABLE undelivered;
DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;
ALTER TABLE undelivered_anew RENAME TO undelivered;

CREATE INDEX outbox_of_call ON outbox (call);
CREATE INDEX outbox_of_connection ON outbox (connection) WHERE connection IS NOT NULL;
CREATE INDEX outbox_of_threads ON outbox (at) WHERE thread IS NOT NULL;
CREATE INDEX undelivered_of_event ON undelivered (seq);
