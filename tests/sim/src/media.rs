//! A media plane that sends nothing: it remembers which peers are open and what they may send.

use crate::rule::{Rule, Violation};
use convene_model::media::{LostReason, MaySend, MediaCommand, MediaEvent};
use convene_model::{CallId, ParticipantId, PeerId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One open peer.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Whose it is: clients write their leg's id into the offer.
    pub leg: ParticipantId,
    pub call: CallId,
    pub may_send: MaySend,
    pub connected: bool,
}

/// The media plane of one run of the server.
#[derive(Debug, Default)]
pub struct Media {
    pub peers: BTreeMap<PeerId, Peer>,
    used: BTreeSet<PeerId>,
    /// Offers without an answer: peer, number, whether it opens the peer.
    pub offers: VecDeque<(PeerId, u32, bool)>,
}

impl Media {
    /// Carries out a command.
    ///
    /// # Errors
    /// A [`Violation`] if a peer is opened twice.
    pub fn take(&mut self, command: MediaCommand) -> Result<(), Violation> {
        match command {
            MediaCommand::Open { peer, call, negotiation, offer, may_send, .. } => {
                let leg = ParticipantId(offer);
                self.peers.insert(peer, Peer { leg, call, may_send, connected: false });
                self.offers.push_back((peer, negotiation, true));
                if !self.used.insert(peer) {
                    return Err(Violation::new(Rule::Once, format!("peer {peer} was opened twice")));
                }
            }
            MediaCommand::Negotiate { peer, negotiation, .. } => self.offers.push_back((peer, negotiation, false)),
            MediaCommand::SetMaySend { peer, may_send } => {
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.may_send = may_send;
                }
            }
            MediaCommand::Subscribe { .. }
            | MediaCommand::Show { .. }
            | MediaCommand::Echo { .. }
            | MediaCommand::Agent { .. }
            | MediaCommand::SetHears { .. } => {}
            MediaCommand::Close { peer } => {
                self.peers.remove(&peer);
            }
        }
        Ok(())
    }

    /// Answers the oldest offer, or refuses it.
    pub fn answer(&mut self, accept: bool) -> Option<MediaEvent> {
        let (peer, negotiation, opens) = self.offers.pop_front()?;
        if accept && self.peers.contains_key(&peer) {
            return Some(MediaEvent::Answered { peer, negotiation, answer: "answer".into() });
        }
        if opens {
            self.peers.remove(&peer);
        }
        Some(MediaEvent::OfferRefused { peer, negotiation, reason: "The simulation refuses it.".into() })
    }

    /// The `pick`-th open peer.
    pub fn pick(&self, pick: u32) -> Option<PeerId> {
        let count = self.peers.len();
        self.peers.keys().nth(pick as usize % count.max(1)).copied()
    }

    /// Media flows for a peer, if it was answered and did not flow before.
    pub fn connect(&mut self, peer: PeerId) -> Option<MediaEvent> {
        let waits = self.offers.iter().any(|(other, _, opens)| *other == peer && *opens);
        let state = self.peers.get_mut(&peer)?;
        if waits || state.connected {
            return None;
        }
        state.connected = true;
        Some(MediaEvent::Connected { peer })
    }

    /// A peer's media ends by itself.
    pub fn lose(&mut self, peer: PeerId) -> Option<MediaEvent> {
        self.peers.remove(&peer)?;
        Some(MediaEvent::Lost { peer, reason: LostReason::NoPath })
    }
}
