//! Who gets in: the join table (DESIGN §5).

use convene_model::{Affiliation, ErrorCode, Now, Role, WallMs, limits::LOBBY_WAIT_MS, record::LobbyScope};
use std::time::Duration;

/// A call's admission policy, and what attendees may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether people from outside the organization may come at all.
    pub guests_allowed: bool,
    /// Whether they may be in before any user of the organization is.
    pub guests_may_start: bool,
    /// Who need not wait.
    pub lobby: LobbyScope,
    /// Nobody new comes in, but the organizer and co-organizers.
    pub locked: bool,
    /// Whether attendees may unmute themselves.
    pub attendees_may_speak: bool,
    /// Whether attendees may turn their camera on.
    pub attendees_may_be_seen: bool,
    /// Those who are not invited may not even knock: rooms without a lobby.
    pub invited_only: bool,
    /// When the call may be; always, if `None`.
    pub window: Option<Window>,
    /// How long somebody waits at most.
    pub wait: Duration,
    /// A group call with a lobby, which its hosts manage.
    pub hosted: bool,
    /// Whoever is in a hosted call before its first host only called that host, and waits from then on.
    pub caller_waits: bool,
}

/// When a room may be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: WallMs,
    /// The first moment at which it is over.
    pub until: WallMs,
}

impl Window {
    /// # Errors
    /// Whoever wants in now is told this.
    pub fn check(&self, now: WallMs) -> Result<(), ErrorCode> {
        if now >= self.until {
            Err(ErrorCode::RoomOver)
        } else if now < self.from {
            Err(ErrorCode::RoomNotOpen)
        } else {
            Ok(())
        }
    }

    /// When it is over, as [`Now::mono`].
    pub fn ends(&self, now: Now) -> Duration {
        now.mono + Duration::from_millis(u64::try_from(self.until - now.wall).unwrap_or(0))
    }
}

impl Policy {
    /// Everybody comes in: group calls.
    pub fn open() -> Self {
        Self {
            guests_allowed: true,
            guests_may_start: true,
            lobby: LobbyScope::Everyone,
            locked: false,
            attendees_may_speak: true,
            attendees_may_be_seen: true,
            invited_only: false,
            window: None,
            wait: Duration::from_millis(LOBBY_WAIT_MS),
            hosted: false,
            caller_waits: false,
        }
    }

    fn lets_bypass(&self, person: &Person) -> bool {
        let organization = person.affiliation == Affiliation::Organization;
        match self.lobby {
            LobbyScope::Organizer => false,
            LobbyScope::Organization | LobbyScope::OrganizationExcludingGuests => organization,
            LobbyScope::OrganizationAndFederated => organization || person.affiliation == Affiliation::Federated,
            LobbyScope::Everyone => true,
            LobbyScope::Invited => person.invited,
        }
    }
}

/// What admission looks at; from the verified identity and the meeting, never from the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The role that the person would have.
    pub role: Role,
    /// How the person stands to the organization.
    pub affiliation: Affiliation,
    /// Whether the organizer invited the person.
    pub invited: bool,
    /// Whether this is an anonymous guest, who can come under a fresh id at any time.
    pub visitor: bool,
    /// Whether this is a host of a group call: one who never waits, and manages the lobby.
    pub host: bool,
}

/// What admission must know of the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Somebody is in the call.
    pub anybody: bool,
    /// A user of the organization is in the call.
    pub organization: bool,
    /// Somebody was removed from the call.
    pub removals: bool,
}

/// What becomes of somebody who wants in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Straight in.
    Enter,
    /// Into the lobby.
    Wait,
    /// Sent away.
    Refuse(ErrorCode),
}

