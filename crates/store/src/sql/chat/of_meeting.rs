//! The threads of meetings: each is made, changed and deleted with its meeting, and who is in it follows the journal of the meeting's
//! call, in the journal's own transaction.

use super::super::rows::get;
use super::{Connection, DbRow, WHAT, change, threads};
use crate::{StoreError, error::failed};
use convene_model::chat::{ChatChange, ChatContent, ChatDraft, ChatFollowed, ChatMember, ChatThread, Metadata};
use convene_model::record::{JournalRow, Meeting};
use convene_model::{CallId, RawId, ThreadId, WallMs};

/// Makes the thread of a new meeting, with those in it who always are.
pub(crate) async fn insert(connection: &mut Connection, meeting: &Meeting) -> Result<(), StoreError> {
    threads::insert_thread(connection, &meeting.chat_thread()).await?;
    for user in meeting.durable_chat_members() {
        keep(connection, &meeting.thread_id, &user).await?;
    }
    Ok(())
}

/// Brings the thread in step with its changed meeting.
pub(crate) async fn update(connection: &mut Connection, meeting: &Meeting) -> Result<(), StoreError> {
    let thread = &meeting.thread_id;
    sqlx::query("UPDATE chat_thread SET topic = $1, meeting_chat = $2, version = version + 1 WHERE id = $3")
        .bind(&meeting.subject)
        .bind(meeting.chat.as_str())
        .bind(thread.as_str())
        .execute(&mut *connection)
        .await
        .map_err(failed("change a chat thread", WHAT))?;
    let wanted = meeting.durable_chat_members();
    for user in &wanted {
        keep(connection, thread, user).await?;
    }
    let query =
        sqlx::query("SELECT \"user\" FROM chat_member WHERE thread = $1 AND durable = TRUE").bind(thread.as_str());
    let rows = query.fetch_all(&mut *connection).await.map_err(failed("read a chat thread", WHAT))?;
    for row in rows {
        let user = super::super::rows::raw_id(&row, "user")?;
        if wanted.contains(&user) {
            continue;
        }
        set_durable(connection, thread, &user, false).await?;
        if legs(connection, thread, &user).await? <= 0 {
            threads::delete_member(connection, thread, &user).await?;
        }
    }
    Ok(())
}

/// Deletes the thread of a meeting that is deleted.
pub(crate) async fn delete(connection: &mut Connection, thread: &ThreadId) -> Result<(), StoreError> {
    let done = sqlx::query("DELETE FROM chat_thread WHERE id = $1").bind(thread.as_str()).execute(connection).await;
    done.map_err(failed("delete a chat thread", WHAT)).map(|_| ())
}

/// Brings the thread of the call's meeting in step with a row that was just written.
pub(crate) async fn follow(connection: &mut Connection, row: &JournalRow) -> Result<Vec<ChatFollowed>, StoreError> {
    match row {
        JournalRow::Joined { call, user, display_name, at, .. } => {
            Ok(joined(connection, call, user, display_name, *at).await?.into_iter().collect())
        }
        JournalRow::Left { call, user, at, .. } | JournalRow::PutBack { call, user, at, .. } => {
            let Some((thread, _)) = thread_of(connection, call).await? else { return Ok(Vec::new()) };
            Ok(left(connection, &thread, user, *at).await?.into_iter().collect())
        }
        // A call that failed ends without a line for each leg.
        JournalRow::CallEnded { call, at, .. } => {
            let Some((thread, _)) = thread_of(connection, call).await? else { return Ok(Vec::new()) };
            let query =
                sqlx::query("SELECT * FROM chat_member WHERE thread = $1 AND durable = FALSE ORDER BY \"user\"");
            let rows = query.bind(thread.id.as_str()).fetch_all(&mut *connection).await;
            let mut followed = Vec::new();
            for row in rows.map_err(failed("read a chat thread", WHAT))? {
                let user = super::super::rows::raw_id(&row, "user")?;
                // Each of them is made from the version that the one before has left.
                let Some((thread, _)) = thread_of(connection, call).await? else { break };
                followed.extend(left(connection, &thread, &user, *at).await?);
            }
            Ok(followed)
        }
        JournalRow::CallStarted { .. }
        | JournalRow::Knocked { .. }
        | JournalRow::LobbyLeft { .. }
        | JournalRow::MutedChanged { .. }
        | JournalRow::RoleChanged { .. }
        | JournalRow::AccessChanged { .. }
        | JournalRow::Barred { .. }
        | JournalRow::BarLifted { .. }
        | JournalRow::Kept { .. } => Ok(Vec::new()),
    }
}

