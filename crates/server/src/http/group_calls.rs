//! The lobbies of group calls, for apps' servers: who never waits, who decides about those who do. ACS's group calls have no lobby; so the
//! paths and bodies here are Convene's own (docs/operations.md). What may be said is `convene_directory`'s to know; live calls are told of
//! what is durable already.

use crate::app::AppState;
use crate::clock::wall_now;
use crate::drive::Arrival;
use crate::http::described::Described;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed, answer_headers};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Json, middleware};
use convene_directory::{
    GroupCallModel, GroupCallRefused, GroupCallRequest, group_call_model, normalize_group_id, set_group_call,
    without_lobby,
};
use convene_model::group_call::GroupCall;
use convene_node::Input;
use convene_store::Store;
use std::sync::Arc;

const TAG: &str = "Group Calls";

/// How often a lobby is set while others set the same one. Larger: a busy group holds requests longer. Smaller: two processes of one app
/// meet a conflict.
const TRIES: u32 = 5;

const BUSY: &str = "The group call's lobby was set by others at the same time. Read it again, and set it once more.";

const NO_LOBBY: &str =
    "This group call has no lobby: everybody who knows its id comes in. PUT the same path to give it one.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(__path_set, set::<S>)
        .operation(__path_read, read::<S>)
        .operation(__path_delete, delete::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

impl From<GroupCallRefused> for ApiError {
    fn from(refused: GroupCallRefused) -> Self {
        Self::Told {
            status: StatusCode::BAD_REQUEST,
            code: "BadRequest",
            message: refused.to_string(),
            target: refused.target().map(str::to_owned),
        }
    }
}

/// Gives a group call a lobby, or changes the one that it has.
///
/// The body says all of it. A call that goes on follows at once: who is in stays in, and whoever need not wait any more comes in.
#[utoipa::path(put, path = "/convene/groupCalls/{groupId}", operation_id = "setGroupCallLobby", tag = TAG,
    security(("accessKey" = [])), params(("groupId" = String, Path, description = "The group's id: a UUID"), ApiVersion),
    request_body(content = GroupCallRequest), responses(
    (status = 200, description = "The group call", body = GroupCallModel),
    (status = 400, description = "A property that cannot be set so, or not an id of a group", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 409, description = "Others set it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn set<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<GroupCallModel>, ApiError> {
    let (id, resource) = (group_id(&id)?, signed.resource.id);
    for _ in 0..TRIES {
        let before = app.store.group_call(&resource, &id).await?.unwrap_or_else(|| GroupCall::open(&resource, &id));
        let group = set_group_call(&before, &signed.body, wall_now())?;
        if app.store.keep_group_call(&group).await? {
            tracing::info!(group = id, version = group.version, "a group call's lobby was set");
            let model = group_call_model(&group).ok_or(ApiError::NotFound(NO_LOBBY))?;
            tell(&app, group).await;
            return Ok(Json(model));
        }
    }
    Err(ApiError::Conflict(BUSY))
}

/// The lobby of a group call.
#[utoipa::path(get, path = "/convene/groupCalls/{groupId}", operation_id = "getGroupCallLobby", tag = TAG,
    security(("accessKey" = [])), params(("groupId" = String, Path, description = "The group's id: a UUID"), ApiVersion), responses(
    (status = 200, description = "The group call", body = GroupCallModel),
    (status = 400, description = "Not an id of a group", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "The group call has no lobby", body = ErrorAnswer),
))]
pub async fn read<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<GroupCallModel>, ApiError> {
    let group = app.store.group_call(&signed.resource.id, &group_id(&id)?).await?;
    group.as_ref().and_then(group_call_model).map(Json).ok_or(ApiError::NotFound(NO_LOBBY))
}

/// Takes a group call's lobby away: whoever waits comes in. One that has none has none.
#[utoipa::path(delete, path = "/convene/groupCalls/{groupId}", operation_id = "deleteGroupCallLobby", tag = TAG,
    security(("accessKey" = [])), params(("groupId" = String, Path, description = "The group's id: a UUID"), ApiVersion), responses(
    (status = 204, description = "The group call has no lobby any more"),
    (status = 400, description = "Not an id of a group", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
pub async fn delete<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    let (id, resource) = (group_id(&id)?, signed.resource.id);
    if let Some(version) = app.store.forget_group_call(&resource, &id).await? {
        tracing::info!(group = id, "a group call's lobby was taken away");
        tell(&app, without_lobby(&resource, &id, version, wall_now())).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn group_id(text: &str) -> Result<String, GroupCallRefused> {
    normalize_group_id(text).ok_or(GroupCallRefused::NotAGroupId)
}

async fn tell<S>(app: &AppState<S>, group: GroupCall) {
    // A control task that is gone has no calls left.
    let _stopping = app.arrivals.send(Arrival::Changed(Input::GroupCallChanged(Box::new(group)))).await;
}
