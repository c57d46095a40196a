//! Identities of apps' users and their access tokens, in the shape of ACS Identity REST (2023-10-01).

use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use crate::http::described::Described;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed, answer_headers};
use crate::http::told::told;
use crate::live::changes::delete_user;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, middleware};
use convene_identity::{AccessToken, MintError, NewUser, TokenRequest, new_user};
use convene_model::limits::TOKEN_MINUTES;
use convene_model::record::{Resource, User};
use convene_model::{RawId, Scope, Scopes, rfc3339};
use convene_store::Store;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

const NO_USER: &str = "There is no user with this id in this resource. Create one with POST /identities.";

const TAG: &str = "Identity";

/// The scopes that an app's server may ask for; `meetings` is not for apps' users.
const SCOPES: [Scope; 5] = [Scope::Chat, Scope::ChatJoin, Scope::ChatJoinLimited, Scope::Voip, Scope::VoipJoin];

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(__path_create, create::<S>)
        .operation(__path_remove, remove::<S>)
        .operation(__path_issue, issue::<S>)
        .operation(__path_revoke, revoke::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

/// What may be asked for when a user is made. An empty body makes a user without a token.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = IdentityCreateRequest)]
#[serde(rename_all = "camelCase")]
struct CreateBody {
    /// Some of `chat`, `chat.join`, `chat.join.limited`, `voip`, `voip.join`: then there is a token at once.
    #[schema(example = json!(["voip"]))]
    create_token_with_scopes: Option<Vec<String>>,
    /// The token's lifetime.
    #[schema(minimum = 60, maximum = 1440, default = 1440)]
    expires_in_minutes: Option<u32>,
}

/// What a token shall allow, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AccessTokenRequest)]
#[serde(rename_all = "camelCase")]
struct IssueBody {
    /// Some of `chat`, `chat.join`, `chat.join.limited`, `voip`, `voip.join`.
    #[schema(example = json!(["voip"]))]
    scopes: Vec<String>,
    /// The token's lifetime.
    #[schema(minimum = 60, maximum = 1440, default = 1440)]
    expires_in_minutes: Option<u32>,
}

/// A token as it is answered. Has no `Debug`: whoever holds the token is its user.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenAnswer {
    /// A JSON Web Token.
    token: String,
    /// When it ends, in RFC 3339.
    expires_on: String,
}

/// A user, and a token if scopes were given.
#[derive(Serialize, ToSchema)]
#[schema(as = IdentityAndToken)]
#[serde(rename_all = "camelCase")]
struct CreateAnswer {
    identity: IdentityAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<TokenAnswer>,
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = CommunicationIdentity)]
struct IdentityAnswer {
    /// `8:acs:<resource>_<user>`.
    #[schema(value_type = String)]
    id: RawId,
}

