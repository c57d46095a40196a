-- How the media of legs was, as the server measured it: one row for each peer that ended. The figures are JSON.
CREATE TABLE leg_quality (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    call        TEXT NOT NULL REFERENCES call (id),
    participant TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    quality     TEXT NOT NULL
) STRICT;

CREATE INDEX quality_of_call ON leg_quality (call, seq);
