//! The transitions. A step is a kind and three numbers, which are read against what there is when it is carried out: so any
//! part of a list of steps can be left out, and the rest still means something.

use crate::client::{Asked, Place, Proof, Stage};
use crate::rng::Seeded;
use crate::world::{URL, World, federated, roles_of, set_options, set_room};
use convene_directory::{join_web_url, short_join_url};
use convene_model::media::{MediaEvent, ShownSize, Source};
use convene_model::record::User;
use convene_model::{CallId, ParticipantId, RawId, Role, SessionId, Tone};
use convene_node::Input;
use convene_protocol::{
    AnnouncedState, ClientMessage, DataChannel, Hello, JoinTarget, NoticeKind, Reaction, Request, VERSIONS, VideoWish,
};
use std::str::FromStr;
use std::time::Duration;

macro_rules! kinds {
    ($($name:ident $weight:literal),* $(,)?) => {
        /// What happens. The numbers are how often, among all.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($name),* }

        const WEIGHTS: &[(Kind, u32)] = &[$((Kind::$name, $weight)),*];

        impl FromStr for Kind {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $(stringify!($name) => Ok(Self::$name),)*
                    _ => Err(format!("no step is called {text}")),
                }
            }
        }
    };
}

kinds! {
    Connect 60, Greet 60, JoinMeeting 90, JoinGroup 15, JoinRoom 45, Leave 20, EndForEveryone 2, EndMeeting 1,
    Admit 40, Reject 8, AdmitAll 10, PutBack 14, Remove 12, LiftBar 10,
    SetMuted 15, RaiseHand 10, LowerHands 6, React 4, Spotlight 8, EndSpotlight 5, Announce 4, Mute 12, MuteAll 4, SetAccess 14, SetRole 14,
    Negotiate 60, Publish 12, Unpublish 4, Subscribe 8,
    CloseByClient 6, Lose 30, Resume 50, ResumeWrongly 8, Refresh 6, Ping 2, Nonsense 1,
    ChangeMeeting 8, ChangeRoom 8, Revoke 3, Delete 1,
    Second 20, HalfMinute 5, Minute 2, HalfHour 2, Crash 3,
    StartCall 30, Accept 45, Decline 6, AddParticipant 14, CancelRing 5, Transfer 12, Follow 20, SetHeld 14,
    Confirm 140, LookUp 130, Answer 60, RefuseOffer 6, MediaConnect 20, MediaLost 3, Speak 8, Settle 30,
}

/// One transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: Kind,
    pub numbers: [u32; 3],
}

impl Step {
    /// A random step.
    pub fn choose(random: &mut Seeded) -> Self {
        let total: u32 = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut at = random.below(total);
        let mut kind = Kind::Settle;
        for (candidate, weight) in WEIGHTS {
            if at < *weight {
                kind = *candidate;
                break;
            }
            at -= weight;
        }
        let mut number = || random.number() as u32 >> 4;
        Self { kind, numbers: [number(), number(), number()] }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c] = self.numbers;
        write!(f, "{:?} {a} {b} {c}", self.kind)
    }
}

impl FromStr for Step {
    type Err = String;
    fn from_str(line: &str) -> Result<Self, String> {
        let mut parts = line.split_whitespace();
        let kind = parts.next().ok_or("an empty step")?.parse()?;
        let mut number = || {
            let part = parts.next().ok_or_else(|| format!("too few numbers in {line}"))?;
            part.parse().map_err(|_| format!("not a number in {line}"))
        };
        Ok(Self { kind, numbers: [number()?, number()?, number()?] })
    }
}

pub(crate) fn pick<T: Clone>(list: &[T], number: u32) -> Option<T> {
    list.get(number as usize % list.len().max(1)).cloned()
}

impl World {
    pub(crate) fn clients_at(&self, stage: Stage) -> Vec<SessionId> {
        self.clients.values().filter(|client| client.stage == stage).map(|client| client.session).collect()
    }

