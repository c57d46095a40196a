//! What every request about rooms carries: a signature, a version of the API, and where the client reached the server.

use crate::app::AppState;
use crate::http::error::ApiError;
use crate::http::signed::{Signed, verify};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use convene_directory::RoomsVersion;
use convene_store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which version of the API a client speaks.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApiVersion {
    /// `2023-06-14`, `2024-04-15` or `2025-03-13`.
    #[param(rename = "api-version")]
    #[allow(dead_code, reason = "it only describes; the request below reads it")]
    api_version: String,
}

/// A request about rooms whose signature was checked.
pub struct RoomsRequest {
    /// The id of the resource whose key signed it.
    pub resource: String,
    /// The version of the API.
    pub version: RoomsVersion,
    /// The body.
    pub body: Bytes,
    /// The query's parameters as they came, the first of each name.
    pub query: BTreeMap<String, String>,
    /// The headers.
    pub headers: HeaderMap,
    /// Scheme and authority under which the client reached the server.
    pub origin: String,
}

impl<S: Store> FromRequest<Arc<AppState<S>>> for RoomsRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<AppState<S>>) -> Result<Self, ApiError> {
        let (Signed { resource, body }, parts) = verify(request, app).await?;
        let query = read_query(parts.uri.query().unwrap_or(""));
        let version = read_version(query.get("api-version"), parts.uri.path())?;
        let origin = origin(&parts, &app.public_url);
        Ok(Self { resource: resource.id, version, body, query, headers: parts.headers, origin })
    }
}

/// Nothing is decoded: what this server puts into its links needs no encoding, so that every client signs them alike.
pub fn read_query(query: &str) -> BTreeMap<String, String> {
    let mut read = BTreeMap::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        read.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    read
}

fn read_version(value: Option<&String>, path: &str) -> Result<RoomsVersion, ApiError> {
    let names = RoomsVersion::ALL.map(|(_, name)| name).join(", ");
    let (code, message) = match value {
        None => {
            ("ApiVersionUnspecified", format!("An API version is required, but was not specified. Use one of {names}."))
        }
        Some(value) => match RoomsVersion::parse(value) {
            Some(version) => return Ok(version),
            None => (
                "UnsupportedApiVersion",
                format!(
                    "The HTTP resource that matches the request URI '{path}' does not support the API version {value:?}. Use \
                     one of {names}."
                ),
            ),
        },
    };
    Err(ApiError::Told { status: StatusCode::BAD_REQUEST, code, message, target: None })
}

/// A client that came by TLS goes on by TLS: over the connection itself, or by the word of the trusted proxy that ended it, or because
/// this is the server's public URL.
pub fn origin(parts: &Parts, public_url: &str) -> String {
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let host = header("host").or(parts.uri.authority().map(|authority| authority.as_str())).unwrap_or("");
    let over_tls = parts.extensions.get::<ConnectInfo<crate::tls::Peer>>().is_some_and(|info| info.0.tls);
    let public = public_url.strip_prefix("https://").is_some_and(|authority| authority.eq_ignore_ascii_case(host));
    format!("{}://{host}", if over_tls || public { "https" } else { "http" })
}
