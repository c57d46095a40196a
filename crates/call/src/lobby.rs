//! The lobby: who waits for admission.
//!
//! A waiter is a type of its own. It owns no media, sees no roster and no chat; all that leaves towards it is the reply
//! `waiting`, then `admitted` or `ended`. Waiting places are bounded apart from the call's.

use crate::call::Core;
use crate::output::RequestId;
use crate::roster::Roster;
use crate::{Output, Person, Verdict, decide};
use convene_model::happened::What;
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, ParticipantId, PeerId, RawId, limits};
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
    /// The peer that its media will have, once it is in.
    pub peer: PeerId,
    /// Whether it comes muted.
    pub muted: bool,
}

#[derive(Debug)]
struct Waiter {
    display_name: String,
    person: Person,
    since: Duration,
    expires: Duration,
    legs: BTreeMap<ParticipantId, (PeerId, bool)>,
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

    pub fn leg_ids(&self) -> Vec<ParticipantId> {
        self.users.keys().cloned().collect()
    }

    pub fn next_expiry(&self) -> Option<Duration> {
        self.waiters.values().map(|waiter| waiter.expires).min()
    }

    /// Who waits, longest first, for those who may see it.
    pub fn views(&self, now: Duration) -> Vec<WaiterView> {
        let mut views: Vec<WaiterView> = self.waiters.iter().map(|(user, waiter)| waiter.view(user, now)).collect();
        views.sort_by_key(|view| std::cmp::Reverse(view.waited_ms));
        views
    }

    /// Puts a leg into the lobby, answers it, and tells those who manage the lobby.
    pub fn knock(&mut self, core: &mut Core, roster: &Roster, new: NewLeg, request: RequestId) {
        let NewLeg { participant, user, display_name, person, peer, muted } = new;
        if self.users.len() >= limits::LOBBY_MAX {
            core.reply(&participant, request, Err(ErrorCode::LobbyFull));
            core.effect(Output::LegOver { leg: participant, reason: ErrorCode::LobbyFull });
            return;
        }
        let now = core.now;
        let first_leg = !self.waiters.contains_key(&user);
        let waiter = self.waiters.entry(user.clone()).or_insert_with(|| Waiter {
            display_name,
            person,
            since: now.mono,
            expires: now.mono + core.policy.wait,
            legs: BTreeMap::new(),
        });
        waiter.legs.insert(participant.clone(), (peer, muted));
        self.users.insert(participant.clone(), user.clone());
        core.journal(JournalRow::Knocked {
            call: core.id.clone(),
            participant: participant.clone(),
            user: user.clone(),
            at: now.wall,
        });
        let expires_in_ms = waiter.expires.saturating_sub(now.mono).as_millis() as u64;
        let waiting = WaitingView { participant_id: participant.clone(), expires_in_ms };
        core.reply(&participant, request, Ok(Reply::Waiting { waiting }));
        if first_leg {
            core.tell(What::Knocked { user: user.clone(), display_name: waiter.display_name.clone() });
            let waiter = waiter.view(&user, now.mono);
            roster.tell_lobby_managers(core, &Event::Knocked { waiter });
        }
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
        for (participant, (peer, muted)) in waiter.legs {
            entered.push(participant.clone());
            let new = NewLeg {
                participant,
                user: user.clone(),
                display_name: waiter.display_name.clone(),
                person: waiter.person,
                peer,
                muted,
            };
            roster.enter(core, new, by.cloned());
        }
        for leg in entered {
            let call = roster.view(core, &leg, vec![]);
            core.effect(Output::Send { leg, event: Event::Admitted { call } });
        }
        Ok(())
    }

    /// Lets in whom the policy lets in by now: somebody of the organization came, or the policy changed.
    pub fn reconsider(&mut self, core: &mut Core, roster: &mut Roster) {
        let users: Vec<RawId> = self.waiters.keys().cloned().collect();
        for user in users {
            let person = self.waiters[&user].person;
            match decide(&core.policy, &person, !roster.is_empty(), roster.organization_in()) {
                Verdict::Enter => {
                    // A full call keeps them waiting; they come in when asked for again.
                    let _full = self.admit(core, roster, &user, None);
                }
                Verdict::Wait => {}
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

    /// Ends the waits whose time is up.
    pub fn expire(&mut self, core: &mut Core, roster: &Roster) {
        let now = core.now.mono;
        let due: Vec<RawId> =
            self.waiters.iter().filter(|(_, waiter)| waiter.expires <= now).map(|(user, _)| user.clone()).collect();
        for user in due {
            self.send_away(core, roster, &user, ErrorCode::LobbyExpired, LobbyOutcome::Expired);
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