/// Reads the join table.
pub fn decide(policy: &Policy, person: &Person, inside: Inside) -> Verdict {
    if person.role.owns_meeting() || person.host {
        return Verdict::Enter;
    }
    if policy.invited_only && !person.invited {
        return Verdict::Refuse(ErrorCode::NotInvited);
    }
    let guest = person.affiliation != Affiliation::Organization;
    if guest && !policy.guests_allowed {
        let code = if inside.anybody { ErrorCode::GuestsNotAllowed } else { ErrorCode::GuestsMayNotStart };
        return Verdict::Refuse(code);
    }
    if policy.locked {
        return Verdict::Refuse(ErrorCode::MeetingLocked);
    }
    let may_be_somebody_removed = person.visitor && inside.removals;
    if !policy.lets_bypass(person) || may_be_somebody_removed {
        return Verdict::Wait;
    }
    if guest && !policy.guests_may_start && !inside.organization {
        return Verdict::Wait;
    }
    Verdict::Enter
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: Person =
        Person { role: Role::Attendee, affiliation: Affiliation::Outside, invited: false, visitor: false, host: false };
    const FEDERATED: Person = Person { affiliation: Affiliation::Federated, ..GUEST };
    const COLLEAGUE: Person = Person {
        role: Role::Presenter,
        affiliation: Affiliation::Organization,
        invited: false,
        visitor: false,
        host: false,
    };
    const ORGANIZER: Person = Person { role: Role::Organizer, ..COLLEAGUE };

    fn policy(allowed: bool, may_start: bool, lobby: LobbyScope) -> Policy {
        Policy { guests_allowed: allowed, guests_may_start: may_start, lobby, ..Policy::open() }
    }

    #[test]
    fn the_join_table_row_by_row() {
        use LobbyScope::{Everyone, Organization};
        let none_in = Inside::default();
        let guests_in = Inside { anybody: true, ..none_in };
        let all_in = Inside { organization: true, ..guests_in };
        let rows = [
            (policy(false, false, Everyone), none_in, Verdict::Refuse(ErrorCode::GuestsMayNotStart)),
            (policy(false, true, Everyone), all_in, Verdict::Refuse(ErrorCode::GuestsNotAllowed)),
            (policy(false, true, Everyone), guests_in, Verdict::Refuse(ErrorCode::GuestsNotAllowed)),
            (policy(true, false, Everyone), none_in, Verdict::Wait),
            (policy(true, false, Organization), none_in, Verdict::Wait),
            (policy(true, true, Everyone), none_in, Verdict::Enter),
            (policy(true, true, Everyone), all_in, Verdict::Enter),
            (policy(true, false, Everyone), all_in, Verdict::Enter),
            (policy(true, true, Organization), none_in, Verdict::Wait),
            (policy(true, false, Organization), all_in, Verdict::Wait),
        ];
        for (policy, inside, expected) in rows {
            assert_eq!(decide(&policy, &GUEST, inside), expected, "{policy:?} {inside:?}");
        }
    }

    #[test]
    fn each_lobby_scope_lets_its_own_people_pass() {
        let invited = Person { invited: true, ..GUEST };
        let people = [COLLEAGUE, FEDERATED, GUEST, invited];
        let inside = Inside { anybody: true, organization: true, removals: false };
        let passes = |scope| people.map(|person| decide(&policy(true, true, scope), &person, inside) == Verdict::Enter);
        assert_eq!(passes(LobbyScope::Organizer), [false, false, false, false]);
        assert_eq!(passes(LobbyScope::Organization), [true, false, false, false]);
        assert_eq!(passes(LobbyScope::OrganizationExcludingGuests), [true, false, false, false]);
        assert_eq!(passes(LobbyScope::OrganizationAndFederated), [true, true, false, false]);
        assert_eq!(passes(LobbyScope::Everyone), [true, true, true, true]);
        assert_eq!(passes(LobbyScope::Invited), [false, false, false, true]);
    }

    #[test]
    fn the_organizer_never_waits() {
        for scope in LobbyScope::ALL {
            let locked = Policy { locked: true, ..policy(false, false, scope) };
            assert_eq!(decide(&locked, &ORGANIZER, Inside::default()), Verdict::Enter);
        }
    }

    #[test]
    fn a_user_of_the_organization_starts_the_meeting_even_where_guests_may_not() {
        let policy = policy(false, false, LobbyScope::Organization);
        assert_eq!(decide(&policy, &COLLEAGUE, Inside::default()), Verdict::Enter);
    }

    #[test]
    fn a_room_lets_the_invited_in_and_others_knock_only_where_it_has_a_lobby() {
        let room = Policy { invited_only: true, ..policy(true, true, LobbyScope::Invited) };
        let with_lobby = Policy { invited_only: false, ..room.clone() };
        let invited = Person { invited: true, ..GUEST };
        let inside = Inside::default();
        assert_eq!(decide(&room, &invited, inside), Verdict::Enter);
        assert_eq!(decide(&room, &GUEST, inside), Verdict::Refuse(ErrorCode::NotInvited));
        assert_eq!(decide(&with_lobby, &invited, inside), Verdict::Enter);
        assert_eq!(decide(&with_lobby, &GUEST, inside), Verdict::Wait);
    }

    #[test]
    fn a_hosted_group_call_takes_its_hosts_and_whom_its_app_named() {
        let presenter = Person { role: Role::Presenter, ..GUEST };
        let people = [presenter, Person { invited: true, ..presenter }, Person { host: true, ..presenter }];
        let hosted = |lobby| Policy { lobby, hosted: true, ..Policy::open() };
        let enters = |lobby| people.map(|person| decide(&hosted(lobby), &person, Inside::default()) == Verdict::Enter);
        assert_eq!(enters(LobbyScope::Everyone), [true, true, true]);
        assert_eq!(enters(LobbyScope::Invited), [false, true, true]);
        assert_eq!(enters(LobbyScope::Organizer), [false, false, true]);
    }

    #[test]
    fn a_window_is_open_from_its_first_moment_and_over_at_its_last() {
        let window = Window { from: 1_000, until: 3_000 };
        assert_eq!(window.check(999), Err(ErrorCode::RoomNotOpen));
        assert_eq!((window.check(1_000), window.check(2_999)), (Ok(()), Ok(())));
        assert_eq!(window.check(3_000), Err(ErrorCode::RoomOver));
        let now = Now { mono: Duration::from_secs(7), wall: 2_500 };
        assert_eq!(window.ends(now), Duration::from_millis(7_500));
        assert_eq!(window.ends(Now { wall: 9_000, ..now }), now.mono);
    }

    #[test]
    fn a_locked_meeting_takes_nobody_new_but_its_owners() {
        let locked = Policy { locked: true, ..policy(true, true, LobbyScope::Everyone) };
        for person in [GUEST, FEDERATED, COLLEAGUE] {
            assert_eq!(decide(&locked, &person, Inside::default()), Verdict::Refuse(ErrorCode::MeetingLocked));
        }
    }

    #[test]
    fn after_a_removal_fresh_visitors_wait_even_where_nobody_waits() {
        let everyone = policy(true, true, LobbyScope::Everyone);
        let visitor = Person { visitor: true, ..GUEST };
        let removals = Inside { anybody: true, organization: true, removals: true };
        assert_eq!(decide(&everyone, &visitor, Inside { removals: false, ..removals }), Verdict::Enter);
        assert_eq!(decide(&everyone, &visitor, removals), Verdict::Wait);
        assert_eq!(decide(&everyone, &GUEST, removals), Verdict::Enter);
    }
}
