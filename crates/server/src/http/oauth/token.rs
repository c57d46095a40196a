//! Giving out tokens.

use super::{OauthError, OauthErrorAnswer, TAG, endpoint, is_own_tenant, uncached};
use crate::app::AppState;
use crate::clock::wall_now;
use crate::hosts::own_hosts;
use crate::tls::Peer;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use convene_directory::link_host;
use convene_identity::{APP_TOKEN_SECONDS, AppTokenRequest, ClientCredentials, OauthRefused, matching_secret};
use convene_store::Store;
use serde::Serialize;
use std::sync::{Arc, PoisonError};
use utoipa::ToSchema;

const WRONG: &str = "There is no application with this client_id and client_secret. Send those that `convene app create` printed; \
                     `convene app list` shows which applications there are.";

/// Longer than any client id: what is counted by it is bounded.
const CLIENT_ID_MAX: usize = 64;

/// A host that clients of Microsoft Graph name by habit in their scope.
const GRAPH: &str = "graph.microsoft.com";

/// A token. Has no `Debug`: whoever holds it is the application.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Always `Bearer`.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds it is good.
    expires_in: i64,
    /// The same, as clients of Microsoft's identity platform read it.
    ext_expires_in: i64,
    /// A JSON Web Token.
    access_token: String,
}

/// The form of a request, for the description.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct TokenForm {
    /// `client_credentials`.
    grant_type: String,
    /// The application; unless it stands in the header.
    client_id: Option<String>,
    /// One of its secrets; unless it stands in the header.
    client_secret: Option<String>,
    /// `<this server's URL>/.default`, or nothing.
    scope: Option<String>,
}

/// Gives a back end a token for its client id and secret.
#[utoipa::path(post, path = "/{tenant}/oauth2/v2.0/token", operation_id = "getApplicationToken", tag = TAG,
    params(("tenant" = String, Path, description = "The organization's id, or `organizations`")),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "The token", body = TokenAnswer),
    (status = 400, description = "A request that cannot be used", body = OauthErrorAnswer),
    (status = 401, description = "No such application, or not its secret", body = OauthErrorAnswer),
    (status = 429, description = "Too many wrong secrets", body = OauthErrorAnswer),
))]
pub async fn token<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(tenant): Path<String>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OauthError> {
    if !is_own_tenant(&app, &tenant) {
        return Err(OauthError::WrongTenant);
    }
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let hosts = own_hosts(&app.public_url);
    let is_ours = |url: &str| link_host(url).is_some_and(|host| host == GRAPH || hosts.contains(&host));
    let asked = ClientCredentials::read(authorization, &body, &is_ours)?;
    let counted: String = asked.client_id.chars().take(CLIENT_ID_MAX).collect();
    let now = app.clock.now().mono;
    let wait = app.guesses.lock().unwrap_or_else(PoisonError::into_inner).wait(peer.address.ip(), &counted, now);
    if let Some(wait) = wait {
        return Err(OauthError::TooMany(wait));
    }
    let application = app.store.application(&asked.client_id).await?;
    let found = application.as_ref().and_then(|of| Some((of, matching_secret(of, &asked.client_secret)?)));
    let Some((application, secret)) = found else {
        app.guesses.lock().unwrap_or_else(PoisonError::into_inner).wrong(peer.address.ip(), &counted, now);
        return Err(OauthRefused::InvalidClient(WRONG).into());
    };
    let (audience, organization) = (endpoint(&app, peer), &app.settings.organization);
    let issuer = format!("{audience}/{organization}/v2.0");
    let request = AppTokenRequest { application, secret, issuer: &issuer, audience: &audience, organization };
    let token = app.keys.mint_app(&request, wall_now()).map_err(|error| OauthError::Failed(error.to_string()))?;
    tracing::info!(application = %application.id, secret = %secret.id, "application token issued");
    Ok(uncached(Json(TokenAnswer { access_token: token.token, ..TokenAnswer::new() }).into_response()))
}

impl TokenAnswer {
    fn new() -> Self {
        let seconds = APP_TOKEN_SECONDS;
        Self { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: String::new() }
    }
}
