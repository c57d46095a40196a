//! Requests of apps' servers, signed with an access key: which resource asks, and the headers that their clients expect.
//! How signatures are checked: `convene_identity::check_signature`.

use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::error::{ApiError, ErrorName};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use convene_identity::{SignedRequest, check_signature, host_name};
use convene_model::record::Resource;
use convene_model::uuid_v4;
use convene_store::Store;
use std::sync::Arc;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// Which version of the API a client speaks.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApiVersion {
    /// A version of the API of ACS, such as `2023-10-01`.
    #[param(rename = "api-version")]
    #[allow(dead_code, reason = "it only describes; `check_api_version` reads it")]
    api_version: Option<String>,
}

/// A request whose signature was checked.
pub struct Signed {
    /// Whose key signed it.
    pub resource: Resource,
    /// The body.
    pub body: Bytes,
}

impl<S: Store> FromRequest<Arc<AppState<S>>> for Signed {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<AppState<S>>) -> Result<Self, ApiError> {
        let (signed, parts) = verify(request, app).await?;
        check_api_version(parts.uri.query().unwrap_or(""))?;
        Ok(signed)
    }
}

/// Checks a request's signature; whatever version of whichever API it names.
pub async fn verify<S: Store>(request: Request, app: &Arc<AppState<S>>) -> Result<(Signed, Parts), ApiError> {
    let (parts, body) = read_body(request, app).await?;
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let host = text(&parts.headers, "host").or(authority).unwrap_or("");
    let resource = resource_of(app, host).await?;
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let signed = SignedRequest {
        method: parts.method.as_str(),
        target,
        host,
        date: text(&parts.headers, "x-ms-date"),
        content_hash: text(&parts.headers, "x-ms-content-sha256"),
        authorization: text(&parts.headers, header::AUTHORIZATION.as_str()),
        body: &body,
    };
    check_signature(&signed, &resource.access_keys, wall_now()).map_err(|refused| {
        tracing::info!(resource = resource.id, %refused, "a signed request was refused");
        ApiError::NotSigned(refused)
    })?;
    app.rates.count_resource(&resource.id, app.clock.now().mono)?;
    Ok((Signed { resource, body }, parts))
}

/// Reads a request's body.
///
/// # Errors
/// [`ApiError`] if it is too large, or was cut off.
pub async fn read_body<S: Store>(request: Request, app: &Arc<AppState<S>>) -> Result<(Parts, Bytes), ApiError> {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let body = Bytes::from_request(request, app).await.map_err(|error| match error.status() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => ApiError::Told {
            status,
            code: "RequestEntityTooLarge",
            message: "The body is larger than any request of this API needs: 64 KiB are the limit. Send less."
                .to_owned(),
            target: None,
        },
        _ => ApiError::BadRequest(error.body_text()),
    })?;
    Ok((parts, body))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The resource that a host name chooses; the default one if it is no resource's.
async fn resource_of<S: Store>(app: &AppState<S>, host: &str) -> Result<Resource, ApiError> {
    if let Some(resource) = app.store.resource_by_host(&host_name(host)).await? {
        return Ok(resource);
    }
    let default = app.store.resource(&app.settings.resource_id).await?;
    default.ok_or_else(|| ApiError::Failed("the default resource is not in the store".to_owned()))
}

/// Takes every version that has the form of one (`2023-10-01`, `2025-03-02-preview`), and a request that names none: the
/// operations that exist are the same in all of them.
pub fn check_api_version(query: &str) -> Result<(), ApiError> {
    let Some(version) = query.split('&').find_map(|pair| pair.strip_prefix("api-version=")) else { return Ok(()) };
    let date = version.strip_suffix("-preview").unwrap_or(version);
    let fits = date.len() == 10
        && date
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if fits {
        return Ok(());
    }
    Err(ApiError::BadRequest("The api-version is no version of this API. Use api-version=2023-10-01.".to_owned()))
}

/// Names the request in the answer, in the client's words and in ours, and the error, if it is one.
pub async fn answer_headers(request: Request, next: Next) -> Response {
    let theirs = request.headers().get(&CLIENT_REQUEST_ID).cloned();
    let mut response = next.run(request).await;
    let error = response.extensions().get::<ErrorName>().map(|name| name.0);
    let headers = response.headers_mut();
    if let Ok(ours) = HeaderValue::from_str(&uuid_v4(&mut OsRandom)) {
        headers.insert(REQUEST_ID, ours);
    }
    if let Some(theirs) = theirs {
        headers.insert(CLIENT_REQUEST_ID, theirs);
    }
    if let Some(error) = error {
        headers.insert(ERROR_CODE, HeaderValue::from_static(error));
    }
    // Tokens are not to be kept by whatever stands between.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::check_api_version;

    #[test]
    fn every_api_version_that_looks_like_one_is_taken() {
        for query in
            ["", "a=b", "api-version=2021-03-07", "x=1&api-version=2023-10-01", "api-version=2025-03-02-preview"]
        {
            assert!(check_api_version(query).is_ok(), "{query}");
        }
        for query in ["api-version=", "api-version=1", "api-version=2023-10-1x", "api-version=2023/10/01"] {
            assert!(check_api_version(query).is_err(), "{query}");
        }
    }
}
