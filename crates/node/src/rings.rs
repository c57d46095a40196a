//! Ringing: from a call that wants somebody to the devices of that user, and back.
//!
//! Whether a user exists is not asked: whoever has no device here, whoever may not be called, and nobody at all are unreachable alike.

use crate::io::LookupId;
use crate::join::Arrival;
use crate::node::{Expected, Node};
use crate::session::{Active, Session};
use crate::wake::Waking;
use convene_call::{Call, CallKind, NewRing, Person, Policy};
use convene_directory::affiliation;
use convene_model::limits::{RINGS_BY_USER_MAX, RINGS_TO_USER_MAX};
use convene_model::record::CallTarget;
use convene_model::{
    Affiliation, CallId, ErrorCode, Now, ParticipantId, RawId, RingId, Role, SessionId, TransferId, uuid_v4,
};
use convene_protocol::{ErrorBody, Reply, RingView, ServerMessage, Transferor};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The rings of this node, and what is still to be told of them.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    entries: BTreeMap<RingId, Entry>,
    /// Those that could not begin, for their calls to know.
    failed: Vec<(CallId, RingId, ErrorCode)>,
    /// Those whose push messages are on the way.
    pub(crate) waking: BTreeMap<LookupId, Waking>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    call: CallId,
    user: RawId,
    by: RawId,
    /// What the devices hear; `None` until the ring is committed, and if it could not begin.
    heard: Option<Bell>,
    /// The sessions at which it rings: they, and no others, are told that it is over.
    devices: BTreeSet<SessionId>,
    /// The session that accepted: it is not told that the ring is over.
    accepted_by: Option<SessionId>,
    /// By which transfer, and by whom, its caller was handed over.
    transfer: Option<(TransferId, Transferor)>,
    /// Whether browsers without a page were called by Web Push, too.
    pub(crate) pushed: bool,
}

/// A ring as its call gives it.
#[derive(Clone, Debug)]
pub(crate) struct Bell {
    pub ring: RingId,
    pub user: RawId,
    pub by: RawId,
    pub display_name: String,
    /// When it counts as not answered, as [`Now::mono`].
    pub due: Duration,
}

impl Rings {
    /// The call of a ring at a user of this resource, if it is heard.
    pub(crate) fn call_at(&self, ring: &RingId, resource: &str) -> Option<&CallId> {
        let entry = self.entries.get(ring).filter(|entry| entry.heard.is_some());
        entry.filter(|entry| entry.user.resource() == Some(resource)).map(|entry| &entry.call)
    }

    /// A ring takes the place of another one, for the same caller and the same transfer.
    pub(crate) fn put_in_place_of(&mut self, former: &RingId, ring: RingId, user: RawId) {
        let Some(before) = self.entries.get_mut(former) else { return };
        let transfer = before.transfer.take();
        let (call, by) = (before.call.clone(), before.by.clone());
        let entry =
            Entry { call, user, by, heard: None, devices: BTreeSet::new(), accepted_by: None, transfer, pushed: false };
        self.entries.insert(ring, entry);
    }

    /// It does not after all.
    pub(crate) fn put_back(&mut self, former: &RingId, ring: &RingId) {
        let transfer = self.entries.remove(ring).and_then(|entry| entry.transfer);
        if let Some(before) = self.entries.get_mut(former) {
            before.transfer = transfer;
        }
    }

    pub(crate) fn entry_mut(&mut self, ring: &RingId) -> Option<&mut Entry> {
        self.entries.get_mut(ring)
    }
}

