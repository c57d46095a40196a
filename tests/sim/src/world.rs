//! One node with everything around it: clients, store, media plane and clock, all of them slow when a step says so.

use crate::client::{Client, Proof, Told};
use crate::decided::Decisions;
use crate::media::Media;
use crate::rings::Rings;
use crate::rng::Seeded;
use crate::rule::{Rule, Violation};
use crate::seen::Seen;
use crate::tamper::Tamper;
use crate::truth::{CallTruth, call_of};
use convene_directory::{NewMeeting, RoomBody, create_meeting, create_room};
use convene_identity::{KeyRing, NewUser, TokenRequest, new_signing_key, new_user};
use convene_model::group_call::{CallsFromApps, GroupCall};
use convene_model::limits::{LOBBY_WAIT_MS, RING_WAIT_MS};
use convene_model::media::MediaCommand;
use convene_model::record::{
    AllowedPresenters, CallTarget, JournalRow, LobbyScope, Meeting, Room, SigningKeyRecord, User,
};
use convene_model::{CallId, IdentifierKind, MeetingId, Now, ParticipantId, RawId, Role, Scopes, SessionId, uuid_v4};
use convene_node::{Found, Input, Lookup, LookupId, Node, NodeConfig, OpenCallRecord, Output};
use convene_protocol::{ClientMessage, Reply, ServerMessage, encode_client};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The default resource.
pub const RESOURCE: &str = "11111111-1111-4111-8111-111111111111";
/// A resource that the organization trusts.
pub const FEDERATED: &str = "33333333-3333-4333-8333-333333333333";
const ORGANIZATION: &str = "22222222-2222-4222-8222-222222222222";
/// The server's address.
pub const URL: &str = "http://localhost:8080";

/// A way back into a call that somebody was told.
#[derive(Clone, Debug)]
pub struct Secret {
    pub user: RawId,
    pub secret: String,
}

/// All that a simulation consists of.
pub struct World {
    pub(crate) node: Node,
    pub(crate) now: Now,
    pub(crate) random: Seeded,
    pub(crate) tamper: Tamper,
    key: SigningKeyRecord,
    keys: KeyRing,
    /// Signs under the name of the server's key, and is another.
    forger: KeyRing,
    pub(crate) users: Vec<User>,
    pub(crate) meetings: Vec<Meeting>,
    pub(crate) groups: Vec<String>,
    pub(crate) room: Room,
    /// The roles that somebody ever had in the room.
    pub(crate) room_roles: BTreeSet<(RawId, Role)>,
    pub(crate) clients: BTreeMap<SessionId, Client>,
    sessions: u64,
    pub(crate) truths: BTreeMap<CallId, CallTruth>,
    pub(crate) decisions: Decisions,
    pub(crate) uncommitted: VecDeque<(u64, Vec<JournalRow>)>,
    pub(crate) lookups: VecDeque<(LookupId, Found)>,
    pub(crate) media: Media,
    pub(crate) rings: Rings,
    pub(crate) secrets: Vec<Secret>,
    /// Whose token each leg came with: session's generation.
    pub(crate) generations: BTreeMap<ParticipantId, u64>,
    /// Who was removed, as far as those know who did it, until somebody asks to lift it and that is durable.
    bars: BTreeSet<(CallId, RawId)>,
    pub(crate) lifts_asked: BTreeSet<(CallId, RawId)>,
    /// The roles that a meeting's options, as they were changed, ever gave somebody.
    pub(crate) optional_roles: BTreeSet<(MeetingId, RawId, Role)>,
    /// Legs that were in when the process died.
    from_before: BTreeSet<ParticipantId>,
    /// Legs that had left, or waited, when the process died.
    out_before: BTreeSet<ParticipantId>,
    /// Sends since the start; for tampering with some of them.
    sent: u64,
    pub(crate) broken: Option<Violation>,
    pub(crate) seen: Seen,
}

fn new_node(key: &SigningKeyRecord, seed: u64) -> Node {
    let config = NodeConfig {
        own_hosts: BTreeSet::from(["localhost:8080".to_owned()]),
        federated: federated(),
        default_resource: RESOURCE.into(),
        lobby_wait: Duration::from_millis(LOBBY_WAIT_MS),
        ring_wait: Duration::from_millis(RING_WAIT_MS),
        call_chat: true,
        calls_from_apps: CallsFromApps::Ring,
        relays: None,
    };
    let keys = KeyRing::new(vec![key.clone()]).expect("one good key");
    Node::new(config, keys, Box::new(Seeded(seed)))
}

