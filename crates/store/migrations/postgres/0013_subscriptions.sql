-- Who wants to hear of events. Everything of the outbox up to `position` is delivered, or stands in `undelivered`.
CREATE TABLE subscription (
    id          TEXT COLLATE "C" PRIMARY KEY,
    resource    TEXT COLLATE "C" NOT NULL REFERENCES resource (id),
    endpoint    TEXT NOT NULL,
    schema      TEXT NOT NULL,
    types       TEXT NOT NULL,
    meetings    BOOLEAN NOT NULL,
    by_operator BOOLEAN NOT NULL,
    secret      BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    position    BIGINT NOT NULL
);

-- Events that an endpoint refused, and those that wait behind them. `dead_at`: tried no more since.
CREATE TABLE undelivered (
    subscription TEXT COLLATE "C" NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    seq          BIGINT NOT NULL REFERENCES outbox (seq) ON DELETE CASCADE,
    attempts     BIGINT NOT NULL,
    first_at     BIGINT,
    next_at      BIGINT NOT NULL,
    dead_at      BIGINT,
    error        TEXT,
    PRIMARY KEY (subscription, seq)
);

CREATE INDEX undelivered_of_event ON undelivered (seq);
