//! What happened in a chat thread, in the words of the domain. A store says it of what it commits, `events` turns it into what subscribers
//! receive. Only the threads that apps made are told of: who is in the others follows calls, which have events of their own.

use crate::chat::{ChatChange, ChatCommitted, ChatContent, ChatMember, ChatMessage, ChatOrigin, ChatThread};
use crate::record::OutboxEvent;
use crate::{RawId, WallMs};

/// One thing that happened in a chat thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatHappened {
    /// The thread as it is now; as it was, if it is deleted.
    pub thread: ChatThread,
    /// When.
    pub at: WallMs,
    /// What.
    pub what: ChatWhat,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatWhat {
    /// It was made, by its creator.
    ThreadCreated {
        /// Who is in it.
        members: Vec<ChatMember>,
    },
    /// It is gone.
    ThreadDeleted {
        /// By whom; `None`: its time was over.
        by: Option<RawId>,
    },
    /// Its topic, metadata or retention is another.
    PropertiesUpdated {
        /// By whom.
        by: RawId,
    },
    /// Somebody came in.
    ParticipantAdded {
        /// Who.
        member: ChatMember,
        /// By whom.
        by: RawId,
    },
    /// Somebody went, or was removed.
    ParticipantRemoved {
        /// Who.
        member: ChatMember,
        /// By whom.
        by: RawId,
    },
    /// Somebody wrote.
    MessageReceived(ChatMessage),
    /// A message was changed.
    MessageEdited(ChatMessage),
    /// A message was deleted.
    MessageDeleted(ChatMessage),
}

/// Makes the outbox event of what happened; each with an id of its own.
pub type TellChat = fn(&ChatHappened) -> OutboxEvent;

/// What a new thread is told as; nothing if no app made it.
pub fn chat_created(thread: &ChatThread, members: &[ChatMember]) -> Option<ChatHappened> {
    let what = ChatWhat::ThreadCreated { members: members.to_vec() };
    told_of(thread).then(|| ChatHappened { thread: thread.clone(), at: thread.created_at, what })
}

/// What the end of a thread is told as; nothing if no app made it.
pub fn chat_deleted(thread: &ChatThread, by: Option<&RawId>, at: WallMs) -> Option<ChatHappened> {
    let what = ChatWhat::ThreadDeleted { by: by.cloned() };
    told_of(thread).then(|| ChatHappened { thread: thread.clone(), at, what })
}

/// What a committed change is told as, in its order. `thread`: as it is now.
pub fn chat_changed(thread: &ChatThread, change: &ChatChange, committed: &ChatCommitted) -> Vec<ChatHappened> {
    if !told_of(thread) {
        return Vec::new();
    }
    let (by, mut whats) = (&change.by, Vec::new());
    if change.properties.is_some() {
        whats.push(ChatWhat::PropertiesUpdated { by: by.clone() });
    }
    for member in &change.added {
        whats.push(ChatWhat::ParticipantAdded { member: member.clone(), by: by.clone() });
    }
    for message in &committed.messages {
        match &message.content {
            ChatContent::Text(_) | ChatContent::Html(_) => whats.push(ChatWhat::MessageReceived(message.clone())),
            ChatContent::ParticipantsRemoved(removed) => {
                for member in removed {
                    whats.push(ChatWhat::ParticipantRemoved { member: member.clone(), by: by.clone() });
                }
            }
            ChatContent::TopicUpdated(_) | ChatContent::ParticipantsAdded(_) => {}
        }
    }
    if let Some((message, _)) = &change.changed {
        whats.push(match message.deleted_at {
            Some(_) => ChatWhat::MessageDeleted(message.clone()),
            None => ChatWhat::MessageEdited(message.clone()),
        });
    }
    whats.into_iter().map(|what| ChatHappened { thread: thread.clone(), at: change.at, what }).collect()
}

fn told_of(thread: &ChatThread) -> bool {
    match thread.origin {
        ChatOrigin::App => true,
        ChatOrigin::Meeting(_) | ChatOrigin::Call { .. } => false,
    }
}
