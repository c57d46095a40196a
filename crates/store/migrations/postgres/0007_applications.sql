-- Back ends that ask in their own name. Permissions are their names on the wire, separated by spaces.
CREATE TABLE application (
    id          TEXT COLLATE "C" PRIMARY KEY,
    name        TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);

-- Two places for secrets, so that one can be replaced while the other is in use. Only hashes.
CREATE TABLE application_secret (
    application TEXT COLLATE "C" NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    slot        BIGINT NOT NULL CHECK (slot IN (0, 1)),
    id          TEXT NOT NULL UNIQUE,
    hash        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (application, slot)
);

-- The id under which a back end knows a meeting; of an organizer's meetings at most one has it.
ALTER TABLE meeting ADD COLUMN external_id TEXT;

CREATE UNIQUE INDEX meeting_by_external_id ON meeting (organizer, external_id);

-- The sessions of a meeting, the newest first.
CREATE INDEX call_of_meeting ON call (meeting, started_at, id);
