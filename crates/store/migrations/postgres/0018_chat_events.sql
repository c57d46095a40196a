-- Events of chat threads, beside those of calls: what an event is about is one or the other, and only a call's resource stands elsewhere.
ALTER TABLE outbox ALTER COLUMN call DROP NOT NULL;
ALTER TABLE outbox ADD COLUMN thread TEXT;
ALTER TABLE outbox ADD COLUMN resource TEXT;
ALTER TABLE outbox ADD CHECK ((call IS NULL) <> (thread IS NULL));
ALTER TABLE outbox ADD CHECK ((thread IS NULL) = (resource IS NULL));
CREATE INDEX outbox_of_threads ON outbox (at) WHERE thread IS NOT NULL;
