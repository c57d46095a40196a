//! Leading a call: requests that need a capability, and those that touch more than one feature.

use crate::access;
use crate::call::Call;
use crate::lobby::NewLeg;
use convene_model::media::Source;
use convene_model::{Capability, ErrorCode, ParticipantId, PeerId, RawId};
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
        if !self.core.has_lobby() || member.person.role.owns_meeting() || user == by {
            return Err(ErrorCode::Forbidden);
        }
        let (display_name, person) = (member.display_name.clone(), member.person);
        // An agent cannot wait: its app has to come again.
        if self.agents.is_one(user) {
            for leg in self.roster.legs_of(user) {
                self.member_leaves(&leg, ErrorCode::PutBack);
            }
            return Ok(());
        }
        // They are told as out, with their last leg, before they are told as waiting.
        let mut out = Vec::new();
        for participant in self.roster.legs_of(user) {
            self.negotiations.forget(&mut self.core, &participant, ErrorCode::PutBack);
            self.videos.forget(&participant);
            let taken = self.roster.take_out(&mut self.core, &participant, ErrorCode::PutBack);
            let (_, leg) = taken.expect("a leg of a member");
            out.push((participant, leg));
        }
        for (participant, leg) in out {
            let new = NewLeg {
                participant,
                user: user.clone(),
                display_name: display_name.clone(),
                person,
                peer: PeerId(leg.peer.0 + u64::from(leg.peer_used)),
                muted: leg.muted,
                resume_secret: leg.resume_secret,
                resume_hash: leg.resume_hash,
            };
            self.lobby.hold(&mut self.core, &self.roster, new, leg.away_until, by);
        }
        self.videos.refresh(&mut self.core, &self.roster);
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
