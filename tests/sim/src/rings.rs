//! Calls that ring, as naively as possible: what devices were told of each ring, and what may happen then. And the steps that ring.

use crate::client::{Asked, Place, Proof, Stage};
use crate::rule::{Rule, Violation};
use crate::step::{Kind, pick};
use crate::truth::CallTruth;
use crate::world::{FEDERATED, World};
use convene_model::happened::ONE_TO_ONE;
use convene_model::{CallId, ErrorCode, IdentifierKind, RawId, RingId, SessionId};
use convene_protocol::{Request, RingView, ServerMessage, TransferTarget};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// One ring, as devices were told of it.
#[derive(Clone, Debug)]
struct Ring {
    user: RawId,
    call: CallId,
    /// When it must be over.
    due: Duration,
    /// The devices at which it rings.
    devices: BTreeSet<SessionId>,
    /// With what it ended.
    over: Option<String>,
    /// The device that accepted.
    accepted: Option<SessionId>,
}

/// All rings since the process started.
#[derive(Clone, Debug, Default)]
pub struct Rings {
    known: BTreeMap<RingId, Ring>,
}

fn broken(what: String) -> Result<(), Violation> {
    Err(Violation::new(Rule::RingsEndOnce, what))
}

/// Whether one user may call another: of one resource, both of the organization, or across where it trusts the resource.
fn may_call(by: &RawId, user: &RawId) -> bool {
    let ours = |user: &RawId| user.kind() == IdentifierKind::OrganizationUser;
    let trusted = |user: &RawId| user.resource() == Some(FEDERATED);
    let of_one = by.resource().is_some() && by.resource() == user.resource();
    of_one || ours(by) && (ours(user) || trusted(user)) || trusted(by) && ours(user)
}

impl Rings {
    /// A device was told something.
    ///
    /// # Errors
    /// A [`Violation`] if it should not have been.
    pub fn heard(
        &mut self,
        session: SessionId,
        user: &RawId,
        proof: Proof,
        message: &ServerMessage,
        now: Duration,
    ) -> Result<(), Violation> {
        match message {
            ServerMessage::Rings { ring } => self.rings(session, user, proof, ring, now),
            ServerMessage::RingOver { ring, reason } => self.over(session, ring, &reason.name),
            _ => Ok(()),
        }
    }

    fn rings(
        &mut self,
        session: SessionId,
        user: &RawId,
        proof: Proof,
        view: &RingView,
        now: Duration,
    ) -> Result<(), Violation> {
        if proof != Proof::Good || view.caller == *user || !may_call(&view.caller, user) {
            let what = format!("{} called {user}, whose session {session} has a token that is {proof:?}", view.caller);
            return Err(Violation::new(Rule::ProofIsNeeded, what));
        }
        let ring = self.known.entry(view.ring.clone()).or_insert_with(|| Ring {
            user: user.clone(),
            call: view.call_id.clone(),
            due: now + Duration::from_millis(view.expires_in_ms),
            devices: BTreeSet::new(),
            over: None,
            accepted: None,
        });
        if ring.user != *user || ring.call != view.call_id {
            return broken(format!("{} rings at {user}, too, or for another call", view.ring));
        }
        if let Some(reason) = &ring.over {
            return broken(format!("{} rings and was over: {reason}", view.ring));
        }
        if !ring.devices.insert(session) {
            return broken(format!("{} rings twice at session {session}", view.ring));
        }
        Ok(())
    }

    fn over(&mut self, session: SessionId, id: &RingId, reason: &str) -> Result<(), Violation> {
        let Some(ring) = self.known.get_mut(id) else { return broken(format!("{id} is over and never rang")) };
        if !ring.devices.remove(&session) {
            return broken(format!("{id} is over at session {session}, where it does not ring"));
        }
        if ring.accepted == Some(session) {
            return broken(format!("session {session} accepted {id} and was told that it is over: {reason}"));
        }
        let elsewhere = reason == ErrorCode::AnsweredElsewhere.name();
        if ring.accepted.is_some() && !elsewhere {
            return broken(format!("{id} was accepted and is over: {reason}"));
        }
        match ring.over.replace(reason.to_owned()) {
            Some(former) if former != reason => broken(format!("{id} is over: {former}; and {reason}")),
            Some(_) | None => Ok(()),
        }
    }

    /// A device came into the call by accepting.
    ///
    /// # Errors
    /// A [`Violation`] if another one did, or if it does not ring any more.
    pub fn accepted(&mut self, session: SessionId, id: &RingId) -> Result<(), Violation> {
        let Some(ring) = self.known.get_mut(id) else { return broken(format!("{id} was accepted and never rang")) };
        if !ring.devices.remove(&session) {
            return broken(format!("session {session} accepted {id}, which does not ring there"));
        }
        if let Some(reason) = ring.over.as_ref().filter(|reason| *reason != ErrorCode::AnsweredElsewhere.name()) {
            return broken(format!("session {session} accepted {id}, which was over: {reason}"));
        }
        match ring.accepted.replace(session) {
            Some(other) => broken(format!("sessions {other} and {session} accepted {id}")),
            None => Ok(()),
        }
    }

