//! `:answer`, `:redirect` and `:reject`: what becomes of a call that rings at a user of the resource, by its `incomingCallContext`.

use super::bodies::{CallConnection, check_context, read, seated, unsupported};
use super::calling::{callee, check_headers, source_of};
use super::making::{Wish, id_of, make, reach};
use super::streaming::MediaStreamingOptions;
use super::{TAG, tell};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use convene_model::automation::{AutomationCommand, TurnedAway};
use convene_model::{ErrorCode, RingId};
use convene_store::Store;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa::ToSchema;

/// A call that is answered.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerCallRequest {
    /// As the event `Microsoft.Communication.IncomingCall` had it.
    incoming_call_context: String,
    /// Where the callbacks go: an https URL.
    callback_uri: String,
    operation_context: Option<String>,
    /// As which user of the resource the app says that it answers; the answer has it, and nobody else sees it.
    #[schema(value_type = Option<Object>)]
    answered_by: Option<Map<String, Value>>,
    /// The app wants to hear the call and to speak in it.
    media_streaming_options: Option<MediaStreamingOptions>,
    /// Convene's own: under which name the app is on the roster, as the user who was called; else "Bot".
    display_name: Option<String>,
    #[schema(ignore)]
    call_intelligence_options: Option<Value>,
    #[schema(ignore)]
    transcription_options: Option<Value>,
    #[schema(ignore)]
    custom_calling_context: Option<Value>,
}

/// A call that rings elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedirectCallRequest {
    /// As the event `Microsoft.Communication.IncomingCall` had it.
    incoming_call_context: String,
    /// A user of the resource, or of the organization if it trusts the resource.
    #[schema(value_type = Object)]
    target: Map<String, Value>,
    #[schema(ignore)]
    custom_calling_context: Option<Value>,
}

/// A call that is not taken.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RejectCallRequest {
    /// As the event `Microsoft.Communication.IncomingCall` had it.
    incoming_call_context: String,
    /// `none` (whoever calls hears 603/0), `busy` (486/0) or `forbidden` (403/0).
    call_reject_reason: Option<String>,
}

/// Answers a call in place of the user at whom it rings.
#[utoipa::path(post, path = "/calling/callConnections:answer", operation_id = "answerCall", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion), request_body = AnswerCallRequest, responses(
    (status = 200, description = "The connection", body = CallConnection),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such call rings at a user of this resource, or not any more", body = ErrorAnswer),
    (status = 409, description = "As many connections as there may be", body = ErrorAnswer),
))]
pub async fn answer<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Json<CallConnection>, ApiError> {
    let body: AnswerCallRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    unsupported(&[
        ("callIntelligenceOptions", &body.call_intelligence_options),
        ("transcriptionOptions", &body.transcription_options),
    ])?;
    check_headers(body.custom_calling_context.as_ref())?;
    let answered_by = body.answered_by.as_ref();
    let answered_by = answered_by.map(|user| source_of(user, &signed.resource.id, "answeredBy")).transpose()?;
    let agent = seated(body.media_streaming_options.as_ref(), body.display_name.as_deref(), reach(&app))?;
    let ring = RingId(body.incoming_call_context);
    let wish = Wish { callback_uri: body.callback_uri, context: body.operation_context, agent: Some(agent) };
    let command = |connection| AutomationCommand::Answer { connection, ring, answered_by };
    let view = make(&app, peer.ip(), &headers, &signed, wish, command).await?;
    tracing::info!(connection = %view.id, call = %view.call, "an app answered");
    Ok(Json(view.into()))
}

/// Has a call ring at somebody else than the user whom it is for. Whoever calls goes on waiting.
#[utoipa::path(post, path = "/calling/callConnections:redirect", operation_id = "redirectCall", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion), request_body = RedirectCallRequest, responses(
    (status = 204, description = "It rings there"),
    (status = 400, description = "A body that cannot be used, or somebody who is in the call", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "Somebody who was removed from the call", body = ErrorAnswer),
    (status = 404, description = "No such call rings at a user of this resource, or not any more", body = ErrorAnswer),
))]
pub async fn redirect<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    let body: RedirectCallRequest = read(&signed.body)?;
    check_headers(body.custom_calling_context.as_ref())?;
    let to = TurnedAway::To(callee(&body.target)?);
    turn_away(&app, peer, &headers, &signed, body.incoming_call_context, to).await
}

/// Does not take a call for the user whom it is for, who is not asked.
#[utoipa::path(post, path = "/calling/callConnections:reject", operation_id = "rejectCall", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion), request_body = RejectCallRequest, responses(
    (status = 204, description = "It rings no more"),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such call rings at a user of this resource, or not any more", body = ErrorAnswer),
))]
pub async fn reject<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    let body: RejectCallRequest = read(&signed.body)?;
    let reason = match body.call_reject_reason.as_deref().unwrap_or("none").to_ascii_lowercase().as_str() {
        "none" => ErrorCode::RingDeclined,
        "busy" => ErrorCode::RingBusy,
        "forbidden" => ErrorCode::RingForbidden,
        _ => return Err(ApiError::BadRequest("callRejectReason must be none, busy or forbidden.".to_owned())),
    };
    turn_away(&app, peer, &headers, &signed, body.incoming_call_context, TurnedAway::Rejected(reason)).await
}

async fn turn_away<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    headers: &HeaderMap,
    signed: &Signed,
    context: String,
    to: TurnedAway,
) -> Result<StatusCode, ApiError> {
    let (request, resource) = (id_of(headers, signed, &context)?, signed.resource.id.clone());
    let command = AutomationCommand::TurnAway { request, resource, ring: RingId(context), to };
    tell(app, peer.ip(), command).await?;
    Ok(StatusCode::NO_CONTENT)
}
