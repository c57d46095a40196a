//! Audio to the app and back: `mediaStreamingOptions`, `:startMediaStreaming`, `:stopMediaStreaming`.

use super::TAG;
use super::bodies::{check_context, operation_callback_not_supported, read};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use crate::outbound::Reach;
use axum::http::StatusCode;
use convene_model::audio::{AudioChannels, PcmRate, StreamingOptions};
use convene_model::automation::Act;
use convene_store::Store;
use serde::Deserialize;
use std::net::SocketAddr;
use utoipa::ToSchema;

/// The longest URL of an app's WebSocket. Longer: each connection keeps it. Shorter: tokens in the query do not fit.
const URL_MAX: usize = 2_048;

/// How audio goes to the app and back.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaStreamingOptions {
    /// `websocket`.
    transport_type: String,
    /// Where the app takes WebSockets: a wss URL.
    transport_url: String,
    /// `audio`; other contents are not streamed.
    content_type: Option<String>,
    /// `mixed` or `unmixed`.
    audio_channel_type: String,
    /// Whether audio goes to the app from the beginning; else from `:startMediaStreaming` on.
    pub start_media_streaming: Option<bool>,
    /// Whether the app may speak.
    enable_bidirectional: Option<bool>,
    /// `Pcm16KMono` or `Pcm24KMono`.
    audio_format: Option<String>,
    /// Whether the app is told of the keys that people press, by `DtmfData` frames.
    enable_dtmf_tones: Option<bool>,
}

#[derive(Deserialize, Default, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamingRequest {
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
}

impl MediaStreamingOptions {
    /// What is asked for.
    ///
    /// # Errors
    /// If it cannot be done.
    pub fn read(&self, reach: Reach) -> Result<StreamingOptions, ApiError> {
        let bad = |what: &str| Err(ApiError::BadRequest(format!("mediaStreamingOptions.{what}")));
        let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
        if !is(&self.transport_type, "websocket") {
            return bad("transportType must be websocket.");
        }
        if self.content_type.as_deref().is_some_and(|content| !is(content, "audio")) {
            return bad("contentType must be audio.");
        }
        let channels = match self.audio_channel_type.as_str() {
            text if is(text, "mixed") => AudioChannels::Mixed,
            text if is(text, "unmixed") => AudioChannels::Unmixed,
            _ => return bad("audioChannelType must be mixed or unmixed."),
        };
        let rate = match self.audio_format.as_deref() {
            None => PcmRate::Hz16000,
            Some(text) if is(text, "Pcm16KMono") => PcmRate::Hz16000,
            Some(text) if is(text, "Pcm24KMono") => PcmRate::Hz24000,
            Some(_) => return bad("audioFormat must be Pcm16KMono or Pcm24KMono."),
        };
        let url = self.transport_url.clone();
        let is_plain = url.starts_with("ws://") && reach == Reach::Anywhere;
        if url.len() > URL_MAX || !(url.starts_with("wss://") || is_plain) {
            return bad(&format!(
                "transportUrl must be a wss:// URL of at most {URL_MAX} bytes. (ws:// only where the operator allows \
                 --private-endpoints.)"
            ));
        }
        let (bidirectional, tones) = (self.enable_bidirectional == Some(true), self.enable_dtmf_tones == Some(true));
        Ok(StreamingOptions { url, channels, rate, bidirectional, tones })
    }
}

/// Audio goes to the app from now on. An agent that was muted speaks again, if it may.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:startMediaStreaming", operation_id = "startMediaStreaming",
    tag = TAG, security(("accessKey" = [])), request_body = StreamingRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 202, description = "It will: MediaStreamingStarted or MediaStreamingFailed follows"),
    (status = 400, description = "A connection without media", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn start<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    let context = context_of(signed)?;
    super::act(app, peer.ip(), &signed.resource.id, id.to_owned(), Act::StartStreaming { context }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// No more audio goes to the app, nor from it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:stopMediaStreaming", operation_id = "stopMediaStreaming",
    tag = TAG, security(("accessKey" = [])), request_body = StreamingRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 202, description = "It will not: MediaStreamingStopped follows"),
    (status = 400, description = "A connection without media", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn stop<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    let context = context_of(signed)?;
    super::act(app, peer.ip(), &signed.resource.id, id.to_owned(), Act::StopStreaming { context }).await?;
    Ok(StatusCode::ACCEPTED)
}

fn context_of(signed: &Signed) -> Result<Option<String>, ApiError> {
    let request: StreamingRequest =
        if signed.body.is_empty() { StreamingRequest::default() } else { read(&signed.body)? };
    operation_callback_not_supported(request.operation_callback_uri.as_ref())?;
    check_context(request.operation_context.as_ref())?;
    Ok(request.operation_context)
}
