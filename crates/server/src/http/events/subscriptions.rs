//! `/events/subscriptions`.

use super::{NO_SUBSCRIPTION, TAG, own_subscription};
use crate::app::AppState;
use crate::hooks::{Later, Refused, Wish, make, origin_of};
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use convene_events::shown_secret;
use convene_model::rfc3339;
use convene_model::subscription::Subscription;
use convene_store::Store;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

const NOBODY_WAITS: &str = "No subscription waits under this link: it was opened already, or ten minutes are over, or the server was started \
                            anew. Subscribe once more.";

/// What is to be delivered where.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscriptionRequest {
    /// An https URL. It is asked whether it wants events before there is an answer.
    endpoint: String,
    /// `cloudEvents` (the default) or `eventGrid`.
    schema: Option<String>,
    /// Which types of events; all if there are none.
    #[serde(default)]
    included_event_types: Vec<String>,
    /// Whether events of the organization's meetings are delivered too. Only the operator may say so (`convene subscription create`), or
    /// anybody on a development server.
    #[serde(default)]
    meetings: bool,
}

/// A subscription.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSubscription)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionModel {
    id: String,
    endpoint: String,
    schema: String,
    included_event_types: Vec<String>,
    meetings: bool,
    created_on: String,
    /// `Succeeded`; `AwaitingManualAction` while nothing is delivered, since nobody has opened the link yet that the endpoint was given.
    provisioning_state: &'static str,
    /// What the signatures of deliveries are checked with; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// The subscriptions of a resource.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSubscriptions)]
pub struct SubscriptionList {
    value: Vec<SubscriptionModel>,
}

impl From<&Subscription> for SubscriptionModel {
    fn from(subscription: &Subscription) -> Self {
        Self {
            id: subscription.id.clone(),
            endpoint: subscription.endpoint.clone(),
            schema: subscription.schema.name().to_owned(),
            included_event_types: subscription.types.iter().cloned().collect(),
            meetings: subscription.meetings,
            created_on: rfc3339(subscription.created_at),
            provisioning_state: "Succeeded",
            secret: None,
        }
    }
}

/// The same, while it waits.
fn waiting(subscription: &Subscription) -> SubscriptionModel {
    SubscriptionModel { provisioning_state: "AwaitingManualAction", ..SubscriptionModel::from(subscription) }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(error) => error.into(),
            Refused::Bad { target, message } => {
                let (status, target) = (StatusCode::BAD_REQUEST, Some(target.to_owned()));
                Self::Told { status, code: "BadRequest", message, target }
            }
        }
    }
}

/// Subscribes an endpoint to the events of the resource.
///
/// With `eventGrid`, an endpoint that answers the validation event by 2xx without the code has ten minutes: nothing is delivered until
/// somebody opens the event's `validationUrl`.
#[utoipa::path(post, path = "/events/subscriptions", operation_id = "createEventSubscription", tag = TAG,
    security(("accessKey" = [])), params(ApiVersion), request_body = SubscriptionRequest, responses(
    (status = 201, description = "The subscription, with its secret", body = SubscriptionModel),
    (status = 400, description = "An endpoint that cannot be, or that does not want events; or an unknown schema or type", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "Meetings' events, which only the operator subscribes to", body = ErrorAnswer),
))]
pub async fn create<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    signed: Signed,
) -> Result<(StatusCode, Json<SubscriptionModel>), ApiError> {
    let body: SubscriptionRequest = serde_json::from_slice(&signed.body).map_err(|error| {
        ApiError::BadRequest(format!(
            "The body is not {{\"endpoint\", \"schema\"?, \"includedEventTypes\"?, \"meetings\"?}} as JSON: {error}."
        ))
    })?;
    if body.meetings && !app.config.dev {
        return Err(ApiError::Forbidden(
            "Meetings are the organization's, and their events are not for every app. The operator subscribes to them with `convene \
             subscription create --meetings`.",
        ));
    }
    let wish = Wish {
        resource: signed.resource.id,
        endpoint: body.endpoint,
        schema: body.schema.unwrap_or_else(|| "cloudEvents".to_owned()),
        types: body.included_event_types,
        meetings: body.meetings,
        by_operator: app.config.private_endpoints,
    };
    let later = Later { pending: &app.pending_subscriptions, public_url: &app.public_url, now: app.clock.now().mono };
    let origin = origin_of(&app.public_url);
    let (subscription, waits) = make(&*app.store, &app.outbound, &origin, wish, Some(later)).await?;
    app.subscriptions_changed.notify_one();
    let secret = Some(shown_secret(&subscription.secret));
    let model = if waits { waiting(&subscription) } else { SubscriptionModel::from(&subscription) };
    Ok((StatusCode::CREATED, Json(SubscriptionModel { secret, ..model })))
}

