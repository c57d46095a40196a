//! `GET /v1.0/me/onlineMeetings` and `GET /v1.0/me/onlineMeetings/{id}`.

use super::paging::Page;
use super::{own_meeting, shaped};
use crate::app::AppState;
use crate::http::auth::meetings_user;
use crate::http::error::ApiError;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use convene_directory::OnlineMeeting;
use convene_model::MeetingId;
use convene_store::Store;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One of one's own meetings.
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<OnlineMeeting>, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let meeting = own_meeting(&app, &organizer, &MeetingId(id)).await?;
    Ok(Json(shaped(&app, &meeting, &organizer)))
}

/// One's own meetings, the newest first, page by page.
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let page = Page::read(&query).map_err(ApiError::BadRequest)?;
    // One more than asked for tells whether there is a next page.
    let mut meetings = app.store.meetings_of(&organizer.id, page.after.as_ref(), page.top + 1).await?;
    let next = page.cut(&mut meetings).map(|query| format!("{}/v1.0/me/onlineMeetings?{query}", app.public_url));
    let value: Vec<OnlineMeeting> = meetings.iter().map(|meeting| shaped(&app, meeting, &organizer)).collect();
    let mut answer = json!({ "value": value });
    if let Some(next) = next {
        answer["@odata.nextLink"] = json!(next);
    }
    Ok(Json(answer))
}
