//! Chat: threads, who is in them, and what they wrote. Durable records, and what is committed of them together.
//!
//! Source: ACS Chat REST (2025-03-15).

use crate::limits::CALL_CHAT_KEPT_MS;
use crate::record::MeetingChat;
use crate::{RawId, ThreadId, WallMs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an app says of a thread, a message or a participant, for itself.
pub type Metadata = BTreeMap<String, String>;

/// For how long a thread is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Until somebody deletes it.
    Forever,
    /// So many days from its creation.
    Days(u32),
}

/// What a thread belongs to, which says who is in it and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatOrigin {
    /// An app made it, and its people say.
    App,
    /// A meeting; with what that allows.
    Meeting(MeetingChat),
    /// A group call or a room's call: it goes after that.
    Call {
        /// When it is deleted; `None` while the call goes on.
        ends_at: Option<WallMs>,
    },
}

/// A chat thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatThread {
    /// Its durable id; unguessable.
    pub id: ThreadId,
    /// The resource whose users may be in it.
    pub resource: String,
    /// What it is about.
    pub topic: String,
    /// What the app keeps with it.
    pub metadata: Metadata,
    /// For how long it is kept, if somebody said so; forever otherwise.
    pub retention: Option<Retention>,
    /// Who made it.
    pub created_by: RawId,
    /// When.
    pub created_at: WallMs,
    /// When the newest message was written.
    pub active_at: WallMs,
    /// Raised with each change of its properties or of who is in it.
    pub version: u64,
    /// What it belongs to.
    pub origin: ChatOrigin,
}

/// The topic of a call's own thread.
const CALL_TOPIC: &str = "Call";

impl ChatThread {
    /// A call's own thread as it begins, with the first who comes in.
    pub fn of_call(id: ThreadId, first: &RawId, at: WallMs) -> Self {
        Self {
            id,
            // Nobody can be added by an app: who is in it is who is in the call.
            resource: String::new(),
            topic: CALL_TOPIC.to_owned(),
            metadata: BTreeMap::new(),
            retention: None,
            created_by: first.clone(),
            created_at: at,
            active_at: at,
            version: 1,
            origin: ChatOrigin::Call { ends_at: None },
        }
    }

    /// When the thread is deleted whose call ended at `ended_at`.
    pub fn end_after_call(ended_at: WallMs) -> WallMs {
        ended_at + CALL_CHAT_KEPT_MS
    }

    /// When it is deleted without anybody's doing; `None`: never, or not known yet.
    pub fn ends_at(&self) -> Option<WallMs> {
        match (self.origin, self.retention) {
            (ChatOrigin::Call { ends_at }, _) => ends_at,
            (_, Some(Retention::Days(days))) => Some(self.created_at + i64::from(days) * 24 * 60 * 60 * 1000),
            (_, Some(Retention::Forever) | None) => None,
        }
    }
}

/// Somebody in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMember {
    /// Who.
    pub user: RawId,
    /// Under which name, if one was said.
    pub display_name: Option<String>,
    /// Messages from before are not theirs to see.
    pub history_from: WallMs,
    /// What the app keeps with it.
    pub metadata: Metadata,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatContent {
    /// Plain text.
    Text(String),
    /// HTML, sanitized.
    Html(String),
    /// The thread has another topic.
    TopicUpdated(String),
    /// People came in.
    ParticipantsAdded(Vec<ChatMember>),
    /// People went, or were removed.
    ParticipantsRemoved(Vec<ChatMember>),
}

/// A message before it has its place in the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatDraft {
    /// What it says.
    pub content: ChatContent,
    /// Whose it is; with the thread's own messages, who did what it tells of.
    pub sender: RawId,
    /// The name that the sender gave.
    pub sender_display_name: Option<String>,
    /// What the app keeps with it.
    pub metadata: Metadata,
    /// When it was written.
    pub created_at: WallMs,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Its id in the thread: the milliseconds since 1970 at which it was written, or the next number that is free.
    pub id: i64,
    /// Its place: 1, 2, 3, ….
    pub sequence: u64,
    /// What it says; empty once it is deleted.
    pub content: ChatContent,
    /// Whose it is; with the thread's own messages, who did what it tells of.
    pub sender: RawId,
    /// The name that the sender gave.
    pub sender_display_name: Option<String>,
    /// What the app keeps with it.
    pub metadata: Metadata,
    /// When it was written.
    pub created_at: WallMs,
    /// When it was changed last.
    pub edited_at: Option<WallMs>,
    /// When it was deleted.
    pub deleted_at: Option<WallMs>,
    /// Its id at first; raised with each change, to the time of that or further.
    pub version: i64,
}

/// Up to which message somebody has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatReceipt {
    /// Who.
    pub user: RawId,
    /// Up to which.
    pub message: i64,
    /// When.
    pub read_at: WallMs,
}

/// What becomes of a thread in one step, decided from the version that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatChange {
    /// The thread.
    pub thread: ThreadId,
    /// The version that the decision was made from.
    pub version: u64,
    /// Who makes it.
    pub by: RawId,
    /// When.
    pub at: WallMs,
    /// Its properties anew, one version further.
    pub properties: Option<ChatThread>,
    /// Who came in.
    pub added: Vec<ChatMember>,
    /// Who went.
    pub removed: Vec<RawId>,
    /// Messages that are written, in their order.
    pub messages: Vec<ChatDraft>,
    /// A message that was changed or deleted, and the version that it had.
    pub changed: Option<(ChatMessage, i64)>,
    /// Up to which message somebody has read.
    pub receipt: Option<ChatReceipt>,
}

/// What was committed of a change, and who is in the thread since then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCommitted {
    /// The messages that were written, in their order.
    pub messages: Vec<ChatMessage>,
    /// Who is in the thread, in the order of their ids.
    pub members: Vec<ChatMember>,
    /// Whether the receipt is further than the one before.
    pub read_further: bool,
}

/// A change of a meeting's thread that followed its call: who came in or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatFollowed {
    /// The thread before.
    pub thread: ChatThread,
    /// Who came or went.
    pub by: ChatMember,
    /// The change.
    pub change: ChatChange,
    /// What was committed of it.
    pub committed: ChatCommitted,
    /// When.
    pub at: WallMs,
}

impl ChatChange {
    /// Nothing yet, made by `by`, on top of `thread` as it is.
    pub fn of(thread: &ChatThread, by: &RawId, at: WallMs) -> Self {
        Self {
            thread: thread.id.clone(),
            version: thread.version,
            by: by.clone(),
            at,
            properties: None,
            added: Vec::new(),
            removed: Vec::new(),
            messages: Vec::new(),
            changed: None,
            receipt: None,
        }
    }

    /// Whether the thread's version is raised: others have to decide anew.
    pub fn raises_version(&self) -> bool {
        self.properties.is_some() || !self.added.is_empty() || !self.removed.is_empty()
    }
}
