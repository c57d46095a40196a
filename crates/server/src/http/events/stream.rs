//! `GET /events`: server-sent events.
//!
//! Source: HTML Living Standard §9.2 "Server-sent events".

use super::TAG;
use crate::app::AppState;
use crate::http::auth::application;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use convene_events::cloud_event;
use convene_model::AppPermission;
use convene_model::record::{Application, Resource};
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

const NO_PERMISSION: &str = "This application may not follow what happens in meetings. Make one with `convene app create --permission \
                             OnlineMeetingArtifact.Read.All`.";

const NOT_AN_APPLICATION: &str = "Events are for back ends: sign the request with an access key, or send a token of an application, from \
                                  /{tenant}/oauth2/v2.0/token.";

/// Whose events are followed, and as what was shown for it.
enum Whose {
    /// A resource's group calls and rooms.
    Resource(Resource),
    /// The organization's meetings: the headers with the application's token.
    Organization(HeaderMap),
}

struct Follower<S> {
    app: Arc<AppState<S>>,
    of: Whose,
    position: i64,
    ready: VecDeque<EventLine>,
    written: watch::Receiver<u64>,
}

/// Follows events, as CloudEvents, from now on or after `Last-Event-ID`: signed with an access key, those of the resource's group calls and
/// rooms; with the token of an application that may read OnlineMeetingArtifact.Read.All, those of the organization's meetings.
#[utoipa::path(get, path = "/events", operation_id = "followEvents", tag = TAG, security(("accessKey" = []), ("applicationToken" = [])),
    params(ApiVersion, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received")), responses(
    (status = 200, description = "Events: the id, the type and, as data, the CloudEvent", content_type = "text/event-stream", body = String),
    (status = 400, description = "An id that no event has", body = ErrorAnswer),
    (status = 401, description = "Neither signed with an access key nor a valid token of an application", body = ErrorAnswer),
    (status = 403, description = "An application without the permission OnlineMeetingArtifact.Read.All", body = ErrorAnswer),
))]
pub async fn follow<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    request: Request,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let of = whose(&app, &headers, request).await?;
    let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    // What is written from here on is noticed.
    let written = app.live.written();
    let position = app.store.event_position(last).await?.ok_or_else(|| {
        ApiError::BadRequest(
            "No event has the id in Last-Event-ID. Leave the header out to begin with the events from now on."
                .to_owned(),
        )
    })?;
    let follower = Follower { app, of, position, ready: VecDeque::new(), written };
    let events = stream::unfold(follower, next);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

async fn whose<S: Store>(app: &Arc<AppState<S>>, headers: &HeaderMap, request: Request) -> Result<Whose, ApiError> {
    let scheme = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    if !scheme.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        return Ok(Whose::Resource(Signed::from_request(request, app).await?.resource));
    }
    match application(app, headers).await? {
        Some(application) if may_follow(&application) => Ok(Whose::Organization(headers.clone())),
        Some(_) => Err(ApiError::Forbidden(NO_PERMISSION)),
        None => Err(ApiError::Unauthorized(NOT_AN_APPLICATION)),
    }
}

fn may_follow(application: &Application) -> bool {
    application.permissions.iter().any(|permission| permission.allows(AppPermission::ReadArtifacts))
}

impl Whose {
    fn has(&self, line: &EventLine) -> bool {
        let of = line.resource.as_ref();
        line.event.connection.is_none()
            && match self {
                Self::Resource(resource) => of == Some(&resource.id),
                Self::Organization(_) => of.is_none(),
            }
    }
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
            // A key was replaced, a token is over: who has one that is valid comes back with it.
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
        follower.ready = page.into_iter().filter(|line| follower.of.has(line)).collect();
    }
}

/// What comes next; `None` if what was shown for it holds no more.
async fn page<S: Store>(follower: &Follower<S>) -> Result<Option<Vec<EventLine>>, StoreError> {
    let store = &follower.app.store;
    let page = store.outbox(follower.position, PAGE).await?;
    let holds = match &follower.of {
        Whose::Resource(resource) => {
            let now = store.resource(&resource.id).await?;
            now.is_some_and(|now| now.access_keys == resource.access_keys)
        }
        Whose::Organization(headers) => {
            application(&follower.app, headers).await.is_ok_and(|now| now.as_ref().is_some_and(may_follow))
        }
    };
    Ok(holds.then_some(page))
}
