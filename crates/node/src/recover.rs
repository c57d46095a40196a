//! After a restart: calls of the last run that had not ended go on. Meetings that were changed reach their calls.

use crate::calls::CallEntry;
use crate::groups::{person_in_group, policy_of_group};
use crate::io::{Found, OpenCallRecord};
use crate::join::{kind_of, person_in, policy_of};
use crate::node::{Leg, Node, leg_number};
use crate::rings::caller_or_callee;
use crate::rooms::{person_in_room, policy_of_room};
use convene_call::{Call, CallKind, Person, Policy, RecoveredLeg, Recovery};
use convene_model::group_call::GroupCall;
use convene_model::record::{CallTarget, Meeting};
use convene_model::{ErrorCode, MeetingId, Now, RawId};
use std::collections::{BTreeMap, BTreeSet};

impl Node {
    /// A call of the last run that had not ended: who was in it may come back for a while.
    pub(crate) fn recover(&mut self, record: OpenCallRecord, now: Now) {
        let OpenCallRecord { call: id, target, meeting, room, group, journal } = record;
        let journal = Recovery::read(&journal);
        let group = match (&target, journal.host()) {
            (CallTarget::Group { resource, group_id }, Some(host)) => {
                Some(GroupCall::hosted(resource, group_id, host.clone()))
            }
            (CallTarget::Group { .. }, None) => group.filter(|group| group.lobby.is_some()),
            (CallTarget::Meeting(_) | CallTarget::Room { .. }, _) => None,
        };
        let (kind, policy) = match (&meeting, &room) {
            (Some(meeting), _) => (kind_of(meeting), policy_of(meeting, self.config.lobby_wait)),
            (None, Some(room)) => (CallKind::Room { chat: journal.chat }, policy_of_room(room, self.config.lobby_wait)),
            (None, None) => {
                let policy = group.as_ref().map(|group| policy_of_group(group, self.config.lobby_wait));
                (CallKind::Group { chat: journal.chat }, policy.unwrap_or_else(Policy::open))
            }
        };
        let mut legs = Vec::new();
        for (participant, row) in &journal.legs {
            let peer = self.next_peer();
            let mut person = match (&meeting, &room) {
                (Some(meeting), _) => person_in(meeting, &row.user, &self.config.federated),
                // Whoever was not admitted from the lobby was invited; whether they still are is looked at below.
                (None, Some(room)) => {
                    let invited = !journal.admitted.contains(&row.user);
                    let now = person_in_room(room, &row.user);
                    Person { invited: invited || now.invited, ..now }
                }
                (None, None) => group.as_ref().map_or_else(caller_or_callee, |group| person_in_group(group, &row.user)),
            };
            // A role that was given by name stays; otherwise the meeting's options say it, as they are by now.
            person.role = journal.role_given(&row.user).unwrap_or(person.role);
            let leg = Leg {
                session: None,
                handle: 0,
                user: row.user.clone(),
                resume_hash: row.resume_hash.clone(),
                peer,
                call: id.clone(),
                coming: None,
                answered: true,
            };
            self.legs.insert(participant.clone(), leg);
            self.peers.insert(leg_number(peer), (id.clone(), participant.clone()));
            legs.push(RecoveredLeg {
                participant: participant.clone(),
                user: row.user.clone(),
                display_name: row.display_name.clone(),
                person,
                peer,
            });
        }
        tracing::info!(call = %id, legs = legs.len(), "call recovered");
        let call = Call::recover(id.clone(), target.clone(), kind, policy, &journal, legs, now);
        // A room's change after this one takes out whose invitation was taken back while the server was down.
        let of_room = room.as_ref().map(|room| room.version - 1);
        let of_group = group.as_ref().map(|group| group.version);
        let version = meeting.as_ref().map(|meeting| meeting.version).or(of_room).or(of_group).unwrap_or(0);
        let entry = CallEntry { call, target: target.clone(), version, group, open_peers: BTreeSet::new() };
        self.calls.insert(id.clone(), entry);
        self.targets.insert(target, id.clone());
        match room {
            Some(room) => self.room_changed(&room, now),
            None => self.with_call(&id, now, |call| call.handle_timeout(now)),
        }
    }

    /// A meeting's options changed: they hold for its call at once.
    pub(crate) fn meeting_changed(&mut self, meeting: &Meeting, now: Now) {
        let target = CallTarget::Meeting(meeting.id.clone());
        self.remember_change(target.clone(), Found::Meeting(Some(Box::new(meeting.clone()))));
        let Some(call) = self.targets.get(&target).cloned() else { return };
        let Some(entry) = self.calls.get_mut(&call) else { return };
        if entry.version >= meeting.version {
            return;
        }
        entry.version = meeting.version;
        let policy = policy_of(meeting, self.config.lobby_wait);
        let person = |user: RawId| (user.clone(), person_in(meeting, &user, &self.config.federated));
        let people: BTreeMap<RawId, Person> = entry.call.users().into_iter().map(person).collect();
        self.with_call(&call, now, |call| call.handle_policy(policy, &people, now));
    }

    /// Ends a meeting's call for everybody.
    pub(crate) fn end_meeting(&mut self, meeting: MeetingId, now: Now) {
        if let Some(call) = self.targets.get(&CallTarget::Meeting(meeting)).cloned() {
            self.with_call(&call, now, |call| call.handle_end(ErrorCode::EndedForEveryone, now));
        }
    }
}