impl World {
    /// Users, meetings and a node that nobody is connected to.
    pub fn new(seed: u64, tamper: Tamper) -> Self {
        let mut random = Seeded(seed);
        let now = Now { mono: Duration::from_secs(1), wall: 1_800_000_000_000 };
        let key = new_signing_key(&mut random, now.wall);
        let users = people(&mut random, now);
        let meetings: Vec<Meeting> = (0..2).map(|_| meeting(&users, &mut random, now)).collect();
        let mut decisions = Decisions::default();
        decisions.know(&meetings, users.iter().map(|user| &user.id));
        let groups = vec![uuid_v4(&mut random)];
        let node = new_node(&key, random.number());
        let keys = KeyRing::new(vec![key.clone()]).expect("one good key");
        let forged = SigningKeyRecord { seed: [7; 32], ..key.clone() };
        let forger = KeyRing::new(vec![forged]).expect("one good key");
        let room = room(&users, &mut random, now);
        decisions.know_room(&room);
        let room_roles = roles_of(&room, &users);
        Self {
            node,
            now,
            random,
            tamper,
            key,
            keys,
            forger,
            users,
            meetings,
            groups,
            room,
            room_roles,
            clients: BTreeMap::new(),
            sessions: 0,
            truths: BTreeMap::new(),
            decisions,
            uncommitted: VecDeque::new(),
            lookups: VecDeque::new(),
            media: Media::default(),
            rings: Rings::default(),
            secrets: vec![],
            optional_roles: BTreeSet::new(),
            generations: BTreeMap::new(),
            bars: BTreeSet::new(),
            lifts_asked: BTreeSet::new(),
            from_before: BTreeSet::new(),
            out_before: BTreeSet::new(),
            sent: 0,
            broken: None,
            seen: Seen::default(),
        }
    }

    pub(crate) fn violated(&mut self, violation: Violation) {
        self.broken.get_or_insert(violation);
    }

    pub(crate) fn note(&mut self, result: Result<(), Violation>) {
        if let Err(violation) = result {
            self.violated(violation);
        }
    }

    pub(crate) fn user(&self, id: &RawId) -> Option<&User> {
        self.users.iter().find(|user| user.id == *id)
    }

    /// A token of a user as it is now.
    pub(crate) fn token(&self, user: &User, scopes: &str) -> String {
        self.token_of(&self.keys, user, scopes)
    }

    /// A token that somebody else signed.
    pub(crate) fn forged_token(&self, user: &User) -> String {
        self.token_of(&self.forger, user, "voip,chat")
    }

    fn token_of(&self, keys: &KeyRing, user: &User, scopes: &str) -> String {
        let scopes = Scopes::parse(scopes).expect("known scopes");
        let resource_id = user.id.resource().unwrap_or(RESOURCE);
        // An anonymous guest's token is good for one meeting.
        let meeting = (user.id.kind() == IdentifierKind::Visitor).then_some(&self.meetings[0].id);
        let request = TokenRequest { user, scopes: &scopes, lifetime_minutes: 60, issuer: URL, resource_id, meeting };
        keys.mint(&request, self.now.wall).expect("a good request").token
    }

    /// A new connection.
    pub(crate) fn open(&mut self, user: RawId, generation: u64) -> SessionId {
        self.sessions += 1;
        let session = SessionId(self.sessions);
        self.clients.insert(session, Client::new(session, user, generation));
        self.give(Input::Opened { session, address: [127, 0, 0, 1].into() });
        session
    }

    pub(crate) fn say(&mut self, session: SessionId, message: &ClientMessage) {
        self.give(Input::Message { session, text: encode_client(message) });
    }

    /// Hands the node an input, and carries out what it wants.
    pub(crate) fn give(&mut self, input: Input) {
        let now = self.now;
        self.drive(|node| node.handle(input, now));
    }

    pub(crate) fn let_time_pass(&mut self, time: Duration) {
        self.now.mono += time;
        self.now.wall += time.as_millis() as i64;
        let now = self.now;
        self.drive(|node| node.handle_timeout(now));
    }

