-- Apps' tenancies. Either key is valid, so that one can be replaced while the other is in use.
CREATE TABLE resource (
    id            TEXT PRIMARY KEY,
    primary_key   BLOB NOT NULL CHECK (length(primary_key) >= 16),
    secondary_key BLOB NOT NULL CHECK (length(secondary_key) >= 16),
    created_at    INTEGER NOT NULL
) STRICT;

-- The host names (lower case, no port) that choose a resource.
CREATE TABLE resource_host (
    host     TEXT PRIMARY KEY,
    resource TEXT NOT NULL REFERENCES resource (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX hosts_of_resource ON resource_host (resource, host);
