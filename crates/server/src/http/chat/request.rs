//! What every request about chat carries: a user's token, a version of the API, and where the client reached the server.

use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::auth;
use crate::http::error::ApiError;
use crate::http::rooms::request::{origin, read_query};
use crate::http::signed::read_body;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use convene_directory::chat::{ChatVersion, may_chat};
use convene_model::{RawId, Scopes, WallMs};
use convene_store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which version of the API a client speaks.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApiVersion {
    /// `2021-03-07`, `2021-09-07`, `2023-11-07`, `2024-03-07` or `2025-03-15`.
    #[param(rename = "api-version")]
    #[allow(dead_code, reason = "it only describes; the request below reads it")]
    api_version: String,
}

/// A request about chat whose token was checked, and allows chat.
pub struct ChatRequest {
    /// Who asks.
    pub user: RawId,
    /// What the token allows.
    pub scopes: Scopes,
    /// The version of the API.
    pub version: ChatVersion,
    /// The body.
    pub body: Bytes,
    /// The query's parameters as they came, the first of each name.
    pub query: BTreeMap<String, String>,
    /// The headers.
    pub headers: HeaderMap,
    /// Scheme and authority under which the client reached the server.
    pub origin: String,
    /// When it came.
    pub now: WallMs,
}

impl<S: Store> FromRequest<Arc<AppState<S>>> for ChatRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<AppState<S>>) -> Result<Self, ApiError> {
        let (user, scopes) = auth::user(app, request.headers()).await?;
        app.rates.count_resource(user.id.as_str(), app.clock.now().mono)?;
        let (parts, body) = read_body(request, app).await?;
        let query = read_query(parts.uri.query().unwrap_or(""));
        let version = read_version(query.get("api-version"))?;
        may_chat(&scopes)?;
        let origin = origin(&parts, &app.public_url);
        Ok(Self { user: user.id, scopes, version, body, query, headers: parts.headers, origin, now: wall_now() })
    }
}

fn read_version(value: Option<&String>) -> Result<ChatVersion, ApiError> {
    let names = ChatVersion::ALL.map(|(_, name)| name).join(", ");
    let (code, message) = match value {
        None => {
            ("ApiVersionUnspecified", format!("An API version is required, but was not specified. Use one of {names}."))
        }
        Some(value) => match ChatVersion::parse(value) {
            Some(version) => return Ok(version),
            None => {
                ("UnsupportedApiVersion", format!("There is no API version {value:?} of chat. Use one of {names}."))
            }
        },
    };
    Err(ApiError::Told { status: StatusCode::BAD_REQUEST, code, message, target: Some("api-version".to_owned()) })
}
