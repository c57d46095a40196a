//! What the node decides, held against the meetings' options and against what was asked for, both read as naively as possible:
//! every line of the journal when the node wants it written, which is when it decided.

use crate::rule::{Rule, Violation};
use crate::truth::{CallTruth, call_of};
use convene_model::limits::LOBBY_WAIT_MS;
use convene_model::record::{AllowedPresenters, CallTarget, JournalRow, LobbyScope, Meeting, Room};
use convene_model::{CallId, IdentifierKind, MeetingId, ParticipantId, RawId, Role, WallMs};
use convene_protocol::Request;
use std::collections::{BTreeMap, BTreeSet};

/// What was asked for in a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    Admit(RawId),
    AdmitAll,
    PutBack(RawId),
    Remove(RawId),
    Lift(RawId),
    Mute(RawId),
    MuteAll,
    Access(Option<RawId>),
    Role(RawId, Role),
}

/// What somebody needs to lead others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    Lobby,
    Removal,
    Mute,
    Access,
    Roles,
}

/// One call, up to the last line that the node wanted written.
#[derive(Clone, Debug)]
struct Decided {
    truth: CallTruth,
    asked: BTreeSet<(RawId, Wish)>,
    /// The roles that were given by name.
    given: BTreeMap<RawId, BTreeSet<Role>>,
    removals: bool,
    /// When each leg that waits began to.
    since: BTreeMap<ParticipantId, WallMs>,
    /// Who forbade all others to send, those too who come later.
    closed_by: BTreeSet<RawId>,
    /// Legs whose wait ended without admission.
    sent_away: BTreeSet<ParticipantId>,
    /// The room as it is now, if it is one's.
    room: Option<Room>,
}

impl Decided {
    fn new(truth: CallTruth) -> Self {
        let mut found = Self {
            truth: CallTruth::new(truth.target.clone()),
            asked: BTreeSet::new(),
            given: BTreeMap::new(),
            removals: false,
            since: BTreeMap::new(),
            closed_by: BTreeSet::new(),
            sent_away: BTreeSet::new(),
            room: None,
        };
        truth.rows.iter().for_each(|row| found.take(row));
        found
    }

    fn take(&mut self, row: &JournalRow) {
        match row {
            JournalRow::Knocked { participant, at, .. } | JournalRow::PutBack { participant, at, .. } => {
                self.since.insert(participant.clone(), *at);
            }
            JournalRow::Joined { participant, .. } => {
                self.since.remove(participant);
            }
            JournalRow::LobbyLeft { participant, .. } => {
                self.since.remove(participant);
                self.sent_away.insert(participant.clone());
            }
            JournalRow::RoleChanged { user, role, .. } => {
                self.given.entry(user.clone()).or_default().insert(*role);
            }
            JournalRow::Barred { user, .. } => {
                self.removals = true;
                self.given.remove(user);
            }
            JournalRow::Kept { feature, user, value: Some(_), .. } if feature.starts_with("others") => {
                self.closed_by.insert(user.clone());
            }
            _ => {}
        }
        // A line that does not fit those before it is reported when it becomes durable.
        let _later = self.truth.take(row);
    }

    /// Whether somebody may lead in that way now: in the role in which they came in, were given, or are by the options now.
    fn may(&self, user: &RawId, lead: Lead, meetings: &[Meeting]) -> bool {
        let Some(member) = self.truth.members.get(user) else { return false };
        if let Some(room) = &self.room {
            let leads = match lead {
                Lead::Lobby => room.lobby,
                Lead::Removal | Lead::Mute | Lead::Access => true,
                Lead::Roles => false,
            };
            return leads && room.participants.get(user) == Some(&Role::Presenter);
        }
        let CallTarget::Meeting(id) = &self.truth.target else { return matches!(lead, Lead::Removal | Lead::Mute) };
        let meeting = meetings.iter().find(|meeting| meeting.id == *id);
        let now = meeting.map(|meeting| role_in(meeting, user));
        [Some(member.role), now].into_iter().flatten().any(|role| match role {
            Role::Organizer | Role::CoOrganizer => true,
            Role::Presenter => lead != Lead::Roles && (is_organization(user) || self.given.contains_key(user)),
            Role::Collaborator | Role::Attendee | Role::Consumer => false,
        })
    }

