//! Adding people to threads, and removing them.

use super::refused::ChatRefused;
use convene_model::chat::{ChatChange, ChatContent, ChatDraft, ChatMember, ChatThread, Metadata};
use convene_model::limits::CHAT_MEMBERS_MAX;
use convene_model::{RawId, WallMs};
use std::collections::BTreeMap;

/// What becomes of a request to add people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The change; `None` if all of them are in the thread already, or cannot be.
    pub change: Option<ChatChange>,
    /// Who cannot be in it.
    pub invalid: Vec<RawId>,
}

/// What becomes of a request to remove somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Nothing: they are not in it.
    Nothing,
    /// They go.
    Change(Box<ChatChange>),
    /// They go, and were the last: nobody can see the thread any more, so it goes after them.
    Last(Box<ChatChange>),
}

/// Adds people to a thread with these members. Who is in it already stays as they are.
///
/// # Errors
/// [`ChatRefused::TooManyParticipants`].
pub fn add_participants(
    thread: &ChatThread,
    members: &[ChatMember],
    me: &ChatMember,
    wanted: Vec<ChatMember>,
    now: WallMs,
) -> Result<Added, ChatRefused> {
    let (added, invalid) = checked_members(thread, members, wanted, None)?;
    if added.is_empty() {
        return Ok(Added { change: None, invalid });
    }
    let mut change = ChatChange::of(thread, &me.user, now);
    change.messages.push(drafted(ChatContent::ParticipantsAdded(added.clone()), &me.user, now));
    change.added = added;
    Ok(Added { change: Some(change), invalid })
}

/// Removes somebody from a thread with these members: anybody else, or oneself.
pub fn remove_participant(
    thread: &ChatThread,
    members: &[ChatMember],
    me: &ChatMember,
    user: &RawId,
    now: WallMs,
) -> Removal {
    let Some(removed) = members.iter().find(|member| member.user == *user) else { return Removal::Nothing };
    let mut change = ChatChange::of(thread, &me.user, now);
    change.messages.push(drafted(ChatContent::ParticipantsRemoved(vec![removed.clone()]), &me.user, now));
    change.removed.push(user.clone());
    if members.len() == 1 { Removal::Last(Box::new(change)) } else { Removal::Change(Box::new(change)) }
}

/// Those of `wanted` who are not in the thread and can be, each once, in the order of their ids; and those who cannot be. A `creator`
/// stays in, with what `wanted` says of them.
pub(super) fn checked_members(
    thread: &ChatThread,
    members: &[ChatMember],
    wanted: Vec<ChatMember>,
    creator: Option<ChatMember>,
) -> Result<(Vec<ChatMember>, Vec<RawId>), ChatRefused> {
    let mut fit: BTreeMap<RawId, ChatMember> =
        creator.into_iter().map(|creator| (creator.user.clone(), creator)).collect();
    let mut invalid = Vec::new();
    for member in wanted {
        if member.user.resource() != Some(thread.resource.as_str()) {
            invalid.push(member.user);
        } else if !members.iter().any(|present| present.user == member.user) {
            fit.insert(member.user.clone(), member);
        }
    }
    if members.len() + fit.len() > CHAT_MEMBERS_MAX {
        return Err(ChatRefused::TooManyParticipants);
    }
    Ok((fit.into_values().collect(), invalid))
}

/// One of the thread's own messages.
pub(super) fn drafted(content: ChatContent, by: &RawId, now: WallMs) -> ChatDraft {
    ChatDraft { content, sender: by.clone(), sender_display_name: None, metadata: Metadata::new(), created_at: now }
}
