//! What a change of the meeting's or the room's options means for its call.

use crate::call::Call;
use crate::common::CallKind;
use crate::{Person, Policy, ending, roles};
use convene_model::{ErrorCode, Now, RawId, Role};
use convene_protocol::CapabilitiesReason;
use std::collections::BTreeMap;

impl Call {
    /// The options of the meeting or room, or its list of people, changed. `people`: how those of [`Call::users`] stand in it now.
    /// Whose invitation to a room was taken back is out.
    pub fn handle_policy(&mut self, policy: Policy, people: &BTreeMap<RawId, Person>, now: Now) {
        self.begin(now);
        let venue = self.core.venue();
        let attendees_differ = (policy.attendees_may_speak, policy.attendees_may_be_seen)
            != (self.core.policy.attendees_may_speak, self.core.policy.attendees_may_be_seen);
        self.core.policy = policy;
        self.uninvite(people);
        self.keep_window();
        let Self { core, roster, lobby, videos, removals, .. } = self;
        for (user, person) in people {
            roles::stand_otherwise(core, roster, lobby, user, *person);
            lobby.stand_otherwise(user, roster.decided.person(user, *person));
        }
        if attendees_differ {
            let attendees: Vec<RawId> = roster
                .members()
                .filter(|(_, member)| member.person.role == Role::Attendee)
                .map(|(user, _)| user.clone())
                .collect();
            for user in attendees {
                roster.capabilities_changed(core, &user, None, CapabilitiesReason::MeetingOptionsChanged);
            }
        }
        if venue != core.venue() {
            let users: Vec<RawId> = roster.members().map(|(user, _)| user.clone()).collect();
            for user in users {
                roster.capabilities_changed(core, &user, None, CapabilitiesReason::MeetingOptionsChanged);
            }
        }
        videos.refresh(core, roster);
        lobby.reconsider(core, roster, removals);
        self.end();
    }

    /// Sends those away who were invited to the room and are not any more.
    fn uninvite(&mut self, people: &BTreeMap<RawId, Person>) {
        if !matches!(self.core.kind, CallKind::Room { .. }) {
            return;
        }
        for user in people.iter().filter(|(_, person)| !person.invited).map(|(user, _)| user) {
            if self.roster.member(user).is_some_and(|member| member.person.invited) {
                for leg in self.roster.legs_of(user) {
                    self.member_leaves(&leg, ErrorCode::InviteRemoved);
                }
            }
            self.lobby.uninvite(&mut self.core, &self.roster, user);
        }
    }

    /// Ends the call once the room's time is over.
    pub(crate) fn keep_window(&mut self) {
        if self.core.policy.window.is_some_and(|window| window.check(self.core.now.wall).is_err()) {
            self.negotiations.forget_all(&mut self.core, ErrorCode::RoomEnded);
            ending::end_for_everyone(&mut self.core, &mut self.roster, &mut self.lobby, ErrorCode::RoomEnded);
        }
    }
}
