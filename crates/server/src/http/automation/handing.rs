//! Handing people over: `:transferToParticipant`, and `participants:moveHere` from another call of the app's.

use super::bodies::{
    CallParticipant, OperationAnswer, check_context, operation_callback_not_supported, read, unsupported, who,
};
use super::calling::{callee, check_headers};
use super::making::id_of;
use super::{TAG, act};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use convene_model::automation::{Act, Seen};
use convene_model::limits::MOVES_AT_ONCE_MAX;
use convene_model::{ConnectionId, RawId, TransferId};
use convene_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa::ToSchema;

/// Who is handed over, and to whom.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferToParticipantRequest {
    /// To whom: a user of the resource, or of the organization if it trusts the resource.
    #[schema(value_type = Object)]
    target_participant: Map<String, Value>,
    /// Who; left out: the only one who is in the call.
    #[schema(value_type = Option<Object>)]
    transferee: Option<Map<String, Value>>,
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
    #[schema(ignore)]
    source_caller_id_number: Option<Value>,
    #[schema(ignore)]
    custom_calling_context: Option<Value>,
}

/// Who comes, and from which call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MoveParticipantsRequest {
    #[schema(value_type = Vec<Object>)]
    target_participants: Vec<Map<String, Value>>,
    /// The connection to the call that they are in.
    from_call: String,
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
}

/// They are asked to come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MoveParticipantsAnswer {
    participants: Vec<CallParticipant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_context: Option<String>,
    from_call: String,
}

/// Hands somebody over: they call the target, and are out of this call once that is answered. CallTransferAccepted or CallTransferFailed
/// says what became of it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:transferToParticipant", operation_id = "transferToParticipant",
    tag = TAG, security(("accessKey" = [])), request_body = TransferToParticipantRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 202, description = "They are asked to go", body = OperationAnswer),
    (status = 400, description = "A body that cannot be used, or nobody named of several", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn transfer<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    headers: &HeaderMap,
    id: &str,
    signed: &Signed,
) -> Result<(StatusCode, Json<OperationAnswer>), ApiError> {
    let body: TransferToParticipantRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    operation_callback_not_supported(body.operation_callback_uri.as_ref())?;
    unsupported(&[("sourceCallerIdNumber", &body.source_caller_id_number)])?;
    check_headers(body.custom_calling_context.as_ref())?;
    let target = callee(&body.target_participant)?;
    let transferee = body.transferee.as_ref().map(who).transpose()?;
    if transferee.as_ref() == Some(&target) {
        return Err(ApiError::BadRequest(
            "transferee is targetParticipant. Nobody is handed over to themselves.".to_owned(),
        ));
    }
    let (transfer, context) = (TransferId(id_of(headers, signed, id)?), body.operation_context.clone());
    let asked = Act::Transfer { transfer, transferee, target, wait_ms: 0, context };
    act(app, peer.ip(), &signed.resource.id, id.to_owned(), asked).await?;
    Ok((StatusCode::ACCEPTED, Json(OperationAnswer { operation_context: body.operation_context })))
}

/// People come into this call from another one of the app's. MoveParticipantSucceeded or MoveParticipantFailed says for each what became of
/// it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}/participants:moveHere", operation_id = "moveParticipants",
    tag = TAG, security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion),
    request_body = MoveParticipantsRequest, responses(
    (status = 202, description = "They are asked to come", body = MoveParticipantsAnswer),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource, for one of the two calls", body = ErrorAnswer),
))]
pub async fn move_here<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<(StatusCode, Json<MoveParticipantsAnswer>), ApiError> {
    let body: MoveParticipantsRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    operation_callback_not_supported(body.operation_callback_uri.as_ref())?;
    let users: BTreeSet<RawId> = body.target_participants.iter().map(who).collect::<Result<_, _>>()?;
    if users.is_empty() || users.len() > MOVES_AT_ONCE_MAX {
        return Err(ApiError::BadRequest(format!("targetParticipants must name 1 to {MOVES_AT_ONCE_MAX} users.")));
    }
    let request = id_of(&headers, &signed, &id)?;
    let each = |(index, user): (usize, &RawId)| (TransferId(format!("{request}-{index}")), user.clone());
    let (from, context) = (ConnectionId(body.from_call.clone()), body.operation_context.clone());
    let asked = Act::MoveHere { users: users.iter().enumerate().map(each).collect(), from, context };
    act(&app, peer.ip(), &signed.resource.id, id, asked).await?;
    let seen = |user: RawId| CallParticipant::from(&Seen { user, muted: false, held: false });
    let participants = users.into_iter().map(seen).collect();
    let answer =
        MoveParticipantsAnswer { participants, operation_context: body.operation_context, from_call: body.from_call };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}
