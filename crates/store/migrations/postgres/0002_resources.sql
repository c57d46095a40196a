-- Apps' tenancies. Either key is valid, so that one can be replaced while the other is in use.
CREATE TABLE resource (
    id            TEXT COLLATE "C" PRIMARY KEY,
    primary_key   BYTEA NOT NULL CHECK (length(primary_key) >= 16),
    secondary_key BYTEA NOT NULL CHECK (length(secondary_key) >= 16),
    created_at    BIGINT NOT NULL
);

-- The host names (lower case, no port) that choose a resource.
CREATE TABLE resource_host (
    host     TEXT COLLATE "C" PRIMARY KEY,
    resource TEXT COLLATE "C" NOT NULL REFERENCES resource (id) ON DELETE CASCADE
);

CREATE INDEX hosts_of_resource ON resource_host (resource, host);
