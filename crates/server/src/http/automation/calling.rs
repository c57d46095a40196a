//! Calling people: a new call of an app's, and others into a call that it is connected to.

use super::bodies::{
    CallConnection, CallParticipant, agent, check_context, operation_callback_not_supported, read, unsupported, who,
};
use super::making::{Wish, id_of, make, reach};
use super::streaming::MediaStreamingOptions;
use super::{TAG, act};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use convene_model::automation::{Act, AutomationCommand, Outgoing, Seen};
use convene_model::limits::{DISPLAY_NAME_MAX, INVITATION_SECONDS_MAX, RINGS_BY_USER_MAX};
use convene_model::{RawId, RingId, clean_text};
use convene_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa::ToSchema;

/// A call that is wanted, and who is called.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCallRequest {
    /// Users of the resource, and of the organization if it trusts the resource.
    #[schema(value_type = Vec<Object>)]
    targets: Vec<Map<String, Value>>,
    /// Where the callbacks go: an https URL.
    callback_uri: String,
    /// As which user of the resource the app calls; else as itself.
    #[schema(value_type = Option<Object>)]
    source: Option<Map<String, Value>>,
    /// The name that those see who are called.
    source_display_name: Option<String>,
    operation_context: Option<String>,
    /// The app wants to hear the call and to speak in it, as soon as somebody has answered.
    media_streaming_options: Option<MediaStreamingOptions>,
    #[schema(ignore)]
    source_caller_id_number: Option<Value>,
    #[schema(ignore)]
    teams_app_source: Option<Value>,
    #[schema(ignore)]
    call_intelligence_options: Option<Value>,
    #[schema(ignore)]
    transcription_options: Option<Value>,
}

/// Whom to call into the call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddParticipantRequest {
    /// A user of the resource, or of the organization if it trusts the resource.
    #[schema(value_type = Object)]
    participant_to_add: Map<String, Value>,
    /// The name of who calls that they see; else as the call's beginning had it.
    source_display_name: Option<String>,
    /// How long it rings: 1 to 180; else as long as other calls.
    invitation_timeout_in_seconds: Option<u64>,
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
    #[schema(ignore)]
    source_caller_id_number: Option<Value>,
    #[schema(ignore)]
    custom_calling_context: Option<Value>,
}

/// Somebody is called.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddParticipantAnswer {
    participant: CallParticipant,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_context: Option<String>,
    /// By which it can be cancelled.
    invitation_id: String,
}

/// Whom to call no more.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelAddParticipantRequest {
    invitation_id: String,
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
}

/// It will be cancelled.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelAddParticipantAnswer {
    invitation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_context: Option<String>,
}

fn bad(why: &str) -> ApiError {
    ApiError::BadRequest(why.to_owned())
}

fn name(text: Option<String>) -> String {
    clean_text(&text.unwrap_or_default(), DISPLAY_NAME_MAX)
}

/// Somebody who can be called.
pub fn callee(json: &Map<String, Value>) -> Result<RawId, ApiError> {
    if json.contains_key("phoneNumber") {
        return Err(bad("There is no telephone network here: call a communicationUser or a microsoftTeamsUser."));
    }
    who(json)
}

/// Headers for whoever is called: nothing carries them. Clients send an empty set of them along.
pub fn check_headers(context: Option<&Value>) -> Result<(), ApiError> {
    let is_empty = |value: &Value| match value {
        Value::Object(entries) => entries.is_empty(),
        value => value.is_null(),
    };
    let empty = match context {
        Some(Value::Object(kinds)) => kinds.values().all(is_empty),
        Some(value) => value.is_null(),
        None => true,
    };
    if empty { Ok(()) } else { Err(bad("customCallingContext is not supported: nothing carries it. Leave it out.")) }
}

impl CreateCallRequest {
    fn outgoing(&self, resource: &str) -> Result<Outgoing, ApiError> {
        check_context(self.operation_context.as_ref())?;
        unsupported(&[
            ("sourceCallerIdNumber", &self.source_caller_id_number),
            ("teamsAppSource", &self.teams_app_source),
            ("callIntelligenceOptions", &self.call_intelligence_options),
            ("transcriptionOptions", &self.transcription_options),
        ])?;
        let source = match &self.source {
            None => None,
            Some(user) => Some(source_of(user, resource, "source")?),
        };
        let targets: BTreeSet<RawId> = self.targets.iter().map(callee).collect::<Result<_, _>>()?;
        if targets.is_empty() || targets.len() > RINGS_BY_USER_MAX {
            return Err(ApiError::BadRequest(format!("targets must name 1 to {RINGS_BY_USER_MAX} users.")));
        }
        if source.as_ref().is_some_and(|source| targets.contains(source)) {
            return Err(bad("source is one of targets. Nobody calls themselves."));
        }
        let display_name = name(self.source_display_name.clone());
        Ok(Outgoing { targets: targets.into_iter().collect(), source, display_name })
    }
}