    /// Every place that is in a call, and, if `waiting`, those that wait.
    pub(crate) fn places(&self, waiting: bool) -> Vec<(SessionId, u32)> {
        let fits = |place: &Place| match place {
            Place::In(_) => true,
            Place::Waiting { .. } => waiting,
            Place::Joining | Place::Resuming => false,
        };
        let places = self.clients.values().flat_map(|client| {
            client.places.iter().filter(|(_, place)| fits(place)).map(|(handle, _)| (client.session, *handle))
        });
        places.collect()
    }

    /// A place to act from: those that manage the lobby come more often.
    fn actor(&self, number: u32) -> Option<(SessionId, u32)> {
        if number.is_multiple_of(8) {
            return pick(&self.places(true), number / 8);
        }
        let mut places = self.places(false);
        if !number.is_multiple_of(4) {
            let manages = |(session, handle): &(SessionId, u32)| matches!(&self.clients[session].places[handle], Place::In(state) if state.manages_lobby);
            if places.iter().any(manages) {
                places.retain(manages);
            }
        }
        pick(&places, number / 8)
    }

    pub(crate) fn call_at(&self, session: SessionId, handle: u32) -> Option<CallId> {
        match self.clients.get(&session)?.places.get(&handle)? {
            Place::In(state) => Some(state.call.clone()),
            Place::Waiting { .. } | Place::Joining | Place::Resuming => None,
        }
    }

    pub(crate) fn request(&mut self, session: SessionId, handle: u32, asked: Asked, request: Request) {
        let Some(client) = self.clients.get_mut(&session) else { return };
        if let Some(leg) = client.leg(handle) {
            self.decisions.asked(leg, &client.user, &request);
        }
        let id = client.ask(asked);
        self.say(session, &ClientMessage::Request { id, call: handle, request });
    }

    /// Somebody in a call asks something about somebody: mostly about whom it concerns, sometimes about anybody.
    fn ask_about(&mut self, numbers: [u32; 3], whom: Whom, request: impl FnOnce(RawId) -> Request) {
        let Some((session, handle)) = self.actor(numbers[0]) else { return };
        let call = self.call_at(session, handle);
        let everybody = || self.users.iter().map(|user| user.id.clone()).collect::<Vec<_>>();
        let concerned: Vec<RawId> = match (&call, &self.clients[&session].places[&handle]) {
            (Some(call), Place::In(state)) if !numbers[1].is_multiple_of(8) => match whom {
                Whom::Waits => state.lobby.iter().cloned().collect(),
                Whom::IsIn => state.roster.keys().cloned().collect(),
                Whom::IsBarred => self.truths.get(call).map(|t| t.barred.iter().cloned().collect()).unwrap_or_default(),
            },
            _ => everybody(),
        };
        let Some(user) = pick(&concerned, numbers[2]) else { return };
        let request = request(user.clone());
        let asked = match (&request, call) {
            (Request::Remove { .. }, Some(call)) => Asked::Remove { call, user },
            (Request::Reject { .. }, Some(call)) => {
                let legs = self.decisions.waiting(&call, &user);
                Asked::Reject { call, legs }
            }
            (Request::LiftBar { .. }, Some(call)) => {
                self.lifts_asked.insert((call.clone(), user.clone()));
                Asked::Lift { call, user }
            }
            _ => Asked::Other,
        };
        self.request(session, handle, asked, request);
    }

    fn ask(&mut self, number: u32, request: Request) {
        if let Some((session, handle)) = self.actor(number) {
            self.request(session, handle, Asked::Other, request);
        }
    }

    /// Shows others something that nobody keeps: a reaction, data, a text.
    fn show(&mut self, numbers: [u32; 3]) {
        let [a, b, c] = numbers;
        let (channel, data) = (DataChannel { id: 1, session: a }, "TQ==".to_owned());
        let to = |user| (!b.is_multiple_of(3)).then(|| vec![user]);
        match c % 6 {
            0 => self.ask(a, Request::SendText { text: "Good mor".into(), done: b.is_multiple_of(3) }),
            1 => self.ask_about(numbers, Whom::IsIn, |user| Request::CloseData { channel, to: to(user) }),
            2 | 3 => self.ask_about(numbers, Whom::IsIn, |user| {
                let may_be_lost = a.is_multiple_of(2);
                Request::SendData { channel, sequence: b, may_be_lost, to: to(user), data }
            }),
            4 => self.ask(a, Request::SendTone { tone: Tone::Pound }),
            _ => self.ask(a, Request::React { reaction: Reaction::Applause }),
        }
    }

