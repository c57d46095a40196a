//! From a join target to a call: the meeting is looked up, its rules are read, and the leg is handed to the call.

use crate::calls::CallEntry;
use crate::io::{Found, Lookup, LookupId};
use crate::node::{Expected, Leg, Node, leg_number};
use crate::quality::Coming;
use crate::resume::new_secret;
use crate::session::{Handle, Session};
use convene_call::{Call, CallKind, NewLeg, Person, Policy};
use convene_directory::{LinkRefused, MeetingKey, Proof};
use convene_identity::clean_display_name;
use convene_model::record::{CallTarget, Meeting};
use convene_model::{
    Affiliation, CallId, ErrorCode, IdentifierKind, Now, ParticipantId, PeerId, RawId, SessionId, uuid_v4,
};
use convene_protocol::{ErrorBody, JoinTarget};
use std::collections::BTreeSet;
use std::time::Duration;

/// A join whose meeting is being looked up.
#[derive(Debug)]
pub(crate) struct PendingJoin {
    pub(crate) handle: u32,
    pub(crate) request: u32,
    display_name: String,
    muted: bool,
    pub(crate) sought: Sought,
    asked_at: Duration,
}

/// What is being looked up for a join.
#[derive(Debug)]
pub(crate) enum Sought {
    /// A meeting, which this must lead into.
    Meeting(Proof),
    /// A room.
    Room,
    /// A group, for its lobby.
    Group,
}

impl Node {
    #[expect(clippy::too_many_arguments, reason = "the fields of one message and its session")]
    pub(crate) fn join(
        &mut self,
        session: SessionId,
        request: u32,
        handle: u32,
        target: JoinTarget,
        display_name: &str,
        muted: bool,
        now: Now,
    ) {
        let display_name = clean_display_name(display_name);
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        if !matches!(target, JoinTarget::Group { .. }) && self.attempts.exhausted(active.address, now.mono) {
            self.respond(session, request, Err(ErrorCode::TooManyRequests));
            return;
        }
        let (key, proof) = match target {
            JoinTarget::Group { group_id } => {
                let (sought, asked_at) = (Sought::Group, now.mono);
                let join = PendingJoin { handle, request, display_name, muted, sought, asked_at };
                let lookup = self.seek_group(session, &group_id, join, now);
                self.joins(session, handle, request, lookup);
                return;
            }
            JoinTarget::Room { room_id } => {
                let asked_at = now.mono;
                let join = |sought| PendingJoin { handle, request, display_name, muted, sought, asked_at };
                let lookup = self.seek_room(session, &room_id, join, now);
                self.joins(session, handle, request, lookup);
                return;
            }
            JoinTarget::MeetingId { meeting_id, passcode } => {
                match convene_directory::locate_by_id(&meeting_id, passcode) {
                    Some(located) => located,
                    None => {
                        self.respond(session, request, Err(ErrorCode::MeetingNotFound));
                        return;
                    }
                }
            }
            JoinTarget::MeetingLink { link } => {
                let hosts = &self.config.own_hosts;
                match convene_directory::parse_join_link(&link, &|host: &str| hosts.contains(host)) {
                    Ok(link) => convene_directory::locate_by_link(link),
                    Err(refused) => {
                        self.respond_error(session, request, link_error(&refused));
                        return;
                    }
                }
            }
        };
        let lookup = match key {
            MeetingKey::Thread(thread) => Lookup::MeetingByThread(thread),
            MeetingKey::JoinId(digits) => Lookup::MeetingByJoinId(digits),
        };
        let (sought, asked_at) = (Sought::Meeting(proof), now.mono);
        let join = PendingJoin { handle, request, display_name, muted, sought, asked_at };
        let lookup = self.ask(lookup, session, Some(join));
        self.joins(session, handle, request, Some(lookup));
    }

    /// The handle is taken by a join that waits for this question, if one was asked.
    fn joins(&mut self, session: SessionId, handle: u32, request: u32, lookup: Option<LookupId>) {
        if let (Some(Session::Active(active)), Some(lookup)) = (self.sessions.get_mut(&session), lookup) {
            active.handles.insert(handle, Handle::Joining { request, lookup: Some(lookup) });
        }
    }

