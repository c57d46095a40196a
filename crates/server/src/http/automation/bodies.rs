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
    media_streaming_options: Option<MediaStreamingOptions>,
    /// Convene's own: under which name the app is on the roster if it hears and speaks; else "Bot".
    display_name: Option<String>,
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
    /// Whom the app called; nobody, where it came to a call.
    targets: Vec<CommunicationIdentifier>,
    /// `connected`: there is an answer only when it is.
    call_connection_state: &'static str,
    callback_uri: String,
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
        Self {
            call_connection_id: view.id.as_str().to_owned(),
            server_call_id: view.call.as_str().to_owned(),
            correlation_id: view.call.as_str().to_owned(),
            targets: vec![],
            call_connection_state: "connected",
            callback_uri: view.callback_uri,
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
        for (name, value) in [
            ("callIntelligenceOptions", &self.call_intelligence_options),
            ("transcriptionOptions", &self.transcription_options),
        ] {
            if value.is_some() {
                return Err(ApiError::BadRequest(format!(
                    "{name} is not supported. Leave it out (docs/call-automation.md)."
                )));
            }
        }
        Ok(())
    }
}

impl ConnectRequest {
    /// The agent that is wanted, if one is.
    ///
    /// # Errors
    /// If the options cannot be used.
    pub fn agent(&self, reach: Reach) -> Result<Option<NewAgent>, ApiError> {
        let Some(options) = &self.media_streaming_options else { return Ok(None) };
        let display_name = clean_text(self.display_name.as_deref().unwrap_or_default(), DISPLAY_NAME_MAX);
        let display_name = if display_name.is_empty() { "Bot".to_owned() } else { display_name };
        Ok(Some(NewAgent {
            display_name,
            options: options.read(reach)?,
            start: options.start_media_streaming == Some(true),
        }))
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
