//! `/events/subscriptions/{id}/deadLetters`.

use super::{TAG, own_subscription};
use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{Path, State};
use convene_events::cloud_event;
use convene_model::rfc3339;
use convene_model::subscription::Undelivered;
use convene_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// Dead letters of one answer. Larger: larger answers. Smaller: the later ones are seen only after the first are replayed.
pub(crate) const DEAD_LETTERS_MAX: u32 = 1000;

/// An event that was tried for a day in vain.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// The event, as a CloudEvent.
    event: Value,
    /// How often it was tried.
    attempts: u32,
    /// When it was tried first.
    first_attempt_on: Option<String>,
    /// When it was tried last.
    dead_since: Option<String>,
    /// Why the last attempt failed.
    last_error: Option<String>,
}

/// The dead letters of a subscription.
#[derive(Serialize, ToSchema)]
pub struct DeadLetters {
    value: Vec<DeadLetter>,
}

impl From<&Undelivered> for DeadLetter {
    fn from(dead: &Undelivered) -> Self {
        Self {
            event: cloud_event(&dead.line),
            attempts: dead.attempts,
            first_attempt_on: dead.first_at.map(rfc3339),
            dead_since: dead.dead_at.map(rfc3339),
            last_error: dead.error.clone(),
        }
    }
}

/// Which dead letters are to be sent again.
#[derive(Deserialize, Default, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplayRequest {
    /// The event's id; all of them if there is none.
    event_id: Option<String>,
}

/// How many dead letters are sent again.
#[derive(Serialize, ToSchema)]
pub struct Replayed {
    replayed: u64,
}

/// A subscription's dead letters, the oldest first, 1000 at most.
#[utoipa::path(get, path = "/events/subscriptions/{id}/deadLetters", operation_id = "listDeadLetters", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The subscription"), ApiVersion), responses(
    (status = 200, description = "The dead letters", body = DeadLetters),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such subscription of this resource", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<DeadLetters>, ApiError> {
    let subscription = own_subscription(&app, &signed.resource.id, &id).await?;
    let dead = app.store.undelivered(&subscription.id, true, DEAD_LETTERS_MAX).await?;
    Ok(Json(DeadLetters { value: dead.iter().map(DeadLetter::from).collect() }))
}

/// Sends dead letters again, with the ids that they had; each is tried for another day.
#[utoipa::path(post, path = "/events/subscriptions/{id}/deadLetters/:replay", operation_id = "replayDeadLetters", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The subscription"), ApiVersion),
    request_body(content = Option<ReplayRequest>), responses(
    (status = 200, description = "How many are sent again", body = Replayed),
    (status = 400, description = "A body that cannot be read", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such subscription of this resource", body = ErrorAnswer),
))]
pub async fn replay<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<Replayed>, ApiError> {
    let body: ReplayRequest = match signed.body.is_empty() {
        true => ReplayRequest::default(),
        false => serde_json::from_slice(&signed.body)
            .map_err(|error| ApiError::BadRequest(format!("The body is not {{\"eventId\"?}} as JSON: {error}.")))?,
    };
    let subscription = own_subscription(&app, &signed.resource.id, &id).await?;
    let replayed = app.store.replay(&subscription.id, body.event_id.as_deref(), wall_now()).await?;
    app.subscriptions_changed.notify_one();
    Ok(Json(Replayed { replayed }))
}
