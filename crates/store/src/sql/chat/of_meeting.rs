//! The threads of meetings: each is made, changed and deleted with its meeting.

use super::follow::{carry_out, drafted, legs, set_durable};
use super::{Connection, DbRow, WHAT, threads};
use crate::{StoreError, error::failed};
use convene_model::chat::{ChatChange, ChatContent, ChatFollowed, ChatMember, ChatThread, Metadata};
use convene_model::record::Meeting;
use convene_model::{RawId, ThreadId, WallMs};
use std::collections::BTreeSet;

/// Makes the thread of a new meeting, with those in it who always are.
pub(crate) async fn insert(connection: &mut Connection, meeting: &Meeting) -> Result<(), StoreError> {
    threads::insert_thread(connection, &meeting.chat_thread(), None).await?;
    for user in meeting.durable_chat_members() {
        keep(connection, &meeting.thread_id, &user).await?;
    }
    Ok(())
}

/// Brings the thread in step with its changed meeting: its topic, and who is in it whether they are in the call or not.
pub(crate) async fn update(
    connection: &mut Connection,
    meeting: &Meeting,
    at: WallMs,
) -> Result<Vec<ChatFollowed>, StoreError> {
    // Another version: what was decided by what the meeting allowed before is decided anew.
    let query =
        sqlx::query("UPDATE chat_thread SET meeting_chat = $1, version = version + 1 WHERE id = $2 RETURNING *")
            .bind(meeting.chat.as_str())
            .bind(meeting.thread_id.as_str());
    let row: Option<DbRow> =
        query.fetch_optional(&mut *connection).await.map_err(failed("change a chat thread", WHAT))?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let thread = threads::read_thread(&row)?;
    let members = threads::members(&mut *connection, &thread.id).await?;
    let organizer = members.iter().find(|member| member.user == meeting.organizer).cloned();
    let by = organizer.unwrap_or_else(|| durable_member(&meeting.organizer));
    let mut change = ChatChange::of(&thread, &by.user, at);
    if thread.topic != meeting.subject {
        change.messages.push(drafted(ChatContent::TopicUpdated(meeting.subject.clone()), &by.user, at));
        let topic = meeting.subject.clone();
        change.properties = Some(ChatThread { topic, version: thread.version + 1, ..thread.clone() });
    }
    let wanted = meeting.durable_chat_members();
    let mut came = Vec::new();
    for user in &wanted {
        match members.iter().any(|member| member.user == *user) {
            true => set_durable(connection, &thread.id, user, true).await?,
            // Who is written anew is durable.
            false => came.push(durable_member(user)),
        }
    }
    let went = no_longer_wanted(connection, &thread.id, &wanted, &members).await?;
    if !came.is_empty() {
        change.messages.push(drafted(ChatContent::ParticipantsAdded(came.clone()), &by.user, at));
        change.added = came;
    }
    if !went.is_empty() {
        change.removed = went.iter().map(|member| member.user.clone()).collect();
        change.messages.push(drafted(ChatContent::ParticipantsRemoved(went), &by.user, at));
    }
    if change.messages.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![carry_out(connection, thread, by, change, None).await?])
}

/// Those who were in it whether in the call or not, and are only while in it now; who is not in it goes.
async fn no_longer_wanted(
    connection: &mut Connection,
    thread: &ThreadId,
    wanted: &BTreeSet<RawId>,
    members: &[ChatMember],
) -> Result<Vec<ChatMember>, StoreError> {
    let query = sqlx::query("SELECT \"user\" FROM chat_member WHERE thread = $1 AND durable = TRUE ORDER BY \"user\"");
    let rows = query.bind(thread.as_str()).fetch_all(&mut *connection).await;
    let mut went = Vec::new();
    for row in rows.map_err(failed("read a chat thread", WHAT))? {
        let user = super::super::rows::raw_id(&row, "user")?;
        if wanted.contains(&user) {
            continue;
        }
        set_durable(connection, thread, &user, false).await?;
        if legs(connection, thread, &user).await? <= 0 {
            went.extend(members.iter().find(|member| member.user == user).cloned());
        }
    }
    Ok(went)
}

fn durable_member(user: &RawId) -> ChatMember {
    ChatMember { user: user.clone(), display_name: None, history_from: 0, metadata: Metadata::new() }
}

/// Deletes the thread of a meeting that is deleted.
pub(crate) async fn delete(connection: &mut Connection, thread: &ThreadId) -> Result<(), StoreError> {
    let done = sqlx::query("DELETE FROM chat_thread WHERE id = $1").bind(thread.as_str()).execute(connection).await;
    done.map_err(failed("delete a chat thread", WHAT)).map(|_| ())
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
