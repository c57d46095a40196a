//! What clients read before they ask for a token (OpenID Connect Discovery 1.0 §3, as far as client credentials need it).

use super::{OauthError, OauthErrorAnswer, TAG, endpoint, is_own_tenant};
use crate::app::AppState;
use crate::tls::Peer;
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use convene_store::Store;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Where tokens come from.
#[derive(Serialize, ToSchema)]
pub struct Configuration {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    /// Clients want one; it answers that people do not sign in here.
    authorization_endpoint: String,
    grant_types_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 2],
    response_types_supported: [&'static str; 0],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
}

/// Says where tokens come from.
#[utoipa::path(get, path = "/{tenant}/v2.0/.well-known/openid-configuration", operation_id = "getTokenConfiguration", tag = TAG,
    params(("tenant" = String, Path, description = "The organization's id, or `organizations`")), responses(
    (status = 200, description = "Where tokens come from", body = Configuration),
    (status = 400, description = "Another organization", body = OauthErrorAnswer),
))]
pub async fn configuration<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(tenant): Path<String>,
    ConnectInfo(peer): ConnectInfo<Peer>,
) -> Result<Json<Configuration>, OauthError> {
    if !is_own_tenant(&app, &tenant) {
        return Err(OauthError::WrongTenant);
    }
    let (base, organization) = (endpoint(&app, peer), &app.settings.organization);
    Ok(Json(Configuration {
        issuer: format!("{base}/{organization}/v2.0"),
        token_endpoint: format!("{base}/{tenant}/oauth2/v2.0/token"),
        jwks_uri: format!("{base}/.well-known/jwks.json"),
        authorization_endpoint: format!("{base}/{tenant}/oauth2/v2.0/authorize"),
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
        response_types_supported: [],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["EdDSA"],
    }))
}

/// Says that people do not sign in here.
#[utoipa::path(get, path = "/{tenant}/oauth2/v2.0/authorize", operation_id = "authorize", tag = TAG,
    params(("tenant" = String, Path, description = "Any")), responses(
    (status = 400, description = "People do not sign in here", body = OauthErrorAnswer),
))]
pub async fn authorize() -> OauthError {
    OauthError::NoSignIn
}
