//! What must hold: some of it after every step, the rest whenever nothing is under way.

use crate::client::{InCall, Place, Stage};
use crate::rule::{Rule, Violation};
use crate::tamper::Tamper;
use crate::truth::CallTruth;
use crate::world::{World, federated};
use convene_model::media::Source;
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{MeetingId, ParticipantId, RawId, Role, SessionId};
use convene_node::Input;
use convene_protocol::ParticipantView;
use std::collections::{BTreeMap, BTreeSet};

fn violation(rule: Rule, what: String) -> Result<(), Violation> {
    Err(Violation::new(rule, what))
}

impl World {
    /// Takes a user's tokens away.
    pub(crate) fn revoke(&mut self, number: u32) {
        let at = number as usize % self.users.len();
        self.users[at].generation += 1;
        let (user, generation) = (self.users[at].id.clone(), self.users[at].generation);
        self.tell_of_user(user, Some(generation));
    }

    /// Deletes a visitor for good; another takes the place.
    pub(crate) fn delete(&mut self, number: u32) {
        let at = self.users.len() - 1 - number as usize % 2;
        let user = self.users[at].clone();
        self.users[at].id = RawId::visitor(&convene_model::uuid_v4(&mut self.random));
        self.decisions.know(&self.meetings, std::iter::once(&self.users[at].id));
        self.tell_of_user(user.id, None);
    }

    fn tell_of_user(&mut self, user: RawId, generation: Option<u64>) {
        if self.tamper != Tamper::DropRevocation {
            self.give(Input::UserChanged { user: user.clone(), generation });
        }
        let checked = self.check_revoked(&user);
        self.note(checked);
    }

    fn check_revoked(&self, user: &RawId) -> Result<(), Violation> {
        let valid = self.user(user).map(|user| user.generation);
        for client in self.clients.values().filter(|client| client.user == *user && client.stage != Stage::Silent) {
            if valid.is_none_or(|valid| client.generation < valid) {
                return violation(Rule::RevokedIsOut, format!("session {} of {user} goes on", client.session));
            }
        }
        Ok(())
    }