    fn drive(&mut self, act: impl FnOnce(&mut Node)) {
        let node = &mut self.node;
        if catch_unwind(AssertUnwindSafe(|| act(node))).is_err() {
            self.violated(Violation::new(Rule::Answered, "the node panicked"));
            return;
        }
        while let Some(output) = self.node.poll_output() {
            self.carry_out(output);
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { session, message } => self.deliver(session, &message),
            Output::Close { session } => {
                self.clients.remove(&session);
                self.rings.closed(session);
            }
            Output::Lookup { lookup, what } => {
                let found = self.look_up(&what);
                self.lookups.push_back((lookup, found));
            }
            Output::Commit { n, rows, .. } => {
                let early = self.tamper == Tamper::ConfirmEarly;
                let decided = self.decisions.take(&rows, &self.meetings);
                self.note(decided);
                self.uncommitted.push_back((n, rows));
                if early {
                    let now = self.now;
                    self.node.handle(Input::Committed { n }, now);
                }
            }
            Output::Automated { .. }
            | Output::TurnedAway { .. }
            | Output::Stream { .. }
            | Output::ConnectionOver(_) => {}
            Output::Media(command) => self.command(command),
            Output::Push { .. } => {}
        }
    }

    fn command(&mut self, mut command: MediaCommand) {
        match &mut command {
            MediaCommand::Close { .. } if self.tamper == Tamper::DropClose => return,
            MediaCommand::Open { may_send, .. } | MediaCommand::SetMaySend { may_send, .. }
                if self.tamper == Tamper::HearEverybody =>
            {
                may_send.microphone = true;
            }
            _ => {}
        }
        if let MediaCommand::Open { call, offer, .. } = &command {
            let leg = ParticipantId(offer.clone());
            if !self.truths.get(call).is_some_and(|truth| truth.entered.contains(&leg)) {
                let what = format!("media was opened for {leg}, which is not durably in");
                self.violated(Violation::new(Rule::CommittedFirst, what));
            }
        }
        let result = self.media.take(command);
        self.note(result);
    }

    fn deliver(&mut self, session: SessionId, message: &ServerMessage) {
        self.sent += 1;
        let change =
            matches!(message, ServerMessage::Event { event: convene_protocol::Event::ParticipantChanged { .. }, .. });
        if self.tamper == Tamper::DropChange && change && self.sent.is_multiple_of(3) {
            return;
        }
        let done = matches!(message, ServerMessage::Response { reply: Some(Reply::Done {}), .. });
        if self.tamper == Tamper::DropAnswer && done && self.sent.is_multiple_of(5) {
            return;
        }
        if let ServerMessage::RingOver { .. } = message
            && self.tamper == Tamper::DropRingOver
            && self.sent.is_multiple_of(3)
        {
            return;
        }
        if let (ServerMessage::RingOver { .. }, Tamper::EndRingsTwice) = (message, self.tamper) {
            self.hear(session, message);
        }
        if self.tamper == Tamper::TellWaiters && change {
            self.tell_a_waiter(message);
        }
        self.seen.message(message);
        self.hear(session, message);
    }

    fn tell_a_waiter(&mut self, message: &ServerMessage) {
        let waiter = self.clients.values().find_map(|client| {
            let waits = |place: &crate::client::Place| matches!(place, crate::client::Place::Waiting { .. });
            client.places.iter().find(|(_, place)| waits(place)).map(|(handle, _)| (client.session, *handle))
        });
        if let (Some((session, call)), ServerMessage::Event { event, .. }) = (waiter, message) {
            self.hear(session, &ServerMessage::Event { call, event: event.clone() });
        }
    }

    fn hear(&mut self, session: SessionId, message: &ServerMessage) {
        let Some(client) = self.clients.get_mut(&session) else {
            let what = format!("session {session} is closed and was sent {message:?}");
            self.violated(Violation::new(Rule::Answered, what));
            return;
        };
        let (user, generation, proof) = (client.user.clone(), client.generation, client.proof);
        let heard = client.hear(message);
        let rang = self.rings.heard(session, &user, proof, message, self.now.mono);
        self.note(rang);
        match heard {
            Ok(told) => told.into_iter().for_each(|told| {
                let result = self.told(&user, generation, proof, told);
                self.note(result);
            }),
            Err(violation) => self.violated(violation),
        }
    }

    fn check_restart(&self, leg: &ParticipantId) -> Result<(), Violation> {
        if self.out_before.contains(leg) {
            let what = format!("leg {leg} was not in when the process died, and is since");
            return Err(Violation::new(Rule::RestartLetsNobodyIn, what));
        }
        Ok(())
    }

