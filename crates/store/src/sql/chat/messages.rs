//! Messages and read receipts.

use super::super::rows::{get, number, raw_id, unsigned};
use super::{Connection, DbRow, Pool, metadata_text, read_metadata};
use crate::names::unreadable;
use crate::{StoreError, error::failed};
use convene_model::chat::{ChatContent, ChatMember, ChatMessage, ChatReceipt};
use convene_model::{ThreadId, WallMs};

const DOING: &str = "read a chat message";
const WHAT: &str = "a chat message";

pub(super) async fn insert(
    connection: &mut Connection,
    thread: &ThreadId,
    message: &ChatMessage,
) -> Result<(), StoreError> {
    let (kind, body) = written(&message.content)?;
    sqlx::query(
        "INSERT INTO chat_message (thread, sequence, id, kind, body, sender, sender_display_name, metadata, created_at, edited_at, \
         deleted_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(thread.as_str())
    .bind(number(message.sequence, WHAT)?)
    .bind(message.id)
    .bind(kind)
    .bind(body)
    .bind(message.sender.as_str())
    .bind(message.sender_display_name.as_deref())
    .bind(metadata_text(&message.metadata)?)
    .bind(message.created_at)
    .bind(message.edited_at)
    .bind(message.deleted_at)
    .bind(message.version)
    .execute(connection)
    .await
    .map_err(failed("add a chat message", WHAT))?;
    Ok(())
}

/// Writes what may change of a message, if it has the version that the change was made from. False if it has not.
pub(super) async fn update(
    connection: &mut Connection,
    thread: &ThreadId,
    message: &ChatMessage,
    from: i64,
) -> Result<bool, StoreError> {
    let (kind, body) = written(&message.content)?;
    let done = sqlx::query(
        "UPDATE chat_message SET kind = $1, body = $2, metadata = $3, edited_at = $4, deleted_at = $5, version = $6 WHERE thread = \
         $7 AND id = $8 AND version = $9",
    )
    .bind(kind)
    .bind(body)
    .bind(metadata_text(&message.metadata)?)
    .bind(message.edited_at)
    .bind(message.deleted_at)
    .bind(message.version)
    .bind(thread.as_str())
    .bind(message.id)
    .bind(from)
    .execute(connection)
    .await
    .map_err(failed("change a chat message", WHAT))?;
    Ok(done.rows_affected() > 0)
}

/// Keeps a receipt, unless one for the same or a later message is kept. False if one is.
pub(super) async fn keep_receipt(
    connection: &mut Connection,
    thread: &ThreadId,
    receipt: &ChatReceipt,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO chat_receipt (thread, \"user\", message, read_at) VALUES ($1, $2, $3, $4) ON CONFLICT (thread, \"user\") DO \
         UPDATE SET message = excluded.message, read_at = excluded.read_at WHERE chat_receipt.message < excluded.message",
    )
    .bind(thread.as_str())
    .bind(receipt.user.as_str())
    .bind(receipt.message)
    .bind(receipt.read_at)
    .execute(connection)
    .await
    .map_err(failed("keep a read receipt", "a read receipt"))?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn message(pool: &Pool, thread: &ThreadId, id: i64) -> Result<Option<ChatMessage>, StoreError> {
    let query = sqlx::query("SELECT * FROM chat_message WHERE thread = $1 AND id = $2").bind(thread.as_str()).bind(id);
    query.fetch_optional(pool).await.map_err(failed(DOING, WHAT))?.as_ref().map(read_message).transpose()
}

pub(crate) async fn messages(
    pool: &Pool,
    thread: &ThreadId,
    from: WallMs,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<ChatMessage>, StoreError> {
    let before = before.map_or(Ok(i64::MAX), |before| number(before, WHAT))?;
    let query = sqlx::query(
        "SELECT * FROM chat_message WHERE thread = $1 AND created_at >= $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4",
    );
    let query = query.bind(thread.as_str()).bind(from).bind(before).bind(i64::from(limit));
    query.fetch_all(pool).await.map_err(failed(DOING, WHAT))?.iter().map(read_message).collect()
}

pub(crate) async fn receipts(pool: &Pool, thread: &ThreadId) -> Result<Vec<ChatReceipt>, StoreError> {
    let query = sqlx::query("SELECT * FROM chat_receipt WHERE thread = $1 ORDER BY \"user\"").bind(thread.as_str());
    let rows = query.fetch_all(pool).await.map_err(failed(DOING, "a read receipt"))?;
    let read = |row: &DbRow| {
        Ok(ChatReceipt { user: raw_id(row, "user")?, message: get(row, "message")?, read_at: get(row, "read_at")? })
    };
    rows.iter().map(read).collect()
}

fn written(content: &ChatContent) -> Result<(&'static str, String), StoreError> {
    let people = |members: &[ChatMember]| serde_json::to_string(members).map_err(|_| unreadable("participants", ""));
    Ok(match content {
        ChatContent::Text(text) => ("text", text.clone()),
        ChatContent::Html(html) => ("html", html.clone()),
        ChatContent::TopicUpdated(topic) => ("topicUpdated", topic.clone()),
        ChatContent::ParticipantsAdded(members) => ("participantAdded", people(members)?),
        ChatContent::ParticipantsRemoved(members) => ("participantRemoved", people(members)?),
    })
}

fn read_content(kind: &str, body: String) -> Result<ChatContent, StoreError> {
    let people = |body: &str| serde_json::from_str(body).map_err(|_| unreadable("participants", body));
    match kind {
        "text" => Ok(ChatContent::Text(body)),
        "html" => Ok(ChatContent::Html(body)),
        "topicUpdated" => Ok(ChatContent::TopicUpdated(body)),
        "participantAdded" => people(&body).map(ChatContent::ParticipantsAdded),
        "participantRemoved" => people(&body).map(ChatContent::ParticipantsRemoved),
        other => Err(unreadable("a chat message of the kind", other)),
    }
}

fn read_message(row: &DbRow) -> Result<ChatMessage, StoreError> {
    Ok(ChatMessage {
        id: get(row, "id")?,
        sequence: unsigned(get(row, "sequence")?, WHAT)?,
        content: read_content(get(row, "kind")?, get(row, "body")?)?,
        sender: raw_id(row, "sender")?,
        sender_display_name: get(row, "sender_display_name")?,
        metadata: read_metadata(row)?,
        created_at: get(row, "created_at")?,
        edited_at: get(row, "edited_at")?,
        deleted_at: get(row, "deleted_at")?,
        version: get(row, "version")?,
    })
}
