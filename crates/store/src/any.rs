//! Whichever database the server was told to use.

use crate::{
    ChatCursor, DatabaseUrl, MeetingCursor, OpenCall, PostgresStore, Pruned, RoomCursor, Settings, SqliteStore, Store,
    StoreError,
};
use convene_model::account::{Account, AccountRole, PasswordLink, SessionRecord, SignedIn, Subject};
use convene_model::chat::{
    ChatChange, ChatCommitted, ChatDraft, ChatFollowed, ChatMember, ChatMessage, ChatReceipt, ChatThread,
};
use convene_model::chat_happened::TellChat;
use convene_model::subscription::{Checkpoint, EventLine, Subscription, Undelivered};
use convene_model::survey::{KeptSurvey, SurveyRecord};
use convene_model::{
    CallId, ConnectionId, ErrorCode, MeetingId, RawId, RoomId, ThreadId, WallMs,
    record::{
        AccessKey, AppSecret, Application, JournalRow, Meeting, OutboxEvent, RepeatableAnswer, Resource, Room,
        SigningKeyRecord, User,
    },
};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where the data lies that outlives the process. Shown without a password.
#[derive(Clone, Debug)]
pub enum Database {
    /// In an SQLite file.
    File(PathBuf),
    /// In a PostgreSQL database.
    Server(Box<DatabaseUrl>),
}

impl Database {
    /// Reads `postgres://user:password@host:port/database`, or the path of a file.
    ///
    /// # Errors
    /// A sentence without its final stop, and without anything of `text`, if it begins like the address of a database
    /// and is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        match DatabaseUrl::is_meant_by(text) {
            true => text.parse().map(Box::new).map(Self::Server),
            false if text.contains("://") => {
                Err("there are postgres:// and the path of an SQLite file, and no other databases".to_owned())
            }
            false => Ok(Self::File(PathBuf::from(text))),
        }
    }

    /// The path, if it is a file.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(url) => url.fmt(f),
        }
    }
}

/// A store in either database.
#[derive(Clone, Debug)]
pub enum AnyStore {
    /// In an SQLite file.
    Sqlite(SqliteStore),
    /// In a PostgreSQL database.
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens it; brings its tables up to this version.
    ///
    /// # Errors
    /// [`StoreError::Open`] or [`StoreError::Database`] with a sentence.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::File(path) => SqliteStore::open(path).await.map(Self::Sqlite),
            Database::Server(url) => PostgresStore::open(url).await.map(Self::Postgres),
        }
    }

    /// Opens it only to look, also while a server runs on it. What would write is refused.
    ///
    /// # Errors
    /// As [`open`](Self::open); also if it is of another version.
    pub async fn open_to_look(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::File(path) => SqliteStore::open_to_look(path).await.map(Self::Sqlite),
            Database::Server(url) => PostgresStore::open_to_look(url).await.map(Self::Postgres),
        }
    }

    /// What happens in the chat threads of apps is written to the outbox from now on, in the shape that `tell` gives it. Nothing of it is
    /// without.
    #[must_use]
    pub fn telling(self, tell: TellChat) -> Self {
        match self {
            Self::Sqlite(store) => Self::Sqlite(store.telling(tell)),
            Self::Postgres(store) => Self::Postgres(store.telling(tell)),
        }
    }

    /// Closes it after everything that goes on; the store refuses everything afterwards.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }

    /// What is wrong with the stored bytes: nothing, as a rule. A PostgreSQL database watches over its own.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if it cannot be looked at.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(store) => store.damage().await,
            Self::Postgres(store) => store.ping().await.map(|()| Vec::new()),
        }
    }

    /// Waits until another server has the database and this one must stop: with a file, for ever.
    pub async fn lost(&self) -> StoreError {
        match self {
            Self::Sqlite(_) => std::future::pending().await,
            Self::Postgres(store) => store.lost().await,
        }
    }
}

