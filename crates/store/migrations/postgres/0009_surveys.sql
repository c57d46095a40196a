-- What people thought of calls: the newest survey of each leg. What was rated and how is JSON.
CREATE TABLE call_survey (
    participant TEXT COLLATE "C" PRIMARY KEY,
    call        TEXT COLLATE "C" NOT NULL REFERENCES call (id),
    "user"      TEXT NOT NULL,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    survey      TEXT NOT NULL,
    at          BIGINT NOT NULL
);

CREATE INDEX survey_of_call ON call_survey (call, at);

CREATE INDEX survey_by_time ON call_survey (at);

-- Which call a leg was in, or waited for.
CREATE INDEX journal_of_participant ON journal (participant) WHERE kind IN ('joined', 'knocked');
