//! How the media of calls' legs was.

use super::rows::get;
use super::{Connection, DbRow, Pool};
use crate::{StoreError, error::failed, names::unreadable};
use convene_model::quality::LegQuality;
use convene_model::{CallId, ParticipantId};

const WHAT: &str = "what was measured of a leg";

pub(super) async fn keep(connection: &mut Connection, quality: &LegQuality) -> Result<(), StoreError> {
    let kept = serde_json::to_string(&quality.kept).expect("measures hold only numbers");
    sqlx::query("INSERT INTO leg_quality (call, participant, opened_at, quality) VALUES ($1, $2, $3, $4)")
        .bind(quality.call.as_str())
        .bind(quality.participant.as_str())
        .bind(quality.opened_at)
        .bind(kept)
        .execute(connection)
        .await
        .map_err(failed("keep what was measured of a leg", WHAT))?;
    Ok(())
}

/// What was measured of a call's legs, in the order in which their peers ended.
pub(super) async fn of_call(pool: &Pool, call: &CallId) -> Result<Vec<LegQuality>, StoreError> {
    let rows =
        sqlx::query("SELECT call, participant, opened_at, quality FROM leg_quality WHERE call = $1 ORDER BY seq")
            .bind(call.as_str())
            .fetch_all(pool)
            .await
            .map_err(failed("read what was measured of legs", WHAT))?;
    rows.iter().map(read).collect()
}

fn read(row: &DbRow) -> Result<LegQuality, StoreError> {
    let kept: String = get(row, "quality")?;
    Ok(LegQuality {
        call: CallId(get(row, "call")?),
        participant: ParticipantId(get(row, "participant")?),
        opened_at: get(row, "opened_at")?,
        kept: serde_json::from_str(&kept).map_err(|_| unreadable(WHAT, &kept))?,
    })
}
