//! What is older than it is kept.

use super::{Connection, Pool};
use crate::{Pruned, StoreError, error::failed};
use convene_model::WallMs;

const DOING: &str = "delete what is older than it is kept";

/// Deletes some of it; a call goes with everything that belongs to it.
pub(super) async fn prune(connection: &mut Connection, before: WallMs, limit: u32) -> Result<Pruned, StoreError> {
    let query = sqlx::query_scalar("SELECT id FROM call WHERE ended_at <= $1 ORDER BY ended_at, id LIMIT $2");
    let query = query.bind(before).bind(i64::from(limit));
    let calls: Vec<String> = query.fetch_all(&mut *connection).await.map_err(failed(DOING, "a call"))?;
    for call in &calls {
        for query in [
            "DELETE FROM call_survey WHERE call = $1",
            "DELETE FROM leg_quality WHERE call = $1",
            "DELETE FROM outbox WHERE call = $1",
            "DELETE FROM journal WHERE call = $1",
            "DELETE FROM call WHERE id = $1",
        ] {
            let done = sqlx::query(query).bind(call).execute(&mut *connection).await;
            done.map_err(failed(DOING, "a call"))?;
        }
    }
    // Whoever is in a meeting's call is in its thread.
    let query = sqlx::query(
        "DELETE FROM \"user\" WHERE id IN (SELECT u.id FROM \"user\" u WHERE u.id LIKE '8:teamsvisitor:%' AND u.created_at <= $1 AND NOT \
         EXISTS (SELECT 1 FROM chat_member m WHERE m.\"user\" = u.id) LIMIT $2)",
    );
    let done = query.bind(before).bind(i64::from(limit)).execute(connection).await;
    let visitors = done.map_err(failed(DOING, "a user"))?.rows_affected();
    Ok(Pruned { calls: calls.len() as u64, visitors })
}

/// Deletes the events of chat threads that were written before a time.
pub(super) async fn forget_chat_events(pool: &Pool, before: WallMs) -> Result<u64, StoreError> {
    let done = sqlx::query("DELETE FROM outbox WHERE thread IS NOT NULL AND at < $1").bind(before).execute(pool).await;
    Ok(done.map_err(failed("delete events of chat threads", "an event"))?.rows_affected())
}
