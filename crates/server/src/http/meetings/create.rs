//! Making meetings.

use super::{TAG, shaped};
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::auth::meetings_user;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use convene_directory::{MeetingBody, OnlineMeeting, OnlineMeetingRequest};
use convene_store::{Store, StoreError};
use std::sync::Arc;

/// Makes a meeting.
///
/// Its ids are random: if one of them is taken, which nobody should live to see, new ones are made once.
#[utoipa::path(post, path = "/v1.0/me/onlineMeetings", operation_id = "createMeeting", tag = TAG, security(("accessToken" = [])),
    request_body = OnlineMeetingRequest, responses(
    (status = 201, description = "The meeting", body = OnlineMeeting),
    (status = 400, description = "A property that cannot be used", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Its scope is not `meetings`", body = ErrorAnswer),
))]
pub async fn create<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let body = MeetingBody::of_new(&body)?;
    let make = || body.create(&organizer.id, &app.settings.organization, &mut OsRandom, wall_now());
    let mut meeting = make()?;
    match app.store.insert_meeting(&meeting).await {
        Err(StoreError::Conflict { .. }) => {
            meeting = make()?;
            app.store.insert_meeting(&meeting).await?;
        }
        outcome => outcome?,
    }
    tracing::info!(meeting = %meeting.id, organizer = %organizer.id, "meeting created");
    Ok((StatusCode::CREATED, Json(shaped(&app, &meeting, &organizer))).into_response())
}
