//! Opening the file: folder, permissions, pragmas, migrations.

use super::SqliteStore;
use crate::{StoreError, migrated};
use sqlx::{
    SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::Duration,
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// Connections that read. Larger: more memory (each has a page cache and a thread). Smaller: readers wait for each other.
const READERS: u32 = 4;

/// How long a statement waits for a lock that another program holds (a backup, a shell). Larger: calls stall longer.
/// Smaller: a backup makes commits fail.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl SqliteStore {
    /// Opens the database file at `path`, made with its folder if it is not there: the folder for its owner only (0700),
    /// the file too (0600, also if it was there with more). Brings the tables up to this version.
    ///
    /// One process at a time: whoever calls this holds a lock on the folder.
    ///
    /// # Errors
    /// [`StoreError::Open`] with a sentence, if the file cannot be made, is no database, or is of a newer version.
    pub async fn open(path: &Path) -> Result<SqliteStore, StoreError> {
        let refused = |reason: String| StoreError::Open { path: path.to_owned(), reason };
        make_private_file(path).map_err(|error| refused(format!("{error}; check the folder and its permissions")))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let write = pool(1, options.clone()).await.map_err(|error| refused(why(&error)))?;
        MIGRATIONS.run(&write).await.map_err(|error| refused(migrated::why_not(&error, why)))?;
        let read = pool(READERS, options.read_only(true)).await.map_err(|error| refused(why(&error)))?;
        Ok(SqliteStore { write, read, tell: None })
    }
}

impl SqliteStore {
    /// Opens the database file at `path` only to look at it, also while a server runs on it. What would write is refused.
    ///
    /// # Errors
    /// [`StoreError::Open`] with a sentence, if it cannot be read, is no database, or is of another version.
    pub async fn open_to_look(path: &Path) -> Result<SqliteStore, StoreError> {
        let refused = |reason: String| StoreError::Open { path: path.to_owned(), reason };
        let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY_TIMEOUT);
        let read = pool(1, options).await.map_err(|error| refused(why(&error)))?;
        let applied = sqlx::query_scalar::<_, i64>("SELECT version FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&read)
            .await
            .map_err(|error| refused(why(&error)))?;
        migrated::check(&MIGRATIONS, &applied).map_err(refused)?;
        Ok(SqliteStore { write: read.clone(), read, tell: None })
    }

    /// What SQLite finds wrong with the file: nothing, as a rule. Reads all of it.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if it cannot be looked at.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        let doing = "check the database";
        let failed = |source| StoreError::Failed { doing, source };
        match sqlx::query_scalar::<_, String>("PRAGMA integrity_check(10)").fetch_all(&self.read).await {
            Ok(lines) => Ok(lines.into_iter().filter(|line| line != "ok").collect()),
            // So damaged that the check itself cannot go on.
            Err(sqlx::Error::Database(error)) if is_damage(&*error) => Ok(vec![error.message().to_owned()]),
            Err(error) => Err(failed(error)),
        }
    }
}

async fn pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let kept = SqlitePoolOptions::new().min_connections(1).max_connections(connections);
    kept.idle_timeout(None).max_lifetime(None).connect_with(options).await
}

/// Makes the folder and the file before SQLite does, so that they are never readable for others. The `-wal` and `-shm`
/// files get the permissions of the file.
fn make_private_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))
}

fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.message().contains("malformed")
}

fn why(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) if is_damage(&**error) => "it is damaged; restore it from a backup".to_owned(),
        sqlx::Error::Database(error) if error.message().contains("not a database") => {
            "it is not a Convene data file; use another data folder, or restore the file from a backup".to_owned()
        }
        sqlx::Error::Database(error) if error.message().contains("locked") => {
            "another program holds it; stop that program and try again".to_owned()
        }
        error => format!("{error}; check the file and the disk"),
    }
}

#[cfg(test)]
#[path = "../../tests/temp/mod.rs"]
mod temp;

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row as _;

    async fn pragma(pool: &SqlitePool, query: &'static str) -> String {
        let mut connection = pool.acquire().await.unwrap();
        let row = sqlx::raw_sql(query).fetch_one(&mut *connection).await.unwrap();
        row.try_get_unchecked(0).unwrap()
    }

    #[tokio::test]
    async fn the_pragmas_that_durability_rests_on_are_set() {
        let folder = temp::TempFolder::new();
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        for pool in [&store.write, &store.read] {
            assert_eq!(pragma(pool, "PRAGMA journal_mode").await, "wal");
            assert_eq!(pragma(pool, "PRAGMA synchronous").await, "2", "FULL");
            assert_eq!(pragma(pool, "PRAGMA foreign_keys").await, "1");
            assert_eq!(pragma(pool, "PRAGMA busy_timeout").await, "5000");
        }
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = temp::TempFolder::new();
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        let refused = sqlx::query("DELETE FROM user").execute(&store.read).await.unwrap_err();
        assert!(refused.to_string().contains("readonly"), "{refused}");
    }
}