    /// With a token for joining alone nobody starts a call.
    fn check_start(&self, call: &CallId, leg: &ParticipantId, proof: Proof) -> Result<(), Violation> {
        let first = self.truths.get(call).and_then(|truth| {
            truth.rows.iter().find_map(|row| match row {
                JournalRow::Joined { participant, .. } | JournalRow::Knocked { participant, .. } => Some(participant),
                _ => None,
            })
        });
        if proof == Proof::JoinOnly && first == Some(leg) {
            return Err(Violation::new(Rule::ProofIsNeeded, format!("leg {leg} may only join and started {call}")));
        }
        Ok(())
    }

    fn told(&mut self, user: &RawId, generation: u64, proof: Proof, told: Told) -> Result<(), Violation> {
        let early = |what: String| Err(Violation::new(Rule::CommittedFirst, what));
        match told {
            Told::In { call, leg, secret, back } => {
                self.generations.insert(leg.clone(), generation);
                self.check_restart(&leg)?;
                if !back {
                    self.check_start(&call, &leg, proof)?;
                }
                if self.bars.contains(&(call.clone(), user.clone())) {
                    return Err(Violation::new(Rule::BarsHold, format!("{user} was removed and is in again")));
                }
                if self.from_before.remove(&leg) {
                    self.seen.count("back after a restart");
                }
                self.secrets.push(Secret { user: user.clone(), secret });
                if !self.truths.get(&call).is_some_and(|truth| truth.entered.contains(&leg)) {
                    return early(format!("{user} was told to be in, and that is not durable"));
                }
            }
            Told::Waits { leg } => {
                self.generations.insert(leg, generation);
            }
            Told::Rejected { call, legs } => {
                let truth = self.truths.get(&call);
                let here = |leg| truth.is_some_and(|t| t.waiting.contains_key(leg) || t.legs.contains_key(leg));
                if let Some(leg) = legs.iter().find(|leg| here(leg)) {
                    return Err(Violation::new(Rule::WaitsEnd, format!("leg {leg} was rejected and is still here")));
                }
            }
            Told::Others { call, participant } => {
                participant.legs.iter().try_for_each(|leg| self.check_restart(&leg.participant_id))?;
                let Some(truth) = self.truths.get(&call) else { return early(format!("of call {call}")) };
                let known = participant.legs.iter().all(|leg| {
                    truth.entered.contains(&leg.participant_id)
                        && truth.mutes.contains(&(leg.participant_id.clone(), leg.muted))
                });
                let role = (participant.user.clone(), participant.role);
                let by_options = match &truth.target {
                    CallTarget::Meeting(id) => self.optional_roles.contains(&(id.clone(), role.0.clone(), role.1)),
                    CallTarget::Room { .. } => self.room_roles.contains(&role),
                    CallTarget::Group { .. } => false,
                };
                if !known || !(by_options || truth.roles.contains(&role)) {
                    return early(format!("{participant:?} is told and not durable"));
                }
            }
            Told::Left { call, user } => {
                if !self.truths.get(&call).is_some_and(|truth| truth.left.contains(&user)) {
                    return early(format!("that {user} left is told and not durable"));
                }
            }
            Told::Accepted { session, ring } => self.rings.accepted(session, &ring)?,
            Told::Removed { call, user } => {
                let durable = self.truths.get(&call).is_some_and(|truth| truth.barred.contains(&user));
                if durable {
                    self.bars.insert((call, user));
                }
            }
        }
        Ok(())
    }

    /// The store writes the oldest `count` transactions; `say`: whether the node hears of it.
    pub(crate) fn commit(&mut self, count: usize, say: bool) {
        let mut last = None;
        for (n, rows) in self.uncommitted.drain(..count.min(self.uncommitted.len())).collect::<Vec<_>>() {
            last = Some(n);
            for row in rows {
                let copies =
                    if self.tamper == Tamper::LeaveTwice && matches!(row, JournalRow::Left { .. }) { 2 } else { 1 };
                for _ in 0..copies {
                    self.write(&row);
                }
                if self.tamper == Tamper::Crowd {
                    self.write_crowd(&row);
                }
            }
            let checked = self.truths.values().filter(|truth| !truth.ended).try_for_each(CallTruth::check);
            self.note(checked);
        }
        if let (Some(n), true) = (last, say) {
            self.give(Input::Committed { n });
        }
    }

