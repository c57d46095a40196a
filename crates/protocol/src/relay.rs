//! TURN servers, for networks that let media through by no other way.

use serde::{Deserialize, Serialize};

/// The operator's TURN servers (RFC 8656), as `RTCPeerConnection` takes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Relay {
    /// Their URIs (RFC 7065).
    pub urls: Vec<String>,
    /// Good for as long as the token and an hour more.
    pub username: String,
    /// The password.
    pub credential: String,
}
