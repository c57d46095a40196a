//! The rules of chat threads: who may do what, what a request may say, and what clients see (ACS Chat REST).
//!
//! Pure: whoever calls this loads a thread, hands it in with a request and the time, and commits the change that comes back, on top of
//! the version that was loaded.

mod body;
mod html;
mod identifier;
pub mod live;
mod message;
mod participants;
mod refused;
mod request;
mod thread;
mod version;
mod view;

pub use body::{
    EditBody, MessageBody, NewThreadBody, ThreadBody, participants_body, receipt_body, removal_body, typing_body,
};
pub use identifier::{CommunicationIdentifier, identifier, user_of_identifier};
pub use message::{delete_message, edit_message, parse_message_id, read_up_to, send_message, visible};
pub use participants::{Added, Removal, add_participants, remove_participant};
pub use refused::ChatRefused;
pub use request::{
    ChatParticipantRequest, CreateChatThreadRequest, EditChatMessageRequest, ParticipantsRequest, ReadReceiptRequest,
    RetentionPolicyRequest, SendChatMessageRequest, TypingRequest, UpdateChatThreadRequest,
};
pub use thread::{
    Doing, NewThread, change_thread, create_thread, is_over, may_change_members, may_chat, may_manage, parse_thread_id,
    thread_allows,
};
pub use version::ChatVersion;
pub use view::{
    ChatError, ChatMessageContent, ChatMessageModel, ChatParticipantModel, ChatReceiptModel, ChatThreadItem,
    ChatThreadModel, RetentionPolicy, chat_message, chat_participant, chat_receipt, chat_thread, chat_thread_item,
    invalid_participant,
};
