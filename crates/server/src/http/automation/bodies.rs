//! What requests and answers of call automation carry.

use super::streaming::MediaStreamingOptions;
use crate::http::error::ApiError;
use crate::outbound::Reach;
use convene_directory::chat::{CommunicationIdentifier, identifier, user_of_identifier};
use convene_model::automation::NewAgent;
use convene_model::automation::{ConnectTarget, ConnectionView, Seen};
use convene_model::limits::DISPLAY_NAME_MAX;
use convene_model::{RawId, clean_text};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The longest text that an app gives along. Longer: each callback carries it. Shorter: texts that clients send do not fit.
const CONTEXT_MAX: usize = 1024;

/// Which call a connection is wanted to. `kind` says which of the others there is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallLocator {
    /// `groupCallLocator`, `roomCallLocator`, `serverCallLocator`, or Convene's own `teamsMeetingLinkLocator`.
    kind: String,
    group_call_id: Option<String>,
    room_id: Option<String>,
    server_call_id: Option<String>,
    /// A meeting's join link.
    meeting_link: Option<String>,
}

/// A connection that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectRequest {
    pub call_locator: CallLocator,
    /// Where the callbacks go: an https URL.
    pub callback_uri: String,
    pub operation_context: Option<String>,
    #[schema(ignore)]
    call_intelligence_options: Option<Value>,
    /// The app wants to hear the call and to speak in it.
    pub media_streaming_options: Option<MediaStreamingOptions>,
    /// Convene's own: under which name the app is on the roster if it hears, speaks or plays; else "Bot".
    pub display_name: Option<String>,
    #[schema(ignore)]
    transcription_options: Option<Value>,
}

/// Whom to take out of a call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveParticipantRequest {
    #[schema(value_type = Object)]
    pub participant_to_remove: Map<String, Value>,
    pub operation_context: Option<String>,
    #[schema(ignore)]
    pub operation_callback_uri: Option<String>,
}

/// Whom to mute: one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MuteParticipantsRequest {
    #[schema(value_type = Vec<Object>)]
    pub target_participants: Vec<Map<String, Value>>,
    pub operation_context: Option<String>,
}

/// A connection.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallConnection {
    call_connection_id: String,
    server_call_id: String,
    correlation_id: String,
    /// Whom the app called, or for whom it answered; nobody, where it came to a call.
    targets: Vec<CommunicationIdentifier>,
    /// `connecting` while it rings and nobody has come, then `connected`.
    call_connection_state: &'static str,
    callback_uri: String,
    /// As which user the app called, or who called where it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<CommunicationIdentifier>,
    /// Under which name.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_display_name: Option<String>,
    /// As which user the app said that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<AnsweredBy>,
}

/// A user of an app's, in the short form that ACS has here.
#[derive(Serialize, ToSchema)]
pub struct AnsweredBy {
    id: String,
}

/// Somebody in the call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallParticipant {
    identifier: CommunicationIdentifier,
    is_muted: bool,
    is_on_hold: bool,
}

/// Everybody in the call.
#[derive(Serialize, ToSchema)]
pub struct CallParticipants {
    pub value: Vec<CallParticipant>,
}

/// What was asked for is done, or under way.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationAnswer {
    /// As the request had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

impl From<ConnectionView> for CallConnection {
    fn from(view: ConnectionView) -> Self {
        let (targets, source, name) =
            view.outgoing.map(|calls| (calls.targets, calls.source, calls.display_name)).unwrap_or_default();
        Self {
            call_connection_id: view.id.as_str().to_owned(),
            server_call_id: view.call.as_str().to_owned(),
            correlation_id: view.call.as_str().to_owned(),
            targets: targets.iter().map(identifier).collect(),
            call_connection_state: if view.connecting { "connecting" } else { "connected" },
            callback_uri: view.callback_uri,
            source: source.as_ref().map(identifier),
            source_display_name: Some(name).filter(|name| !name.is_empty()),
            answered_by: view.answered_by.map(|user| AnsweredBy { id: user.as_str().to_owned() }),
        }
    }
}

impl From<&Seen> for CallParticipant {
    fn from(seen: &Seen) -> Self {
        Self { identifier: identifier(&seen.user), is_muted: seen.muted, is_on_hold: seen.held }
    }
}

/// Reads a body.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::BadRequest(format!("The body cannot be used: {error}.")))
}

