//! The hosts of a group call that has a lobby: who they are is said by whoever made the call so, never by who comes first.
//!
//! The lobby itself is `lobby`'s. Here stands what a host's coming, calling and leaving mean for others.

use crate::call::Call;
use crate::lobby::NewLeg;
use crate::roster::Roster;
use convene_model::record::JournalRow;
use convene_model::{PeerId, RawId};

/// The name under which the journal keeps the host of a call that rang.
pub(crate) const FEATURE: &str = "host";
const OF_RING: &str = "ring";

impl Call {
    /// Nobody is in it yet: this call rings and has a lobby, which `host` manages, also after a restart. Follow it with
    /// [`Call::handle_join`] and [`Call::handle_start`].
    pub fn expect_host(&mut self, host: RawId) {
        self.core.hosted_by = Some(host);
    }

    /// The journal learns who the host of a call that rings is.
    pub(crate) fn keep_host(&mut self) {
        let Some(user) = self.core.hosted_by.take() else { return };
        let (call, feature, at) = (self.core.id.clone(), FEATURE.to_owned(), self.core.now.wall);
        self.core.journal(JournalRow::Kept { call, feature, user, value: Some(OF_RING.to_owned()), at });
    }

    /// A host comes in, who was called: whoever is here only called, and waits from now on for the host's word. They are out before
    /// anything tells them of the host.
    pub(crate) fn make_callers_wait(&mut self, host: &RawId) {
        if !std::mem::take(&mut self.core.policy.caller_waits) {
            return;
        }
        let callers = self.roster.members().filter(|(_, member)| !member.person.host);
        for caller in callers.map(|(user, _)| user.clone()).collect::<Vec<_>>() {
            self.hold(&caller, host);
        }
    }

    /// Takes somebody out of the call and into the lobby.
    pub(crate) fn hold(&mut self, user: &RawId, by: &RawId) {
        let Some(member) = self.roster.member(user) else { return };
        let (display_name, person) = (member.display_name.clone(), member.person);
        // They are told as out, with their last leg, before they are told as waiting.
        let mut out = Vec::new();
        for participant in self.roster.legs_of(user) {
            let reason = convene_model::ErrorCode::PutBack;
            self.negotiations.forget(&mut self.core, &participant, reason);
            self.videos.forget(&participant);
            let taken = self.roster.take_out(&mut self.core, &participant, reason);
            let (_, leg) = taken.expect("a leg of a member");
            out.push((participant, leg));
        }
        for (participant, leg) in out {
            let new = NewLeg {
                participant,
                user: user.clone(),
                display_name: display_name.clone(),
                person,
                peer: PeerId(leg.peer.0 + u64::from(leg.peer_used)),
                muted: leg.muted,
                resume_secret: leg.resume_secret,
                resume_hash: leg.resume_hash,
            };
            self.lobby.hold(&mut self.core, &self.roster, new, leg.away_until, by);
        }
        self.videos.refresh(&mut self.core, &self.roster);
    }
}

/// Whether this one is a host who is in.
pub(crate) fn is_one(roster: &Roster, user: &RawId) -> bool {
    roster.member(user).is_some_and(|member| member.person.host)
}

/// Whether any host is in.
pub(crate) fn any_in(roster: &Roster) -> bool {
    roster.members().any(|(_, member)| member.person.host)
}
