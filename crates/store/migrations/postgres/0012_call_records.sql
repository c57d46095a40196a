-- Calls are listed by when they began: all of them, and those of a resource.
CREATE INDEX call_by_start ON call (started_at, id);
CREATE INDEX call_of_resource ON call (resource, started_at, id);
