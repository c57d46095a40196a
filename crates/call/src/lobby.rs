//! The lobby: who waits for admission.
//!
//! A waiter is a type of its own. It owns no media, sees no roster and no chat; all that leaves towards it is the reply
//! `waiting`, then `admitted` or `ended`. Waiting places are bounded apart from the call's.

use crate::common::Core;
use crate::output::RequestId;
use crate::removal::Removals;
use crate::roster::Roster;
use crate::{Inside, Output, Person, Verdict, decide};
use convene_model::happened::What;
use convene_model::limits::{LOBBY_MAX, RESUME_WITHIN_MS};
use convene_model::record::JournalRow;
use convene_model::{Capability, ErrorCode, ParticipantId, PeerId, RawId};
use convene_protocol::{Event, LobbyOutcome, Reply, WaiterView, WaitingView};
use std::collections::BTreeMap;
use std::time::Duration;

/// A leg that wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLeg {
    /// Its new id.
    pub participant: ParticipantId,
    /// Whose it is; from the token.
    pub user: RawId,
    /// The cleaned name under which it comes.
    pub display_name: String,
    /// What admission looks at.
    pub person: Person,
    /// The peer that its media will have, once it is in. The following `u16::MAX` numbers are the leg's own as well.
    pub peer: PeerId,
    /// Whether it comes muted.
    pub muted: bool,
    /// With this it comes back after its connection was lost.
    pub resume_secret: String,
    /// The secret's hash, for the journal.
    pub resume_hash: String,
}

#[derive(Debug)]
struct WaitingLeg {
    peer: PeerId,
    muted: bool,
    resume_secret: String,
    resume_hash: String,
    /// Its connection is lost; until when it may knock again without losing its place.
    away_until: Option<Duration>,
}

#[derive(Debug)]
struct Waiter {
    display_name: String,
    person: Person,
    since: Duration,
    expires: Duration,
    /// Put back from the call: only somebody's word lets this waiter in again.
    held: bool,
    legs: BTreeMap<ParticipantId, WaitingLeg>,
}

