//! Meetings, in the shape of Microsoft Graph's `onlineMeeting`: create and read one's own.

use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::auth::meetings_user;
use crate::http::error::ApiError;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use convene_directory::{NewMeeting, OnlineMeeting, create_meeting, online_meeting};
use convene_model::MeetingId;
use convene_model::record::LobbyScope;
use convene_store::Store;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

const NO_MEETING: &str = "There is no meeting with this id among yours.";

/// Meetings listed at once.
const LIST_MAX: u32 = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody {
    subject: Option<String>,
    lobby_bypass_settings: Option<LobbyBypassBody>,
    is_guests_allowed: Option<bool>,
    guests_may_start: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LobbyBypassBody {
    scope: Option<LobbyScope>,
}

/// `POST /v1.0/me/onlineMeetings`.
pub async fn create<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let body: CreateBody = serde_json::from_slice(&body).map_err(|error| {
        ApiError::BadRequest(format!("The body is no onlineMeeting in JSON: {error}. Send at least {{}}."))
    })?;
    let lobby = body.lobby_bypass_settings.and_then(|settings| settings.scope).unwrap_or(LobbyScope::Organization);
    let new = NewMeeting {
        organizer: organizer.id.clone(),
        organization: app.settings.organization.clone(),
        subject: body.subject.unwrap_or_default(),
        lobby,
        starts_at: None,
        ends_at: None,
        guests_allowed: body.is_guests_allowed.unwrap_or(true),
        guests_may_start: body.guests_may_start.unwrap_or(true),
    };
    let meeting =
        create_meeting(new, &mut OsRandom, wall_now()).map_err(|error| ApiError::BadRequest(error.to_string()))?;
    app.store.insert_meeting(&meeting).await?;
    let shaped = online_meeting(&app.public_url, &meeting, organizer.display_name.as_deref());
    Ok((StatusCode::CREATED, Json(shaped)).into_response())
}

/// `GET /v1.0/me/onlineMeetings/{id}`. Others' meetings are not found.
pub async fn get<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<OnlineMeeting>, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let meeting = app.store.meeting(&MeetingId(id)).await?;
    let meeting = meeting.filter(|meeting| meeting.organizer == organizer.id).ok_or(ApiError::NotFound(NO_MEETING))?;
    Ok(Json(online_meeting(&app.public_url, &meeting, organizer.display_name.as_deref())))
}

/// `GET /v1.0/me/onlineMeetings`: the newest first.
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
) -> Result<Json<serde_json::Value>, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let meetings = app.store.meetings_of(&organizer.id, None, LIST_MAX).await?;
    let value: Vec<OnlineMeeting> = meetings
        .iter()
        .map(|meeting| online_meeting(&app.public_url, meeting, organizer.display_name.as_deref()))
        .collect();
    Ok(Json(json!({ "value": value })))
}
