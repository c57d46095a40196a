//! Writing, changing, deleting and reading messages.

use super::body::{EditBody, MessageBody, content_of};
use super::refused::ChatRefused;
use convene_model::WallMs;
use convene_model::chat::{
    ChatChange, ChatContent, ChatDraft, ChatMember, ChatMessage, ChatReceipt, ChatThread, Metadata,
};

/// Reads a message's id.
///
/// # Errors
/// [`ChatRefused::NoMessage`]: what cannot be an id is no message's.
pub fn parse_message_id(text: &str) -> Result<i64, ChatRefused> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(ChatRefused::NoMessage)
}

/// The message, if `me` may see it.
///
/// # Errors
/// [`ChatRefused::NoMessage`] if there is none, or it was written before the history that is shared with them.
pub fn visible(message: Option<ChatMessage>, me: &ChatMember) -> Result<ChatMessage, ChatRefused> {
    message.filter(|message| message.created_at >= me.history_from).ok_or(ChatRefused::NoMessage)
}

/// Writes a message.
pub fn send_message(thread: &ChatThread, me: &ChatMember, body: MessageBody, now: WallMs) -> ChatChange {
    let mut change = ChatChange::of(thread, &me.user, now);
    change.messages.push(ChatDraft {
        content: body.content,
        sender: me.user.clone(),
        sender_display_name: body.sender_display_name,
        metadata: body.metadata,
        created_at: now,
    });
    change
}

/// Changes a message. `None` if the request says nothing that is not so already.
///
/// # Errors
/// [`ChatRefused`] if it is not the asker's, or deleted, or its new content cannot be used.
pub fn edit_message(
    thread: &ChatThread,
    me: &ChatMember,
    message: ChatMessage,
    body: EditBody,
    now: WallMs,
) -> Result<Option<ChatChange>, ChatRefused> {
    check_sender(&message, me)?;
    if message.deleted_at.is_some() {
        return Err(ChatRefused::NoMessage);
    }
    let mut changed = message.clone();
    if let Some(text) = body.content {
        changed.content = content_of(text, matches!(message.content, ChatContent::Html(_)))?;
    }
    if let Some(metadata) = body.metadata {
        metadata.apply(&mut changed.metadata);
    }
    if changed == message {
        return Ok(None);
    }
    changed.edited_at = Some(now);
    Ok(Some(replaced(thread, changed, message.version, now)))
}

/// Deletes a message: its content is gone, its place stays. `None` if it is deleted already.
///
/// # Errors
/// [`ChatRefused::NotTheSender`].
pub fn delete_message(
    thread: &ChatThread,
    me: &ChatMember,
    message: ChatMessage,
    now: WallMs,
) -> Result<Option<ChatChange>, ChatRefused> {
    check_sender(&message, me)?;
    if message.deleted_at.is_some() {
        return Ok(None);
    }
    let version = message.version;
    let content = match message.content {
        ChatContent::Html(_) => ChatContent::Html(String::new()),
        _ => ChatContent::Text(String::new()),
    };
    let changed = ChatMessage { content, metadata: Metadata::new(), deleted_at: Some(now), ..message };
    Ok(Some(replaced(thread, changed, version, now)))
}

/// Notes that `me` has read up to a message.
pub fn read_up_to(thread: &ChatThread, me: &ChatMember, message: &ChatMessage, now: WallMs) -> ChatChange {
    let receipt = ChatReceipt { user: me.user.clone(), message: message.id, read_at: now };
    ChatChange { receipt: Some(receipt), ..ChatChange::of(thread, &me.user, now) }
}

fn check_sender(message: &ChatMessage, me: &ChatMember) -> Result<(), ChatRefused> {
    match message.content {
        ChatContent::Text(_) | ChatContent::Html(_) if message.sender == me.user => Ok(()),
        _ => Err(ChatRefused::NotTheSender),
    }
}

fn replaced(thread: &ChatThread, mut changed: ChatMessage, version: i64, now: WallMs) -> ChatChange {
    changed.version = now.max(version + 1);
    // Only senders change their messages.
    let change = ChatChange::of(thread, &changed.sender, now);
    ChatChange { changed: Some((changed, version)), ..change }
}
