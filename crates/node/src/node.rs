//! The coordinator of one process: takes inputs, hands them to sessions and calls, collects outputs.

use crate::attempts::{Attempts, Knocks};
use crate::automation::{Connections, PendingConnect};
use crate::calls::CallEntry;
use crate::io::{Found, Input, Lookup, LookupId, Output};
use crate::join::{PendingJoin, Sought};
use crate::quality::{Coming, Measuring};
use crate::rings::Rings;
use crate::session::{Session, SessionEnd};
use crate::surveys::PendingSurvey;
use crate::timers::{TimerKey, Timers};
use crate::transfers::Transfers;
use convene_identity::{KeyRing, Relays};
use convene_model::group_call::CallsFromApps;
use convene_model::record::CallTarget;
use convene_model::{CallId, ErrorCode, Now, ParticipantId, PeerId, Random, RawId, SessionId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// What a node must know of its surroundings.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// The hosts (`host` or `host:port`, lower case) whose join links are this server's own.
    pub own_hosts: BTreeSet<String>,
    /// The resources that the organization trusts.
    pub federated: BTreeSet<String>,
    /// The resource in whose group calls the organization's users meet.
    pub default_resource: String,
    /// How long somebody waits in a lobby at most.
    pub lobby_wait: Duration,
    /// How long a call rings at most.
    pub ring_wait: Duration,
    /// Whether group calls and rooms have a chat.
    pub call_chat: bool,
    /// What becomes of calls from apps to users of the organization.
    pub calls_from_apps: CallsFromApps,
    /// The operator's TURN servers.
    pub relays: Option<Relays>,
}

/// Where a leg's messages go.
#[derive(Debug)]
pub(crate) struct Leg {
    /// The session that it is on; `None` while its connection is lost.
    pub session: Option<SessionId>,
    pub handle: u32,
    pub user: RawId,
    /// The hash of the secret with which it comes back.
    pub resume_hash: String,
    pub peer: PeerId,
    pub call: CallId,
    /// How it comes in, until its media is opened.
    pub coming: Option<Coming>,
    /// Whether the client was told that its join succeeded; only then is it told that the call ended.
    pub answered: bool,
}

/// A request that a call has to answer: it goes back to where it came from, wherever the leg is by then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub session: SessionId,
    pub handle: u32,
    /// As the client numbered it.
    pub id: u32,
    /// Whether it takes the handle: a join, or coming back.
    pub enters: bool,
}

/// Who asked the store something.
#[derive(Debug)]
pub(crate) enum Asker {
    /// A session, for a join or for itself.
    Session(SessionId, Option<Box<PendingJoin>>),
    /// The server of an app, which wants a connection.
    Connection(Box<PendingConnect>),
}

/// Each leg has 2^16 peer numbers, one for each time that its media is opened. This is the part that they share.
pub(crate) fn leg_number(peer: PeerId) -> u64 {
    peer.0 >> 16
}

/// The sessions and calls of one process.
///
/// Contract: call [`Node::handle`], then [`Node::poll_output`] until it gives `None`, then wait for an input or for the time
/// that [`Node::poll_timeout`] gives, whichever comes first; in the latter case call [`Node::handle_timeout`]. Each input first
/// lets time pass. `now` never goes back.
pub struct Node {
    pub(crate) config: NodeConfig,
    pub(crate) keys: KeyRing,
    pub(crate) random: Box<dyn Random + Send>,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) calls: BTreeMap<CallId, CallEntry>,
    pub(crate) targets: BTreeMap<CallTarget, CallId>,
    pub(crate) legs: BTreeMap<ParticipantId, Leg>,
    /// By [`leg_number`].
    pub(crate) peers: BTreeMap<u64, (CallId, ParticipantId)>,
    pub(crate) measuring: Measuring,
    /// By the number that the call knows the request by.
    pub(crate) expected: BTreeMap<u32, Expected>,
    pub(crate) attempts: Attempts,
    pub(crate) knocks: Knocks,
    pub(crate) commits: BTreeMap<u64, (CallId, u64)>,
    pub(crate) timers: Timers,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) peer_count: u64,
    pub(crate) commit_count: u64,
    expected_count: u32,
    pub(crate) stopping: bool,
    lookups: BTreeMap<LookupId, Asker>,
    pub(crate) connections: Connections,
    pub(crate) rings: Rings,
    pub(crate) transfers: Transfers,
    pub(crate) surveys: BTreeMap<LookupId, PendingSurvey>,
    pub(crate) lookup_count: u64,
    /// Meetings, rooms and groups that changed, or were deleted, while something was being looked up: the last question that was asked before,
    /// and what the answer would be now.
    changed: BTreeMap<CallTarget, (LookupId, Found)>,
}