/// Whom an identifier names.
pub fn who(json: &Map<String, Value>) -> Result<RawId, ApiError> {
    user_of_identifier(json).ok_or_else(|| {
        ApiError::BadRequest(
            "The identifier names no user: send one such as {\"communicationUser\":{\"id\":\"8:acs:<resource>_<user>\"}}. \
             Telephone numbers are not supported."
                .to_owned(),
        )
    })
}

/// Checks what the app wants to have back.
pub fn check_context(context: Option<&String>) -> Result<(), ApiError> {
    if context.is_some_and(|context| context.len() > CONTEXT_MAX) {
        return Err(ApiError::BadRequest(format!("operationContext is longer than {CONTEXT_MAX} bytes. Send less.")));
    }
    Ok(())
}

impl ConnectRequest {
    /// Refuses what would otherwise be ignored.
    pub fn check(&self) -> Result<(), ApiError> {
        check_context(self.operation_context.as_ref())?;
        unsupported(&[
            ("callIntelligenceOptions", &self.call_intelligence_options),
            ("transcriptionOptions", &self.transcription_options),
        ])
    }
}

/// The agent that is wanted, if one is.
///
/// # Errors
/// If the options cannot be used.
pub fn agent(
    options: Option<&MediaStreamingOptions>,
    display_name: Option<&str>,
    reach: Reach,
) -> Result<Option<NewAgent>, ApiError> {
    match options {
        Some(_) => seated(options, display_name, reach).map(Some),
        None => Ok(None),
    }
}

/// An agent that stands on the roster in any case, and hears and speaks as `options` say.
///
/// # Errors
/// If the options cannot be used.
pub fn seated(
    options: Option<&MediaStreamingOptions>,
    display_name: Option<&str>,
    reach: Reach,
) -> Result<NewAgent, ApiError> {
    let display_name = clean_text(display_name.unwrap_or_default(), DISPLAY_NAME_MAX);
    let display_name = if display_name.is_empty() { "Bot".to_owned() } else { display_name };
    let start = options.is_some_and(|options| options.start_media_streaming == Some(true));
    Ok(NewAgent { display_name, options: options.map(|options| options.read(reach)).transpose()?, start })
}

/// The agent that comes when the app plays something, if it is to have a name of its own.
pub fn later(display_name: Option<&str>) -> Option<NewAgent> {
    let display_name = clean_text(display_name?, DISPLAY_NAME_MAX);
    (!display_name.is_empty()).then_some(NewAgent { display_name, options: None, start: false })
}

/// Refuses what would otherwise be ignored.
pub fn unsupported(options: &[(&str, &Option<Value>)]) -> Result<(), ApiError> {
    match options.iter().find(|(_, value)| value.is_some()) {
        Some((name, _)) => {
            Err(ApiError::BadRequest(format!("{name} is not supported. Leave it out (docs/call-automation.md).")))
        }
        None => Ok(()),
    }
}

/// Refuses a callback of its own for one operation.
pub fn operation_callback_not_supported(uri: Option<&String>) -> Result<(), ApiError> {
    match uri {
        Some(_) => Err(ApiError::BadRequest(
            "operationCallbackUri is not supported: callbacks go to the connection's callbackUri. Leave it out."
                .to_owned(),
        )),
        None => Ok(()),
    }
}

impl CallLocator {
    /// The call that it names.
    pub fn target(self) -> Result<ConnectTarget, ApiError> {
        let need = |value: Option<String>, name: &str| {
            value.ok_or_else(|| ApiError::BadRequest(format!("callLocator has no {name}, which its kind needs.")))
        };
        match self.kind.as_str() {
            "groupCallLocator" => need(self.group_call_id, "groupCallId").map(ConnectTarget::Group),
            "roomCallLocator" => need(self.room_id, "roomId").map(ConnectTarget::Room),
            "serverCallLocator" => {
                need(self.server_call_id, "serverCallId").map(|id| ConnectTarget::Call(convene_model::CallId(id)))
            }
            "teamsMeetingLinkLocator" => need(self.meeting_link, "meetingLink").map(ConnectTarget::MeetingLink),
            kind => Err(ApiError::BadRequest(format!(
                "There is no callLocator.kind {kind:?}. Use groupCallLocator, roomCallLocator, serverCallLocator or \
                 teamsMeetingLinkLocator."
            ))),
        }
    }
}
