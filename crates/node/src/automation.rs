//! Connections of apps' servers: which call each of them is in, and who is still to be answered.

use crate::answering::TurnedAwayAlready;
use crate::groups::{app_in_group, policy_of_group};
use crate::io::{Found, Lookup, Output};
use crate::join::{kind_of, person_in, policy_of};
use crate::node::{Asker, Node, leg_number};
use crate::rooms::{policy_of_room, target_of};
use convene_call::{Call, CallKind, Person, Policy, Seat};
use convene_directory::{LinkRefused, MeetingKey, Proof, normalize_group_id};
use convene_events::callback_event;
use convene_model::audio::StreamReport;
use convene_model::automation::{
    Act, AutomationAnswer, AutomationCommand, AutomationRefused, Callback, ConnectTarget, NewConnection, NewPlay,
};
use convene_model::group_call::GroupCall;
use convene_model::limits::CONNECTIONS_OF_RESOURCE_MAX;
use convene_model::record::{CallTarget, Meeting, OutboxEvent, Room};
use convene_model::{Affiliation, CallId, ConnectionId, ErrorCode, Now, ParticipantId, RawId, Role, Ticket, uuid_v4};
use std::collections::BTreeMap;
use std::net::IpAddr;

#[derive(Debug)]
struct Held {
    resource: String,
    call: CallId,
}

/// The connections that there are, and the commands that a call has to answer.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    held: BTreeMap<ConnectionId, Held>,
    pub(crate) tickets: BTreeMap<Ticket, CallId>,
    pub(crate) turned_away: TurnedAwayAlready,
}

impl Connections {
    /// The call of one, if it is this resource's.
    pub fn call_of(&self, connection: &ConnectionId, resource: &str) -> Option<&CallId> {
        self.held.get(connection).filter(|held| held.resource == resource).map(|held| &held.call)
    }

    pub fn forget(&mut self, connection: &ConnectionId) {
        self.held.remove(connection);
    }
}

/// A connection whose meeting or room is being looked up.
#[derive(Debug)]
pub(crate) struct PendingConnect {
    ticket: Ticket,
    address: IpAddr,
    connection: NewConnection,
    /// What the meeting must fit; `None` for a room.
    proof: Option<Proof>,
}

/// The call that a connection is wanted to, if it is to be made.
struct Wanted {
    target: CallTarget,
    version: u64,
    kind: CallKind,
    policy: Policy,
    person: Person,
    /// The group, if it is one's.
    group: Option<GroupCall>,
}

impl Node {
    pub(crate) fn automate(&mut self, ticket: Ticket, address: IpAddr, command: AutomationCommand, now: Now) {
        if self.stopping {
            self.automated(ticket, Err(AutomationRefused::Code(ErrorCode::ServerStopping)));
            return;
        }
        match command {
            AutomationCommand::Connect { connection, target } => self.connect(ticket, address, connection, target, now),
            AutomationCommand::Create { connection, outgoing } => {
                self.create(ticket, address, connection, outgoing, now);
            }
            AutomationCommand::Answer { connection, ring, answered_by } => {
                self.answer_ring(ticket, address, connection, (ring, answered_by), now);
            }
            AutomationCommand::TurnAway { request, resource, ring, to } => {
                self.turn_away(ticket, request, &resource, &ring, to, now);
            }
            AutomationCommand::Play { connection, resource, play } => {
                self.play(ticket, &connection, &resource, play, now);
            }
            AutomationCommand::Of { connection, resource, act } => {
                let Some(call) = self.connections.call_of(&connection, &resource).cloned() else {
                    self.automated(ticket, Err(AutomationRefused::NoConnection));
                    return;
                };
                if let Act::MoveHere { users, from, context } = act {
                    self.move_here(ticket, (call, connection, resource), (users, from), context, now);
                    return;
                }
                let act = self.prepare(&call, &connection, &resource, act);
                self.act(ticket, &call, &connection, act, now);
            }
        }
    }