impl Node {
    /// A node with no sessions.
    pub fn new(config: NodeConfig, keys: KeyRing, random: Box<dyn Random + Send>) -> Self {
        Self {
            config,
            keys,
            random,
            sessions: BTreeMap::new(),
            calls: BTreeMap::new(),
            targets: BTreeMap::new(),
            legs: BTreeMap::new(),
            peers: BTreeMap::new(),
            measuring: Measuring::default(),
            expected: BTreeMap::new(),
            attempts: Attempts::default(),
            knocks: Knocks::default(),
            commits: BTreeMap::new(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
            peer_count: 0,
            commit_count: 0,
            expected_count: 0,
            stopping: false,
            lookups: BTreeMap::new(),
            connections: Connections::default(),
            rings: Rings::default(),
            transfers: Transfers::default(),
            surveys: BTreeMap::new(),
            lookup_count: 0,
            changed: BTreeMap::new(),
        }
    }

    /// Something happens.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.handle_timeout(now);
        match input {
            Input::Opened { session, address } => self.session_opened(session, address, now),
            Input::Message { session, text } => self.session_message(session, &text, now),
            Input::Closed { session, by_client } => {
                let end = if by_client { SessionEnd::For(ErrorCode::Vanished) } else { SessionEnd::Lost };
                self.session_closed(session, end, now);
            }
            Input::LookedUp { lookup, found } => self.looked_up(lookup, found, now),
            Input::Committed { n } => self.committed(n, now),
            Input::CommitFailed { n } => self.commit_failed(n, now),
            Input::UserChanged { user, generation } => self.user_changed(&user, generation, now),
            Input::Media(event) => self.media(event, now),
            Input::MeetingChanged(meeting) => self.meeting_changed(&meeting, now),
            Input::EndMeeting(meeting) => self.end_meeting(meeting, now),
            Input::MeetingDeleted(meeting) => {
                self.remember_change(CallTarget::Meeting(meeting.clone()), Found::Meeting(None));
                self.end_meeting(meeting, now);
            }
            Input::RoomChanged(room) => self.room_changed(&room, now),
            Input::RoomDeleted { resource, room } => self.room_deleted(CallTarget::Room { resource, room }, now),
            Input::GroupCallChanged(group) => self.group_changed(&group, now),
            Input::Automate { ticket, address, command } => self.automate(ticket, address, command, now),
            Input::Streamed { connection, report } => self.streamed(&connection, report, now),
            Input::Recover(record) => self.recover(*record, now),
            Input::Stop => self.stop(now),
        }
    }

