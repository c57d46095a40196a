//! Whether the server lives, whether it can work, and its public keys.

use crate::app::AppState;
use crate::http::described::Described;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use convene_store::Store;
use std::sync::Arc;

const TAG: &str = "Server";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(__path_healthz, healthz)
        .operation(__path_readyz, readyz::<S>)
        .operation(__path_jwks, jwks::<S>)
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = TAG, responses((status = 200, description = "It lives", body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The store answers, and the control task takes work.
#[utoipa::path(get, path = "/readyz", tag = TAG, responses(
    (status = 200, description = "It takes work", body = String, content_type = "text/plain"),
    (status = 503, description = "It is stopping, or its store does not answer", body = String, content_type = "text/plain"),
))]
pub async fn readyz<S: Store>(State(app): State<Arc<AppState<S>>>) -> Response {
    if app.arrivals.is_closed() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match app.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// The keys that verify access tokens (RFC 7517, RFC 8037).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = TAG,
    responses((status = 200, description = "A JSON Web Key Set", body = Object, content_type = "application/json")))]
pub async fn jwks<S: Store>(State(app): State<Arc<AppState<S>>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, app.keys.jwks()).into_response()
}
