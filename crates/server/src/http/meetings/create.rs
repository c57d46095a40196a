//! `POST /v1.0/me/onlineMeetings`.

use super::shaped;
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::auth::meetings_user;
use crate::http::error::ApiError;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use convene_directory::MeetingBody;
use convene_store::{Store, StoreError};
use std::sync::Arc;

/// Makes a meeting. Its ids are random: if one of them is taken, which nobody should live to see, new ones are made once.
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
