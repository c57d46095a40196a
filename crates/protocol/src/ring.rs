//! Calls that ring.

use convene_model::{CallId, RawId, RingId};
use serde::{Deserialize, Serialize};

/// A call that rings, as the devices see it at which it rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RingView {
    /// The ring: what `accept` and `decline` name.
    pub ring: RingId,
    /// The call that it rings for.
    pub call_id: CallId,
    /// Who calls.
    pub caller: RawId,
    /// The name that the caller chose. Hostile text.
    pub display_name: String,
    /// After how many milliseconds from now it counts as not answered.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub expires_in_ms: u64,
    /// Who handed the caller over, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub transferor: Option<Transferor>,
}

/// Who handed a caller over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Transferor {
    /// Who.
    pub user: RawId,
    /// The name that this person chose. Hostile text.
    pub display_name: String,
}
