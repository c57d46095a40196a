//! Rooms: joining one by its id, and what changes of a room mean for its call.

use crate::io::{Found, Lookup, LookupId};
use crate::join::{Arrival, PendingJoin, Sought};
use crate::node::Node;
use crate::session::{Handle, Session};
use convene_call::{CallKind, Person, Policy, Window};
use convene_model::record::{CallTarget, LobbyScope, Room};
use convene_model::{Affiliation, ErrorCode, Now, RawId, SessionId};
use std::collections::BTreeMap;
use std::time::Duration;

impl Node {
    /// Looks a room up that somebody wants to join. Rooms are for the users of their resource alone; another resource's room is as
    /// unknown as one that never was.
    pub(crate) fn seek_room(
        &mut self,
        session: SessionId,
        room_id: &str,
        join: impl FnOnce(Sought) -> PendingJoin,
        now: Now,
    ) -> Option<LookupId> {
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return None };
        let (address, resource) = (active.address, active.user.id.resource().map(str::to_owned));
        let join = join(Sought::Room);
        let Some(resource) = resource else {
            self.respond(session, join.request, Err(ErrorCode::RoomForAppsUsers));
            return None;
        };
        let Ok(room) = convene_directory::parse_room_id(room_id) else {
            self.attempts.failed(address, now.mono);
            self.respond(session, join.request, Err(ErrorCode::RoomNotFound));
            return None;
        };
        Some(self.ask(Lookup::Room { resource, room }, session, Some(join)))
    }

    /// The room of a join was looked up.
    pub(crate) fn room_found(
        &mut self,
        session: SessionId,
        lookup: LookupId,
        join: PendingJoin,
        found: Found,
        now: Now,
    ) {
        let Some((user, address)) = self.take_up(session, lookup, &join) else { return };
        let room = match found {
            Found::Room(Some(room)) => room,
            Found::Room(None)
            | Found::Meeting(_)
            | Found::GroupCall(_)
            | Found::User(_)
            | Found::Kept(_)
            | Found::Woken { .. } => {
                self.attempts.failed(address, now.mono);
                self.respond(session, join.request, Err(ErrorCode::RoomNotFound));
                return;
            }
            Found::Failed => {
                self.respond(session, join.request, Err(ErrorCode::ServerFailed));
                return;
            }
        };
        let person = person_in_room(&room, &user);
        let target = target_of(&room);
        let knocks = !person.invited && room.lobby;
        if knocks && self.knocks.exhausted(address, &target, now.mono) {
            self.respond(session, join.request, Err(ErrorCode::TooManyRequests));
            return;
        }
        let policy = policy_of_room(&room, self.config.lobby_wait);
        let arrival = Arrival::of(session, join);
        let kind = CallKind::Room { chat: self.config.call_chat };
        let came_in = self.enter(arrival, target.clone(), room.version, kind, policy, person, now);
        if knocks && !came_in {
            self.knocks.count(address, target, now.mono);
        }
    }

    /// A room's options, or its list, changed: they hold for its call at once.
    pub(crate) fn room_changed(&mut self, room: &Room, now: Now) {
        let target = target_of(room);
        self.remember_change(target.clone(), Found::Room(Some(Box::new(room.clone()))));
        let Some(call) = self.targets.get(&target).cloned() else { return };
        let Some(entry) = self.calls.get_mut(&call) else { return };
        if entry.version >= room.version {
            return;
        }
        entry.version = room.version;
        let policy = policy_of_room(room, self.config.lobby_wait);
        let person = |user: RawId| {
            let person = person_in_room(room, &user);
            (user, person)
        };
        let people: BTreeMap<RawId, Person> = entry.call.users().into_iter().map(person).collect();
        self.with_call(&call, now, |call| call.handle_policy(policy, &people, now));
    }

    /// A room was deleted: its call ends for everybody, and nobody comes in who was looking for it.
    pub(crate) fn room_deleted(&mut self, target: CallTarget, now: Now) {
        self.remember_change(target.clone(), Found::Room(None));
        if let Some(call) = self.targets.get(&target).cloned() {
            self.with_call(&call, now, |call| call.handle_end(ErrorCode::EndedForEveryone, now));
        }
    }

    /// The session and its handle still wait for this join: the handle is freed, and whose it is comes back.
    pub(crate) fn take_up(
        &mut self,
        session: SessionId,
        lookup: LookupId,
        join: &PendingJoin,
    ) -> Option<(RawId, std::net::IpAddr)> {
        let Some(Session::Active(active)) = self.sessions.get_mut(&session) else { return None };
        match active.handles.get(&join.handle) {
            Some(Handle::Joining { lookup: Some(asked), .. }) if *asked == lookup => {}
            _ => return None,
        }
        active.handles.remove(&join.handle);
        Some((active.user.id.clone(), active.address))
    }
}

/// What a room's call is a session of.
pub(crate) fn target_of(room: &Room) -> CallTarget {
    CallTarget::Room { resource: room.resource.clone(), room: room.id.clone() }
}

/// How somebody stands in a room.
pub(crate) fn person_in_room(room: &Room, user: &RawId) -> Person {
    let entry = convene_directory::room_entry(room, user);
    Person { role: entry.role, affiliation: Affiliation::Outside, invited: entry.invited, visitor: false, host: false }
}

/// A room's options, as its call reads them.
pub(crate) fn policy_of_room(room: &Room, wait: Duration) -> Policy {
    Policy {
        lobby: LobbyScope::Invited,
        invited_only: !room.lobby,
        window: Some(Window { from: room.valid_from, until: room.valid_until }),
        wait,
        ..Policy::open()
    }
}
