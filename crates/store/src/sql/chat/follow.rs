//! The threads that follow calls: a meeting's, and those of group calls and rooms, which begin and end with their call. Who is in them
//! follows the call's journal, in the journal's own transaction.

use super::super::rows::get;
use super::{Connection, DbRow, WHAT, change, threads};
use crate::{StoreError, error::failed};
use convene_model::chat::{ChatChange, ChatContent, ChatDraft, ChatFollowed, ChatMember, ChatThread, Metadata};
use convene_model::chat_happened::{TellChat, chat_deleted};
use convene_model::record::JournalRow;
use convene_model::{CallId, RawId, ThreadId, WallMs};

/// Brings the thread of the call in step with a row that was just written.
pub(crate) async fn follow(connection: &mut Connection, row: &JournalRow) -> Result<Vec<ChatFollowed>, StoreError> {
    match row {
        JournalRow::ChatOpened { call, thread, user, at } => {
            let thread = ChatThread::of_call(thread.clone(), user, *at);
            threads::insert_thread(connection, &thread, Some(call)).await?;
            Ok(Vec::new())
        }
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
            end_after(connection, call, *at).await?;
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
        | JournalRow::Kept { .. }
        | JournalRow::LegMeasured(_) => Ok(Vec::new()),
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
    let mut change = ChatChange::of(&thread, user, at);
    change.messages.push(drafted(ChatContent::ParticipantsAdded(vec![member.clone()]), user, at));
    change.added.push(member.clone());
    let followed = carry_out(connection, thread, member, change, None).await?;
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
    goes(connection, thread.clone(), member, at, None).await.map(Some)
}

async fn goes(
    connection: &mut Connection,
    thread: ChatThread,
    member: ChatMember,
    at: WallMs,
    tell: Option<TellChat>,
) -> Result<ChatFollowed, StoreError> {
    let mut change = ChatChange::of(&thread, &member.user, at);
    change.messages.push(drafted(ChatContent::ParticipantsRemoved(vec![member.clone()]), &member.user, at));
    change.removed.push(member.user.clone());
    carry_out(connection, thread, member, change, tell).await
}

pub(super) async fn carry_out(
    connection: &mut Connection,
    thread: ChatThread,
    by: ChatMember,
    change: ChatChange,
    tell: Option<TellChat>,
) -> Result<ChatFollowed, StoreError> {
    let (committed, at) = (change::commit(connection, &change, tell).await?, change.at);
    let committed = committed.ok_or_else(|| crate::names::unreadable("a chat thread", thread.id.as_str()))?;
    Ok(ChatFollowed { thread, by, change, committed, at })
}

/// Takes a deleted user out of all threads. Of those that apps made, the ones in which nobody is left go.
pub(crate) async fn remove_user(
    connection: &mut Connection,
    user: &RawId,
    at: WallMs,
    tell: Option<TellChat>,
) -> Result<Vec<ChatFollowed>, StoreError> {
    let query = sqlx::query(
        "DELETE FROM chat_thread WHERE meeting_chat IS NULL AND call IS NULL AND id IN (SELECT thread FROM chat_member WHERE \"user\" = $1) \
         AND NOT EXISTS (SELECT 1 FROM chat_member other WHERE other.thread = chat_thread.id AND other.\"user\" <> $1) RETURNING *",
    );
    let rows = query.bind(user.as_str()).fetch_all(&mut *connection).await;
    for row in rows.map_err(failed("delete a chat thread", WHAT))? {
        let thread = threads::read_thread(&row)?;
        change::told(connection, chat_deleted(&thread, Some(user), at), tell).await?;
    }
    let query = sqlx::query("SELECT * FROM chat_member WHERE \"user\" = $1 ORDER BY thread").bind(user.as_str());
    let rows = query.fetch_all(&mut *connection).await.map_err(failed("read a chat thread", WHAT))?;
    let mut followed = Vec::new();
    for row in rows {
        let query = sqlx::query("UPDATE chat_thread SET version = version WHERE id = $1 RETURNING *");
        let thread = query.bind(get::<String>(&row, "thread")?).fetch_one(&mut *connection).await;
        let thread = threads::read_thread(&thread.map_err(failed("read a chat thread", WHAT))?)?;
        followed.push(goes(connection, thread, threads::read_member(&row)?, at, tell).await?);
    }
    Ok(followed)
}

/// The call's own thread is kept for a while after it.
async fn end_after(connection: &mut Connection, call: &CallId, at: WallMs) -> Result<(), StoreError> {
    let query = sqlx::query("UPDATE chat_thread SET ends_at = $1 WHERE call = $2");
    let done = query.bind(ChatThread::end_after_call(at)).bind(call.as_str()).execute(connection).await;
    done.map_err(failed("change a chat thread", WHAT)).map(|_| ())
}

/// The thread of the call or of its meeting, locked, and whether its history is shared with newcomers.
async fn thread_of(connection: &mut Connection, call: &CallId) -> Result<Option<(ChatThread, bool)>, StoreError> {
    // The row is written, so that nobody changes it between this and the change that follows.
    let query = sqlx::query(
        "UPDATE chat_thread SET version = version WHERE id IN (SELECT m.thread_id FROM call c JOIN meeting m ON m.id = c.meeting \
         WHERE c.id = $1 UNION ALL SELECT t.id FROM chat_thread t WHERE t.call = $1) RETURNING *, EXISTS (SELECT 1 FROM meeting m \
         WHERE m.thread_id = chat_thread.id AND m.chat_history_shared) AS shared",
    );
    let row: Option<DbRow> =
        query.bind(call.as_str()).fetch_optional(connection).await.map_err(failed("read a chat thread", WHAT))?;
    row.map(|row| Ok((threads::read_thread(&row)?, get(&row, "shared")?))).transpose()
}

/// With how many devices somebody is in the thread's call, by its journal.
pub(super) async fn legs(connection: &mut Connection, thread: &ThreadId, user: &RawId) -> Result<i64, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT COALESCE(SUM(CASE j.kind WHEN 'joined' THEN 1 WHEN 'left' THEN -1 WHEN 'putBack' THEN -1 ELSE 0 END), 0) \
         FROM journal j JOIN call c ON c.id = j.call WHERE j.\"user\" = $2 AND c.ended_at IS NULL AND c.id IN (SELECT o.id FROM call o \
         JOIN meeting m ON m.id = o.meeting WHERE m.thread_id = $1 UNION ALL SELECT t.call FROM chat_thread t WHERE t.id = $1 AND \
         t.call IS NOT NULL)",
    );
    let legs = query.bind(thread.as_str()).bind(user.as_str()).fetch_one(connection).await;
    legs.map_err(failed("read a journal", "a row"))
}

pub(super) async fn set_durable(
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

pub(super) fn drafted(content: ChatContent, by: &RawId, at: WallMs) -> ChatDraft {
    ChatDraft { content, sender: by.clone(), sender_display_name: None, metadata: Metadata::new(), created_at: at }
}
