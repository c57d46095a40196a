//! A stage for tests of a call: people come in and ask for things, commits are confirmed at once or by hand, and what each leg
//! is told is collected.

#![allow(dead_code, reason = "each test file uses its own part of the stage")]

use convene_call::{Call, CallKind, NewLeg, NewRing, Output, Person, Policy, RecoveredLeg, Recovery};
use convene_model::automation::{AutomationAnswer, Callback};
use convene_model::happened::{Happened, What};
use convene_model::media::{MediaCommand, MediaEvent, Source, TrackPlan, TrackUse};
use convene_model::record::{CallTarget, JournalRow, LobbyScope};
use convene_model::{
    Affiliation, CallId, ConnectionId, ErrorCode, MeetingId, Now, ParticipantId, PeerId, RawId, RingId, Role, RoomId,
    ThreadId, Ticket, TransferId, audio::StreamOrder,
};
use convene_protocol::{Event, Reply, Request};
use std::time::Duration;

pub struct Stage {
    pub call: Call,
    pub now: Now,
    pub rows: Vec<JournalRow>,
    pub happened: Vec<Happened>,
    pub over: bool,
    pub auto_commit: bool,
    pub commits: Vec<u64>,
    group: bool,
    told: Vec<(ParticipantId, Told)>,
    media: Vec<MediaCommand>,
    pub bells: Vec<Bell>,
    pub answers: Vec<(Ticket, AutomationAnswer)>,
    pub turned_away: Vec<Ticket>,
    pub connections_over: Vec<ConnectionId>,
    /// What is to become of agents' sound.
    pub streams: Vec<(ConnectionId, PeerId, StreamOrder)>,
    requests: u32,
    peers: u64,
}

/// What the devices of those are told at whom the call rings.
#[derive(Clone, Debug, PartialEq)]
pub enum Bell {
    Rings { ring: RingId, user: RawId, by: RawId, display_name: String, due: Duration },
    Over { ring: RingId, reason: ErrorCode },
}

pub fn ring(name: &str) -> RingId {
    RingId(format!("ring-{name}"))
}

/// What a leg is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Reply(Reply),
    Refused(ErrorCode),
    Event(Event),
    Over(ErrorCode),
}

pub fn at(seconds: u64) -> Now {
    Now { mono: Duration::from_secs(seconds), wall: 1_000_000 + seconds as i64 * 1000 }
}

/// The first peer of the leg that came as the `number`th.
pub fn peer(number: u64) -> PeerId {
    PeerId(number << 16)
}

pub fn leg(name: &str) -> ParticipantId {
    ParticipantId(format!("leg-{name}"))
}

/// `o…` is of the organization, everybody else an app's user.
pub fn user(name: &str) -> RawId {
    if name.starts_with('o') { RawId::organization_user(name) } else { RawId::communication_user("r", name) }
}

pub fn meeting_policy(lobby: LobbyScope) -> Policy {
    Policy { lobby, wait: Duration::from_secs(1800), ..Policy::open() }
}

impl Stage {
    pub fn meeting(lobby: LobbyScope) -> Self {
        Self::with_policy(meeting_policy(lobby))
    }

    pub fn with_policy(policy: Policy) -> Self {
        let kind = CallKind::Meeting { thread_id: ThreadId("19:meeting_t@thread.v2".into()), subject: "Weekly".into() };
        Self::new(CallTarget::Meeting(MeetingId("m".into())), kind, policy)
    }

    pub fn group() -> Self {
        let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
        Self::new(target, CallKind::Group { chat: false }, Policy::open())
    }

    /// A group call with a chat of its own.
    pub fn chatting_group() -> Self {
        let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
        Self::new(target, CallKind::Group { chat: true }, Policy::open())
    }

    /// A room with a chat of its own, whose lobby is open: nobody is invited but `o…`.
    pub fn chatting_room() -> Self {
        let target = CallTarget::Room { resource: "r".into(), room: RoomId("1".into()) };
        let policy = Policy { invited_only: false, ..meeting_policy(LobbyScope::Invited) };
        Self::new(target, CallKind::Room { chat: true }, policy)
    }

