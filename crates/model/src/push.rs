//! Web Push: how browsers hear of a ring although no page of theirs is open.

use crate::{CallId, ErrorCode, RawId, RingId, WallMs};

/// A browser that a user wants to be called at, as its push service knows it (W3C Push API, `PushSubscription`). Has no `Debug`, since
/// `auth` is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct PushDevice {
    /// Whose.
    pub user: RawId,
    /// Where messages for it go: a URL of the push service, which nobody else knows.
    pub endpoint: String,
    /// Its public key: an uncompressed point of P-256, 65 bytes.
    pub p256dh: Vec<u8>,
    /// The secret that messages are encrypted with, too: 16 bytes.
    pub auth: Vec<u8>,
    /// The user's generation when it was kept: it goes with the user's tokens.
    pub generation: u64,
    /// When it was kept.
    pub kept_at: WallMs,
}

/// What a browser is told of a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingPush {
    /// Which ring.
    pub ring: RingId,
    /// Of which call.
    pub call: CallId,
    /// Who calls.
    pub caller: RawId,
    /// By which name.
    pub display_name: String,
    /// Whether it rings until then, or why it rings no more.
    pub state: RingState,
}

/// How a ring stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingState {
    /// It rings.
    Rings {
        /// Until when, if nobody answers.
        until: WallMs,
    },
    /// It is over.
    Over {
        /// Why.
        reason: ErrorCode,
    },
}
