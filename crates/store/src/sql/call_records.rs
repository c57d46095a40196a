//! Calls afterwards: lists of them.

use super::rows::{get, read_target, unsigned};
use super::{Backend, Db, DbRow, Pool, quality};
use crate::{CallCursor, CallRecordStore, StoreError, error::failed, names::read_reason};
use convene_model::listed::{CallFilter, ListedCall};
use convene_model::quality::LegQuality;
use convene_model::{CallId, MeetingId};
use sqlx::{QueryBuilder, Row as _};

impl CallRecordStore for Backend {
    async fn calls(
        &self,
        which: &CallFilter,
        after: Option<&CallCursor>,
        limit: u32,
    ) -> Result<Vec<ListedCall>, StoreError> {
        list(&self.read, which, after, limit).await
    }

    async fn ended_calls_of(
        &self,
        meeting: &MeetingId,
        after: Option<&CallCursor>,
        limit: u32,
    ) -> Result<Vec<CallCursor>, StoreError> {
        ended_of_meeting(&self.read, meeting, after, limit).await
    }

    async fn qualities_of(&self, call: &CallId) -> Result<Vec<LegQuality>, StoreError> {
        quality::of_call(&self.read, call).await
    }
}

async fn list(
    pool: &Pool,
    which: &CallFilter,
    after: Option<&CallCursor>,
    limit: u32,
) -> Result<Vec<ListedCall>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT c.id, c.meeting, c.resource, c.group_id, c.of_room, c.started_at, c.ended_at, \
         (SELECT j.reason FROM journal j WHERE j.call = c.id AND j.kind = 'callEnded' LIMIT 1) AS reason, \
         (SELECT COUNT(DISTINCT j.\"user\") FROM journal j WHERE j.call = c.id AND j.kind = 'joined') AS participants \
         FROM call c WHERE 1 = 1",
    );
    if let Some(resource) = &which.resource {
        query.push(" AND c.resource = ").push_bind(resource);
    }
    if let Some(group) = &which.group {
        query.push(" AND c.group_id = ").push_bind(group);
    }
    if let Some(meeting) = &which.meeting {
        query.push(" AND c.meeting = ").push_bind(meeting.as_str());
    }
    if let Some(from) = which.from {
        query.push(" AND c.started_at >= ").push_bind(from);
    }
    if let Some(to) = which.to {
        query.push(" AND c.started_at < ").push_bind(to);
    }
    if let Some(CallCursor { id, started_at }) = after {
        query.push(" AND (c.started_at, c.id) < (").push_bind(*started_at).push(", ").push_bind(id.as_str()).push(")");
    }
    query.push(" ORDER BY c.started_at DESC, c.id DESC LIMIT ").push_bind(i64::from(limit));
    let rows = query.build().fetch_all(pool).await.map_err(failed("list calls", "a call"))?;
    rows.iter().map(read).collect()
}

fn read(row: &DbRow) -> Result<ListedCall, StoreError> {
    Ok(ListedCall {
        id: CallId(get(row, "id")?),
        target: read_target(row)?,
        started_at: get(row, "started_at")?,
        ended_at: get(row, "ended_at")?,
        reason: get::<Option<&str>>(row, "reason")?.map(read_reason).transpose()?,
        participants: unsigned(get(row, "participants")?, "a number of participants")?,
    })
}

async fn ended_of_meeting(
    pool: &Pool,
    meeting: &MeetingId,
    after: Option<&CallCursor>,
    limit: u32,
) -> Result<Vec<CallCursor>, StoreError> {
    let query = match after {
        None => sqlx::query(
            "SELECT id, started_at FROM call WHERE meeting = $1 AND ended_at IS NOT NULL ORDER BY started_at DESC, id DESC \
             LIMIT $2",
        )
        .bind(meeting.as_str()),
        Some(after) => sqlx::query(
            "SELECT id, started_at FROM call WHERE meeting = $1 AND ended_at IS NOT NULL AND (started_at, id) < ($2, $3) \
             ORDER BY started_at DESC, id DESC LIMIT $4",
        )
        .bind(meeting.as_str())
        .bind(after.started_at)
        .bind(after.id.as_str()),
    };
    let error = failed("read a meeting's calls", "a call");
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(&error)?;
    let read = |row: &DbRow| {
        let id = CallId(row.try_get("id").map_err(&error)?);
        Ok(CallCursor { id, started_at: row.try_get("started_at").map_err(&error)? })
    };
    rows.iter().map(read).collect()
}