    pub fn new(target: CallTarget, kind: CallKind, policy: Policy) -> Self {
        Self {
            group: matches!(kind, CallKind::Group { .. }),
            call: Call::new(CallId("call".into()), target, kind, policy, at(0)),
            now: at(0),
            rows: vec![],
            happened: vec![],
            over: false,
            auto_commit: true,
            commits: vec![],
            told: vec![],
            media: vec![],
            bells: vec![],
            answers: vec![],
            turned_away: vec![],
            connections_over: vec![],
            streams: vec![],
            requests: 0,
            peers: 0,
        }
    }

    pub fn join(&mut self, name: &str) {
        self.join_leg(name, name);
    }

    pub fn person(&self, name: &str) -> Person {
        match name {
            "organizer" => Person {
                role: Role::Organizer,
                affiliation: Affiliation::Organization,
                invited: false,
                visitor: false,
                host: false,
            },
            _ if name.starts_with('o') => Person {
                role: Role::Presenter,
                affiliation: Affiliation::Organization,
                invited: false,
                visitor: false,
                host: false,
            },
            // In a hosted group call `h…` is a host, and `n…` was named.
            _ if self.group => Person {
                role: Role::Presenter,
                affiliation: Affiliation::Outside,
                invited: name.starts_with(['h', 'n']),
                visitor: false,
                host: name.starts_with('h'),
            },
            _ => Person {
                role: Role::Attendee,
                affiliation: Affiliation::Outside,
                invited: false,
                visitor: false,
                host: false,
            },
        }
    }

    pub fn join_leg(&mut self, name: &str, leg_name: &str) {
        let new = self.new_leg(name, leg_name);
        self.requests += 1;
        self.call.handle_join(new, self.requests, self.now);
        self.drain();
    }

    /// Somebody comes to whom somebody in the call leaves the place.
    pub fn replace(&mut self, name: &str, replaced: &str) {
        let new = self.new_leg(name, name);
        self.requests += 1;
        self.call.handle_replace(new, self.requests, &user(replaced), self.now);
        self.drain();
    }

    fn new_leg(&mut self, name: &str, leg_name: &str) -> NewLeg {
        let person = self.person(name);
        self.peers += 1;
        NewLeg {
            participant: leg(leg_name),
            user: user(name),
            display_name: name.to_owned(),
            person,
            peer: PeerId(self.peers << 16),
            muted: false,
            resume_secret: format!("secret-{leg_name}"),
            resume_hash: format!("hash-{leg_name}"),
        }
    }

    pub fn ask(&mut self, leg_name: &str, request: Request) {
        self.requests += 1;
        self.call.handle_request(&leg(leg_name), self.requests, request, self.now);
        self.drain();
    }

    /// A call that somebody started in order to call others, with two minutes for them to answer.
    pub fn start(caller: &str, called: &[&str]) -> Self {
        let mut stage = Self::group();
        if called.len() == 1 {
            stage.call.expect_two();
        }
        stage.join(caller);
        stage.forget_what_was_told();
        let rings = called.iter().map(|name| NewRing { ring: ring(name), user: user(name) }).collect();
        stage.call.handle_start(&leg(caller), rings, Duration::from_secs(120), stage.now);
        stage.drain();
        stage
    }

    /// Somebody in the call calls somebody into it, with two minutes for an answer.
    pub fn add(&mut self, leg_name: &str, name: &str) {
        self.requests += 1;
        let new = NewRing { ring: ring(name), user: user(name) };
        self.call.handle_add(&leg(leg_name), self.requests, new, Duration::from_secs(120), self.now);
        self.drain();
    }

    /// Somebody who has just come into a call called the test call, whose echo is `peer`.
    pub fn echo_test(&mut self, caller: &str, peer: PeerId) {
        self.call.handle_start_echo_test(&leg(caller), leg("echo"), peer, self.now);
        self.drain();
    }

