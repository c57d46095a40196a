//! The chat of a meeting: when there is one, its thread as it begins, and who is always in it.

use crate::chat::{ChatOrigin, ChatThread};
use crate::record::Meeting;
use crate::{RawId, Role};
use std::collections::{BTreeMap, BTreeSet};

/// When there is a chat in a meeting.
///
/// Source: Microsoft Graph `meetingChatMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeetingChat {
    /// Always.
    Enabled,
    /// It is written in only while the call goes on.
    Limited,
    /// Never.
    Disabled,
}

impl MeetingChat {
    /// Every value.
    pub const ALL: [MeetingChat; 3] = [MeetingChat::Enabled, MeetingChat::Limited, MeetingChat::Disabled];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Limited => "limited",
            Self::Disabled => "disabled",
        }
    }

    /// Reads a name; `None` if there is no such value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == text)
    }
}

impl Meeting {
    /// Its chat thread as it begins.
    pub fn chat_thread(&self) -> ChatThread {
        ChatThread {
            id: self.thread_id.clone(),
            // Nobody can be added by an app: who is in it is who is in the meeting.
            resource: String::new(),
            topic: self.subject.clone(),
            metadata: BTreeMap::new(),
            retention: None,
            created_by: self.organizer.clone(),
            created_at: self.created_at,
            active_at: self.created_at,
            version: 1,
            origin: ChatOrigin::Meeting(self.chat),
        }
    }

    /// Who is in its chat whether they are in the call or not: organizer and co-organizers.
    pub fn durable_chat_members(&self) -> BTreeSet<RawId> {
        let co_organizers = self.attendees.iter().filter(|(_, role)| *role == Role::CoOrganizer);
        co_organizers.map(|(user, _)| user.clone()).chain([self.organizer.clone()]).collect()
    }
}
