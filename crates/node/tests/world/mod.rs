//! A node with a store in memory and clients that speak JSON to it. Commits are confirmed at once, unless a test holds them back.

#![allow(dead_code, reason = "each test file uses its own part of the world")]

use convene_directory::{NewMeeting, RoomBody, create_meeting, create_room};
use convene_identity::{KeyRing, NewUser, Relays, TokenRequest, new_signing_key, new_user};
use convene_model::automation::AutomationAnswer;
use convene_model::group_call::{CallsFromApps, GroupCall};
use convene_model::limits::{LOBBY_WAIT_MS, RING_WAIT_MS};
use convene_model::media::MediaCommand;
use convene_model::push::RingPush;
use convene_model::record::{JournalRow, LobbyScope, Meeting, OutboxEvent, Room, User};
use convene_model::{Now, Random, RawId, Role, Scopes, SessionId, Ticket};
use convene_node::{Found, Input, Lookup, LookupId, Node, NodeConfig, Output};
use convene_protocol::{
    ClientMessage, Hello, JoinTarget, Request, ServerMessage, decode_server, encode_client, encode_server,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The operator's TURN server.
pub const RELAY: &str = "turn:turn.example.org:3478?transport=udp";
pub const RESOURCE: &str = "11111111-1111-4111-8111-111111111111";
pub const URL: &str = "http://localhost:8080";

/// A small generator, so that every run is the same (the constants are Knuth's MMIX ones).
pub struct Seeded(pub u64);

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *byte = (self.0 >> 33) as u8;
        }
    }
}

pub fn at(seconds: u64) -> Now {
    Now { mono: Duration::from_secs(seconds), wall: 1_800_000_000_000 + seconds as i64 * 1000 }
}

pub struct World {
    /// Where new sessions come from.
    pub address: std::net::IpAddr,
    pub node: Node,
    pub now: Now,
    pub users: BTreeMap<RawId, User>,
    pub meetings: Vec<Meeting>,
    pub rooms: Vec<Room>,
    pub groups: Vec<GroupCall>,
    pub rows: Vec<JournalRow>,
    pub events: Vec<OutboxEvent>,
    pub media: Vec<MediaCommand>,
    /// Whose browsers are called by Web Push, and what they were told at the end of a ring.
    pub browsers: BTreeSet<RawId>,
    /// Resources with a subscription that names `IncomingCall`.
    pub answering: BTreeSet<String>,
    pub pushed: Vec<(RawId, RingPush)>,
    pub answers: Vec<(Ticket, AutomationAnswer)>,
    /// The commands by which calls were turned away.
    pub turned_away: Vec<Ticket>,
    pub closed: BTreeSet<SessionId>,
    /// Whether questions to the store are collected, for a test to answer.
    pub hold_lookups: bool,
    pub lookups: Vec<(LookupId, Lookup)>,
    pub hold_commits: bool,
    pub held: Vec<u64>,
    keys: KeyRing,
    random: Seeded,
    /// Every text sent to each session, as it goes over the wire.
    pub wire: BTreeMap<SessionId, Vec<String>>,
    read: BTreeMap<SessionId, usize>,
    sessions: u64,
    requests: u32,
}

impl World {
    pub fn new() -> Self {
        Self::seeded(7, BTreeSet::new(), CallsFromApps::Ring)
    }

    /// Where the organization trusts the app's resource.
    pub fn trusting() -> Self {
        Self::taking(CallsFromApps::Ring)
    }

    /// Where the organization trusts the app's resource, and takes its calls so.
    pub fn taking(calls_from_apps: CallsFromApps) -> Self {
        Self::seeded(7, BTreeSet::from([RESOURCE.to_owned()]), calls_from_apps)
    }

