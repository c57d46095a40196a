//! The claims of an access token as they stand on the wire.
//!
//! Source: the claim set of user access tokens of Azure Communication Services (`skypeid`, `scp`, `csi`, `acsScope`,
//! `resourceId`); `iss`, `gen` and `meeting` are Convene's own: where the token's server is, the user's generation, and the one
//! meeting that the token is good for.

use serde::{Deserialize, Serialize};

/// `scp` of a token that allows chat, as clients know it.
pub(crate) const SCP_CHAT: u32 = 1792;

#[derive(Serialize, Deserialize)]
pub(crate) struct WireClaims {
    /// The server's public URL: a client finds its server from the token alone.
    pub iss: String,
    /// The raw id without its leading `8:`.
    pub skypeid: String,
    /// A number that old clients read as "may chat"; absent without chat.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scp: Option<u32>,
    /// `iat` as a string.
    pub csi: String,
    /// Expiry, in seconds since 1970.
    pub exp: i64,
    /// Issue time, in seconds since 1970.
    pub iat: i64,
    /// The scopes, separated by commas.
    #[serde(rename = "acsScope")]
    pub acs_scope: String,
    /// The resource that the token was issued for.
    #[serde(rename = "resourceId")]
    pub resource_id: String,
    /// The user's generation when the token was issued; a later generation revokes it.
    #[serde(rename = "gen")]
    pub generation: u64,
    /// The only meeting that it is good for; absent if it is bound to none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub meeting: Option<String>,
}
