//! The token endpoint for back ends: OAuth 2.0 client credentials (RFC 6749 §4.4) at the paths where clients of Microsoft's identity
//! platform look for it. Who may have a token is `convene-identity`'s to know.

mod discovery;
mod guesses;
mod token;

pub use guesses::Guesses;

use crate::app::AppState;
use crate::http::described::Described;
use crate::resources::https_endpoint;
use crate::tls::Peer;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use convene_identity::OauthRefused;
use convene_store::{Store, StoreError};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

const TAG: &str = "Applications";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(token::__path_token, token::token::<S>)
        .operation(discovery::__path_configuration, discovery::configuration::<S>)
        .operation(discovery::__path_authorize, discovery::authorize)
}

/// Where this client reaches the server: the public URL; over TLS always as https, since one port serves both.
pub fn endpoint<S>(app: &AppState<S>, peer: Peer) -> String {
    if peer.tls && app.public_url.starts_with("http://") {
        https_endpoint(&app.public_url, None)
    } else {
        app.public_url.clone()
    }
}

/// Whether `tenant`, as it stands in a path, means this server's organization.
fn is_own_tenant<S>(app: &AppState<S>, tenant: &str) -> bool {
    tenant == app.settings.organization || tenant == "organizations" || tenant == "common"
}

/// An error of the token endpoint (RFC 6749 §5.2).
#[derive(Serialize, ToSchema)]
pub struct OauthErrorAnswer {
    /// Its name.
    #[schema(value_type = String, example = "invalid_client")]
    error: &'static str,
    /// What happened and what to do next.
    error_description: String,
}

/// Why there is no token.
#[derive(Debug)]
pub enum OauthError {
    /// The request's fault.
    Refused(OauthRefused),
    /// The path names another organization.
    WrongTenant,
    /// Somebody wants to sign in here.
    NoSignIn,
    /// Too many wrong secrets.
    TooMany(Duration),
    /// The server's fault; the text goes to the log only.
    Failed(String),
}

impl From<OauthRefused> for OauthError {
    fn from(refused: OauthRefused) -> Self {
        Self::Refused(refused)
    }
}

impl From<StoreError> for OauthError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

const WRONG_TENANT: &str =
    "This server has no such organization. Use its id (`Tid` in its join links), or organizations, in the path.";
const NO_SIGN_IN: &str =
    "People do not sign in here: this server gives tokens for client credentials only. POST to the token endpoint.";
const TOO_MANY: &str =
    "There were too many wrong secrets. Wait as long as Retry-After says, and check client_id and client_secret.";
const FAILED: &str = "The server could not carry this out. Try again.";

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let (status, error, description) = match &self {
            Self::Refused(refused @ OauthRefused::InvalidClient(_)) => {
                (StatusCode::UNAUTHORIZED, refused.name(), refused.to_string())
            }
            Self::Refused(refused) => (StatusCode::BAD_REQUEST, refused.name(), refused.to_string()),
            Self::WrongTenant => (StatusCode::BAD_REQUEST, "invalid_tenant", WRONG_TENANT.to_owned()),
            Self::NoSignIn => (StatusCode::BAD_REQUEST, "unsupported_response_type", NO_SIGN_IN.to_owned()),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", TOO_MANY.to_owned()),
            Self::Failed(why) => {
                tracing::error!(%why, "a request for a token failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", FAILED.to_owned())
            }
        };
        let answer = Json(OauthErrorAnswer { error, error_description: description });
        let mut response = uncached((status, answer).into_response());
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"convene\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Self::TooMany(wait) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
        response
    }
}

/// Not to be kept by whatever stands between (RFC 6749 §5.1).
fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
