//! The calls of this node: what they put out is routed to sessions, the store and the media plane; one bad call costs one
//! call.

use crate::io::Output;
use crate::node::{Expected, Node, leg_number};
use crate::rings::Bell;
use crate::session::{Handle, Session};
use crate::timers::TimerKey;
use convene_call::{Call, Output as CallOutput, RequestId};
use convene_events::outbox_event;
use convene_model::group_call::GroupCall;
use convene_model::media::{MediaCommand, MediaEvent};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{CallId, ErrorCode, Now, ParticipantId, PeerId, uuid_v4};
use convene_protocol::{EndView, ErrorBody, Event, Reply, ServerMessage};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[derive(Debug)]
pub(crate) struct CallEntry {
    pub call: Call,
    pub target: CallTarget,
    /// The version of the meeting's options that the call has.
    pub version: u64,
    /// The group that it is a call of, if that has a lobby.
    pub group: Option<GroupCall>,
    /// The peers that are open in the media plane.
    pub open_peers: BTreeSet<PeerId>,
}

impl CallEntry {
    fn note(&mut self, command: &MediaCommand) {
        match command {
            MediaCommand::Open { peer, .. } | MediaCommand::Agent { peer, .. } => {
                self.open_peers.insert(*peer);
            }
            MediaCommand::Close { peer } => {
                self.open_peers.remove(peer);
            }
            MediaCommand::Negotiate { .. }
            | MediaCommand::SetMaySend { .. }
            | MediaCommand::Subscribe { .. }
            | MediaCommand::Show { .. }
            | MediaCommand::Echo { .. }
            | MediaCommand::SetHears { .. } => {}
        }
    }
}

impl Node {
    /// Lets a call handle something, and carries out what it wants. A panic ends that call and no other.
    pub(crate) fn with_call(&mut self, id: &CallId, now: Now, handle: impl FnOnce(&mut Call)) {
        let Some(entry) = self.calls.get_mut(id) else { return };
        let call = &mut entry.call;
        let outputs = catch_unwind(AssertUnwindSafe(|| {
            handle(call);
            std::iter::from_fn(|| call.poll_output()).collect::<Vec<_>>()
        }));
        match outputs {
            Ok(outputs) => {
                let due = call.poll_timeout();
                self.timers.set(TimerKey::Call(id.clone()), due);
                for output in outputs {
                    self.carry_out(id, output, now);
                }
                self.tell_failed_rings(now);
                self.tell_transfers(now);
            }
            Err(_) => {
                tracing::error!(call = %id, "a defect ended this call");
                self.break_call(id, now);
            }
        }
    }

    fn carry_out(&mut self, id: &CallId, output: CallOutput, now: Now) {
        match output {
            CallOutput::Commit { n, rows, happened } => {
                let told = happened.iter().filter(|happened| self.may_be_told(happened)).collect::<Vec<_>>();
                let events =
                    told.into_iter().map(|what| outbox_event(uuid_v4(&mut *self.random), what)).collect::<Vec<_>>();
                self.commit_count += 1;
                self.commits.insert(self.commit_count, (id.clone(), n));
                self.outputs.push_back(Output::Commit { n: self.commit_count, rows, events });
            }
            CallOutput::Reply { leg, request, result } => self.answer(&leg, request, result),
            CallOutput::Refuse { leg: _, request, code, message } => {
                if let Some(Expected { session, id, .. }) = self.expected.remove(&request) {
                    self.respond_error(session, id, ErrorBody::with_message(code, message));
                }
            }
            CallOutput::Send { leg, event } => {
                if matches!(event, Event::Admitted { .. }) {
                    self.admitted(&leg, now);
                }
                if let Some((Some(session), call)) = self.legs.get(&leg).map(|state| (state.session, state.handle)) {
                    self.send(session, ServerMessage::Event { call, event });
                }
            }
            CallOutput::LegOver { leg, reason } => self.leg_over(&leg, reason),
            CallOutput::Automated { ticket, answer } => self.automated(ticket, answer),
            CallOutput::TurnedAway { ticket } => self.turned_away(ticket),
            CallOutput::ConnectionOver { connection } => self.connection_over(connection),
            CallOutput::Stream { connection, peer, order } => {
                self.outputs.push_back(Output::Stream { connection, call: id.clone(), peer, order });
            }
            CallOutput::Media(command) => {
                if let Some(entry) = self.calls.get_mut(id) {
                    entry.note(&command);
                }
                if let MediaCommand::Open { peer, .. } = &command {
                    self.media_opened(*peer, now);
                }
                self.outputs.push_back(Output::Media(command));
            }
            CallOutput::Ring { ring, user, by, display_name, due } => {
                self.ring(id, Bell { ring, user, by, display_name, due }, now);
            }
            CallOutput::RingOver { ring, reason } => self.ring_over(&ring, reason),
            CallOutput::Over => self.forget_call(id),
        }
    }

