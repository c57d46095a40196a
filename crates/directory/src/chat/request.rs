//! The bodies of requests about chat as the API's description shows them. The functions of `body.rs` read them.

use convene_model::chat::Metadata;
use utoipa::ToSchema;

/// A new thread.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateChatThreadRequest {
    /// What it is about.
    #[schema(max_length = 250)]
    pub topic: String,
    /// Who is in it, beside its creator.
    pub participants: Option<Vec<ChatParticipantRequest>>,
    /// What the app keeps with it; from version 2025-03-15 on.
    pub metadata: Option<Metadata>,
    /// For how long it is kept; forever if it is left out. From version 2025-03-15 on.
    pub retention_policy: Option<RetentionPolicyRequest>,
}

/// A change of a thread; what is left out stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UpdateChatThreadRequest {
    /// What it is about.
    #[schema(max_length = 250)]
    pub topic: Option<String>,
    /// A merge patch of what the app keeps with it; from version 2025-03-15 on.
    pub metadata: Option<Metadata>,
    /// For how long it is kept; from version 2025-03-15 on.
    pub retention_policy: Option<RetentionPolicyRequest>,
}

/// For how long a thread is kept.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RetentionPolicyRequest {
    /// `none` or `threadCreationDate`.
    pub kind: String,
    /// So many days from its creation, with `threadCreationDate`.
    #[schema(minimum = 30, maximum = 90)]
    pub delete_thread_after_days: Option<u32>,
}

/// Somebody who shall be in a thread.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChatParticipantRequest {
    /// Who: a user of the same resource.
    #[schema(value_type = Object, example = json!({"communicationUser": {"id": "8:acs:<resource>_<user>"}}))]
    pub communication_identifier: (),
    /// Under which name.
    pub display_name: Option<String>,
    /// Messages from before, in RFC 3339, are not theirs to see; all of them are if it is left out.
    pub share_history_time: Option<String>,
    /// What the app keeps with it; from version 2025-03-15 on.
    pub metadata: Option<Metadata>,
}

/// People who shall be in a thread.
#[derive(ToSchema)]
#[schema(as = AddChatParticipantsRequest, rename_all = "camelCase")]
pub struct ParticipantsRequest {
    /// Who; at most 250 are in a thread.
    pub participants: Vec<ChatParticipantRequest>,
}

/// A new message.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SendChatMessageRequest {
    /// What it says, in at most 28 KB.
    pub content: String,
    /// The sender's name, to be shown.
    pub sender_display_name: Option<String>,
    /// `text` (if it is left out) or `html`, which is sanitized.
    #[schema(rename = "type")]
    pub r#type: Option<String>,
    /// What the app keeps with it; from version 2021-09-07 on.
    pub metadata: Option<Metadata>,
}

/// A change of a message; what is left out stays.
#[derive(ToSchema)]
#[schema(as = UpdateChatMessageRequest, rename_all = "camelCase")]
pub struct EditChatMessageRequest {
    /// What it says from now on.
    pub content: Option<String>,
    /// A merge patch of what the app keeps with it.
    pub metadata: Option<Metadata>,
}

/// Up to which message somebody has read.
#[derive(ToSchema)]
#[schema(as = SendReadReceiptRequest, rename_all = "camelCase")]
pub struct ReadReceiptRequest {
    /// Which.
    pub chat_message_id: String,
}

/// That somebody is typing.
#[derive(ToSchema)]
#[schema(as = SendTypingNotificationRequest, rename_all = "camelCase")]
pub struct TypingRequest {
    /// The sender's name, to be shown.
    pub sender_display_name: Option<String>,
}
