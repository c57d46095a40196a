//! Resources: their access keys and host names.

use super::{Connection, DbRow, Pool};
use crate::{StoreError, error::failed};
use convene_model::record::{AccessKey, Resource};
use sqlx::Row as _;
use std::collections::BTreeSet;

const WHAT: &str = "a resource";
const READING: &str = "read a resource";

pub(super) async fn insert(connection: &mut Connection, resource: &Resource) -> Result<(), StoreError> {
    let error = failed("add a resource", WHAT);
    let [primary, secondary] = &resource.access_keys;
    sqlx::query("INSERT INTO resource (id, primary_key, secondary_key, created_at) VALUES ($1, $2, $3, $4)")
        .bind(&resource.id)
        .bind(&primary.0)
        .bind(&secondary.0)
        .bind(resource.created_at)
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    for host in &resource.hosts {
        sqlx::query("INSERT INTO resource_host (host, resource) VALUES ($1, $2)")
            .bind(host)
            .bind(&resource.id)
            .execute(&mut *connection)
            .await
            .map_err(&error)?;
    }
    Ok(())
}

pub(super) async fn by_id(pool: &Pool, id: &str) -> Result<Option<Resource>, StoreError> {
    let row = sqlx::query("SELECT id, primary_key, secondary_key, created_at FROM resource WHERE id = $1")
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

pub(super) async fn by_host(pool: &Pool, host: &str) -> Result<Option<Resource>, StoreError> {
    let id: Option<String> = sqlx::query_scalar("SELECT resource FROM resource_host WHERE host = $1")
        .bind(host)
        .fetch_optional(pool)
        .await
        .map_err(failed(READING, WHAT))?;
    match id {
        Some(id) => by_id(pool, &id).await,
        None => Ok(None),
    }
}

pub(super) async fn all(pool: &Pool) -> Result<Vec<Resource>, StoreError> {
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
    pool: &Pool,
    id: &str,
    [primary, secondary]: [Option<&AccessKey>; 2],
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE resource SET primary_key = COALESCE($1, primary_key), secondary_key = COALESCE($2, secondary_key) \
         WHERE id = $3",
    )
    .bind(primary.map(|key| &key.0))
    .bind(secondary.map(|key| &key.0))
    .bind(id)
    .execute(pool)
    .await
    .map_err(failed("replace an access key", WHAT))?;
    Ok(done.rows_affected() > 0)
}

fn read(row: DbRow) -> Result<Resource, sqlx::Error> {
    Ok(Resource {
        id: row.try_get("id")?,
        access_keys: [AccessKey(row.try_get("primary_key")?), AccessKey(row.try_get("secondary_key")?)],
        hosts: BTreeSet::new(),
        created_at: row.try_get("created_at")?,
    })
}

async fn with_hosts(pool: &Pool, resource: Resource) -> Result<Resource, StoreError> {
    let hosts: Vec<String> = sqlx::query_scalar("SELECT host FROM resource_host WHERE resource = $1")
        .bind(&resource.id)
        .fetch_all(pool)
        .await
        .map_err(failed("read a resource's hosts", WHAT))?;
    Ok(Resource { hosts: hosts.into_iter().collect(), ..resource })
}
