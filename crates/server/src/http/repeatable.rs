//! Requests that a client may send again, with the same answer (OASIS, Repeatable Requests 1.0).

use crate::http::error::ApiError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use convene_identity::secret_hash;
use convene_model::WallMs;
use convene_model::record::RepeatableAnswer;
use std::time::UNIX_EPOCH;

/// How long a request may be sent again, and is answered as the first time. Larger: more answers are kept. Smaller: a client that was
/// cut off for long makes a second thing.
pub const REPEATABLE_MS: i64 = 24 * 60 * 60 * 1000;

/// The longest name of a request. Clients send UUIDs.
const REQUEST_ID_MAX: usize = 128;

const RESULT: HeaderName = HeaderName::from_static("repeatability-result");

/// What was made, as JSON.
pub fn created(text: String, repeatable: bool) -> Response {
    let mut response = (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], text).into_response();
    if repeatable {
        response.headers_mut().insert(RESULT, HeaderValue::from_static("accepted"));
    }
    response
}

/// The answer to a request that failed; says so if it was because of its name.
pub fn rejected(error: ApiError) -> Response {
    let mut response = error.into_response();
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(RESULT, HeaderValue::from_static("rejected"));
    }
    response
}

/// What a client says so that it may send a request again.
pub struct Repeatable {
    resource: String,
    /// The name under which the answer is kept.
    pub id: String,
    hash: String,
}

impl Repeatable {
    /// `None` if the client says nothing of the kind. `owner` tells the names of a resource's users apart; `request` is what makes
    /// it the same request.
    pub fn of(
        headers: &HeaderMap,
        resource: &str,
        owner: &str,
        request: &str,
        now: WallMs,
    ) -> Result<Option<Self>, ApiError> {
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
        let Some(id) = header("repeatability-request-id") else { return Ok(None) };
        if id.is_empty() || id.len() > REQUEST_ID_MAX {
            let why =
                format!("Repeatability-Request-ID must be a text of 1 to {REQUEST_ID_MAX} characters; use a UUID.");
            return Err(ApiError::BadRequest(why));
        }
        if let Some(first_sent) = header("repeatability-first-sent") {
            let sent = httpdate::parse_http_date(first_sent).ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let Some(sent) = sent.and_then(|since| i64::try_from(since.as_millis()).ok()) else {
                return Err(ApiError::BadRequest("Repeatability-First-Sent must be an HTTP date.".to_owned()));
            };
            if sent < now - REPEATABLE_MS {
                return Err(unusable(
                    "it was sent first more than a day ago, and what became of it is not known any more",
                ));
            }
        }
        Ok(Some(Self { resource: resource.to_owned(), id: format!("{owner}{id}"), hash: secret_hash(request) }))
    }

    /// What is kept of it.
    pub fn answer(&self, text: &str, now: WallMs) -> RepeatableAnswer {
        RepeatableAnswer {
            resource: self.resource.clone(),
            request_id: self.id.clone(),
            request_hash: self.hash.clone(),
            answer: text.to_owned(),
            at: now,
        }
    }

    /// The answer of the first time.
    ///
    /// # Errors
    /// [`ApiError::Told`] if that was another request.
    pub fn again(&self, former: RepeatableAnswer) -> Result<Response, ApiError> {
        if former.request_hash != self.hash {
            return Err(unusable("another request was sent under it"));
        }
        Ok(created(former.answer, true))
    }
}

fn unusable(why: &str) -> ApiError {
    ApiError::Told {
        status: StatusCode::PRECONDITION_FAILED,
        code: "PreconditionFailed",
        message: format!("This Repeatability-Request-ID cannot be used: {why}. Use a new one for a new request."),
        target: Some("Repeatability-Request-ID".to_owned()),
    }
}