    pub(crate) fn act(&mut self, ticket: Ticket, call: &CallId, connection: &ConnectionId, act: Act, now: Now) {
        self.connections.tickets.insert(ticket, call.clone());
        self.with_call(call, now, |call| call.handle_act(connection, act, ticket, now));
    }

    /// Lets a call play something for a connection, which gets a place in it if it has none.
    fn play(&mut self, ticket: Ticket, connection: &ConnectionId, resource: &str, play: NewPlay, now: Now) {
        let Some(call) = self.connections.call_of(connection, resource).cloned() else {
            self.automated(ticket, Err(AutomationRefused::NoConnection));
            return;
        };
        self.connections.tickets.insert(ticket, call.clone());
        let (participant, peer) = (ParticipantId(uuid_v4(&mut *self.random)), self.next_peer());
        let seat = Seat { participant: participant.clone(), peer };
        let user = RawId::communication_user(resource, connection.as_str());
        self.with_call(&call, now, |call| call.handle_play(connection, play, (user, seat), ticket, now));
        if self.calls.get(&call).is_some_and(|entry| entry.call.has_in(&participant)) {
            self.peers.insert(leg_number(peer), (call, participant));
        }
    }

    /// Answers a command.
    pub(crate) fn automated(&mut self, ticket: Ticket, answer: AutomationAnswer) {
        self.connections.tickets.remove(&ticket);
        self.outputs.push_back(Output::Automated { ticket, answer });
    }

    fn connect(&mut self, ticket: Ticket, address: IpAddr, connection: NewConnection, target: ConnectTarget, now: Now) {
        if self.is_repeated(ticket, address, &connection, now) {
            return;
        }
        let is_trusted = self.config.federated.contains(&connection.resource);
        let refused = match target {
            ConnectTarget::Group(text) => match normalize_group_id(&text) {
                Some(group_id) => {
                    let resource = connection.resource.clone();
                    let target = CallTarget::Group { resource: resource.clone(), group_id: group_id.clone() };
                    match self.live_group(&target) {
                        Some(group) => self.enter_with(ticket, connection, self.group_call(group), now),
                        None => {
                            let lookup = Lookup::GroupCall { resource, group_id };
                            self.look_for(lookup, ticket, address, connection, None);
                        }
                    }
                    return;
                }
                None => AutomationRefused::NoGroupId,
            },
            ConnectTarget::Call(call) => match self.calls.get(&call).map(|entry| entry.target.clone()) {
                Some(target @ CallTarget::Group { .. }) if is_of(&target, &connection.resource) => {
                    let CallTarget::Group { resource, group_id } = &target else { return };
                    let group = self.live_group(&target).unwrap_or_else(|| GroupCall::open(resource, group_id));
                    self.enter_with(ticket, connection, self.group_call(group), now);
                    return;
                }
                Some(CallTarget::Room { resource, room }) if resource == connection.resource => {
                    self.look_for(Lookup::Room { resource, room }, ticket, address, connection, None);
                    return;
                }
                Some(CallTarget::Meeting(id)) if is_trusted => {
                    self.look_for(Lookup::Meeting(id), ticket, address, connection, None);
                    return;
                }
                Some(_) | None => AutomationRefused::NoCall,
            },
            ConnectTarget::Room(text) => match convene_directory::parse_room_id(&text) {
                Ok(room) => {
                    let resource = connection.resource.clone();
                    self.look_for(Lookup::Room { resource, room }, ticket, address, connection, None);
                    return;
                }
                Err(_) => AutomationRefused::Code(ErrorCode::RoomNotFound),
            },
            // Whatever the link is: who is not trusted learns nothing of meetings.
            ConnectTarget::MeetingLink(_) if !is_trusted => AutomationRefused::NotTrusted,
            ConnectTarget::MeetingLink(_) if self.attempts.exhausted(address, now.mono) => {
                AutomationRefused::Code(ErrorCode::TooManyRequests)
            }
            ConnectTarget::MeetingLink(link) => {
                let hosts = &self.config.own_hosts;
                match convene_directory::parse_join_link(&link, &|host: &str| hosts.contains(host)) {
                    Ok(link) => {
                        let (key, proof) = convene_directory::locate_by_link(link);
                        let lookup = match key {
                            MeetingKey::Thread(thread) => Lookup::MeetingByThread(thread),
                            MeetingKey::JoinId(digits) => Lookup::MeetingByJoinId(digits),
                        };
                        self.look_for(lookup, ticket, address, connection, Some(proof));
                        return;
                    }
                    Err(LinkRefused::NotALink) => AutomationRefused::Code(ErrorCode::MeetingNotFound),
                    Err(LinkRefused::Teams | LinkRefused::Foreign { .. }) => AutomationRefused::ForeignLink,
                }
            }
        };
        self.automated(ticket, Err(refused));
    }

