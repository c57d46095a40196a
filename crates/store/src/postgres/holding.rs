//! One server at a time has a database.
//!
//! A session of its own holds an advisory lock for as long as the store is open. The database gives the lock back when
//! that session ends, however it ends, so a server that was killed leaves nothing to clean up.

use crate::{StoreError, postgres::url::DatabaseUrl};
use sqlx::{Connection as _, PgConnection, PgPool};
use std::time::Duration;
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// The advisory lock of the server: "convene" in ASCII.
pub(super) const SERVER_LOCK: i64 = 0x0063_6f6e_7665_6e65;

/// How often the session is asked for a sign of life. Larger: a lost lock is noticed later. Smaller: more traffic.
const ASKED_EVERY: Duration = Duration::from_secs(2);

/// How long an answer may take. Larger: as above. Smaller: a database that is busy for a moment looks gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// How long the lock may stay with somebody else after our session broke. Our own broken session may have it until the
/// database notices. Larger: two servers work on one database for longer. Smaller: a server stops for a hiccup.
const REGAINED_WITHIN: Duration = Duration::from_secs(10);

/// The hold on a database, until it is dropped.
#[derive(Debug)]
pub(super) struct Holding {
    keeper: Mutex<Option<JoinHandle<()>>>,
    is_lost: watch::Receiver<bool>,
    url: DatabaseUrl,
}

/// Takes the server's lock in this session; false if another session has it.
pub(super) async fn take(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(SERVER_LOCK).fetch_one(session).await
}

/// Whether a session has the server's lock, by the database's own list: trying it would take it.
pub(super) async fn is_taken(pool: &PgPool) -> Result<bool, sqlx::Error> {
    // A lock by one number is listed as its two halves, with objsubid 1.
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND (classid::bigint << 32) | objid::bigint = $1)",
    )
    .bind(SERVER_LOCK)
    .fetch_one(pool)
    .await
}

impl Holding {
    /// Keeps the lock that `session` has taken.
    pub(super) fn keep(session: PgConnection, url: DatabaseUrl) -> Self {
        let (lost, is_lost) = watch::channel(false);
        let keeper = tokio::spawn(keep(session, url.clone(), lost));
        Self { keeper: Mutex::new(Some(keeper)), is_lost, url }
    }

    /// Gives the lock back.
    pub(super) async fn release(&self) {
        if let Some(keeper) = self.keeper.lock().await.take() {
            keeper.abort();
            // The session is dropped with the task, and with it the socket.
            let _aborted = keeper.await;
        }
    }

    /// Waits until another server has the database.
    pub(super) async fn lost(&self) -> StoreError {
        let mut is_lost = self.is_lost.clone();
        if is_lost.wait_for(|lost| *lost).await.is_err() {
            // Released by us: that is no loss.
            std::future::pending::<()>().await;
        }
        let reason =
            "another Convene server took it over while the connection was broken; run one server on a database";
        StoreError::Database { database: self.url.to_string(), reason: reason.to_owned() }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.get_mut() {
            keeper.abort();
        }
    }
}

async fn keep(mut session: PgConnection, url: DatabaseUrl, lost: watch::Sender<bool>) {
    loop {
        sleep(ASKED_EVERY).await;
        if matches!(timeout(ANSWER_WITHIN, session.ping()).await, Ok(Ok(()))) {
            continue;
        }
        match regain(&url).await {
            Some(again) => session = again,
            None => {
                lost.send_replace(true);
                return;
            }
        }
    }
}

/// A new session with the lock, as soon as the database answers again; `None` if another one keeps it.
async fn regain(url: &DatabaseUrl) -> Option<PgConnection> {
    let mut waited = Duration::ZERO;
    loop {
        // As long as the database does not answer, nobody else works on it either.
        if let Ok(Ok(mut session)) = timeout(ANSWER_WITHIN, PgConnection::connect_with(&url.options)).await {
            match timeout(ANSWER_WITHIN, take(&mut session)).await {
                Ok(Ok(true)) => return Some(session),
                Ok(Ok(false)) if waited >= REGAINED_WITHIN => return None,
                Ok(Ok(false)) => waited += ASKED_EVERY,
                Ok(Err(_)) | Err(_) => {}
            }
        }
        sleep(ASKED_EVERY).await;
    }
}
