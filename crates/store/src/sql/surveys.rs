//! What people thought of calls.

use super::rows::{get, raw_id};
use super::{DbRow, Pool};
use crate::{StoreError, error::failed, names::unreadable};
use convene_model::survey::{KeptSurvey, SurveyRecord};
use convene_model::{CallId, ParticipantId};

const WHAT: &str = "a survey";

/// Keeps a survey in the place of the leg's former one. False if that user never was in a call, nor waited for one, as that leg.
pub(super) async fn keep(pool: &Pool, record: &SurveyRecord) -> Result<bool, StoreError> {
    let text = serde_json::to_string(&record.survey).expect("surveys hold only strings, numbers and lists");
    let done = sqlx::query(
        "INSERT INTO call_survey (call, participant, \"user\", id, survey, at) \
         SELECT journal.call, $1, $2, $3, $4, $5 FROM journal \
         WHERE journal.participant = $1 AND journal.\"user\" = $2 AND journal.kind IN ('joined', 'knocked') \
         ORDER BY journal.seq LIMIT 1 \
         ON CONFLICT (participant) DO UPDATE SET id = excluded.id, survey = excluded.survey, at = excluded.at",
    )
    .bind(record.participant.as_str())
    .bind(record.user.as_str())
    .bind(&record.id)
    .bind(text)
    .bind(record.at)
    .execute(pool)
    .await
    .map_err(failed("keep a survey", WHAT))?;
    Ok(done.rows_affected() > 0)
}

/// Up to `limit` surveys of a call, or of all calls, the newest first.
pub(super) async fn list(pool: &Pool, call: Option<&CallId>, limit: u32) -> Result<Vec<KeptSurvey>, StoreError> {
    let query = match call {
        Some(call) => sqlx::query(
            "SELECT call, participant, \"user\", id, survey, at FROM call_survey WHERE call = $2 \
             ORDER BY at DESC, id LIMIT $1",
        )
        .bind(i64::from(limit))
        .bind(call.as_str()),
        None => sqlx::query(
            "SELECT call, participant, \"user\", id, survey, at FROM call_survey ORDER BY at DESC, id LIMIT $1",
        )
        .bind(i64::from(limit)),
    };
    let rows = query.fetch_all(pool).await.map_err(failed("read the surveys", WHAT))?;
    rows.iter().map(read).collect()
}

fn read(row: &DbRow) -> Result<KeptSurvey, StoreError> {
    let survey: String = get(row, "survey")?;
    Ok(KeptSurvey {
        call: CallId(get(row, "call")?),
        record: SurveyRecord {
            id: get(row, "id")?,
            participant: ParticipantId(get(row, "participant")?),
            user: raw_id(row, "user")?,
            survey: serde_json::from_str(&survey).map_err(|_| unreadable(WHAT, &survey))?,
            at: get(row, "at")?,
        },
    })
}
