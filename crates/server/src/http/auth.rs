//! Who asks: the bearer token of REST requests.

use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::error::ApiError;
use axum::http::{HeaderMap, header};
use convene_identity::still_valid;
use convene_model::Scope;
use convene_model::record::User;
use convene_store::Store;

const HOW: &str = "Send a valid access token as 'Authorization: Bearer <token>'; it may have expired or been revoked.";
const SCOPE: &str = "This access token does not allow managing meetings. Issue one with the scope meetings to a user of \
                     the organization.";

/// The user of a token with the scope `meetings`.
///
/// # Errors
/// [`ApiError::Unauthorized`] without a valid token, [`ApiError::Forbidden`] without the scope.
pub async fn meetings_user<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<User, ApiError> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(ApiError::Unauthorized(HOW))?;
    let claims = app.keys.verify(token, wall_now()).map_err(|_| ApiError::Unauthorized(HOW))?;
    let user = app.store.user(&claims.user).await?;
    still_valid(&claims, user.as_ref()).map_err(|_| ApiError::Unauthorized(HOW))?;
    let user = user.ok_or(ApiError::Unauthorized(HOW))?;
    if !claims.scopes.has(Scope::Meetings) {
        return Err(ApiError::Forbidden(SCOPE));
    }
    Ok(user)
}
