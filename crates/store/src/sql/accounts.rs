//! Accounts, sessions, and one-time links.

use super::rows::read_user;
use super::{Connection, DbRow, Pool};
use crate::{StoreError, error::failed, names::unreadable};
use convene_model::account::{Account, AccountRole, PasswordLink, SessionRecord, SignedIn, Subject};
use convene_model::record::User;
use convene_model::{RawId, WallMs};
use sqlx::Row as _;

const WHAT: &str = "an account";
const ACCOUNT: &str = "a.user_id, a.email, a.local, a.role, a.password, a.disabled, a.created_at AS account_created_at";
const USER: &str = "u.id, u.display_name, u.generation, u.created_at";

fn read_account(row: &DbRow) -> Result<Account, StoreError> {
    let error = failed("read an account", WHAT);
    let user: String = row.try_get("user_id").map_err(&error)?;
    let role: String = row.try_get("role").map_err(&error)?;
    Ok(Account {
        user: crate::names::read_raw_id(&user)?,
        email: row.try_get("email").map_err(&error)?,
        local: row.try_get("local").map_err(&error)?,
        role: AccountRole::parse(&role).ok_or_else(|| unreadable("an account's role", &role))?,
        password: row.try_get("password").map_err(&error)?,
        disabled: row.try_get("disabled").map_err(&error)?,
        created_at: row.try_get("account_created_at").map_err(&error)?,
    })
}