/// Makes a user, and a token if scopes are given.
#[utoipa::path(post, path = "/identities", operation_id = "createIdentity", tag = TAG, security(("accessKey" = [])), params(ApiVersion),
    request_body(content = Option<CreateBody>), responses(
    (status = 201, description = "The user", body = CreateAnswer),
    (status = 400, description = "An unknown scope, or a lifetime out of range", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
async fn create<S: Store>(State(app): State<Arc<AppState<S>>>, signed: Signed) -> Result<Response, ApiError> {
    let body = if signed.body.is_empty() { CreateBody::default() } else { read(&signed.body)? };
    let minutes = check_minutes(body.expires_in_minutes)?;
    let kind = NewUser::Communication { resource: signed.resource.id.clone() };
    let user = new_user(kind, None, &mut OsRandom, wall_now());
    let scopes = body.create_token_with_scopes.filter(|scopes| !scopes.is_empty());
    let access_token = scopes.map(|scopes| mint(&app, &user, &scopes, minutes)).transpose()?.map(token_answer);
    app.store.insert_user(&user).await?;
    tracing::info!(user = %user.id, "identity created");
    let answer = CreateAnswer { identity: IdentityAnswer { id: user.id }, access_token };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Issues an access token.
#[utoipa::path(post, path = "/identities/{id}/:issueAccessToken", operation_id = "issueAccessToken", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The user"), ApiVersion), request_body = IssueBody, responses(
    (status = 200, description = "The token", body = TokenAnswer),
    (status = 400, description = "No or an unknown scope, or a lifetime out of range", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such user in this resource", body = ErrorAnswer),
))]
async fn issue<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<TokenAnswer>, ApiError> {
    let id = own_id(&signed.resource, &id)?;
    let user = app.store.user(&id).await?.ok_or(ApiError::NotFound(NO_USER))?;
    let body: IssueBody = read(&signed.body)?;
    let minutes = check_minutes(body.expires_in_minutes)?;
    let token = mint(&app, &user, &body.scopes, minutes)?;
    tracing::info!(user = %user.id, "token issued");
    Ok(Json(token_answer(token)))
}

/// Revokes all tokens of a user.
///
/// Live sessions end, too.
#[utoipa::path(post, path = "/identities/{id}/:revokeAccessTokens", operation_id = "revokeAccessTokens", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The user"), ApiVersion), responses(
    (status = 204, description = "No token that was issued so far is valid any more"),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such user in this resource", body = ErrorAnswer),
))]
async fn revoke<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    let id = own_id(&signed.resource, &id)?;
    let generation = app.store.increase_generation(&id).await?.ok_or(ApiError::NotFound(NO_USER))?;
    tracing::info!(user = %id, generation, "tokens revoked");
    tell(&app, id, Some(generation)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a user.
///
/// Its tokens are invalid and its live sessions end.
#[utoipa::path(delete, path = "/identities/{id}", operation_id = "deleteIdentity", tag = TAG,
    security(("accessKey" = [])), params(("id" = String, Path, description = "The user"), ApiVersion), responses(
    (status = 204, description = "It is gone"),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such user in this resource", body = ErrorAnswer),
))]
async fn remove<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    let id = own_id(&signed.resource, &id)?;
    let (deleting, user) = (app.clone(), id.clone());
    let deleted = told(async move { delete_user(&*deleting.store, Some(&deleting.live), &user, wall_now()).await });
    if !deleted.await?? {
        return Err(ApiError::NotFound(NO_USER));
    }
    tracing::info!(user = %id, "identity deleted");
    tell(&app, id, None).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The id, if it can be one of this resource's users. Others' users are as unknown as those that never were.
fn own_id(resource: &Resource, id: &str) -> Result<RawId, ApiError> {
    RawId::parse(id).ok().filter(|id| id.resource() == Some(&resource.id)).ok_or(ApiError::NotFound(NO_USER))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::BadRequest(format!(
            "The body cannot be used: {error}. Send JSON such as {{\"scopes\":[\"voip\"],\"expiresInMinutes\":60}} to \
             issue a token, or {{\"createTokenWithScopes\":[\"voip\"]}} to create a user with one."
        ))
    })
}

fn check_minutes(minutes: Option<u32>) -> Result<u32, ApiError> {
    let minutes = minutes.unwrap_or(*TOKEN_MINUTES.end());
    if TOKEN_MINUTES.contains(&minutes) {
        return Ok(minutes);
    }
    Err(ApiError::BadRequest(MintError::LifetimeOutOfRange { minutes }.to_string()))
}

fn read_scopes(names: &[String]) -> Result<Scopes, ApiError> {
    names
        .iter()
        .map(|name| {
            let scope = SCOPES.into_iter().find(|scope| scope.as_str() == name);
            scope.ok_or_else(|| {
                let known: Vec<&str> = SCOPES.iter().map(|scope| scope.as_str()).collect();
                ApiError::BadRequest(format!("Unknown scope {name:?}: use some of {}.", known.join(", ")))
            })
        })
        .collect()
}

fn mint<S>(app: &AppState<S>, user: &User, scopes: &[String], minutes: u32) -> Result<AccessToken, ApiError> {
    let request = TokenRequest {
        user,
        scopes: &read_scopes(scopes)?,
        lifetime_minutes: minutes,
        issuer: &app.public_url,
        resource_id: user.id.resource().unwrap_or(&app.settings.resource_id),
        meeting: None,
    };
    app.keys.mint(&request, wall_now()).map_err(|error| match error {
        MintError::SigningFailed => ApiError::Failed(error.to_string()),
        MintError::NoScopes
        | MintError::LifetimeOutOfRange { .. }
        | MintError::MeetingsNotAlone
        | MintError::MeetingsForOutsider
        | MintError::VisitorUnbound => ApiError::BadRequest(error.to_string()),
    })
}

pub(super) fn token_answer(token: AccessToken) -> TokenAnswer {
    TokenAnswer { expires_on: rfc3339(token.expires_at), token: token.token }
}

/// Tells the control task, after the store has it.
async fn tell<S>(app: &AppState<S>, user: RawId, generation: Option<u64>) {
    // A control task that is gone has no sessions left.
    let _stopping = app.arrivals.send(Arrival::UserChanged { user, generation }).await;
}
