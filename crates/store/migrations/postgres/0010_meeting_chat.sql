-- Each meeting has a chat thread; who is in it while in the call is not durable. Co-organizers of older meetings become durable with
-- the meeting's next change.
ALTER TABLE meeting ADD COLUMN chat TEXT NOT NULL DEFAULT 'enabled';
ALTER TABLE meeting ADD COLUMN chat_history_shared BOOLEAN NOT NULL DEFAULT FALSE;
-- What the meeting allows; NULL for threads that apps made.
ALTER TABLE chat_thread ADD COLUMN meeting_chat TEXT;
ALTER TABLE chat_member ADD COLUMN durable BOOLEAN NOT NULL DEFAULT TRUE;

INSERT INTO chat_thread (id, resource, topic, metadata, retention_days, created_by, created_at, active_at, ends_at, version,
    last_sequence, last_message, meeting_chat)
SELECT thread_id, '', subject, '{}', NULL, organizer, created_at, created_at, NULL, 1, 0, 0, 'enabled' FROM meeting;

INSERT INTO chat_member (thread, "user", display_name, history_from, metadata, durable)
SELECT thread_id, organizer, NULL, 0, '{}', TRUE FROM meeting;
