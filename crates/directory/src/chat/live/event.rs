//! What happened in a thread, as one who is in it is told.

use convene_model::chat::{ChatContent, ChatMember, ChatMessage, ChatReceipt, ChatThread, Metadata, Retention};
use convene_model::{RawId, ThreadId, WallMs, rfc3339};
use serde::Serialize;

/// What happened in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// Somebody wrote.
    MessageReceived(ChatMessage),
    /// A message was changed.
    MessageEdited(ChatMessage),
    /// A message was deleted.
    MessageDeleted(ChatMessage),
    /// Somebody types.
    Typing {
        /// Who.
        user: RawId,
        /// The name that they gave.
        display_name: Option<String>,
        /// When.
        at: WallMs,
    },
    /// Somebody has read.
    ReadReceipt(ChatReceipt),
    /// The thread was made.
    ThreadCreated {
        /// The thread.
        thread: ChatThread,
        /// By whom.
        by: ChatMember,
        /// Who is in it.
        members: Vec<ChatMember>,
    },
    /// Its topic, metadata or retention is another.
    PropertiesUpdated {
        /// The thread as it is now.
        thread: ChatThread,
        /// By whom.
        by: ChatMember,
        /// When.
        at: WallMs,
    },
    /// It is gone.
    ThreadDeleted {
        /// By whom; `None`: its time was over.
        by: Option<ChatMember>,
        /// Its last version.
        version: u64,
        /// When.
        at: WallMs,
    },
    /// People came in.
    ParticipantsAdded {
        /// Who.
        members: Vec<ChatMember>,
        /// By whom.
        by: ChatMember,
        /// The thread's version now.
        version: u64,
        /// When.
        at: WallMs,
    },
    /// People went, or were removed.
    ParticipantsRemoved {
        /// Who.
        members: Vec<ChatMember>,
        /// By whom.
        by: ChatMember,
        /// The thread's version now.
        version: u64,
        /// When.
        at: WallMs,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageBody<'a> {
    event_id: u16,
    sender_id: &'a str,
    recipient_mri: &'a str,
    group_id: &'a str,
    message_id: String,
    client_message_id: &'a str,
    sender_display_name: &'a str,
    message_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_body: Option<&'a str>,
    version: String,
    original_arrival_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acs_chat_message_metadata: Option<String>,
    #[serde(rename = "edittime", skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    #[serde(rename = "deletetime", skip_serializing_if = "Option::is_none")]
    deleted_at: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TypingBody<'a> {
    event_id: u16,
    sender_id: &'a str,
    recipient_mri: &'a str,
    group_id: &'a str,
    sender_display_name: &'a str,
    version: String,
    original_arrival_time: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptBody<'a> {
    event_id: u16,
    sender_id: &'a str,
    recipient_mri: &'a str,
    group_id: &'a str,
    message_id: String,
    client_message_id: &'a str,
    message_body: String,
}

#[derive(Serialize)]
struct Horizon<'a> {
    user: &'a str,
    consumptionhorizon: String,
    #[serde(rename = "messageVisibilityTime")]
    visible_at: WallMs,
    version: String,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ThreadBody<'a> {
    event_id: u16,
    thread_id: &'a str,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants_added: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants_removed: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Participant<'a> {
    participant_id: &'a str,
    display_name: &'a str,
    share_history_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_meta_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    topic: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    acs_chat_thread_metadata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    retention_policy_type: &'static str,
    execute_after: String,
}