/// Each method is that of the store inside.
macro_rules! pass_on {
    ($($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {
        impl Store for AnyStore {
            $(
                async fn $method(&self, $($argument: $type),*) -> Result<$result, StoreError> {
                    match self {
                        Self::Sqlite(store) => store.$method($($argument),*).await,
                        Self::Postgres(store) => store.$method($($argument),*).await,
                    }
                }
            )+
        }
    };
}

pass_on! {
    settings() -> Option<Settings>;
    get_or_init_settings(candidate: Settings) -> Settings;
    set_default_resource(id: &str) -> bool;
    signing_keys() -> Vec<SigningKeyRecord>;
    add_signing_key(key: &SigningKeyRecord) -> ();
    insert_resource(resource: &Resource) -> ();
    resource(id: &str) -> Option<Resource>;
    resource_by_host(host: &str) -> Option<Resource>;
    resources() -> Vec<Resource>;
    replace_access_keys(id: &str, keys: [Option<&AccessKey>; 2]) -> bool;
    insert_user(user: &User) -> ();
    import_users(users: &[User]) -> u64;
    user(id: &RawId) -> Option<User>;
    increase_generation(id: &RawId) -> Option<u64>;
    delete_user(id: &RawId, now: WallMs) -> Option<Vec<ChatFollowed>>;
    insert_application(application: &Application) -> ();
    application(id: &str) -> Option<Application>;
    applications() -> Vec<Application>;
    add_application_secret(application: &str, secret: &AppSecret) -> bool;
    remove_application_secret(application: &str, secret: &str) -> bool;
    delete_application(id: &str) -> bool;
    insert_meeting(meeting: &Meeting) -> ();
    update_meeting(meeting: &Meeting, now: WallMs) -> Option<Vec<ChatFollowed>>;
    delete_meeting(id: &MeetingId) -> bool;
    meeting(id: &MeetingId) -> Option<Meeting>;
    meeting_by_thread(thread: &ThreadId) -> Option<Meeting>;
    meeting_by_join_id(digits: &str) -> Option<Meeting>;
    meeting_by_external_id(organizer: &RawId, external_id: &str) -> Option<Meeting>;
    meetings_of(organizer: &RawId, after: Option<&MeetingCursor>, limit: u32) -> Vec<Meeting>;
    meetings(after: Option<&MeetingCursor>, limit: u32) -> Vec<Meeting>;
    insert_room(room: &Room, answer: Option<&RepeatableAnswer>) -> ();
    update_room(room: &Room) -> bool;
    delete_room(resource: &str, id: &RoomId) -> bool;
    room(resource: &str, id: &RoomId) -> Option<Room>;
    rooms_of(resource: &str, after: Option<&RoomCursor>, limit: u32) -> Vec<Room>;
    repeatable_answer(resource: &str, request_id: &str) -> Option<RepeatableAnswer>;
    forget_answers(before: WallMs) -> ();
    insert_chat_thread(
        thread: &ChatThread,
        members: &[ChatMember],
        messages: &[ChatDraft],
        answer: Option<&RepeatableAnswer>
    ) -> Vec<ChatMessage>;
    commit_chat(change: &ChatChange) -> Option<ChatCommitted>;
    delete_chat_thread(thread: &ThreadId, by: Option<&RawId>, now: WallMs) -> bool;
    chat_threads_over(now: WallMs, limit: u32) -> Vec<ChatThread>;
    chat_member(thread: &ThreadId, user: &RawId) -> Option<(ChatThread, ChatMember)>;
    chat_members(thread: &ThreadId) -> Vec<ChatMember>;
    chat_threads_of(
        user: &RawId,
        active_since: WallMs,
        now: WallMs,
        after: Option<&ChatCursor>,
        limit: u32
    ) -> Vec<ChatThread>;
    chat_message(thread: &ThreadId, id: i64) -> Option<ChatMessage>;
    chat_messages(thread: &ThreadId, from: WallMs, before: Option<u64>, limit: u32) -> Vec<ChatMessage>;
    chat_receipts(thread: &ThreadId) -> Vec<ChatReceipt>;
    insert_account(user: &User, account: &Account, subject: Option<&Subject>) -> ();
    add_account(account: &Account, subject: Option<&Subject>) -> ();
    follow_provider(user: &RawId, email: Option<&str>, role: AccountRole, name: Option<&str>) -> bool;
    account(user: &RawId) -> Option<Account>;
    account_by_email(email: &str) -> Option<Account>;
    account_by_subject(subject: &Subject) -> Option<Account>;
    accounts() -> Vec<(Account, User)>;
    disable_account(user: &RawId, disabled: bool) -> bool;
    replace_password(user: &RawId, from: &str, to: &str) -> bool;
    insert_password_link(link: &PasswordLink) -> ();
    account_by_link(hash: &str, now: WallMs) -> Option<Account>;
    use_password_link(hash: &str, now: WallMs, password: &str) -> Option<RawId>;
    insert_session(session: &SessionRecord, former: Option<&str>) -> ();
    session(hash: &str) -> Option<SignedIn>;
    touch_session(hash: &str, now: WallMs) -> ();
    delete_session(hash: &str) -> bool;
    end_sessions(user: &RawId) -> Option<u64>;
    forget_sessions(created_before: WallMs, seen_before: WallMs) -> ();
    keep_survey(record: &SurveyRecord) -> bool;
    surveys(call: Option<&CallId>, limit: u32) -> Vec<KeptSurvey>;
    commit(journal: &[JournalRow], events: &[OutboxEvent]) -> Vec<ChatFollowed>;
    meeting_call_goes_on(thread: &ThreadId) -> bool;
    open_calls() -> Vec<OpenCall>;
    close_open_calls(reason: ErrorCode, now: WallMs) -> Vec<CallId>;
    journal_of(call: &CallId) -> Vec<JournalRow>;
    outbox(after_seq: i64, limit: u32) -> Vec<EventLine>;
    event_position(event: Option<&str>) -> Option<i64>;
    insert_subscription(subscription: &Subscription) -> ();
    subscriptions(resource: Option<&str>) -> Vec<Subscription>;
    delete_subscription(id: &str) -> bool;
    open_connections() -> Vec<(ConnectionId, CallId)>;
    delivery_position(subscription: &str) -> Option<i64>;
    write_checkpoint(subscription: &str, checkpoint: &Checkpoint) -> bool;
    undelivered(subscription: &str, dead: bool, limit: u32) -> Vec<Undelivered>;
    replay(subscription: &str, event: Option<&str>, now: WallMs) -> u64;
    prune(before: WallMs, limit: u32) -> Pruned;
    forget_chat_events(before: WallMs) -> u64;
    ping() -> ();
}
