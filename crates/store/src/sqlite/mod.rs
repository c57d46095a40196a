//! The embedded store: one SQLite file.
//!
//! One connection writes, so writers queue instead of failing; a few others read beside it (WAL). Every query has its
//! parameters bound. Why these pragmas: docs/decisions/0003-storage.md.

mod open;
#[path = "../sql/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the queries are written once and checked against the types of each database")]
mod sql;

use crate::StoreError;
use convene_model::chat_happened::TellChat;
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteArguments, SqliteRow},
};

type Db = Sqlite;
type DbRow = SqliteRow;
type Arguments = SqliteArguments;
type Pool = SqlitePool;
type Connection = SqliteConnection;
type Backend = SqliteStore;

/// A store in one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    write: SqlitePool,
    read: SqlitePool,
    tell: Option<TellChat>,
}

impl SqliteStore {
    /// What happens in the chat threads of apps is written to the outbox from now on, in the shape that `tell` gives it. Nothing of it is
    /// without.
    #[must_use]
    pub fn telling(self, tell: TellChat) -> Self {
        Self { tell: Some(tell), ..self }
    }

    /// Begins a transaction that holds the write lock from its start, so it never fails halfway for want of it.
    async fn begin(&self, doing: &'static str) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.write.begin_with("BEGIN IMMEDIATE").await.map_err(|source| StoreError::Failed { doing, source })
    }

    /// Begins a transaction that writes to the outbox. Writers queue for the one connection as it is, so positions in
    /// the outbox become visible in their order.
    async fn begin_commit(&self, doing: &'static str) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.begin(doing).await
    }

    /// Closes the file after everything that goes on; the store refuses everything afterwards.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}
