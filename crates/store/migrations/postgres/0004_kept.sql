-- What a feature of a call keeps of somebody over a restart.

ALTER TABLE journal ADD COLUMN feature TEXT;
ALTER TABLE journal ADD COLUMN value TEXT;
