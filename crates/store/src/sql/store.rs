//! What a store does, by the queries beside this file.

use super::{
    Backend, accounts, applications, calls, chat, meetings, resources, retention, rooms, subscriptions, surveys, users,
};
use crate::{ChatCursor, MeetingCursor, OpenCall, Pruned, RoomCursor, Settings, Store, StoreError, error::failed};
use convene_model::account::{Account, AccountRole, PasswordLink, SessionRecord, SignedIn, Subject};
use convene_model::chat::{
    ChatChange, ChatCommitted, ChatDraft, ChatFollowed, ChatMember, ChatMessage, ChatReceipt, ChatThread,
};
use convene_model::subscription::{Checkpoint, EventLine, Subscription, Undelivered};
use convene_model::survey::{KeptSurvey, SurveyRecord};
use convene_model::{
    CallId, ConnectionId, ErrorCode, MeetingId, RawId, RoomId, ThreadId, WallMs,
    record::{
        AccessKey, AppSecret, Application, JournalRow, Meeting, OutboxEvent, RepeatableAnswer, Resource, Room,
        SigningKeyRecord, User,
    },
};

impl Store for Backend {
    async fn settings(&self) -> Result<Option<Settings>, StoreError> {
        users::settings(&self.read).await
    }

    async fn get_or_init_settings(&self, candidate: Settings) -> Result<Settings, StoreError> {
        whole!(self, "write the settings", "settings", |tx| users::get_or_init_settings(&mut tx, candidate))
    }