    /// Time passes.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(key) = self.timers.pop_due(now.mono) {
            match key {
                TimerKey::Session(session) => self.session_timeout(session, now),
                TimerKey::Call(call) => self.with_call(&call, now, |call| call.handle_timeout(now)),
            }
        }
    }

    /// When [`Node::handle_timeout`] is due, as [`Now::mono`].
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// The next thing to be done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// True while something waits for a commit, or for what the media plane measured.
    pub fn is_committing(&self) -> bool {
        !self.commits.is_empty() || !self.measuring.is_done()
    }

    /// Sessions and calls that live now.
    pub fn counts(&self) -> (usize, usize) {
        (self.sessions.len(), self.calls.len())
    }

    pub(crate) fn ask(&mut self, what: Lookup, session: SessionId, join: Option<PendingJoin>) -> LookupId {
        self.ask_for(what, Asker::Session(session, join.map(Box::new)))
    }

    pub(crate) fn ask_for(&mut self, what: Lookup, asker: Asker) -> LookupId {
        self.lookup_count += 1;
        let lookup = LookupId(self.lookup_count);
        self.lookups.insert(lookup, asker);
        self.outputs.push_back(Output::Lookup { lookup, what });
        lookup
    }

    fn looked_up(&mut self, lookup: LookupId, found: Found, now: Now) {
        if let Some(waking) = self.rings.take_waking(lookup) {
            self.woken(waking, &found, now);
            return;
        }
        match self.lookups.remove(&lookup) {
            Some(Asker::Connection(pending)) => {
                let found = self.newest(found);
                self.call_found(*pending, found, now);
            }
            Some(Asker::Session(session, Some(join))) => {
                let join = *join;
                let found = self.newest(found);
                match &join.sought {
                    Sought::Meeting(_) => self.meeting_found(session, lookup, join, found, now),
                    Sought::Room => self.room_found(session, lookup, join, found, now),
                    Sought::Group => self.group_found(session, lookup, join, found, now),
                }
            }
            Some(Asker::Session(session, None)) => match self.surveys.remove(&lookup) {
                Some(survey) => self.survey_kept(session, survey, &found),
                None => self.user_found(session, lookup, found, now),
            },
            None => {}
        }
        let oldest = self.lookups.first_key_value().map(|(lookup, _)| *lookup);
        self.changed.retain(|_, (asked_last, _)| oldest.is_some_and(|oldest| oldest <= *asked_last));
    }

    /// A meeting, room or group changed, or was deleted: what is being looked up now may tell of it as it was before.
    pub(crate) fn remember_change(&mut self, of: CallTarget, now_is: Found) {
        if !self.lookups.is_empty() {
            self.changed.insert(of, (LookupId(self.lookup_count), now_is));
        }
    }

    /// The meeting, room or group as it is by now.
    fn newest(&self, found: Found) -> Found {
        let (target, version) = match &found {
            Found::Meeting(Some(read)) => (CallTarget::Meeting(read.id.clone()), read.version),
            Found::Room(Some(read)) => (crate::rooms::target_of(read), read.version),
            Found::GroupCall(read) => (read.target(), read.version),
            Found::Meeting(None)
            | Found::Room(None)
            | Found::User(_)
            | Found::Kept(_)
            | Found::Woken { .. }
            | Found::Failed => return found,
        };
        match self.changed.get(&target) {
            Some((_, newer @ (Found::Meeting(None) | Found::Room(None)))) => newer.clone(),
            Some((_, newer @ Found::Meeting(Some(meeting)))) if meeting.version > version => newer.clone(),
            Some((_, newer @ Found::Room(Some(room)))) if room.version > version => newer.clone(),
            Some((_, newer @ Found::GroupCall(group))) if group.version > version => newer.clone(),
            Some(_) | None => found,
        }
    }

    /// Numbers a request for the call that is to answer it: clients' numbers mean something only within their session.
    pub(crate) fn expect(&mut self, expected: Expected) -> u32 {
        self.expected_count = self.expected_count.wrapping_add(1);
        self.expected.insert(self.expected_count, expected);
        self.expected_count
    }

    /// Forgets where a leg's messages go and which peer it had.
    pub(crate) fn forget_leg(&mut self, leg: &ParticipantId) -> Option<Leg> {
        let state = self.legs.remove(leg)?;
        self.peers.remove(&leg_number(state.peer));
        Some(state)
    }

    fn stop(&mut self, now: Now) {
        self.stopping = true;
        for call in self.calls.keys().cloned().collect::<Vec<_>>() {
            self.with_call(&call, now, |call| call.handle_end(ErrorCode::ServerStopping, now));
        }
    }
}
