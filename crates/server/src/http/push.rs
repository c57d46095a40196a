//! Web Push: a page hands over its browser's push subscription, so that its user is called there although the page is closed. ACS has this for
//! mobile apps alone (`registerPushNotification`), by notification hubs; so the paths and bodies here are Convene's own.

use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::auth;
use crate::http::described::Described;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::outbound::Reach;
use crate::push::{AUTH_BYTES, is_public_key};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use convene_model::push::PushDevice;
use convene_model::record::User;
use convene_store::Store;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

const TAG: &str = "Push";

/// The longest endpoint, in bytes. Those of today's push services have fewer than 500.
const ENDPOINT_MAX: usize = 2048;

const SCOPE: &str =
    "This access token does not allow being called. Issue one with the scope voip; guests of a meeting are not called.";
const SUBSCRIPTION: &str = "Send what PushSubscription.toJSON() gives: {\"endpoint\":\"https://…\",\"keys\":{\"p256dh\":\"…\",\"auth\":\"…\"}}.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(__path_key, key::<S>)
        .operation(__path_keep, keep::<S>)
        .operation(__path_forget, forget::<S>)
}

/// The key of this server.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PushKeyAnswer {
    /// An uncompressed point of P-256 in base64url: what `PushManager.subscribe` takes for `applicationServerKey`.
    public_key: String,
}

/// A browser's push subscription, as `PushSubscription.toJSON()` gives it. Has no `Debug`: it is a secret.
#[derive(Deserialize, ToSchema)]
struct PushSubscription {
    /// Where messages for the browser go.
    endpoint: String,
    /// What they are encrypted with.
    keys: Keys,
}

/// What messages for a browser are encrypted with.
#[derive(Deserialize, ToSchema)]
#[schema(as = PushSubscriptionKeys)]
struct Keys {
    /// The browser's public key, in base64url.
    p256dh: String,
    /// A secret of 16 bytes, in base64url.
    auth: String,
}

/// Which browser is to be forgotten.
#[derive(Deserialize, ToSchema)]
#[schema(as = PushEndpoint)]
struct Endpoint {
    /// The endpoint of its subscription.
    endpoint: String,
}

/// Gives the key that browsers subscribe with.
#[utoipa::path(get, path = "/push/key", operation_id = "getPushKey", tag = TAG, responses(
    (status = 200, description = "The key", body = PushKeyAnswer),
))]
async fn key<S: Store>(State(app): State<Arc<AppState<S>>>) -> Json<PushKeyAnswer> {
    Json(PushKeyAnswer { public_key: app.pusher.public_key().to_owned() })
}

/// Keeps a browser's push subscription: its user is called there, too, until the user's tokens are revoked.
///
/// Of more than ten browsers of a user the oldest are forgotten; so are those whose push service says that they are gone.
#[utoipa::path(post, path = "/push/devices", operation_id = "keepPushDevice", tag = TAG, security(("accessToken" = [])),
    request_body = PushSubscription, responses(
    (status = 204, description = "It is kept"),
    (status = 400, description = "No push subscription, or one whose endpoint may not be reached", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "The access token does not allow being called", body = ErrorAnswer),
))]
async fn keep<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let user = callee(&app, &headers).await?;
    let subscription: PushSubscription = read(&body, SUBSCRIPTION)?;
    let device = device_of(user, subscription, app.pusher.reach()).map_err(ApiError::BadRequest)?;
    app.store.keep_push_device(&device).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a browser's push subscription: its user is called there no more, unless a page is open.
#[utoipa::path(delete, path = "/push/devices", operation_id = "forgetPushDevice", tag = TAG, security(("accessToken" = [])),
    request_body = Endpoint, responses(
    (status = 204, description = "It is forgotten, or was not known"),
    (status = 400, description = "No endpoint", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "The access token does not allow being called", body = ErrorAnswer),
))]
async fn forget<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let user = callee(&app, &headers).await?;
    let Endpoint { endpoint } = read(&body, "Send {\"endpoint\":\"https://…\"}.")?;
    app.store.forget_push_device(&user.id, &endpoint).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who asks, and may be called.
async fn callee<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<User, ApiError> {
    let (user, claims) = auth::holder(app, headers).await?;
    app.rates.count_resource(user.id.as_str(), app.clock.now().mono)?;
    if !claims.scopes.may_start_calls() || claims.meeting.is_some() {
        return Err(ApiError::Forbidden(SCOPE));
    }
    Ok(user)
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8], how: &str) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::BadRequest(format!("The body cannot be used: {error}. {how}")))
}

fn device_of(user: User, subscription: PushSubscription, reach: Reach) -> Result<PushDevice, String> {
    let PushSubscription { endpoint, keys } = subscription;
    if endpoint.len() > ENDPOINT_MAX {
        return Err(format!("The endpoint is longer than {ENDPOINT_MAX} bytes. {SUBSCRIPTION}"));
    }
    let uri: Uri = endpoint.parse().map_err(|_| format!("The endpoint is no URL. {SUBSCRIPTION}"))?;
    let is_secure = uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && reach == Reach::Anywhere);
    if !is_secure || uri.host().is_none_or(str::is_empty) {
        return Err(format!("The endpoint is no https URL. {SUBSCRIPTION}"));
    }
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    let p256dh = decode(&keys.p256dh).ok().filter(|key| is_public_key(key));
    let p256dh = p256dh.ok_or_else(|| format!("keys.p256dh is no public key of P-256 in base64url. {SUBSCRIPTION}"))?;
    let auth = decode(&keys.auth).ok().filter(|auth| auth.len() == AUTH_BYTES);
    let auth = auth.ok_or_else(|| format!("keys.auth is not {AUTH_BYTES} bytes in base64url. {SUBSCRIPTION}"))?;
    Ok(PushDevice { user: user.id, endpoint, p256dh, auth, generation: user.generation, kept_at: wall_now() })
}