pub(super) async fn insert(
    connection: &mut Connection,
    account: &Account,
    subject: Option<&Subject>,
) -> Result<(), StoreError> {
    let error = failed("add an account", WHAT);
    sqlx::query(
        "INSERT INTO account (user_id, email, local, role, password, disabled, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(account.user.as_str())
    .bind(account.email.as_deref())
    .bind(account.local)
    .bind(account.role.as_str())
    .bind(account.password.as_deref())
    .bind(account.disabled)
    .bind(account.created_at)
    .execute(&mut *connection)
    .await
    .map_err(&error)?;
    if let Some(subject) = subject {
        sqlx::query("INSERT INTO account_subject (issuer, subject, user_id) VALUES ($1, $2, $3)")
            .bind(&subject.issuer)
            .bind(&subject.subject)
            .bind(account.user.as_str())
            .execute(connection)
            .await
            .map_err(error)?;
    }
    Ok(())
}

pub(super) async fn follow_provider(
    connection: &mut Connection,
    user: &RawId,
    email: Option<&str>,
    role: AccountRole,
    name: Option<&str>,
) -> Result<bool, StoreError> {
    let error = failed("change an account", WHAT);
    let done = sqlx::query("UPDATE account SET email = $1, role = $2 WHERE user_id = $3")
        .bind(email)
        .bind(role.as_str())
        .bind(user.as_str())
        .execute(&mut *connection)
        .await
        .map_err(&error)?;
    if let Some(name) = name {
        sqlx::query(
            "UPDATE \"user\" SET display_name = $1 WHERE id = $2 AND EXISTS (SELECT 1 FROM account WHERE user_id = $2)",
        )
        .bind(name)
        .bind(user.as_str())
        .execute(connection)
        .await
        .map_err(error)?;
    }
    Ok(done.rows_affected() > 0)
}

async fn one(pool: &Pool, condition: &str, values: &[&str]) -> Result<Option<Account>, StoreError> {
    let text = format!("SELECT {ACCOUNT} FROM account a {condition}");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
    for value in values {
        query = query.bind((*value).to_owned());
    }
    let row = query.fetch_optional(pool).await.map_err(failed("read an account", WHAT))?;
    row.as_ref().map(read_account).transpose()
}

pub(super) async fn by_user(pool: &Pool, user: &RawId) -> Result<Option<Account>, StoreError> {
    one(pool, "WHERE a.user_id = $1", &[user.as_str()]).await
}

pub(super) async fn by_email(pool: &Pool, email: &str) -> Result<Option<Account>, StoreError> {
    one(pool, "WHERE a.local AND a.email = $1", &[email]).await
}

pub(super) async fn by_subject(pool: &Pool, subject: &Subject) -> Result<Option<Account>, StoreError> {
    let condition = "JOIN account_subject s ON s.user_id = a.user_id WHERE s.issuer = $1 AND s.subject = $2";
    one(pool, condition, &[&subject.issuer, &subject.subject]).await
}

pub(super) async fn all(pool: &Pool) -> Result<Vec<(Account, User)>, StoreError> {
    let text = format!(
        "SELECT {ACCOUNT}, {USER} FROM account a JOIN \"user\" u ON u.id = a.user_id ORDER BY a.created_at, a.user_id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(pool).await;
    let rows = rows.map_err(failed("read the accounts", WHAT))?;
    rows.into_iter().map(|row| Ok((read_account(&row)?, read_user(row)?))).collect()
}

pub(super) async fn disable(pool: &Pool, user: &RawId, disabled: bool) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE account SET disabled = $1 WHERE user_id = $2").bind(disabled).bind(user.as_str());
    Ok(done.execute(pool).await.map_err(failed("shut an account", WHAT))?.rows_affected() > 0)
}

pub(super) async fn replace_password(pool: &Pool, user: &RawId, from: &str, to: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE account SET password = $1 WHERE user_id = $2 AND password = $3")
        .bind(to)
        .bind(user.as_str())
        .bind(from)
        .execute(pool)
        .await
        .map_err(failed("keep a password", WHAT))?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn insert_link(pool: &Pool, link: &PasswordLink) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO password_link (hash, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(&link.hash)
        .bind(link.user.as_str())
        .bind(link.expires_at)
        .execute(pool)
        .await
        .map_err(failed("add a link", "a link"))?;
    Ok(())
}

pub(super) async fn by_link(pool: &Pool, hash: &str, now: WallMs) -> Result<Option<Account>, StoreError> {
    let text = format!(
        "SELECT {ACCOUNT} FROM account a JOIN password_link l ON l.user_id = a.user_id \
         WHERE l.hash = $1 AND l.expires_at > $2"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(hash).bind(now);
    let row = query.fetch_optional(pool).await.map_err(failed("read a link", "a link"))?;
    row.as_ref().map(read_account).transpose()
}

/// Uses a link up, with all others of its user, and sets the password. `None` if there is no such link any more.
pub(super) async fn use_link(
    connection: &mut Connection,
    hash: &str,
    now: WallMs,
    password: &str,
) -> Result<Option<RawId>, StoreError> {
    let error = failed("use a link", "a link");
    let user: Option<String> =
        sqlx::query_scalar("DELETE FROM password_link WHERE hash = $1 AND expires_at > $2 RETURNING user_id")
            .bind(hash)
            .bind(now)
            .fetch_optional(&mut *connection)
            .await
            .map_err(&error)?;
    let Some(user) = user else { return Ok(None) };
    for text in ["DELETE FROM password_link WHERE user_id = $1", "DELETE FROM session WHERE user_id = $1"] {
        sqlx::query(text).bind(&user).execute(&mut *connection).await.map_err(&error)?;
    }
    sqlx::query("UPDATE account SET password = $1 WHERE user_id = $2")
        .bind(password)
        .bind(&user)
        .execute(connection)
        .await
        .map_err(error)?;
    crate::names::read_raw_id(&user).map(Some)
}

pub(super) async fn insert_session(connection: &mut Connection, session: &SessionRecord) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO session (hash, user_id, created_at, seen_at) VALUES ($1, $2, $3, $4)")
        .bind(&session.hash)
        .bind(session.user.as_str())
        .bind(session.created_at)
        .bind(session.seen_at)
        .execute(connection)
        .await
        .map_err(failed("add a session", "a session"))?;
    Ok(())
}

pub(super) async fn session(pool: &Pool, hash: &str) -> Result<Option<SignedIn>, StoreError> {
    let text = format!(
        "SELECT {ACCOUNT}, {USER}, s.created_at AS session_created_at, s.seen_at FROM session s \
         JOIN account a ON a.user_id = s.user_id JOIN \"user\" u ON u.id = s.user_id WHERE s.hash = $1"
    );
    let error = failed("read a session", "a session");
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(hash).fetch_optional(pool).await.map_err(&error)?;
    let Some(row) = row else { return Ok(None) };
    let account = read_account(&row)?;
    let session = SessionRecord {
        hash: hash.to_owned(),
        user: account.user.clone(),
        created_at: row.try_get("session_created_at").map_err(&error)?,
        seen_at: row.try_get("seen_at").map_err(&error)?,
    };
    Ok(Some(SignedIn { session, account, user: read_user(row)? }))
}

pub(super) async fn touch_session(pool: &Pool, hash: &str, now: WallMs) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE session SET seen_at = $1 WHERE hash = $2 AND seen_at < $1").bind(now).bind(hash);
    done.execute(pool).await.map_err(failed("renew a session", "a session")).map(|_| ())
}

pub(super) async fn delete_session(connection: &mut Connection, hash: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM session WHERE hash = $1").bind(hash).execute(connection).await;
    Ok(done.map_err(failed("end a session", "a session"))?.rows_affected() > 0)
}

/// Ends all sessions of a user and revokes all its tokens. `None` if there is no such user.
pub(super) async fn end_sessions(connection: &mut Connection, user: &RawId) -> Result<Option<u64>, StoreError> {
    let error = failed("end a user's sessions", "a session");
    let id = user.as_str();
    sqlx::query("DELETE FROM session WHERE user_id = $1").bind(id).execute(&mut *connection).await.map_err(&error)?;
    let generation: Option<i64> =
        sqlx::query_scalar("UPDATE \"user\" SET generation = generation + 1 WHERE id = $1 RETURNING generation")
            .bind(id)
            .fetch_optional(connection)
            .await
            .map_err(error)?;
    generation.map(|generation| super::rows::unsigned(generation, "a user's generation")).transpose()
}

pub(super) async fn forget_sessions(pool: &Pool, created: WallMs, seen: WallMs) -> Result<(), StoreError> {
    let done = sqlx::query("DELETE FROM session WHERE created_at < $1 OR seen_at < $2").bind(created).bind(seen);
    done.execute(pool).await.map_err(failed("forget old sessions", "a session")).map(|_| ())
}
