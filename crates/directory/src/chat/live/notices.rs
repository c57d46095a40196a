//! Whom a change tells what: exactly those who are in the thread, and of messages exactly those whose history reaches back to them.

use super::event::{ChatEvent, body_of};
use convene_model::chat::{ChatChange, ChatCommitted, ChatContent, ChatMember, ChatMessage, ChatThread};
use convene_model::{RawId, ThreadId, WallMs};

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Who.
    pub recipient: RawId,
    /// What, in the wire's form.
    pub body: String,
}

/// What a new thread tells those who are in it.
pub fn of_creation(thread: &ChatThread, members: &[ChatMember]) -> Vec<Notice> {
    let Some(by) = members.iter().find(|member| member.user == thread.created_by) else { return Vec::new() };
    let event = ChatEvent::ThreadCreated { thread: thread.clone(), by: by.clone(), members: members.to_vec() };
    to(members, &thread.id, &event, |_| true)
}

/// What a change of `thread` by `by` tells, once it is committed.
pub fn of_change(
    thread: &ChatThread,
    by: &ChatMember,
    change: &ChatChange,
    committed: &ChatCommitted,
    at: WallMs,
) -> Vec<Notice> {
    let (id, members) = (&change.thread, committed.members.as_slice());
    let version = thread.version + u64::from(change.raises_version());
    let mut notices = Vec::new();
    if let Some(changed) = &change.properties {
        let event = ChatEvent::PropertiesUpdated { thread: changed.clone(), by: by.clone(), at };
        notices.extend(to(members, id, &event, |_| true));
    }
    if !change.added.is_empty() {
        let event = ChatEvent::ParticipantsAdded { members: change.added.clone(), by: by.clone(), version, at };
        notices.extend(to(members, id, &event, |_| true));
    }
    for message in &committed.messages {
        match &message.content {
            ChatContent::Text(_) | ChatContent::Html(_) => {
                let event = ChatEvent::MessageReceived(message.clone());
                notices.extend(to(members, id, &event, |member| reaches(member, message)));
            }
            // The last that somebody hears who is removed.
            ChatContent::ParticipantsRemoved(removed) => {
                let event = ChatEvent::ParticipantsRemoved { members: removed.clone(), by: by.clone(), version, at };
                notices.extend(to(members, id, &event, |_| true));
                notices.extend(to(removed, id, &event, |_| true));
            }
            ChatContent::TopicUpdated(_) | ChatContent::ParticipantsAdded(_) => {}
        }
    }
    if let Some((message, _)) = &change.changed {
        let event = match message.deleted_at {
            Some(_) => ChatEvent::MessageDeleted(message.clone()),
            None => ChatEvent::MessageEdited(message.clone()),
        };
        notices.extend(to(members, id, &event, |member| reaches(member, message)));
    }
    if let Some(receipt) = &change.receipt
        && committed.read_further
    {
        let event = ChatEvent::ReadReceipt(receipt.clone());
        notices.extend(to(members, id, &event, |member| member.history_from <= receipt.message));
    }
    notices
}

/// What the end of a thread tells those who were in it.
pub fn of_deletion(thread: &ChatThread, by: Option<&ChatMember>, members: &[ChatMember], at: WallMs) -> Vec<Notice> {
    let event = ChatEvent::ThreadDeleted { by: by.cloned(), version: thread.version, at };
    to(members, &thread.id, &event, |_| true)
}

/// That somebody types.
pub fn of_typing(
    thread: &ThreadId,
    by: &ChatMember,
    display_name: Option<String>,
    members: &[ChatMember],
    at: WallMs,
) -> Vec<Notice> {
    to(members, thread, &ChatEvent::Typing { user: by.user.clone(), display_name, at }, |_| true)
}

fn reaches(member: &ChatMember, message: &ChatMessage) -> bool {
    member.history_from <= message.created_at
}

fn to(
    members: &[ChatMember],
    thread: &ThreadId,
    event: &ChatEvent,
    may_hear: impl Fn(&ChatMember) -> bool,
) -> Vec<Notice> {
    let told = members.iter().filter(|member| may_hear(member));
    told.map(|member| Notice { recipient: member.user.clone(), body: body_of(event, thread, &member.user) }).collect()
}