    /// Somebody in the call hands the other one over to somebody, who has two minutes for an answer.
    pub fn transfer(&mut self, leg_name: &str, transfer: TransferId, to: &str) {
        self.requests += 1;
        let (target, wait) = (Some(user(to)), Duration::from_secs(120));
        self.call.handle_transfer(&leg(leg_name), self.requests, transfer, target, wait, self.now);
        self.drain();
    }

    /// Collects what the call put out.
    pub fn settle(&mut self) {
        self.drain();
    }

    pub fn ring_over(&mut self, name: &str, reason: ErrorCode) -> Result<(), ErrorCode> {
        let result = self.call.handle_ring_over(&ring(name), reason, self.now);
        self.drain();
        result
    }

    pub fn pass_time(&mut self, seconds: u64) {
        self.now = at(seconds);
        self.call.handle_timeout(self.now);
        self.drain();
    }

    pub fn away(&mut self, leg_name: &str) {
        self.call.handle_away(&leg(leg_name), self.now);
        self.drain();
    }

    pub fn gone(&mut self, leg_name: &str, reason: ErrorCode) {
        self.call.handle_gone(&leg(leg_name), reason, self.now);
        self.drain();
    }

    pub fn media_says(&mut self, event: MediaEvent) {
        self.call.handle_media(event, self.now);
        self.drain();
    }

    pub fn offer(&mut self, leg_name: &str) {
        let tracks = vec![TrackPlan { mid: "0".into(), track_use: TrackUse::Microphone }];
        self.ask(leg_name, Request::Negotiate { offer: "v=0".into(), tracks });
    }

    pub fn publish_camera(&mut self, leg_name: &str) {
        self.ask(leg_name, Request::Publish { source: Source::Camera });
    }

    pub fn policy(&mut self, policy: Policy) {
        self.options(policy, &[]);
    }

    /// The meeting's options changed, and with them how some people stand in it.
    pub fn options(&mut self, policy: Policy, people: &[(&str, Person)]) {
        let people = people.iter().map(|(name, person)| (user(name), *person)).collect();
        self.call.handle_policy(policy, &people, self.now);
        self.drain();
    }

    /// The same call after a restart: `legs` were in.
    pub fn restarted(&self, legs: &[&str]) -> Self {
        let journal = Recovery::read(&self.rows);
        let mut next = Self::with_policy(meeting_policy(LobbyScope::Everyone));
        let back = |name: &&str| {
            next.peers += 1;
            let row = &journal.legs[&leg(name)];
            RecoveredLeg {
                participant: leg(name),
                user: row.user.clone(),
                display_name: row.display_name.clone(),
                person: Person { role: row.role, ..self.person(name) },
                peer: PeerId(next.peers << 16),
            }
        };
        let legs = legs.iter().map(back).collect();
        let target = CallTarget::Meeting(MeetingId("m".into()));
        let kind = CallKind::Meeting { thread_id: ThreadId("19:meeting_t@thread.v2".into()), subject: "Weekly".into() };
        let policy = meeting_policy(LobbyScope::Everyone);
        next.call = Call::recover(CallId("call".into()), target, kind, policy, &journal, legs, at(0));
        next.drain();
        next
    }

    pub fn resume(&mut self, leg_name: &str) {
        self.requests += 1;
        self.call.handle_resume(&leg(leg_name), self.requests, "secret".into(), self.now);
        self.drain();
    }

    pub fn confirm(&mut self, n: u64) {
        self.call.handle_committed(n);
        self.drain();
    }

    /// What a leg was told since the last time somebody asked.
    pub fn told(&mut self, leg_name: &str) -> Vec<Told> {
        let id = leg(leg_name);
        let (taken, rest) = std::mem::take(&mut self.told).into_iter().partition(|(to, _)| *to == id);
        self.told = rest;
        let taken: Vec<(ParticipantId, Told)> = taken;
        taken.into_iter().map(|(_, told)| told).collect()
    }

