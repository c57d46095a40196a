//! The SFU's coordinator: routes commands, datagrams and time to the peers, and batches of packets to their subscribers.

mod agents;
mod aim;
mod wire;

use crate::demux::Demux;
use crate::echo::Echo;
use crate::interface::{Output, Prepared, SfuConfig, Transmit};
use crate::member::{Member, Run};
use crate::packet::IncomingPacket;
use crate::peer::{ParsedOffer, PeerFactory, PeerOutput};
use crate::speakers::{REPORT_MIN, Speakers};
use crate::subscriptions;
use agents::Agent;
use convene_model::audio::Heard;
use convene_model::media::{LostReason, MaySend, MediaCommand, MediaEvent, Source, TrackPlan};
use convene_model::{CallId, PeerId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long [`Sfu::poll_output`] may say to wait when nothing is to be done.
const IDLE: Duration = Duration::from_secs(60);

/// Selective forwarding for the calls of one thread. Sans-IO.
///
/// Calling contract: any number of [`handle_command`](Sfu::handle_command), [`handle_datagram`](Sfu::handle_datagram),
/// [`handle_frame`](Sfu::handle_frame) and [`handle_timeout`](Sfu::handle_timeout), then [`poll_output`](Sfu::poll_output) until it gives [`Output::Timeout`], then
/// the same again, at that time at the latest. Time must not go backwards.
///
/// All datagrams of one receive batch should be handled before the first poll: what arrived together is then written
/// subscriber by subscriber, and a subscriber's packets come out of `poll_output` one after another, so that they can be
/// sent in one system call.
pub struct Sfu {
    now: Instant,
    factory: PeerFactory,
    demux: Demux,
    members: BTreeMap<PeerId, Box<Member>>,
    agents: BTreeMap<PeerId, Agent>,
    calls: BTreeMap<CallId, Call>,
    /// Calls with packets to forward.
    busy: VecDeque<CallId>,
    forwarding: Option<Forwarding>,
    /// Peers that were changed and must be drained.
    stale: Vec<PeerId>,
    timers: BTreeSet<(Instant, Timer)>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<MediaEvent>,
    heard: VecDeque<Heard>,
    scratch: Vec<PeerOutput>,
    /// Who gets silence.
    nobody: Arc<BTreeSet<PeerId>>,
}

/// Peers hear and see each other only within one call.
#[derive(Default)]
struct Call {
    members: Vec<PeerId>,
    agents: Vec<PeerId>,
    runs: Vec<Run>,
    speakers: Speakers,
    /// Whether the timer for reports of speakers runs.
    is_timed: bool,
}

/// A batch on its way through the members of a call.
struct Forwarding {
    call: CallId,
    runs: Vec<Run>,
    next_member: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Member(PeerId),
    Call(CallId),
}

impl Sfu {
    /// Makes an SFU without peers, and its DTLS certificate. The error is a sentence for an operator.
    pub fn new(config: SfuConfig, now: Instant) -> Result<Sfu, String> {
        Ok(Sfu {
            now,
            factory: PeerFactory::new(config.addresses(), config.estimates_bandwidth)?,
            demux: Demux::default(),
            members: BTreeMap::new(),
            agents: BTreeMap::new(),
            calls: BTreeMap::new(),
            busy: VecDeque::new(),
            forwarding: None,
            stale: vec![],
            timers: BTreeSet::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            heard: VecDeque::new(),
            scratch: vec![],
            nobody: Arc::default(),
        })
    }

    /// Whether a peer is open.
    pub fn has_peer(&self, peer: PeerId) -> bool {
        self.members.contains_key(&peer) || self.agents.contains_key(&peer)
    }

    /// Carries out a command, parsing its offer here.
    pub fn handle_command(&mut self, command: MediaCommand, now: Instant) {
        self.handle_prepared(Prepared::new(command), now);
    }

    /// Carries out a command. One for a peer that is not known does nothing but refuse an offer.
    pub fn handle_prepared(&mut self, prepared: Prepared, now: Instant) {
        self.now = self.now.max(now);
        while self.forward_step() {}
        match (prepared.command, prepared.offer) {
            (MediaCommand::Open { peer, call, negotiation, tracks, may_send, .. }, Some(offer)) => {
                let opened = offer.and_then(|offer| self.open(peer, &call, offer, &tracks, may_send));
                self.answer(peer, negotiation, opened);
                self.assign_call(&call);
            }
            (MediaCommand::Negotiate { peer, negotiation, tracks, .. }, Some(offer)) => {
                self.negotiate(peer, negotiation, offer, &tracks);
            }
            (MediaCommand::SetMaySend { peer, may_send }, _) => self.set_may_send(peer, may_send),
            (MediaCommand::Subscribe { peer, wishes }, _) => {
                if let Some(member) = self.members.get_mut(&peer) {
                    member.wishes = wishes;
                    self.assign(peer);
                }
            }
            (MediaCommand::Show { peer, shown }, _) => {
                if let Some(member) = self.members.get_mut(&peer) {
                    member.shown = shown;
                    self.aim(peer, None);
                }
            }
            (MediaCommand::Close { peer }, _) => self.remove(peer),
            (MediaCommand::SetHears { peer, hears }, _) => self.set_hears(peer, hears),
            (MediaCommand::Agent { peer, call, may_send }, _) => self.open_agent(peer, call, may_send),
            (MediaCommand::Echo { peer, echo }, _) => {
                self.members.get_mut(&peer).into_iter().for_each(|member| member.echo = Some(Echo::new(echo)));
            }
            (
                MediaCommand::Open { peer, negotiation, .. } | MediaCommand::Negotiate { peer, negotiation, .. },
                None,
            ) => {
                self.answer(peer, negotiation, Err("the command was prepared without its offer".into()));
            }
        }
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = self.now.max(now);
        while let Some((at, _)) = self.timers.first()
            && *at <= self.now
        {
            let Some((_, timer)) = self.timers.pop_first() else { return };
            match timer {
                Timer::Member(id) => self.wake(id),
                Timer::Call(call) => self.report_speakers(call),
            }
        }
    }

    /// The next thing to do; see the contract on [`Sfu`].
    pub fn poll_output(&mut self) -> Output {
        loop {
            if let Some(transmit) = self.transmits.pop_front() {
                return Output::Transmit(transmit);
            }
            if let Some(event) = self.events.pop_front() {
                return Output::Event(event);
            }
            if let Some(heard) = self.heard.pop_front() {
                return Output::Heard(heard);
            }
            if let Some(id) = self.stale.pop() {
                self.drain(id);
            } else if !self.forward_step() {
                return Output::Timeout(self.timers.first().map_or(self.now + IDLE, |(at, _)| *at));
            }
        }
    }

    fn answer(&mut self, peer: PeerId, negotiation: u32, result: Result<String, String>) {
        self.events.push_back(match result {
            Ok(answer) => MediaEvent::Answered { peer, negotiation, answer },
            Err(reason) => MediaEvent::OfferRefused { peer, negotiation, reason },
        });
    }

    fn open(
        &mut self,
        id: PeerId,
        call: &CallId,
        offer: ParsedOffer,
        tracks: &[TrackPlan],
        may_send: MaySend,
    ) -> Result<String, String> {
        if self.members.contains_key(&id) {
            return Err(format!("the peer {id} is open already; negotiate instead"));
        }
        let (mut peer, answer) = self.factory.open(offer, tracks, self.now)?;
        self.demux.set_ufrag(id, peer.ufrag());
        let member = Member::new(id, call.clone(), peer, may_send, tracks, self.now);
        self.members.insert(id, Box::new(member));
        self.calls.entry(call.clone()).or_default().members.push(id);
        self.stale.push(id);
        Ok(answer)
    }

    fn negotiate(&mut self, id: PeerId, negotiation: u32, offer: Result<ParsedOffer, String>, tracks: &[TrackPlan]) {
        let Some(member) = self.members.get_mut(&id) else {
            self.answer(id, negotiation, Err(format!("the peer {id} is not open; open it first")));
            return;
        };
        let call = member.call.clone();
        let negotiated = offer.map_err(Ok).and_then(|offer| member.peer.negotiate(offer, tracks));
        match negotiated {
            Ok(answer) => {
                member.set_tracks(tracks);
                self.demux.set_ufrag(id, member.peer.ufrag());
                self.stale.push(id);
                // The answer comes first: a slot that is reported must be known to the client.
                self.answer(id, negotiation, Ok(answer));
                self.assign_call(&call);
            }
            Err(Ok(reason)) => self.answer(id, negotiation, Err(reason)),
            Err(Err(lost)) => {
                let reason = "a defect of the server was met while answering the offer";
                self.answer(id, negotiation, Err(reason.into()));
                self.lose(id, lost);
            }
        }
    }

    /// Fills a member's slots from its wishes, reports changes and asks for keyframes.
    fn assign(&mut self, id: PeerId) {
        let Some(mut member) = self.members.remove(&id) else { return };
        // The member itself is not in the map now, so nobody gets a slot with their own camera.
        let (members, call) = (&self.members, member.call.clone());
        let changed = member.assign(|wish| {
            let publisher = members.get(&wish.publisher);
            publisher.is_some_and(|publisher| publisher.call == call && publisher.publishes(wish.source))
        });
        if changed {
            let slots = subscriptions::states(&member.places);
            self.events.push_back(MediaEvent::SlotsChanged { peer: id, slots });
        }
        self.members.insert(id, member);
        self.aim(id, None);
    }

    fn assign_call(&mut self, call: &CallId) {
        let members = self.calls.get(call).map(|call| call.members.clone()).unwrap_or_default();
        for id in members {
            self.assign(id);
        }
    }

    /// Takes what a peer has ready.
    fn drain(&mut self, id: PeerId) {
        let Sfu { members, transmits, scratch, now, .. } = self;
        let Some(member) = members.get_mut(&id) else { return };
        let drained = member.peer.drain(*now, &mut |output| match output {
            PeerOutput::Transmit(transmit) => transmits.push_back(transmit),
            PeerOutput::Packet { .. }
            | PeerOutput::KeyframeRequested { .. }
            | PeerOutput::Reported { .. }
            | PeerOutput::Estimated(_)
            | PeerOutput::Connected
            | PeerOutput::IceUp
            | PeerOutput::IceDown => scratch.push(output),
        });
        match drained {
            Ok(_) if !member.peer.is_alive() => self.lose(id, LostReason::Dtls),
            Ok(tick_at) => {
                member.tick_at = tick_at;
                self.take_outputs(id);
                self.arm(id);
            }
            Err(reason) => self.lose(id, reason),
        }
        self.scratch.clear();
    }

    fn take_outputs(&mut self, id: PeerId) {
        let mut outputs = std::mem::take(&mut self.scratch);
        for output in outputs.drain(..) {
            let Some(member) = self.members.get_mut(&id) else { break };
            match output {
                PeerOutput::Transmit(transmit) => self.transmits.push_back(transmit),
                PeerOutput::Packet { track, layer, packet } => {
                    if let Some(admitted) = member.admit(track, layer, &packet) {
                        let call = member.call.clone();
                        if admitted.changes_layers {
                            self.aim_at_arrival(id, admitted, packet.is_entry_point());
                        }
                        self.arrived_in(&call, id, admitted.source, admitted.layer, None, packet);
                    }
                }
                PeerOutput::KeyframeRequested { track } => {
                    if let Some(carried) = member.carried_by(track) {
                        self.request_layer(carried);
                    }
                }
                PeerOutput::Reported { track, report } => member.reported(track, report),
                PeerOutput::Estimated(rate) => {
                    tracing::debug!(peer = %id, kbps = rate / 1000, "what the line carries");
                    if member.budget.estimated(rate) {
                        self.aim(id, None);
                    }
                }
                PeerOutput::Connected => {
                    if member.connected(self.now) {
                        tracing::info!(peer = %id, call = %member.call, "media connected");
                        self.events.push_back(MediaEvent::Connected { peer: id });
                    }
                    member.path_is_up();
                    for waiting in member.waits_for() {
                        self.request_layer(waiting);
                    }
                }
                PeerOutput::IceUp => member.path_is_up(),
                PeerOutput::IceDown => member.path_is_down(self.now),
            }
        }
        self.scratch = outputs;
    }

    /// Adds an allowed packet of a layer of `publisher` to the batch of its call; `to`: who alone gets it.
    fn arrived_in(
        &mut self,
        id: &CallId,
        publisher: PeerId,
        source: Source,
        layer: usize,
        to: Option<Arc<BTreeSet<PeerId>>>,
        packet: IncomingPacket,
    ) {
        let Some(call) = self.calls.get_mut(id) else { return };
        let mut to = to;
        if source == Source::Microphone {
            if !call.speakers.heard(publisher, packet.extensions.audio_level, self.now) {
                to = Some(self.nobody.clone());
            }
            if !std::mem::replace(&mut call.is_timed, true) {
                self.timers.insert((self.now + REPORT_MIN, Timer::Call(id.clone())));
            }
        }
        if call.runs.is_empty() {
            self.busy.push_back(id.clone());
        }
        let of_same =
            |run: &&mut Run| (run.publisher, run.source, run.layer) == (publisher, source, layer) && run.to == to;
        match call.runs.iter_mut().find(of_same) {
            Some(run) => run.packets.push(packet),
            None => call.runs.push(Run { publisher, source, layer, to, packets: vec![packet] }),
        }
    }

    /// Writes the waiting batch to one more subscriber. Returns whether there was anything to do.
    fn forward_step(&mut self) -> bool {
        let Some(mut forwarding) = self.forwarding.take().or_else(|| self.next_forwarding()) else { return false };
        let Some(call) = self.calls.get(&forwarding.call) else { return true };
        let Some(id) = call.members.get(forwarding.next_member).copied() else { return true };
        forwarding.next_member += 1;
        let mut starved = vec![];
        let now = self.now;
        let loudness = |peer| call.speakers.loudness(peer, now);
        let forwarded = match self.members.get_mut(&id) {
            Some(member) if member.is_connected => {
                let forwarded = member.forward(&forwarding.runs, now, loudness, &mut starved);
                member.peer.take_ready(&mut |transmit| self.transmits.push_back(transmit));
                forwarded
            }
            Some(_) | None => Ok(false),
        };
        self.forwarding = Some(forwarding);
        match forwarded {
            Ok(true) => self.drain(id),
            Ok(false) => {}
            Err(reason) => self.lose(id, reason),
        }
        for waiting in starved {
            self.request_layer(waiting);
        }
        true
    }

    fn next_forwarding(&mut self) -> Option<Forwarding> {
        let call = self.busy.pop_front()?;
        let runs = self.calls.get_mut(&call).map(|call| std::mem::take(&mut call.runs)).unwrap_or_default();
        self.overhear(&call, &runs);
        Some(Forwarding { call, runs, next_member: 0 })
    }

    /// A member's timer fired; it may have moved to later since it was set.
    fn wake(&mut self, id: PeerId) {
        let Some(member) = self.members.get_mut(&id) else { return };
        member.timer = None;
        if member.is_overdue(self.now) {
            self.lose(id, LostReason::NoPath);
            return;
        }
        if let Some(echo) = &mut member.echo {
            let (call, publisher, packets) = (member.call.clone(), echo.publisher(), echo.take_due(self.now));
            for packet in packets {
                self.arrived_in(&call, publisher, Source::Microphone, 0, None, packet);
            }
        }
        if self.members.get(&id).is_some_and(|member| member.wants_aim(self.now)) {
            self.aim(id, None);
        }
        let Some(member) = self.members.get_mut(&id) else { return };
        if member.due_at(self.now) > self.now {
            self.arm(id);
            return;
        }
        let ticked = member.send_due_requests(self.now).and_then(|_| member.peer.tick(self.now));
        match ticked {
            Ok(()) => self.drain(id),
            Err(reason) => self.lose(id, reason),
        }
    }

    /// Sets a member's timer if it must fire earlier than it would.
    fn arm(&mut self, id: PeerId) {
        let Some(member) = self.members.get_mut(&id) else { return };
        // What stays due must not stop the others.
        let due = member.due_at(self.now).max(self.now + Duration::from_millis(1));
        match member.timer {
            Some(set) if set <= due => {}
            Some(_) | None => {
                if let Some(set) = member.timer.replace(due) {
                    self.timers.remove(&(set, Timer::Member(id)));
                }
                self.timers.insert((due, Timer::Member(id)));
            }
        }
    }

    fn report_speakers(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if let Some(speaking) = call.speakers.take_report(self.now) {
            self.events.push_back(MediaEvent::SpeakingChanged { call: id.clone(), speaking });
        }
        call.is_timed = call.speakers.is_active(self.now);
        if call.is_timed {
            self.timers.insert((self.now + REPORT_MIN, Timer::Call(id)));
        }
    }

    fn lose(&mut self, peer: PeerId, reason: LostReason) {
        if let Some(member) = self.members.get(&peer) {
            tracing::info!(%peer, call = %member.call, ?reason, "media lost");
            self.remove(peer);
            self.events.push_back(MediaEvent::Lost { peer, reason });
        }
    }

    fn remove(&mut self, id: PeerId) {
        let others = self.others(id);
        let Some(member) = self.members.remove(&id) else {
            self.remove_agent(id);
            return;
        };
        self.demux.remove(id);
        self.events.push_back(MediaEvent::Measured { peer: id, measure: member.quality.measure(self.now).into() });
        if let Some(set) = member.timer {
            self.timers.remove(&(set, Timer::Member(id)));
        }
        let Some(call) = self.calls.get_mut(&member.call) else { return };
        call.members.retain(|other| *other != id);
        call.runs.retain(|run| run.publisher != id);
        call.speakers.remove(id);
        if call.members.is_empty() && call.agents.is_empty() {
            self.calls.remove(&member.call);
            return;
        }
        for other in others {
            if let Some(other) = self.members.get_mut(&other) {
                other.forget(id);
            }
            self.assign(other);
        }
    }
}
