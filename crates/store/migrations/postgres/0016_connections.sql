-- Callbacks: events that are told to the app of one connection alone, by a subscription of that connection's own.
ALTER TABLE outbox ADD COLUMN connection TEXT COLLATE "C";
ALTER TABLE subscription ADD COLUMN connection TEXT COLLATE "C";
CREATE INDEX outbox_of_connection ON outbox (connection) WHERE connection IS NOT NULL;
