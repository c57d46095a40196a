//! Calls, their journal, and the events' outbox.

use super::rows::{read_journal_row, read_line, read_target};
use super::{Connection, Pool};
use crate::{OpenCall, StoreError, error::failed, names::role_name};
use convene_model::chat::ChatFollowed;
use convene_model::subscription::EventLine;
use convene_model::{
    CallId, ConnectionId, ErrorCode, ParticipantId, RawId, Role, ThreadId, WallMs,
    record::{CallTarget, EventOf, JournalRow, OutboxEvent},
};
use sqlx::Row as _;

/// A journal row's columns. What a kind does not have stays NULL.
#[derive(Default)]
struct Columns<'a> {
    participant: Option<&'a ParticipantId>,
    user: Option<&'a RawId>,
    display_name: Option<&'a str>,
    role: Option<Role>,
    admitted_by: Option<&'a RawId>,
    reason: Option<ErrorCode>,
    muted: Option<bool>,
    by: Option<&'a RawId>,
    resume_hash: Option<&'a str>,
    /// Audio, video.
    forbidden: Option<(bool, bool)>,
    feature: Option<&'a str>,
    value: Option<&'a str>,
}

/// Writes rows in order, and what follows of them in chat threads, which it returns.
pub(super) async fn write_rows(
    connection: &mut Connection,
    rows: &[JournalRow],
) -> Result<Vec<ChatFollowed>, StoreError> {
    let mut followed = Vec::new();
    for row in rows {
        write_row(connection, row).await?;
        followed.extend(super::chat::follow::follow(connection, row).await?);
    }
    Ok(followed)
}