    /// Whether somebody who may asked for one of these.
    fn by_word(&self, by: &RawId, lead: Lead, wishes: &[Wish], meetings: &[Meeting]) -> Result<(), Violation> {
        let asked = wishes.iter().any(|wish| self.asked.contains(&(by.clone(), wish.clone())));
        let may = self.may(by, lead, meetings);
        if asked && may {
            return Ok(());
        }
        let what = format!("{by} did {wishes:?}: asked for it {asked}, may {may}");
        Err(Violation::new(Rule::LeadersOnly, what))
    }

    fn check(&self, row: &JournalRow, meetings: &[Meeting], roles: &Roles) -> Result<(), Violation> {
        let by_word = |by: &RawId, lead: Lead, wishes: &[Wish]| self.by_word(by, lead, wishes, meetings);
        match row {
            JournalRow::Joined { participant, user, role, admitted_by, at, .. } => {
                self.check_wait(participant, *at)?;
                self.check_role(user, *role, roles)?;
                match &self.room {
                    Some(room) => self.check_room(room, user, admitted_by.as_ref(), *at),
                    None => self.check_admission(user, admitted_by.as_ref(), meetings),
                }
            }
            JournalRow::PutBack { user, by, .. } => by_word(by, Lead::Lobby, &[Wish::PutBack(user.clone())]),
            JournalRow::Barred { user, by, .. } => by_word(by, Lead::Removal, &[Wish::Remove(user.clone())]),
            // Where all are equals, who was removed is called back.
            JournalRow::BarLifted { user, by, .. } if matches!(self.truth.target, CallTarget::Group { .. }) => {
                by_word(by, Lead::Removal, &[Wish::Lift(user.clone())])
            }
            JournalRow::BarLifted { user, by, .. } => by_word(by, Lead::Roles, &[Wish::Lift(user.clone())]),
            JournalRow::RoleChanged { user, role, by, .. } => {
                by_word(by, Lead::Roles, &[Wish::Role(user.clone(), *role)])
            }
            JournalRow::Kept { feature, user, value: Some(_), .. } if feature.starts_with("others") => {
                by_word(user, Lead::Access, &[Wish::Access(None)])
            }
            // Whoever comes later than that was forbidden is forbidden it, too.
            JournalRow::AccessChanged { by, .. } if self.closed_by.contains(by) => Ok(()),
            JournalRow::AccessChanged { user, by, .. } => {
                by_word(by, Lead::Access, &[Wish::Access(Some(user.clone())), Wish::Access(None)])
            }
            JournalRow::MutedChanged { participant, muted, by, .. } => {
                let Some((user, _)) = self.truth.legs.get(participant) else { return Ok(()) };
                match by {
                    Some(by) => by_word(by, Lead::Mute, &[Wish::Mute(user.clone()), Wish::MuteAll]),
                    None => self.check_mute(user, *muted),
                }
            }
            // Nobody decides over somebody else with these.
            _ => Ok(()),
        }
    }

    fn check_mute(&self, user: &RawId, muted: bool) -> Result<(), Violation> {
        if !muted && self.truth.members.get(user).is_some_and(|member| member.audio_forbidden) {
            return Err(Violation::new(Rule::MutedIsSilent, format!("{user} unmuted and must not speak")));
        }
        Ok(())
    }

    /// Who waited too long, or was sent away, is not let in any more.
    fn check_wait(&self, leg: &ParticipantId, at: WallMs) -> Result<(), Violation> {
        let too_late = self.since.get(leg).is_some_and(|since| overdue(*since, at));
        if self.sent_away.contains(leg) || too_late {
            return Err(Violation::new(Rule::WaitsEnd, format!("leg {leg} came in after its wait was over")));
        }
        Ok(())
    }

    /// Roles come from the meeting and the identity, or by name from somebody who may.
    fn check_role(&self, user: &RawId, role: Role, roles: &Roles) -> Result<(), Violation> {
        let known = match &self.truth.target {
            CallTarget::Group { .. } => role == Role::Presenter,
            CallTarget::Room { .. } => self.room.as_ref().is_some_and(|room| role_in_room(room, user) == role),
            CallTarget::Meeting(id) => roles.0.get(&(id.clone(), user.clone())).is_some_and(|had| had.contains(&role)),
        };
        if known || self.given.get(user).is_some_and(|given| given.contains(&role)) {
            return Ok(());
        }
        Err(Violation::new(Rule::RolesAreGiven, format!("{user} came in as {role:?}, which nobody gave")))
    }

