-- The key by which push services know this server (RFC 8292).
CREATE TABLE push_key (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    seed     BYTEA NOT NULL CHECK (length(seed) = 32)
);

-- Browsers that ring although no page is open. They go with the user's tokens: `generation`.
CREATE TABLE push_device (
    endpoint   TEXT COLLATE "C" PRIMARY KEY,
    "user"     TEXT COLLATE "C" NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    p256dh     BYTEA NOT NULL,
    auth       BYTEA NOT NULL,
    generation BIGINT NOT NULL,
    kept_at    BIGINT NOT NULL
);

CREATE INDEX push_device_of_user ON push_device ("user", kept_at);
