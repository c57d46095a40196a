//! Browsers that ring although no page is open, and the key by which push services know this server.

use super::rows::{get, raw_id, unsigned};
use super::{Backend, Connection, DbRow, Pool};
use crate::{PushStore, StoreError, error::failed, names::unreadable};
use convene_model::RawId;
use convene_model::limits::PUSH_DEVICES_MAX;
use convene_model::push::PushDevice;

const WHAT: &str = "a browser's push subscription";

impl PushStore for Backend {
    async fn get_or_init_push_key(&self, candidate: &[u8; 32]) -> Result<[u8; 32], StoreError> {
        whole!(self, "read the push key", "the push key", |tx| get_or_init_key(&mut tx, candidate))
    }

    async fn keep_push_device(&self, device: &PushDevice) -> Result<(), StoreError> {
        whole!(self, "keep a browser's push subscription", "a push subscription", |tx| keep(&mut tx, device))
    }

    async fn forget_push_device(&self, user: &RawId, endpoint: &str) -> Result<bool, StoreError> {
        forget(&self.write, user, endpoint).await
    }

    async fn push_devices(&self, user: &RawId) -> Result<Vec<PushDevice>, StoreError> {
        of_user(&self.read, user).await
    }
}

/// The key; `candidate` if there was none.
async fn get_or_init_key(connection: &mut Connection, candidate: &[u8; 32]) -> Result<[u8; 32], StoreError> {
    let error = failed("read the push key", "the push key");
    sqlx::query("INSERT INTO push_key (only_row, seed) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING")
        .bind(&candidate[..])
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    let seed: Vec<u8> = sqlx::query_scalar("SELECT seed FROM push_key").fetch_one(connection).await.map_err(&error)?;
    seed.try_into().map_err(|_| unreadable("the push key", "of another length"))
}

/// Keeps a browser in the place of what was known of it, and forgets the user's oldest ones if there are too many.
async fn keep(connection: &mut Connection, device: &PushDevice) -> Result<(), StoreError> {
    let error = failed("keep a browser's push subscription", WHAT);
    let generation = i64::try_from(device.generation).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO push_device (endpoint, \"user\", p256dh, auth, generation, kept_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (endpoint) DO UPDATE SET \"user\" = excluded.\"user\", p256dh = excluded.p256dh, \
         auth = excluded.auth, generation = excluded.generation, kept_at = excluded.kept_at",
    )
    .bind(&device.endpoint)
    .bind(device.user.as_str())
    .bind(&device.p256dh[..])
    .bind(&device.auth[..])
    .bind(generation)
    .bind(device.kept_at)
    .execute(&mut *connection)
    .await
    .map_err(&error)?;
    sqlx::query(
        "DELETE FROM push_device WHERE \"user\" = $1 AND endpoint NOT IN \
         (SELECT endpoint FROM push_device WHERE \"user\" = $1 ORDER BY kept_at DESC, endpoint LIMIT $2)",
    )
    .bind(device.user.as_str())
    .bind(i64::from(PUSH_DEVICES_MAX))
    .execute(connection)
    .await
    .map_err(error)?;
    Ok(())
}

/// False if the user has no such browser.
async fn forget(pool: &Pool, user: &RawId, endpoint: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM push_device WHERE \"user\" = $1 AND endpoint = $2")
        .bind(user.as_str())
        .bind(endpoint)
        .execute(pool)
        .await
        .map_err(failed("forget a browser's push subscription", WHAT))?;
    Ok(done.rows_affected() > 0)
}

/// A user's browsers, the newest first; none that was kept with a token that is revoked.
async fn of_user(pool: &Pool, user: &RawId) -> Result<Vec<PushDevice>, StoreError> {
    let rows = sqlx::query(
        "SELECT d.endpoint, d.\"user\", d.p256dh, d.auth, d.generation, d.kept_at FROM push_device d \
         JOIN \"user\" u ON u.id = d.\"user\" AND u.generation = d.generation \
         WHERE d.\"user\" = $1 ORDER BY d.kept_at DESC, d.endpoint",
    )
    .bind(user.as_str())
    .fetch_all(pool)
    .await
    .map_err(failed("read a user's push subscriptions", WHAT))?;
    rows.iter().map(read).collect()
}

fn read(row: &DbRow) -> Result<PushDevice, StoreError> {
    Ok(PushDevice {
        user: raw_id(row, "user")?,
        endpoint: get(row, "endpoint")?,
        p256dh: get(row, "p256dh")?,
        auth: get(row, "auth")?,
        generation: unsigned(get(row, "generation")?, "a generation")?,
        kept_at: get(row, "kept_at")?,
    })
}
