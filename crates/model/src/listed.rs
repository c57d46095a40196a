//! Calls in a list: which are meant, and what a list says of each.

use crate::{CallId, ErrorCode, MeetingId, WallMs, record::CallTarget};

/// Which calls a list has: those that all of its conditions hold for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Group calls and rooms of this resource. Without it, of all; and meetings, too.
    pub resource: Option<String>,
    /// Sessions of this group, or room: its id.
    pub group: Option<String>,
    /// Sessions of this meeting.
    pub meeting: Option<MeetingId>,
    /// Those that began then, or later.
    pub from: Option<WallMs>,
    /// Those that began before.
    pub to: Option<WallMs>,
}

/// What a list says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCall {
    /// Which.
    pub id: CallId,
    /// Of what.
    pub target: CallTarget,
    /// When it began.
    pub started_at: WallMs,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<WallMs>,
    /// Why it ended.
    pub reason: Option<ErrorCode>,
    /// How many people have been in it.
    pub participants: u64,
}
