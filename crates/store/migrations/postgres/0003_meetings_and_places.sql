-- More of a meeting's options, and what a call's journal must say so that the call can go on after a restart.

ALTER TABLE meeting ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE meeting ADD COLUMN attendees_may_speak BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE meeting ADD COLUMN attendees_may_be_seen BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE meeting ADD COLUMN entry_exit_announced BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE meeting ADD COLUMN allowed_presenters TEXT NOT NULL DEFAULT 'organization';

-- One line for each listed attendee: a raw id, a space, a role.
ALTER TABLE meeting ADD COLUMN attendees TEXT NOT NULL DEFAULT '';

-- by_user: who did it, where that is somebody else. resume_hash: of the secret with which a leg comes back.
ALTER TABLE journal ADD COLUMN by_user TEXT;
ALTER TABLE journal ADD COLUMN resume_hash TEXT;
ALTER TABLE journal ADD COLUMN audio_forbidden BOOLEAN;
ALTER TABLE journal ADD COLUMN video_forbidden BOOLEAN;
