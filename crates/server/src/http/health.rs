//! Whether the server lives, whether it can work, and its public keys.

use crate::app::AppState;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use convene_store::Store;
use std::sync::Arc;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers, and the control task takes work.
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

/// `GET /.well-known/jwks.json`: the keys that verify access tokens (RFC 7517, RFC 8037).
pub async fn jwks<S: Store>(State(app): State<Arc<AppState<S>>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, app.keys.jwks()).into_response()
}
