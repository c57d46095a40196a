//! Writes the node's commits, as many as wait in one transaction, in order.

use crate::live::Live;
use convene_directory::chat::live::of_change;
use convene_model::chat::ChatFollowed;
use convene_model::record::{JournalRow, OutboxEvent};
use convene_node::Input;
use convene_store::{Store, StoreError};
use std::sync::Arc;
use tokio::sync::mpsc;

/// One commit of the node.
#[derive(Debug)]
pub struct Batch {
    /// Its number.
    pub n: u64,
    /// The journal's lines.
    pub rows: Vec<JournalRow>,
    /// The outbox's events.
    pub events: Vec<OutboxEvent>,
}

/// Commits that wait for the store. When it is full, the control task waits: nothing that others may see goes on.
const QUEUE: usize = 1024;

/// Starts the committer. What became of each commit comes out of `done`, which is unbounded so that this task and the
/// control task can never wait for each other; it holds at most as many entries as there were commits under way.
pub fn start<S: Store>(store: Arc<S>, live: Arc<Live>, done: mpsc::UnboundedSender<Input>) -> mpsc::Sender<Batch> {
    let (queue, mut batches) = mpsc::channel::<Batch>(QUEUE);
    tokio::spawn(async move {
        while let Some(first) = batches.recv().await {
            let mut waiting = vec![first];
            while let Ok(next) = batches.try_recv() {
                waiting.push(next);
            }
            for outcome in write(&*store, &live, waiting).await {
                if done.send(outcome).is_err() {
                    return;
                }
            }
        }
    });
    queue
}

async fn write<S: Store>(store: &S, live: &Live, batches: Vec<Batch>) -> Vec<Input> {
    let rows: Vec<JournalRow> = batches.iter().flat_map(|batch| batch.rows.iter().cloned()).collect();
    let events: Vec<OutboxEvent> = batches.iter().flat_map(|batch| batch.events.iter().cloned()).collect();
    let last = batches.last().map_or(0, |batch| batch.n);
    let error = match commit(store, live, &rows, &events).await {
        Ok(()) => return vec![Input::Committed { n: last }],
        Err(error) => error,
    };
    tracing::error!(%error, "a transaction failed; trying its {} commits one by one", batches.len());
    let mut outcomes = Vec::new();
    for batch in batches {
        match commit(store, live, &batch.rows, &batch.events).await {
            Ok(()) => outcomes.push(Input::Committed { n: batch.n }),
            Err(error) => {
                tracing::error!(%error, n = batch.n, "a commit failed");
                outcomes.push(Input::CommitFailed { n: batch.n });
            }
        }
    }
    outcomes
}

/// Commits, and tells those in meetings' chats who came and went.
async fn commit<S: Store>(
    store: &S,
    live: &Live,
    rows: &[JournalRow],
    events: &[OutboxEvent],
) -> Result<(), StoreError> {
    let _lanes = live.all_lanes().await;
    for followed in store.commit(rows, events).await? {
        let ChatFollowed { thread, by, change, committed, at } = &followed;
        live.publish(&of_change(thread, by, change, committed, *at));
    }
    if !events.is_empty() {
        live.events_written();
    }
    Ok(())
}
