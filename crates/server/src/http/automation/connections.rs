//! `/calling/callConnections/{callConnectionId}`.

use super::bodies::CallConnection;
use super::{TAG, handing, missing, playing, streaming, tones};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use convene_model::automation::Act;
use convene_store::Store;
use std::net::SocketAddr;
use std::sync::Arc;

/// A connection.
#[utoipa::path(get, path = "/calling/callConnections/{callConnectionId}", operation_id = "getCall", tag = TAG,
    security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 200, description = "The connection", body = CallConnection),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<CallConnection>, ApiError> {
    let view = super::act(&app, peer.ip(), &signed.resource.id, id, Act::Look).await?;
    Ok(Json(view.into()))
}

/// The app hangs up: its connection ends, and the call goes on.
#[utoipa::path(delete, path = "/calling/callConnections/{callConnectionId}", operation_id = "hangupCall", tag = TAG,
    security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 204, description = "The connection is over"),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn hang_up<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<StatusCode, ApiError> {
    super::act(&app, peer.ip(), &signed.resource.id, id, Act::HangUp).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The app ends the call for everybody.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:terminate", operation_id = "terminateCall", tag = TAG,
    security(("accessKey" = [])), params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 204, description = "The call is over"),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "A meeting, which is not the app's to end", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn terminate<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    super::act(app, peer.ip(), &signed.resource.id, id.to_owned(), Act::Terminate).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `{callConnectionId}:<action>`: routes have no way to say that a segment ends in something.
pub async fn act<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, ApiError> {
    let empty = IntoResponse::into_response;
    match segment.rsplit_once(':') {
        Some((id, "terminate")) => terminate(&app, peer, id, &signed).await.map(empty),
        Some((id, "transferToParticipant")) => {
            handing::transfer(&app, peer, &headers, id, &signed).await.map(IntoResponse::into_response)
        }
        Some((id, "startMediaStreaming")) => streaming::start(&app, peer, id, &signed).await.map(empty),
        Some((id, "stopMediaStreaming")) => streaming::stop(&app, peer, id, &signed).await.map(empty),
        Some((id, "startContinuousDtmfRecognition")) => tones::start(&app, peer, id, &signed).await.map(empty),
        Some((id, "stopContinuousDtmfRecognition")) => tones::stop(&app, peer, id, &signed).await.map(empty),
        Some((_, "sendDtmfTones")) => Err(tones::not_heard()),
        Some((id, "play")) => playing::play(&app, peer, id, &signed).await.map(empty),
        Some((id, "cancelAllMediaOperations")) => playing::cancel_all(&app, peer, id, &signed).await.map(empty),
        Some((_, action)) if missing::ACTIONS.contains(&action) => Err(missing::not_implemented()),
        Some(_) | None => Err(ApiError::NotFound(
            "There is no such action of a call connection. GET /openapi.json says what can be asked for.",
        )),
    }
}
