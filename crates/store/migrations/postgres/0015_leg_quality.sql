-- How the media of legs was, as the server measured it: one row for each peer that ended. The figures are JSON.
CREATE TABLE leg_quality (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call        TEXT COLLATE "C" NOT NULL REFERENCES call (id),
    participant TEXT COLLATE "C" NOT NULL,
    opened_at   BIGINT NOT NULL,
    quality     TEXT NOT NULL
);

CREATE INDEX quality_of_call ON leg_quality (call, seq);
