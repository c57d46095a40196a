//! `POST /teamsUser/:exchangeAccessToken`: somebody of the organization, proven by a token of its OpenID Connect provider, gets an
//! access token, in the shape of ACS Identity REST (2021-10-31-preview to 2023-10-01).

use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::described::Described;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::identities::{TokenAnswer, token_answer};
use crate::http::signed::{ApiVersion, Signed, answer_headers};
use crate::oidc::{NotKnown, ProviderError, person_of};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, middleware};
use convene_identity::TokenRequest;
use convene_model::Scope;
use convene_model::limits::TOKEN_MINUTES;
use convene_store::Store;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

const EXAMPLE: &str = r#"{"token":"...","appId":"...","userId":"..."}"#;
const NO_PROVIDER: &str = "This server knows no OpenID Connect provider, so nobody of the organization can be proven. Configure one with \
                           --oidc-issuer and --oidc-client-id.";
const OTHER_APP: &str =
    "The token was not issued to appId. Send the id of the application that asked the provider for it.";
const OTHER_USER: &str =
    "The token is not about userId. Send the id under which the provider knows the person whose token it is.";
const DOWN: &str = "The OpenID Connect provider cannot be reached or does not answer as it should. Try again.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(__path_exchange, exchange::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

/// Who it is, and the proof. Has no `Debug`: the token is a secret.
#[derive(Deserialize, ToSchema)]
#[schema(as = TeamsUserExchangeTokenRequest)]
#[serde(rename_all = "camelCase")]
struct Body {
    /// A token of the organization's OpenID Connect provider: an ID token, or an access token that is a JSON Web Token.
    token: String,
    /// The application that the token was issued to.
    app_id: String,
    /// The person, as the provider names them: the claim of `--oidc-subject-claim`.
    user_id: String,
}

/// Exchanges a token of the organization's provider for an access token.
///
/// The user is `8:orgid:…`, with the provider's own id where that is a UUID. The token allows `voip` and `chat` for an hour.
#[utoipa::path(post, path = "/teamsUser/:exchangeAccessToken", operation_id = "exchangeTeamsUserAccessToken", tag = "Identity",
    security(("accessKey" = [])), params(ApiVersion), request_body = Body, responses(
    (status = 200, description = "The token", body = TokenAnswer),
    (status = 400, description = "A field is missing or empty", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key, or the provider's token is none, not for us, or over", body = ErrorAnswer),
    (status = 403, description = "Of another person or application, or of somebody who is not let in", body = ErrorAnswer),
    (status = 503, description = "The provider does not answer", body = ErrorAnswer),
))]
async fn exchange<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    signed: Signed,
) -> Result<Json<TokenAnswer>, ApiError> {
    let provider = app.oidc.as_ref().ok_or(ApiError::Forbidden(NO_PROVIDER))?;
    // What a parser would say could quote the token.
    let body: Option<Body> = serde_json::from_slice(&signed.body).ok();
    let whole = |body: &Body| ![&body.token, &body.app_id, &body.user_id].into_iter().any(String::is_empty);
    let body =
        body.filter(whole).ok_or_else(|| ApiError::BadRequest(format!("The body cannot be used. Send {EXAMPLE}.")))?;
    let claims = provider.verify_for_app(&body.token, wall_now()).await.map_err(|error| refusal(&error))?;
    if claims.application() != Some(&body.app_id) {
        return Err(ApiError::Forbidden(OTHER_APP));
    }
    if claims.text(&provider.config.rules.subject_claim) != Some(&body.user_id) {
        return Err(ApiError::Forbidden(OTHER_USER));
    }
    let account = person_of(&app, provider, &claims, false).await.map_err(|error| {
        tracing::info!(refused = error.kind(), "a token exchange was refused");
        match error {
            NotKnown::Store(error) => error.into(),
            NotKnown::NotAdmitted(_) | NotKnown::Shut => told(StatusCode::FORBIDDEN, "Forbidden", error.to_string()),
        }
    })?;
    let user = app.store.user(&account.user).await?.ok_or(ApiError::Forbidden(OTHER_USER))?;
    let request = TokenRequest {
        user: &user,
        scopes: &[Scope::Voip, Scope::Chat].into_iter().collect(),
        lifetime_minutes: *TOKEN_MINUTES.start(),
        issuer: &app.public_url,
        resource_id: &signed.resource.id,
        meeting: None,
    };
    let token = app.keys.mint(&request, wall_now()).map_err(|error| ApiError::Failed(error.to_string()))?;
    tracing::info!(user = %user.id, resource = signed.resource.id, "token issued for somebody of the provider");
    Ok(Json(token_answer(token)))
}

fn refusal(error: &ProviderError) -> ApiError {
    tracing::info!(%error, "a token of the provider was refused");
    match error {
        ProviderError::Token(why) => {
            let text = format!(
                "The provider's token is refused: {why}. Get a new one from the provider, for an application that is configured here."
            );
            told(StatusCode::UNAUTHORIZED, "Unauthorized", text)
        }
        ProviderError::Down(_) | ProviderError::Refused(_) => {
            told(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", DOWN.to_owned())
        }
    }
}

fn told(status: StatusCode, code: &'static str, message: String) -> ApiError {
    ApiError::Told { status, code, message, target: None }
}
