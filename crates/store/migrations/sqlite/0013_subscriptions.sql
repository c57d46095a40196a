-- Who wants to hear of events. Everything of the outbox up to `position` is delivered, or stands in `undelivered`.
CREATE TABLE subscription (
    id          TEXT PRIMARY KEY,
    resource    TEXT NOT NULL REFERENCES resource (id),
    endpoint    TEXT NOT NULL,
    schema      TEXT NOT NULL,
    types       TEXT NOT NULL,
    meetings    INTEGER NOT NULL CHECK (meetings IN (0, 1)),
    by_operator INTEGER NOT NULL CHECK (by_operator IN (0, 1)),
    secret      BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    position    INTEGER NOT NULL
) STRICT;

-- Events that an endpoint refused, and those that wait behind them. `dead_at`: tried no more since.
CREATE TABLE undelivered (
    subscription TEXT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    seq          INTEGER NOT NULL REFERENCES outbox (seq) ON DELETE CASCADE,
    attempts     INTEGER NOT NULL,
    first_at     INTEGER,
    next_at      INTEGER NOT NULL,
    dead_at      INTEGER,
    error        TEXT,
    PRIMARY KEY (subscription, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX undelivered_of_event ON undelivered (seq);
