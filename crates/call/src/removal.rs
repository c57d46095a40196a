//! Removing people: somebody who was removed is barred from the call until the bar is lifted.

use crate::common::Core;
use crate::roster::Roster;
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, RawId};
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(crate) struct Removals {
    barred: BTreeSet<RawId>,
    /// Whether anybody was ever removed from this call.
    pub any: bool,
}

impl Removals {
    pub fn is_barred(&self, user: &RawId) -> bool {
        self.barred.contains(user)
    }

    /// Puts a bar where it was. For a recovery.
    pub fn restore(&mut self, user: RawId, barred: bool) {
        self.any = true;
        if barred {
            self.barred.insert(user);
        } else {
            self.barred.remove(&user);
        }
    }

    /// Bars `user`. The caller takes the legs out.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if nobody by that id is in the call, [`ErrorCode::Forbidden`] for an owner of the meeting, for a
    /// host of a group call, or for oneself.
    pub fn bar(&mut self, core: &mut Core, roster: &Roster, user: &RawId, by: &RawId) -> Result<(), ErrorCode> {
        let member = roster.member(user).ok_or(ErrorCode::NotFound)?;
        if user == by || member.person.role.owns_meeting() || member.person.host {
            return Err(ErrorCode::Forbidden);
        }
        self.any = true;
        self.barred.insert(user.clone());
        let (call, at) = (core.id.clone(), core.now.wall);
        core.journal(JournalRow::Barred { call, user: user.clone(), by: by.clone(), at });
        Ok(())
    }

    /// Lets `user` come back.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if nobody by that id is barred.
    pub fn lift(&mut self, core: &mut Core, user: &RawId, by: &RawId) -> Result<(), ErrorCode> {
        if !self.barred.remove(user) {
            return Err(ErrorCode::NotFound);
        }
        let (call, at) = (core.id.clone(), core.now.wall);
        core.journal(JournalRow::BarLifted { call, user: user.clone(), by: by.clone(), at });
        Ok(())
    }
}