    fn write(&mut self, row: &JournalRow) {
        let call = call_of(row).clone();
        if let JournalRow::CallStarted { target, .. } = row {
            self.truths.entry(call.clone()).or_insert_with(|| CallTruth::new(target.clone()));
        }
        if let JournalRow::BarLifted { user, .. } = row {
            let bar = (call.clone(), user.clone());
            if self.lifts_asked.contains(&bar) {
                self.bars.remove(&bar);
            }
        }
        if let JournalRow::Left { participant, .. } = row {
            let checked = self.check_restart(participant);
            self.note(checked);
        }
        let result = match self.truths.get_mut(&call) {
            Some(truth) => truth.take(row),
            None => Err(Violation::new(Rule::Once, format!("a line before its call's start: {row:?}"))),
        };
        self.note(result);
    }

    fn write_crowd(&mut self, row: &JournalRow) {
        if let JournalRow::Joined { .. } = row {
            for _ in 0..600 {
                let mut copy = row.clone();
                if let JournalRow::Joined { participant, .. } = &mut copy {
                    *participant = ParticipantId(uuid_v4(&mut self.random));
                }
                self.write(&copy);
            }
        }
    }

    /// Everything that is under way arrives, until nothing is.
    pub(crate) fn settle(&mut self) {
        for _ in 0..1000 {
            if self.broken.is_some() {
                return;
            }
            if let Some((lookup, found)) = self.lookups.pop_front() {
                self.give(Input::LookedUp { lookup, found });
            } else if !self.uncommitted.is_empty() {
                self.commit(usize::MAX, true);
            } else if let Some(event) = self.media.answer(true) {
                self.give(Input::Media(event));
            } else {
                return;
            }
        }
        self.violated(Violation::new(Rule::Answered, "the node never comes to rest"));
    }

    /// The process dies and is started again. `written`: how many transactions the store wrote without saying so any more.
    pub(crate) fn crash(&mut self, written: usize) {
        self.commit(written, false);
        self.uncommitted.clear();
        self.lookups.clear();
        self.clients.clear();
        self.rings = Rings::default();
        self.media = Media::default();
        self.generations.clear();
        self.node = new_node(&self.key, self.random.number());
        self.now.mono = Duration::from_secs(1);
        self.now.wall += 3_000;
        self.decisions.restart(&self.truths);
        for (call, truth) in self.truths.clone().into_iter().filter(|(_, truth)| !truth.ended) {
            self.from_before.extend(truth.legs.keys().cloned());
            let known = truth.entered.iter().chain(truth.waiting.keys());
            self.out_before.extend(known.filter(|leg| !truth.legs.contains_key(leg)).cloned());
            let mut journal = truth.rows;
            if self.tamper == Tamper::ForgetBars {
                journal.retain(|row| !matches!(row, JournalRow::Barred { .. }));
            }
            if self.tamper == Tamper::ForgetSecrets {
                for row in &mut journal {
                    if let JournalRow::Joined { resume_hash, .. } = row {
                        resume_hash.clear();
                    }
                }
            }
            let meeting = match &truth.target {
                CallTarget::Meeting(id) => self.meetings.iter().find(|meeting| meeting.id == *id).cloned(),
                CallTarget::Group { .. } | CallTarget::Room { .. } => None,
            };
            let room = matches!(truth.target, CallTarget::Room { .. }).then(|| self.room.clone());
            let record = OpenCallRecord { call, target: truth.target, meeting, room, group: None, journal };
            self.give(Input::Recover(Box::new(record)));
        }
    }

    fn look_up(&self, what: &Lookup) -> Found {
        let meeting = |fits: &dyn Fn(&Meeting) -> bool| {
            Found::Meeting(self.meetings.iter().find(|meeting| fits(meeting)).cloned().map(Box::new))
        };
        match what {
            Lookup::User(id) => Found::User(self.user(id).cloned()),
            Lookup::Meeting(id) => meeting(&|meeting| meeting.id == *id),
            Lookup::MeetingByThread(thread) => meeting(&|meeting| meeting.thread_id == *thread),
            Lookup::MeetingByJoinId(digits) => meeting(&|meeting| meeting.join_meeting_id == *digits),
            Lookup::GroupCall { resource, group_id } => Found::GroupCall(Box::new(GroupCall::open(resource, group_id))),
            Lookup::KeepSurvey(_) => Found::Kept(false),
            Lookup::Wake(..) => Found::Woken { browsers: 0, app: false },
            Lookup::Room { resource, room } => {
                let ours = self.room.resource == *resource && self.room.id == *room;
                Found::Room(ours.then(|| Box::new(self.room.clone())))
            }
        }
    }
}

