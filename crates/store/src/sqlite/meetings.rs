//! Meetings.

use super::rows::{number, read_meeting};
use crate::{MeetingCursor, StoreError, error::failed};
use convene_model::{MeetingId, RawId, ThreadId, record::Meeting};
use sqlx::{Sqlite, SqlitePool, query::Query, sqlite::SqliteArguments};

const DOING: &str = "read a meeting";
const WHAT: &str = "a meeting";

pub(super) async fn insert(pool: &SqlitePool, meeting: &Meeting) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO meeting (id, thread_id, organizer, organization, subject, join_meeting_id, passcode, lobby, \
         guests_allowed, guests_may_start, created_at, starts_at, ends_at, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .execute(pool)
    .await
    .map_err(failed("add a meeting", WHAT))?;
    Ok(())
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
