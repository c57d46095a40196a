//! Who wants to hear of events, and what waits to be delivered.

use super::rows::{get, read_line, unsigned};
use super::{Connection, DbRow, Pool};
use crate::{StoreError, error::failed, names::unreadable};
use convene_model::automation::CALL_DISCONNECTED;
use convene_model::subscription::{Checkpoint, EventSchema, Subscription, Undelivered};
use convene_model::{CallId, ConnectionId, WallMs};
use sqlx::Row as _;

const WHAT: &str = "a subscription";
const EVENT: &str = "an event";

/// Adds one that begins after everything that is in the outbox.
pub(super) async fn insert(pool: &Pool, subscription: &Subscription) -> Result<(), StoreError> {
    let types: Vec<&str> = subscription.types.iter().map(String::as_str).collect();
    sqlx::query(
        "INSERT INTO subscription \
         (id, resource, endpoint, schema, types, meetings, by_operator, connection, secret, created_at, position) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (SELECT COALESCE(MAX(seq), 0) FROM outbox))",
    )
    .bind(&subscription.id)
    .bind(&subscription.resource)
    .bind(&subscription.endpoint)
    .bind(subscription.schema.name())
    .bind(types.join(" "))
    .bind(subscription.meetings)
    .bind(subscription.by_operator)
    .bind(subscription.connection.as_ref().map(ConnectionId::as_str))
    .bind(&subscription.secret)
    .bind(subscription.created_at)
    .execute(pool)
    .await
    .map_err(failed("add a subscription", WHAT))?;
    Ok(())
}

pub(super) async fn list(pool: &Pool, resource: Option<&str>) -> Result<Vec<Subscription>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, resource, endpoint, schema, types, meetings, by_operator, connection, secret, created_at FROM subscription \
         WHERE $1 IS NULL OR (resource = $1 AND connection IS NULL) ORDER BY created_at, id",
    )
    .bind(resource)
    .fetch_all(pool)
    .await
    .map_err(failed("read the subscriptions", WHAT))?;
    rows.iter().map(read).collect()
}

fn read(row: &DbRow) -> Result<Subscription, StoreError> {
    let (schema, types): (String, String) = (get(row, "schema")?, get(row, "types")?);
    Ok(Subscription {
        id: get(row, "id")?,
        resource: get(row, "resource")?,
        endpoint: get(row, "endpoint")?,
        schema: EventSchema::parse(&schema).ok_or_else(|| unreadable("a schema", &schema))?,
        types: types.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        meetings: get(row, "meetings")?,
        by_operator: get(row, "by_operator")?,
        connection: get::<Option<String>>(row, "connection")?.map(ConnectionId),
        secret: get(row, "secret")?,
        created_at: get(row, "created_at")?,
    })
}

pub(super) async fn delete(pool: &Pool, id: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM subscription WHERE id = $1").bind(id).execute(pool).await;
    Ok(done.map_err(failed("delete a subscription", WHAT))?.rows_affected() > 0)
}

/// The connections that have subscriptions, and whose last callback is not written. Those of the others go, if nothing waits for them.
pub(super) async fn open_connections(pool: &Pool) -> Result<Vec<(ConnectionId, CallId)>, StoreError> {
    let done = sqlx::query(
        "DELETE FROM subscription WHERE connection IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.connection = subscription.connection AND o.seq > subscription.position) \
         AND NOT EXISTS (SELECT 1 FROM undelivered u WHERE u.subscription = subscription.id AND u.dead_at IS NULL) \
         AND (EXISTS (SELECT 1 FROM outbox o WHERE o.connection = subscription.connection AND o.event_type = $1) \
         OR NOT EXISTS (SELECT 1 FROM outbox o WHERE o.connection = subscription.connection))",
    )
    .bind(CALL_DISCONNECTED)
    .execute(pool)
    .await;
    done.map_err(failed("delete the subscriptions of connections", WHAT))?;
    let rows = sqlx::query(
        "SELECT DISTINCT o.connection, o.call FROM outbox o JOIN subscription s ON s.connection = o.connection \
         WHERE NOT EXISTS (SELECT 1 FROM outbox e WHERE e.connection = o.connection AND e.event_type = $1) \
         ORDER BY o.connection",
    )
    .bind(CALL_DISCONNECTED)
    .fetch_all(pool)
    .await
    .map_err(failed("read the connections", WHAT))?;
    rows.iter().map(|row| Ok((ConnectionId(get(row, "connection")?), CallId(get(row, "call")?)))).collect()
}

