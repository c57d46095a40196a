//! Settings, signing keys and users.

use super::rows::read_user;
use super::{Connection, DbRow, Pool};
use crate::{Settings, StoreError, error::failed};
use convene_model::{
    RawId,
    record::{SigningKeyRecord, User},
};
use sqlx::Row as _;

const SETTINGS: &str = "SELECT organization, resource_id FROM setting";

fn read_settings(row: DbRow) -> Result<Settings, sqlx::Error> {
    Ok(Settings { organization: row.try_get("organization")?, resource_id: row.try_get("resource_id")? })
}

pub(super) async fn settings(pool: &Pool) -> Result<Option<Settings>, StoreError> {
    let error = failed("read the settings", "settings");
    sqlx::query(SETTINGS).try_map(read_settings).fetch_optional(pool).await.map_err(error)
}

pub(super) async fn get_or_init_settings(
    connection: &mut Connection,
    candidate: Settings,
) -> Result<Settings, StoreError> {
    let error = failed("write the settings", "settings");
    sqlx::query("INSERT INTO setting (only_row, organization, resource_id) VALUES (1, $1, $2) ON CONFLICT DO NOTHING")
        .bind(candidate.organization)
        .bind(candidate.resource_id)
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    sqlx::query(SETTINGS).try_map(read_settings).fetch_one(connection).await.map_err(error)
}

pub(super) async fn set_default_resource(pool: &Pool, id: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE setting SET resource_id = $1 WHERE EXISTS (SELECT 1 FROM resource WHERE id = $1)")
        .bind(id)
        .execute(pool)
        .await;
    Ok(done.map_err(failed("change the default resource", "settings"))?.rows_affected() > 0)
}

pub(super) async fn signing_keys(pool: &Pool) -> Result<Vec<SigningKeyRecord>, StoreError> {
    let error = failed("read the signing keys", "a signing key");
    let read = |row: DbRow| -> Result<(String, Vec<u8>, i64), sqlx::Error> {
        Ok((row.try_get("kid")?, row.try_get("seed")?, row.try_get("created_at")?))
    };
    let rows = sqlx::query("SELECT kid, seed, created_at FROM signing_key ORDER BY created_at DESC, kid DESC")
        .try_map(read)
        .fetch_all(pool)
        .await
        .map_err(error)?;
    let key = |(kid, seed, created_at): (String, Vec<u8>, i64)| match seed.try_into() {
        Ok(seed) => Ok(SigningKeyRecord { kid, seed, created_at }),
        Err(_) => Err(StoreError::Unreadable { what: format!("a signing key {kid:?}") }),
    };
    rows.into_iter().map(key).collect()
}

pub(super) async fn add_signing_key(pool: &Pool, key: &SigningKeyRecord) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO signing_key (kid, seed, created_at) VALUES ($1, $2, $3)")
        .bind(&key.kid)
        .bind(&key.seed[..])
        .bind(key.created_at)
        .execute(pool)
        .await
        .map_err(failed("add a signing key", "a signing key"))?;
    Ok(())
}

pub(super) async fn insert_user(connection: &mut Connection, user: &User) -> Result<(), StoreError> {
    let what = "a user";
    sqlx::query("INSERT INTO \"user\" (id, display_name, generation, created_at) VALUES ($1, $2, $3, $4)")
        .bind(user.id.as_str())
        .bind(user.display_name.as_deref())
        .bind(super::rows::number(user.generation, what)?)
        .bind(user.created_at)
        .execute(connection)
        .await
        .map_err(failed("add a user", what))?;
    Ok(())
}

pub(super) async fn import_users(connection: &mut Connection, users: &[User]) -> Result<u64, StoreError> {
    let what = "a user";
    let mut added = 0;
    for user in users {
        let done = sqlx::query(
            "INSERT INTO \"user\" (id, display_name, generation, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(user.id.as_str())
        .bind(user.display_name.as_deref())
        .bind(super::rows::number(user.generation, what)?)
        .bind(user.created_at)
        .execute(&mut *connection)
        .await
        .map_err(failed("import users", what))?;
        added += done.rows_affected();
    }
    Ok(added)
}

pub(super) async fn user(pool: &Pool, id: &RawId) -> Result<Option<User>, StoreError> {
    let row = sqlx::query("SELECT id, display_name, generation, created_at FROM \"user\" WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(pool)
        .await
        .map_err(failed("read a user", "a user"))?;
    row.map(read_user).transpose()
}

pub(super) async fn increase_generation(pool: &Pool, id: &RawId) -> Result<Option<u64>, StoreError> {
    let generation: Option<i64> =
        sqlx::query_scalar("UPDATE \"user\" SET generation = generation + 1 WHERE id = $1 RETURNING generation")
            .bind(id.as_str())
            .fetch_optional(pool)
            .await
            .map_err(failed("revoke a user's tokens", "a user"))?;
    generation.map(|generation| super::rows::unsigned(generation, "a user's generation")).transpose()
}

pub(super) async fn delete_user(connection: &mut Connection, id: &RawId) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM \"user\" WHERE id = $1").bind(id.as_str()).execute(connection).await;
    Ok(done.map_err(failed("delete a user", "a user"))?.rows_affected() > 0)
}
