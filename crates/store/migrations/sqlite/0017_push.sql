-- The key by which push services know this server (RFC 8292).
CREATE TABLE push_key (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    seed     BLOB NOT NULL CHECK (length(seed) = 32)
) STRICT;

-- Browsers that ring although no page is open. They go with the user's tokens: `generation`.
CREATE TABLE push_device (
    endpoint   TEXT PRIMARY KEY,
    "user"     TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    p256dh     BLOB NOT NULL,
    auth       BLOB NOT NULL,
    generation INTEGER NOT NULL,
    kept_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX push_device_of_user ON push_device ("user", kept_at);