/// The event's body, as `recipient` gets it.
pub fn body_of(event: &ChatEvent, thread: &ThreadId, recipient: &RawId) -> String {
    let thread_body = |event_id, version: u64| ThreadBody {
        event_id,
        thread_id: thread.as_str(),
        version: version.to_string(),
        ..ThreadBody::default()
    };
    match event {
        ChatEvent::MessageReceived(message) => json(&message_body(200, message, thread, recipient)),
        ChatEvent::MessageEdited(message) => json(&message_body(247, message, thread, recipient)),
        ChatEvent::MessageDeleted(message) => json(&message_body(248, message, thread, recipient)),
        ChatEvent::Typing { user, display_name, at } => json(&TypingBody {
            event_id: 245,
            sender_id: user.as_str(),
            recipient_mri: recipient.as_str(),
            group_id: thread.as_str(),
            sender_display_name: display_name.as_deref().unwrap_or_default(),
            version: at.to_string(),
            original_arrival_time: rfc3339(*at),
        }),
        ChatEvent::ReadReceipt(receipt) => json(&receipt_body(receipt, thread, recipient)),
        ChatEvent::ThreadCreated { thread: made, by, members } => json(&ThreadBody {
            create_time: Some(rfc3339(made.created_at)),
            created_by: Some(escaped(&participant(by))),
            members: Some(people(members)),
            properties: Some(properties(made)),
            ..thread_body(257, made.version)
        }),
        ChatEvent::PropertiesUpdated { thread: changed, by, at } => json(&ThreadBody {
            edit_time: Some(rfc3339(*at)),
            edited_by: Some(escaped(&participant(by))),
            properties: Some(properties(changed)),
            ..thread_body(258, changed.version)
        }),
        ChatEvent::ThreadDeleted { by, version, at } => json(&ThreadBody {
            delete_time: Some(rfc3339(*at)),
            deleted_by: by.as_ref().map(|by| escaped(&participant(by))),
            reason: Some(if by.is_some() { "deletedByUser" } else { "deletedByPolicy" }),
            ..thread_body(259, *version)
        }),
        ChatEvent::ParticipantsAdded { members, by, version, at } => json(&ThreadBody {
            time: Some(rfc3339(*at)),
            added_by: Some(escaped(&participant(by))),
            participants_added: Some(people(members)),
            ..thread_body(260, *version)
        }),
        ChatEvent::ParticipantsRemoved { members, by, version, at } => json(&ThreadBody {
            time: Some(rfc3339(*at)),
            removed_by: Some(escaped(&participant(by))),
            participants_removed: Some(people(members)),
            ..thread_body(261, *version)
        }),
    }
}

fn message_body<'a>(
    event_id: u16,
    message: &'a ChatMessage,
    thread: &'a ThreadId,
    recipient: &'a RawId,
) -> MessageBody<'a> {
    let (message_type, text) = match &message.content {
        ChatContent::Html(html) => ("RichText/Html", html.as_str()),
        ChatContent::Text(text) => ("Text", text.as_str()),
        ChatContent::TopicUpdated(topic) => ("ThreadActivity/TopicUpdate", topic.as_str()),
        ChatContent::ParticipantsAdded(_) => ("ThreadActivity/AddMember", ""),
        ChatContent::ParticipantsRemoved(_) => ("ThreadActivity/DeleteMember", ""),
    };
    MessageBody {
        event_id,
        sender_id: message.sender.as_str(),
        recipient_mri: recipient.as_str(),
        group_id: thread.as_str(),
        message_id: message.id.to_string(),
        client_message_id: "",
        sender_display_name: message.sender_display_name.as_deref().unwrap_or_default(),
        message_type,
        message_body: message.deleted_at.is_none().then_some(text),
        version: message.version.to_string(),
        original_arrival_time: rfc3339(message.created_at),
        acs_chat_message_metadata: metadata(&message.metadata),
        edited_at: message.edited_at.filter(|_| message.deleted_at.is_none()).map(rfc3339),
        deleted_at: message.deleted_at.map(rfc3339),
    }
}

fn receipt_body<'a>(receipt: &'a ChatReceipt, thread: &'a ThreadId, recipient: &'a RawId) -> ReceiptBody<'a> {
    let horizon = Horizon {
        user: receipt.user.as_str(),
        consumptionhorizon: format!("{};{};{}", receipt.message, receipt.read_at, receipt.message),
        visible_at: receipt.message,
        version: receipt.read_at.to_string(),
    };
    ReceiptBody {
        event_id: 246,
        sender_id: receipt.user.as_str(),
        recipient_mri: recipient.as_str(),
        group_id: thread.as_str(),
        message_id: receipt.message.to_string(),
        client_message_id: "",
        message_body: json(&horizon),
    }
}

fn participant(member: &ChatMember) -> Participant<'_> {
    Participant {
        participant_id: member.user.as_str(),
        display_name: member.display_name.as_deref().unwrap_or_default(),
        share_history_time: rfc3339(member.history_from),
        member_meta_data: metadata(&member.metadata),
    }
}

fn people(members: &[ChatMember]) -> String {
    escaped(&members.iter().map(participant).collect::<Vec<_>>())
}

fn properties(thread: &ChatThread) -> String {
    let policy = match thread.retention {
        Some(Retention::Days(days)) => Some(json(&Policy {
            retention_policy_type: "DeleteAfterCreationTime",
            execute_after: format!("{days}.00:00:00"),
        })),
        Some(Retention::Forever) | None => None,
    };
    escaped(&Properties {
        topic: &thread.topic,
        acs_chat_thread_metadata: metadata(&thread.metadata),
        retention_policy: policy,
    })
}

fn metadata(metadata: &Metadata) -> Option<String> {
    Some(metadata).filter(|metadata| !metadata.is_empty()).map(json)
}

/// JSON for a client that sends it through `unescape` before it reads it: only `%` means something there.
fn escaped<T: Serialize>(value: &T) -> String {
    json(value).replace('%', "%25")
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("texts and numbers can be written: {error}"))
}