    /// The meeting of a join was looked up.
    pub(crate) fn meeting_found(
        &mut self,
        session: SessionId,
        lookup: LookupId,
        join: PendingJoin,
        found: Found,
        now: Now,
    ) {
        let Some((user, address)) = self.take_up(session, lookup, &join) else { return };
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        let bound = active.claims.meeting.clone();
        let fits = |meeting: &Meeting| matches!(&join.sought, Sought::Meeting(proof) if proof.fits(meeting));
        let allowed = |meeting: &Meeting| fits(meeting) && bound.as_ref().is_none_or(|id| *id == meeting.id);
        let meeting = match found {
            Found::Meeting(Some(meeting)) if allowed(&meeting) => meeting,
            Found::Meeting(_)
            | Found::Room(_)
            | Found::GroupCall(_)
            | Found::User(_)
            | Found::Kept(_)
            | Found::Woken { .. } => {
                self.attempts.failed(address, now.mono);
                self.respond(session, join.request, Err(ErrorCode::MeetingNotFound));
                return;
            }
            Found::Failed => {
                self.respond(session, join.request, Err(ErrorCode::ServerFailed));
                return;
            }
        };
        let person = person_in(&meeting, &user, &self.config.federated);
        let (kind, policy) = (kind_of(&meeting), policy_of(&meeting, self.config.lobby_wait));
        // Only guests knock: whoever leads is not kept out by those who knock too often.
        let guest = person.affiliation != Affiliation::Organization;
        let target = CallTarget::Meeting(meeting.id.clone());
        if guest && self.knocks.exhausted(address, &target, now.mono) {
            self.respond(session, join.request, Err(ErrorCode::TooManyRequests));
            return;
        }
        let arrival = Arrival::of(session, join);
        let came_in = self.enter(arrival, target.clone(), meeting.version, kind, policy, person, now);
        if guest && !came_in {
            self.knocks.count(address, target, now.mono);
        }
    }

    /// Hands somebody to the call. Returns whether it let them straight in.
    #[expect(clippy::too_many_arguments, reason = "who comes, and all that a new call needs")]
    pub(crate) fn enter(
        &mut self,
        arrival: Arrival,
        target: CallTarget,
        version: u64,
        kind: CallKind,
        policy: Policy,
        person: Person,
        now: Now,
    ) -> bool {
        let Arrival { session, request, .. } = arrival;
        let call_id = self.call_for(target, version, kind, policy, now);
        let may_start = matches!(self.sessions.get(&session), Some(Session::Active(active)) if active.claims.scopes.may_start_calls());
        if !may_start && !self.calls[&call_id].call.is_live() {
            self.respond(session, request, Err(ErrorCode::ScopeMissing));
            self.drop_unused(&call_id, now);
            return false;
        }
        self.enter_call(arrival, call_id, person, None, now).is_some()
    }

    /// Hands somebody to a call that is there. Gives the leg with which it let them straight in; then `replaced` leaves it.
    pub(crate) fn enter_call(
        &mut self,
        arrival: Arrival,
        call_id: CallId,
        person: Person,
        replaced: Option<&RawId>,
        now: Now,
    ) -> Option<ParticipantId> {
        let Arrival { session, request, handle, display_name, muted, asked_at } = arrival;
        let participant = ParticipantId(uuid_v4(&mut *self.random));
        let peer = self.next_peer();
        let Some(Session::Active(active)) = self.sessions.get_mut(&session) else { return None };
        let user = active.user.id.clone();
        let display_name =
            if display_name.is_empty() { active.user.display_name.clone().unwrap_or_default() } else { display_name };
        active.handles.insert(handle, Handle::Leg { call: call_id.clone(), participant: participant.clone() });
        let (resume_secret, resume_hash) = new_secret(&participant, &mut *self.random);
        let leg = Leg {
            session: Some(session),
            handle,
            user: user.clone(),
            resume_hash: resume_hash.clone(),
            peer,
            call: call_id.clone(),
            coming: Some(Coming::asked(asked_at)),
            answered: false,
        };
        self.legs.insert(participant.clone(), leg);
        self.peers.insert(leg_number(peer), (call_id.clone(), participant.clone()));
        let leg = participant.clone();
        let new = NewLeg { participant, user, display_name, person, peer, muted, resume_secret, resume_hash };
        let request = self.expect(Expected { session, handle, id: request, enters: true });
        self.with_call(&call_id, now, |call| match replaced {
            Some(replaced) => call.handle_replace(new, request, replaced, now),
            None => call.handle_join(new, request, now),
        });
        self.calls.get(&call_id).is_some_and(|entry| entry.call.has_in(&leg)).then_some(leg)
    }

