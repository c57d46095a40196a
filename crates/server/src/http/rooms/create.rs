//! `POST /rooms`.

use super::TAG;
use super::request::{ApiVersion, RoomsRequest};
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::repeatable::{REPEATABLE_MS, Repeatable, created, rejected};
use axum::extract::State;
use axum::response::Response;
use convene_directory::{RoomBody, RoomModel, RoomRequest, create_room, room_model};
use convene_store::{Store, StoreError};
use std::sync::Arc;

/// Makes a room.
///
/// A request with a `Repeatability-Request-ID` may be sent again for a day: it makes one room, and is answered alike.
#[utoipa::path(post, path = "/rooms", operation_id = "createRoom", tag = TAG, security(("accessKey" = [])), params(
    ApiVersion,
    ("Repeatability-Request-ID" = Option<String>, Header, description = "The client's name for the request"),
    ("Repeatability-First-Sent" = Option<String>, Header, description = "When the request was sent first, as an HTTP date"),
), request_body(content = Option<RoomRequest>), responses(
    (status = 201, description = "The room", body = RoomModel),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 412, description = "Another request had this name, or it was sent first more than a day ago", body = ErrorAnswer),
))]
pub async fn create<S: Store>(State(app): State<Arc<AppState<S>>>, request: RoomsRequest) -> Response {
    match make(&app, &request).await {
        Ok(response) => response,
        Err(error) => rejected(error),
    }
}

async fn make<S: Store>(app: &AppState<S>, request: &RoomsRequest) -> Result<Response, ApiError> {
    let now = wall_now();
    // The content hash was checked with the signature.
    let content = request.headers.get("x-ms-content-sha256").and_then(|hash| hash.to_str().ok()).unwrap_or("");
    let text = format!("POST /rooms {} {content}", request.version.name());
    let repeatable = Repeatable::of(&request.headers, &request.resource, "", &text, now)?;
    if let Some(repeatable) = &repeatable
        && let Some(former) = app.store.repeatable_answer(&request.resource, &repeatable.id).await?
    {
        return repeatable.again(former);
    }
    let body = RoomBody::of_new(&request.body, &request.resource, request.version)?;
    // Ids are random: if one is taken, which nobody should live to see, another one is made once.
    for last in [false, true] {
        let room = create_room(&body, &request.resource, &mut OsRandom, now)?;
        let model = room_model(&room, request.version);
        let text = serde_json::to_string(&model).map_err(|error| ApiError::Failed(error.to_string()))?;
        let answer = repeatable.as_ref().map(|repeatable| repeatable.answer(&text, now));
        match app.store.insert_room(&room, answer.as_ref()).await {
            Err(StoreError::Conflict { what: "a room" }) if !last => {}
            Err(StoreError::Conflict { .. }) if repeatable.is_some() => break,
            outcome => {
                outcome?;
                tracing::info!(room = %room.id, resource = request.resource, "room created");
                app.store.forget_answers(now - REPEATABLE_MS).await?;
                return Ok(created(text, repeatable.is_some()));
            }
        }
    }
    // The same request was answered meanwhile.
    let Some(repeatable) = repeatable else { return Err(ApiError::Failed("no free room id".to_owned())) };
    match app.store.repeatable_answer(&request.resource, &repeatable.id).await? {
        Some(former) => repeatable.again(former),
        None => Err(ApiError::Failed("no free room id".to_owned())),
    }
}
