//! Threads, messages and participants as clients see them.

use super::identifier::{CommunicationIdentifier, identifier};
use super::version::ChatVersion;
use convene_model::chat::{ChatContent, ChatMember, ChatMessage, ChatReceipt, ChatThread, Metadata, Retention};
use convene_model::{RawId, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChatThreadProperties)]
#[serde(rename_all = "camelCase")]
pub struct ChatThreadModel {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// When it was made.
    pub created_on: String,
    /// Who made it.
    pub created_by_communication_identifier: CommunicationIdentifier,
    /// What the app keeps with it; from version 2025-03-15 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// For how long it is kept, if somebody said so; from version 2025-03-15 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_policy: Option<RetentionPolicy>,
}

/// For how long a thread is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChatRetentionPolicy)]
#[serde(rename_all = "camelCase")]
pub struct RetentionPolicy {
    /// `none` or `threadCreationDate`.
    pub kind: &'static str,
    /// So many days from its creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_thread_after_days: Option<u32>,
}

/// A thread in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatThreadItem {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// When its newest message was written.
    pub last_message_received_on: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChatMessage)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessageModel {
    /// Its id in the thread.
    pub id: String,
    /// `text`, `html`, `topicUpdated`, `participantAdded` or `participantRemoved`.
    pub r#type: &'static str,
    /// Its place in the thread: 1, 2, 3, ….
    pub sequence_id: String,
    /// Raised with each change of it.
    pub version: String,
    /// What it says; not once it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<ChatMessageContent>,
    /// The name that the sender gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_display_name: Option<String>,
    /// When it was written.
    pub created_on: String,
    /// Whose it is; not with the thread's own messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_communication_identifier: Option<CommunicationIdentifier>,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_on: Option<String>,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_on: Option<String>,
    /// What the app keeps with it; from version 2021-09-07 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessageContent {
    /// Text, or sanitized HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The new topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Who came or went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<ChatParticipantModel>>,
    /// Who did what the message tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator_communication_identifier: Option<CommunicationIdentifier>,
}

/// Somebody in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChatParticipant)]
#[serde(rename_all = "camelCase")]
pub struct ChatParticipantModel {
    /// Who.
    pub communication_identifier: CommunicationIdentifier,
    /// Under which name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Messages from before are not theirs to see.
    pub share_history_time: String,
    /// What the app keeps with it; from version 2025-03-15 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// Up to which message somebody has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChatMessageReadReceipt)]
#[serde(rename_all = "camelCase")]
pub struct ChatReceiptModel {
    /// Who.
    pub sender_communication_identifier: CommunicationIdentifier,
    /// Up to which.
    pub chat_message_id: String,
    /// When.
    pub read_on: String,
}

/// Why somebody cannot be in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChatError {
    /// `403`.
    pub code: &'static str,
    /// Why, and what to do.
    pub message: &'static str,
    /// Who.
    pub target: String,
}

/// The thread as `version` shows it.
pub fn chat_thread(thread: &ChatThread, version: ChatVersion) -> ChatThreadModel {
    let newer = version.knows_thread_metadata();
    ChatThreadModel {
        id: thread.id.as_str().to_owned(),
        topic: thread.topic.clone(),
        created_on: rfc3339(thread.created_at),
        created_by_communication_identifier: identifier(&thread.created_by),
        metadata: shown(&thread.metadata, newer),
        retention_policy: thread.retention.filter(|_| newer).map(|retention| match retention {
            Retention::Forever => RetentionPolicy { kind: "none", delete_thread_after_days: None },
            Retention::Days(days) => {
                RetentionPolicy { kind: "threadCreationDate", delete_thread_after_days: Some(days) }
            }
        }),
    }
}

/// The thread in a list.
pub fn chat_thread_item(thread: &ChatThread) -> ChatThreadItem {
    ChatThreadItem {
        id: thread.id.as_str().to_owned(),
        topic: thread.topic.clone(),
        last_message_received_on: rfc3339(thread.active_at),
    }
}

/// The message as `version` shows it.
pub fn chat_message(message: &ChatMessage, version: ChatVersion) -> ChatMessageModel {
    let own = Some(identifier(&message.sender));
    let people = |members: &[ChatMember]| {
        let participants = members.iter().map(|member| chat_participant(member, version)).collect();
        ChatMessageContent {
            participants: Some(participants),
            initiator_communication_identifier: own.clone(),
            ..ChatMessageContent::default()
        }
    };
    let said = |text: &String| ChatMessageContent { message: Some(text.clone()), ..ChatMessageContent::default() };
    let (r#type, content, sender) = match &message.content {
        ChatContent::Text(text) => ("text", said(text), own.clone()),
        ChatContent::Html(html) => ("html", said(html), own.clone()),
        ChatContent::TopicUpdated(topic) => {
            let content = ChatMessageContent {
                topic: Some(topic.clone()),
                initiator_communication_identifier: own.clone(),
                ..ChatMessageContent::default()
            };
            ("topicUpdated", content, None)
        }
        ChatContent::ParticipantsAdded(members) => ("participantAdded", people(members), None),
        ChatContent::ParticipantsRemoved(members) => ("participantRemoved", people(members), None),
    };
    ChatMessageModel {
        id: message.id.to_string(),
        r#type,
        sequence_id: message.sequence.to_string(),
        version: message.version.to_string(),
        content: message.deleted_at.is_none().then_some(content),
        sender_display_name: message.sender_display_name.clone(),
        created_on: rfc3339(message.created_at),
        sender_communication_identifier: sender,
        deleted_on: message.deleted_at.map(rfc3339),
        edited_on: message.edited_at.map(rfc3339),
        metadata: shown(&message.metadata, version.knows_message_metadata()),
    }
}

/// The participant as `version` shows it.
pub fn chat_participant(member: &ChatMember, version: ChatVersion) -> ChatParticipantModel {
    ChatParticipantModel {
        communication_identifier: identifier(&member.user),
        display_name: member.display_name.clone(),
        share_history_time: rfc3339(member.history_from),
        metadata: shown(&member.metadata, version.knows_thread_metadata()),
    }
}

/// The receipt.
pub fn chat_receipt(receipt: &ChatReceipt) -> ChatReceiptModel {
    ChatReceiptModel {
        sender_communication_identifier: identifier(&receipt.user),
        chat_message_id: receipt.message.to_string(),
        read_on: rfc3339(receipt.read_at),
    }
}

/// Why `user` cannot be in a thread.
pub fn invalid_participant(user: &RawId) -> ChatError {
    let message = "Permissions check failed: only users of the same resource as the chat thread can be in it.";
    ChatError { code: "403", message, target: user.as_str().to_owned() }
}

fn shown(metadata: &Metadata, known: bool) -> Option<Metadata> {
    Some(metadata.clone()).filter(|metadata| known && !metadata.is_empty())
}