impl Node {
    /// Somebody starts a call that rings. `lobby`: who is added to it later waits for the caller's word.
    pub(crate) fn start_call(&mut self, arrival: Arrival, users: Vec<RawId>, lobby: bool, now: Now) {
        let (session, request) = (arrival.session, arrival.request);
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        if !may_call(active) {
            self.respond(session, request, Err(ErrorCode::ScopeMissing));
            return;
        }
        let caller = active.user.id.clone();
        let users: BTreeSet<RawId> = users.into_iter().collect();
        if users.is_empty() || users.len() > RINGS_BY_USER_MAX || users.contains(&caller) {
            let why = format!("A call rings at 1 to {RINGS_BY_USER_MAX} users, of whom the caller is none.");
            self.respond_error(session, request, ErrorBody::with_message(ErrorCode::BadRequest, why));
            return;
        }
        if users.contains(&RawId::echo_test()) {
            if users.len() == 1 {
                self.start_echo_test(arrival, caller, now);
            } else {
                let why = "The test call is called alone: [{ id: '8:echo123' }].";
                self.respond_error(session, request, ErrorBody::with_message(ErrorCode::BadRequest, why));
            }
            return;
        }
        if self.rings_by(&caller) + users.len() > RINGS_BY_USER_MAX {
            self.respond(session, request, Err(ErrorCode::TooManyRequests));
            return;
        }
        let host = match self.host_of_start(&caller, &users, lobby) {
            Ok(host) => host,
            Err(why) => {
                self.respond_error(session, request, ErrorBody::with_message(ErrorCode::Forbidden, why));
                return;
            }
        };
        let call = self.ringing_call(&caller, host, now);
        if users.len() == 1 {
            self.with_call(&call, now, Call::expect_two);
        }
        let person = self.person_in_call(&call, &caller);
        let Some(leg) = self.enter_call(arrival, call.clone(), person, None, now) else { return };
        let rings = users.into_iter().map(|user| self.new_ring(&call, user, &caller, None)).collect();
        let wait = self.config.ring_wait;
        self.with_call(&call, now, |call| call.handle_start(&leg, rings, wait, now));
    }

    /// A call of which nobody knows yet, for `caller` to come into first.
    pub(crate) fn new_ringing_call(&mut self, caller: &RawId, now: Now) -> CallId {
        let resource = caller.resource().unwrap_or(&self.config.default_resource).to_owned();
        let target = CallTarget::Group { resource, group_id: uuid_v4(&mut *self.random) };
        let kind = CallKind::Group { chat: self.config.call_chat };
        self.call_for(target, 0, kind, Policy::open(), now)
    }

    /// Somebody in a call, as the leg `participant`, calls somebody else into it.
    pub(crate) fn add_participant(
        &mut self,
        asked: Expected,
        call: &CallId,
        participant: &ParticipantId,
        user: RawId,
        now: Now,
    ) {
        let Expected { session, id, .. } = asked;
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        if !may_call(active) {
            self.respond(session, id, Err(ErrorCode::ScopeMissing));
            return;
        }
        let by = active.user.id.clone();
        if self.rings_by(&by) >= RINGS_BY_USER_MAX {
            self.respond(session, id, Err(ErrorCode::TooManyRequests));
            return;
        }
        if let Err(why) = self.check_added(call, &by, &user) {
            self.respond_error(session, id, ErrorBody::with_message(ErrorCode::Forbidden, why));
            return;
        }
        let ring = self.new_ring(call, user, &by, None);
        let (request, wait) = (self.expect(asked), self.config.ring_wait);
        self.with_call(call, now, |call| call.handle_add(participant, request, ring, wait, now));
    }

    pub(crate) fn rings_by(&self, user: &RawId) -> usize {
        self.rings.entries.values().filter(|entry| entry.by == *user).count()
    }

    /// `transfer`: by which, and by whom, the caller was handed over.
    pub(crate) fn new_ring(
        &mut self,
        call: &CallId,
        user: RawId,
        by: &RawId,
        transfer: Option<(TransferId, Transferor)>,
    ) -> NewRing {
        let ring = RingId(uuid_v4(&mut *self.random));
        self.expect_ring(ring.clone(), call, user.clone(), by, transfer);
        NewRing { ring, user }
    }

