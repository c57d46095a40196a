//! The test call: a participant that is no user and answers at once. The media plane plays back what the caller says.
//!
//! It is on the roster and nowhere else: neither the journal nor events know of it, so no attendance has it, and a restart ends the call.

use crate::Person;
use crate::call::Call;
use crate::common::Core;
use crate::roster::{Leg, Member, Roster};
use convene_model::{Affiliation, Now, ParticipantId, PeerId, RawId, Role};
use convene_protocol::{Event, Request};
use std::collections::BTreeSet;

/// The name on the roster.
const NAME: &str = "Echo test";

impl Call {
    /// A leg that has just come into a new call called the test call, which is in it now as `echo`. `peer`: never used before.
    pub fn handle_start_echo_test(&mut self, leg: &ParticipantId, echo: ParticipantId, peer: PeerId, now: Now) {
        self.begin(now);
        if let Some(user) = self.roster.user_of(leg).cloned() {
            seat(&mut self.core, &mut self.roster, echo, peer);
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

/// As whom the media plane plays back what the caller says, if this is a test call.
pub(crate) fn peer(roster: &Roster) -> Option<PeerId> {
    roster.member(&RawId::echo_test())?.legs.values().next().map(|leg| leg.peer)
}

/// Puts the test call's participant onto the roster, with a leg that never has media of its own.
fn seat(core: &mut Core, roster: &mut Roster, participant: ParticipantId, peer: PeerId) {
    let user = RawId::echo_test();
    let leg = Leg {
        peer,
        peer_used: true,
        media_open: false,
        media_connected: false,
        muted: false,
        held: false,
        videos: BTreeSet::new(),
        away_until: None,
        resume_secret: String::new(),
        resume_hash: String::new(),
        joined_commit: core.gate.step_commit(),
        agent: false,
        knows_more: true,
    };
    let person = Person {
        role: Role::Presenter,
        affiliation: Affiliation::Outside,
        invited: false,
        visitor: false,
        host: false,
    };
    roster.restore(user.clone(), participant, leg, || Member::new(NAME.to_owned(), person));
    if let Some(participant) = roster.member(&user).map(|member| member.view(core, &user)) {
        roster.tell_everybody(core, &Event::ParticipantJoined { participant });
    }
}