/// Writes one row, and keeps the call's own row in step with it.
async fn write_row(connection: &mut Connection, row: &JournalRow) -> Result<(), StoreError> {
    match row {
        JournalRow::LegMeasured(quality) => return super::quality::keep(connection, quality).await,
        JournalRow::CallStarted { call, target, at } => start(connection, call, target, *at).await?,
        JournalRow::CallEnded { call, at, .. } => end(connection, call, *at).await?,
        JournalRow::ChatOpened { .. }
        | JournalRow::Knocked { .. }
        | JournalRow::LobbyLeft { .. }
        | JournalRow::Joined { .. }
        | JournalRow::Left { .. }
        | JournalRow::MutedChanged { .. }
        | JournalRow::RoleChanged { .. }
        | JournalRow::AccessChanged { .. }
        | JournalRow::Barred { .. }
        | JournalRow::BarLifted { .. }
        | JournalRow::PutBack { .. }
        | JournalRow::Kept { .. } => {}
    }
    let (kind, call, at, columns) = columns_of(row);
    sqlx::query(
        "INSERT INTO journal (call, kind, at, participant, \"user\", display_name, role, admitted_by, reason, muted, by_user, \
         resume_hash, audio_forbidden, video_forbidden, feature, value) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(call.as_str())
    .bind(kind)
    .bind(at)
    .bind(columns.participant.map(ParticipantId::as_str))
    .bind(columns.user.map(RawId::as_str))
    .bind(columns.display_name)
    .bind(columns.role.map(role_name))
    .bind(columns.admitted_by.map(RawId::as_str))
    .bind(columns.reason.map(ErrorCode::name))
    .bind(columns.muted)
    .bind(columns.by.map(RawId::as_str))
    .bind(columns.resume_hash)
    .bind(columns.forbidden.map(|(audio, _)| audio))
    .bind(columns.forbidden.map(|(_, video)| video))
    .bind(columns.feature)
    .bind(columns.value)
    .execute(connection)
    .await
    .map_err(failed("write a journal row", "a journal row"))?;
    Ok(())
}

fn columns_of(row: &JournalRow) -> (&'static str, &CallId, WallMs, Columns<'_>) {
    match row {
        JournalRow::CallStarted { call, target: _, at } => ("callStarted", call, *at, Columns::default()),
        JournalRow::ChatOpened { call, thread, user, at } => {
            let columns = Columns { user: Some(user), value: Some(thread.as_str()), ..Columns::default() };
            ("chatOpened", call, *at, columns)
        }
        JournalRow::Knocked { call, participant, user, at } => {
            let columns = Columns { participant: Some(participant), user: Some(user), ..Columns::default() };
            ("knocked", call, *at, columns)
        }
        JournalRow::LobbyLeft { call, participant, user, reason, at } => {
            let columns = Columns { participant: Some(participant), user: Some(user), ..Columns::default() };
            ("lobbyLeft", call, *at, Columns { reason: Some(*reason), ..columns })
        }
        JournalRow::Joined { call, participant, user, display_name, role, admitted_by, resume_hash, at } => {
            let columns = Columns {
                participant: Some(participant),
                user: Some(user),
                display_name: Some(display_name),
                role: Some(*role),
                admitted_by: admitted_by.as_ref(),
                resume_hash: Some(resume_hash),
                ..Columns::default()
            };
            ("joined", call, *at, columns)
        }
        JournalRow::Left { call, participant, user, reason, at } => {
            let columns = Columns { participant: Some(participant), user: Some(user), ..Columns::default() };
            ("left", call, *at, Columns { reason: Some(*reason), ..columns })
        }
        JournalRow::MutedChanged { call, participant, muted, by, at } => {
            let columns = Columns { participant: Some(participant), muted: Some(*muted), ..Columns::default() };
            ("mutedChanged", call, *at, Columns { by: by.as_ref(), ..columns })
        }
        JournalRow::RoleChanged { call, user, role, by, at } => {
            let columns = Columns { user: Some(user), by: Some(by), ..Columns::default() };
            ("roleChanged", call, *at, Columns { role: Some(*role), ..columns })
        }
        JournalRow::AccessChanged { call, user, audio_forbidden, video_forbidden, by, at } => {
            let columns = Columns { user: Some(user), by: Some(by), ..Columns::default() };
            let forbidden = Some((*audio_forbidden, *video_forbidden));
            ("accessChanged", call, *at, Columns { forbidden, ..columns })
        }
        JournalRow::Barred { call, user, by, at } => {
            ("barred", call, *at, Columns { user: Some(user), by: Some(by), ..Columns::default() })
        }
        JournalRow::BarLifted { call, user, by, at } => {
            ("barLifted", call, *at, Columns { user: Some(user), by: Some(by), ..Columns::default() })
        }
        JournalRow::PutBack { call, participant, user, by, at } => {
            let columns = Columns { participant: Some(participant), user: Some(user), ..Columns::default() };
            ("putBack", call, *at, Columns { by: Some(by), ..columns })
        }
        JournalRow::Kept { call, feature, user, value, at } => {
            let columns = Columns { user: Some(user), feature: Some(feature), ..Columns::default() };
            ("kept", call, *at, Columns { value: value.as_deref(), ..columns })
        }
        JournalRow::CallEnded { call, reason, at } => {
            ("callEnded", call, *at, Columns { reason: Some(*reason), ..Columns::default() })
        }
        JournalRow::LegMeasured(_) => unreachable!("it is kept beside the journal"),
    }
}

async fn start(connection: &mut Connection, call: &CallId, target: &CallTarget, at: WallMs) -> Result<(), StoreError> {
    let (meeting, resource, group, of_room) = match target {
        CallTarget::Meeting(meeting) => (Some(meeting.as_str()), None, None, false),
        CallTarget::Group { resource, group_id } => (None, Some(resource.as_str()), Some(group_id.as_str()), false),
        CallTarget::Room { resource, room } => (None, Some(resource.as_str()), Some(room.as_str()), true),
    };
    sqlx::query(
        "INSERT INTO call (id, meeting, resource, group_id, of_room, started_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(call.as_str())
    .bind(meeting)
    .bind(resource)
    .bind(group)
    .bind(of_room)
    .bind(at)
    .execute(connection)
    .await
    .map_err(failed("start a call", "a call"))?;
    Ok(())
}

async fn end(connection: &mut Connection, call: &CallId, at: WallMs) -> Result<(), StoreError> {
    sqlx::query("UPDATE call SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL")
        .bind(at)
        .bind(call.as_str())
        .execute(connection)
        .await
        .map_err(failed("end a call", "a call"))?;
    Ok(())
}

pub(super) async fn write_event(connection: &mut Connection, event: &OutboxEvent) -> Result<(), StoreError> {
    let (call, thread, resource, told_to) = match &event.of {
        EventOf::Call(call) => (Some(call.as_str()), None, None, None),
        EventOf::CallFor { call, resource } => (Some(call.as_str()), None, None, Some(resource.as_str())),
        EventOf::Thread { id, resource } => (None, Some(id.as_str()), Some(resource.as_str()), None),
    };
    sqlx::query(
        "INSERT INTO outbox (id, call, thread, resource, connection, event_type, subject, data, at, told_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&event.id)
    .bind(call)
    .bind(thread)
    .bind(resource)
    .bind(event.connection.as_ref().map(ConnectionId::as_str))
    .bind(&event.event_type)
    .bind(&event.subject)
    .bind(&event.data)
    .bind(event.at)
    .bind(told_to)
    .execute(connection)
    .await
    .map_err(failed("write an event", "an event"))?;
    Ok(())
}

pub(super) async fn open(connection: &mut Connection) -> Result<Vec<OpenCall>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, meeting, resource, group_id, of_room, started_at FROM call WHERE ended_at IS NULL ORDER BY started_at, id",
    )
    .fetch_all(connection)
    .await;
    let error = failed("read the open calls", "a call");
    let rows = rows.map_err(&error)?;
    let read = |row| {
        let target = read_target(&row)?;
        let id = CallId(row.try_get("id").map_err(&error)?);
        Ok(OpenCall { id, target, started_at: row.try_get("started_at").map_err(&error)? })
    };
    rows.into_iter().map(read).collect()
}

/// Whether the call of the meeting with that thread goes on.
pub(super) async fn goes_on(pool: &Pool, thread: &ThreadId) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "SELECT c.id FROM call c JOIN meeting m ON m.id = c.meeting WHERE m.thread_id = $1 AND c.ended_at IS NULL LIMIT 1",
    );
    let row = query.bind(thread.as_str()).fetch_optional(pool).await;
    Ok(row.map_err(failed("read the open calls", "a call"))?.is_some())
}

pub(super) async fn journal_of(connection: &mut Connection, call: &CallId) -> Result<Vec<JournalRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT journal.*, call.meeting, call.resource, call.group_id, call.of_room FROM journal JOIN call ON call.id = journal.call \
         WHERE journal.call = $1 ORDER BY journal.seq",
    )
    .bind(call.as_str())
    .fetch_all(connection)
    .await
    .map_err(failed("read a journal", "a journal row"))?;
    rows.iter().map(read_journal_row).collect()
}

pub(super) async fn outbox(pool: &Pool, after_seq: i64, limit: u32) -> Result<Vec<EventLine>, StoreError> {
    let rows = sqlx::query(
        "SELECT o.seq, o.id, o.call, o.thread, o.connection, o.event_type, o.subject, o.data, o.at, o.told_to, \
         COALESCE(o.told_to, o.resource, c.resource) AS resource FROM outbox o LEFT JOIN call c ON c.id = o.call WHERE o.seq > $1 ORDER BY o.seq LIMIT $2",
    )
    .bind(after_seq)
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await
    .map_err(failed("read the outbox", "an event"))?;
    rows.iter().map(read_line).collect()
}
