//! Files of the app in the call: `:play` and `:cancelAllMediaOperations`.

use super::bodies::{check_context, operation_callback_not_supported, read, who};
use super::making::reach;
use super::{TAG, ask};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use crate::outbound::Reach;
use axum::http::StatusCode;
use convene_model::ConnectionId;
use convene_model::audio::{PlayFile, PlayFiles};
use convene_model::automation::{Act, AutomationCommand, NewPlay};
use convene_model::limits::PLAY_FILES_MAX;
use convene_store::Store;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::net::SocketAddr;
use utoipa::ToSchema;

/// The longest URL of a file. Longer: each play that waits keeps it. Shorter: signatures in the query do not fit.
const URL_MAX: usize = 2_048;
/// The longest name under which a file is kept. Longer: each file that is kept has one. Shorter: UUIDs and paths do not fit.
const CACHE_ID_MAX: usize = 256;
/// To how many something may be played alone. More: a request takes longer to look at. Fewer: groups within large calls do not fit.
const PLAY_TO_MAX: usize = 100;

/// What is to be played.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayRequest {
    /// One after the other.
    play_sources: Vec<PlaySource>,
    /// Who alone is to hear it; nobody: everybody.
    #[schema(value_type = Option<Vec<Object>>)]
    play_to: Option<Vec<Map<String, Value>>>,
    play_options: Option<PlayOptions>,
    /// Whether what plays and what waits is canceled for it; else it waits.
    interrupt_call_media_operation: Option<bool>,
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
}

/// One of them.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaySource {
    /// `file`.
    kind: String,
    file: Option<FileSource>,
    /// Under which name the server keeps the file for an hour, so that it is fetched once.
    play_source_cache_id: Option<String>,
}

/// Where a file is.
#[derive(Deserialize, ToSchema)]
pub struct FileSource {
    /// An https URL of a WAV file: PCM, 16 bit, one channel or two, 8, 16, 24, 44.1 or 48 kHz.
    uri: String,
}

/// How it is played.
#[derive(Deserialize, ToSchema)]
pub struct PlayOptions {
    /// Over and over again, until that is canceled.
    r#loop: Option<bool>,
}

/// What is to end.
#[derive(Deserialize, Default, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelAllRequest {
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
}

fn bad<T>(why: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError::BadRequest(why.into()))
}

impl PlaySource {
    fn read(self, reach: Reach) -> Result<PlayFile, ApiError> {
        let is = |word: &str| self.kind.eq_ignore_ascii_case(word);
        if is("text") || is("ssml") {
            return bad(
                "playSources of kind text and ssml are not supported: Convene has no speech synthesis. Play a file.",
            );
        }
        let Some(FileSource { uri: url }) = self.file.filter(|_| self.kind.eq_ignore_ascii_case("file")) else {
            return bad("Each of playSources must be of kind file, with file.uri.");
        };
        let is_plain = url.starts_with("http://") && reach == Reach::Anywhere;
        if url.len() > URL_MAX || !(url.starts_with("https://") || is_plain) {
            return bad(format!(
                "file.uri must be an https:// URL of at most {URL_MAX} bytes. (http:// only where the operator allows \
                 --private-endpoints.)"
            ));
        }
        let cache_id = self.play_source_cache_id.filter(|id| !id.is_empty());
        if cache_id.as_ref().is_some_and(|id| id.len() > CACHE_ID_MAX) {
            return bad(format!("playSourceCacheId is longer than {CACHE_ID_MAX} bytes."));
        }
        Ok(PlayFile { url, cache_id })
    }
}

impl PlayRequest {
    fn read(self, resource: &str, reach: Reach) -> Result<NewPlay, ApiError> {
        check_context(self.operation_context.as_ref())?;
        operation_callback_not_supported(self.operation_callback_uri.as_ref())?;
        if !(1..=PLAY_FILES_MAX).contains(&self.play_sources.len()) {
            return bad(format!("playSources must name 1 to {PLAY_FILES_MAX} files."));
        }
        let files = self.play_sources.into_iter().map(|source| source.read(reach)).collect::<Result<_, _>>()?;
        let to = self.play_to.unwrap_or_default();
        if to.len() > PLAY_TO_MAX {
            return bad(format!("playTo names more than {PLAY_TO_MAX}. Leave it out to play to everybody."));
        }
        Ok(NewPlay {
            files: PlayFiles {
                resource: resource.to_owned(),
                files,
                looped: self.play_options.and_then(|options| options.r#loop) == Some(true),
            },
            to: to.iter().map(who).collect::<Result<_, _>>()?,
            interrupt: self.interrupt_call_media_operation == Some(true),
            context: self.operation_context,
        })
    }
}

/// Plays WAV files of the app to everybody, or to some alone. PlayStarted, PlayCompleted, PlayFailed and PlayCanceled say what becomes of it.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:play", operation_id = "play",
    tag = TAG, security(("accessKey" = [])), request_body = PlayRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 202, description = "It plays, or waits for what plays"),
    (status = 400, description = "What cannot be played, or to somebody who is not in the call", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "The app may not speak in this call, or the call is full", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
    (status = 409, description = "As much waits as may", body = ErrorAnswer),
))]
pub async fn play<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    let resource = signed.resource.id.clone();
    let play = read::<PlayRequest>(&signed.body)?.read(&resource, reach(app))?;
    let connection = ConnectionId(id.to_owned());
    ask(app, peer.ip(), AutomationCommand::Play { connection, resource, play }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Nothing of what the app plays, and of what waits, is played any more: PlayCanceled of each follows.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:cancelAllMediaOperations",
    operation_id = "cancelAllMediaOperations", tag = TAG, security(("accessKey" = [])), request_body = CancelAllRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 202, description = "It is silent"),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn cancel_all<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    let request: CancelAllRequest =
        if signed.body.is_empty() { CancelAllRequest::default() } else { read(&signed.body)? };
    check_context(request.operation_context.as_ref())?;
    operation_callback_not_supported(request.operation_callback_uri.as_ref())?;
    super::act(app, peer.ip(), &signed.resource.id, id.to_owned(), Act::CancelMedia).await?;
    Ok(StatusCode::ACCEPTED)
}
