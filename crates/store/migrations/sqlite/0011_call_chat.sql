-- Group calls and rooms have a chat thread of their own: of which call it is; NULL for those of meetings and of apps.
ALTER TABLE chat_thread ADD COLUMN call TEXT;
CREATE UNIQUE INDEX chat_thread_by_call ON chat_thread (call);
