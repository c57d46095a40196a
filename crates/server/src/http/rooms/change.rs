//! `PATCH` and `DELETE /rooms/{id}`: durable first, then the live call is told.

use super::request::{ApiVersion, RoomsRequest};
use super::{TAG, change_on_top, tell};
use crate::app::AppState;
use crate::clock::wall_now;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use convene_directory::{RoomBody, RoomChangeRequest, RoomModel, change_room, parse_room_id, room_model};
use convene_node::Input;
use convene_store::Store;
use std::sync::Arc;

/// Changes a room's options.
///
/// What the body does not say, or says as `null`, stays. A live call follows at once.
#[utoipa::path(patch, path = "/rooms/{id}", operation_id = "updateRoom", tag = TAG, security(("accessKey" = [])),
    params(("id" = String, Path, description = "The room"), ApiVersion),
    request_body(content = RoomChangeRequest, content_type = "application/merge-patch+json"), responses(
    (status = 200, description = "The room", body = RoomModel),
    (status = 400, description = "A property that cannot be set so, not an id of a room, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such room in this resource", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn change<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: RoomsRequest,
) -> Result<Json<RoomModel>, ApiError> {
    let body = RoomBody::of_change(&request.body, request.version)?;
    let now = wall_now();
    let changed = change_on_top(&app, &request.resource, &id, |room| change_room(room, &body, now)).await?;
    Ok(Json(room_model(&changed, request.version)))
}

/// Deletes a room: its call ends for everybody. A room that is not there is deleted already.
#[utoipa::path(delete, path = "/rooms/{id}", operation_id = "deleteRoom", tag = TAG, security(("accessKey" = [])),
    params(("id" = String, Path, description = "The room"), ApiVersion), responses(
    (status = 204, description = "There is no such room any more"),
    (status = 400, description = "Not an id of a room, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
pub async fn delete<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: RoomsRequest,
) -> Result<StatusCode, ApiError> {
    let room = parse_room_id(&id)?;
    if app.store.delete_room(&request.resource, &room).await? {
        tracing::info!(%room, "room deleted");
        tell(&app, Input::RoomDeleted { resource: request.resource, room }).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
