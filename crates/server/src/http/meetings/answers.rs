//! Answers as clients of Microsoft Graph read them: ids of the request in the headers, and in errors what Graph puts beside code and
//! message.

use crate::clock::{OsRandom, wall_now};
use crate::http::error::{ApiError, ErrorDetail};
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use convene_model::{rfc3339, uuid_v4};
use serde::Serialize;
use utoipa::ToSchema;

static REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
static CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// An error's body, in the shape of Graph.
#[derive(Serialize, ToSchema)]
pub struct GraphErrorAnswer {
    /// What went wrong.
    error: GraphErrorDetail,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphErrorDetail {
    /// A name, for programs.
    code: String,
    /// What happened, why, and what to do next.
    message: String,
    /// Which request it was.
    inner_error: GraphInnerError,
}

/// Which request it was.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GraphInnerError {
    /// When.
    date: String,
    /// The request, in the server's words.
    request_id: String,
    /// The request, in the client's words; the server's if it had none.
    client_request_id: String,
}

/// Gives every answer the request's ids, and every error Graph's shape.
pub async fn graph_answers(request: Request, next: Next) -> Response {
    let theirs = request.headers().get(&CLIENT_REQUEST_ID).cloned();
    let ours = uuid_v4(&mut OsRandom);
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        let client = theirs.as_ref().and_then(|id| id.to_str().ok()).unwrap_or(&ours);
        response = in_graphs_shape(response, &ours, client);
    }
    let headers = response.headers_mut();
    if let Ok(ours) = HeaderValue::from_str(&ours) {
        headers.insert(&REQUEST_ID, ours);
    }
    if let Some(theirs) = theirs {
        headers.insert(&CLIENT_REQUEST_ID, theirs);
    }
    // Links and passcodes are not to be kept by whatever stands between.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn in_graphs_shape(response: Response, ours: &str, client: &str) -> Response {
    let (mut head, _) = response.into_parts();
    let (code, message) = match head.extensions.get::<ErrorDetail>() {
        // Graph's own name for it.
        Some(detail) if head.status == StatusCode::UNAUTHORIZED => {
            ("InvalidAuthenticationToken".to_owned(), detail.message.clone())
        }
        Some(detail) => (detail.code.clone(), detail.message.clone()),
        None => plain(head.status),
    };
    let (request_id, client_request_id) = (ours.to_owned(), client.to_owned());
    let inner_error = GraphInnerError { date: rfc3339(wall_now()), request_id, client_request_id };
    let mut shaped = Json(GraphErrorAnswer { error: GraphErrorDetail { code, message, inner_error } }).into_response();
    *shaped.status_mut() = head.status;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        head.headers.remove(name);
    }
    shaped.headers_mut().extend(head.headers);
    if head.status == StatusCode::UNAUTHORIZED {
        shaped.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"convene\""));
    }
    shaped
}

/// What is said where no handler came to say anything.
fn plain(status: StatusCode) -> (String, String) {
    let (code, message) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ("MethodNotAllowed", "This path does not take this method. docs/compatibility.md lists what there is.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("RequestEntityTooLarge", "The body is larger than 64 KiB. Send a smaller one.")
        }
        _ => {
            ("BadRequest", "The path, the query or the body cannot be read. Percent-encode paths and queries as UTF-8.")
        }
    };
    (code.to_owned(), message.to_owned())
}

/// For every path below `/v1.0` that is none.
pub async fn no_such_resource() -> ApiError {
    ApiError::NotFound("There is no such resource here. docs/compatibility.md lists what there is of Microsoft Graph.")
}
