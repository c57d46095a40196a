//! Threads and who is in them.

use super::super::rows::{get, number, raw_id, read_meeting_chat, unsigned};
use super::{Connection, Db, DbRow, Pool, WHAT, change, metadata_text, read_metadata};
use crate::{ChatCursor, StoreError, error::failed};
use convene_model::chat::{ChatMember, ChatOrigin, ChatThread, Retention};
use convene_model::chat_happened::{TellChat, chat_deleted};
use convene_model::{CallId, RawId, ThreadId, WallMs};

const DOING: &str = "read a chat thread";

pub(super) async fn insert_thread(
    connection: &mut Connection,
    thread: &ChatThread,
    call: Option<&CallId>,
) -> Result<(), StoreError> {
    let meeting_chat = match thread.origin {
        ChatOrigin::Meeting(chat) => Some(chat.as_str()),
        ChatOrigin::App | ChatOrigin::Call { .. } => None,
    };
    sqlx::query(
        "INSERT INTO chat_thread (id, resource, topic, metadata, retention_days, created_by, created_at, active_at, ends_at, \
         version, meeting_chat, call, last_sequence, last_message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0)",
    )
    .bind(thread.id.as_str())
    .bind(&thread.resource)
    .bind(&thread.topic)
    .bind(metadata_text(&thread.metadata)?)
    .bind(retention_days(thread))
    .bind(thread.created_by.as_str())
    .bind(thread.created_at)
    .bind(thread.active_at)
    .bind(thread.ends_at())
    .bind(number(thread.version, WHAT)?)
    .bind(meeting_chat)
    .bind(call.map(CallId::as_str))
    .execute(connection)
    .await
    .map_err(failed("add a chat thread", WHAT))?;
    Ok(())
}

pub(super) async fn update_properties(connection: &mut Connection, thread: &ChatThread) -> Result<(), StoreError> {
    sqlx::query("UPDATE chat_thread SET topic = $1, metadata = $2, retention_days = $3, ends_at = $4 WHERE id = $5")
        .bind(&thread.topic)
        .bind(metadata_text(&thread.metadata)?)
        .bind(retention_days(thread))
        .bind(thread.ends_at())
        .bind(thread.id.as_str())
        .execute(connection)
        .await
        .map_err(failed("change a chat thread", WHAT))?;
    Ok(())
}

fn retention_days(thread: &ChatThread) -> Option<i64> {
    thread.retention.map(|retention| match retention {
        Retention::Forever => 0,
        Retention::Days(days) => i64::from(days),
    })
}

pub(super) async fn insert_member(
    connection: &mut Connection,
    thread: &ThreadId,
    member: &ChatMember,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO chat_member (thread, \"user\", display_name, history_from, metadata) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(thread.as_str())
    .bind(member.user.as_str())
    .bind(member.display_name.as_deref())
    .bind(member.history_from)
    .bind(metadata_text(&member.metadata)?)
    .execute(connection)
    .await
    .map_err(failed("add a participant", "a participant"))?;
    Ok(())
}

pub(super) async fn delete_member(
    connection: &mut Connection,
    thread: &ThreadId,
    user: &RawId,
) -> Result<(), StoreError> {
    for query in [
        "DELETE FROM chat_member WHERE thread = $1 AND \"user\" = $2",
        "DELETE FROM chat_receipt WHERE thread = $1 AND \"user\" = $2",
    ] {
        let done = sqlx::query(query).bind(thread.as_str()).bind(user.as_str()).execute(&mut *connection).await;
        done.map_err(failed("remove a participant", "a participant"))?;
    }
    Ok(())
}

pub(crate) async fn member(
    pool: &Pool,
    thread: &ThreadId,
    user: &RawId,
) -> Result<Option<(ChatThread, ChatMember)>, StoreError> {
    let query = sqlx::query(
        "SELECT t.*, m.\"user\", m.display_name, m.history_from, m.metadata AS member_metadata FROM chat_member m JOIN chat_thread t \
         ON t.id = m.thread WHERE m.thread = $1 AND m.\"user\" = $2",
    );
    let row = query.bind(thread.as_str()).bind(user.as_str()).fetch_optional(pool).await;
    let Some(row) = row.map_err(failed(DOING, WHAT))? else { return Ok(None) };
    let metadata = serde_json::from_str(get(&row, "member_metadata")?);
    let metadata = metadata.map_err(|_| crate::names::unreadable("metadata", WHAT))?;
    let member = ChatMember {
        user: raw_id(&row, "user")?,
        display_name: get(&row, "display_name")?,
        history_from: get(&row, "history_from")?,
        metadata,
    };
    Ok(Some((read_thread(&row)?, member)))
}

pub(crate) async fn members<'a>(
    executor: impl sqlx::Executor<'a, Database = Db>,
    thread: &ThreadId,
) -> Result<Vec<ChatMember>, StoreError> {
    let query = sqlx::query("SELECT * FROM chat_member WHERE thread = $1 ORDER BY \"user\"").bind(thread.as_str());
    let rows = query.fetch_all(executor).await.map_err(failed(DOING, WHAT))?;
    rows.iter().map(read_member).collect()
}

