//! Negotiation: the offers of those in the call, and what the media plane says of their peers.

use crate::call::Call;
use crate::common::Core;
use crate::output::RequestId;
use crate::roster::Roster;
use crate::{Output, echo};
use convene_model::media::{LostReason, MediaCommand, MediaEvent, TrackPlan};
use convene_model::{ErrorCode, Now, ParticipantId, PeerId};
use convene_protocol::Reply;
use std::collections::BTreeMap;

/// Offers of one leg that wait for their answers. Larger: a hostile client makes the media plane parse more at once.
/// Smaller than 2: an ICE restart while slots are being added is refused.
const PENDING_OFFERS_MAX: usize = 2;

#[derive(Debug, Default)]
pub(crate) struct Negotiations {
    next: u32,
    pending: BTreeMap<u32, Pending>,
}

#[derive(Debug)]
struct Pending {
    leg: ParticipantId,
    request: RequestId,
    /// Whether the offer opened the peer, rather than changing it.
    opens: bool,
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
        if self.pending.values().filter(|pending| pending.leg == *leg).count() >= PENDING_OFFERS_MAX {
            core.reply(leg, request, Err(ErrorCode::TooManyRequests));
            return;
        }
        let may_send = roster.may_send(core, leg);
        let call = core.id.clone();
        let Some(state) = roster.leg_mut(leg) else {
            core.reply(leg, request, Err(ErrorCode::BadRequest));
            return;
        };
        self.next += 1;
        let negotiation = self.next;
        self.pending.insert(negotiation, Pending { leg: leg.clone(), request, opens: !state.media_open });
        let opens = !state.media_open;
        let command = if state.media_open {
            MediaCommand::Negotiate { peer: state.peer, negotiation, offer, tracks }
        } else {
            // A peer is never opened twice: the leg's next number is taken.
            state.peer.0 += u64::from(state.peer_used);
            state.peer_used = true;
            state.media_open = true;
            state.media_connected = false;
            MediaCommand::Open { peer: state.peer, call, negotiation, offer, tracks, may_send }
        };
        let (peer, held) = (state.peer, state.held);
        core.effect(Output::Media(command));
        if opens && held {
            core.effect(Output::Media(MediaCommand::SetHears { peer, hears: false }));
        }
        if let Some(echo) = echo::peer(roster).filter(|_| opens) {
            core.effect(Output::Media(MediaCommand::Echo { peer, echo }));
        }
    }

    pub fn answered(&mut self, core: &mut Core, negotiation: u32, answer: String) {
        if let Some(Pending { leg, request, .. }) = self.pending.remove(&negotiation) {
            core.reply(&leg, request, Ok(Reply::Answer { answer }));
        }
    }

    pub fn refused(&mut self, core: &mut Core, roster: &mut Roster, peer: PeerId, negotiation: u32, reason: String) {
        let Some(Pending { leg, request, opens }) = self.pending.remove(&negotiation) else { return };
        // An open peer stays as it was before.
        if let Some(state) = roster.leg_mut(&leg)
            && state.peer == peer
            && opens
        {
            state.media_open = false;
        }
        let message = format!("{} {reason}", ErrorCode::OfferRefused.message());
        core.effect(Output::Refuse { leg, request, code: ErrorCode::OfferRefused, message });
    }

    /// A leg is out of the call, for this reason: it is the answer to its offers.
    pub fn forget(&mut self, core: &mut Core, leg: &ParticipantId, reason: ErrorCode) {
        self.refuse_those(core, reason, |pending| pending.leg == *leg);
    }

    /// The call is over, for this reason.
    pub fn forget_all(&mut self, core: &mut Core, reason: ErrorCode) {
        self.refuse_those(core, reason, |_| true);
    }

    fn refuse_those(&mut self, core: &mut Core, reason: ErrorCode, which: impl Fn(&Pending) -> bool) {
        for (_, Pending { leg, request, .. }) in self.pending.extract_if(.., |_, pending| which(pending)) {
            core.reply(&leg, request, Err(reason));
        }
    }
}

impl Call {
    /// The media plane says something of a peer of this call.
    pub fn handle_media(&mut self, event: MediaEvent, now: Now) {
        self.begin(now);
        let Self { core, roster, negotiations, videos, speaking, .. } = self;
        match event {
            MediaEvent::Answered { negotiation, answer, .. } => negotiations.answered(core, negotiation, answer),
            MediaEvent::OfferRefused { peer, negotiation, reason } => {
                negotiations.refused(core, roster, peer, negotiation, reason);
            }
            MediaEvent::Connected { peer } => {
                if let Some(leg) = roster.by_peer(peer).map(|(leg, _)| leg.clone()) {
                    roster.leg_mut(&leg).expect("just found").media_connected = true;
                }
            }
            // The node keeps it.
            MediaEvent::Measured { .. } => {}
            MediaEvent::SlotsChanged { peer, slots } => videos.slots_changed(core, roster, peer, slots),
            MediaEvent::SpeakingChanged { speaking: peers, .. } => speaking.changed(core, roster, &peers),
            MediaEvent::Lost { peer, reason } => {
                if let Some(leg) = roster.by_peer(peer).map(|(leg, _)| leg.clone()) {
                    let state = roster.leg_mut(&leg).expect("just found");
                    state.media_open = false;
                    let away = state.away_until.is_some();
                    let code = match (reason, state.media_connected) {
                        (LostReason::Defect, _) => ErrorCode::ServerFailed,
                        (LostReason::NoPath | LostReason::Dtls, true) => ErrorCode::MediaLost,
                        (LostReason::NoPath | LostReason::Dtls, false) => ErrorCode::MediaUnreachable,
                    };
                    // Who is away may come back, with a new peer; the media is gone with the connection.
                    if !away {
                        self.member_leaves(&leg, code);
                    }
                }
            }
        }
        self.end();
    }
}
