-- More of a meeting's options, and what a call's journal must say so that the call can go on after a restart.

ALTER TABLE meeting ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));
ALTER TABLE meeting ADD COLUMN attendees_may_speak INTEGER NOT NULL DEFAULT 1 CHECK (attendees_may_speak IN (0, 1));
ALTER TABLE meeting ADD COLUMN attendees_may_be_seen INTEGER NOT NULL DEFAULT 1 CHECK (attendees_may_be_seen IN (0, 1));
ALTER TABLE meeting ADD COLUMN entry_exit_announced INTEGER NOT NULL DEFAULT 0 CHECK (entry_exit_announced IN (0, 1));
ALTER TABLE meeting ADD COLUMN allowed_presenters TEXT NOT NULL DEFAULT 'organization';

-- One line for each listed attendee: a raw id, a space, a role.
ALTER TABLE meeting ADD COLUMN attendees TEXT NOT NULL DEFAULT '';

-- by_user: who did it, where that is somebody else. resume_hash: of the secret with which a leg comes back.
ALTER TABLE journal ADD COLUMN by_user TEXT;
ALTER TABLE journal ADD COLUMN resume_hash TEXT;
ALTER TABLE journal ADD COLUMN audio_forbidden INTEGER CHECK (audio_forbidden IN (0, 1));
ALTER TABLE journal ADD COLUMN video_forbidden INTEGER CHECK (video_forbidden IN (0, 1));
