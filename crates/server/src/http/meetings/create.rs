//! Making meetings.

use super::answers::GraphErrorAnswer;
use super::asker::Asker;
use super::{TAG, shaped};
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::error::ApiError;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use convene_directory::{CreateOrGetRequest, MeetingBody, OnlineMeeting, OnlineMeetingRequest};
use convene_model::AppPermission;
use convene_model::record::{Meeting, User};
use convene_store::{Store, StoreError};
use std::sync::Arc;

/// Makes a meeting.
///
/// Its ids are random: if one of them is taken, which nobody should live to see, new ones are made once.
#[utoipa::path(post, path = "/v1.0/me/onlineMeetings", operation_id = "createMeeting", tag = TAG, security(("accessToken" = [])),
    request_body = OnlineMeetingRequest, responses(
    (status = 201, description = "The meeting", body = OnlineMeeting),
    (status = 400, description = "A property that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetings.ReadWrite.All", body = GraphErrorAnswer),
))]
pub async fn create<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    body: Bytes,
) -> Result<Response, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::WriteMeetings).await?;
    let body = MeetingBody::of_new(&body)?;
    let meeting = match insert(&app, &organizer, &body).await? {
        Some(meeting) => meeting,
        None => insert(&app, &organizer, &body).await?.ok_or_else(clash)?,
    };
    Ok((StatusCode::CREATED, Json(shaped(&app, &meeting, &organizer))).into_response())
}

/// Makes a meeting with an external id, or gives the one that has it.
#[utoipa::path(post, path = "/v1.0/me/onlineMeetings/createOrGet", operation_id = "createOrGetMeeting", tag = TAG,
    security(("accessToken" = [])), request_body = CreateOrGetRequest, responses(
    (status = 200, description = "The meeting that has this external id already, as it is", body = OnlineMeeting),
    (status = 201, description = "A new meeting", body = OnlineMeeting),
    (status = 400, description = "No external id, or a property that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetings.ReadWrite.All", body = GraphErrorAnswer),
))]
pub async fn create_or_get<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    body: Bytes,
) -> Result<Response, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::WriteMeetings).await?;
    let (external_id, body) = MeetingBody::of_create_or_get(&body)?;
    // Twice: whoever finds the id taken finds the meeting that took it, unless that was deleted at once, or another id clashed.
    for _ in 0..2 {
        if let Some(meeting) = app.store.meeting_by_external_id(&organizer.id, &external_id).await? {
            return Ok(Json(shaped(&app, &meeting, &organizer)).into_response());
        }
        if let Some(meeting) = insert(&app, &organizer, &body).await? {
            return Ok((StatusCode::CREATED, Json(shaped(&app, &meeting, &organizer))).into_response());
        }
    }
    match app.store.meeting_by_external_id(&organizer.id, &external_id).await? {
        Some(meeting) => Ok(Json(shaped(&app, &meeting, &organizer)).into_response()),
        None => Err(clash()),
    }
}

/// Makes the meeting; `None` if one of its ids is taken.
async fn insert<S: Store>(
    app: &AppState<S>,
    organizer: &User,
    body: &MeetingBody,
) -> Result<Option<Meeting>, ApiError> {
    let meeting = body.create(&organizer.id, &app.settings.organization, &mut OsRandom, wall_now())?;
    match app.store.insert_meeting(&meeting).await {
        Ok(()) => {
            tracing::info!(meeting = %meeting.id, organizer = %organizer.id, "meeting created");
            Ok(Some(meeting))
        }
        Err(StoreError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn clash() -> ApiError {
    ApiError::Failed("a new meeting's ids were taken twice in a row".to_owned())
}