    async fn set_default_resource(&self, id: &str) -> Result<bool, StoreError> {
        users::set_default_resource(&self.write, id).await
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKeyRecord>, StoreError> {
        users::signing_keys(&self.read).await
    }

    async fn add_signing_key(&self, key: &SigningKeyRecord) -> Result<(), StoreError> {
        users::add_signing_key(&self.write, key).await
    }

    async fn insert_resource(&self, resource: &Resource) -> Result<(), StoreError> {
        whole!(self, "add a resource", "a resource", |tx| resources::insert(&mut tx, resource))
    }

    async fn resource(&self, id: &str) -> Result<Option<Resource>, StoreError> {
        resources::by_id(&self.read, id).await
    }

    async fn resource_by_host(&self, host: &str) -> Result<Option<Resource>, StoreError> {
        resources::by_host(&self.read, host).await
    }

    async fn resources(&self) -> Result<Vec<Resource>, StoreError> {
        resources::all(&self.read).await
    }

    async fn replace_access_keys(&self, id: &str, keys: [Option<&AccessKey>; 2]) -> Result<bool, StoreError> {
        resources::replace_keys(&self.write, id, keys).await
    }

    async fn insert_user(&self, user: &User) -> Result<(), StoreError> {
        users::insert_user(&mut *self.write.acquire().await.map_err(failed("add a user", "a user"))?, user).await
    }

    async fn import_users(&self, users: &[User]) -> Result<u64, StoreError> {
        whole!(self, "import users", "a user", |tx| users::import_users(&mut tx, users))
    }

    async fn user(&self, id: &RawId) -> Result<Option<User>, StoreError> {
        users::user(&self.read, id).await
    }

    async fn increase_generation(&self, id: &RawId) -> Result<Option<u64>, StoreError> {
        users::increase_generation(&self.write, id).await
    }

    async fn delete_user(&self, id: &RawId, now: WallMs) -> Result<Option<Vec<ChatFollowed>>, StoreError> {
        let doing = "delete a user";
        let mut tx = self.begin_commit(doing).await?;
        if !users::delete_user(&mut tx, id).await? {
            return Ok(None);
        }
        let followed = chat::follow::remove_user(&mut tx, id, now, self.tell).await?;
        tx.commit().await.map_err(failed(doing, "a user"))?;
        Ok(Some(followed))
    }

    async fn insert_application(&self, application: &Application) -> Result<(), StoreError> {
        whole!(self, "add an application", "an application", |tx| applications::insert(&mut tx, application))
    }

    async fn application(&self, id: &str) -> Result<Option<Application>, StoreError> {
        applications::by_id(&self.read, id).await
    }

    async fn applications(&self) -> Result<Vec<Application>, StoreError> {
        applications::all(&self.read).await
    }

    async fn add_application_secret(&self, application: &str, secret: &AppSecret) -> Result<bool, StoreError> {
        whole!(self, "add a secret", "a secret", |tx| applications::add_secret(&mut tx, application, secret))
    }

    async fn remove_application_secret(&self, application: &str, secret: &str) -> Result<bool, StoreError> {
        applications::remove_secret(&self.write, application, secret).await
    }

    async fn delete_application(&self, id: &str) -> Result<bool, StoreError> {
        applications::delete(&self.write, id).await
    }

    async fn insert_meeting(&self, meeting: &Meeting) -> Result<(), StoreError> {
        whole!(self, "add a meeting", "a meeting", |tx| async {
            meetings::insert(&mut tx, meeting).await?;
            chat::of_meeting::insert(&mut tx, meeting).await
        })
    }

    async fn update_meeting(&self, meeting: &Meeting, now: WallMs) -> Result<Option<Vec<ChatFollowed>>, StoreError> {
        let doing = "change a meeting";
        let mut tx = self.begin(doing).await?;
        if !meetings::update(&mut tx, meeting).await? {
            return Ok(None);
        }
        let followed = chat::of_meeting::update(&mut tx, meeting, now).await?;
        tx.commit().await.map_err(failed(doing, "a meeting"))?;
        Ok(Some(followed))
    }

    async fn delete_meeting(&self, id: &MeetingId) -> Result<bool, StoreError> {
        let doing = "delete a meeting";
        let mut tx = self.begin(doing).await?;
        let Some(thread) = meetings::delete(&mut tx, id).await? else { return Ok(false) };
        chat::of_meeting::delete(&mut tx, &thread).await?;
        tx.commit().await.map_err(failed(doing, "a meeting"))?;
        Ok(true)
    }

    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, StoreError> {
        meetings::by_id(&self.read, id).await
    }

    async fn meeting_by_thread(&self, thread: &ThreadId) -> Result<Option<Meeting>, StoreError> {
        meetings::by_thread(&self.read, thread).await
    }

    async fn meeting_by_join_id(&self, digits: &str) -> Result<Option<Meeting>, StoreError> {
        meetings::by_join_id(&self.read, digits).await
    }

    async fn meetings(&self, after: Option<&MeetingCursor>, limit: u32) -> Result<Vec<Meeting>, StoreError> {
        meetings::all(&self.read, after, limit).await
    }

    async fn meeting_by_external_id(
        &self,
        organizer: &RawId,
        external_id: &str,
    ) -> Result<Option<Meeting>, StoreError> {
        meetings::by_external_id(&self.read, organizer, external_id).await
    }

    async fn meetings_of(
        &self,
        organizer: &RawId,
        after: Option<&MeetingCursor>,
        limit: u32,
    ) -> Result<Vec<Meeting>, StoreError> {
        meetings::of(&self.read, organizer, after, limit).await
    }

    async fn insert_room(&self, room: &Room, answer: Option<&RepeatableAnswer>) -> Result<(), StoreError> {
        let doing = "add a room";
        let mut tx = self.begin(doing).await?;
        rooms::insert(&mut tx, room).await?;
        if let Some(answer) = answer {
            rooms::keep_answer(&mut tx, answer).await?;
        }
        tx.commit().await.map_err(failed(doing, "a room"))
    }

    async fn update_room(&self, room: &Room) -> Result<bool, StoreError> {
        rooms::update(&self.write, room).await
    }

    async fn delete_room(&self, resource: &str, id: &RoomId) -> Result<bool, StoreError> {
        rooms::delete(&self.write, resource, id).await
    }

    async fn room(&self, resource: &str, id: &RoomId) -> Result<Option<Room>, StoreError> {
        rooms::by_id(&self.read, resource, id).await
    }

    async fn rooms_of(&self, resource: &str, after: Option<&RoomCursor>, limit: u32) -> Result<Vec<Room>, StoreError> {
        rooms::of(&self.read, resource, after, limit).await
    }

    async fn repeatable_answer(
        &self,
        resource: &str,
        request_id: &str,
    ) -> Result<Option<RepeatableAnswer>, StoreError> {
        rooms::answer(&self.read, resource, request_id).await
    }

    async fn forget_answers(&self, before: WallMs) -> Result<(), StoreError> {
        rooms::forget_answers(&self.write, before).await
    }

    async fn insert_chat_thread(
        &self,
        thread: &ChatThread,
        members: &[ChatMember],
        messages: &[ChatDraft],
        answer: Option<&RepeatableAnswer>,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let doing = "add a chat thread";
        let mut tx = self.begin_commit(doing).await?;
        let placed = chat::insert(&mut tx, thread, members, messages, self.tell).await?;
        if let Some(answer) = answer {
            rooms::keep_answer(&mut tx, answer).await?;
        }
        tx.commit().await.map_err(failed(doing, "a chat thread"))?;
        Ok(placed)
    }

    async fn commit_chat(&self, change: &ChatChange) -> Result<Option<ChatCommitted>, StoreError> {
        let doing = "change a chat thread";
        let mut tx = self.begin_commit(doing).await?;
        let committed = chat::commit(&mut tx, change, self.tell).await?;
        if committed.is_some() {
            tx.commit().await.map_err(failed(doing, "a chat thread"))?;
        }
        Ok(committed)
    }

    async fn delete_chat_thread(&self, thread: &ThreadId, by: Option<&RawId>, now: WallMs) -> Result<bool, StoreError> {
        let doing = "delete a chat thread";
        let mut tx = self.begin_commit(doing).await?;
        let deleted = chat::delete(&mut tx, thread, by, now, self.tell).await?;
        tx.commit().await.map_err(failed(doing, "a chat thread"))?;
        Ok(deleted)
    }

    async fn chat_threads_over(&self, now: WallMs, limit: u32) -> Result<Vec<ChatThread>, StoreError> {
        chat::over(&self.read, now, limit).await
    }

    async fn chat_member(
        &self,
        thread: &ThreadId,
        user: &RawId,
    ) -> Result<Option<(ChatThread, ChatMember)>, StoreError> {
        chat::member(&self.read, thread, user).await
    }

    async fn chat_members(&self, thread: &ThreadId) -> Result<Vec<ChatMember>, StoreError> {
        chat::members(&self.read, thread).await
    }

    async fn chat_threads_of(
        &self,
        user: &RawId,
        active_since: WallMs,
        now: WallMs,
        after: Option<&ChatCursor>,
        limit: u32,
    ) -> Result<Vec<ChatThread>, StoreError> {
        chat::of_user(&self.read, user, active_since, now, after, limit).await
    }

    async fn chat_message(&self, thread: &ThreadId, id: i64) -> Result<Option<ChatMessage>, StoreError> {
        chat::message(&self.read, thread, id).await
    }

    async fn chat_messages(
        &self,
        thread: &ThreadId,
        from: WallMs,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        chat::messages(&self.read, thread, from, before, limit).await
    }

    async fn chat_receipts(&self, thread: &ThreadId) -> Result<Vec<ChatReceipt>, StoreError> {
        chat::receipts(&self.read, thread).await
    }

    async fn insert_account(
        &self,
        user: &User,
        account: &Account,
        subject: Option<&Subject>,
    ) -> Result<(), StoreError> {
        whole!(self, "add an account", "an account", |tx| async {
            users::insert_user(&mut tx, user).await?;
            accounts::insert(&mut tx, account, subject).await
        })
    }

    async fn add_account(&self, account: &Account, subject: Option<&Subject>) -> Result<(), StoreError> {
        whole!(self, "add an account", "an account", |tx| accounts::insert(&mut tx, account, subject))
    }

    async fn follow_provider(
        &self,
        user: &RawId,
        email: Option<&str>,
        role: AccountRole,
        name: Option<&str>,
    ) -> Result<bool, StoreError> {
        whole!(self, "change an account", "an account", |tx| accounts::follow_provider(
            &mut tx, user, email, role, name
        ))
    }

    async fn account(&self, user: &RawId) -> Result<Option<Account>, StoreError> {
        accounts::by_user(&self.read, user).await
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        accounts::by_email(&self.read, email).await
    }

    async fn account_by_subject(&self, subject: &Subject) -> Result<Option<Account>, StoreError> {
        accounts::by_subject(&self.read, subject).await
    }

    async fn accounts(&self) -> Result<Vec<(Account, User)>, StoreError> {
        accounts::all(&self.read).await
    }

    async fn disable_account(&self, user: &RawId, disabled: bool) -> Result<bool, StoreError> {
        accounts::disable(&self.write, user, disabled).await
    }

    async fn replace_password(&self, user: &RawId, from: &str, to: &str) -> Result<bool, StoreError> {
        accounts::replace_password(&self.write, user, from, to).await
    }

    async fn insert_password_link(&self, link: &PasswordLink) -> Result<(), StoreError> {
        accounts::insert_link(&self.write, link).await
    }

    async fn account_by_link(&self, hash: &str, now: WallMs) -> Result<Option<Account>, StoreError> {
        accounts::by_link(&self.read, hash, now).await
    }

    async fn use_password_link(&self, hash: &str, now: WallMs, password: &str) -> Result<Option<RawId>, StoreError> {
        whole!(self, "use a link", "a link", |tx| accounts::use_link(&mut tx, hash, now, password))
    }

    async fn insert_session(&self, session: &SessionRecord, former: Option<&str>) -> Result<(), StoreError> {
        whole!(self, "add a session", "a session", |tx| async {
            if let Some(former) = former {
                accounts::delete_session(&mut tx, former).await?;
            }
            accounts::insert_session(&mut tx, session).await
        })
    }

    async fn session(&self, hash: &str) -> Result<Option<SignedIn>, StoreError> {
        accounts::session(&self.read, hash).await
    }

    async fn touch_session(&self, hash: &str, now: WallMs) -> Result<(), StoreError> {
        accounts::touch_session(&self.write, hash, now).await
    }

    async fn delete_session(&self, hash: &str) -> Result<bool, StoreError> {
        whole!(self, "end a session", "a session", |tx| accounts::delete_session(&mut tx, hash))
    }

    async fn end_sessions(&self, user: &RawId) -> Result<Option<u64>, StoreError> {
        whole!(self, "end a user's sessions", "a session", |tx| accounts::end_sessions(&mut tx, user))
    }

    async fn forget_sessions(&self, created_before: WallMs, seen_before: WallMs) -> Result<(), StoreError> {
        accounts::forget_sessions(&self.write, created_before, seen_before).await
    }

    async fn keep_survey(&self, record: &SurveyRecord) -> Result<bool, StoreError> {
        surveys::keep(&self.write, record).await
    }

    async fn surveys(&self, call: Option<&CallId>, limit: u32) -> Result<Vec<KeptSurvey>, StoreError> {
        surveys::list(&self.read, call, limit).await
    }

    async fn commit(&self, journal: &[JournalRow], events: &[OutboxEvent]) -> Result<Vec<ChatFollowed>, StoreError> {
        if journal.is_empty() && events.is_empty() {
            return Ok(Vec::new());
        }
        let doing = "commit a batch of the journal";
        let mut tx = self.begin_commit(doing).await?;
        let followed = calls::write_rows(&mut tx, journal).await?;
        for event in events {
            calls::write_event(&mut tx, event).await?;
        }
        tx.commit().await.map_err(failed(doing, "a row"))?;
        Ok(followed)
    }

    async fn meeting_call_goes_on(&self, thread: &ThreadId) -> Result<bool, StoreError> {
        calls::goes_on(&self.read, thread).await
    }

    async fn open_calls(&self) -> Result<Vec<OpenCall>, StoreError> {
        let mut connection = self.read.acquire().await.map_err(failed("read the open calls", "a call"))?;
        calls::open(&mut connection).await
    }

    async fn close_open_calls(&self, reason: ErrorCode, now: WallMs) -> Result<Vec<CallId>, StoreError> {
        let doing = "close the calls that a former process left open";
        let mut tx = self.begin_commit(doing).await?;
        let mut closed = Vec::new();
        for call in calls::open(&mut tx).await? {
            let journal = calls::journal_of(&mut tx, &call.id).await?;
            calls::write_rows(&mut tx, &crate::closing_rows(&journal, reason, now)).await?;
            closed.push(call.id);
        }
        tx.commit().await.map_err(failed(doing, "a row"))?;
        Ok(closed)
    }

    async fn journal_of(&self, call: &CallId) -> Result<Vec<JournalRow>, StoreError> {
        let mut connection = self.read.acquire().await.map_err(failed("read a journal", "a row"))?;
        calls::journal_of(&mut connection, call).await
    }

    async fn outbox(&self, after_seq: i64, limit: u32) -> Result<Vec<EventLine>, StoreError> {
        calls::outbox(&self.read, after_seq, limit).await
    }

    async fn event_position(&self, event: Option<&str>) -> Result<Option<i64>, StoreError> {
        subscriptions::event_position(&self.read, event).await
    }

    async fn insert_subscription(&self, subscription: &Subscription) -> Result<(), StoreError> {
        subscriptions::insert(&self.write, subscription).await
    }

    async fn subscriptions(&self, resource: Option<&str>) -> Result<Vec<Subscription>, StoreError> {
        subscriptions::list(&self.read, resource).await
    }

    async fn delete_subscription(&self, id: &str) -> Result<bool, StoreError> {
        subscriptions::delete(&self.write, id).await
    }

    async fn open_connections(&self) -> Result<Vec<(ConnectionId, CallId)>, StoreError> {
        subscriptions::open_connections(&self.write).await
    }

    async fn delivery_position(&self, subscription: &str) -> Result<Option<i64>, StoreError> {
        subscriptions::position(&self.read, subscription).await
    }

    async fn write_checkpoint(&self, subscription: &str, checkpoint: &Checkpoint) -> Result<bool, StoreError> {
        whole!(self, "write how far a delivery has come", "an event", |tx| subscriptions::checkpoint(
            &mut tx,
            subscription,
            checkpoint
        ))
    }

    async fn undelivered(&self, subscription: &str, dead: bool, limit: u32) -> Result<Vec<Undelivered>, StoreError> {
        subscriptions::undelivered(&self.read, subscription, dead, limit).await
    }

    async fn replay(&self, subscription: &str, event: Option<&str>, now: WallMs) -> Result<u64, StoreError> {
        subscriptions::replay(&self.write, subscription, event, now).await
    }

    async fn prune(&self, before: WallMs, limit: u32) -> Result<Pruned, StoreError> {
        whole!(self, "delete what is older than it is kept", "a call", |tx| retention::prune(&mut tx, before, limit))
    }

    async fn forget_chat_events(&self, before: WallMs) -> Result<u64, StoreError> {
        retention::forget_chat_events(&self.write, before).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let doing = "answer a ping";
        sqlx::query("SELECT 1").execute(&self.read).await.map_err(failed(doing, "nothing")).map(|_| ())
    }
}
