//! Raised hands, in the order in which they were raised. They outlive a restart and a lost connection, but not leaving.

use crate::Output;
use crate::common::Core;
use crate::roster::Roster;
use convene_model::record::JournalRow;
use convene_model::{Capability, ErrorCode, ParticipantId, RawId};
use convene_protocol::Event;

/// The name under which the journal keeps hands.
pub(crate) const FEATURE: &str = "hand";

#[derive(Debug, Default)]
pub(crate) struct Hands {
    raised: Vec<RawId>,
    changed: bool,
}

impl Hands {
    /// Raises the hand of a leg's user; a hand that is up stays where it is.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] if the role may not.
    pub fn raise(&mut self, core: &mut Core, roster: &Roster, leg: &ParticipantId) -> Result<(), ErrorCode> {
        if !roster.may(core, leg, Capability::RaiseHand) {
            return Err(ErrorCode::Forbidden);
        }
        let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?;
        if !self.raised.contains(user) {
            self.raised.push(user.clone());
            self.note(core, user, Some("raised".into()));
        }
        Ok(())
    }

    /// Lowers hands: those of `users`, or all.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] for hands of others without the capability to mute them. Nothing is changed then.
    pub fn lower(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        leg: &ParticipantId,
        users: Option<Vec<RawId>>,
    ) -> Result<(), ErrorCode> {
        let own = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?;
        let users = users.unwrap_or_else(|| self.raised.clone());
        if users.iter().any(|user| user != own) && !roster.may(core, leg, Capability::MuteOthers) {
            return Err(ErrorCode::Forbidden);
        }
        self.lower_those(core, |user| users.contains(user));
        Ok(())
    }

    fn lower_those(&mut self, core: &mut Core, which: impl Fn(&RawId) -> bool) {
        let (lowered, raised) = std::mem::take(&mut self.raised).into_iter().partition(|user| which(user));
        self.raised = raised;
        for user in lowered {
            self.note(core, &user, None);
        }
    }

    fn note(&mut self, core: &mut Core, user: &RawId, value: Option<String>) {
        self.changed = true;
        let (call, feature, at) = (core.id.clone(), FEATURE.to_owned(), core.now.wall);
        core.journal(JournalRow::Kept { call, feature, user: user.clone(), value, at });
    }

    /// Puts a hand back up. For a recovery.
    pub fn restore(&mut self, user: RawId) {
        self.raised.push(user);
    }

    /// Ends a step: whoever left has no hand up, everybody learns of a change, and `came` of how it is.
    pub fn settle(&mut self, core: &mut Core, roster: &Roster, came: &[ParticipantId]) {
        self.lower_those(core, |user| roster.member(user).is_none());
        let event = Event::HandsChanged { hands: self.raised.clone() };
        if std::mem::take(&mut self.changed) {
            roster.tell_everybody(core, &event);
        } else {
            greet(core, roster, came, event, self.raised.is_empty());
        }
    }
}

/// Tells those who just came how it is; not that nothing is, unless they may believe otherwise.
pub(crate) fn greet(core: &mut Core, roster: &Roster, came: &[ParticipantId], event: Event, nothing: bool) {
    for leg in came {
        if roster.leg(leg).is_some_and(|state| !nothing || state.knows_more) {
            core.effect(Output::Send { leg: leg.clone(), event: event.clone() });
        }
    }
}