    fn check_room(&self, room: &Room, user: &RawId, by: Option<&RawId>, at: WallMs) -> Result<(), Violation> {
        if user.resource() != Some(&room.resource) {
            return unproven(format!("{user} is in another resource's room"));
        }
        if !(room.valid_from..room.valid_until).contains(&at) {
            return Err(Violation::new(Rule::RoomsKeepTheirTime, format!("{user} came in outside the room's time")));
        }
        let held = self.truth.waiting.values().any(|(owner, held)| owner == user && *held);
        let enters = room.participants.contains_key(user) && !(held && room.lobby);
        if self.truth.members.contains_key(user) || enters {
            return Ok(());
        }
        match by {
            Some(by) => self.by_word(by, Lead::Lobby, &[Wish::Admit(user.clone()), Wish::AdmitAll], &[]),
            None => Err(Violation::new(Rule::RoomsAreForTheInvited, format!("{user} came in and is not invited"))),
        }
    }

    fn check_admission(&self, user: &RawId, by: Option<&RawId>, meetings: &[Meeting]) -> Result<(), Violation> {
        let CallTarget::Meeting(id) = &self.truth.target else {
            return match user.kind() {
                IdentifierKind::Visitor => unproven(format!("{user} is in a group call")),
                IdentifierKind::CommunicationUser | IdentifierKind::OrganizationUser => Ok(()),
            };
        };
        if user.kind() == IdentifierKind::Visitor && *id != meetings[0].id {
            return unproven(format!("{user} has a token for another meeting"));
        }
        if self.truth.members.contains_key(user) {
            return Ok(());
        }
        if let Some(by) = by {
            return self.by_word(by, Lead::Lobby, &[Wish::Admit(user.clone()), Wish::AdmitAll], meetings);
        }
        let meeting = meetings.iter().find(|meeting| meeting.id == *id);
        if meeting.is_some_and(|meeting| self.lets_in(meeting, user)) {
            return Ok(());
        }
        Err(Violation::new(
            Rule::AdmissionIsDecided,
            format!("{user} came in, and neither policy nor anybody let them"),
        ))
    }

    /// The join table, once more.
    fn lets_in(&self, meeting: &Meeting, user: &RawId) -> bool {
        let made_owner = self.given.get(user).is_some_and(|given| given.contains(&Role::CoOrganizer));
        let listed = meeting.attendees.iter().find(|(other, _)| other == user).map(|(_, role)| *role);
        if meeting.organizer == *user || listed == Some(Role::CoOrganizer) || made_owner {
            return true;
        }
        let ours = is_organization(user);
        let visitor = user.kind() == IdentifierKind::Visitor;
        let passes = match meeting.lobby {
            LobbyScope::Organizer => false,
            LobbyScope::Organization | LobbyScope::OrganizationExcludingGuests => ours,
            LobbyScope::OrganizationAndFederated => ours || user.resource() == Some(crate::world::FEDERATED),
            LobbyScope::Everyone => true,
            LobbyScope::Invited => listed.is_some(),
        };
        let started = self.truth.members.keys().any(is_organization);
        passes
            && !meeting.locked
            && !(visitor && self.removals)
            && (ours || meeting.guests_allowed && (meeting.guests_may_start || started))
    }
}

fn is_organization(user: &RawId) -> bool {
    user.kind() == IdentifierKind::OrganizationUser
}

fn overdue(since: WallMs, now: WallMs) -> bool {
    now.saturating_sub(since) > LOBBY_WAIT_MS as WallMs
}

fn unproven(what: String) -> Result<(), Violation> {
    Err(Violation::new(Rule::ProofIsNeeded, what))
}

/// The role that the meeting's options and the identity give.
fn role_in(meeting: &Meeting, user: &RawId) -> Role {
    let listed = meeting.attendees.iter().find(|(other, _)| other == user).map(|(_, role)| *role);
    let ours = is_organization(user);
    match (listed, meeting.allowed_presenters) {
        _ if meeting.organizer == *user => Role::Organizer,
        (Some(Role::CoOrganizer), _) if ours => Role::CoOrganizer,
        (_, AllowedPresenters::Everyone) => Role::Presenter,
        (_, AllowedPresenters::Organizer) => Role::Attendee,
        (Some(Role::Presenter), _) => Role::Presenter,
        (_, AllowedPresenters::Organization) if ours => Role::Presenter,
        _ => Role::Attendee,
    }
}

