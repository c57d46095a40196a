-- Times are milliseconds since 1970. Ids are the texts of the wire.

-- One row: what this server decided about itself when it first started.
CREATE TABLE setting (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    organization TEXT NOT NULL,
    resource_id  TEXT NOT NULL
) STRICT;

CREATE TABLE signing_key (
    kid        TEXT PRIMARY KEY,
    seed       BLOB NOT NULL CHECK (length(seed) = 32),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
    id           TEXT PRIMARY KEY,
    display_name TEXT,
    generation   INTEGER NOT NULL CHECK (generation >= 0),
    created_at   INTEGER NOT NULL
) STRICT;

-- The organizer is no foreign key: a meeting outlives the deletion of its organizer.
CREATE TABLE meeting (
    id               TEXT PRIMARY KEY,
    thread_id        TEXT NOT NULL UNIQUE,
    organizer        TEXT NOT NULL,
    organization     TEXT NOT NULL,
    subject          TEXT NOT NULL,
    join_meeting_id  TEXT NOT NULL UNIQUE,
    passcode         TEXT NOT NULL,
    lobby            TEXT NOT NULL,
    guests_allowed   INTEGER NOT NULL CHECK (guests_allowed IN (0, 1)),
    guests_may_start INTEGER NOT NULL CHECK (guests_may_start IN (0, 1)),
    created_at       INTEGER NOT NULL,
    starts_at        INTEGER NOT NULL,
    ends_at          INTEGER NOT NULL,
    version          INTEGER NOT NULL CHECK (version >= 0)
) STRICT;

CREATE INDEX meeting_of_organizer ON meeting (organizer, created_at, id);

-- One row for each call, kept in step with its journal by the same transaction.
-- A call is a session of a meeting, or of a group of a resource.
CREATE TABLE call (
    id         TEXT PRIMARY KEY,
    meeting    TEXT,
    resource   TEXT,
    group_id   TEXT,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    CHECK ((meeting IS NOT NULL AND resource IS NULL AND group_id IS NULL)
        OR (meeting IS NULL AND resource IS NOT NULL AND group_id IS NOT NULL))
) STRICT;

CREATE INDEX open_call ON call (started_at, id) WHERE ended_at IS NULL;

-- What happened in calls, in order. The call's target stands in its row of the table above.
CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    call         TEXT NOT NULL REFERENCES call (id),
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    participant  TEXT,
    user         TEXT,
    display_name TEXT,
    role         TEXT,
    admitted_by  TEXT,
    reason       TEXT,
    muted        INTEGER CHECK (muted IN (0, 1))
) STRICT;

CREATE INDEX journal_of_call ON journal (call, seq);

-- Events to deliver, in order. AUTOINCREMENT: a number is never used again, so a reader's position stays true.
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    call       TEXT NOT NULL REFERENCES call (id),
    event_type TEXT NOT NULL,
    subject    TEXT NOT NULL,
    data       TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
