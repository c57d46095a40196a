//! The test call: a participant that is no user and answers at once. The media plane plays back what the caller says.
//!
//! It is on the roster and nowhere else: neither the journal nor events know of it, so no attendance has it, and a restart ends the call.

use crate::call::Call;
use convene_model::{Now, ParticipantId, PeerId, RawId};
use convene_protocol::Request;

/// The name on the roster.
pub(crate) const NAME: &str = "Echo test";

impl Call {
    /// A leg that has just come into a new call called the test call, which is in it now as `echo`. `peer`: never used before.
    pub fn handle_start_echo_test(&mut self, leg: &ParticipantId, echo: ParticipantId, peer: PeerId, now: Now) {
        self.begin(now);
        if let Some(user) = self.roster.user_of(leg).cloned() {
            self.roster.seat_echo_test(&mut self.core, echo, peer);
            self.ringing.start_answered(&mut self.core, user);
        }
        self.end();
    }

    /// Whether this is a test call.
    pub fn is_echo_test(&self) -> bool {
        self.roster.member(&RawId::echo_test()).is_some()
    }

    /// Whether a user is in the call; not if they wait.
    pub fn has_user(&self, user: &RawId) -> bool {
        self.roster.member(user).is_some()
    }
}

/// Whether a request is about other participants: there are none who could be managed in a test call.
pub(crate) fn is_managing(request: &Request) -> bool {
    matches!(
        request,
        Request::Mute { .. }
            | Request::MuteAll {}
            | Request::SetAccess { .. }
            | Request::SetRole { .. }
            | Request::Remove { .. }
            | Request::PutBack { .. }
    )
}
