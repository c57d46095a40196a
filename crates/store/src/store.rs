//! What a store does, whatever it is made of.

use crate::{CallRecordStore, ChatCursor, GroupCallStore, MeetingCursor, PushStore, RoomCursor, StoreError};
use convene_model::account::{Account, AccountRole, PasswordLink, SessionRecord, SignedIn, Subject};
use convene_model::chat::{
    ChatChange, ChatCommitted, ChatDraft, ChatFollowed, ChatMember, ChatMessage, ChatReceipt, ChatThread,
};
use convene_model::subscription::{Checkpoint, EventLine, Subscription, Undelivered};
use convene_model::survey::{KeptSurvey, SurveyRecord};
use convene_model::{
    CallId, ConnectionId, ErrorCode, MeetingId, RawId, RoomId, ThreadId, WallMs,
    record::{
        AccessKey, AppSecret, Application, CallTarget, JournalRow, Meeting, OutboxEvent, RepeatableAnswer, Resource,
        Room, SigningKeyRecord, User,
    },
};
use std::future::Future;

/// What a server decides about itself when it first starts. The organization is fixed from then on, since ids carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The organization's id: `Tid` of join links.
    pub organization: String,
    /// The id of the default resource: the first part of its users' ids.
    pub resource_id: String,
}

/// A call that began and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCall {
    /// Which.
    pub id: CallId,
    /// Of what.
    pub target: CallTarget,
    /// When it began.
    pub started_at: WallMs,
}

/// What went since it was older than it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Ended calls, with their journal, events and surveys.
    pub calls: u64,
    /// Visitors.
    pub visitors: u64,
}