impl Waiter {
    fn view(&self, user: &RawId, now: Duration) -> WaiterView {
        WaiterView {
            user: user.clone(),
            display_name: self.display_name.clone(),
            waited_ms: now.saturating_sub(self.since).as_millis() as u64,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Lobby {
    waiters: BTreeMap<RawId, Waiter>,
    users: BTreeMap<ParticipantId, RawId>,
}

impl Lobby {
    pub fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    pub fn has(&self, leg: &ParticipantId) -> bool {
        self.users.contains_key(leg)
    }

    /// Whether `user` waits.
    pub fn waits(&self, user: &RawId) -> bool {
        self.waiters.contains_key(user)
    }

    /// Whether `user` waits and was put back.
    pub fn holds(&self, user: &RawId) -> bool {
        self.waiters.get(user).is_some_and(|waiter| waiter.held)
    }

    pub fn leg_ids(&self) -> Vec<ParticipantId> {
        self.users.keys().cloned().collect()
    }

    pub fn next_due(&self) -> Option<Duration> {
        let expiries = self.waiters.values().map(|waiter| waiter.expires);
        let returns = self.waiters.values().flat_map(|waiter| waiter.legs.values()).filter_map(|leg| leg.away_until);
        expiries.chain(returns).min()
    }

    /// Who waits, longest first, for those who may see it.
    pub fn views(&self, now: Duration) -> Vec<WaiterView> {
        let mut views: Vec<WaiterView> = self.waiters.iter().map(|(user, waiter)| waiter.view(user, now)).collect();
        views.sort_by_key(|view| std::cmp::Reverse(view.waited_ms));
        views
    }

    /// Puts a leg into the lobby, answers it, and tells those who manage the lobby.
    pub fn knock(&mut self, core: &mut Core, roster: &Roster, new: NewLeg, request: RequestId) {
        let leg = new.participant.clone();
        if self.users.len() >= LOBBY_MAX {
            core.reply(&leg, request, Err(ErrorCode::LobbyFull));
            core.effect(Output::LegOver { leg, reason: ErrorCode::LobbyFull });
            return;
        }
        core.journal(JournalRow::Knocked {
            call: core.id.clone(),
            participant: leg.clone(),
            user: new.user.clone(),
            at: core.now.wall,
        });
        let waiting = self.add(core, roster, new, false);
        core.reply(&leg, request, Ok(Reply::Waiting { waiting }));
    }

    /// Puts a leg back that was in the call. Whoever is away stays so, and has no longer to come back than before.
    pub fn hold(&mut self, core: &mut Core, roster: &Roster, new: NewLeg, away_until: Option<Duration>, by: &RawId) {
        let leg = new.participant.clone();
        core.journal(JournalRow::PutBack {
            call: core.id.clone(),
            participant: leg.clone(),
            user: new.user.clone(),
            by: by.clone(),
            at: core.now.wall,
        });
        let user = new.user.clone();
        let waiting = self.add(core, roster, new, true);
        let state = self.waiters.get_mut(&user).and_then(|waiter| waiter.legs.get_mut(&leg));
        state.expect("it was just added").away_until = away_until;
        core.effect(Output::Send { leg, event: Event::PutBack { waiting } });
    }

    fn add(&mut self, core: &mut Core, roster: &Roster, new: NewLeg, held: bool) -> WaitingView {
        let NewLeg { participant, user, display_name, person, peer, muted, resume_secret, resume_hash } = new;
        let now = core.now.mono;
        let first_leg = !self.waiters.contains_key(&user);
        let expires = now + core.policy.wait;
        let waiter = self.waiters.entry(user.clone()).or_insert_with(|| Waiter {
            display_name,
            person,
            since: now,
            expires,
            held,
            legs: BTreeMap::new(),
        });
        let leg = WaitingLeg { peer, muted, resume_secret, resume_hash, away_until: None };
        waiter.legs.insert(participant.clone(), leg);
        self.users.insert(participant.clone(), user.clone());
        let expires_in_ms = waiter.expires.saturating_sub(now).as_millis() as u64;
        if first_leg {
            core.tell(What::Knocked { user: user.clone(), display_name: waiter.display_name.clone() });
            let waiter = waiter.view(&user, now);
            roster.tell_lobby_managers(core, &Event::Knocked { waiter });
        }
        WaitingView { participant_id: participant, expires_in_ms }
    }

    /// Lets `user` in with all legs. `by`: who decided, `None` for the policy.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if nobody by that id waits, [`ErrorCode::CallFull`] if there is no place.
    pub fn admit(
        &mut self,
        core: &mut Core,
        roster: &mut Roster,
        user: &RawId,
        by: Option<&RawId>,
    ) -> Result<(), ErrorCode> {
        if !self.waiters.contains_key(user) {
            return Err(ErrorCode::NotFound);
        }
        if roster.is_full() {
            return Err(ErrorCode::CallFull);
        }
        let waiter = self.waiters.remove(user).expect("just seen");
        self.users.retain(|_, owner| owner != user);
        core.tell(What::Admitted { user: user.clone(), by: by.cloned() });
        let outcome = LobbyOutcome::Admitted;
        roster.tell_lobby_managers(core, &Event::LobbyLeft { user: user.clone(), outcome });
        let mut entered = Vec::new();
        for (participant, leg) in waiter.legs {
            entered.push(participant.clone());
            let new = NewLeg {
                participant: participant.clone(),
                user: user.clone(),
                display_name: waiter.display_name.clone(),
                person: waiter.person,
                peer: leg.peer,
                muted: leg.muted,
                resume_secret: leg.resume_secret,
                resume_hash: leg.resume_hash,
            };
            roster.enter(core, new, by.cloned());
            if leg.away_until.is_some() {
                roster.leg_mut(&participant).expect("it just entered").away_until = leg.away_until;
                roster.tell_changed(core, user, None);
            }
        }
        for leg in entered {
            let may_manage = roster.may(core, &leg, Capability::ManageLobby);
            let waiters = if may_manage { self.views(core.now.mono) } else { vec![] };
            let call = roster.view(core, &leg, waiters);
            core.effect(Output::Send { leg, event: Event::Admitted { call } });
        }
        Ok(())
    }

    /// `user` comes in with another leg, as `person`: the legs that wait come along.
    pub fn come_along(&mut self, core: &mut Core, roster: &mut Roster, user: &RawId, person: Person) {
        let Some(waiter) = self.waiters.get_mut(user) else { return };
        waiter.person = person;
        // A full call keeps them waiting.
        let _full = self.admit(core, roster, user, None);
    }

    /// The meeting's options, or its list of attendees, make somebody who waits stand otherwise.
    pub fn stand_otherwise(&mut self, user: &RawId, person: Person) {
        if let Some(waiter) = self.waiters.get_mut(user) {
            waiter.person = person;
        }
    }

    pub fn user_ids(&self) -> impl Iterator<Item = &RawId> {
        self.waiters.keys()
    }

    /// Lets in whom the policy lets in by now, and sends away whom it no longer takes at all: somebody of the organization
    /// came, or the policy changed. A lock keeps out who comes, not who waits already. Where there is no lobby any more, nobody is left
    /// whose word could let in who was put back.
    pub fn reconsider(&mut self, core: &mut Core, roster: &mut Roster, removals: &Removals) {
        let users: Vec<RawId> = self.waiters.keys().cloned().collect();
        for user in users {
            let waiter = &self.waiters[&user];
            let inside = inside(roster, removals);
            match decide(&core.policy, &waiter.person, inside) {
                Verdict::Enter if !waiter.held || !core.has_lobby() => {
                    // A full call keeps them waiting; they come in when asked for again.
                    let _full = self.admit(core, roster, &user, None);
                }
                Verdict::Enter | Verdict::Wait | Verdict::Refuse(ErrorCode::MeetingLocked) => {}
                Verdict::Refuse(reason) => self.send_away(core, roster, &user, reason, LobbyOutcome::Rejected),
            }
        }
    }

    /// Ends the wait of `user` with all legs.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if nobody by that id waits.
    pub fn reject(&mut self, core: &mut Core, roster: &Roster, user: &RawId) -> Result<(), ErrorCode> {
        if !self.waiters.contains_key(user) {
            return Err(ErrorCode::NotFound);
        }
        self.send_away(core, roster, user, ErrorCode::LobbyRejected, LobbyOutcome::Rejected);
        Ok(())
    }

    /// The connection of a waiting leg was lost: it keeps its place for a while, for when its owner knocks again. False if
    /// the leg does not wait.
    pub fn went_away(&mut self, core: &Core, leg: &ParticipantId) -> bool {
        let Some(user) = self.users.get(leg) else { return false };
        let state = self.waiters.get_mut(user).and_then(|waiter| waiter.legs.get_mut(leg));
        state.expect("a waiting leg is there").away_until =
            Some(core.now.mono + Duration::from_millis(RESUME_WITHIN_MS));
        true
    }

    /// Ends the waits whose time is up, and forgets the legs that were away for too long.
    pub fn expire(&mut self, core: &mut Core, roster: &Roster) {
        let now = core.now.mono;
        let due: Vec<RawId> =
            self.waiters.iter().filter(|(_, waiter)| waiter.expires <= now).map(|(user, _)| user.clone()).collect();
        for user in due {
            self.send_away(core, roster, &user, ErrorCode::LobbyExpired, LobbyOutcome::Expired);
        }
        let gone: Vec<ParticipantId> = self
            .waiters
            .values()
            .flat_map(|waiter| waiter.legs.iter())
            .filter(|(_, leg)| leg.away_until.is_some_and(|until| until <= now))
            .map(|(id, _)| id.clone())
            .collect();
        for leg in gone {
            self.leave(core, roster, &leg, ErrorCode::Vanished, LobbyOutcome::Left);
        }
    }

    /// Ends the wait of somebody who was put back, and whose invitation was taken back since.
    pub fn uninvite(&mut self, core: &mut Core, roster: &Roster, user: &RawId) {
        if self.waiters.get(user).is_some_and(|waiter| waiter.person.invited) {
            self.send_away(core, roster, user, ErrorCode::InviteRemoved, LobbyOutcome::Left);
        }
    }

    fn send_away(&mut self, core: &mut Core, roster: &Roster, user: &RawId, reason: ErrorCode, outcome: LobbyOutcome) {
        let legs: Vec<ParticipantId> = self.waiters[user].legs.keys().cloned().collect();
        for leg in legs {
            self.leave(core, roster, &leg, reason, outcome);
        }
    }

    /// Takes one leg out of the lobby. False if it is not here.
    pub fn leave(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        leg: &ParticipantId,
        reason: ErrorCode,
        outcome: LobbyOutcome,
    ) -> bool {
        let Some(user) = self.users.remove(leg) else { return false };
        let waiter = self.waiters.get_mut(&user).expect("a waiting leg's user waits");
        waiter.legs.remove(leg);
        core.journal(JournalRow::LobbyLeft {
            call: core.id.clone(),
            participant: leg.clone(),
            user: user.clone(),
            reason,
            at: core.now.wall,
        });
        core.effect(Output::LegOver { leg: leg.clone(), reason });
        if waiter.legs.is_empty() {
            self.waiters.remove(&user);
            core.tell(What::LobbyLeft { user: user.clone(), reason });
            roster.tell_lobby_managers(core, &Event::LobbyLeft { user, outcome });
        }
        true
    }
}

/// What admission must know of the call now.
pub(crate) fn inside(roster: &Roster, removals: &Removals) -> Inside {
    Inside { anybody: !roster.is_empty(), organization: roster.organization_in(), removals: removals.any }
}
