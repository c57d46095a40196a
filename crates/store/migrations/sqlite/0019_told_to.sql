-- Events of a call that are for the apps of one resource alone, whose call it is not: it rings at a user of theirs.
ALTER TABLE outbox ADD COLUMN told_to TEXT;