fn people(random: &mut Seeded, now: Now) -> Vec<User> {
    let app = |resource: &str| NewUser::Communication { resource: resource.to_owned() };
    let kinds = [
        ("Organizer", NewUser::Organization),
        ("Co-organizer", NewUser::Organization),
        ("Colleague", NewUser::Organization),
        ("Listed presenter", app(RESOURCE)),
        ("Partner", app(FEDERATED)),
        ("Guest 1", app(RESOURCE)),
        ("Guest 2", app(RESOURCE)),
        ("Guest 3", app(RESOURCE)),
    ];
    let mut users: Vec<User> =
        kinds.into_iter().map(|(name, kind)| new_user(kind, Some(name), random, now.wall)).collect();
    for name in ["Visitor 1", "Visitor 2"] {
        let id = RawId::visitor(&uuid_v4(random));
        users.push(User { id, display_name: Some(name.into()), generation: 0, created_at: now.wall });
    }
    users
}

fn meeting(users: &[User], random: &mut Seeded, now: Now) -> Meeting {
    let new = NewMeeting {
        organizer: users[0].id.clone(),
        organization: ORGANIZATION.into(),
        subject: "Weekly".into(),
        lobby: LobbyScope::Everyone,
        starts_at: None,
        ends_at: None,
        guests_allowed: true,
        guests_may_start: true,
    };
    let mut meeting = create_meeting(new, random, now.wall).expect("a good meeting");
    meeting.attendees = vec![(users[1].id.clone(), Role::CoOrganizer), (users[3].id.clone(), Role::Presenter)];
    let options = random.number() as u32;
    set_options(&mut meeting, options);
    meeting
}

/// A room of the default resource, open for ten minutes, to which two of its users are invited.
fn room(users: &[User], random: &mut Seeded, now: Now) -> Room {
    let invited = [(users[3].id.clone(), Some(Role::Presenter)), (users[5].id.clone(), Some(Role::Attendee))];
    let body = RoomBody {
        valid_until: Some(now.wall + 600_000),
        lobby: Some(true),
        participants: invited.to_vec(),
        ..RoomBody::default()
    };
    create_room(&body, RESOURCE, random, now.wall).expect("a good room")
}

/// The roles of the room's list, and that of whoever is let in without standing on it.
pub(crate) fn roles_of(room: &Room, users: &[User]) -> BTreeSet<(RawId, Role)> {
    let listed = room.participants.iter().map(|(user, role)| (user.clone(), *role));
    listed.chain(users.iter().map(|user| (user.id.clone(), Role::Attendee))).collect()
}

/// Other options of a room, by the bits of a number: who is invited as what, the lobby, the time.
pub(crate) fn set_room(room: &mut Room, users: &[User], bits: u32, now: Now) {
    let ours: Vec<&RawId> = users.iter().map(|user| &user.id).filter(|id| id.resource() == Some(RESOURCE)).collect();
    let user = ours[bits as usize % ours.len()].clone();
    let role = match (bits >> 3) % 8 {
        0 | 1 => None,
        2 | 3 => Some(Role::Presenter),
        4 => Some(Role::Collaborator),
        5 => Some(Role::Attendee),
        _ => Some(Role::Consumer),
    };
    match role {
        Some(role) => room.participants.insert(user, role),
        None => room.participants.remove(&user),
    };
    room.lobby = !(bits >> 6).is_multiple_of(4);
    let in_seconds = |seconds: i64| now.wall + seconds * 1000;
    room.valid_from = if (bits >> 8).is_multiple_of(16) { in_seconds(5) } else { now.wall };
    room.valid_until = in_seconds([10, 600, 600, 86_400][(bits >> 12) as usize % 4]);
}

/// The resources that the organization trusts.
pub(crate) fn federated() -> BTreeSet<String> {
    BTreeSet::from([FEDERATED.to_owned()])
}

/// Other options for a meeting, by the bits of a number.
pub(crate) fn set_options(meeting: &mut Meeting, bits: u32) {
    meeting.lobby = LobbyScope::ALL[(bits % 8).min(5) as usize];
    meeting.allowed_presenters = AllowedPresenters::ALL[(bits >> 3) as usize % 4];
    let rarely = |shift: u32| (bits >> shift).is_multiple_of(8);
    meeting.guests_allowed = !rarely(5);
    meeting.guests_may_start = !rarely(8);
    meeting.locked = rarely(11);
    meeting.attendees_may_speak = !rarely(14);
    meeting.attendees_may_be_seen = !rarely(17);
    if rarely(20) {
        let role = meeting.attendees[1].1;
        meeting.attendees[1].1 = if role == Role::Presenter { Role::Attendee } else { Role::Presenter };
    }
}
