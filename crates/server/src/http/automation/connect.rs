//! `POST /calling/callConnections:connect`.

use super::bodies::{CallConnection, ConnectRequest, read};
use super::{TAG, ask};
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::hooks::take_callbacks;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::repeatable::Repeatable;
use crate::http::signed::{ApiVersion, Signed};
use crate::outbound::Reach;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use convene_identity::secret_hash;
use convene_model::automation::{AutomationCommand, NewConnection};
use convene_model::{ConnectionId, uuid_v4};
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
    let text = String::from_utf8_lossy(&signed.body);
    let body: ConnectRequest = read(&signed.body)?;
    body.check()?;
    let resource = signed.resource.id;
    let repeatable = Repeatable::of(&headers, &resource, "", &text, wall_now())?;
    // The same request again means the same connection.
    let id = match repeatable {
        Some(repeatable) => uuid_of(&secret_hash(&format!("{resource}\n{}\n{text}", repeatable.id))),
        None => uuid_v4(&mut OsRandom),
    };
    let id = ConnectionId(id);
    let anywhere = app.config.private_endpoints;
    let agent = body.agent(if anywhere { Reach::Anywhere } else { Reach::Public })?;
    let target = body.call_locator.target()?;
    let subscription = take_callbacks(&*app.store, &resource, &id, &body.callback_uri, anywhere).await?;
    let (context, callback_uri) = (body.operation_context, body.callback_uri);
    let connection = NewConnection { id, resource, context, callback_uri, agent };
    match ask(&app, peer.ip(), AutomationCommand::Connect { connection, target }).await {
        Ok(view) => {
            app.subscriptions_changed.notify_one();
            tracing::info!(connection = %view.id, call = %view.call, "connected");
            Ok(Json(view.into()))
        }
        Err(refused) => {
            app.store.delete_subscription(&subscription).await?;
            Err(refused)
        }
    }
}

/// The UUID (version 8, RFC 9562) of a hash in hexadecimal digits.
fn uuid_of(hash: &str) -> String {
    format!("{}-{}-8{}-a{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32])
}
