//! The threads of meetings: each is made, changed and deleted with its meeting.

use super::follow::{legs, set_durable};
use super::{Connection, WHAT, threads};
use crate::{StoreError, error::failed};
use convene_model::record::Meeting;
use convene_model::{RawId, ThreadId};

/// Makes the thread of a new meeting, with those in it who always are.
pub(crate) async fn insert(connection: &mut Connection, meeting: &Meeting) -> Result<(), StoreError> {
    threads::insert_thread(connection, &meeting.chat_thread(), None).await?;
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
