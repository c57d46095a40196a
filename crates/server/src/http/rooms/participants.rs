//! `GET` and `PATCH /rooms/{id}/participants`.

use super::paging::{Cursor, PAGE, cursor};
use super::request::{ApiVersion, RoomsRequest};
use super::{TAG, change_on_top, own_room};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use convene_directory::{
    RoomParticipant, RoomParticipantsRequest, change_participants, participants_patch, room_participants,
};
use convene_model::RawId;
use convene_store::Store;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// A page of those who are invited.
#[derive(Serialize, ToSchema)]
#[schema(as = ParticipantsCollection)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantPage {
    value: Vec<RoomParticipant>,
    /// The next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

/// Who is invited, in the order of their ids, page by page.
#[utoipa::path(get, path = "/rooms/{id}/participants", operation_id = "listRoomParticipants", tag = TAG, security(("accessKey" = [])),
    params(("id" = String, Path, description = "The room"), ApiVersion,
        ("after" = Option<String>, Query, description = "Stands in the link to the next page")), responses(
    (status = 200, description = "A page of participants", body = ParticipantPage),
    (status = 400, description = "Not an id of a room, a page that there is not, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such room in this resource", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: RoomsRequest,
) -> Result<Json<ParticipantPage>, ApiError> {
    let after: Option<RawId> = cursor(request.query.get("after"))?;
    let room = own_room(&app, &request.resource, &id).await?;
    let (value, next) = room_participants(&room, after.as_ref(), PAGE);
    let next_link = next.map(|next| {
        let (origin, version) = (&request.origin, request.version.name());
        format!("{origin}/rooms/{}/participants?api-version={version}&after={}", room.id, next.write())
    });
    Ok(Json(ParticipantPage { value, next_link }))
}

/// Invites people, changes their roles, and takes invitations back (`null`).
///
/// A live call follows at once: whose invitation is taken back is out.
#[utoipa::path(patch, path = "/rooms/{id}/participants", operation_id = "updateRoomParticipants", tag = TAG, security(("accessKey" = [])),
    params(("id" = String, Path, description = "The room"), ApiVersion),
    request_body(content = RoomParticipantsRequest, content_type = "application/merge-patch+json"), responses(
    (status = 200, description = "Done; an empty object", body = Object),
    (status = 400, description = "Not an id of this resource's user, an unknown role or version, or too many", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such room in this resource", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn change<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: RoomsRequest,
) -> Result<Json<Value>, ApiError> {
    let changes = participants_patch(&request.body, &request.resource, request.version)?;
    change_on_top(&app, &request.resource, &id, |room| change_participants(room, &changes)).await?;
    Ok(Json(json!({})))
}
