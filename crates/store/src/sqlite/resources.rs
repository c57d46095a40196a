//! Resources: their access keys and host names.

use crate::{StoreError, error::failed};
use convene_model::record::{AccessKey, Resource};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use std::collections::BTreeSet;

const WHAT: &str = "a resource";
const READING: &str = "read a resource";

pub(super) async fn insert(connection: &mut SqliteConnection, resource: &Resource) -> Result<(), StoreError> {
    let error = failed("add a resource", WHAT);
    let [primary, secondary] = &resource.access_keys;
    sqlx::query("INSERT INTO resource (id, primary_key, secondary_key, created_at) VALUES (?, ?, ?, ?)")
        .bind(&resource.id)
        .bind(&primary.0)
        .bind(&secondary.0)
        .bind(resource.created_at)
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    for host in &resource.hosts {
        sqlx::query("INSERT INTO resource_host (host, resource) VALUES (?, ?)")
            .bind(host)
            .bind(&resource.id)
            .execute(&mut *connection)
            .await
            .map_err(&error)?;
    }
    Ok(())
}

pub(super) async fn by_id(pool: &SqlitePool, id: &str) -> Result<Option<Resource>, StoreError> {
    let row = sqlx::query("SELECT id, primary_key, secondary_key, created_at FROM resource WHERE id = ?")
        .bind(id)
        .try_map(read)
        .fetch_optional(pool)
        .await
        .map_err(failed(READING, WHAT))?;
    match row {
        Some(resource) => with_hosts(pool, resource).await.map(Some),
        None => Ok(None),
    }
}

pub(super) async fn by_host(pool: &SqlitePool, host: &str) -> Result<Option<Resource>, StoreError> {
    let id: Option<String> = sqlx::query_scalar("SELECT resource FROM resource_host WHERE host = ?")
        .bind(host)
        .fetch_optional(pool)
        .await
        .map_err(failed(READING, WHAT))?;
    match id {
        Some(id) => by_id(pool, &id).await,
        None => Ok(None),
    }
}

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<Resource>, StoreError> {
    let rows = sqlx::query("SELECT id, primary_key, secondary_key, created_at FROM resource ORDER BY created_at, id")
        .try_map(read)
        .fetch_all(pool)
        .await
        .map_err(failed("read the resources", WHAT))?;
    let mut resources = Vec::new();
    for resource in rows {
        resources.push(with_hosts(pool, resource).await?);
    }
    Ok(resources)
}

pub(super) async fn replace_keys(
    pool: &SqlitePool,
    id: &str,
    [primary, secondary]: [Option<&AccessKey>; 2],
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE resource SET primary_key = COALESCE(?, primary_key), secondary_key = COALESCE(?, secondary_key) \
         WHERE id = ?",
    )
    .bind(primary.map(|key| &key.0))
    .bind(secondary.map(|key| &key.0))
    .bind(id)
    .execute(pool)
    .await
    .map_err(failed("replace an access key", WHAT))?;
    Ok(done.rows_affected() > 0)
}

fn read(row: SqliteRow) -> Result<Resource, sqlx::Error> {
    Ok(Resource {
        id: row.try_get("id")?,
        access_keys: [AccessKey(row.try_get("primary_key")?), AccessKey(row.try_get("secondary_key")?)],
        hosts: BTreeSet::new(),
        created_at: row.try_get("created_at")?,
    })
}

async fn with_hosts(pool: &SqlitePool, resource: Resource) -> Result<Resource, StoreError> {
    let hosts: Vec<String> = sqlx::query_scalar("SELECT host FROM resource_host WHERE resource = ?")
        .bind(&resource.id)
        .fetch_all(pool)
        .await
        .map_err(failed("read a resource's hosts", WHAT))?;
    Ok(Resource { hosts: hosts.into_iter().collect(), ..resource })
}
