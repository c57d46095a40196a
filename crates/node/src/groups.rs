//! Group calls: joining one by its id, their lobbies, and what a change of those means for a live call.

use crate::calls::CallEntry;
use crate::io::{Found, Lookup, LookupId};
use crate::join::{Arrival, PendingJoin};
use crate::node::Node;
use crate::rings::caller_or_callee;
use crate::session::Session;
use convene_call::{CallKind, Person, Policy};
use convene_directory::{group_entry, normalize_group_id};
use convene_model::group_call::{GroupBypass, GroupCall};
use convene_model::record::{CallTarget, LobbyScope};
use convene_model::{CallId, ErrorCode, IdentifierKind, Now, RawId, SessionId, uuid_v4};
use convene_protocol::ErrorBody;
use std::collections::BTreeMap;
use std::time::Duration;

impl CallEntry {
    /// The group that it is a call of; one without a lobby if nobody said anything about it. `None` for other calls.
    pub(crate) fn group(&self) -> Option<GroupCall> {
        match &self.target {
            CallTarget::Group { resource, group_id } => {
                Some(self.group.clone().unwrap_or_else(|| GroupCall::open(resource, group_id)))
            }
            CallTarget::Meeting(_) | CallTarget::Room { .. } => None,
        }
    }

    /// How `user` stands in it, if it is a group's.
    fn person(&self, user: &RawId) -> Person {
        self.group.as_ref().map_or_else(caller_or_callee, |group| person_in_group(group, user))
    }
}

impl Node {
    /// Somebody wants into a group call. A call that goes on knows its lobby; for a new one the store is asked.
    pub(crate) fn seek_group(
        &mut self,
        session: SessionId,
        group_id: &str,
        join: PendingJoin,
        now: Now,
    ) -> Option<LookupId> {
        let Some(group_id) = normalize_group_id(group_id) else {
            let why = "A group id is a UUID, for example 6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11.";
            self.respond_error(session, join.request, ErrorBody::with_message(ErrorCode::BadRequest, why));
            return None;
        };
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return None };
        if active.claims.meeting.is_some() {
            // Bound to one meeting: everything else is as unknown as what never was.
            self.respond(session, join.request, Err(ErrorCode::MeetingNotFound));
            return None;
        }
        let resource = active.user.id.resource().unwrap_or(&self.config.default_resource).to_owned();
        let target = CallTarget::Group { resource: resource.clone(), group_id: group_id.clone() };
        match self.live_group(&target) {
            Some(group) => {
                self.enter_group(session, join, &group, now);
                None
            }
            None => Some(self.ask(Lookup::GroupCall { resource, group_id }, session, Some(join))),
        }
    }

    /// The group of a join was looked up.
    pub(crate) fn group_found(
        &mut self,
        session: SessionId,
        lookup: LookupId,
        join: PendingJoin,
        found: Found,
        now: Now,
    ) {
        if self.take_up(session, lookup, &join).is_none() {
            return;
        }
        match found {
            Found::GroupCall(group) => {
                self.group_changed(&group, now);
                let live = self.live_group(&group.target()).unwrap_or(*group);
                self.enter_group(session, join, &live, now);
            }
            Found::Meeting(_)
            | Found::Room(_)
            | Found::User(_)
            | Found::Kept(_)
            | Found::Woken { .. }
            | Found::Failed => self.respond(session, join.request, Err(ErrorCode::ServerFailed)),
        }
    }

    fn enter_group(&mut self, session: SessionId, join: PendingJoin, group: &GroupCall, now: Now) {
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        let (address, person) = (active.address, person_in_group(group, &active.user.id));
        let target = group.target();
        let knocks = group.lobby.is_some() && !person.invited;
        if knocks && self.knocks.exhausted(address, &target, now.mono) {
            self.respond(session, join.request, Err(ErrorCode::TooManyRequests));
            return;
        }
        self.group_call_for(group, now);
        let kind = CallKind::Group { chat: self.config.call_chat };
        let policy = policy_of_group(group, self.config.lobby_wait);
        let arrival = Arrival::of(session, join);
        let came_in = self.enter(arrival, target.clone(), group.version, kind, policy, person, now);
        if knocks && !came_in {
            self.knocks.count(address, target, now.mono);
        }
    }

    /// The live call of a group; a new one if there is none.
    pub(crate) fn group_call_for(&mut self, group: &GroupCall, now: Now) -> CallId {
        let kind = CallKind::Group { chat: self.config.call_chat };
        let policy = policy_of_group(group, self.config.lobby_wait);
        let call = self.call_for(group.target(), group.version, kind, policy, now);
        self.adopt_group(&call, group);
        call
    }

    fn adopt_group(&mut self, call: &CallId, group: &GroupCall) {
        if let Some(entry) = self.calls.get_mut(call)
            && group.lobby.is_some()
        {
            entry.group.get_or_insert_with(|| group.clone());
        }
    }

    /// The group of a live call.
    pub(crate) fn live_group(&self, target: &CallTarget) -> Option<GroupCall> {
        let entry = self.calls.get(self.targets.get(target)?)?;
        if entry.call.is_over() { None } else { entry.group() }
    }

    /// What an app's server says about a group call changed: it holds for the live call at once. Nobody but its host says anything about
    /// a call that rang with a lobby.
    pub(crate) fn group_changed(&mut self, group: &GroupCall, now: Now) {
        let target = group.target();
        self.remember_change(target.clone(), Found::GroupCall(Box::new(group.clone())));
        let Some(call) = self.targets.get(&target).cloned() else { return };
        let Some(entry) = self.calls.get_mut(&call) else { return };
        if entry.version >= group.version || entry.group.as_ref().is_some_and(is_of_ring) {
            return;
        }
        entry.version = group.version;
        entry.group = Some(group.clone());
        let policy = policy_of_group(group, self.config.lobby_wait);
        let people: BTreeMap<RawId, Person> =
            entry.call.users().into_iter().map(|user| (user.clone(), entry.person(&user))).collect();
        self.with_call(&call, now, |call| call.handle_policy(policy, &people, now));
    }

    /// How `user` stands in a call that rang, or was joined by its group's id.
    pub(crate) fn person_in_call(&self, call: &CallId, user: &RawId) -> Person {
        self.calls.get(call).map_or_else(caller_or_callee, |entry| entry.person(user))
    }

    /// A call that is to ring, of which nobody knows yet, for `caller` to come into first. With a host it has a lobby; a caller who is not
    /// the host waits there once the host has come.
    pub(crate) fn ringing_call(&mut self, caller: &RawId, host: Option<RawId>, now: Now) -> CallId {
        let Some(host) = host else { return self.new_ringing_call(caller, now) };
        let resource = caller.resource().unwrap_or(&self.config.default_resource).to_owned();
        let group = GroupCall::hosted(&resource, &uuid_v4(&mut *self.random), host.clone());
        let kind = CallKind::Group { chat: self.config.call_chat };
        let policy = Policy { caller_waits: host != *caller, ..policy_of_group(&group, self.config.lobby_wait) };
        let call = self.call_for(group.target(), group.version, kind, policy, now);
        self.adopt_group(&call, &group);
        self.with_call(&call, now, |call| call.expect_host(host));
        call
    }
}

