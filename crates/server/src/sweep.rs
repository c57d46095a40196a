//! What goes by its time, once an hour: chat threads that are over, and ended calls and visitors that are older than they are kept.

use crate::bounds::Bounds;
use crate::clock::wall_now;
use crate::live::{Live, changes};
use convene_model::WallMs;
use convene_store::{Store, StoreError};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

const DAY_MS: WallMs = 24 * 60 * 60 * 1000;

/// Calls, and visitors, that are deleted in one transaction. Larger: whoever writes meanwhile waits longer. Smaller: more transactions.
const BATCH: u32 = 50;

/// How long events of chat threads are kept. Longer: what was deleted in a chat stays in the database for longer. Shorter: an endpoint that
/// is down, and a stream that was left, miss more; an event is tried for a day.
const CHAT_EVENTS_KEPT_MS: WallMs = 7 * DAY_MS;

/// What is swept.
pub struct Sweeper<S> {
    /// Where it stands.
    pub store: Arc<S>,
    /// Whom to tell.
    pub live: Arc<Live>,
    /// For how many days ended calls and visitors are kept.
    pub keep_days: u32,
}

impl<S: Store> Sweeper<S> {
    /// Sweeps at once, and every now and then.
    pub fn start(self, bounds: &Bounds) -> JoinHandle<()> {
        let mut every = interval(bounds.sweep_every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::spawn(async move {
            loop {
                every.tick().await;
                if let Err(error) = self.sweep(wall_now()).await {
                    tracing::error!(%error, "what is over was not deleted; the next sweep tries it again");
                }
            }
        })
    }

    /// Deletes what is over at `now`.
    ///
    /// # Errors
    /// If the store fails. What was deleted until then stays deleted.
    pub async fn sweep(&self, now: WallMs) -> Result<(), StoreError> {
        let threads = changes::end_threads(&*self.store, &self.live, now).await?;
        self.store.forget_chat_events(now - CHAT_EVENTS_KEPT_MS).await?;
        let (mut calls, mut visitors) = (0, 0);
        loop {
            let pruned = self.store.prune(now - i64::from(self.keep_days) * DAY_MS, BATCH).await?;
            (calls, visitors) = (calls + pruned.calls, visitors + pruned.visitors);
            if pruned.calls.max(pruned.visitors) < u64::from(BATCH) {
                break;
            }
        }
        if threads + calls + visitors > 0 {
            tracing::info!(threads, calls, visitors, "what was over, or older than it is kept, was deleted");
        }
        Ok(())
    }
}
