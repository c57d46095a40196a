//! The delivery to one subscription.

use super::AGAIN_AFTER;
use super::post::deliver;
use crate::clock::wall_now;
use crate::outbound::HttpClient;
use convene_events::Delivery;
use convene_model::automation::CALL_DISCONNECTED;
use convene_model::subscription::{EventLine, Subscription};
use convene_store::{Store, StoreError};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// Events of the outbox that are read at once. Larger: more memory. Smaller: more queries.
const PAGE: u32 = 200;

/// Kept events that are read at once. What is beyond comes when these are delivered.
const KEPT_MAX: u32 = 2000;

/// How long what was delivered may stay unwritten while more is delivered. Longer: more comes twice after a kill. Shorter: more writes.
const WRITE_WITHIN: Duration = Duration::from_millis(500);

/// The longest sleep; wall clocks are set.
const SLEEP_MAX: Duration = Duration::from_secs(60);

type UnderWay = FuturesUnordered<BoxFuture<'static, (i64, Result<(), String>)>>;

/// Delivers until the subscription is gone.
pub async fn work<S: Store>(
    store: Arc<S>,
    mut written: watch::Receiver<u64>,
    client: HttpClient,
    subscription: Subscription,
    look: Arc<Notify>,
) {
    let subscription = Arc::new(subscription);
    let mut delivery = loop {
        match begin(&*store, &subscription.id).await {
            Ok(Some(delivery)) => break delivery,
            Ok(None) => return,
            Err(error) => complain(&error, &subscription).await,
        }
    };
    let mut is_last_read = false;
    let mut under_way = UnderWay::new();
    let mut written_at = Instant::now();
    loop {
        written.mark_unchanged();
        match read(&*store, &subscription, &mut delivery).await {
            Ok(was_last) => is_last_read |= was_last,
            Err(error) => complain(&error, &subscription).await,
        }
        for line in delivery.due(wall_now()) {
            under_way.push(attempt(client.clone(), subscription.clone(), line).boxed());
        }
        if under_way.is_empty() || written_at.elapsed() >= WRITE_WITHIN {
            match write(&*store, &subscription.id, &mut delivery).await {
                Ok(true) if is_last_read && delivery.is_idle() => {
                    // A connection is over, and its app was told, or is told no more.
                    match store.delete_subscription(&subscription.id).await {
                        Ok(_) => return,
                        Err(error) => complain(&error, &subscription).await,
                    }
                }
                Ok(true) => written_at = Instant::now(),
                Ok(false) => return,
                Err(error) => complain(&error, &subscription).await,
            }
        }
        let until_due = delivery
            .next_due()
            .map_or(SLEEP_MAX, |at| Duration::from_millis(u64::try_from(at - wall_now()).unwrap_or(0)).min(SLEEP_MAX));
        tokio::select! {
            Some((seq, outcome)) = under_way.next() => {
                take(&mut delivery, &subscription, seq, outcome);
                while let Some(Some((seq, outcome))) = under_way.next().now_or_never() {
                    take(&mut delivery, &subscription, seq, outcome);
                }
            }
            // The server that writes is gone: this task is about to be, too.
            gone = written.changed() => if gone.is_err() { return },
            () = tokio::time::sleep(until_due) => {}
            () = look.notified() => {
                if let Err(error) = take_back(&*store, &subscription.id, &mut delivery).await {
                    complain(&error, &subscription).await;
                }
            }
        }
    }
}

async fn begin<S: Store>(store: &S, id: &str) -> Result<Option<Delivery>, StoreError> {
    let Some(position) = store.delivery_position(id).await? else { return Ok(None) };
    Ok(Some(Delivery::new(position, store.undelivered(id, false, KEPT_MAX).await?)))
}

/// Reads the outbox on, while there is something to be read and room for it. Says whether a connection's last callback was read.
async fn read<S: Store>(store: &S, subscription: &Subscription, delivery: &mut Delivery) -> Result<bool, StoreError> {
    let mut is_last_read = false;
    while let Some(after) = delivery.read_after() {
        let page = store.outbox(after, PAGE).await?;
        let Some(last) = page.last().map(|line| line.seq) else { break };
        let is_last = page.len() < PAGE as usize;
        let wanted: Vec<_> = page.into_iter().filter(|line| subscription.wants(line)).collect();
        is_last_read |=
            subscription.connection.is_some() && wanted.iter().any(|line| line.event.event_type == CALL_DISCONNECTED);
        delivery.read(last, wanted, wall_now());
        if is_last {
            break;
        }
    }
    Ok(is_last_read)
}

async fn attempt(client: HttpClient, subscription: Arc<Subscription>, line: EventLine) -> (i64, Result<(), String>) {
    (line.seq, deliver(&client, &subscription, &line).await)
}

fn take(delivery: &mut Delivery, subscription: &Subscription, seq: i64, outcome: Result<(), String>) {
    if let Err(why) = &outcome {
        tracing::warn!(subscription = subscription.id, seq, why, "an event was not delivered");
    }
    delivery.done(seq, outcome, wall_now());
}

/// False if the subscription is gone.
async fn write<S: Store>(store: &S, id: &str, delivery: &mut Delivery) -> Result<bool, StoreError> {
    let position = delivery.position();
    let Some(checkpoint) = delivery.checkpoint() else { return Ok(true) };
    let written = store.write_checkpoint(id, &checkpoint).await;
    if written.is_err() {
        delivery.not_kept(checkpoint, position);
    }
    written
}

/// Takes dead letters back that are to be sent again. What was delivered is written first, so that it is not taken back too.
async fn take_back<S: Store>(store: &S, id: &str, delivery: &mut Delivery) -> Result<(), StoreError> {
    write(store, id, delivery).await?;
    for waiting in store.undelivered(id, false, KEPT_MAX).await? {
        delivery.put_back(waiting);
    }
    Ok(())
}

async fn complain(error: &StoreError, subscription: &Subscription) {
    tracing::warn!(subscription = subscription.id, %error, "events wait, since the store failed");
    tokio::time::sleep(AGAIN_AFTER).await;
}