/// Whether this is of a call that rang with a lobby, and nothing that an app's server said.
fn is_of_ring(group: &GroupCall) -> bool {
    group.version == 0 && group.lobby.is_some()
}

/// How somebody stands in a group call.
pub(crate) fn person_in_group(group: &GroupCall, user: &RawId) -> Person {
    let entry = group_entry(group, user);
    Person { host: entry.host, invited: entry.invited, ..caller_or_callee() }
}

/// How the server of its app stands in a group call: as a host, but in what the organization's user hosts who was called.
pub(crate) fn app_in_group(group: &GroupCall) -> Person {
    let organizations = is_of_ring(group) && is_hosted_by_organization(group);
    let host = group.lobby.is_some() && !organizations;
    Person { host, invited: host, ..caller_or_callee() }
}

/// Whether a user of the organization is a host.
pub(crate) fn is_hosted_by_organization(group: &GroupCall) -> bool {
    group.hosts.iter().any(|host| host.kind() == IdentifierKind::OrganizationUser)
}

/// A group's lobby, as its call reads it.
pub(crate) fn policy_of_group(group: &GroupCall, wait: Duration) -> Policy {
    let Some(bypass) = group.lobby else { return Policy { wait, ..Policy::open() } };
    let lobby = match bypass {
        GroupBypass::Everyone => LobbyScope::Everyone,
        GroupBypass::Named => LobbyScope::Invited,
        GroupBypass::Nobody => LobbyScope::Organizer,
    };
    Policy { lobby, hosted: true, wait, ..Policy::open() }
}