    /// Carries a step out.
    pub fn perform(&mut self, step: Step) {
        let Step { kind, numbers } = step;
        let [a, b, _] = numbers;
        match kind {
            Kind::Connect => self.connect(a),
            Kind::Greet => self.greet(a, b),
            Kind::JoinMeeting | Kind::JoinGroup | Kind::JoinRoom => self.join(kind, numbers),
            Kind::Leave => self.leave(a),
            Kind::EndForEveryone => self.ask(a, Request::EndForEveryone {}),
            Kind::EndMeeting => {
                let meeting = self.meetings[a as usize % self.meetings.len()].id.clone();
                self.give(Input::EndMeeting(meeting));
            }
            Kind::Admit => self.ask_about(numbers, Whom::Waits, |user| Request::Admit { user }),
            Kind::Reject => self.ask_about(numbers, Whom::Waits, |user| Request::Reject { user }),
            Kind::AdmitAll => self.ask(a, Request::AdmitAll {}),
            Kind::PutBack => self.ask_about(numbers, Whom::IsIn, |user| Request::PutBack { user }),
            Kind::Remove => self.ask_about(numbers, Whom::IsIn, |user| Request::Remove { user }),
            Kind::LiftBar => self.ask_about(numbers, Whom::IsBarred, |user| Request::LiftBar { user }),
            Kind::SetMuted => self.ask(a, Request::SetMuted { muted: b.is_multiple_of(2) }),
            Kind::RaiseHand => self.ask(a, Request::RaiseHand {}),
            Kind::LowerHands => self.ask_about(numbers, Whom::IsIn, |user| {
                let users = (!b.is_multiple_of(3)).then(|| vec![user]);
                Request::LowerHands { users }
            }),
            Kind::React => self.show(numbers),
            Kind::Spotlight => self.ask_about(numbers, Whom::IsIn, |user| Request::Spotlight { users: vec![user] }),
            Kind::EndSpotlight => self.ask_about(numbers, Whom::IsIn, |user| {
                let users = (!b.is_multiple_of(3)).then(|| vec![user]);
                Request::EndSpotlight { users }
            }),
            Kind::Announce => {
                let states = [AnnouncedState::Started, AnnouncedState::Paused, AnnouncedState::Ended];
                let kinds = [NoticeKind::Recording, NoticeKind::Transcription];
                let (kind, state) = (kinds[(b >> 3) as usize % 2], states[b as usize % 3]);
                self.ask(a, Request::Announce { kind, state });
            }
            Kind::Mute => self.ask_about(numbers, Whom::IsIn, |user| Request::Mute { user }),
            Kind::MuteAll => self.ask(a, Request::MuteAll {}),
            Kind::SetAccess => {
                let source = if (b >> 3).is_multiple_of(2) { Source::Microphone } else { Source::Camera };
                let permitted = (b >> 4).is_multiple_of(2);
                self.ask_about(numbers, Whom::IsIn, |user| {
                    let users = (!(b >> 5).is_multiple_of(4)).then(|| vec![user]);
                    Request::SetAccess { users, source, permitted }
                });
            }
            Kind::SetRole => {
                let roles = [Role::Organizer, Role::CoOrganizer, Role::Presenter, Role::Attendee, Role::Consumer];
                let role = roles[(b >> 3) as usize % roles.len()];
                self.ask_about(numbers, Whom::IsIn, |user| Request::SetRole { user, role });
            }
            Kind::Negotiate => self.negotiate(a),
            Kind::Publish => self.ask(a, Request::Publish { source: video(b) }),
            Kind::Unpublish => self.ask(a, Request::Unpublish { source: video(b) }),
            Kind::Subscribe => self.subscribe(a, b),
            Kind::CloseByClient => self.close(a, true),
            Kind::Lose => self.close(a, false),
            Kind::Resume => self.resume(a, b, false),
            Kind::ResumeWrongly => self.resume(a, b, true),
            Kind::Refresh => self.refresh(a, b),
            Kind::Ping => {
                if let Some(session) = pick(&self.clients_at(Stage::Active), a) {
                    self.say(session, &ClientMessage::Ping {});
                }
            }
            Kind::Nonsense => {
                if let Some(session) = pick(&self.clients.keys().copied().collect::<Vec<_>>(), a) {
                    self.give(Input::Message { session, text: "{\"type\":\"nonsense\"}".into() });
                }
            }
            Kind::StartCall
            | Kind::Accept
            | Kind::Decline
            | Kind::AddParticipant
            | Kind::CancelRing
            | Kind::Transfer
            | Kind::Follow
            | Kind::SetHeld => self.ring_step(kind, numbers),
            Kind::ChangeMeeting => self.change_meeting(a, b),
            Kind::ChangeRoom => self.change_room(b),
            Kind::Revoke => self.revoke(a),
            Kind::Delete => self.delete(a),
            Kind::Second => self.pass(Duration::from_millis(u64::from(a % 5_000)), b),
            Kind::HalfMinute => self.pass(Duration::from_secs(31), b),
            Kind::Minute => self.pass(Duration::from_secs(61), b),
            Kind::HalfHour => self.pass(Duration::from_secs(31 * 60), b),
            Kind::Crash => self.crash(a as usize % 4),
            Kind::Confirm => self.commit(1 + a as usize % 3, true),
            Kind::LookUp => {
                if let Some((lookup, found)) = self.lookups.remove(a as usize % self.lookups.len().max(1)) {
                    self.give(Input::LookedUp { lookup, found });
                }
            }
            Kind::Answer | Kind::RefuseOffer => {
                let event = self.media.answer(kind == Kind::Answer);
                event.into_iter().for_each(|event| self.give(Input::Media(event)));
            }
            Kind::MediaConnect => {
                let event = self.media.pick(a).and_then(|peer| self.media.connect(peer));
                event.into_iter().for_each(|event| self.give(Input::Media(event)));
            }
            Kind::MediaLost => {
                let event = self.media.pick(a).and_then(|peer| self.media.lose(peer));
                event.into_iter().for_each(|event| self.give(Input::Media(event)));
            }
            Kind::Speak => self.speak(a, b),
            Kind::Settle => {
                self.settle();
                let checked = if self.broken.is_none() { self.check_at_rest() } else { Ok(()) };
                self.note(checked);
            }
        }
    }

