-- Rooms. Participants: one line for each who is invited: a raw id, a space, a role.
CREATE TABLE room (
    id                    TEXT PRIMARY KEY,
    resource              TEXT NOT NULL,
    valid_from            INTEGER NOT NULL,
    valid_until           INTEGER NOT NULL,
    pstn_dial_out_enabled INTEGER NOT NULL CHECK (pstn_dial_out_enabled IN (0, 1)),
    lobby                 INTEGER NOT NULL CHECK (lobby IN (0, 1)),
    participants          TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    version               INTEGER NOT NULL CHECK (version >= 0)
) STRICT;

CREATE INDEX room_of_resource ON room (resource, created_at, id);

-- A call of a room has the room's id in group_id: a call is a session of a meeting, or of a group or room of a resource.
ALTER TABLE call ADD COLUMN of_room INTEGER NOT NULL DEFAULT 0 CHECK (of_room IN (0, 1));

-- Answers to requests that clients may send again, kept for a while.
CREATE TABLE repeatable_answer (
    resource     TEXT NOT NULL,
    request_id   TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    answer       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (resource, request_id)
) STRICT;

CREATE INDEX repeatable_answer_by_time ON repeatable_answer (at);
