//! What happened in a call, in the words of the domain. `call` says it, `events` turns it into what subscribers receive.

use crate::record::{CallTarget, JournalRow};
use crate::{CallId, ConnectionId, ErrorCode, ParticipantId, RawId, RingId, Role, WallMs, automation::Callback};

/// The name under which the journal keeps how a call was begun that rang.
pub const RINGING: &str = "ringing";

/// Its value for a call of two; once a third comes there is none any more.
pub const ONE_TO_ONE: &str = "oneToOne";

/// One thing that happened in a call, told after it is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// In which call.
    pub call: CallId,
    /// What the call is a session of.
    pub target: CallTarget,
    /// Whether the call is one of two: somebody called exactly one other, and no third has come.
    pub two_party: bool,
    /// When.
    pub at: WallMs,
    /// What.
    pub what: What,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The first leg came in.
    CallStarted {
        /// Whose leg.
        by: RawId,
        /// In which role.
        role: Role,
    },
    /// The last leg left, or somebody ended the call.
    CallEnded {
        /// Why.
        reason: ErrorCode,
        /// Since the first leg came in, in milliseconds; 0 if none ever did.
        duration_ms: i64,
    },
    /// A participant came in with its first leg.
    ParticipantAdded {
        /// Who.
        user: RawId,
        /// With which leg.
        participant: ParticipantId,
        /// Under which name.
        display_name: String,
        /// As what.
        role: Role,
        /// Whether muted.
        muted: bool,
    },
    /// A participant left with its last leg.
    ParticipantRemoved {
        /// Who.
        user: RawId,
        /// With which leg.
        participant: ParticipantId,
        /// Under which name.
        display_name: String,
        /// As what.
        role: Role,
        /// Why.
        reason: ErrorCode,
    },
    /// A participant has another role.
    RoleChanged {
        /// Who.
        user: RawId,
        /// From now on.
        role: Role,
        /// By whom; `None` if the meeting's options, or a list, did it.
        by: Option<RawId>,
    },
    /// A participant is muted with all legs now, or isn't any more.
    MutedChanged {
        /// Who.
        user: RawId,
        /// From now on.
        muted: bool,
        /// By whom, if by somebody else.
        by: Option<RawId>,
    },
    /// A hand was raised, or lowered.
    HandChanged {
        /// Whose.
        user: RawId,
        /// From now on.
        raised: bool,
    },
    /// Somebody began to wait in the lobby.
    Knocked {
        /// Who.
        user: RawId,
        /// Under which name.
        display_name: String,
    },
    /// Somebody who waited was let in.
    Admitted {
        /// Who.
        user: RawId,
        /// By whom; `None` if the policy did it.
        by: Option<RawId>,
    },
    /// The call rings at a user of a resource. For the apps of that resource, if whoever calls may call there.
    IncomingCall {
        /// By which ring.
        ring: RingId,
        /// At whom.
        to: RawId,
        /// Who calls.
        from: RawId,
        /// By which name.
        display_name: String,
    },
    /// A connection's app is told something, and nobody else is.
    Callback {
        /// Which.
        connection: ConnectionId,
        /// What the app said so that it finds its way back.
        context: Option<String>,
        /// What it is told.
        callback: Callback,
    },
    /// Somebody's wait ended without admission.
    LobbyLeft {
        /// Who.
        user: RawId,
        /// Why.
        reason: ErrorCode,
    },
}

/// Whether a call is one of two, by its journal.
pub fn is_two_party(journal: &[JournalRow]) -> bool {
    let kept = journal.iter().rev().find_map(|row| match row {
        JournalRow::Kept { feature, value, .. } if feature == RINGING => Some(value.as_deref()),
        _ => None,
    });
    kept == Some(Some(ONE_TO_ONE))
}