    /// Answers the same request once more: the connection is there already.
    pub(crate) fn is_repeated(&mut self, ticket: Ticket, address: IpAddr, new: &NewConnection, now: Now) -> bool {
        let is_held = self.connections.held.get(&new.id).is_some_and(|held| held.resource == new.resource);
        if is_held {
            let (connection, resource, act) = (new.id.clone(), new.resource.clone(), Act::Look);
            self.automate(ticket, address, AutomationCommand::Of { connection, resource, act }, now);
        }
        is_held
    }

    fn look_for(
        &mut self,
        what: Lookup,
        ticket: Ticket,
        address: IpAddr,
        connection: NewConnection,
        proof: Option<Proof>,
    ) {
        self.ask_for(what, Asker::Connection(Box::new(PendingConnect { ticket, address, connection, proof })));
    }

    /// The meeting or room of a connection was looked up.
    pub(crate) fn call_found(&mut self, pending: PendingConnect, found: Found, now: Now) {
        let PendingConnect { ticket, address, connection, proof } = pending;
        let fits = |meeting: &Meeting| proof.as_ref().is_none_or(|proof| proof.fits(meeting));
        let wanted = match found {
            _ if self.stopping => Err(ErrorCode::ServerStopping),
            Found::Meeting(Some(meeting)) if fits(&meeting) => Ok(self.meeting_call(&meeting, &connection.resource)),
            Found::Room(Some(room)) => Ok(self.room_call(&room)),
            Found::Room(None) => Err(ErrorCode::RoomNotFound),
            Found::GroupCall(group) => {
                self.group_changed(&group, now);
                let live = self.live_group(&group.target()).unwrap_or(*group);
                Ok(self.group_call(live))
            }
            Found::Meeting(_) | Found::User(_) | Found::Kept(_) | Found::Woken { .. } => {
                self.attempts.failed(address, now.mono);
                Err(ErrorCode::MeetingNotFound)
            }
            Found::Failed => Err(ErrorCode::ServerFailed),
        };
        match wanted {
            Ok(wanted) => self.enter_with(ticket, connection, wanted, now),
            Err(code) => self.automated(ticket, Err(AutomationRefused::Code(code))),
        }
    }

    fn meeting_call(&self, meeting: &Meeting, resource: &str) -> Wanted {
        Wanted {
            target: CallTarget::Meeting(meeting.id.clone()),
            version: meeting.version,
            kind: kind_of(meeting),
            policy: policy_of(meeting, self.config.lobby_wait),
            person: person_in(meeting, &RawId::app_server(resource), &self.config.federated),
            group: None,
        }
    }

    /// A room is its resource's: the server of its app is invited, as a presenter.
    fn room_call(&self, room: &Room) -> Wanted {
        Wanted {
            target: target_of(room),
            version: room.version,
            kind: CallKind::Room { chat: self.config.call_chat },
            policy: policy_of_room(room, self.config.lobby_wait),
            person: Person { invited: true, ..presenter() },
            group: None,
        }
    }

    /// In a group call everybody may do the same, and so may the server of their app; where it has a lobby, as its hosts.
    fn group_call(&self, group: GroupCall) -> Wanted {
        Wanted {
            target: group.target(),
            version: group.version,
            kind: CallKind::Group { chat: self.config.call_chat },
            policy: policy_of_group(&group, self.config.lobby_wait),
            person: app_in_group(&group),
            group: Some(group),
        }
    }

