//! Users who stand out in a call, in an order: whose hands are up, who is in the spotlight. Everybody sees the whole list, at
//! once and whenever they come in. It outlives a restart and a lost connection, but nobody stays on it who left.

use crate::Output;
use crate::common::Core;
use crate::roster::Roster;
use convene_model::happened::What;
use convene_model::record::JournalRow;
use convene_model::{ParticipantId, RawId};
use convene_protocol::Event;

#[derive(Debug)]
pub(crate) struct Marked {
    /// The name under which the journal keeps the list.
    feature: &'static str,
    /// What the journal keeps of somebody on it.
    mark: &'static str,
    users: Vec<RawId>,
    changed: bool,
    /// What subscribers are told of a user who is on the list now, or off it.
    told: Option<fn(RawId, bool) -> What>,
}

impl Marked {
    pub fn new(feature: &'static str, mark: &'static str) -> Self {
        Self { feature, mark, users: vec![], changed: false, told: None }
    }

    /// A list of whose changes subscribers are told.
    pub fn told(feature: &'static str, mark: &'static str, told: fn(RawId, bool) -> What) -> Self {
        Self { told: Some(told), ..Self::new(feature, mark) }
    }

    /// First come first.
    pub fn users(&self) -> &[RawId] {
        &self.users
    }

    /// Puts somebody at the end; who is on the list keeps the place.
    pub fn add(&mut self, core: &mut Core, user: &RawId) {
        if !self.users.contains(user) {
            self.users.push(user.clone());
            self.tell(core, user, true);
            self.note(core, user.clone(), Some(self.mark.into()));
        }
    }

    /// Takes off all of whom `which` is true.
    pub fn remove(&mut self, core: &mut Core, which: impl Fn(&RawId) -> bool) {
        for user in self.take_off(which) {
            self.tell(core, &user, false);
            self.note(core, user, None);
        }
    }

    fn take_off(&mut self, which: impl Fn(&RawId) -> bool) -> Vec<RawId> {
        let (off, users) = std::mem::take(&mut self.users).into_iter().partition(|user| which(user));
        self.users = users;
        off
    }

    fn tell(&self, core: &mut Core, user: &RawId, is_on: bool) {
        if let Some(told) = self.told {
            core.tell(told(user.clone(), is_on));
        }
    }

    fn note(&mut self, core: &mut Core, user: RawId, value: Option<String>) {
        self.changed = true;
        let (call, feature, at) = (core.id.clone(), self.feature.to_owned(), core.now.wall);
        core.journal(JournalRow::Kept { call, feature, user, value, at });
    }

    /// Puts somebody back. For a recovery.
    pub fn restore(&mut self, user: RawId) {
        self.users.push(user);
    }

    /// Ends a step: whoever left is off the list, everybody learns of a change, and `came` of how it is.
    pub fn settle(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        came: &[ParticipantId],
        event: impl FnOnce(Vec<RawId>) -> Event,
    ) {
        // Subscribers know already that they left.
        for user in self.take_off(|user| roster.member(user).is_none()) {
            self.note(core, user, None);
        }
        let event = event(self.users.clone());
        if std::mem::take(&mut self.changed) {
            roster.tell_everybody(core, &event);
        } else {
            greet(core, roster, came, event, self.users.is_empty());
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