    /// After every step: who waits has no media.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check_now(&self) -> Result<(), Violation> {
        let waiting: BTreeSet<&ParticipantId> = self
            .clients
            .values()
            .flat_map(|client| client.places.values())
            .filter_map(|place| match place {
                Place::Waiting { leg } => Some(leg),
                Place::In(_) | Place::Joining | Place::Resuming => None,
            })
            .collect();
        for (id, peer) in &self.media.peers {
            if self.tamper != Tamper::DropClose && waiting.contains(&peer.leg) {
                return violation(Rule::WaitersLearnNothing, format!("leg {} waits and has peer {id} open", peer.leg));
            }
        }
        Ok(())
    }

    /// When nothing is under way.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check_at_rest(&self) -> Result<(), Violation> {
        for client in self.clients.values() {
            if let Some((id, asked)) = client.open.first_key_value() {
                let what = format!("session {} got no answer to {id}, {asked:?}", client.session);
                return violation(Rule::Answered, what);
            }
        }
        self.decisions.check_waits(self.now.wall)?;
        self.check_room()?;
        self.check_rings()?;
        self.check_media()?;
        self.check_generations()?;
        self.check_views()
    }

    /// Who is in the room, or waits for it, may be, and now.
    fn check_room(&self) -> Result<(), Violation> {
        let live = |truth: &&CallTruth| !truth.ended && matches!(truth.target, CallTarget::Room { .. });
        for truth in self.truths.values().filter(live) {
            let open = (self.room.valid_from..self.room.valid_until).contains(&self.now.wall);
            let somebody = !truth.legs.is_empty() || !truth.waiting.is_empty();
            if somebody && !open {
                return violation(Rule::RoomsKeepTheirTime, format!("{:?} and {:?}", truth.legs, truth.waiting));
            }
            for user in truth.members.keys().filter(|user| !self.room.participants.contains_key(*user)) {
                let let_in = truth.rows.iter().any(
                    |row| matches!(row, JournalRow::Joined { user: who, admitted_by: Some(_), .. } if who == user),
                );
                if !let_in {
                    return violation(Rule::RoomsAreForTheInvited, format!("{user} is in and not invited"));
                }
            }
            if !self.room.lobby && !truth.waiting.is_empty() {
                return violation(Rule::RoomsAreForTheInvited, format!("{:?} wait where nobody may", truth.waiting));
            }
        }
        Ok(())
    }

    fn check_media(&self) -> Result<(), Violation> {
        for (id, peer) in &self.media.peers {
            let truth = self.truths.get(&peer.call).filter(|truth| !truth.ended);
            let Some((truth, (user, muted))) = truth.and_then(|truth| Some((truth, truth.legs.get(&peer.leg)?))) else {
                let what = format!("peer {id} is open and its leg {} is not in", peer.leg);
                return violation(Rule::ReceiversAreOnTheRoster, what);
            };
            for (session, state) in self.members_of(&peer.call) {
                let shown = state
                    .roster
                    .get(user)
                    .is_some_and(|view| view.legs.iter().any(|leg| leg.participant_id == peer.leg));
                if !shown && self.clients[&session].user != *user {
                    let what = format!("peer {id} is open and session {session} does not see {user}");
                    return violation(Rule::ReceiversAreOnTheRoster, what);
                }
            }
            let member = &truth.members[user];
            let held = truth.held.contains(&peer.leg);
            let silent = *muted || held || member.audio_forbidden || self.silenced(truth, self.role_of(truth, user));
            if held && (peer.may_send.camera || peer.may_send.screen) {
                return violation(Rule::MutedIsSilent, format!("peer {id} of {user} holds the call and may be seen"));
            }
            if silent && peer.may_send.microphone {
                return violation(Rule::MutedIsSilent, format!("peer {id} of {user} may be heard"));
            }
        }
        Ok(())
    }

    /// The role in which somebody is in a call: the one given by name; otherwise what the meeting's options say by now.
    pub(crate) fn role_of(&self, truth: &CallTruth, user: &RawId) -> Role {
        if let Some(role) = truth.given.get(user) {
            return *role;
        }
        let entry = |id: &MeetingId| {
            let meeting = self.meetings.iter().find(|meeting| meeting.id == *id)?;
            Some(convene_directory::entry(meeting, user, &federated()).role)
        };
        match &truth.target {
            CallTarget::Meeting(id) => entry(id).unwrap_or(truth.members[user].role),
            CallTarget::Room { .. } => self.room.participants.get(user).copied().unwrap_or(Role::Attendee),
            CallTarget::Group { .. } => truth.members[user].role,
        }
    }

    /// Whether somebody in this role may not speak at all.
    fn silenced(&self, truth: &CallTruth, role: Role) -> bool {
        let meeting = match &truth.target {
            CallTarget::Meeting(id) => self.meetings.iter().find(|meeting| meeting.id == *id),
            CallTarget::Group { .. } | CallTarget::Room { .. } => None,
        };
        match role {
            Role::Consumer => true,
            Role::Attendee => meeting.is_some_and(|meeting| !meeting.attendees_may_speak),
            Role::Organizer | Role::CoOrganizer | Role::Presenter | Role::Collaborator => false,
        }
    }

    fn check_generations(&self) -> Result<(), Violation> {
        for truth in self.truths.values() {
            let waiting = truth.waiting.iter().map(|(leg, (user, _))| (leg, user));
            for (leg, user) in truth.legs.iter().map(|(leg, (user, _))| (leg, user)).chain(waiting) {
                let valid = self.user(user).map(|user| user.generation);
                let Some(came_with) = self.generations.get(leg) else { continue };
                if valid.is_none_or(|valid| *came_with < valid) {
                    return violation(Rule::RevokedIsOut, format!("{user} was revoked and {leg} has its place"));
                }
            }
        }
        Ok(())
    }

    fn members_of<'a>(&'a self, call: &'a convene_model::CallId) -> impl Iterator<Item = (SessionId, &'a InCall)> {
        self.clients.values().flat_map(move |client| {
            client.places.values().filter_map(move |place| match place {
                Place::In(state) if state.call == *call => Some((client.session, &**state)),
                _ => None,
            })
        })
    }

    fn check_views(&self) -> Result<(), Violation> {
        let differ = |what: String| violation(Rule::ViewsAgree, what);
        let mut places = BTreeSet::new();
        for client in self.clients.values() {
            for place in client.places.values() {
                let (leg, truly) = match place {
                    Place::In(state) => {
                        (&state.leg, self.truths.get(&state.call).is_some_and(|t| t.legs.contains_key(&state.leg)))
                    }
                    Place::Waiting { leg } => (leg, self.truths.values().any(|truth| truth.waiting.contains_key(leg))),
                    Place::Joining | Place::Resuming => continue,
                };
                if !truly {
                    return differ(format!(
                        "session {} believes in its leg {leg}, the journal does not",
                        client.session
                    ));
                }
                if !places.insert(leg) {
                    return violation(Rule::Once, format!("leg {leg} is at two places"));
                }
            }
        }
        for (call, truth) in self.truths.iter().filter(|(_, truth)| !truth.ended) {
            let mut seen: BTreeMap<&RawId, &ParticipantView> = BTreeMap::new();
            for (session, state) in self.members_of(call) {
                let own = &self.clients[&session].user;
                let expected: BTreeSet<&RawId> = truth.members.keys().filter(|user| *user != own).collect();
                if state.roster.keys().collect::<BTreeSet<_>>() != expected {
                    return differ(format!("session {session} sees {:?}, not {expected:?}", state.roster.keys()));
                }
                if self.role_of(truth, own) != state.role {
                    return differ(format!("session {session} believes to be {:?}", state.role));
                }
                for (user, view) in &state.roster {
                    if let Some(other) = seen.insert(user, view).filter(|other| *other != view) {
                        return differ(format!("session {session} sees {view:?}, another {other:?}"));
                    }
                }
                for (what, of_client, of_truth) in
                    [("hands", &state.hands, &truth.hands), ("spotlight", &state.spotlight, &truth.spotlight)]
                {
                    if of_client != of_truth {
                        return differ(format!("session {session} sees the {what} {of_client:?}, not {of_truth:?}"));
                    }
                }
                let waits: BTreeSet<&RawId> = truth.waiting.values().map(|(user, _)| user).collect();
                if state.manages_lobby && state.lobby.iter().collect::<BTreeSet<_>>() != waits {
                    return differ(format!("session {session} sees {:?} wait, not {waits:?}", state.lobby));
                }
            }
            for (user, view) in seen {
                self.check_view(truth, user, view, &places)?;
            }
        }
        Ok(())
    }

    /// A participant as others see it, against the journal and against who is connected.
    fn check_view(
        &self,
        truth: &CallTruth,
        user: &RawId,
        view: &ParticipantView,
        connected: &BTreeSet<&ParticipantId>,
    ) -> Result<(), Violation> {
        let member = &truth.members[user];
        let legs = truth.legs.iter().filter(|(_, (owner, _))| owner == user);
        let held = |leg: &ParticipantId| truth.held.contains(leg);
        let expected: Vec<(&ParticipantId, bool, bool, bool)> =
            legs.map(|(leg, (_, muted))| (leg, *muted, !connected.contains(leg), held(leg))).collect();
        let mut shown: Vec<(&ParticipantId, bool, bool, bool)> =
            view.legs.iter().map(|leg| (&leg.participant_id, leg.muted, leg.away, leg.held)).collect();
        shown.sort_unstable();
        let role = self.role_of(truth, user);
        let forbidden = role != Role::Consumer && (member.audio_forbidden || self.silenced(truth, role));
        let differs = shown != expected || view.role != role || view.display_name != member.display_name;
        if differs || view.forbidden.contains(&Source::Microphone) != forbidden {
            let what =
                format!("{view:?} is shown; the journal has {member:?} with (leg, muted, away, held) {expected:?}");
            return violation(Rule::ViewsAgree, what);
        }
        Ok(())
    }
}
