//! Making and changing threads: what becomes of one in one step is one transaction.

use super::super::calls::write_event;
use super::super::rows::{get, number, unsigned};
use super::{Connection, WHAT, messages, threads};
use crate::{StoreError, error::failed};
use convene_model::ThreadId;
use convene_model::chat::{ChatChange, ChatCommitted, ChatDraft, ChatMember, ChatMessage, ChatThread};
use convene_model::chat_happened::{ChatHappened, TellChat, chat_changed, chat_created};
use convene_model::record::OutboxEvent;

pub(crate) async fn insert(
    connection: &mut Connection,
    thread: &ChatThread,
    members: &[ChatMember],
    drafts: &[ChatDraft],
    tell: Option<TellChat>,
) -> Result<Vec<ChatMessage>, StoreError> {
    threads::insert_thread(connection, thread, None).await?;
    for member in members {
        threads::insert_member(connection, &thread.id, member).await?;
    }
    told(connection, chat_created(thread, members), tell).await?;
    place(connection, &thread.id, (0, 0, i64::MIN), drafts).await
}

/// Writes the events of what happened; none if nobody says how.
pub(super) async fn told(
    connection: &mut Connection,
    happened: impl IntoIterator<Item = ChatHappened>,
    tell: Option<TellChat>,
) -> Result<(), StoreError> {
    let Some(tell) = tell else { return Ok(()) };
    let events: Vec<OutboxEvent> = happened.into_iter().map(|happened| tell(&happened)).collect();
    for event in events {
        write_event(connection, &event).await?;
    }
    Ok(())
}

/// Carries a change out on top of the version that it was made from. `None` if that is not the version any more: nothing may be
/// committed then.
pub(crate) async fn commit(
    connection: &mut Connection,
    change: &ChatChange,
    tell: Option<TellChat>,
) -> Result<Option<ChatCommitted>, StoreError> {
    // This row is written first, so that changes of one thread come one after the other.
    let row = sqlx::query("UPDATE chat_thread SET version = version + $1 WHERE id = $2 AND version = $3 RETURNING *")
        .bind(i64::from(change.raises_version()))
        .bind(change.thread.as_str())
        .bind(number(change.version, WHAT)?)
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed("change a chat thread", WHAT))?;
    let Some(row) = row else { return Ok(None) };
    let last = (get(&row, "last_sequence")?, get(&row, "last_message")?, get(&row, "active_at")?);
    if let Some(thread) = &change.properties {
        threads::update_properties(connection, thread).await?;
    }
    for member in &change.added {
        threads::insert_member(connection, &change.thread, member).await?;
    }
    for user in &change.removed {
        threads::delete_member(connection, &change.thread, user).await?;
    }
    if let Some((message, from)) = &change.changed
        && !messages::update(connection, &change.thread, message, *from).await?
    {
        return Ok(None);
    }
    let read_further = match &change.receipt {
        Some(receipt) => messages::keep_receipt(connection, &change.thread, receipt).await?,
        None => false,
    };
    let messages = place(connection, &change.thread, last, &change.messages).await?;
    let members = threads::members(&mut *connection, &change.thread).await?;
    let committed = ChatCommitted { messages, members, read_further };
    if tell.is_some() {
        let thread = change.properties.clone().map_or_else(|| threads::read_thread(&row), Ok)?;
        told(connection, chat_changed(&thread, change, &committed), tell).await?;
    }
    Ok(Some(committed))
}

/// Writes drafts behind the last message: the next places, ids that are their time, or the next number that is free, and times that never
/// go back: whoever may read from a time on reads from a place on.
async fn place(
    connection: &mut Connection,
    thread: &ThreadId,
    (mut last_sequence, mut last_message, mut last_at): (i64, i64, i64),
    drafts: &[ChatDraft],
) -> Result<Vec<ChatMessage>, StoreError> {
    let mut placed = Vec::new();
    for draft in drafts {
        last_sequence += 1;
        last_at = draft.created_at.max(last_at);
        last_message = last_at.max(last_message + 1);
        let message = ChatMessage {
            id: last_message,
            sequence: unsigned(last_sequence, WHAT)?,
            content: draft.content.clone(),
            sender: draft.sender.clone(),
            sender_display_name: draft.sender_display_name.clone(),
            metadata: draft.metadata.clone(),
            created_at: last_at,
            edited_at: None,
            deleted_at: None,
            version: last_message,
        };
        messages::insert(connection, thread, &message).await?;
        placed.push(message);
    }
    if let Some(newest) = placed.last() {
        sqlx::query("UPDATE chat_thread SET last_sequence = $1, last_message = $2, active_at = $3 WHERE id = $4")
            .bind(last_sequence)
            .bind(last_message)
            .bind(newest.created_at)
            .bind(thread.as_str())
            .execute(connection)
            .await
            .map_err(failed("change a chat thread", WHAT))?;
    }
    Ok(placed)
}