/// The resource's subscriptions, the oldest first, and after them those that wait.
#[utoipa::path(get, path = "/events/subscriptions", operation_id = "listEventSubscriptions", tag = TAG,
    security(("accessKey" = [])), params(ApiVersion), responses(
    (status = 200, description = "The subscriptions, without their secrets", body = SubscriptionList),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    signed: Signed,
) -> Result<Json<SubscriptionList>, ApiError> {
    Ok(Json(SubscriptionList { value: ours(&app, &signed.resource.id).await? }))
}

/// A subscription.
#[utoipa::path(get, path = "/events/subscriptions/{id}", operation_id = "getEventSubscription", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The subscription"), ApiVersion), responses(
    (status = 200, description = "The subscription, without its secret", body = SubscriptionModel),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such subscription of this resource", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<SubscriptionModel>, ApiError> {
    let found = ours(&app, &signed.resource.id).await?.into_iter().find(|subscription| subscription.id == id);
    found.map(Json).ok_or(ApiError::NotFound(NO_SUBSCRIPTION))
}

/// Deletes a subscription, with what waits to be delivered to it.
#[utoipa::path(delete, path = "/events/subscriptions/{id}", operation_id = "deleteEventSubscription", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The subscription"), ApiVersion), responses(
    (status = 204, description = "It is deleted"),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such subscription of this resource", body = ErrorAnswer),
))]
pub async fn delete<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    if !app.pending_subscriptions.forget(&signed.resource.id, &id, app.clock.now().mono) {
        let subscription = own_subscription(&app, &signed.resource.id, &id).await?;
        app.store.delete_subscription(&subscription.id).await?;
        app.subscriptions_changed.notify_one();
    }
    tracing::info!(subscription = id, "subscription deleted");
    Ok(StatusCode::NO_CONTENT)
}

async fn ours<S: Store>(app: &AppState<S>, resource: &str) -> Result<Vec<SubscriptionModel>, ApiError> {
    // Read first: one that somebody confirms meanwhile is in the store then.
    let pending = app.pending_subscriptions.of(resource, app.clock.now().mono);
    let made = app.store.subscriptions(Some(resource)).await?;
    let still = pending.iter().filter(|pending| made.iter().all(|made| made.id != pending.id));
    Ok(made.iter().map(SubscriptionModel::from).chain(still.map(waiting)).collect())
}

/// The code in a link.
#[derive(Deserialize)]
pub struct ValidationQuery {
    #[serde(default)]
    code: String,
}

/// Says that an endpoint wants the events of a subscription: the `validationUrl` that it was given. Whoever has that may open it, once.
#[utoipa::path(get, path = "/events/subscriptions/{id}/validate", operation_id = "validateEventSubscription", tag = TAG, params(
    ("id" = String, Path, description = "The subscription"),
    ("code" = String, Query, description = "Stands in the link")), responses(
    (status = 200, description = "The subscription begins", content_type = "text/plain", body = String),
    (status = 404, description = "No subscription waits under this link, or no more", body = ErrorAnswer),
))]
pub async fn validate<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    Query(ValidationQuery { code }): Query<ValidationQuery>,
) -> Result<&'static str, ApiError> {
    let confirmed = app.pending_subscriptions.confirm(&id, &code, app.clock.now().mono);
    let subscription = confirmed.ok_or(ApiError::NotFound(NOBODY_WAITS))?;
    app.store.insert_subscription(&subscription).await?;
    app.subscriptions_changed.notify_one();
    tracing::info!(
        subscription = id,
        resource = subscription.resource,
        "subscription made: its endpoint was validated"
    );
    Ok("The endpoint is validated: events are delivered to it from now on.\n")
}
