-- Group calls with a lobby. Hosts and bypassers: one raw id on each line.
CREATE TABLE group_call (
    resource  TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    lobby     TEXT NOT NULL,
    hosts     TEXT NOT NULL,
    bypassers TEXT NOT NULL,
    version   INTEGER NOT NULL CHECK (version >= 0),
    PRIMARY KEY (resource, group_id)
) STRICT;
