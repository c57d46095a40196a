//! The development conveniences of `--dev`: tokens without sign-in, for pages on this machine only.
//!
//! They answer only loopback peers, with a loopback Host and, if there is an Origin, a loopback Origin, and nothing that came
//! through a proxy: any other website, and any other machine, gets nothing.

use crate::admin::Admin;
use crate::app::AppState;
use crate::hosts::is_loopback_host;
use crate::http::error::ApiError;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use convene_model::limits::TOKEN_MINUTES;
use convene_store::Store;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

/// What proxies write, and nobody else.
const BY_PROXIES: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];

/// The routes.
pub fn router<S: Store>() -> Router<Arc<AppState<S>>> {
    Router::new()
        .route("/api/token", get(token::<S>).options(preflight))
        .route("/api/dev/organizer", get(organizer::<S>).options(preflight))
        .layer(middleware::from_fn(only_this_machine))
}

#[derive(Debug, Deserialize)]
struct Named {
    name: Option<String>,
}

async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn admin<S>(app: &AppState<S>) -> Admin<'_, S> {
    Admin {
        store: &app.store,
        keys: &app.keys,
        settings: &app.settings,
        public_url: &app.public_url,
        live: Some(&app.arrivals),
        listeners: Some(&app.live),
    }
}

/// `GET /api/token`: the token function of sample apps. A new user and token, in every shape in which samples read it.
async fn token<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Query(named): Query<Named>,
) -> Result<Json<Value>, ApiError> {
    let failed = |error: crate::admin::AdminError| ApiError::Failed(error.to_string());
    let user = admin(&app).create_user(false, named.name.as_deref().unwrap_or("")).await.map_err(failed)?;
    let (token, expires_on) = admin(&app).issue(&user, "voip,chat", *TOKEN_MINUTES.end()).map_err(failed)?;
    let item1 = json!({ "id": user.id });
    let item2 = json!({ "token": token, "expiresOn": expires_on });
    Ok(Json(json!({
        "value": { "item1": item1, "item2": item2 },
        "item1": item1,
        "item2": item2,
        "token": token,
        "expiresOn": expires_on,
        "user": { "communicationUserId": user.id },
    })))
}

/// `GET /api/dev/organizer`: a new user of the organization, with a calling token and a meetings token.
async fn organizer<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Query(named): Query<Named>,
) -> Result<Json<Value>, ApiError> {
    let failed = |error: crate::admin::AdminError| ApiError::Failed(error.to_string());
    let user = admin(&app).create_user(true, named.name.as_deref().unwrap_or("")).await.map_err(failed)?;
    let (token, expires_on) = admin(&app).issue(&user, "voip,chat", *TOKEN_MINUTES.end()).map_err(failed)?;
    let (meetings_token, _) = admin(&app).issue(&user, "meetings", *TOKEN_MINUTES.end()).map_err(failed)?;
    Ok(Json(json!({
        "user": { "id": user.id, "displayName": user.display_name },
        "token": token,
        "expiresOn": expires_on,
        "meetingsToken": meetings_token,
    })))
}

fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    }
}

/// The Origin to allow, if everything about the request is of this machine; the reason otherwise.
fn check(peer: SocketAddr, headers: &HeaderMap, authority: Option<&str>) -> Result<Option<HeaderValue>, &'static str> {
    if !peer.ip().is_loopback() {
        return Err("the request came from another machine");
    }
    if BY_PROXIES.iter().any(|name| headers.contains_key(*name)) {
        return Err("the request came through a proxy");
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(authority).unwrap_or("");
    if !is_loopback_host(host_of(host)) {
        return Err("the request names a host that is not this machine");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(None) };
    let name = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| host_of(rest));
    if name.is_some_and(is_loopback_host) { Ok(Some(origin.clone())) } else { Err("the page is not of this machine") }
}

async fn only_this_machine(ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let origin = match check(peer, request.headers(), authority) {
        Ok(origin) => origin,
        Err(reason) => {
            tracing::warn!(%peer, reason, "a development convenience was refused");
            return StatusCode::NOT_FOUND.into_response();
        }
    };
    let preflight = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(peer: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        check(peer.parse().unwrap(), &headers, None).is_ok()
    }

    #[test]
    fn only_loopback_peer_host_and_origin_together_are_answered() {
        let host = ("host", "localhost:8080");
        assert!(verdict("127.0.0.1:5", &[host]));
        assert!(verdict("[::1]:5", &[("host", "[::1]:8080"), ("origin", "http://127.0.0.1:3000")]));
        assert!(!verdict("192.0.2.7:5", &[host]));
        assert!(!verdict("127.0.0.1:5", &[("host", "rebound.example:8080")]));
        assert!(!verdict("127.0.0.1:5", &[host, ("origin", "https://evil.example")]));
        assert!(!verdict("127.0.0.1:5", &[host, ("origin", "null")]));
        assert!(!verdict("127.0.0.1:5", &[host, ("origin", "http://localhost.evil.example")]));
        for (name, value) in [
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "localhost"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=203.0.113.9"),
        ] {
            assert!(!verdict("127.0.0.1:5", &[host, (name, value)]), "{name}");
        }
        assert!(!verdict("127.0.0.1:5", &[]));
    }
}
