//! Who asks: the bearer token of REST requests.

use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::error::ApiError;
use axum::http::{HeaderMap, header};
use convene_identity::{Claims, TokenRefused, app_still_valid, still_valid};
use convene_model::record::{Application, User};
use convene_model::{Scope, Scopes};
use convene_store::Store;

const HOW: &str = "Send a valid access token as 'Authorization: Bearer <token>'; it may have expired or been revoked.";
const SCOPE: &str = "This access token does not allow managing meetings. Issue one with the scope meetings to a user of \
                     the organization.";

/// Where clients of chat's real-time notifications have their token.
const SKYPE_TOKEN: &str = "x-skypetoken";

/// The token of `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(ApiError::Unauthorized(HOW))
}

/// The application whose token the request has; `None` if the token is of another kind.
///
/// # Errors
/// [`ApiError::Unauthorized`] without a token, and with one that has expired, or whose application or secret is gone.
pub async fn application<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<Option<Application>, ApiError> {
    let claims = match app.keys.verify_app(bearer(headers)?, wall_now()) {
        Ok(claims) => claims,
        Err(TokenRefused::Expired) => return Err(ApiError::Unauthorized(HOW)),
        Err(_) => return Ok(None),
    };
    let application = app.store.application(&claims.application).await?;
    app_still_valid(&claims, application.as_ref()).map_err(|_| ApiError::Unauthorized(HOW))?;
    Ok(application)
}

/// The user of a token with the scope `meetings`.
///
/// # Errors
/// [`ApiError::Unauthorized`] without a valid token, [`ApiError::Forbidden`] without the scope.
pub async fn meetings_user<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<User, ApiError> {
    let (user, scopes) = user(app, headers).await?;
    if !scopes.has(Scope::Meetings) {
        return Err(ApiError::Forbidden(SCOPE));
    }
    Ok(user)
}

/// The user of the token of a client of chat's real-time notifications, which has it in a header of its own.
///
/// # Errors
/// [`ApiError::Unauthorized`] without a valid token.
pub async fn client<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<(User, Claims), ApiError> {
    match headers.get(SKYPE_TOKEN) {
        Some(token) => claims(app, token.to_str().map_err(|_| ApiError::Unauthorized(HOW))?).await,
        None => claims(app, bearer(headers)?).await,
    }
}

/// The user of a token, and what it allows.
///
/// # Errors
/// [`ApiError::Unauthorized`] without a valid token.
pub async fn user<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<(User, Scopes), ApiError> {
    let (user, claims) = holder(app, headers).await?;
    Ok((user, claims.scopes))
}

/// The user of a token, and all that it says.
///
/// # Errors
/// [`ApiError::Unauthorized`] without a valid token.
pub async fn holder<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<(User, Claims), ApiError> {
    claims(app, bearer(headers)?).await
}

async fn claims<S: Store>(app: &AppState<S>, token: &str) -> Result<(User, Claims), ApiError> {
    let claims = app.keys.verify(token, wall_now()).map_err(|_| ApiError::Unauthorized(HOW))?;
    let user = app.store.user(&claims.user).await?;
    still_valid(&claims, user.as_ref()).map_err(|_| ApiError::Unauthorized(HOW))?;
    Ok((user.ok_or(ApiError::Unauthorized(HOW))?, claims))
}
