//! `GET /rooms` and `GET /rooms/{id}`.

use super::paging::{Cursor, PAGE, cursor, cut};
use super::request::{ApiVersion, RoomsRequest};
use super::{TAG, own_room};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use convene_directory::{RoomModel, room_model};
use convene_store::{RoomCursor, Store};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A page of rooms.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomsCollection)]
#[serde(rename_all = "camelCase")]
pub struct RoomPage {
    value: Vec<RoomModel>,
    /// The next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

/// A room.
#[utoipa::path(get, path = "/rooms/{id}", operation_id = "getRoom", tag = TAG, security(("accessKey" = [])),
    params(("id" = String, Path, description = "The room"), ApiVersion), responses(
    (status = 200, description = "The room", body = RoomModel),
    (status = 400, description = "Not an id of a room, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such room in this resource", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: RoomsRequest,
) -> Result<Json<RoomModel>, ApiError> {
    let room = own_room(&app, &request.resource, &id).await?;
    Ok(Json(room_model(&room, request.version)))
}

/// All rooms, the newest first, page by page.
#[utoipa::path(get, path = "/rooms", operation_id = "listRooms", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion, ("after" = Option<String>, Query, description = "Stands in the link to the next page")), responses(
    (status = 200, description = "A page of rooms", body = RoomPage),
    (status = 400, description = "A page that there is not, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    request: RoomsRequest,
) -> Result<Json<RoomPage>, ApiError> {
    let after: Option<RoomCursor> = cursor(request.query.get("after"))?;
    // One more than a page has tells whether there is a next one.
    let mut rooms = app.store.rooms_of(&request.resource, after.as_ref(), PAGE as u32 + 1).await?;
    let next = cut(&mut rooms)
        .map(|next| format!("{}/rooms?api-version={}&after={}", request.origin, request.version.name(), next.write()));
    let value = rooms.iter().map(|room| room_model(room, request.version)).collect();
    Ok(Json(RoomPage { value, next_link: next }))
}
