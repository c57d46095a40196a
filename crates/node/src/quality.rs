//! How legs came in and how their media was. The media plane measures; here it is brought together with whose it was, and goes to the
//! store when the peer ends. Calls know nothing of it: a leg is out of its call before its peer has ended.

use crate::io::Output;
use crate::node::{Node, leg_number};
use convene_model::media::MediaEvent;
use convene_model::quality::{JoinTimes, KeptQuality, LegQuality, PeerMeasure};
use convene_model::record::JournalRow;
use convene_model::{CallId, Now, ParticipantId, PeerId, WallMs};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A leg that comes in and has no media yet. Times are those of [`Now::mono`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coming {
    asked_at: Duration,
    admitted_at: Option<Duration>,
}

impl Coming {
    /// It asked to come in.
    pub fn asked(asked_at: Duration) -> Self {
        Self { asked_at, admitted_at: None }
    }
}

/// A peer of which nothing was measured yet.
#[derive(Debug)]
struct Open {
    call: CallId,
    participant: ParticipantId,
    coming: Option<Coming>,
    opened: Now,
    answered_at: Option<Duration>,
}

/// The peers that the media plane will measure, and what of it is not committed yet.
#[derive(Debug, Default)]
pub(crate) struct Measuring {
    open: BTreeMap<PeerId, Open>,
    commits: BTreeSet<u64>,
}

impl Measuring {
    /// Whether nothing is to come and nothing to be committed.
    pub fn is_done(&self) -> bool {
        self.open.is_empty() && self.commits.is_empty()
    }

    /// What the media plane says of a peer.
    pub fn note(&mut self, event: &MediaEvent, now: Now) {
        match event {
            MediaEvent::Answered { peer, .. } => {
                if let Some(open) = self.open.get_mut(peer) {
                    open.answered_at.get_or_insert(now.mono);
                }
            }
            // An offer that was to open the peer: there is none.
            MediaEvent::OfferRefused { peer, .. } if self.open.get(peer).is_some_and(|o| o.answered_at.is_none()) => {
                self.open.remove(peer);
            }
            // What could be measured was told before.
            MediaEvent::Lost { peer, .. } => {
                self.open.remove(peer);
            }
            MediaEvent::OfferRefused { .. }
            | MediaEvent::Connected { .. }
            | MediaEvent::SlotsChanged { .. }
            | MediaEvent::SpeakingChanged { .. }
            | MediaEvent::Measured { .. } => {}
        }
    }

    /// The commits up to `n` are durable.
    pub fn committed(&mut self, n: u64) {
        self.commits = self.commits.split_off(&(n + 1));
    }

    /// A commit was refused. Returns whether it was one of these.
    pub fn commit_failed(&mut self, n: u64) -> bool {
        self.commits.remove(&n)
    }
}

impl Node {
    /// A leg was let in from the lobby.
    pub(crate) fn admitted(&mut self, leg: &ParticipantId, now: Now) {
        if let Some(coming) = self.legs.get_mut(leg).and_then(|leg| leg.coming.as_mut()) {
            coming.admitted_at.get_or_insert(now.mono);
        }
    }

    /// A leg's media is being opened.
    pub(crate) fn media_opened(&mut self, peer: PeerId, now: Now) {
        let Some((call, participant)) = self.peers.get(&leg_number(peer)).cloned() else { return };
        let coming = self.legs.get_mut(&participant).and_then(|leg| leg.coming.take());
        let open = Open { call, participant, coming, opened: now, answered_at: None };
        self.measuring.open.insert(peer, open);
    }

    /// A peer has ended, and this was measured of it. Nobody waits for the commit.
    pub(crate) fn measured(&mut self, peer: PeerId, measure: PeerMeasure) {
        let Some(open) = self.measuring.open.remove(&peer) else { return };
        let opened_at: WallMs = open.opened.wall;
        let kept = KeptQuality { join: open.coming.map(|coming| join_times(coming, &open, &measure)), measure };
        let row = LegQuality { call: open.call, participant: open.participant, opened_at, kept };
        self.commit_count += 1;
        self.measuring.commits.insert(self.commit_count);
        let rows = vec![JournalRow::LegMeasured(Box::new(row))];
        self.outputs.push_back(Output::Commit { n: self.commit_count, rows, events: vec![] });
    }
}

fn join_times(coming: Coming, open: &Open, measure: &PeerMeasure) -> JoinTimes {
    let since = |at: Duration| at.saturating_sub(coming.asked_at).as_millis() as u64;
    let offered_ms = since(open.opened.mono);
    JoinTimes {
        admitted_ms: coming.admitted_at.map(since),
        offered_ms,
        answered_ms: open.answered_at.map(since),
        connected_ms: measure.connected_ms.map(|ms| offered_ms + ms),
        first_packet_ms: measure.first_packet_ms.map(|ms| offered_ms + ms),
    }
}
