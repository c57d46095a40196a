//! What goes by its time, once an hour: chat threads that are over.

use crate::bounds::Bounds;
use crate::clock::wall_now;
use crate::live::{Live, changes};
use convene_model::WallMs;
use convene_store::{Store, StoreError};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// What is swept.
pub struct Sweeper<S> {
    /// Where it stands.
    pub store: Arc<S>,
    /// Whom to tell.
    pub live: Arc<Live>,
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
        if threads > 0 {
            tracing::info!(threads, "swept");
        }
        Ok(())
    }
}
