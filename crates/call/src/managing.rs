//! Leading a call: requests that need a capability, and those that touch more than one feature.

use crate::access;
use crate::call::Call;
use convene_model::media::Source;
use convene_model::{Capability, ErrorCode, ParticipantId, RawId};
use convene_protocol::Reply;

impl Call {
    pub(crate) fn allowed<T>(
        &mut self,
        leg: &ParticipantId,
        needed: Capability,
        act: impl FnOnce(&mut Self, &RawId) -> Result<T, ErrorCode>,
    ) -> Result<T, ErrorCode> {
        match self.roster.user_of(leg).cloned() {
            Some(by) if self.roster.may(&self.core, leg, needed) => act(self, &by),
            Some(_) | None => Err(ErrorCode::Forbidden),
        }
    }

    pub(crate) fn remove(&mut self, user: &RawId, by: &RawId) -> Result<(), ErrorCode> {
        if self.roster.member(user).is_none() && self.ringing.cancel(&mut self.core, &self.roster, user) {
            return Ok(());
        }
        self.removals.bar(&mut self.core, &self.roster, user, by)?;
        for leg in self.roster.legs_of(user) {
            self.member_leaves(&leg, ErrorCode::Removed);
        }
        self.roster.decided.forget_role(user);
        Ok(())
    }

    pub(crate) fn put_back(&mut self, user: &RawId, by: &RawId) -> Result<(), ErrorCode> {
        let member = self.roster.member(user).ok_or(ErrorCode::NotFound)?;
        if !self.core.has_lobby() || member.person.role.owns_meeting() || member.person.host || user == by {
            return Err(ErrorCode::Forbidden);
        }
        // An agent cannot wait: its app has to come again.
        if self.agents.is_one(user) {
            for leg in self.roster.legs_of(user) {
                self.member_leaves(&leg, ErrorCode::PutBack);
            }
            return Ok(());
        }
        self.hold(user, by);
        Ok(())
    }

    pub(crate) fn set_access(
        &mut self,
        users: Option<Vec<RawId>>,
        source: Source,
        permitted: bool,
        by: &RawId,
    ) -> Result<(), ErrorCode> {
        access::set_access(&mut self.core, &mut self.roster, users, source, permitted, by)?;
        self.videos.refresh(&mut self.core, &self.roster);
        Ok(())
    }

    pub(crate) fn admit_all(&mut self, by: &RawId) -> Reply {
        let (mut admitted, mut failed) = (0, 0);
        for waiter in self.lobby.views(self.core.now.mono) {
            match self.lobby.admit(&mut self.core, &mut self.roster, &waiter.user, Some(by)) {
                Ok(()) => admitted += 1,
                Err(_) => failed += 1,
            }
        }
        Reply::AdmittedAll { admitted, failed }
    }
}