pub(super) fn read_member(row: &DbRow) -> Result<ChatMember, StoreError> {
    Ok(ChatMember {
        user: raw_id(row, "user")?,
        display_name: get(row, "display_name")?,
        history_from: get(row, "history_from")?,
        metadata: read_metadata(row)?,
    })
}

pub(crate) async fn of_user(
    pool: &Pool,
    user: &RawId,
    active_since: WallMs,
    now: WallMs,
    after: Option<&ChatCursor>,
    limit: u32,
) -> Result<Vec<ChatThread>, StoreError> {
    let (created_at, id) = after.map_or((i64::MAX, ""), |after| (after.created_at, after.id.as_str()));
    let query = sqlx::query(
        "SELECT t.* FROM chat_member m JOIN chat_thread t ON t.id = m.thread WHERE m.\"user\" = $1 AND t.active_at >= $2 AND \
         (t.ends_at IS NULL OR t.ends_at > $3) AND (t.meeting_chat IS NULL OR t.meeting_chat <> 'disabled') AND (t.created_at, t.id) < ($4, $5) ORDER BY t.created_at DESC, t.id DESC LIMIT $6",
    );
    let query = query.bind(user.as_str()).bind(active_since).bind(now).bind(created_at).bind(id);
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.iter().map(read_thread).collect()
}

pub(crate) async fn delete(
    connection: &mut Connection,
    thread: &ThreadId,
    by: Option<&RawId>,
    at: WallMs,
    tell: Option<TellChat>,
) -> Result<bool, StoreError> {
    let query = sqlx::query("DELETE FROM chat_thread WHERE id = $1 RETURNING *").bind(thread.as_str());
    let row = query.fetch_optional(&mut *connection).await.map_err(failed("delete a chat thread", WHAT))?;
    let Some(row) = row else { return Ok(false) };
    change::told(connection, chat_deleted(&read_thread(&row)?, by, at), tell).await?;
    Ok(true)
}

pub(crate) async fn over(pool: &Pool, now: WallMs, limit: u32) -> Result<Vec<ChatThread>, StoreError> {
    let query = sqlx::query("SELECT * FROM chat_thread WHERE ends_at <= $1 ORDER BY ends_at, id LIMIT $2").bind(now);
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.iter().map(read_thread).collect()
}

pub(super) fn read_thread(row: &DbRow) -> Result<ChatThread, StoreError> {
    let retention = match get::<Option<i64>>(row, "retention_days")? {
        None => None,
        Some(0) => Some(Retention::Forever),
        Some(days) => {
            let days = u32::try_from(days).map_err(|_| crate::names::unreadable("days", &days.to_string()))?;
            Some(Retention::Days(days))
        }
    };
    let origin = match (get::<Option<&str>>(row, "meeting_chat")?, get::<Option<&str>>(row, "call")?) {
        (Some(name), _) => ChatOrigin::Meeting(read_meeting_chat(name)?),
        (None, Some(_)) => ChatOrigin::Call { ends_at: get(row, "ends_at")? },
        (None, None) => ChatOrigin::App,
    };
    Ok(ChatThread {
        id: ThreadId(get(row, "id")?),
        resource: get(row, "resource")?,
        topic: get(row, "topic")?,
        metadata: read_metadata(row)?,
        retention,
        created_by: raw_id(row, "created_by")?,
        created_at: get(row, "created_at")?,
        active_at: get(row, "active_at")?,
        version: unsigned(get(row, "version")?, WHAT)?,
        origin,
    })
}
