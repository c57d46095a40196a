//! Meetings.

use super::rows::{number, read_meeting};
use crate::{MeetingCursor, StoreError, error::failed, names::role_name};
use convene_model::{MeetingId, RawId, Role, ThreadId, record::Meeting};
use sqlx::{Sqlite, SqlitePool, query::Query, sqlite::SqliteArguments};

const DOING: &str = "read a meeting";
const WHAT: &str = "a meeting";

pub(super) async fn insert(pool: &SqlitePool, meeting: &Meeting) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO meeting (id, thread_id, organizer, organization, subject, join_meeting_id, passcode, lobby, \
         guests_allowed, guests_may_start, created_at, starts_at, ends_at, version, locked, attendees_may_speak, \
         attendees_may_be_seen, entry_exit_announced, allowed_presenters, attendees, external_id) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .execute(pool)
    .await
    .map_err(failed("add a meeting", WHAT))?;
    Ok(())
}

/// Writes what may change of a meeting, if the stored version is the one before. False if it is not, or there is none.
pub(super) async fn update(pool: &SqlitePool, meeting: &Meeting) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE meeting SET subject = ?, lobby = ?, guests_allowed = ?, guests_may_start = ?, starts_at = ?, ends_at = ?, \
         version = ?, locked = ?, attendees_may_speak = ?, attendees_may_be_seen = ?, entry_exit_announced = ?, \
         allowed_presenters = ?, attendees = ? WHERE id = ? AND version = ? - 1",
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
    .bind(meeting.id.as_str())
    .bind(number(meeting.version, WHAT)?)
    .execute(pool)
    .await
    .map_err(failed("change a meeting", WHAT))?;
    Ok(done.rows_affected() > 0)
}

/// Deletes a meeting. False if there was none.
pub(super) async fn delete(pool: &SqlitePool, id: &MeetingId) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM meeting WHERE id = ?").bind(id.as_str()).execute(pool).await;
    Ok(done.map_err(failed("delete a meeting", WHAT))?.rows_affected() > 0)
}

fn attendees_text(attendees: &[(RawId, Role)]) -> String {
    attendees.iter().map(|(user, role)| format!("{user} {}\n", role_name(*role))).collect()
}

pub(super) async fn by_id(pool: &SqlitePool, id: &MeetingId) -> Result<Option<Meeting>, StoreError> {
    one(pool, sqlx::query("SELECT * FROM meeting WHERE id = ?").bind(id.as_str())).await
}

pub(super) async fn by_thread(pool: &SqlitePool, thread: &ThreadId) -> Result<Option<Meeting>, StoreError> {
    one(pool, sqlx::query("SELECT * FROM meeting WHERE thread_id = ?").bind(thread.as_str())).await
}

pub(super) async fn by_join_id(pool: &SqlitePool, digits: &str) -> Result<Option<Meeting>, StoreError> {
    one(pool, sqlx::query("SELECT * FROM meeting WHERE join_meeting_id = ?").bind(digits)).await
}

pub(super) async fn by_external_id(
    pool: &SqlitePool,
    organizer: &RawId,
    id: &str,
) -> Result<Option<Meeting>, StoreError> {
    let query = sqlx::query("SELECT * FROM meeting WHERE organizer = $1 AND external_id = $2");
    one(pool, query.bind(organizer.as_str()).bind(id)).await
}

async fn one(pool: &SqlitePool, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Option<Meeting>, StoreError> {
    let row = query.fetch_optional(pool).await.map_err(failed(DOING, WHAT))?;
    row.map(read_meeting).transpose()
}

pub(super) async fn of(
    pool: &SqlitePool,
    organizer: &RawId,
    after: Option<&MeetingCursor>,
    limit: u32,
) -> Result<Vec<Meeting>, StoreError> {
    let query = match after {
        None => sqlx::query("SELECT * FROM meeting WHERE organizer = ? ORDER BY created_at DESC, id DESC LIMIT ?")
            .bind(organizer.as_str()),
        Some(after) => sqlx::query(
            "SELECT * FROM meeting WHERE organizer = ? AND (created_at, id) < (?, ?) \
             ORDER BY created_at DESC, id DESC LIMIT ?",
        )
        .bind(organizer.as_str())
        .bind(after.created_at)
        .bind(after.id.as_str()),
    };
    let rows = query.bind(limit).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.into_iter().map(read_meeting).collect()
}

pub(super) async fn all(
    pool: &SqlitePool,
    after: Option<&MeetingCursor>,
    limit: u32,
) -> Result<Vec<Meeting>, StoreError> {
    let query = match after {
        None => sqlx::query("SELECT * FROM meeting ORDER BY created_at DESC, id DESC LIMIT ?"),
        Some(after) => sqlx::query(
            "SELECT * FROM meeting WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?",
        )
        .bind(after.created_at)
        .bind(after.id.as_str()),
    };
    let rows = query.bind(limit).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.into_iter().map(read_meeting).collect()
}
