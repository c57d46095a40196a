//! Rooms, in the shape of ACS Rooms REST (2023-06-14, 2024-04-15, 2025-03-13), for apps' servers. What may be said about a room is
//! `convene-directory`'s to know; live calls are told of what is durable already.

mod change;
mod create;
pub(super) mod paging;
mod participants;
mod read;
pub(super) mod request;

use crate::app::AppState;
use crate::drive::Arrival;
use crate::http::described::Described;
use crate::http::error::ApiError;
use crate::http::signed::answer_headers;
use axum::http::StatusCode;
use axum::middleware;
use convene_directory::{RoomRefused, parse_room_id};
use convene_model::record::Room;
use convene_node::Input;
use convene_store::Store;
use std::sync::Arc;

const NO_ROOM: &str = "The server cannot find the requested resource: this resource has no room with this id.";

const TAG: &str = "Rooms";

/// How often a change is tried while others change the same room. Larger: a busy room holds requests longer. Smaller: two processes of
/// one app meet a conflict.
const TRIES: u32 = 5;

const BUSY: &str = "The room was changed by others at the same time. Read it again, and send the change once more.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(create::__path_create, create::create::<S>)
        .operation(read::__path_list, read::list::<S>)
        .operation(read::__path_one, read::one::<S>)
        .operation(change::__path_change, change::change::<S>)
        .operation(change::__path_delete, change::delete::<S>)
        .operation(participants::__path_list, participants::list::<S>)
        .operation(participants::__path_change, participants::change::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

impl From<RoomRefused> for ApiError {
    fn from(refused: RoomRefused) -> Self {
        Self::Told {
            status: StatusCode::BAD_REQUEST,
            code: "BadRequest",
            message: refused.to_string(),
            target: refused.target().map(str::to_owned),
        }
    }
}

/// The resource's room of that id. Others' rooms are as unknown as those that never were.
async fn own_room<S: Store>(app: &AppState<S>, resource: &str, id: &str) -> Result<Room, ApiError> {
    let id = parse_room_id(id)?;
    app.store.room(resource, &id).await?.ok_or(ApiError::NotFound(NO_ROOM))
}

/// Changes a room on top of what it is now, and tells its live call.
async fn change_on_top<S: Store>(
    app: &AppState<S>,
    resource: &str,
    id: &str,
    change: impl Fn(&Room) -> Result<Room, RoomRefused>,
) -> Result<Room, ApiError> {
    for _ in 0..TRIES {
        let changed = change(&own_room(app, resource, id).await?)?;
        if app.store.update_room(&changed).await? {
            tracing::info!(room = %changed.id, version = changed.version, "room changed");
            tell(app, Input::RoomChanged(Box::new(changed.clone()))).await;
            return Ok(changed);
        }
    }
    Err(ApiError::Conflict(BUSY))
}

async fn tell<S>(app: &AppState<S>, input: Input) {
    // A control task that is gone has no calls left.
    let _stopping = app.arrivals.send(Arrival::Changed(input)).await;
}
