//! Identities of apps' users and their access tokens, in the shape of ACS Identity REST (2023-10-01).

use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use crate::http::error::ApiError;
use crate::http::signed::{Signed, answer_headers};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use axum::{Json, Router, middleware};
use convene_identity::{AccessToken, MintError, NewUser, TokenRequest, new_user};
use convene_model::limits::TOKEN_MINUTES;
use convene_model::record::{Resource, User};
use convene_model::{RawId, Scope, Scopes, rfc3339};
use convene_store::Store;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

const NO_USER: &str = "There is no user with this id in this resource. Create one with POST /identities.";

/// The scopes that an app's server may ask for; `meetings` is not for apps' users.
const SCOPES: [Scope; 5] = [Scope::Chat, Scope::ChatJoin, Scope::ChatJoinLimited, Scope::Voip, Scope::VoipJoin];

/// The routes.
pub fn router<S: Store>() -> Router<Arc<AppState<S>>> {
    Router::new()
        // The paths of ACS have segments that begin with a colon.
        .without_v07_checks()
        .route("/identities", post(create::<S>))
        .route("/identities/{id}", delete(remove::<S>))
        .route("/identities/{id}/:issueAccessToken", post(issue::<S>))
        .route("/identities/{id}/:revokeAccessTokens", post(revoke::<S>))
        .layer(middleware::from_fn(answer_headers))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody {
    create_token_with_scopes: Option<Vec<String>>,
    expires_in_minutes: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IssueBody {
    scopes: Vec<String>,
    expires_in_minutes: Option<u32>,
}

/// `POST /identities`: makes a user, and a token if scopes are given.
async fn create<S: Store>(State(app): State<Arc<AppState<S>>>, signed: Signed) -> Result<Response, ApiError> {
    let body = if signed.body.is_empty() { CreateBody::default() } else { read(&signed.body)? };
    let minutes = check_minutes(body.expires_in_minutes)?;
    let kind = NewUser::Communication { resource: signed.resource.id.clone() };
    let user = new_user(kind, None, &mut OsRandom, wall_now());
    let mut answer = json!({ "identity": { "id": user.id } });
    if let Some(scopes) = body.create_token_with_scopes.filter(|scopes| !scopes.is_empty()) {
        answer["accessToken"] = token_view(&mint(&app, &user, &scopes, minutes)?);
    }
    app.store.insert_user(&user).await?;
    tracing::info!(user = %user.id, "identity created");
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// `POST /identities/{id}/:issueAccessToken`.
async fn issue<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<Value>, ApiError> {
    let id = own_id(&signed.resource, &id)?;
    let user = app.store.user(&id).await?.ok_or(ApiError::NotFound(NO_USER))?;
    let body: IssueBody = read(&signed.body)?;
    let minutes = check_minutes(body.expires_in_minutes)?;
    let token = mint(&app, &user, &body.scopes, minutes)?;
    tracing::info!(user = %user.id, "token issued");
    Ok(Json(token_view(&token)))
}

/// `POST /identities/{id}/:revokeAccessTokens`: every token that was issued so far is invalid, and live sessions end.
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

/// `DELETE /identities/{id}`: the user is gone, and so are its tokens and live sessions.
async fn remove<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    let id = own_id(&signed.resource, &id)?;
    if !app.store.delete_user(&id).await? {
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

fn token_view(token: &AccessToken) -> Value {
    json!({ "token": token.token, "expiresOn": rfc3339(token.expires_at) })
}

/// Tells the control task, after the store has it.
async fn tell<S>(app: &AppState<S>, user: RawId, generation: Option<u64>) {
    // A control task that is gone has no sessions left.
    let _stopping = app.arrivals.send(Arrival::UserChanged { user, generation }).await;
}
