//! `GET /events`: server-sent events.
//!
//! Source: HTML Living Standard §9.2 "Server-sent events".

use super::TAG;
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use convene_events::cloud_event;
use convene_model::record::Resource;
use convene_model::subscription::EventLine;
use convene_store::{Store, StoreError};
use futures_util::stream::{self, Stream};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Events that are read at once. Larger: more memory for each stream. Smaller: more queries.
const PAGE: u32 = 100;

/// How often an idle stream has a comment, so that nothing between takes it for dead. Longer: proxies cut it off. Shorter: more traffic.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

struct Follower<S> {
    app: Arc<AppState<S>>,
    resource: Resource,
    position: i64,
    ready: VecDeque<EventLine>,
    written: watch::Receiver<u64>,
}

/// Follows the events of the resource's group calls and rooms, as CloudEvents, from now on or after `Last-Event-ID`.
#[utoipa::path(get, path = "/events", operation_id = "followEvents", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received")), responses(
    (status = 200, description = "Events: the id, the type and, as data, the CloudEvent", content_type = "text/event-stream", body = String),
    (status = 400, description = "An id that no event has", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
pub async fn follow<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    // What is written from here on is noticed.
    let written = app.live.written();
    let position = app.store.event_position(last).await?.ok_or_else(|| {
        ApiError::BadRequest(
            "No event has the id in Last-Event-ID. Leave the header out to begin with the events from now on."
                .to_owned(),
        )
    })?;
    let follower = Follower { app, resource: signed.resource, position, ready: VecDeque::new(), written };
    let events = stream::unfold(follower, next);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

async fn next<S: Store>(mut follower: Follower<S>) -> Option<(Result<Event, Infallible>, Follower<S>)> {
    loop {
        if let Some(line) = follower.ready.pop_front() {
            let event =
                Event::default().id(&line.event.id).event(&line.event.event_type).data(cloud_event(&line).to_string());
            return Some((Ok(event), follower));
        }
        follower.written.mark_unchanged();
        let page = match page(&follower).await {
            Ok(Some(page)) => page,
            // A key was replaced: who has one that is valid comes back with it.
            Ok(None) => return None,
            Err(error) => {
                // The client goes on from where it was when it comes back.
                tracing::warn!(%error, "a stream of events ends");
                return None;
            }
        };
        match page.last() {
            Some(last) => follower.position = last.seq,
            None => follower.written.changed().await.ok()?,
        }
        let ours =
            |line: &EventLine| line.event.connection.is_none() && line.resource.as_ref() == Some(&follower.resource.id);
        follower.ready = page.into_iter().filter(ours).collect();
    }
}

/// What comes next; `None` if the resource's keys are not those any more that it was asked with.
async fn page<S: Store>(follower: &Follower<S>) -> Result<Option<Vec<EventLine>>, StoreError> {
    let store = &follower.app.store;
    let page = store.outbox(follower.position, PAGE).await?;
    let now = store.resource(&follower.resource.id).await?;
    Ok(now.is_some_and(|now| now.access_keys == follower.resource.access_keys).then_some(page))
}