    fn seeded(seed: u64, federated: BTreeSet<String>, calls_from_apps: CallsFromApps) -> Self {
        let mut random = Seeded(1);
        let key = new_signing_key(&mut random, at(0).wall);
        let ring = || KeyRing::new(vec![key.clone()]).expect("one good key");
        let config = NodeConfig {
            own_hosts: BTreeSet::from(["localhost:8080".to_owned()]),
            federated,
            default_resource: RESOURCE.into(),
            lobby_wait: Duration::from_millis(LOBBY_WAIT_MS),
            ring_wait: Duration::from_millis(RING_WAIT_MS),
            call_chat: true,
            calls_from_apps,
            relays: Some(Relays::new(vec![RELAY.to_owned()], "shared with the TURN server")),
        };
        Self {
            node: Node::new(config, ring(), Box::new(Seeded(seed))),
            now: at(0),
            address: [127, 0, 0, 1].into(),
            users: BTreeMap::new(),
            meetings: vec![],
            rooms: vec![],
            groups: vec![],
            rows: vec![],
            events: vec![],
            media: vec![],
            browsers: BTreeSet::new(),
            answering: BTreeSet::new(),
            pushed: vec![],
            answers: vec![],
            turned_away: vec![],
            closed: BTreeSet::new(),
            hold_lookups: false,
            lookups: vec![],
            hold_commits: false,
            held: vec![],
            keys: ring(),
            random,
            wire: BTreeMap::new(),
            read: BTreeMap::new(),
            sessions: 0,
            requests: 0,
        }
    }

    /// The same users, meetings and keys behind a process that has just started.
    pub fn restarted(&self) -> Self {
        let mut world = Self::seeded(99, BTreeSet::new(), CallsFromApps::Ring);
        world.users = self.users.clone();
        world.meetings = self.meetings.clone();
        world.rooms = self.rooms.clone();
        world.groups = self.groups.clone();
        world
    }

    pub fn user(&mut self, name: &str, kind: NewUser) -> User {
        let user = new_user(kind, Some(name), &mut self.random, self.now.wall);
        self.users.insert(user.id.clone(), user.clone());
        user
    }

    pub fn app_user(&mut self, name: &str) -> User {
        self.user(name, NewUser::Communication { resource: RESOURCE.into() })
    }

    pub fn meeting(&mut self, lobby: LobbyScope) -> (User, Meeting) {
        let organizer = self.user("Organizer", NewUser::Organization);
        let new = NewMeeting {
            organizer: organizer.id.clone(),
            organization: "22222222-2222-4222-8222-222222222222".into(),
            subject: "Weekly".into(),
            lobby,
            starts_at: None,
            ends_at: None,
            guests_allowed: true,
            guests_may_start: true,
        };
        let meeting = create_meeting(new, &mut self.random, self.now.wall).expect("a good meeting");
        self.meetings.push(meeting.clone());
        (organizer, meeting)
    }

    /// A room that is open for an hour.
    pub fn room(&mut self, lobby: bool, invited: &[(&User, Role)]) -> Room {
        let body = RoomBody {
            valid_until: Some(self.now.wall + 3_600_000),
            lobby: Some(lobby),
            participants: invited.iter().map(|(user, role)| (user.id.clone(), Some(*role))).collect(),
            ..RoomBody::default()
        };
        let room = create_room(&body, RESOURCE, &mut self.random, self.now.wall).expect("a good room");
        self.rooms.push(room.clone());
        room
    }

    /// The room is changed, durably, and the node is told.
    pub fn change_room(&mut self, room: &Room, change: impl FnOnce(&mut Room)) -> Room {
        let at = self.rooms.iter().position(|known| known.id == room.id).expect("a room of before");
        change(&mut self.rooms[at]);
        self.rooms[at].version += 1;
        let changed = self.rooms[at].clone();
        self.give(Input::RoomChanged(Box::new(changed.clone())));
        changed
    }

    pub fn token(&self, user: &User, scopes: &str) -> String {
        self.bound_token(user, scopes, None)
    }

    /// A token that is good for one meeting only.
    pub fn bound_token(&self, user: &User, scopes: &str, meeting: Option<&Meeting>) -> String {
        let scopes = Scopes::parse(scopes).expect("known scopes");
        let request = TokenRequest {
            user,
            scopes: &scopes,
            lifetime_minutes: 60,
            issuer: URL,
            resource_id: user.id.resource().unwrap_or(RESOURCE),
            meeting: meeting.map(|meeting| &meeting.id),
        };
        self.keys.mint(&request, self.now.wall).expect("a good request").token
    }

    pub fn open(&mut self) -> SessionId {
        self.sessions += 1;
        let session = SessionId(self.sessions);
        self.give(Input::Opened { session, address: self.address });
        session
    }

    pub fn hello(&mut self, session: SessionId, token: String) {
        self.say(session, &ClientMessage::Hello(Hello { versions: vec![1], token, client: "test 1".into() }));
    }

    /// A session that was welcomed.
    pub fn connect(&mut self, user: &User) -> SessionId {
        let session = self.open();
        let token = self.token(user, "voip,chat");
        self.hello(session, token);
        let said = self.heard(session);
        assert!(matches!(said[..], [ServerMessage::Welcome { .. }]), "{said:?}");
        session
    }