    fn expect_ring(
        &mut self,
        ring: RingId,
        call: &CallId,
        user: RawId,
        by: &RawId,
        transfer: Option<(TransferId, Transferor)>,
    ) {
        let (call, by) = (call.clone(), by.clone());
        let devices = BTreeSet::new();
        let entry = Entry { call, user, by, heard: None, devices, accepted_by: None, transfer, pushed: false };
        self.rings.entries.insert(ring, entry);
    }

    /// A ring whose id an app's server chose. False if there is such already.
    pub(crate) fn expect_invitation(&mut self, ring: &RingId, call: &CallId, user: &RawId, by: &RawId) -> bool {
        let is_new = !self.rings.entries.contains_key(ring);
        if is_new {
            self.expect_ring(ring.clone(), call, user.clone(), by, None);
        }
        is_new
    }

    /// Somebody comes into the call that rings at them.
    pub(crate) fn accept_ring(&mut self, arrival: Arrival, ring: &RingId, now: Now) {
        let (session, request) = (arrival.session, arrival.request);
        let Some(call) = self.call_ringing_at(session, ring) else {
            self.respond_error(session, request, no_ring());
            return;
        };
        if let Some(entry) = self.rings.entries.get_mut(ring) {
            entry.accepted_by = Some(session);
        }
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        let user = active.user.id.clone();
        let person = self.person_in_call(&call, &user);
        let came_in = self.enter_call(arrival, call.clone(), person, None, now).is_some();
        let came = came_in || self.calls.get(&call).is_some_and(|entry| entry.call.users().contains(&user));
        if let Some(entry) = self.rings.entries.get_mut(ring).filter(|_| !came) {
            entry.accepted_by = None;
        }
    }

    /// Somebody does not come into the call that rings at them.
    pub(crate) fn decline_ring(&mut self, session: SessionId, request: u32, ring: &RingId, now: Now) {
        let Some(call) = self.call_ringing_at(session, ring) else {
            self.respond_error(session, request, no_ring());
            return;
        };
        self.with_call(&call, now, |call| {
            let _over_already = call.handle_ring_over(ring, ErrorCode::RingDeclined, now);
        });
        self.respond(session, request, Ok(Reply::Done {}));
    }