    fn enter_with(&mut self, ticket: Ticket, connection: NewConnection, wanted: Wanted, now: Now) {
        if self.has_enough(ticket, &connection.resource) {
            return;
        }
        let Wanted { target, version, kind, policy, person, group } = wanted;
        let call = match group {
            Some(group) => self.group_call_for(&group, now),
            None => self.call_for(target, version, kind, policy, now),
        };
        let user = RawId::app_server(&connection.resource);
        self.hold(ticket, connection, call, now, |call, connection, seat| {
            call.handle_connect(connection, (user, person), seat, ticket, now);
        });
    }

    /// Refuses a connection to a resource that has as many as it may.
    pub(crate) fn has_enough(&mut self, ticket: Ticket, resource: &str) -> bool {
        let of_resource = self.connections.held.values().filter(|held| held.resource == resource);
        let enough = of_resource.count() >= CONNECTIONS_OF_RESOURCE_MAX;
        if enough {
            self.automated(ticket, Err(AutomationRefused::TooManyOfResource));
        }
        enough
    }

    /// Lets a call take a connection, which is known from then on unless it is refused.
    pub(crate) fn hold(
        &mut self,
        ticket: Ticket,
        connection: NewConnection,
        call: CallId,
        now: Now,
        take: impl FnOnce(&mut Call, NewConnection, Seat),
    ) {
        let (id, resource) = (connection.id.clone(), connection.resource.clone());
        self.connections.tickets.insert(ticket, call.clone());
        self.connections.held.insert(id.clone(), Held { resource, call: call.clone() });
        let seat = Seat { participant: ParticipantId(uuid_v4(&mut *self.random)), peer: self.next_peer() };
        if connection.agent.is_some() {
            self.peers.insert(leg_number(seat.peer), (call.clone(), seat.participant.clone()));
        }
        self.with_call(&call, now, |call| take(call, connection, seat));
        if !self.calls.get(&call).is_some_and(|entry| entry.call.has_connection(&id)) {
            self.connections.forget(&id);
        }
    }

    /// A connection is over.
    pub(crate) fn connection_over(&mut self, connection: ConnectionId) {
        self.connections.forget(&connection);
        self.outputs.push_back(Output::ConnectionOver(connection));
    }

    /// What became of the sound of a connection's agent. Of one that is over nobody wants to know.
    pub(crate) fn streamed(&mut self, connection: &ConnectionId, report: StreamReport, now: Now) {
        let Some(call) = self.connections.held.get(connection).map(|held| held.call.clone()) else { return };
        self.with_call(&call, now, |call| call.handle_streamed(connection, report, now));
    }

    /// A call is broken off: whoever waits for an answer gets one, and the apps learn that their connections are over.
    pub(crate) fn break_connections(&mut self, call: &CallId, now: Now) -> Vec<OutboxEvent> {
        let waiting = self.connections.tickets.iter().filter(|(_, of)| *of == call);
        for ticket in waiting.map(|(ticket, _)| *ticket).collect::<Vec<_>>() {
            self.automated(ticket, Err(AutomationRefused::Code(ErrorCode::ServerFailed)));
        }
        let over: Vec<ConnectionId> =
            self.connections.held.iter().filter(|(_, held)| held.call == *call).map(|(id, _)| id.clone()).collect();
        let mut events = Vec::new();
        for connection in over {
            self.connection_over(connection.clone());
            let callback = Callback::Disconnected { reason: ErrorCode::ServerFailed };
            events.push(callback_event(uuid_v4(&mut *self.random), call, &connection, None, &callback, now.wall));
        }
        events
    }
}

fn is_of(target: &CallTarget, of: &str) -> bool {
    match target {
        CallTarget::Group { resource, .. } | CallTarget::Room { resource, .. } => resource == of,
        CallTarget::Meeting(_) => false,
    }
}

pub(crate) fn presenter() -> Person {
    Person { role: Role::Presenter, affiliation: Affiliation::Outside, invited: false, visitor: false, host: false }
}
