//! Negotiation: the offers of those in the call, and what the media plane says of their peers.

use crate::Output;
use crate::call::Core;
use crate::output::RequestId;
use crate::roster::Roster;
use convene_model::media::{MediaCommand, TrackPlan};
use convene_model::{ErrorCode, ParticipantId, PeerId};
use convene_protocol::Reply;
use std::collections::BTreeMap;

/// Offers of one leg that wait for their answers. Larger: a hostile client makes the media plane parse more at once.
/// Smaller than 2: an ICE restart while slots are being added is refused.
const PENDING_OFFERS_MAX: usize = 2;

#[derive(Debug, Default)]
pub(crate) struct Negotiations {
    next: u32,
    pending: BTreeMap<u32, (ParticipantId, RequestId)>,
}

impl Negotiations {
    pub fn offer(
        &mut self,
        core: &mut Core,
        roster: &mut Roster,
        leg: &ParticipantId,
        request: RequestId,
        offer: String,
        tracks: Vec<TrackPlan>,
    ) {
        if self.pending.values().filter(|(owner, _)| owner == leg).count() >= PENDING_OFFERS_MAX {
            core.reply(leg, request, Err(ErrorCode::TooManyRequests));
            return;
        }
        let may_send = roster.may_send(core, leg);
        let Some(state) = roster.leg_mut(leg) else {
            core.reply(leg, request, Err(ErrorCode::BadRequest));
            return;
        };
        self.next += 1;
        let negotiation = self.next;
        self.pending.insert(negotiation, (leg.clone(), request));
        let peer = state.peer;
        let command = if state.media_open {
            MediaCommand::Negotiate { peer, negotiation, offer, tracks }
        } else {
            state.media_open = true;
            MediaCommand::Open { peer, call: core.id.clone(), negotiation, offer, tracks, may_send }
        };
        core.effect(Output::Media(command));
    }

    pub fn answered(&mut self, core: &mut Core, negotiation: u32, answer: String) {
        if let Some((leg, request)) = self.pending.remove(&negotiation) {
            core.reply(&leg, request, Ok(Reply::Answer { answer }));
        }
    }

    pub fn refused(&mut self, core: &mut Core, roster: &mut Roster, peer: PeerId, negotiation: u32, reason: String) {
        let Some((leg, request)) = self.pending.remove(&negotiation) else { return };
        if let Some(state) = roster.leg_mut(&leg)
            && state.peer == peer
            && !state.media_connected
        {
            state.media_open = false;
        }
        let message = format!("{} {reason}", ErrorCode::OfferRefused.message());
        core.effect(Output::Refuse { leg, request, code: ErrorCode::OfferRefused, message });
    }

    pub fn forget(&mut self, leg: &ParticipantId) {
        self.pending.retain(|_, (owner, _)| owner != leg);
    }
}
