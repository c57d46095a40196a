-- Who signs in. A local account is signed into by its address and a password; an account of a provider by a subject.
CREATE TABLE account (
    user_id    TEXT COLLATE "C" PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    email      TEXT COLLATE "C",
    local      BOOLEAN NOT NULL,
    role       TEXT NOT NULL,
    password   TEXT,
    disabled   BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX account_by_address ON account (email) WHERE local;

-- How a provider names somebody.
CREATE TABLE account_subject (
    issuer  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
);

-- Sessions of browsers, by the hash of their secret.
CREATE TABLE session (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

CREATE INDEX session_of_user ON session (user_id, created_at);
CREATE INDEX session_by_time ON session (created_at);

-- Links with which a password is set once, by the hash of their secret.
CREATE TABLE password_link (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

CREATE INDEX password_link_of_user ON password_link (user_id);
