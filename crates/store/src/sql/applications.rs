//! Applications and their secrets.

use super::{Connection, DbRow, Pool};
use crate::{
    StoreError,
    error::failed,
    names::{read_permissions, read_slot},
};
use convene_model::{
    AppPermission,
    record::{AppSecret, Application},
};
use sqlx::Row as _;

const WHAT: &str = "an application";
const SECRET: &str = "a secret";
const READING: &str = "read an application";

pub(super) async fn insert(connection: &mut Connection, application: &Application) -> Result<(), StoreError> {
    let permissions: Vec<&str> =
        application.permissions.iter().map(|permission| AppPermission::as_str(*permission)).collect();
    sqlx::query("INSERT INTO application (id, name, permissions, created_at) VALUES ($1, $2, $3, $4)")
        .bind(&application.id)
        .bind(&application.name)
        .bind(permissions.join(" "))
        .bind(application.created_at)
        .execute(&mut *connection)
        .await
        .map_err(failed("add an application", WHAT))?;
    for secret in &application.secrets {
        insert_secret(connection, &application.id, secret).await?;
    }
    Ok(())
}

async fn insert_secret(connection: &mut Connection, application: &str, secret: &AppSecret) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO application_secret (application, slot, id, hash, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(application)
        .bind(i64::from(secret.slot))
        .bind(&secret.id)
        .bind(&secret.hash)
        .bind(secret.created_at)
        .execute(connection)
        .await
        .map_err(failed("add a secret", SECRET))?;
    Ok(())
}

/// Adds a secret. False if there is no such application.
pub(super) async fn add_secret(
    connection: &mut Connection,
    application: &str,
    secret: &AppSecret,
) -> Result<bool, StoreError> {
    let known: Option<String> = sqlx::query_scalar("SELECT id FROM application WHERE id = $1")
        .bind(application)
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed(READING, WHAT))?;
    if known.is_none() {
        return Ok(false);
    }
    insert_secret(connection, application, secret).await.map(|()| true)
}

pub(super) async fn remove_secret(pool: &Pool, application: &str, secret: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM application_secret WHERE application = $1 AND id = $2")
        .bind(application)
        .bind(secret)
        .execute(pool)
        .await
        .map_err(failed("remove a secret", SECRET))?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn delete(pool: &Pool, id: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM application WHERE id = $1").bind(id).execute(pool).await;
    Ok(done.map_err(failed("delete an application", WHAT))?.rows_affected() > 0)
}

pub(super) async fn by_id(pool: &Pool, id: &str) -> Result<Option<Application>, StoreError> {
    let row = sqlx::query("SELECT id, name, permissions, created_at FROM application WHERE id = $1")
        .bind(id)
        .fetch_optional(pool)
        .await
        .map_err(failed(READING, WHAT))?;
    match row {
        Some(row) => with_secrets(pool, read(&row)?).await.map(Some),
        None => Ok(None),
    }
}

pub(super) async fn all(pool: &Pool) -> Result<Vec<Application>, StoreError> {
    let rows = sqlx::query("SELECT id, name, permissions, created_at FROM application ORDER BY created_at, id")
        .fetch_all(pool)
        .await
        .map_err(failed(READING, WHAT))?;
    let mut applications = Vec::new();
    for row in rows {
        applications.push(with_secrets(pool, read(&row)?).await?);
    }
    Ok(applications)
}

fn read(row: &DbRow) -> Result<Application, StoreError> {
    let error = failed(READING, WHAT);
    let permissions: String = row.try_get("permissions").map_err(&error)?;
    Ok(Application {
        id: row.try_get("id").map_err(&error)?,
        name: row.try_get("name").map_err(&error)?,
        permissions: read_permissions(&permissions)?,
        secrets: vec![],
        created_at: row.try_get("created_at").map_err(&error)?,
    })
}

async fn with_secrets(pool: &Pool, application: Application) -> Result<Application, StoreError> {
    let error = failed("read an application's secrets", SECRET);
    let rows =
        sqlx::query("SELECT slot, id, hash, created_at FROM application_secret WHERE application = $1 ORDER BY slot")
            .bind(&application.id)
            .fetch_all(pool)
            .await
            .map_err(&error)?;
    let read = |row: &DbRow| {
        Ok(AppSecret {
            slot: read_slot(row.try_get("slot").map_err(&error)?)?,
            id: row.try_get("id").map_err(&error)?,
            hash: row.try_get("hash").map_err(&error)?,
            created_at: row.try_get("created_at").map_err(&error)?,
        })
    };
    let secrets = rows.iter().map(read).collect::<Result<_, StoreError>>()?;
    Ok(Application { secrets, ..application })
}
