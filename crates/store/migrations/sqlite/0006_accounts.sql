-- Who signs in. A local account is signed into by its address and a password; an account of a provider by a subject.
CREATE TABLE account (
    user_id    TEXT PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    email      TEXT,
    local      INTEGER NOT NULL CHECK (local IN (0, 1)),
    role       TEXT NOT NULL,
    password   TEXT,
    disabled   INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX account_by_address ON account (email) WHERE local;

-- How a provider names somebody.
CREATE TABLE account_subject (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
) STRICT;

-- Sessions of browsers, by the hash of their secret.
CREATE TABLE session (
    hash       TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX session_of_user ON session (user_id, created_at);
CREATE INDEX session_by_time ON session (created_at);

-- Links with which a password is set once, by the hash of their secret.
CREATE TABLE password_link (
    hash       TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX password_link_of_user ON password_link (user_id);
