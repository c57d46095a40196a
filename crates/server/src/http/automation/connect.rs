//! `POST /calling/callConnections:connect`.

use super::TAG;
use super::bodies::{CallConnection, ConnectRequest, agent, later, read};
use super::making::{Wish, make, reach};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::signed::{ApiVersion, Signed};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use convene_model::automation::AutomationCommand;
use convene_store::Store;
use std::net::SocketAddr;
use std::sync::Arc;

/// Connects the app to a call: one that goes on, or one that begins with it.
#[utoipa::path(post, path = "/calling/callConnections:connect", operation_id = "connectCall", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion), request_body = ConnectRequest, responses(
    (status = 200, description = "The connection", body = CallConnection),
    (status = 400, description = "A body that cannot be used", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 403, description = "A meeting that does not let the app in", body = ErrorAnswer),
    (status = 404, description = "No such call, room or meeting that this resource may know of", body = ErrorAnswer),
    (status = 409, description = "As many connections as there may be", body = ErrorAnswer),
))]
pub async fn connect<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Json<CallConnection>, ApiError> {
    let body: ConnectRequest = read(&signed.body)?;
    body.check()?;
    let name = body.display_name.as_deref();
    let agent = agent(body.media_streaming_options.as_ref(), name, reach(&app))?.or_else(|| later(name));
    let target = body.call_locator.target()?;
    let wish = Wish { callback_uri: body.callback_uri, context: body.operation_context, agent };
    let command = |connection| AutomationCommand::Connect { connection, target };
    let view = make(&app, peer.ip(), &headers, &signed, wish, command).await?;
    tracing::info!(connection = %view.id, call = %view.call, "connected");
    Ok(Json(view.into()))
}