    pub fn media(&mut self) -> Vec<MediaCommand> {
        std::mem::take(&mut self.media)
    }

    pub fn forget_what_was_told(&mut self) {
        self.told.clear();
        self.media.clear();
    }

    /// What a connection heard since somebody asked: names of people and whether they are muted, or what else.
    pub fn heard(&mut self, name: &str) -> Vec<String> {
        let of = ConnectionId(name.into());
        let whats = std::mem::take(&mut self.happened).into_iter().map(|happened| happened.what);
        let callbacks = whats.filter_map(|what| match what {
            What::Callback { connection, callback, .. } if connection == of => Some(callback),
            _ => None,
        });
        callbacks.map(shown).collect()
    }

    fn drain(&mut self) {
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Commit { n, rows, happened } => {
                    self.rows.extend(rows);
                    self.happened.extend(happened);
                    self.commits.push(n);
                    if self.auto_commit {
                        self.call.handle_committed(n);
                    }
                }
                Output::Reply { leg, result: Ok(reply), .. } => self.told.push((leg, Told::Reply(reply))),
                Output::Reply { leg, result: Err(code), .. } => self.told.push((leg, Told::Refused(code))),
                Output::Refuse { leg, code, .. } => self.told.push((leg, Told::Refused(code))),
                Output::Send { leg, event } => self.told.push((leg, Told::Event(event))),
                Output::LegOver { leg, reason } => self.told.push((leg, Told::Over(reason))),
                Output::Ring { ring, user, by, display_name, due } => {
                    self.bells.push(Bell::Rings { ring, user, by, display_name, due });
                }
                Output::RingOver { ring, reason } => self.bells.push(Bell::Over { ring, reason }),
                Output::Media(command) => self.media.push(command),
                Output::Automated { ticket, answer } => self.answers.push((ticket, answer)),
                Output::TurnedAway { ticket } => self.turned_away.push(ticket),
                Output::ConnectionOver { connection } => self.connections_over.push(connection),
                Output::Stream { connection, peer, order } => self.streams.push((connection, peer, order)),
                Output::Over => self.over = true,
            }
        }
    }
}

fn shown(callback: Callback) -> String {
    match callback {
        Callback::Connected => "connected".to_owned(),
        Callback::ParticipantsUpdated { participants, sequence } => {
            let muted = |muted| if muted { " muted" } else { "" };
            let each = participants.iter().map(|seen| format!("{}{}", seen.user, muted(seen.muted)));
            format!("{sequence}: {}", each.collect::<Vec<_>>().join(", "))
        }
        Callback::Removed { user } => format!("removed {user}"),
        Callback::NotRemoved { user, reason } => format!("{user} stays: {}", reason.name()),
        Callback::CreateFailed { reason } => format!("failed: {}", reason.name()),
        Callback::Added { user } => format!("added {user}"),
        Callback::NotAdded { user, reason, .. } => format!("{user} did not come: {}", reason.name()),
        Callback::AddCanceled { invitation } => format!("canceled {invitation}"),
        Callback::TransferAccepted { transferee, target } => format!("transferred {transferee} to {target}"),
        Callback::NotTransferred { reason, .. } => format!("not transferred: {}", reason.name()),
        Callback::Moved { user, from } => format!("moved {user} from {from}"),
        Callback::NotMoved { user, from, reason, .. } => format!("not moved {user} from {from}: {}", reason.name()),
        Callback::AddNotCanceled { invitation } => format!("not canceled {invitation}"),
        other @ (Callback::StreamingStarted | Callback::StreamingStopped | Callback::StreamingFailed { .. }) => {
            format!("{other:?}")
        }
        other @ (Callback::PlayStarted
        | Callback::PlayCompleted
        | Callback::PlayFailed(_)
        | Callback::ToneReceived { .. }
        | Callback::TonesStopped
        | Callback::PlayCanceled) => format!("{other:?}"),
        Callback::Disconnected { reason } => format!("disconnected: {}", reason.name()),
    }
}