    /// The rings that ring at a session now.
    fn at(&self, session: SessionId) -> impl Iterator<Item = &RingId> {
        self.known.iter().filter(move |(_, ring)| ring.devices.contains(&session)).map(|(id, _)| id)
    }

    /// A session is gone.
    pub fn closed(&mut self, session: SessionId) {
        for ring in self.known.values_mut() {
            ring.devices.remove(&session);
        }
    }
}

impl World {
    /// What must hold of calls that ring when nothing is under way.
    ///
    /// # Errors
    /// A [`Violation`] if it does not.
    pub(crate) fn check_rings(&self) -> Result<(), Violation> {
        for (id, ring) in self.rings.known.iter().filter(|(_, ring)| !ring.devices.is_empty()) {
            if self.now.mono > ring.due {
                return broken(format!("{id} rings at {:?} after its time", ring.devices));
            }
            if ring.over.is_some() || ring.accepted.is_some() {
                return broken(format!("{id} is over, or was accepted, and rings at {:?}", ring.devices));
            }
            if self.truths.get(&ring.call).is_none_or(|truth| truth.ended) {
                return broken(format!("{id} rings for a call that is over"));
            }
        }
        for (call, truth) in self.truths.iter().filter(|(_, truth)| !truth.ended) {
            self.check_ringing(call, truth)?;
        }
        Ok(())
    }

    fn check_ringing(&self, call: &CallId, truth: &CallTruth) -> Result<(), Violation> {
        let views = self.clients.values().flat_map(|client| client.places.values()).filter_map(|place| match place {
            Place::In(state) if state.call == *call => Some(&state.ringing),
            _ => None,
        });
        let views: BTreeSet<&BTreeSet<RawId>> = views.collect();
        if views.len() > 1 {
            return Err(Violation::new(Rule::ViewsAgree, format!("{call} rings at {views:?}")));
        }
        let seen = views.into_iter().next();
        if let Some(user) = seen.into_iter().flatten().find(|user| truth.members.contains_key(*user)) {
            return broken(format!("{call} rings at {user}, who is in it"));
        }
        let here = |ring: &&Ring| ring.call == *call && !ring.devices.is_empty();
        for ring in self.rings.known.values().filter(here) {
            if seen.is_none_or(|seen| !seen.contains(&ring.user)) {
                return broken(format!("{} rings at {}, and nobody in the call sees it", ring.call, ring.user));
            }
        }
        // A call of two, or one that nobody has answered, is over for both at once.
        let alone = truth.members.len() == 1 && seen.is_none_or(BTreeSet::is_empty);
        if alone && truth.rang.is_some() {
            let of = if truth.rang.as_deref() == Some(ONE_TO_ONE) { "of two" } else { "that nobody answered" };
            return broken(format!("one is left in {call}, a call {of}, and calls nobody"));
        }
        Ok(())
    }

    /// Carries out a step of calls that ring.
    pub(crate) fn ring_step(&mut self, kind: Kind, numbers: [u32; 3]) {
        let [a, b, c] = numbers;
        match kind {
            Kind::StartCall => self.start_call(a, b, c),
            Kind::Accept => self.accept(a, b),
            Kind::Decline => {
                if let Some((session, ring)) = self.some_ring(a, b) {
                    self.request(session, 0, Asked::Other, Request::Decline { ring });
                }
            }
            Kind::AddParticipant => self.add_participant(a, b),
            Kind::CancelRing => self.cancel_ring(a, b),
            Kind::Transfer => self.transfer(a, b, c),
            Kind::Follow => self.follow(a),
            _ => {
                let Some((session, handle)) = pick(&self.places(b.is_multiple_of(8)), a) else { return };
                self.request(session, handle, Asked::Other, Request::SetHeld { held: c.is_multiple_of(2) });
            }
        }
    }

    fn start_call(&mut self, a: u32, b: u32, c: u32) {
        let Some(session) = pick(&self.clients_at(Stage::Active), a) else { return };
        let client = &self.clients[&session];
        let caller = client.user.clone();
        let wrongly = client.proof != Proof::Good || caller.kind() == IdentifierKind::Visitor;
        let others: Vec<RawId> = self.users.iter().map(|user| user.id.clone()).filter(|user| *user != caller).collect();
        let count = if b.is_multiple_of(4) { 2 + (b >> 2) as usize % 2 } else { 1 };
        let mut users: Vec<RawId> = (0..count).filter_map(|number| pick(&others, (c >> (4 * number)) & 0xff)).collect();
        // Mostly somebody who is there to be called.
        if !b.is_multiple_of(8) {
            let there = self.clients.values().filter(|client| client.stage == Stage::Active && client.user != caller);
            let there: Vec<RawId> =
                there.map(|client| client.user.clone()).filter(|user| may_call(&caller, user)).collect();
            users.extend(pick(&there, c));
            users.drain(..users.len().saturating_sub(count));
        }
        users.sort_unstable();
        users.dedup();
        let handle = self.clients[&session].free_handle();
        let request =
            Request::StartCall { users, display_name: "Caller".into(), muted: b.is_multiple_of(3), lobby: false };
        self.request(session, handle, Asked::Join { handle, wrongly }, request);
    }

