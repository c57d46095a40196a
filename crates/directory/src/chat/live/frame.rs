//! What the server says: the answer that grants a connection, and the frames on the socket.

use super::hub::LiveRefused;
use convene_model::WallMs;
use serde::Serialize;
use utoipa::ToSchema;

/// For how long the client may come back to the same endpoint, in seconds: it registers anew before that.
const TTL_S: i64 = 24 * 60 * 60;

/// The longest name of an endpoint. Larger: hostile names cost more. Smaller: clients take UUIDs of 36 characters.
const ENDPOINT_MAX: usize = 64;

/// Where a client connects, and what it shows when it comes back. Nothing of it is a secret or opens anything: the token does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionGrant {
    /// The client's endpoint.
    pub ccid: String,
    /// The same.
    pub id: String,
    /// Where socket.io is served; only scheme and authority count.
    pub socketio: String,
    /// What frames are addressed to.
    pub url: String,
    /// The same; registrations name it.
    pub surl: String,
    /// For how long it holds, in seconds.
    pub ttl: String,
    /// Where to see whether the server lives.
    #[serde(rename = "healthUrl")]
    pub health_url: String,
    /// Scheme and authority of the server.
    pub curlb: String,
    /// What the client sends along when it comes back.
    pub connectparams: ConnectParams,
}

/// What the client sends along when it comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectParams {
    /// The client's endpoint.
    pub sr: String,
    /// Until when it holds, in milliseconds since 1970.
    pub se: String,
}

/// Reads the name that a client gave its endpoint.
///
/// # Errors
/// [`LiveRefused::NotAnEndpoint`].
pub fn parse_endpoint(name: Option<&str>) -> Result<String, LiveRefused> {
    let fits = |name: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !name.is_empty() && name.len() <= ENDPOINT_MAX && name.bytes().all(plain)
    };
    name.filter(fits).map(str::to_owned).ok_or(LiveRefused::NotAnEndpoint)
}

/// The grant for `endpoint` by the server at `origin`, whose frames are addressed to `path`.
pub fn grant(origin: &str, path: &str, endpoint: &str, now: WallMs) -> ConnectionGrant {
    let url = format!("{origin}{path}/{endpoint}/");
    ConnectionGrant {
        ccid: endpoint.to_owned(),
        id: endpoint.to_owned(),
        // A path would be a namespace of socket.io. The client asks at `<socketio>v4/a` when it comes back.
        socketio: format!("{origin}/"),
        surl: url.clone(),
        url,
        ttl: TTL_S.to_string(),
        health_url: format!("{origin}/healthz"),
        curlb: origin.to_owned(),
        connectparams: ConnectParams { sr: endpoint.to_owned(), se: (now + TTL_S * 1000).to_string() },
    }
}

/// The first frames of a connection.
pub fn connected() -> [String; 2] {
    let event = format!("5:1::{{\"name\":\"trouter.connected\",\"args\":[{{\"ttl\":{TTL_S},\"dur\":\"0\"}}]}}");
    ["1::".to_owned(), event]
}

/// Says that so many frames were too many to be kept.
pub fn message_loss(count: u64) -> String {
    format!(
        "5:::{{\"name\":\"trouter.message_loss\",\"args\":[{{\"droppedIndicators\":[{{\"tag\":\"messaging\",\"etag\":\"{count}\"}}]}}]}}"
    )
}

/// The last frame of a connection. After `unauthorized` the client asks its app for a new token; after any other reason it connects anew.
pub fn disconnected(reason: &str) -> String {
    format!("0:::{{\"reason\":\"{reason}\"}}")
}

#[derive(Serialize)]
struct Request<'a> {
    id: u64,
    method: &'a str,
    url: String,
    headers: Headers,
    body: &'a str,
}

#[derive(Serialize)]
struct Headers {
    #[serde(rename = "Content-Type")]
    content_type: &'static str,
}

/// A frame that carries an event's body: a request that the client answers under the same number.
pub(super) fn push(id: u64, path: &str, endpoint: &str, body: &str) -> String {
    let headers = Headers { content_type: "application/json" };
    let request = Request { id, method: "POST", url: format!("{path}/{endpoint}/messaging"), headers, body };
    let text = serde_json::to_string(&request);
    format!("3:::{}", text.unwrap_or_else(|error| unreachable!("texts and numbers can be written: {error}")))
}
