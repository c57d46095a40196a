//! Events to those who subscribed: webhooks. What is due when is `convene_events::Delivery`'s to say; here it is read, sent and kept.

mod make;
mod pending;
mod post;
mod worker;

pub use make::{Later, Refused, Wish, make, take_callbacks};
pub use pending::PendingSubscriptions;

use crate::live::Live;
use crate::outbound::HttpClient;
use convene_directory::link_host;
use convene_identity::host_name;
use convene_store::Store;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinHandle, JoinSet};

/// How long is waited before the store is asked again that failed.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The name by which endpoints know this server: its public URL's host, without the port.
pub fn origin_of(public_url: &str) -> String {
    link_host(public_url).map_or_else(|| "localhost".to_owned(), |host| host_name(&host))
}

struct Worker {
    task: AbortHandle,
    look: Arc<Notify>,
}

/// Starts to deliver. `changed` says that a subscription was made or deleted, or that dead letters are to be sent again.
pub fn start<S: Store>(store: Arc<S>, live: Arc<Live>, client: HttpClient, changed: Arc<Notify>) -> JoinHandle<()> {
    tokio::spawn(async move {
        // Dropped with this task, and all its tasks with it.
        let mut tasks = JoinSet::new();
        let mut workers: HashMap<String, Worker> = HashMap::new();
        loop {
            match store.subscriptions(None).await {
                Ok(subscriptions) => {
                    workers.retain(|id, worker| {
                        let stays = subscriptions.iter().any(|subscription| subscription.id == *id);
                        if !stays {
                            worker.task.abort();
                        }
                        stays && !worker.task.is_finished()
                    });
                    for subscription in subscriptions {
                        if let Some(worker) = workers.get(&subscription.id) {
                            worker.look.notify_one();
                            continue;
                        }
                        let (id, look) = (subscription.id.clone(), Arc::<Notify>::default());
                        let work =
                            worker::work(store.clone(), live.written(), client.clone(), subscription, look.clone());
                        workers.insert(id, Worker { task: tasks.spawn(work), look });
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the subscriptions could not be read");
                    tokio::time::sleep(AGAIN_AFTER).await;
                    continue;
                }
            }
            tokio::select! {
                () = changed.notified() => {}
                Some(ended) = tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!(%error, "a delivery failed; it is begun again from its last checkpoint");
                        tokio::time::sleep(AGAIN_AFTER).await;
                    }
                }
            }
        }
    })
}
