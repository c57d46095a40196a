-- What people thought of calls: the newest survey of each leg. What was rated and how is JSON.
CREATE TABLE call_survey (
    participant TEXT PRIMARY KEY,
    call        TEXT NOT NULL REFERENCES call (id),
    user        TEXT NOT NULL,
    id          TEXT NOT NULL UNIQUE,
    survey      TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

CREATE INDEX survey_of_call ON call_survey (call, at);

CREATE INDEX survey_by_time ON call_survey (at);

-- Which call a leg was in, or waited for.
CREATE INDEX journal_of_participant ON journal (participant) WHERE kind IN ('joined', 'knocked');
