//! `/calling/callConnections/{callConnectionId}/participants`.

use super::bodies::{
    CallParticipant, CallParticipants, MuteParticipantsRequest, OperationAnswer, RemoveParticipantRequest,
    check_context, operation_callback_not_supported, read, who,
};
use super::{TAG, act};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use convene_model::automation::Act;
use convene_store::Store;
use std::net::SocketAddr;
use std::sync::Arc;

const NOBODY: &str = "Nobody with this raw id is in the call.";

/// Who is in the call.
#[utoipa::path(get, path = "/calling/callConnections/{callConnectionId}/participants", operation_id = "getParticipants", tag = TAG,
    security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 200, description = "Everybody, on one page", body = CallParticipants),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<CallParticipants>, ApiError> {
    let view = act(&app, peer.ip(), &signed.resource.id, id, Act::Look).await?;
    Ok(Json(CallParticipants { value: view.participants.iter().map(CallParticipant::from).collect() }))
}

/// Somebody in the call.
#[utoipa::path(get, path = "/calling/callConnections/{callConnectionId}/participants/{participantRawId}",
    operation_id = "getParticipant", tag = TAG, security(("accessKey" = [])), params(
    ("callConnectionId" = String, Path, description = "The connection"),
    ("participantRawId" = String, Path, description = "The raw id"), ApiVersion), responses(
    (status = 200, description = "The participant", body = CallParticipant),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource, or nobody of this id in its call", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((id, raw_id)): Path<(String, String)>,
    signed: Signed,
) -> Result<Json<CallParticipant>, ApiError> {
    let view = act(&app, peer.ip(), &signed.resource.id, id, Act::Look).await?;
    let found = view.participants.iter().find(|seen| seen.user.as_str() == raw_id);
    Ok(Json(CallParticipant::from(found.ok_or(ApiError::NotFound(NOBODY))?)))
}

/// Takes somebody out of the call. RemoveParticipantSucceeded or RemoveParticipantFailed says what became of it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}/participants:remove", operation_id = "removeParticipant",
    tag = TAG, security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion),
    request_body = RemoveParticipantRequest, responses(
    (status = 202, description = "It is under way", body = OperationAnswer),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn remove<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<(StatusCode, Json<OperationAnswer>), ApiError> {
    let body: RemoveParticipantRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    operation_callback_not_supported(body.operation_callback_uri.as_ref())?;
    let (user, context) = (who(&body.participant_to_remove)?, body.operation_context.clone());
    act(&app, peer.ip(), &signed.resource.id, id, Act::Remove { user, context }).await?;
    Ok((StatusCode::ACCEPTED, Json(OperationAnswer { operation_context: body.operation_context })))
}

/// Mutes somebody, who may unmute themselves.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}/participants:mute", operation_id = "muteParticipants",
    tag = TAG, security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion),
    request_body = MuteParticipantsRequest, responses(
    (status = 200, description = "Muted", body = OperationAnswer),
    (status = 400, description = "Nobody, or more than one", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "A meeting in which the app may not", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource, or nobody of this id in its call", body = ErrorAnswer),
))]
pub async fn mute<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<OperationAnswer>, ApiError> {
    let body: MuteParticipantsRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    let [target] = body.target_participants.as_slice() else {
        return Err(ApiError::BadRequest(
            "targetParticipants must name one participant. Mute others one by one.".to_owned(),
        ));
    };
    let user = who(target)?;
    act(&app, peer.ip(), &signed.resource.id, id, Act::Mute { user }).await?;
    Ok(Json(OperationAnswer { operation_context: body.operation_context }))
}
