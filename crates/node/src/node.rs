//! The coordinator of one process: takes inputs, hands them to sessions and calls, collects outputs.

use crate::calls::CallEntry;
use crate::io::{Found, Input, Lookup, LookupId, Output};
use crate::join::PendingJoin;
use crate::session::Session;
use crate::timers::{TimerKey, Timers};
use convene_identity::KeyRing;
use convene_model::record::CallTarget;
use convene_model::{CallId, ErrorCode, Now, ParticipantId, PeerId, Random, SessionId};
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
}

/// Where a leg's messages go.
#[derive(Debug)]
pub(crate) struct Leg {
    pub session: SessionId,
    pub handle: u32,
    pub peer: PeerId,
    pub call: CallId,
    /// Whether the client was told that its join succeeded; only then is it told that the call ended.
    pub answered: bool,
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
    pub(crate) peers: BTreeMap<PeerId, CallId>,
    pub(crate) commits: BTreeMap<u64, (CallId, u64)>,
    pub(crate) timers: Timers,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) peer_count: u64,
    pub(crate) commit_count: u64,
    pub(crate) stopping: bool,
    lookups: BTreeMap<LookupId, (SessionId, Option<PendingJoin>)>,
    lookup_count: u64,
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
            commits: BTreeMap::new(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
            peer_count: 0,
            commit_count: 0,
            stopping: false,
            lookups: BTreeMap::new(),
            lookup_count: 0,
        }
    }

    /// Something happens.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.handle_timeout(now);
        match input {
            Input::Opened { session } => self.session_opened(session, now),
            Input::Message { session, text } => self.session_message(session, &text, now),
            Input::Closed { session } => self.session_closed(session, ErrorCode::Vanished, now),
            Input::LookedUp { lookup, found } => self.looked_up(lookup, found, now),
            Input::Committed { n } => self.committed(n, now),
            Input::CommitFailed { n } => self.commit_failed(n, now),
            Input::UserChanged { user, generation } => self.user_changed(&user, generation, now),
            Input::Media(event) => self.media(event, now),
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

    /// True while something waits for a commit.
    pub fn is_committing(&self) -> bool {
        !self.commits.is_empty()
    }

    /// Sessions and calls that live now.
    pub fn counts(&self) -> (usize, usize) {
        (self.sessions.len(), self.calls.len())
    }

    pub(crate) fn ask(&mut self, what: Lookup, session: SessionId, join: Option<PendingJoin>) -> LookupId {
        self.lookup_count += 1;
        let lookup = LookupId(self.lookup_count);
        self.lookups.insert(lookup, (session, join));
        self.outputs.push_back(Output::Lookup { lookup, what });
        lookup
    }

    fn looked_up(&mut self, lookup: LookupId, found: Found, now: Now) {
        match self.lookups.remove(&lookup) {
            Some((session, Some(join))) => self.meeting_found(session, lookup, join, found, now),
            Some((session, None)) => self.user_found(session, lookup, found, now),
            None => {}
        }
    }

    /// Forgets where a leg's messages go and which peer it had.
    pub(crate) fn forget_leg(&mut self, leg: &ParticipantId) -> Option<Leg> {
        let state = self.legs.remove(leg)?;
        self.peers.remove(&state.peer);
        if let Some(entry) = self.calls.get_mut(&state.call) {
            entry.peers.remove(&state.peer);
        }
        Some(state)
    }

    fn stop(&mut self, now: Now) {
        self.stopping = true;
        for call in self.calls.keys().cloned().collect::<Vec<_>>() {
            self.with_call(&call, now, |call| call.handle_end(ErrorCode::ServerStopping, now));
        }
    }
}
