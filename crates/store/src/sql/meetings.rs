//! Meetings.

use super::rows::{number, read_meeting};
use super::{Arguments, Connection, Db, Pool};
use crate::{MeetingCursor, StoreError, error::failed, names::role_name};
use convene_model::{MeetingId, RawId, Role, ThreadId, record::Meeting};
use sqlx::query::Query;

const DOING: &str = "read a meeting";
const WHAT: &str = "a meeting";

pub(super) async fn insert(connection: &mut Connection, meeting: &Meeting) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO meeting (id, thread_id, organizer, organization, subject, join_meeting_id, passcode, lobby, \
         guests_allowed, guests_may_start, created_at, starts_at, ends_at, version, locked, attendees_may_speak, \
         attendees_may_be_seen, entry_exit_announced, allowed_presenters, attendees, external_id, chat, chat_history_shared) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
    )
    .bind(meeting.id.as_str())
    .bind(meeting.thread_id.as_str())
    .bind(meeting.organizer.as_str())
    .bind(&meeting.organization)
    .bind(&meeting.subject)
    .bind(&meeting.join_meeting_id)
    .bind(&meeting.passcode)
    .bind(meeting.lobby.as_str())
    .bind(meeting.guests_allowed)
    .bind(meeting.guests_may_start)
    .bind(meeting.created_at)
    .bind(meeting.starts_at)
    .bind(meeting.ends_at)
    .bind(number(meeting.version, WHAT)?)
    .bind(meeting.locked)
    .bind(meeting.attendees_may_speak)
    .bind(meeting.attendees_may_be_seen)
    .bind(meeting.entry_exit_announced)
    .bind(meeting.allowed_presenters.as_str())
    .bind(attendees_text(&meeting.attendees))
    .bind(meeting.external_id.as_deref())
    .bind(meeting.chat.as_str())
    .bind(meeting.chat_history_shared)
    .execute(connection)
    .await
    .map_err(failed("add a meeting", WHAT))?;
    Ok(())
}

/// Writes what may change of a meeting, if the stored version is the one before. False if it is not, or there is none.
pub(super) async fn update(connection: &mut Connection, meeting: &Meeting) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE meeting SET subject = $1, lobby = $2, guests_allowed = $3, guests_may_start = $4, starts_at = $5, ends_at = $6, \
         version = $7, locked = $8, attendees_may_speak = $9, attendees_may_be_seen = $10, entry_exit_announced = $11, \
         allowed_presenters = $12, attendees = $13, chat = $14, chat_history_shared = $15 WHERE id = $16 AND version = $17 - 1",
    )
    .bind(&meeting.subject)
    .bind(meeting.lobby.as_str())
    .bind(meeting.guests_allowed)
    .bind(meeting.guests_may_start)
    .bind(meeting.starts_at)
    .bind(meeting.ends_at)
    .bind(number(meeting.version, WHAT)?)
    .bind(meeting.locked)
    .bind(meeting.attendees_may_speak)
    .bind(meeting.attendees_may_be_seen)
    .bind(meeting.entry_exit_announced)
    .bind(meeting.allowed_presenters.as_str())
    .bind(attendees_text(&meeting.attendees))
    .bind(meeting.chat.as_str())
    .bind(meeting.chat_history_shared)
    .bind(meeting.id.as_str())
    .bind(number(meeting.version, WHAT)?)
    .execute(connection)
    .await
    .map_err(failed("change a meeting", WHAT))?;
    Ok(done.rows_affected() > 0)
}

/// Deletes a meeting; its thread. `None` if there was none.
pub(super) async fn delete(connection: &mut Connection, id: &MeetingId) -> Result<Option<ThreadId>, StoreError> {
    let query = sqlx::query_scalar("DELETE FROM meeting WHERE id = $1 RETURNING thread_id").bind(id.as_str());
    let thread: Option<String> = query.fetch_optional(connection).await.map_err(failed("delete a meeting", WHAT))?;
    Ok(thread.map(ThreadId))
}

fn attendees_text(attendees: &[(RawId, Role)]) -> String {
    attendees.iter().map(|(user, role)| format!("{user} {}\n", role_name(*role))).collect()
}

pub(super) async fn by_id(pool: &Pool, id: &MeetingId) -> Result<Option<Meeting>, StoreError> {
    one(pool, sqlx::query("SELECT * FROM meeting WHERE id = $1").bind(id.as_str())).await
}

pub(super) async fn by_thread(pool: &Pool, thread: &ThreadId) -> Result<Option<Meeting>, StoreError> {
    one(pool, sqlx::query("SELECT * FROM meeting WHERE thread_id = $1").bind(thread.as_str())).await
}

pub(super) async fn by_join_id(pool: &Pool, digits: &str) -> Result<Option<Meeting>, StoreError> {
    one(pool, sqlx::query("SELECT * FROM meeting WHERE join_meeting_id = $1").bind(digits)).await
}

pub(super) async fn by_external_id(pool: &Pool, organizer: &RawId, id: &str) -> Result<Option<Meeting>, StoreError> {
    let query = sqlx::query("SELECT * FROM meeting WHERE organizer = $1 AND external_id = $2");
    one(pool, query.bind(organizer.as_str()).bind(id)).await
}

async fn one(pool: &Pool, query: Query<'_, Db, Arguments>) -> Result<Option<Meeting>, StoreError> {
    let row = query.fetch_optional(pool).await.map_err(failed(DOING, WHAT))?;
    row.map(read_meeting).transpose()
}

pub(super) async fn of(
    pool: &Pool,
    organizer: &RawId,
    after: Option<&MeetingCursor>,
    limit: u32,
) -> Result<Vec<Meeting>, StoreError> {
    let query = match after {
        None => sqlx::query("SELECT * FROM meeting WHERE organizer = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
            .bind(organizer.as_str()),
        Some(after) => sqlx::query(
            "SELECT * FROM meeting WHERE organizer = $1 AND (created_at, id) < ($2, $3) \
             ORDER BY created_at DESC, id DESC LIMIT $4",
        )
        .bind(organizer.as_str())
        .bind(after.created_at)
        .bind(after.id.as_str()),
    };
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.into_iter().map(read_meeting).collect()
}

pub(super) async fn all(pool: &Pool, after: Option<&MeetingCursor>, limit: u32) -> Result<Vec<Meeting>, StoreError> {
    let query = match after {
        None => sqlx::query("SELECT * FROM meeting ORDER BY created_at DESC, id DESC LIMIT $1"),
        Some(after) => sqlx::query(
            "SELECT * FROM meeting WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3",
        )
        .bind(after.created_at)
        .bind(after.id.as_str()),
    };
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.into_iter().map(read_meeting).collect()
}