    /// A ring at a device; sometimes at another device than the one that answers it.
    fn some_ring(&self, a: u32, b: u32) -> Option<(SessionId, RingId)> {
        let active = self.clients_at(Stage::Active);
        let ringing: Vec<SessionId> =
            active.iter().copied().filter(|session| self.rings.at(*session).next().is_some()).collect();
        let rings: Vec<RingId> = self.rings.known.keys().cloned().collect();
        if b.is_multiple_of(8) {
            return Some((pick(&active, a)?, pick(&rings, b >> 3)?));
        }
        let session = pick(&ringing, a)?;
        Some((session, pick(&self.rings.at(session).cloned().collect::<Vec<_>>(), b >> 3)?))
    }

    fn accept(&mut self, a: u32, b: u32) {
        let Some((session, ring)) = self.some_ring(a, b) else { return };
        let handle = self.clients[&session].free_handle();
        let wrongly = self.rings.known.get(&ring).is_none_or(|known| known.user != self.clients[&session].user);
        let request = Request::Accept { ring: ring.clone(), display_name: "Called".into(), muted: b.is_multiple_of(3) };
        self.request(session, handle, Asked::Accept { handle, ring, wrongly }, request);
    }

    fn add_participant(&mut self, a: u32, b: u32) {
        let Some((session, handle)) = pick(&self.places(false), a) else { return };
        let own = &self.clients[&session].user;
        let barred = self.call_at(session, handle).and_then(|call| self.truths.get(&call)).map(|truth| &truth.barred);
        let barred: Vec<RawId> = barred.into_iter().flatten().cloned().collect();
        let everybody: Vec<RawId> = self.users.iter().map(|user| user.id.clone()).filter(|user| user != own).collect();
        let from = if b.is_multiple_of(4) && !barred.is_empty() { &barred } else { &everybody };
        let Some(user) = pick(from, b >> 2) else { return };
        if let Some(call) = self.call_at(session, handle) {
            self.lifts_asked.insert((call, user.clone()));
        }
        self.request(session, handle, Asked::Other, Request::AddParticipant { user });
    }

    fn cancel_ring(&mut self, a: u32, b: u32) {
        let ringing = |place: &Place| matches!(place, Place::In(state) if !state.ringing.is_empty());
        let mut places = self.places(false);
        places.retain(|(session, handle)| ringing(&self.clients[session].places[handle]));
        let Some((session, handle)) = pick(&places, a) else { return };
        let Some(Place::In(state)) = self.clients[&session].places.get(&handle) else { return };
        let users: Vec<RawId> = state.ringing.iter().cloned().collect();
        let (call, user) = (state.call.clone(), pick(&users, b).expect("it rings"));
        let asked = Asked::Remove { call, user: user.clone() };
        self.request(session, handle, asked, Request::Remove { user });
    }

    fn transfer(&mut self, a: u32, b: u32, c: u32) {
        let of_two = |place: &Place| match place {
            Place::In(state) => self.truths.get(&state.call).is_some_and(|truth| truth.rang.is_some()),
            _ => false,
        };
        let mut places = self.places(false);
        if !b.is_multiple_of(8) {
            places.retain(|(session, handle)| of_two(&self.clients[session].places[handle]));
        }
        let Some((session, handle)) = pick(&places, a) else { return };
        let client = &self.clients[&session];
        let other_calls: Vec<CallId> = client
            .places
            .iter()
            .filter(|(other, _)| **other != handle)
            .filter_map(|(_, place)| if let Place::In(state) = place { Some(state.call.clone()) } else { None })
            .collect();
        let users: Vec<RawId> = self.users.iter().map(|user| user.id.clone()).collect();
        let target = match pick(&other_calls, c).filter(|_| (b >> 3).is_multiple_of(2)) {
            Some(call_id) => TransferTarget::Call { call_id },
            None => TransferTarget::User { user: pick(&users, c).expect("there are users") },
        };
        self.request(session, handle, Asked::Other, Request::Transfer { target });
    }

    fn follow(&mut self, a: u32) {
        let waiting =
            self.clients.values().filter(|client| client.stage == Stage::Active && !client.transfers.is_empty());
        let Some(session) = pick(&waiting.map(|client| client.session).collect::<Vec<_>>(), a) else { return };
        let client = self.clients.get_mut(&session).expect("just seen");
        let (handle, transfer) = (client.free_handle(), client.transfers.remove(0));
        let request = Request::Follow { transfer, display_name: "Follower".into(), muted: false };
        self.request(session, handle, Asked::Join { handle, wrongly: false }, request);
    }
}
