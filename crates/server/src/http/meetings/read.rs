//! Reading meetings.

use super::paging::Page;
use super::{TAG, own_meeting, shaped};
use crate::app::AppState;
use crate::http::auth::meetings_user;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use convene_directory::OnlineMeeting;
use convene_model::MeetingId;
use convene_store::Store;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A page of meetings. Has no `Debug`: their links are secrets.
#[derive(Serialize, ToSchema)]
pub struct MeetingPage {
    value: Vec<OnlineMeeting>,
    /// Where the next page is, if there is one.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One of one's own meetings.
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings/{id}", operation_id = "getMeeting", tag = TAG, security(("accessToken" = [])),
    params(("id" = String, Path, description = "The meeting")), responses(
    (status = 200, description = "The meeting", body = OnlineMeeting),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Its scope is not `meetings`", body = ErrorAnswer),
    (status = 404, description = "No such meeting among one's own", body = ErrorAnswer),
))]
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
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings", operation_id = "listMeetings", tag = TAG, security(("accessToken" = [])),
    params(
        ("$top" = Option<u32>, Query, description = "Meetings on a page, 1 to 100", minimum = 1, maximum = 100),
        ("$skiptoken" = Option<String>, Query, description = "Stands in the link to the next page"),
    ), responses(
    (status = 200, description = "A page of meetings", body = MeetingPage),
    (status = 400, description = "A query option that cannot be used", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Its scope is not `meetings`", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<MeetingPage>, ApiError> {
    let organizer = meetings_user(&app, &headers).await?;
    let page = Page::read(&query).map_err(ApiError::BadRequest)?;
    // One more than asked for tells whether there is a next page.
    let mut meetings = app.store.meetings_of(&organizer.id, page.after.as_ref(), page.top + 1).await?;
    let next = page.cut(&mut meetings).map(|query| format!("{}/v1.0/me/onlineMeetings?{query}", app.public_url));
    let value: Vec<OnlineMeeting> = meetings.iter().map(|meeting| shaped(&app, meeting, &organizer)).collect();
    Ok(Json(MeetingPage { value, next }))
}