    /// The live call of a target; a new one if there is none.
    pub(crate) fn call_for(
        &mut self,
        target: CallTarget,
        version: u64,
        kind: CallKind,
        policy: Policy,
        now: Now,
    ) -> CallId {
        if let Some(id) = self.targets.get(&target)
            && self.calls.get(id).is_some_and(|entry| !entry.call.is_over())
        {
            return id.clone();
        }
        let id = CallId(uuid_v4(&mut *self.random));
        let call = Call::new(id.clone(), target.clone(), kind, policy, now);
        self.calls.insert(
            id.clone(),
            CallEntry { call, target: target.clone(), version, group: None, open_peers: BTreeSet::new() },
        );
        self.targets.insert(target, id.clone());
        id
    }

    /// Lets a call that was made for a leg that may not start it run out.
    pub(crate) fn drop_unused(&mut self, call: &CallId, now: Now) {
        self.with_call(call, now, |call| call.handle_timeout(now));
    }

    pub(crate) fn next_peer(&mut self) -> PeerId {
        self.peer_count += 1;
        PeerId(self.peer_count << 16)
    }
}

/// How somebody stands in a meeting.
pub(crate) fn person_in(meeting: &Meeting, user: &RawId, federated: &BTreeSet<String>) -> Person {
    let entry = convene_directory::entry(meeting, user, federated);
    let visitor = user.kind() == IdentifierKind::Visitor;
    Person { role: entry.role, affiliation: entry.affiliation, invited: entry.invited, visitor, host: false }
}

/// What a meeting's call is.
pub(crate) fn kind_of(meeting: &Meeting) -> CallKind {
    CallKind::Meeting { thread_id: meeting.thread_id.clone(), subject: meeting.subject.clone() }
}

/// A meeting's options, as its call reads them.
pub(crate) fn policy_of(meeting: &Meeting, wait: Duration) -> Policy {
    Policy {
        guests_allowed: meeting.guests_allowed,
        guests_may_start: meeting.guests_may_start,
        lobby: meeting.lobby,
        locked: meeting.locked,
        attendees_may_speak: meeting.attendees_may_speak,
        attendees_may_be_seen: meeting.attendees_may_be_seen,
        invited_only: false,
        window: None,
        wait,
        hosted: false,
        caller_waits: false,
    }
}

/// Somebody at a call's door.
pub(crate) struct Arrival {
    pub(crate) session: SessionId,
    pub(crate) request: u32,
    handle: u32,
    display_name: String,
    muted: bool,
    /// When it came to the door, as [`Now::mono`].
    asked_at: Duration,
}

impl Arrival {
    /// Somebody who starts a call, or answers one.
    pub(crate) fn new(
        session: SessionId,
        request: u32,
        handle: u32,
        display_name: &str,
        muted: bool,
        now: Now,
    ) -> Self {
        let (display_name, asked_at) = (clean_display_name(display_name), now.mono);
        Self { session, request, handle, display_name, muted, asked_at }
    }

    /// Somebody whose meeting or room was found.
    pub(crate) fn of(session: SessionId, join: PendingJoin) -> Self {
        let PendingJoin { handle, request, display_name, muted, asked_at, .. } = join;
        Self { session, request, handle, display_name, muted, asked_at }
    }
}

/// What whoever shows a link that is none of this server's is told.
pub fn link_error(refused: &LinkRefused) -> ErrorBody {
    match refused {
        LinkRefused::NotALink => ErrorCode::MeetingNotFound.into(),
        LinkRefused::Teams => ErrorCode::ForeignMeeting.into(),
        LinkRefused::Foreign { host } => ErrorBody::with_message(
            ErrorCode::ForeignMeeting,
            format!("This link belongs to {host}, not to this server. Join it with an app of that server."),
        ),
    }
}
