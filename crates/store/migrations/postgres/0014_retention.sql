-- What is older than it is kept is found by these: ended calls, and the events of a call.
CREATE INDEX call_by_end ON call (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX outbox_of_call ON outbox (call);