    fn connect(&mut self, a: u32) {
        if self.clients.len() >= 24 {
            return;
        }
        let user = pick(&self.users, a).expect("there are users");
        self.open(user.id, user.generation);
    }

    fn greet(&mut self, a: u32, b: u32) {
        let Some(session) = pick(&self.clients_at(Stage::Silent), a) else { return };
        let client = &self.clients[&session];
        let Some(user) = self.user(&client.user).cloned() else { return };
        let (token, proof) = match b % 20 {
            0 => ("not.a.token".to_owned(), Proof::Worthless),
            1 => (self.token(&user, "chat"), Proof::Worthless),
            2 => (self.token(&user, "voip.join"), Proof::JoinOnly),
            3 => (self.forged_token(&user), Proof::Worthless),
            4 if user.generation > 0 => {
                let before = User { generation: user.generation - 1, ..user.clone() };
                (self.token(&before, "voip,chat"), Proof::Worthless)
            }
            _ => (self.token(&user, "voip,chat"), Proof::Good),
        };
        let client = self.clients.get_mut(&session).expect("just seen");
        (client.stage, client.generation, client.proof) = (Stage::Greeting, user.generation, proof);
        let hello = Hello { versions: VERSIONS.to_vec(), token, client: "simulation".into() };
        self.say(session, &ClientMessage::Hello(hello));
    }

