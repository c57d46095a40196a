//! The store in a PostgreSQL database.
//!
//! One server at a time works on a database: it holds an advisory lock ([`holding`]). Why, and what is different from
//! SQLite: docs/decisions/0011-postgresql.md.

mod holding;
mod open;
#[path = "../sql/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the queries are written once and checked against the types of each database")]
mod sql;
mod url;

use self::holding::Holding;
use crate::{StoreError, error::failed};
use convene_model::chat_happened::TellChat;
use sqlx::{
    PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgArguments, PgRow},
};
use std::sync::Arc;
pub use url::DatabaseUrl;

type Db = Postgres;
type DbRow = PgRow;
type Arguments = PgArguments;
type Pool = PgPool;
type Connection = PgConnection;
type Backend = PostgresStore;

/// The advisory lock of whoever writes to the outbox, until the end of its transaction. Any number that is not
/// [`holding::SERVER_LOCK`].
const OUTBOX_LOCK: i64 = 0x636f_6e76_656e_656f;

/// A store in a PostgreSQL database.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    /// The same pool as `read`: the database has no single writer. The queries want both names for SQLite.
    write: PgPool,
    read: PgPool,
    /// `None` if it was opened only to look.
    holding: Option<Arc<Holding>>,
    tell: Option<TellChat>,
}

impl PostgresStore {
    /// What happens in the chat threads of apps is written to the outbox from now on, in the shape that `tell` gives it. Nothing of it is
    /// without.
    #[must_use]
    pub fn telling(self, tell: TellChat) -> Self {
        Self { tell: Some(tell), ..self }
    }

    async fn begin(&self, doing: &'static str) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.write.begin().await.map_err(|source| StoreError::Failed { doing, source })
    }

    /// Begins a transaction that writes to the outbox: one at a time.
    ///
    /// A position in the outbox is drawn when its row is written, and visible when its transaction ends. Were two at it at
    /// once, the higher position could become visible first, and a reader that goes on after it would never see the lower
    /// one. The lock is taken before a position is drawn, and PostgreSQL gives it back only after the rows are visible.
    async fn begin_commit(&self, doing: &'static str) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut tx = self.begin(doing).await?;
        let locked = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(OUTBOX_LOCK).execute(&mut *tx).await;
        locked.map_err(failed(doing, "a row"))?;
        Ok(tx)
    }

    /// Closes the connections after everything that goes on, and lets another server have the database; the store refuses
    /// everything afterwards.
    pub async fn close(&self) {
        self.write.close().await;
        if let Some(holding) = &self.holding {
            holding.release().await;
        }
    }

    /// Waits until this store no longer holds the database: another server has it, and this one must stop.
    pub async fn lost(&self) -> StoreError {
        match &self.holding {
            Some(holding) => holding.lost().await,
            None => std::future::pending().await,
        }
    }
}