pub(super) async fn position(pool: &Pool, id: &str) -> Result<Option<i64>, StoreError> {
    let query = sqlx::query_scalar("SELECT position FROM subscription WHERE id = $1").bind(id);
    query.fetch_optional(pool).await.map_err(failed("read a subscription", WHAT))
}

/// Writes how far a delivery has come. False if there is no such subscription any more.
pub(super) async fn checkpoint(
    connection: &mut Connection,
    id: &str,
    checkpoint: &Checkpoint,
) -> Result<bool, StoreError> {
    let error = failed("write how far a delivery has come", EVENT);
    let done = sqlx::query("UPDATE subscription SET position = $1 WHERE id = $2")
        .bind(checkpoint.position)
        .bind(id)
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for kept in &checkpoint.kept {
        sqlx::query(
            // An event that was deleted for its age meanwhile is kept no more.
            "INSERT INTO undelivered (subscription, seq, attempts, first_at, next_at, dead_at, error) \
             SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT 1 FROM outbox WHERE seq = $2) \
             ON CONFLICT (subscription, seq) DO UPDATE SET attempts = excluded.attempts, first_at = excluded.first_at, \
             next_at = excluded.next_at, dead_at = excluded.dead_at, error = excluded.error",
        )
        .bind(id)
        .bind(kept.line.seq)
        .bind(i64::from(kept.attempts))
        .bind(kept.first_at)
        .bind(kept.next_at)
        .bind(kept.dead_at)
        .bind(kept.error.as_deref())
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    }
    for seq in &checkpoint.delivered {
        sqlx::query("DELETE FROM undelivered WHERE subscription = $1 AND seq = $2")
            .bind(id)
            .bind(seq)
            .execute(&mut *connection)
            .await
            .map_err(&error)?;
    }
    Ok(true)
}

/// Up to `limit` events that wait, or that are dead letters, the oldest first.
pub(super) async fn undelivered(pool: &Pool, id: &str, dead: bool, limit: u32) -> Result<Vec<Undelivered>, StoreError> {
    let rows = sqlx::query(
        "SELECT o.seq, o.id, o.call, o.thread, o.connection, o.event_type, o.subject, o.data, o.at, o.told_to, \
         COALESCE(o.told_to, o.resource, c.resource) AS resource, \
         u.attempts, u.first_at, u.next_at, u.dead_at, u.error \
         FROM undelivered u JOIN outbox o ON o.seq = u.seq LEFT JOIN call c ON c.id = o.call \
         WHERE u.subscription = $1 AND (u.dead_at IS NOT NULL) = $2 ORDER BY u.seq LIMIT $3",
    )
    .bind(id)
    .bind(dead)
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await
    .map_err(failed("read what is not delivered", EVENT))?;
    rows.iter().map(read_undelivered).collect()
}

fn read_undelivered(row: &DbRow) -> Result<Undelivered, StoreError> {
    let attempts = unsigned(get(row, "attempts")?, "a number of attempts")?;
    Ok(Undelivered {
        line: read_line(row)?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        first_at: get(row, "first_at")?,
        next_at: get(row, "next_at")?,
        dead_at: get(row, "dead_at")?,
        error: get(row, "error")?,
    })
}

/// Makes dead letters (all, or the one of an event) wait for another attempt. Returns how many.
pub(super) async fn replay(pool: &Pool, id: &str, event: Option<&str>, now: WallMs) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "UPDATE undelivered SET attempts = 0, first_at = NULL, next_at = $1, dead_at = NULL \
         WHERE subscription = $2 AND dead_at IS NOT NULL \
         AND ($3 IS NULL OR seq = (SELECT seq FROM outbox WHERE id = $3))",
    )
    .bind(now)
    .bind(id)
    .bind(event)
    .execute(pool)
    .await;
    Ok(done.map_err(failed("replay dead letters", EVENT))?.rows_affected())
}

/// The position of an event, or of the last one.
pub(super) async fn event_position(pool: &Pool, event: Option<&str>) -> Result<Option<i64>, StoreError> {
    let query = match event {
        Some(id) => sqlx::query("SELECT seq FROM outbox WHERE id = $1").bind(id),
        None => sqlx::query("SELECT COALESCE(MAX(seq), 0) AS seq FROM outbox"),
    };
    let row = query.fetch_optional(pool).await.map_err(failed("read the outbox", EVENT))?;
    row.map(|row| row.try_get("seq").map_err(failed("read the outbox", EVENT))).transpose()
}
