//! The one mapping from what went wrong to HTTP, in the error shape of ACS and Graph: `{"error":{"code","message"}}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use convene_identity::SignatureRefused;
use serde_json::json;

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
            Self::Unauthorized(message) => (StatusCode::UNAUTHORIZED, "Unauthorized", message.to_owned()),
            Self::NotSigned(refused) => (StatusCode::UNAUTHORIZED, "Unauthorized", refused.to_string()),
            Self::Forbidden(message) => (StatusCode::FORBIDDEN, "Forbidden", message.to_owned()),
            Self::NotFound(message) => (StatusCode::NOT_FOUND, "NotFound", message.to_owned()),
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, "BadRequest", message),
            Self::Failed(why) => {
                tracing::error!(%why, "a request failed");
                let message = "The server could not carry this out; nothing was changed. Try again.".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
            }
        };
        let mut response = (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response();
        response.extensions_mut().insert(ErrorName(code));
        response
    }
}