/// ACS's clients send a bare `{ "id": … }`.
pub fn source_of(json: &Map<String, Value>, resource: &str, field: &str) -> Result<RawId, ApiError> {
    let bare = json.get("id").and_then(Value::as_str).and_then(|id| RawId::parse(id).ok());
    let user = bare.map_or_else(|| who(json), Ok)?;
    if user.resource() == Some(resource) {
        return Ok(user);
    }
    Err(ApiError::BadRequest(format!(
        "{field} is no user of this resource. Name one that the Identity API made with the same connection string, or leave it out."
    )))
}

/// Starts a call in order to call people. CallConnected says that somebody came, CreateCallFailed that nobody did.
#[utoipa::path(post, path = "/calling/callConnections", operation_id = "createCall", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion), request_body = CreateCallRequest, responses(
    (status = 201, description = "The connection: it rings", body = CallConnection),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 409, description = "As many connections as there may be", body = ErrorAnswer),
))]
pub async fn create<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<(StatusCode, Json<CallConnection>), ApiError> {
    let body: CreateCallRequest = read(&signed.body)?;
    let outgoing = body.outgoing(&signed.resource.id)?;
    let agent = agent(body.media_streaming_options.as_ref(), body.source_display_name.as_deref(), reach(&app))?;
    let wish = Wish { callback_uri: body.callback_uri, context: body.operation_context, agent };
    let command = |connection| AutomationCommand::Create { connection, outgoing };
    let view = make(&app, peer.ip(), &headers, &signed, wish, command).await?;
    tracing::info!(connection = %view.id, call = %view.call, "an app calls");
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// Calls somebody into the call. AddParticipantSucceeded or AddParticipantFailed says what became of it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}/participants:add", operation_id = "addParticipant",
    tag = TAG, security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion),
    request_body = AddParticipantRequest, responses(
    (status = 202, description = "It is under way", body = AddParticipantAnswer),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn add<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<(StatusCode, Json<AddParticipantAnswer>), ApiError> {
    let body: AddParticipantRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    operation_callback_not_supported(body.operation_callback_uri.as_ref())?;
    unsupported(&[("sourceCallerIdNumber", &body.source_caller_id_number)])?;
    check_headers(body.custom_calling_context.as_ref())?;
    let seconds = body.invitation_timeout_in_seconds;
    if seconds.is_some_and(|seconds| !(1..=INVITATION_SECONDS_MAX).contains(&seconds)) {
        let why = format!("invitationTimeoutInSeconds must be 1 to {INVITATION_SECONDS_MAX}.");
        return Err(ApiError::BadRequest(why));
    }
    let user = callee(&body.participant_to_add)?;
    let invitation = id_of(&headers, &signed, &id)?;
    let asked = Act::Add {
        invitation: RingId(invitation.clone()),
        user: user.clone(),
        display_name: name(body.source_display_name),
        wait_ms: seconds.map(|seconds| seconds * 1000),
        context: body.operation_context.clone(),
    };
    act(&app, peer.ip(), &signed.resource.id, id, asked).await?;
    let participant = CallParticipant::from(&Seen { user, muted: false, held: false });
    let answer =
        AddParticipantAnswer { participant, operation_context: body.operation_context, invitation_id: invitation };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// Calls somebody no more. CancelAddParticipantSucceeded or CancelAddParticipantFailed says what became of it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}/participants:cancelAddParticipant",
    operation_id = "cancelAddParticipant", tag = TAG, security(("accessKey" = [])),
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion),
    request_body = CancelAddParticipantRequest, responses(
    (status = 202, description = "It is under way", body = CancelAddParticipantAnswer),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn cancel<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<(StatusCode, Json<CancelAddParticipantAnswer>), ApiError> {
    let body: CancelAddParticipantRequest = read(&signed.body)?;
    check_context(body.operation_context.as_ref())?;
    operation_callback_not_supported(body.operation_callback_uri.as_ref())?;
    let asked =
        Act::CancelAdd { invitation: RingId(body.invitation_id.clone()), context: body.operation_context.clone() };
    act(&app, peer.ip(), &signed.resource.id, id, asked).await?;
    let answer =
        CancelAddParticipantAnswer { invitation_id: body.invitation_id, operation_context: body.operation_context };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}