/// Durable storage of a Convene server. Every method is one transaction: on `Err` it changed nothing.
///
/// The one suite that every implementation passes is `tests/contract`.
pub trait Store: CallRecordStore + GroupCallStore + PushStore + Send + Sync + 'static {
    /// The server's settings; `None` before the first start.
    fn settings(&self) -> impl Future<Output = Result<Option<Settings>, StoreError>> + Send;

    /// Stores `candidate` unless there are settings already, and returns those that hold. The first one wins, also of
    /// several at the same time.
    fn get_or_init_settings(&self, candidate: Settings) -> impl Future<Output = Result<Settings, StoreError>> + Send;

    /// Makes another resource the default one, for servers that start from then on. False if there is no such resource, or no
    /// settings yet.
    fn set_default_resource(&self, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// All signing keys, the newest first.
    fn signing_keys(&self) -> impl Future<Output = Result<Vec<SigningKeyRecord>, StoreError>> + Send;

    /// Adds a signing key. [`StoreError::Conflict`] if its `kid` is taken.
    fn add_signing_key(&self, key: &SigningKeyRecord) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds a resource. [`StoreError::Conflict`] if its id, or one of its hosts, is taken.
    fn insert_resource(&self, resource: &Resource) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The resource of that id.
    fn resource(&self, id: &str) -> impl Future<Output = Result<Option<Resource>, StoreError>> + Send;

    /// The resource that a host name (lower case, no port) chooses; `None` for a host of none.
    fn resource_by_host(&self, host: &str) -> impl Future<Output = Result<Option<Resource>, StoreError>> + Send;

    /// All resources, the oldest first.
    fn resources(&self) -> impl Future<Output = Result<Vec<Resource>, StoreError>> + Send;

    /// Replaces a resource's primary and secondary key where there is a new one; the other stays. False if there is no
    /// such resource.
    fn replace_access_keys(
        &self,
        id: &str,
        keys: [Option<&AccessKey>; 2],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Adds a user. [`StoreError::Conflict`] if the id is taken.
    fn insert_user(&self, user: &User) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds those of `users` whose id is not taken, all or none of them; those that are there already stay as they are.
    /// Returns how many were added.
    fn import_users(&self, users: &[User]) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The user of that id.
    fn user(&self, id: &RawId) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;

    /// Revokes a user's tokens: raises the generation by one and returns the new one; `None` if there is no such user.
    fn increase_generation(&self, id: &RawId) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Deletes a user, and so revokes its tokens; takes it out of all chat threads. Returns what that changed in threads where others
    /// are; `None` if there was no such user. Meetings, journals and messages keep the id.
    fn delete_user(
        &self,
        id: &RawId,
        now: WallMs,
    ) -> impl Future<Output = Result<Option<Vec<ChatFollowed>>, StoreError>> + Send;

    /// Adds an application with its secrets. [`StoreError::Conflict`] if an id is taken.
    fn insert_application(&self, application: &Application) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The application of that id, its secrets by their places.
    fn application(&self, id: &str) -> impl Future<Output = Result<Option<Application>, StoreError>> + Send;

    /// All applications, the oldest first.
    fn applications(&self) -> impl Future<Output = Result<Vec<Application>, StoreError>> + Send;

    /// Adds a secret. [`StoreError::Conflict`] if its place is taken; false if there is no such application.
    fn add_application_secret(
        &self,
        application: &str,
        secret: &AppSecret,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Removes a secret. False if there is none.
    fn remove_application_secret(
        &self,
        application: &str,
        secret: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes an application with its secrets. False if there was none.
    fn delete_application(&self, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Adds a meeting. [`StoreError::Conflict`] if its id, thread or join meeting id is taken: make new ids; or if another of the
    /// organizer's meetings has its external id: take that one.
    fn insert_meeting(&self, meeting: &Meeting) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes what may change of a meeting, if the stored version is one less than the given one. Returns what that changed in its
    /// chat thread: the topic, and who is in it as a co-organizer. `None` if somebody else changed the meeting meanwhile, or it is
    /// gone: read it again.
    fn update_meeting(
        &self,
        meeting: &Meeting,
        now: WallMs,
    ) -> impl Future<Output = Result<Option<Vec<ChatFollowed>>, StoreError>> + Send;

    /// Deletes a meeting: its links lead nowhere from then on. False if there was none.
    fn delete_meeting(&self, id: &MeetingId) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The meeting of that id.
    fn meeting(&self, id: &MeetingId) -> impl Future<Output = Result<Option<Meeting>, StoreError>> + Send;

    /// The meeting with that chat thread.
    fn meeting_by_thread(&self, thread: &ThreadId) -> impl Future<Output = Result<Option<Meeting>, StoreError>> + Send;

    /// The meeting with that join meeting id, digits only.
    fn meeting_by_join_id(&self, digits: &str) -> impl Future<Output = Result<Option<Meeting>, StoreError>> + Send;

    /// The organizer's meeting with that external id.
    fn meeting_by_external_id(
        &self,
        organizer: &RawId,
        external_id: &str,
    ) -> impl Future<Output = Result<Option<Meeting>, StoreError>> + Send;

    /// Up to `limit` meetings of an organizer, the newest first, beginning after `after`.
    fn meetings_of(
        &self,
        organizer: &RawId,
        after: Option<&MeetingCursor>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Meeting>, StoreError>> + Send;

    /// Up to `limit` meetings of everybody, the newest first, beginning after `after`.
    fn meetings(
        &self,
        after: Option<&MeetingCursor>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Meeting>, StoreError>> + Send;

    /// Adds a room and, in the same transaction, the answer to the request that made it, if that may be sent again.
    /// [`StoreError::Conflict`] with `a room` if its id is taken, with `an answered request` if the request was answered already.
    fn insert_room(
        &self,
        room: &Room,
        answer: Option<&RepeatableAnswer>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes what may change of a room, if the stored version is one less than the given one. False if somebody else changed it
    /// meanwhile, or it is gone: read it again.
    fn update_room(&self, room: &Room) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes a resource's room. False if there was none.
    fn delete_room(&self, resource: &str, id: &RoomId) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The resource's room of that id; another resource's is as unknown as none.
    fn room(&self, resource: &str, id: &RoomId) -> impl Future<Output = Result<Option<Room>, StoreError>> + Send;

    /// Up to `limit` rooms of a resource, the newest first, beginning after `after`.
    fn rooms_of(
        &self,
        resource: &str,
        after: Option<&RoomCursor>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Room>, StoreError>> + Send;

    /// The answer that was given to a request of a resource's app under this name.
    fn repeatable_answer(
        &self,
        resource: &str,
        request_id: &str,
    ) -> impl Future<Output = Result<Option<RepeatableAnswer>, StoreError>> + Send;

    /// Forgets the answers that were given before a time.
    fn forget_answers(&self, before: WallMs) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds a chat thread with its people, its first messages and the answer to the request that made it, if that may be sent
    /// again. Returns the messages with their places. [`StoreError::Conflict`] with `a chat thread` if its id is taken, with `an
    /// answered request` if the request was answered already.
    fn insert_chat_thread(
        &self,
        thread: &ChatThread,
        members: &[ChatMember],
        messages: &[ChatDraft],
        answer: Option<&RepeatableAnswer>,
    ) -> impl Future<Output = Result<Vec<ChatMessage>, StoreError>> + Send;

    /// Carries a change out, on top of the version of the thread (and of the message) that it was made from. Returns the new
    /// messages with their places and who is in the thread now; `None` if somebody else changed either meanwhile, or it is gone: read it again. A receipt for a
    /// later message stays.
    fn commit_chat(
        &self,
        change: &ChatChange,
    ) -> impl Future<Output = Result<Option<ChatCommitted>, StoreError>> + Send;

    /// Deletes a thread with all that is in it; `by` nobody if its time is over. False if there was none.
    fn delete_chat_thread(
        &self,
        thread: &ThreadId,
        by: Option<&RawId>,
        now: WallMs,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Up to `limit` threads whose time is over, and which are deleted therefore: those that ended first.
    fn chat_threads_over(
        &self,
        now: WallMs,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<ChatThread>, StoreError>> + Send;

    /// A thread, and how `user` stands in it; `None` if there is no such thread, or they are not in it.
    fn chat_member(
        &self,
        thread: &ThreadId,
        user: &RawId,
    ) -> impl Future<Output = Result<Option<(ChatThread, ChatMember)>, StoreError>> + Send;

    /// Everybody in a thread, in the order of their ids.
    fn chat_members(&self, thread: &ThreadId) -> impl Future<Output = Result<Vec<ChatMember>, StoreError>> + Send;

    /// Up to `limit` threads that `user` is in, whose time is not over and whose newest message is not older than
    /// `active_since`: those that were made last first, beginning after `after`.
    fn chat_threads_of(
        &self,
        user: &RawId,
        active_since: WallMs,
        now: WallMs,
        after: Option<&ChatCursor>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<ChatThread>, StoreError>> + Send;

    /// A thread's message of that id.
    fn chat_message(
        &self,
        thread: &ThreadId,
        id: i64,
    ) -> impl Future<Output = Result<Option<ChatMessage>, StoreError>> + Send;

    /// Up to `limit` messages of a thread that were written at `from` or later, the newest first, with places before `before`.
    fn chat_messages(
        &self,
        thread: &ThreadId,
        from: WallMs,
        before: Option<u64>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<ChatMessage>, StoreError>> + Send;

    /// Up to which message each has read, in the order of their ids.
    fn chat_receipts(&self, thread: &ThreadId) -> impl Future<Output = Result<Vec<ChatReceipt>, StoreError>> + Send;

    /// Adds a user of the organization with its account, and how its provider names it. [`StoreError::Conflict`] if the id, the
    /// address of a local account, or the subject is taken.
    fn insert_account(
        &self,
        user: &User,
        account: &Account,
        subject: Option<&Subject>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds an account to a user that is there, as [`insert_account`](Self::insert_account) does with a new one.
    fn add_account(
        &self,
        account: &Account,
        subject: Option<&Subject>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Keeps what a provider says of an account now: its address, its role, and its name, if it has one. False if there is no such
    /// account.
    fn follow_provider(
        &self,
        user: &RawId,
        email: Option<&str>,
        role: AccountRole,
        name: Option<&str>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The account of a user.
    fn account(&self, user: &RawId) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// The local account with that address (lower case).
    fn account_by_email(&self, email: &str) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// The account that a provider names so.
    fn account_by_subject(&self, subject: &Subject)
    -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// All accounts with their users, the oldest first.
    fn accounts(&self) -> impl Future<Output = Result<Vec<(Account, User)>, StoreError>> + Send;

    /// Shuts an account, or opens it again. False if there is none.
    fn disable_account(&self, user: &RawId, disabled: bool) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Keeps a password's hash in the place of another one of the same password. False if that is not kept any more.
    fn replace_password(
        &self,
        user: &RawId,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Adds a one-time link.
    fn insert_password_link(&self, link: &PasswordLink) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whose password a link sets; `None` if there is no such link (any more).
    fn account_by_link(
        &self,
        hash: &str,
        now: WallMs,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Uses a link up, with all other links and all sessions of its user, and sets the password's hash. Of several at the same
    /// time one succeeds; `None` for the others.
    fn use_password_link(
        &self,
        hash: &str,
        now: WallMs,
        password: &str,
    ) -> impl Future<Output = Result<Option<RawId>, StoreError>> + Send;

    /// Adds a session in the place of the former one of the same browser (its hash), if it had one.
    fn insert_session(
        &self,
        session: &SessionRecord,
        former: Option<&str>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A session with its account and user, as they are at one moment.
    fn session(&self, hash: &str) -> impl Future<Output = Result<Option<SignedIn>, StoreError>> + Send;

    /// Notes that a session was used.
    fn touch_session(&self, hash: &str, now: WallMs) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends a session. False if there was none.
    fn delete_session(&self, hash: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends all sessions of a user and revokes all its tokens, together; returns the new generation, `None` if there is no
    /// such user.
    fn end_sessions(&self, user: &RawId) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Forgets sessions that began, or were last used, before these times.
    fn forget_sessions(
        &self,
        created_before: WallMs,
        seen_before: WallMs,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Keeps a survey in the place of the leg's former one. False if its user never was in a call, nor waited for one, as that leg.
    fn keep_survey(&self, record: &SurveyRecord) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Up to `limit` surveys of a call, or of all calls, the newest first.
    fn surveys(
        &self,
        call: Option<&CallId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<KeptSurvey>, StoreError>> + Send;

    /// Writes a batch: journal rows and outbox events, in the given order, all or nothing.
    ///
    /// [`StoreError::Conflict`] if a call starts twice or an event's id is taken; [`StoreError::UnknownCall`] if a row
    /// or an event belongs to a call that never started.
    ///
    /// In the same transaction the threads of meetings follow their calls: who joined is in, who left or was put back is out. Returns
    /// these changes.
    fn commit(
        &self,
        journal: &[JournalRow],
        events: &[OutboxEvent],
    ) -> impl Future<Output = Result<Vec<ChatFollowed>, StoreError>> + Send;

    /// Whether the call of the meeting with that thread goes on.
    fn meeting_call_goes_on(&self, thread: &ThreadId) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The calls that began and have not ended, the oldest first.
    fn open_calls(&self) -> impl Future<Output = Result<Vec<OpenCall>, StoreError>> + Send;

    /// Ends every open call for `reason`: writes [`crate::closing_rows`] of each, in one transaction. Returns which
    /// calls those were. For the start of a server whose former process was killed.
    fn close_open_calls(
        &self,
        reason: ErrorCode,
        now: WallMs,
    ) -> impl Future<Output = Result<Vec<CallId>, StoreError>> + Send;

    /// A call's journal in order; empty if there is no such call.
    fn journal_of(&self, call: &CallId) -> impl Future<Output = Result<Vec<JournalRow>, StoreError>> + Send;

    /// Up to `limit` outbox events after the position `after_seq` (0: from the start), in order.
    fn outbox(&self, after_seq: i64, limit: u32) -> impl Future<Output = Result<Vec<EventLine>, StoreError>> + Send;

    /// The position of an event in the outbox, or of the last one (0 if there is none).
    fn event_position(&self, event: Option<&str>) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Adds a subscription, to the events that come after those that are there.
    ///
    /// [`StoreError::Conflict`] if the id is taken or there is no such resource.
    fn insert_subscription(&self, subscription: &Subscription) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The subscriptions that a resource has made, or all, those of connections too, the oldest first.
    fn subscriptions(
        &self,
        resource: Option<&str>,
    ) -> impl Future<Output = Result<Vec<Subscription>, StoreError>> + Send;

    /// Deletes a subscription and what waits for it. False if there is no such.
    fn delete_subscription(&self, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The connections that the last run left open, with their calls; subscriptions of connections that are over, and that have nothing
    /// more to deliver, are deleted. Only before a connection is made.
    fn open_connections(&self) -> impl Future<Output = Result<Vec<(ConnectionId, CallId)>, StoreError>> + Send;

    /// How far the delivery to a subscription has come, by its last checkpoint; `None` if there is no such subscription.
    fn delivery_position(&self, subscription: &str) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Writes how far a delivery has come, all or nothing. False if there is no such subscription any more.
    fn write_checkpoint(
        &self,
        subscription: &str,
        checkpoint: &Checkpoint,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Up to `limit` events that checkpoints kept for a subscription and that wait (`dead`: that are tried no more), the oldest first.
    fn undelivered(
        &self,
        subscription: &str,
        dead: bool,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Undelivered>, StoreError>> + Send;

    /// Lets a subscription's dead letters (all, or that of one event) wait for another attempt. Returns how many.
    fn replay(
        &self,
        subscription: &str,
        event: Option<&str>,
        now: WallMs,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Deletes up to `limit` calls that ended at `before` or earlier, with their journals, events, surveys and measures, and up to `limit` visitors
    /// who were made as long ago and are in no chat thread: so in no meeting either. Asked again until there is nothing left to go.
    fn prune(&self, before: WallMs, limit: u32) -> impl Future<Output = Result<Pruned, StoreError>> + Send;

    /// Deletes the events of chat threads that were written before a time. Returns how many.
    fn forget_chat_events(&self, before: WallMs) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Asks the store for a sign of life.
    fn ping(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