    fn join(&mut self, kind: Kind, [a, b, c]: [u32; 3]) {
        let Some(session) = pick(&self.clients_at(Stage::Active), a) else { return };
        let mut wrongly = kind == Kind::JoinMeeting && (b >> 3) % 8 == 7;
        let target = if kind == Kind::JoinGroup {
            JoinTarget::Group { group_id: self.groups[0].clone() }
        } else if kind == Kind::JoinRoom {
            wrongly = self.clients[&session].user.resource() != Some(&self.room.resource);
            JoinTarget::Room { room_id: self.room.id.0.clone() }
        } else {
            let meeting = &self.meetings[if b.is_multiple_of(4) { 1 } else { 0 }];
            match (b >> 3) % 8 {
                0..4 => JoinTarget::MeetingLink { link: join_web_url(URL, meeting) },
                4 | 5 => JoinTarget::MeetingLink { link: short_join_url(URL, meeting) },
                6 => JoinTarget::MeetingId {
                    meeting_id: meeting.join_meeting_id.clone(),
                    passcode: Some(meeting.passcode.clone()),
                },
                _ => JoinTarget::MeetingId {
                    meeting_id: meeting.join_meeting_id.clone(),
                    passcode: Some("wrong".into()),
                },
            }
        };
        let handle = self.clients[&session].free_handle();
        let request =
            Request::Join { target, display_name: format!("Name {}", c % 5), muted: (c >> 4).is_multiple_of(3) };
        self.request(session, handle, Asked::Join { handle, wrongly }, request);
    }

    fn leave(&mut self, a: u32) {
        let all: Vec<(SessionId, u32)> = self
            .clients
            .values()
            .flat_map(|client| client.places.keys().map(|handle| (client.session, *handle)))
            .filter(|(session, handle)| !matches!(self.clients[session].places[handle], Place::Resuming))
            .collect();
        if let Some((session, handle)) = pick(&all, a) {
            self.request(session, handle, Asked::Leave { handle }, Request::Leave {});
        }
    }

    fn negotiate(&mut self, a: u32) {
        let Some((session, handle)) = pick(&self.places(true), a) else { return };
        let Some(leg) = self.clients[&session].leg(handle).cloned() else { return };
        self.request(session, handle, Asked::Other, Request::Negotiate { offer: leg.0, tracks: vec![] });
    }

    fn subscribe(&mut self, a: u32, b: u32) {
        let Some((session, handle)) = pick(&self.places(false), a) else { return };
        let Some(Place::In(state)) = self.clients[&session].places.get(&handle) else { return };
        let legs = state.roster.values().flat_map(|participant| &participant.legs);
        // Some say how large they show it, some hide it.
        let size = ShownSize { width: (b % 4) as u16 * 320, height: (b % 4) as u16 * 180 };
        let shown = (!a.is_multiple_of(3)).then_some(size);
        let videos = legs.map(|leg| VideoWish { participant_id: leg.participant_id.clone(), source: video(b), shown });
        let videos = videos.collect();
        self.request(session, handle, Asked::Other, Request::Subscribe { videos });
    }

    fn close(&mut self, a: u32, by_client: bool) {
        let Some(session) = pick(&self.clients.keys().copied().collect::<Vec<_>>(), a) else { return };
        self.clients.remove(&session);
        self.rings.closed(session);
        self.give(Input::Closed { session, by_client });
    }

