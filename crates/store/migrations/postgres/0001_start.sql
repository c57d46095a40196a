-- Times are milliseconds since 1970. Ids are the texts of the wire. COLLATE "C": texts that lists are ordered by have one
-- order everywhere, that of their bytes, as in SQLite.

-- One row: what this server decided about itself when it first started.
CREATE TABLE setting (
    only_row     BIGINT PRIMARY KEY CHECK (only_row = 1),
    organization TEXT NOT NULL,
    resource_id  TEXT NOT NULL
);

CREATE TABLE signing_key (
    kid        TEXT COLLATE "C" PRIMARY KEY,
    seed       BYTEA NOT NULL CHECK (length(seed) = 32),
    created_at BIGINT NOT NULL
);

CREATE TABLE "user" (
    id           TEXT COLLATE "C" PRIMARY KEY,
    display_name TEXT,
    generation   BIGINT NOT NULL CHECK (generation >= 0),
    created_at   BIGINT NOT NULL
);

-- The organizer is no foreign key: a meeting outlives the deletion of its organizer.
CREATE TABLE meeting (
    id               TEXT COLLATE "C" PRIMARY KEY,
    thread_id        TEXT NOT NULL UNIQUE,
    organizer        TEXT NOT NULL,
    organization     TEXT NOT NULL,
    subject          TEXT NOT NULL,
    join_meeting_id  TEXT NOT NULL UNIQUE,
    passcode         TEXT NOT NULL,
    lobby            TEXT NOT NULL,
    guests_allowed   BOOLEAN NOT NULL,
    guests_may_start BOOLEAN NOT NULL,
    created_at       BIGINT NOT NULL,
    starts_at        BIGINT NOT NULL,
    ends_at          BIGINT NOT NULL,
    version          BIGINT NOT NULL CHECK (version >= 0)
);

CREATE INDEX meeting_of_organizer ON meeting (organizer, created_at, id);

-- One row for each call, kept in step with its journal by the same transaction.
-- A call is a session of a meeting, or of a group of a resource.
CREATE TABLE call (
    id         TEXT COLLATE "C" PRIMARY KEY,
    meeting    TEXT,
    resource   TEXT,
    group_id   TEXT,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT,
    CHECK ((meeting IS NOT NULL AND resource IS NULL AND group_id IS NULL)
        OR (meeting IS NULL AND resource IS NOT NULL AND group_id IS NOT NULL))
);

CREATE INDEX open_call ON call (started_at, id) WHERE ended_at IS NULL;

-- What happened in calls, in order. The call's target stands in its row of the table above.
CREATE TABLE journal (
    seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call         TEXT COLLATE "C" NOT NULL REFERENCES call (id),
    kind         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    participant  TEXT,
    "user"       TEXT,
    display_name TEXT,
    role         TEXT,
    admitted_by  TEXT,
    reason       TEXT,
    muted        BOOLEAN
);

CREATE INDEX journal_of_call ON journal (call, seq);

-- Events to deliver, in order. A number is never used again, and becomes visible after all lower ones (whoever writes
-- here holds a lock until the end of the transaction), so a reader's position stays true.
CREATE TABLE outbox (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    call       TEXT COLLATE "C" NOT NULL REFERENCES call (id),
    event_type TEXT NOT NULL,
    subject    TEXT NOT NULL,
    data       TEXT NOT NULL,
    at         BIGINT NOT NULL
);