    /// Answers where the request came from. A leg that went on to another session meanwhile is not in on the former one.
    fn answer(&mut self, leg: &ParticipantId, request: RequestId, result: Result<Reply, ErrorCode>) {
        let enters = matches!(result, Ok(Reply::Joined { .. } | Reply::Waiting { .. }));
        let state = self.legs.get_mut(leg);
        let Some(Expected { session, handle, id, .. }) = self.expected.remove(&request) else {
            // Nobody hears of it, but it is what a later session comes back to.
            state.into_iter().for_each(|state| state.answered |= enters);
            return;
        };
        let here = state.filter(|state| state.session == Some(session) && state.handle == handle);
        let result = match here {
            Some(state) => {
                state.answered |= enters;
                result
            }
            None if enters => Err(ErrorCode::Superseded),
            None => result,
        };
        self.respond(session, id, result);
    }

    fn leg_over(&mut self, leg: &ParticipantId, reason: ErrorCode) {
        let Some(state) = self.forget_leg(leg) else { return };
        let Some(session) = state.session else { return };
        if let Some(Session::Active(active)) = self.sessions.get_mut(&session)
            && matches!(active.handles.get(&state.handle), Some(Handle::Leg { participant, .. }) if participant == leg)
        {
            active.handles.remove(&state.handle);
        }
        if state.answered {
            let end = EndView { reason: reason.into() };
            self.send(session, ServerMessage::Event { call: state.handle, event: Event::Ended { end } });
        }
    }

    fn forget_call(&mut self, id: &CallId) {
        let Some(entry) = self.calls.remove(id) else { return };
        tracing::info!(call = %id, "call ended");
        self.forget_rings(id);
        self.forget_transfers(id);
        self.peers.retain(|_, (call, _)| call != id);
        if self.targets.get(&entry.target) == Some(id) {
            self.targets.remove(&entry.target);
        }
        self.timers.set(TimerKey::Call(id.clone()), None);
    }

    /// Ends a call that cannot go on: its state is not to be trusted any more.
    pub(crate) fn break_call(&mut self, id: &CallId, now: Now) {
        let Some(entry) = self.calls.get(id) else { return };
        for peer in entry.open_peers.clone() {
            self.outputs.push_back(Output::Media(MediaCommand::Close { peer }));
        }
        let legs: Vec<ParticipantId> =
            self.legs.iter().filter(|(_, leg)| leg.call == *id).map(|(leg, _)| leg.clone()).collect();
        for leg in legs {
            if let Some(state) = self.legs.get_mut(&leg) {
                state.answered = true;
            }
            self.leg_over(&leg, ErrorCode::ServerFailed);
        }
        self.commits.retain(|_, (call, _)| call != id);
        self.commit_count += 1;
        let row = JournalRow::CallEnded { call: id.clone(), reason: ErrorCode::ServerFailed, at: now.wall };
        let events = self.break_connections(id, now);
        self.outputs.push_back(Output::Commit { n: self.commit_count, rows: vec![row], events });
        self.forget_call(id);
    }

    pub(crate) fn committed(&mut self, n: u64, now: Now) {
        self.measuring.committed(n);
        while let Some(first) = self.commits.first_entry()
            && *first.key() <= n
        {
            let (call, of_call) = first.remove();
            self.with_call(&call, now, |call| call.handle_committed(of_call));
        }
    }

    pub(crate) fn commit_failed(&mut self, n: u64, now: Now) {
        if self.measuring.commit_failed(n) {
            tracing::warn!(n, "the store refused what was measured of a leg; it is lost");
        } else if let Some((call, _)) = self.commits.remove(&n) {
            tracing::error!(call = %call, "the store refused a commit; the call ends");
            self.break_call(&call, now);
        }
    }

    pub(crate) fn media(&mut self, event: MediaEvent, now: Now) {
        self.measuring.note(&event, now);
        let call = match &event {
            MediaEvent::Measured { peer, measure } => return self.measured(*peer, **measure),
            MediaEvent::SpeakingChanged { call, .. } => Some(call.clone()),
            MediaEvent::Answered { peer, .. }
            | MediaEvent::OfferRefused { peer, .. }
            | MediaEvent::Connected { peer }
            | MediaEvent::SlotsChanged { peer, .. }
            | MediaEvent::Lost { peer, .. } => self.peers.get(&leg_number(*peer)).map(|(call, _)| call.clone()),
        };
        if let Some(call) = call {
            if let (MediaEvent::Lost { peer, .. }, Some(entry)) = (&event, self.calls.get_mut(&call)) {
                entry.open_peers.remove(peer);
            }
            self.with_call(&call, now, |call| call.handle_media(event, now));
        }
    }
}
