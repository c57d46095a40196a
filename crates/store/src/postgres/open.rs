//! Opening the database: the hold on it, migrations, connections.

use super::{
    DatabaseUrl, PostgresStore,
    holding::{self, Holding},
};
use crate::{StoreError, migrated};
use sqlx::{Connection as _, PgConnection, PgPool, migrate::Migrator, postgres::PgPoolOptions};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// Connections at most, beside the one that holds the lock. Larger: more of the database's (it has 100, as a rule) and of
/// its memory. Smaller: requests wait for each other.
const CONNECTIONS: u32 = 10;

/// How long a connection may take to come about. Larger: a start on a wrong address takes long to fail, and so does a
/// request while the database is away. Smaller: a busy database looks unreachable.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// A connection that was idle for so long is asked for a sign of life before it is used. Larger: after a restart of the
/// database more requests meet a dead connection. Smaller: more requests wait for one more answer.
const ASKED_AFTER_IDLE: Duration = Duration::from_secs(1);

/// An acknowledged commit survives the end of the database's machine, also where the default was turned off.
const DURABLE: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// For connections that only look.
const READ_ONLY: (&str, &str) = ("default_transaction_read_only", "on");

/// The database's code for a table that is not there.
const UNDEFINED_TABLE: &str = "42P01";

impl PostgresStore {
    /// Connects to the database, takes hold of it, and brings the tables up to this version.
    ///
    /// # Errors
    /// [`StoreError::Database`] with a sentence, if it cannot be reached or used, if another server has it, or if it is of
    /// a newer version.
    pub async fn open(url: &DatabaseUrl) -> Result<PostgresStore, StoreError> {
        let refused = |reason: String| StoreError::Database { database: url.to_string(), reason };
        let mut session = connect(url).await.map_err(refused)?;
        if !holding::take(&mut session).await.map_err(|error| refused(why(&error)))? {
            return Err(refused(
                "another Convene server runs on it; stop that one, or give this one a database of its own".into(),
            ));
        }
        MIGRATIONS.run(&mut session).await.map_err(|error| refused(migrated::why_not(&error, why)))?;
        let pool = pool(url, CONNECTIONS).await.map_err(|error| refused(why(&error)))?;
        let holding = Holding::keep(session, url.clone());
        Ok(PostgresStore { write: pool.clone(), read: pool, holding: Some(Arc::new(holding)), tell: None })
    }
}

impl PostgresStore {
    /// Connects to the database only to look at it, also while a server runs on it. What would write is refused.
    ///
    /// # Errors
    /// [`StoreError::Database`] with a sentence, if it cannot be reached or used, or is of another version.
    pub async fn open_to_look(url: &DatabaseUrl) -> Result<PostgresStore, StoreError> {
        let refused = |reason: String| StoreError::Database { database: url.to_string(), reason };
        connect(url).await.map_err(refused)?;
        let looking = url.with_option(READ_ONLY);
        let read = pool(&looking, 1).await.map_err(|error| refused(why(&error)))?;
        let applied =
            sqlx::query_scalar::<_, i64>("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&read);
        match applied.await {
            Ok(applied) => migrated::check(&MIGRATIONS, &applied).map_err(refused)?,
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => {
                return Err(refused("it has no tables of Convene; the first start of the server makes them".into()));
            }
            Err(error) => return Err(refused(why(&error))),
        }
        Ok(PostgresStore { write: read.clone(), read, holding: None, tell: None })
    }

    /// Whether a server runs on the database, on whatever machine.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if it cannot be asked.
    pub async fn is_held(&self) -> Result<bool, StoreError> {
        holding::is_taken(&self.read).await.map_err(|source| StoreError::Failed { doing: "look for a server", source })
    }
}

async fn connect(url: &DatabaseUrl) -> Result<PgConnection, String> {
    match timeout(CONNECT_WITHIN, PgConnection::connect_with(&url.options)).await {
        Ok(connected) => connected.map_err(|error| why(&error)),
        Err(_) => Err(format!(
            "nothing answers within {} s; check the host, the port and the firewall between",
            CONNECT_WITHIN.as_secs()
        )),
    }
}

async fn pool(url: &DatabaseUrl, connections: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT_WITHIN)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move { Ok(about.idle_for < ASKED_AFTER_IDLE || connection.ping().await.is_ok()) })
        })
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::query(DURABLE).execute(connection).await.map(|_| ()) })
        })
        .connect_with(url.options.clone())
        .await
}

/// What is wrong and what to do, by the database's code (PostgreSQL, appendix A).
fn why(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(refusal) = error else { return format!("{error}; check the address and the network") };
    let said = refusal.message();
    match refusal.code().as_deref() {
        Some("28P01") => format!("{said}; check user and password"),
        Some("28000") => format!("{said}; check the user, and what the database's pg_hba.conf lets in"),
        Some("3D000") => format!("{said}; make it: `createdb --owner USER --encoding UTF8 DATABASE`"),
        Some("42501") => format!("{said}; let the user own the database: `ALTER DATABASE … OWNER TO …`"),
        Some("53300") => format!("{said}; raise its max_connections, or stop what holds them"),
        Some("57P03") => format!("{said}; try again in a moment"),
        _ => format!("{said}; look into the database's log"),
    }
}
