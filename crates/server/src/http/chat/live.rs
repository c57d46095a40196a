//! What a client of chat's real-time notifications asks for before it has its socket: where to go, a connection, a session, and that it
//! is registered. Tokens come as `X-Skypetoken`, as the published clients send them.

use super::TAG;
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::auth;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::rooms::request::{origin, read_query};
use crate::live::TROUTER;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use convene_directory::chat::live::{ConnectionGrant, Ticket, grant, parse_endpoint};
use convene_directory::chat::may_chat;
use convene_model::hex_id;
use convene_store::Store;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The version of the configuration's API.
const CONFIG_VERSION: &str = "2024-09-01";

/// Random bytes in a session's id, which opens a socket without a token.
const SESSION_BYTES: usize = 16;

/// Where a client goes for real-time notifications.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RealTimeNotifications {
    trouter_service_url: String,
    registrar_service_url: String,
    /// Always `Public`.
    cloud_type: &'static str,
}

/// A request of a client, whose token was checked, and allows chat.
pub struct LiveRequest {
    /// Who asks; without an endpoint yet.
    ticket: Ticket,
    query: BTreeMap<String, String>,
    origin: String,
}

impl LiveRequest {
    fn ticket(&self) -> Result<Ticket, ApiError> {
        self.for_endpoint(self.query.get("epid").map(String::as_str))
    }

    fn for_endpoint(&self, name: Option<&str>) -> Result<Ticket, ApiError> {
        Ok(Ticket { endpoint: parse_endpoint(name)?, ..self.ticket.clone() })
    }
}

impl<S: Store> FromRequestParts<Arc<AppState<S>>> for LiveRequest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<AppState<S>>) -> Result<Self, ApiError> {
        let (user, claims) = auth::client(app, &parts.headers).await?;
        app.rates.count_resource(user.id.as_str(), app.clock.now().mono)?;
        may_chat(&claims.scopes)?;
        let ticket = Ticket {
            user: user.id,
            endpoint: String::new(),
            expires_at: claims.expires_at,
            generation: claims.generation,
        };
        let query = read_query(parts.uri.query().unwrap_or(""));
        Ok(Self { ticket, query, origin: origin(parts, &app.public_url) })
    }
}

/// Says where clients go for real-time notifications: to this server, by the name under which they reached it.
#[utoipa::path(get, path = "/chat/config/realTimeNotifications", operation_id = "getRealTimeNotifications", tag = TAG,
    security(("accessToken" = [])), params(("api-version" = String, Query, description = "`2024-09-01`")), responses(
    (status = 200, description = "Where to go", body = RealTimeNotifications),
    (status = 400, description = "An unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without a scope of chat", body = ErrorAnswer),
))]
pub async fn config(request: LiveRequest) -> Result<Json<RealTimeNotifications>, ApiError> {
    match request.query.get("api-version").map(String::as_str) {
        Some(CONFIG_VERSION) => {}
        given => {
            let code = if given.is_none() { "ApiVersionUnspecified" } else { "UnsupportedApiVersion" };
            let message = format!("Where to go for real-time notifications is told in API version {CONFIG_VERSION}.");
            let target = Some("api-version".to_owned());
            return Err(ApiError::Told { status: StatusCode::BAD_REQUEST, code, message, target });
        }
    }
    let origin = &request.origin;
    Ok(Json(RealTimeNotifications {
        trouter_service_url: origin.clone(),
        registrar_service_url: format!("{origin}/chat/registrar"),
        cloud_type: "Public",
    }))
}

/// Grants a client its connection.
///
/// The path is where the client looks for it when it comes back.
#[utoipa::path(post, path = "/v4/a", operation_id = "allocateChatConnection", tag = TAG, security(("skypeToken" = [])),
    params(("epid" = String, Query, description = "The client's name for itself; under the same one it finds again what it has not answered")),
    responses(
    (status = 200, description = "Where to connect", body = ConnectionGrant),
    (status = 400, description = "No name, or none that can be used", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without a scope of chat", body = ErrorAnswer),
))]
pub async fn allocate(request: LiveRequest) -> Result<Json<ConnectionGrant>, ApiError> {
    let ticket = request.ticket()?;
    Ok(Json(grant(&request.origin, TROUTER, &ticket.endpoint, wall_now())))
}

/// Makes a session of socket.io 0.9: `<id>:<heartbeat in s>:<close in s>:<transports>`. It opens one WebSocket at
/// `/socket.io/1/websocket/<id>` within 30 seconds.
#[utoipa::path(get, path = "/socket.io/1/", operation_id = "openChatSession", tag = TAG, security(("skypeToken" = [])),
    params(("epid" = String, Query, description = "The client's name for itself")), responses(
    (status = 200, description = "The session", body = String, content_type = "text/plain"),
    (status = 400, description = "No name, or none that can be used", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without a scope of chat", body = ErrorAnswer),
    (status = 429, description = "The user listens with as many clients as it may", body = ErrorAnswer),
))]
pub async fn session<S: Store>(State(app): State<Arc<AppState<S>>>, request: LiveRequest) -> Result<String, ApiError> {
    let ticket = request.ticket()?;
    let secret = hex_id(&mut OsRandom, SESSION_BYTES);
    app.live.act(|hub, now| hub.admit(secret.clone(), ticket, now))?;
    Ok(format!("{secret}:70:70:websocket"))
}

/// A client registers its connection.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatRegistration {
    /// The client's name for itself.
    registration_id: String,
}

/// Registers a connection, again and again while it lasts: with a newer token, it lasts as long as that.
#[utoipa::path(post, path = "/chat/registrar/v3/registrations", operation_id = "registerChatConnection", tag = TAG,
    security(("skypeToken" = [])), request_body = ChatRegistration, responses(
    (status = 202, description = "Registered"),
    (status = 400, description = "No name, or none that can be used", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without a scope of chat", body = ErrorAnswer),
    (status = 404, description = "It never connected, or was away for too long", body = ErrorAnswer),
))]
pub async fn register<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    request: LiveRequest,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let body: ChatRegistration = serde_json::from_slice(&body).map_err(|error| {
        ApiError::BadRequest(format!("The body cannot be used: {error}. Send {{\"registrationId\":\"<epid>\"}}."))
    })?;
    let ticket = request.for_endpoint(Some(&body.registration_id))?;
    app.live.act(|hub, now| hub.register(&ticket, now))?;
    Ok(StatusCode::ACCEPTED)
}

/// Ends a registration: the connection is closed, and what was kept for it goes.
#[utoipa::path(delete, path = "/chat/registrar/v3/registrations/{registration}", operation_id = "unregisterChatConnection", tag = TAG,
    security(("skypeToken" = [])), params(("registration" = String, Path, description = "The client's name for itself")), responses(
    (status = 204, description = "It is gone"),
    (status = 400, description = "No name that can be used", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without a scope of chat", body = ErrorAnswer),
))]
pub async fn unregister<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(registration): Path<String>,
    request: LiveRequest,
) -> Result<StatusCode, ApiError> {
    let ticket = request.for_endpoint(Some(&registration))?;
    app.live.act(|hub, now| hub.unregister(&ticket.user, &ticket.endpoint, now));
    Ok(StatusCode::NO_CONTENT)
}
