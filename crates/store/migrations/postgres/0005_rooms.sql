-- Rooms. Participants: one line for each who is invited: a raw id, a space, a role.
CREATE TABLE room (
    id                    TEXT COLLATE "C" PRIMARY KEY,
    resource              TEXT COLLATE "C" NOT NULL,
    valid_from            BIGINT NOT NULL,
    valid_until           BIGINT NOT NULL,
    pstn_dial_out_enabled BOOLEAN NOT NULL,
    lobby                 BOOLEAN NOT NULL,
    participants          TEXT NOT NULL,
    created_at            BIGINT NOT NULL,
    version               BIGINT NOT NULL CHECK (version >= 0)
);

CREATE INDEX room_of_resource ON room (resource, created_at, id);

-- A call of a room has the room's id in group_id: a call is a session of a meeting, or of a group or room of a resource.
ALTER TABLE call ADD COLUMN of_room BOOLEAN NOT NULL DEFAULT FALSE;

-- Answers to requests that clients may send again, kept for a while.
CREATE TABLE repeatable_answer (
    resource     TEXT COLLATE "C" NOT NULL,
    request_id   TEXT COLLATE "C" NOT NULL,
    request_hash TEXT NOT NULL,
    answer       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (resource, request_id)
);

CREATE INDEX repeatable_answer_by_time ON repeatable_answer (at);
