//! Keys that people press, for the app: `:startContinuousDtmfRecognition`, `:stopContinuousDtmfRecognition`, and `:sendDtmfTones`, which has
//! nobody to hear it.

use super::TAG;
use super::bodies::{check_context, operation_callback_not_supported, read, who};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::http::StatusCode;
use convene_model::RawId;
use convene_model::automation::Act;
use convene_store::Store;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::net::SocketAddr;
use utoipa::ToSchema;

/// Whose tones.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContinuousDtmfRecognitionRequest {
    #[schema(value_type = Object)]
    target_participant: Map<String, Value>,
    operation_context: Option<String>,
    #[schema(ignore)]
    operation_callback_uri: Option<String>,
}

fn asked(signed: &Signed) -> Result<(RawId, Option<String>), ApiError> {
    let request: ContinuousDtmfRecognitionRequest = read(&signed.body)?;
    check_context(request.operation_context.as_ref())?;
    operation_callback_not_supported(request.operation_callback_uri.as_ref())?;
    Ok((who(&request.target_participant)?, request.operation_context))
}

/// The app hears of each key that somebody presses: ContinuousDtmfRecognitionToneReceived follows each time.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:startContinuousDtmfRecognition",
    operation_id = "startContinuousDtmfRecognition", tag = TAG, security(("accessKey" = [])),
    request_body = ContinuousDtmfRecognitionRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 200, description = "It does from now on"),
    (status = 400, description = "Somebody who is not in the call", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "In a meeting, somebody who is no user of the app", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn start<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    let (user, context) = asked(signed)?;
    super::act(app, peer.ip(), &signed.resource.id, id.to_owned(), Act::StartTones { user, context }).await?;
    Ok(StatusCode::OK)
}

/// The app hears of them no more: ContinuousDtmfRecognitionStopped follows, if it did.
#[utoipa::path(post, path = "/calling/callConnections/{callConnectionId}:stopContinuousDtmfRecognition",
    operation_id = "stopContinuousDtmfRecognition", tag = TAG, security(("accessKey" = [])),
    request_body = ContinuousDtmfRecognitionRequest,
    params(("callConnectionId" = String, Path, description = "The connection"), ApiVersion), responses(
    (status = 200, description = "It does not any more"),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such connection of this resource", body = ErrorAnswer),
))]
pub async fn stop<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    id: &str,
    signed: &Signed,
) -> Result<StatusCode, ApiError> {
    let (user, context) = asked(signed)?;
    super::act(app, peer.ip(), &signed.resource.id, id.to_owned(), Act::StopTones { user, context }).await?;
    Ok(StatusCode::OK)
}

/// `:sendDtmfTones`: refused, because there is nobody who would hear it.
pub fn not_heard() -> ApiError {
    ApiError::Told {
        status: StatusCode::NOT_IMPLEMENTED,
        code: "NotImplemented",
        message: "Nobody would hear these tones: they are meant for telephones, and Convene has no telephone network. Play a file of tones \
                  to the participant instead (:play with playTo)."
            .to_owned(),
        target: None,
    }
}
