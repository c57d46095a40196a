//! Making and changing threads, and who may.

use super::body::{NewThreadBody, ThreadBody};
use super::participants::{checked_members, drafted};
use super::refused::ChatRefused;
use convene_model::chat::{ChatChange, ChatContent, ChatDraft, ChatMember, ChatOrigin, ChatThread, Metadata};
use convene_model::record::MeetingChat;
use convene_model::{Random, RawId, Scopes, ThreadId, WallMs, hex_id};

/// Random bytes in a thread's id.
const ID_BYTES: usize = 16;

/// The longest id of a thread, in bytes. Larger: hostile ids cost more. Smaller: an id of a meeting's thread has some 70.
const ID_MAX: usize = 200;

/// Reads a thread's id.
///
/// # Errors
/// [`ChatRefused::NotAParticipant`]: nobody is in what cannot be a thread.
pub fn parse_thread_id(text: &str) -> Result<ThreadId, ChatRefused> {
    let fits = text.len() <= ID_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(ThreadId(text.to_owned())) } else { Err(ChatRefused::NotAParticipant) }
}

/// Checks that a token allows reading and writing.
///
/// # Errors
/// [`ChatRefused::Scope`].
pub fn may_chat(scopes: &Scopes) -> Result<(), ChatRefused> {
    if scopes.may_chat() { Ok(()) } else { Err(ChatRefused::Scope("chat, chat.join or chat.join.limited")) }
}

/// Checks that a token allows adding and removing participants.
///
/// # Errors
/// [`ChatRefused::Scope`].
pub fn may_change_members(scopes: &Scopes) -> Result<(), ChatRefused> {
    if scopes.may_change_chat_members() { Ok(()) } else { Err(ChatRefused::Scope("chat or chat.join")) }
}

/// Checks that a token allows creating, changing and deleting threads.
///
/// # Errors
/// [`ChatRefused::Scope`].
pub fn may_manage(scopes: &Scopes) -> Result<(), ChatRefused> {
    if scopes.may_manage_chats() { Ok(()) } else { Err(ChatRefused::Scope("chat")) }
}

/// What somebody wants to do in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Read.
    Reading,
    /// Write, change, delete, read up to, type.
    Writing,
    /// Change who is in it, its properties, or delete it.
    Managing,
}

/// Whether a thread takes this: a meeting's while its call goes on, or not; a call's own. What apps made takes everything.
///
/// # Errors
/// [`ChatRefused::ChatDisabled`], [`ChatRefused::ChatLimited`], [`ChatRefused::OfAMeeting`], [`ChatRefused::OfACall`].
pub fn thread_allows(thread: &ChatThread, doing: Doing, call_goes_on: bool) -> Result<(), ChatRefused> {
    match (thread.origin, doing) {
        (ChatOrigin::App, Doing::Reading | Doing::Writing | Doing::Managing)
        | (ChatOrigin::Call { .. }, Doing::Reading | Doing::Writing)
        | (ChatOrigin::Meeting(MeetingChat::Enabled | MeetingChat::Limited), Doing::Reading)
        | (ChatOrigin::Meeting(MeetingChat::Enabled), Doing::Writing) => Ok(()),
        (ChatOrigin::Call { .. }, Doing::Managing) => Err(ChatRefused::OfACall),
        (ChatOrigin::Meeting(MeetingChat::Disabled), Doing::Reading | Doing::Writing | Doing::Managing) => {
            Err(ChatRefused::ChatDisabled)
        }
        (ChatOrigin::Meeting(MeetingChat::Limited), Doing::Writing) if call_goes_on => Ok(()),
        (ChatOrigin::Meeting(MeetingChat::Limited), Doing::Writing) => Err(ChatRefused::ChatLimited),
        (ChatOrigin::Meeting(MeetingChat::Enabled | MeetingChat::Limited), Doing::Managing) => {
            Err(ChatRefused::OfAMeeting)
        }
    }
}

/// Whether a thread's time is over: from then on it is as if it were deleted.
pub fn is_over(thread: &ChatThread, now: WallMs) -> bool {
    thread.ends_at().is_some_and(|ends_at| ends_at <= now)
}

/// A new thread, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewThread {
    /// The thread.
    pub thread: ChatThread,
    /// Who is in it; its creator always is.
    pub members: Vec<ChatMember>,
    /// Its first messages: who is in it, and what it is about.
    pub messages: Vec<ChatDraft>,
    /// Who cannot be in it.
    pub invalid: Vec<RawId>,
}

/// Makes a thread of `user`.
///
/// # Errors
/// [`ChatRefused`] if the user is of no resource, or there would be too many participants.
pub fn create_thread(
    body: NewThreadBody,
    user: &RawId,
    random: &mut dyn Random,
    now: WallMs,
) -> Result<NewThread, ChatRefused> {
    let resource = user.resource().ok_or(ChatRefused::NotOfAResource)?.to_owned();
    let thread = ChatThread {
        id: ThreadId(format!("19:acsV1_{}@thread.v2", hex_id(random, ID_BYTES))),
        resource,
        topic: body.topic,
        metadata: body.metadata,
        retention: body.retention,
        created_by: user.clone(),
        created_at: now,
        active_at: now,
        version: 1,
        origin: ChatOrigin::App,
    };
    let creator = ChatMember { user: user.clone(), display_name: None, history_from: 0, metadata: Metadata::new() };
    let (members, invalid) = checked_members(&thread, &[], body.participants, Some(creator))?;
    let by_creator = |content| drafted(content, user, now);
    let messages = vec![
        by_creator(ChatContent::ParticipantsAdded(members.clone())),
        by_creator(ChatContent::TopicUpdated(thread.topic.clone())),
    ];
    Ok(NewThread { thread, members, messages, invalid })
}

/// Changes a thread's properties. `None` if the request says nothing that is not so already.
pub fn change_thread(thread: &ChatThread, me: &ChatMember, body: ThreadBody, now: WallMs) -> Option<ChatChange> {
    let mut changed = thread.clone();
    if let Some(topic) = body.topic {
        changed.topic = topic;
    }
    if let Some(metadata) = body.metadata {
        metadata.apply(&mut changed.metadata);
    }
    if body.retention.is_some() {
        changed.retention = body.retention;
    }
    if changed == *thread {
        return None;
    }
    let mut change = ChatChange::of(thread, &me.user, now);
    if changed.topic != thread.topic {
        change.messages.push(drafted(ChatContent::TopicUpdated(changed.topic.clone()), &me.user, now));
    }
    changed.version += 1;
    change.properties = Some(changed);
    Some(change)
}