    fn resume(&mut self, a: u32, b: u32, wrongly: bool) {
        let recent: Vec<_> = self.secrets.iter().rev().take(24).cloned().collect();
        let Some(known) = pick(&recent, b) else { return };
        // Wrong is another's session with the right secret, or one's own with another secret.
        let altered = wrongly && a.is_multiple_of(3);
        let mut active = self.clients_at(Stage::Active);
        active.retain(|session| (self.clients[session].user == known.user) != (wrongly && !altered));
        if active.is_empty() && !wrongly {
            if let Some(user) = self.user(&known.user).cloned() {
                self.connect_and_greet(&user.id, user.generation);
            }
            return;
        }
        let Some(session) = pick(&active, a) else { return };
        let secret = if altered { format!("{}0", known.secret) } else { known.secret };
        let handle = self.clients[&session].free_handle();
        // Where nothing is under way, the journal says whether the leg is there to come back to.
        let leg = ParticipantId(secret.split('.').next().unwrap_or_default().to_owned());
        let in_call = self.truths.values().any(|truth| truth.legs.contains_key(&leg));
        let right = if wrongly { Some(false) } else { (self.uncommitted.is_empty() && in_call).then_some(true) };
        self.request(session, handle, Asked::Resume { handle, right }, Request::Resume { secret });
    }

    fn connect_and_greet(&mut self, user: &RawId, generation: u64) {
        if self.clients.len() < 24 {
            let session = self.open(user.clone(), generation);
            let silent = self.clients_at(Stage::Silent);
            let position = silent.iter().position(|other| *other == session).unwrap_or(0);
            self.greet(position as u32, 19);
        }
    }

    fn refresh(&mut self, a: u32, b: u32) {
        let Some(session) = pick(&self.clients_at(Stage::Active), a) else { return };
        let Some(user) = self.user(&self.clients[&session].user).cloned() else { return };
        let good = !b.is_multiple_of(10);
        let token = if good { self.token(&user, "voip") } else { "not.a.token".to_owned() };
        if let (true, Some(client)) = (good, self.clients.get_mut(&session)) {
            client.proof = Proof::Good;
        }
        self.say(session, &ClientMessage::Refresh { token });
    }

    fn change_room(&mut self, b: u32) {
        set_room(&mut self.room, &self.users, b, self.now);
        self.room.version += 1;
        self.decisions.know_room(&self.room);
        self.room_roles.extend(roles_of(&self.room, &self.users));
        self.give(Input::RoomChanged(Box::new(self.room.clone())));
    }

    fn change_meeting(&mut self, a: u32, b: u32) {
        let at = a as usize % self.meetings.len();
        let meeting = &mut self.meetings[at];
        set_options(meeting, b);
        meeting.version += 1;
        let meeting = meeting.clone();
        self.decisions.know(std::slice::from_ref(&meeting), self.users.iter().map(|user| &user.id));
        for user in &self.users {
            let role = convene_directory::entry(&meeting, &user.id, &federated()).role;
            self.optional_roles.insert((meeting.id.clone(), user.id.clone(), role));
        }
        self.give(Input::MeetingChanged(Box::new(meeting)));
    }

    fn pass(&mut self, time: Duration, b: u32) {
        if b.is_multiple_of(4) {
            return self.let_time_pass(time);
        }
        let end = self.now.mono + time;
        while let Some(due) = self.node.poll_timeout().filter(|due| *due <= end) {
            let before = self.now.mono;
            self.let_time_pass(due.saturating_sub(before));
            if self.broken.is_some() {
                return;
            }
        }
        self.let_time_pass(end.saturating_sub(self.now.mono));
    }

    fn speak(&mut self, a: u32, b: u32) {
        let Some(call) = self.media.pick(a).and_then(|peer| self.media.peers.get(&peer)).map(|peer| peer.call.clone())
        else {
            return;
        };
        let peers = self.media.peers.iter().filter(|(_, peer)| peer.call == call).map(|(id, _)| *id);
        let speaking =
            peers.enumerate().filter(|(at, _)| (b >> (at % 16)).is_multiple_of(2)).map(|(_, id)| id).collect();
        self.give(Input::Media(MediaEvent::SpeakingChanged { call, speaking }));
    }
}

/// Whom a request is about.
enum Whom {
    Waits,
    IsIn,
    IsBarred,
}

fn video(number: u32) -> Source {
    if number.is_multiple_of(3) { Source::Screen } else { Source::Camera }
}
