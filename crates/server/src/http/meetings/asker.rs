//! Who asks about whose meetings: an organizer about their own (`/me`, or `/users/{own id}`), or an application about those of the
//! organizer that the path names.

use crate::app::AppState;
use crate::http::auth::{application, meetings_user};
use crate::http::error::ApiError;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use convene_model::record::User;
use convene_model::{AppPermission, IdentifierKind, RawId};
use convene_store::Store;

/// The name of the organizer's id in paths.
pub const USER: &str = "userId";

const NO_ME: &str = "An application has no meetings of its own. Ask /v1.0/users/{id of the organizer}/onlineMeetings.";
const NO_PERMISSION: &str = "This application may not do that. Make one with the permission that docs/compatibility.md names for it: \
                             `convene app create --permission ...`.";
const NO_ORGANIZER: &str = "There is no organizer with this id. Make one with `convene user create --organizer`, and use the id that \
                            it prints, with or without 8:orgid:.";
const NOT_YOURS: &str =
    "With a user's token only that user's own meetings can be asked for. Ask /v1.0/me/onlineMeetings.";

/// Who asks, as the request says it; not yet checked.
pub struct Asker {
    headers: HeaderMap,
    /// The organizer that the path names; `None` for `/me`.
    user: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|error| ApiError::BadRequest(format!("The path cannot be read: {error}.")))?;
        let user = params.iter().find(|(name, _)| *name == USER).map(|(_, value)| value.to_owned());
        Ok(Self { headers: parts.headers.clone(), user })
    }
}

impl Asker {
    /// The organizer whose meetings may be asked about. `needed` is what an application must be allowed; a user's token needs the scope
    /// `meetings`.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] without a valid token, [`ApiError::Forbidden`] without the permission, or for another's meetings.
    pub async fn organizer<S: Store>(&self, app: &AppState<S>, needed: AppPermission) -> Result<User, ApiError> {
        let Some(application) = application(app, &self.headers).await? else {
            let user = meetings_user(app, &self.headers).await?;
            return match &self.user {
                Some(asked) if read_id(asked).as_ref() != Some(&user.id) => Err(ApiError::Forbidden(NOT_YOURS)),
                Some(_) | None => Ok(user),
            };
        };
        let asked = self.user.as_ref().ok_or_else(|| ApiError::BadRequest(NO_ME.to_owned()))?;
        if !application.permissions.iter().any(|permission| permission.allows(needed)) {
            return Err(ApiError::Forbidden(NO_PERMISSION));
        }
        let id = read_id(asked).ok_or(ApiError::NotFound(NO_ORGANIZER))?;
        app.store.user(&id).await?.ok_or(ApiError::NotFound(NO_ORGANIZER))
    }

    /// The path of the organizer's meetings, as it was asked for.
    pub fn path(&self, organizer: &User) -> String {
        match self.user {
            Some(_) => format!("/v1.0/users/{}/onlineMeetings", organizer.id.as_str().trim_start_matches("8:orgid:")),
            None => "/v1.0/me/onlineMeetings".to_owned(),
        }
    }
}

/// An organizer's id: with `8:orgid:`, or without it as Graph has it.
fn read_id(text: &str) -> Option<RawId> {
    let id = RawId::parse(text).or_else(|_| RawId::parse(&format!("8:orgid:{text}"))).ok()?;
    (id.kind() == IdentifierKind::OrganizationUser).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::read_id;
    use convene_model::RawId;

    #[test]
    fn an_organizer_is_named_with_or_without_the_prefix_and_nobody_else_is_an_organizer() {
        let id = Some(RawId::organization_user("0e1f-44"));
        assert_eq!((read_id("0e1f-44"), read_id("8:orgid:0e1f-44")), (id.clone(), id));
        for text in ["", "8:acs:r_u", "8:teamsvisitor:v", "a/b", "8:orgid:", "olga@example.org"] {
            assert_eq!(read_id(text), None, "{text}");
        }
    }
}