    /// The call that rings at this session with this ring, if nobody has answered yet.
    fn call_ringing_at(&self, session: SessionId, ring: &RingId) -> Option<CallId> {
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return None };
        let entry = self.rings.entries.get(ring)?;
        let here = entry.heard.is_some() && entry.user == active.user.id && may_call(active);
        let goes_on = self.calls.get(&entry.call).is_some_and(|call| call.call.is_ringing(ring));
        (here && goes_on).then(|| entry.call.clone())
    }

    /// A call wants somebody: all devices that are connected ring, and browsers without a page by Web Push.
    pub(crate) fn ring(&mut self, call: &CallId, bell: Bell, now: Now) {
        let may = may_ring(&bell.by, &bell.user, &self.config.federated);
        let sessions = if may { self.devices_of(&bell.user) } else { vec![] };
        let ringing =
            self.rings.entries.values().filter(|entry| entry.heard.is_some() && entry.user == bell.user).count();
        let taken = self.rings.entries.get(&bell.ring).is_none_or(|entry| self.takes_call_of(&entry.by, &bell.user));
        let Some(entry) = self.rings.entries.get_mut(&bell.ring) else { return };
        let failure = match may {
            false => Some(ErrorCode::Unreachable),
            true if !taken => Some(ErrorCode::Forbidden),
            true if ringing >= RINGS_TO_USER_MAX => Some(ErrorCode::Busy),
            true => None,
        };
        if let Some(reason) = failure {
            self.rings.failed.push((call.clone(), bell.ring, reason));
            return;
        }
        entry.heard = Some(bell.clone());
        entry.devices.extend(&sessions);
        let message = ServerMessage::Rings { ring: view(entry, &bell, now) };
        for session in sessions {
            self.send(session, message.clone());
        }
        self.wake(call, bell, now);
    }

    /// A ring is over: the devices stop, but for the one that accepted.
    pub(crate) fn ring_over(&mut self, ring: &RingId, reason: ErrorCode) {
        let Some(entry) = self.rings.entries.remove(ring) else { return };
        if let Some((transfer, _)) = entry.transfer {
            self.transfers.ring_over(transfer, reason);
        }
        if entry.heard.is_none() {
            return;
        }
        if let Some(bell) = entry.heard.as_ref().filter(|_| entry.pushed) {
            self.push_over(&entry.call, bell, reason);
        }
        for session in entry.devices {
            if entry.accepted_by != Some(session) && self.sessions.contains_key(&session) {
                self.send(session, ServerMessage::RingOver { ring: ring.clone(), reason: reason.into() });
            }
        }
    }

    /// A session begins, or may be called from now on: what rings at its user rings here, too.
    pub(crate) fn tell_rings(&mut self, session: SessionId, now: Now) {
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        if !may_call(active) {
            return;
        }
        let user = &active.user.id;
        let mut rings = Vec::new();
        for entry in self.rings.entries.values_mut().filter(|entry| entry.user == *user) {
            if let Some(bell) = &entry.heard
                && entry.devices.insert(session)
            {
                rings.push(view(entry, bell, now));
            }
        }
        for ring in rings {
            self.send(session, ServerMessage::Rings { ring });
        }
    }

    /// Tells calls of the rings that could not begin.
    pub(crate) fn tell_failed_rings(&mut self, now: Now) {
        while let Some((call, ring, reason)) = self.rings.failed.pop() {
            self.with_call(&call, now, |call| {
                let _over_already = call.handle_ring_over(&ring, reason, now);
            });
        }
    }

    /// A call is gone, and with it what it rang at.
    pub(crate) fn forget_rings(&mut self, call: &CallId) {
        let rings: Vec<RingId> =
            self.rings.entries.iter().filter(|(_, entry)| entry.call == *call).map(|(ring, _)| ring.clone()).collect();
        for ring in rings {
            self.ring_over(&ring, ErrorCode::ServerFailed);
        }
    }

    pub(crate) fn devices_of(&self, user: &RawId) -> Vec<SessionId> {
        let is_device = |session: &Session| matches!(session, Session::Active(active) if active.user.id == *user && may_call(active));
        self.sessions.iter().filter(|(_, session)| is_device(session)).map(|(id, _)| *id).collect()
    }
}

/// Whether a session may call and be called: not with a token that only joins, nor with one that is bound to a meeting.
pub(crate) fn may_call(active: &Active) -> bool {
    active.claims.scopes.may_start_calls() && active.claims.meeting.is_none()
}

/// Whether one user may call another: those of the same resource, those of the organization, and, across, those of the organization
/// and of resources that it trusts.
pub(crate) fn may_ring(by: &RawId, user: &RawId, federated: &BTreeSet<String>) -> bool {
    let of = |user: &RawId| affiliation(user, federated);
    match (of(by), of(user)) {
        (Affiliation::Organization, Affiliation::Organization | Affiliation::Federated)
        | (Affiliation::Federated, Affiliation::Organization) => true,
        _ => by.resource().is_some() && by.resource() == user.resource(),
    }
}

/// How both sides stand in a call that rings.
pub(crate) fn caller_or_callee() -> Person {
    Person { role: Role::Presenter, affiliation: Affiliation::Outside, invited: false, visitor: false, host: false }
}

fn view(entry: &Entry, bell: &Bell, now: Now) -> RingView {
    RingView {
        ring: bell.ring.clone(),
        call_id: entry.call.clone(),
        caller: bell.by.clone(),
        display_name: bell.display_name.clone(),
        expires_in_ms: u64::try_from(bell.due.saturating_sub(now.mono).as_millis()).unwrap_or(u64::MAX),
        transferor: entry.transfer.as_ref().map(|(_, by)| by.clone()),
    }
}

fn no_ring() -> ErrorBody {
    let why = "This call rings no more: it was answered elsewhere, declined, cancelled, or not answered in time.";
    ErrorBody::with_message(ErrorCode::NotFound, why)
}
