//! The one mapping from what went wrong to HTTP, in the error shape of ACS and Graph: `{"error":{"code","message"}}`.

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use convene_identity::SignatureRefused;
use convene_model::ErrorCode;
use convene_protocol::ErrorBody;
use serde::Serialize;
use utoipa::ToSchema;

/// An error's body, in the shape of ACS and Graph.
#[derive(Serialize, ToSchema)]
pub struct ErrorAnswer {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong; also an extension of the response.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetail {
    /// A name, for programs.
    pub code: String,
    /// What happened, why, and what to do next.
    pub message: String,
    /// Which part of the request it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How a call would end for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_end_reason: Option<CallEnd>,
}

/// How a call ends: its code and sub code (docs/protocol.md).
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallEnd {
    /// The code.
    pub code: u16,
    /// The sub code.
    pub sub_code: u32,
}

impl ErrorAnswer {
    fn new(code: &str, message: String) -> Self {
        Self { error: ErrorDetail { code: code.to_owned(), message, target: None, call_end_reason: None } }
    }
}

/// The error's code, for a header; an extension of the response.
#[derive(Clone, Copy, Debug)]
pub struct ErrorName(pub &'static str);

/// What went wrong with a request.
#[derive(Debug)]
pub enum ApiError {
    /// No token, or not a valid one.
    Unauthorized(&'static str),
    /// Not signed with an access key, or not as it should be.
    NotSigned(SignatureRefused),
    /// A valid token that does not allow this.
    Forbidden(&'static str),
    /// Nothing there that the asker may know of.
    NotFound(&'static str),
    /// The request cannot be used; the text says why and what to send instead.
    BadRequest(String),
    /// There is something here, but not for this method.
    NoSuchMethod(Method),
    /// Others changed the same thing at the same time.
    Conflict(&'static str),
    /// An answer of its own, with the names that the clients of the API know.
    Told {
        /// The status.
        status: StatusCode,
        /// The error's code.
        code: &'static str,
        /// What is wrong and what to do.
        message: String,
        /// Which part of the request it is about.
        target: Option<String>,
    },
    /// What joining a call would be refused with; its `code` is the status.
    Refused(ErrorBody),
    /// Too many requests of one address.
    TooMany {
        /// After how long the next one is worth sending.
        retry_after: std::time::Duration,
    },
    /// The server's fault; the text goes to the log only.
    Failed(String),
}

impl From<convene_store::StoreError> for ApiError {
    fn from(error: convene_store::StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Refused(refused) => return refusal(&refused),
            Self::TooMany { retry_after } => {
                let mut response = refusal(&ErrorCode::TooManyRequests.into());
                let seconds = HeaderValue::from(retry_after.as_secs() + 1);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
                return response;
            }
            Self::Told { status, code, message, target } => {
                let mut answer = ErrorAnswer::new(code, message);
                answer.error.target = target;
                let mut response = (status, Json(answer)).into_response();
                response.extensions_mut().insert(ErrorName(code));
                return response;
            }
            Self::Conflict(message) => (StatusCode::CONFLICT, "Conflict", message.to_owned()),
            Self::Unauthorized(message) => (StatusCode::UNAUTHORIZED, "Unauthorized", message.to_owned()),
            Self::NotSigned(refused) => (StatusCode::UNAUTHORIZED, "Unauthorized", refused.to_string()),
            Self::Forbidden(message) => (StatusCode::FORBIDDEN, "Forbidden", message.to_owned()),
            Self::NotFound(message) => (StatusCode::NOT_FOUND, "NotFound", message.to_owned()),
            Self::NoSuchMethod(method) => {
                let message = format!("{method} means nothing here. GET /openapi.json says what can be asked for.");
                (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
            }
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, "BadRequest", message),
            Self::Failed(why) => {
                tracing::error!(%why, "a request failed");
                let message = "The server could not carry this out; nothing was changed. Try again.".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
            }
        };
        let answer = ErrorAnswer::new(code, message);
        let detail = answer.error.clone();
        let mut response = (status, Json(answer)).into_response();
        response.extensions_mut().insert(ErrorName(code));
        response.extensions_mut().insert(detail);
        response
    }
}

/// A refusal with its codes, so that a page ends as a call would.
fn refusal(refused: &ErrorBody) -> Response {
    let status = StatusCode::from_u16(refused.code).unwrap_or(StatusCode::FORBIDDEN);
    let end = CallEnd { code: refused.code, sub_code: refused.sub_code };
    let mut answer = ErrorAnswer::new(&refused.name, refused.message.clone());
    answer.error.call_end_reason = Some(end);
    (status, Json(answer)).into_response()
}
