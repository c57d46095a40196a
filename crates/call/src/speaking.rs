//! Who speaks. It changes often and is no change of state, so it waits for no commit and is not journaled.

use crate::Output;
use crate::common::Core;
use crate::roster::Roster;
use convene_model::{ParticipantId, PeerId, RawId};
use convene_protocol::Event;

#[derive(Debug, Default)]
pub(crate) struct Speaking {
    users: Vec<RawId>,
}

impl Speaking {
    pub fn changed(&mut self, core: &mut Core, roster: &Roster, peers: &[PeerId]) {
        let mut users: Vec<RawId> = Vec::new();
        for (leg, user) in peers.iter().filter_map(|peer| roster.by_peer(*peer)) {
            let heard = roster.is_visible(core, leg) && roster.leg(leg).is_some_and(|leg| !leg.muted && !leg.held);
            if heard && !users.contains(user) {
                users.push(user.clone());
            }
        }
        if users == self.users {
            return;
        }
        self.users = users.clone();
        let legs: Vec<ParticipantId> =
            roster.legs().map(|(id, _)| id).filter(|id| roster.is_visible(core, id)).cloned().collect();
        for leg in legs {
            core.gate.at_once(Output::Send { leg, event: Event::SpeakingChanged { users: users.clone() } });
        }
    }
}