    /// A session, and all that it was told in its beginning.
    pub fn connect_and_hear(&mut self, user: &User) -> (SessionId, Vec<ServerMessage>) {
        let session = self.open();
        let token = self.token(user, "voip,chat");
        self.hello(session, token);
        (session, self.heard(session))
    }

    pub fn say(&mut self, session: SessionId, message: &ClientMessage) {
        self.give(Input::Message { session, text: encode_client(message) });
    }

    /// Asks, and gives the request's id.
    pub fn ask(&mut self, session: SessionId, call: u32, request: Request) -> u32 {
        self.requests += 1;
        let id = self.requests;
        self.say(session, &ClientMessage::Request { id, call, request });
        id
    }

    pub fn join(&mut self, session: SessionId, call: u32, target: JoinTarget, name: &str) -> u32 {
        self.ask(session, call, Request::Join { target, display_name: name.into(), muted: false })
    }

    pub fn give(&mut self, input: Input) {
        self.node.handle(input, self.now);
        self.settle();
    }

    pub fn pass_time(&mut self, seconds: u64) {
        self.now = at(seconds);
        self.node.handle_timeout(self.now);
        self.settle();
    }

    pub fn confirm_held(&mut self) {
        for n in std::mem::take(&mut self.held) {
            self.give(Input::Committed { n });
        }
    }

    /// What a session was told since it was last asked for.
    pub fn heard(&mut self, session: SessionId) -> Vec<ServerMessage> {
        let texts = self.wire.get(&session).map_or(&[][..], Vec::as_slice);
        let from = self.read.insert(session, texts.len()).unwrap_or(0);
        texts[from..].iter().map(|text| decode_server(text).expect("the server's own message")).collect()
    }

    fn settle(&mut self) {
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Send { session, message } => {
                    self.wire.entry(session).or_default().push(encode_server(&message));
                }
                Output::Close { session } => {
                    self.closed.insert(session);
                }
                Output::Lookup { lookup, what } if self.hold_lookups => self.lookups.push((lookup, what)),
                Output::Lookup { lookup, what } => {
                    let found = self.look_up(&what);
                    self.node.handle(Input::LookedUp { lookup, found }, self.now);
                }
                Output::Commit { n, rows, events } => {
                    self.rows.extend(rows);
                    self.events.extend(events);
                    if self.hold_commits {
                        self.held.push(n);
                    } else {
                        self.node.handle(Input::Committed { n }, self.now);
                    }
                }
                Output::Automated { ticket, answer } => self.answers.push((ticket, answer)),
                Output::TurnedAway { ticket } => self.turned_away.push(ticket),
                Output::Stream { .. } | Output::ConnectionOver(_) => {}
                Output::Media(command) => self.media.push(command),
                Output::Push { user, push } => self.pushed.push((user, push)),
            }
        }
    }

    fn look_up(&self, what: &Lookup) -> Found {
        let meeting = |fits: &dyn Fn(&Meeting) -> bool| {
            Found::Meeting(self.meetings.iter().find(|meeting| fits(meeting)).cloned().map(Box::new))
        };
        match what {
            Lookup::User(id) => Found::User(self.users.get(id).cloned()),
            Lookup::Meeting(id) => meeting(&|meeting| meeting.id == *id),
            Lookup::MeetingByThread(thread) => meeting(&|meeting| meeting.thread_id == *thread),
            Lookup::Room { resource, room } => {
                let found = self.rooms.iter().find(|known| known.resource == *resource && known.id == *room);
                Found::Room(found.cloned().map(Box::new))
            }
            Lookup::GroupCall { resource, group_id } => {
                let found = self.groups.iter().find(|known| known.resource == *resource && known.group_id == *group_id);
                Found::GroupCall(Box::new(found.cloned().unwrap_or_else(|| GroupCall::open(resource, group_id))))
            }
            Lookup::MeetingByJoinId(digits) => meeting(&|meeting| meeting.join_meeting_id == *digits),
            Lookup::Wake(user, _) => Found::Woken {
                browsers: u32::from(self.browsers.contains(user)),
                app: user.resource().is_some_and(|resource| self.answering.contains(resource)),
            },
            Lookup::KeepSurvey(record) => Found::Kept(self.rows.iter().any(|row| {
                matches!(row, JournalRow::Joined { participant, user, .. } if *participant == record.participant && *user == record.user)
            })),
        }
    }
}