async fn joined(
    connection: &mut Connection,
    call: &CallId,
    user: &RawId,
    name: &str,
    at: WallMs,
) -> Result<Option<ChatFollowed>, StoreError> {
    let Some((thread, shared)) = thread_of(connection, call).await? else { return Ok(None) };
    let done = sqlx::query("UPDATE chat_member SET display_name = $1 WHERE thread = $2 AND \"user\" = $3")
        .bind(name)
        .bind(thread.id.as_str())
        .bind(user.as_str())
        .execute(&mut *connection)
        .await
        .map_err(failed("change a participant", "a participant"))?;
    if done.rows_affected() > 0 {
        return Ok(None);
    }
    let history_from = if shared { 0 } else { at };
    let member =
        ChatMember { user: user.clone(), display_name: Some(name.to_owned()), history_from, metadata: Metadata::new() };
    let mut change = ChatChange::of(&thread);
    change.messages.push(drafted(ChatContent::ParticipantsAdded(vec![member.clone()]), user, at));
    change.added.push(member.clone());
    let followed = carry_out(connection, thread, member, change, at).await?;
    set_durable(connection, &followed.thread.id, user, false).await?;
    Ok(Some(followed))
}

async fn left(
    connection: &mut Connection,
    thread: &ChatThread,
    user: &RawId,
    at: WallMs,
) -> Result<Option<ChatFollowed>, StoreError> {
    let query = sqlx::query("SELECT * FROM chat_member WHERE thread = $1 AND \"user\" = $2 AND durable = FALSE");
    let row = query.bind(thread.id.as_str()).bind(user.as_str()).fetch_optional(&mut *connection).await;
    let Some(row) = row.map_err(failed("read a chat thread", WHAT))? else { return Ok(None) };
    let member = threads::read_member(&row)?;
    // Whoever is in the call with another device stays.
    if legs(connection, &thread.id, user).await? > 0 {
        return Ok(None);
    }
    let mut change = ChatChange::of(thread);
    change.messages.push(drafted(ChatContent::ParticipantsRemoved(vec![member.clone()]), user, at));
    change.removed.push(user.clone());
    carry_out(connection, thread.clone(), member, change, at).await.map(Some)
}

async fn carry_out(
    connection: &mut Connection,
    thread: ChatThread,
    by: ChatMember,
    change: ChatChange,
    at: WallMs,
) -> Result<ChatFollowed, StoreError> {
    let committed = change::commit(connection, &change).await?;
    let committed = committed.ok_or_else(|| crate::names::unreadable("a chat thread", thread.id.as_str()))?;
    Ok(ChatFollowed { thread, by, change, committed, at })
}

/// The thread of the call's meeting, locked, and whether its history is shared with newcomers.
async fn thread_of(connection: &mut Connection, call: &CallId) -> Result<Option<(ChatThread, bool)>, StoreError> {
    // The row is written, so that nobody changes it between this and the change that follows.
    let query = sqlx::query(
        "UPDATE chat_thread SET version = version WHERE id = (SELECT m.thread_id FROM call c JOIN meeting m ON m.id = c.meeting \
         WHERE c.id = $1) RETURNING *, (SELECT m.chat_history_shared FROM meeting m WHERE m.thread_id = chat_thread.id) AS shared",
    );
    let row: Option<DbRow> =
        query.bind(call.as_str()).fetch_optional(connection).await.map_err(failed("read a chat thread", WHAT))?;
    row.map(|row| Ok((threads::read_thread(&row)?, get(&row, "shared")?))).transpose()
}

/// With how many devices somebody is in the meeting's call, by its journal.
async fn legs(connection: &mut Connection, thread: &ThreadId, user: &RawId) -> Result<i64, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT COALESCE(SUM(CASE j.kind WHEN 'joined' THEN 1 WHEN 'left' THEN -1 WHEN 'putBack' THEN -1 ELSE 0 END), 0) \
         FROM journal j JOIN call c ON c.id = j.call JOIN meeting m ON m.id = c.meeting \
         WHERE m.thread_id = $1 AND j.\"user\" = $2 AND c.ended_at IS NULL",
    );
    let legs = query.bind(thread.as_str()).bind(user.as_str()).fetch_one(connection).await;
    legs.map_err(failed("read a journal", "a row"))
}

async fn keep(connection: &mut Connection, thread: &ThreadId, user: &RawId) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO chat_member (thread, \"user\", display_name, history_from, metadata, durable) VALUES ($1, $2, NULL, 0, '{}', \
         TRUE) ON CONFLICT (thread, \"user\") DO UPDATE SET durable = TRUE",
    )
    .bind(thread.as_str())
    .bind(user.as_str())
    .execute(connection)
    .await
    .map_err(failed("add a participant", "a participant"))?;
    Ok(())
}

async fn set_durable(
    connection: &mut Connection,
    thread: &ThreadId,
    user: &RawId,
    durable: bool,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE chat_member SET durable = $1 WHERE thread = $2 AND \"user\" = $3")
        .bind(durable)
        .bind(thread.as_str())
        .bind(user.as_str())
        .execute(connection)
        .await
        .map_err(failed("change a participant", "a participant"))?;
    Ok(())
}

fn drafted(content: ChatContent, by: &RawId, at: WallMs) -> ChatDraft {
    ChatDraft { content, sender: by.clone(), sender_display_name: None, metadata: Metadata::new(), created_at: at }
}
