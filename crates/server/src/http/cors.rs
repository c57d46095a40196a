//! What pages of other origins may ask for: chat, its real-time notifications, Web Push, and a visitor's token. All of it goes by what a request
//! carries, never by cookies: credentials are not allowed.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const ANY: HeaderValue = HeaderValue::from_static("*");
/// What the clients read of answers.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-ms-client-request-id, x-ms-request-id, x-ms-error-code, repeatability-result, retry-after",
);
/// For how long a browser keeps the answer, in seconds.
const KEPT: HeaderValue = HeaderValue::from_static("7200");

/// Headers that the published clients send, beside those that begin with `x-ms-`.
const HEADERS: [&str; 8] = [
    "accept",
    "authorization",
    "content-type",
    "x-skypetoken",
    "repeatability-request-id",
    "repeatability-first-sent",
    "traceparent",
    "tracestate",
];

/// Answers preflights, and lets pages of any origin read what they asked for.
pub async fn share(request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::ORIGIN) || !is_shared(request.uri().path()) {
        return next.run(request).await;
    }
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { answer(request.headers()) } else { next.run(request).await };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

fn is_shared(path: &str) -> bool {
    matches!(path, "/api/visitors" | "/v4/a")
        || ["/chat/", "//chat/", "/socket.io/", "/push/"].iter().any(|folder| path.starts_with(folder))
}

fn answer(asked: &HeaderMap) -> Response {
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).and_then(|value| value.to_str().ok());
    let wanted = wanted.unwrap_or_default().to_ascii_lowercase();
    let allowed: Vec<&str> = wanted.split(',').map(str::trim).filter(|name| is_allowed(name)).collect();
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, KEPT);
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    response
}

fn is_allowed(name: &str) -> bool {
    HEADERS.contains(&name) || name.starts_with("x-ms-")
}