/// The role that the room's list gives; an attendee's to whoever is let in without standing on it.
fn role_in_room(room: &Room, user: &RawId) -> Role {
    room.participants.get(user).copied().unwrap_or(Role::Attendee)
}

/// The roles that each user has had in each meeting under any of its options so far.
#[derive(Clone, Debug, Default)]
struct Roles(BTreeMap<(MeetingId, RawId), BTreeSet<Role>>);

impl Roles {
    fn add(&mut self, meeting: &Meeting, user: &RawId) {
        let role = role_in(meeting, user);
        self.0.entry((meeting.id.clone(), user.clone())).or_default().insert(role);
    }
}

/// All calls, as the node decided so far.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    calls: BTreeMap<CallId, Decided>,
    roles: Roles,
    room: Option<Room>,
}

impl Decisions {
    /// These are the options and the people from now on.
    pub fn know<'a>(&mut self, meetings: &[Meeting], users: impl Iterator<Item = &'a RawId> + Clone) {
        for meeting in meetings {
            users.clone().for_each(|user| self.roles.add(meeting, user));
        }
    }

    /// This is the room from now on.
    pub fn know_room(&mut self, room: &Room) {
        self.room = Some(room.clone());
    }

    /// Somebody asks for something with a leg that is in a call; the client may believe that it still waits.
    pub fn asked(&mut self, leg: &ParticipantId, by: &RawId, request: &Request) {
        let Some(decided) = self.calls.values_mut().find(|decided| decided.truth.legs.contains_key(leg)) else {
            return;
        };
        let wishes = match request {
            Request::Admit { user } => vec![Wish::Admit(user.clone())],
            Request::AdmitAll {} => vec![Wish::AdmitAll],
            Request::PutBack { user } => vec![Wish::PutBack(user.clone())],
            Request::Remove { user } => vec![Wish::Remove(user.clone())],
            Request::LiftBar { user } | Request::AddParticipant { user } => vec![Wish::Lift(user.clone())],
            Request::Mute { user } => vec![Wish::Mute(user.clone())],
            Request::MuteAll {} => vec![Wish::MuteAll],
            Request::SetRole { user, role } => vec![Wish::Role(user.clone(), *role)],
            Request::SetAccess { users: None, .. } => vec![Wish::Access(None)],
            Request::SetAccess { users: Some(users), .. } => {
                users.iter().map(|user| Wish::Access(Some(user.clone()))).collect()
            }
            _ => vec![],
        };
        decided.asked.extend(wishes.into_iter().map(|wish| (by.clone(), wish)));
    }

    /// The legs of somebody who waits.
    pub fn waiting(&self, call: &CallId, user: &RawId) -> Vec<ParticipantId> {
        let waiting = self.calls.get(call).into_iter().flat_map(|decided| &decided.truth.waiting);
        waiting.filter(|(_, (owner, _))| owner == user).map(|(leg, _)| leg.clone()).collect()
    }

    /// The node wants these lines written.
    ///
    /// # Errors
    /// The first rule that its decision breaks.
    pub fn take(&mut self, rows: &[JournalRow], meetings: &[Meeting]) -> Result<(), Violation> {
        for row in rows {
            if let JournalRow::CallStarted { call, target, .. } = row {
                let truth = CallTruth::new(target.clone());
                self.calls.entry(call.clone()).or_insert_with(|| Decided::new(truth));
            }
            let Some(decided) = self.calls.get_mut(call_of(row)) else { continue };
            let of_room = matches!(decided.truth.target, CallTarget::Room { .. });
            decided.room = self.room.clone().filter(|_| of_room);
            let checked = decided.check(row, meetings, &self.roles);
            decided.take(row);
            checked?;
        }
        Ok(())
    }

    /// Who waits for longer than anybody may.
    ///
    /// # Errors
    /// If there is somebody.
    pub fn check_waits(&self, now: WallMs) -> Result<(), Violation> {
        for decided in self.calls.values() {
            if let Some((leg, _)) = decided.since.iter().find(|(_, since)| overdue(**since, now)) {
                return Err(Violation::new(Rule::WaitsEnd, format!("leg {leg} still waits")));
            }
        }
        Ok(())
    }

    /// The process died: what was not durable was never decided.
    pub fn restart(&mut self, truths: &BTreeMap<CallId, CallTruth>) {
        let open = truths.iter().filter(|(_, truth)| !truth.ended);
        self.calls = open.map(|(call, truth)| (call.clone(), Decided::new(truth.clone()))).collect();
    }
}
