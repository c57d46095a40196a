//! Handing over: one of a call of two wants the other one to go on with somebody else. It is live state, one at a time; what becomes of
//! it outside of this call is said from there.

use crate::Output;
use crate::call::Call;
use crate::common::{CallKind, Core};
use crate::lobby::NewLeg;
use crate::output::RequestId;
use crate::roster::Roster;
use crate::{Verdict, ending, hosts};
use convene_model::limits::TRANSFER_SLACK_MS;
use convene_model::{ErrorCode, Now, ParticipantId, RawId, TransferId};
use convene_protocol::{Event, Reply};
use std::time::Duration;

const NOT_OF_TWO: &str = "Only a call of two people that somebody has answered can be transferred.";
const ALREADY: &str = "This call is being transferred already.";
const TO_WHOM: &str = "A call is transferred to somebody who is not in it.";

#[derive(Debug)]
struct Pending {
    id: TransferId,
    /// Who hands over.
    by: ParticipantId,
    /// Who is handed over.
    transferee: RawId,
    /// When it counts as failed.
    due: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Transferring {
    pending: Option<Pending>,
}

impl Transferring {
    pub fn next_due(&self) -> Option<Duration> {
        self.pending.as_ref().map(|pending| pending.due)
    }

    fn take(&mut self, id: &TransferId) -> Option<Pending> {
        self.pending.take_if(|pending| pending.id == *id)
    }

    /// Gives up what takes too long.
    pub fn expire(&mut self, core: &mut Core) {
        let now = core.now.mono;
        if let Some(pending) = self.pending.take_if(|pending| pending.due <= now) {
            failed(core, pending.by, ErrorCode::NotAnswered);
        }
    }

    /// Ends a step: without both of them there is nothing to be handed over.
    pub fn settle(&mut self, core: &mut Core, roster: &Roster) {
        let gone =
            |pending: &mut Pending| roster.leg(&pending.by).is_none() || roster.member(&pending.transferee).is_none();
        if let Some(pending) = self.pending.take_if(gone)
            && roster.leg(&pending.by).is_some()
        {
            failed(core, pending.by, ErrorCode::OtherLeft);
        }
    }
}

fn failed(core: &mut Core, leg: ParticipantId, reason: ErrorCode) {
    core.effect(Output::Send { leg, event: Event::TransferFailed { reason: reason.into() } });
}

impl Call {
    /// A leg hands the other one over, to `target` or to another call. Answered by `done`, or an error. `wait`: how long a ring of the
    /// other one's may take.
    pub fn handle_transfer(
        &mut self,
        leg: &ParticipantId,
        request: RequestId,
        id: TransferId,
        target: Option<RawId>,
        wait: Duration,
        now: Now,
    ) {
        self.begin(now);
        match self.transfer(leg, id, target, wait) {
            Ok(()) => self.core.reply(leg, request, Ok(Reply::Done {})),
            Err((code, message)) => {
                let message = message.unwrap_or(code.message()).to_owned();
                self.core.effect(Output::Refuse { leg: leg.clone(), request, code, message });
            }
        }
        self.end();
    }

    fn transfer(
        &mut self,
        leg: &ParticipantId,
        id: TransferId,
        target: Option<RawId>,
        wait: Duration,
    ) -> Result<(), (ErrorCode, Option<&'static str>)> {
        if self.is_echo_test() {
            return Err((ErrorCode::Forbidden, Some(NOT_OF_TWO)));
        }
        let Self { core, roster, ringing, transferring, .. } = self;
        let by = roster.user_of(leg).cloned().ok_or((ErrorCode::BadRequest, None))?;
        let mut others = roster.members().map(|(user, _)| user).filter(|user| **user != by);
        let (Some(transferee), None, true) = (others.next().cloned(), others.next(), ringing.is_of_two()) else {
            return Err((ErrorCode::Forbidden, Some(NOT_OF_TWO)));
        };
        if target.as_ref().is_some_and(|target| roster.member(target).is_some()) {
            return Err((ErrorCode::BadRequest, Some(TO_WHOM)));
        }
        if transferring.pending.is_some() {
            return Err((ErrorCode::BadRequest, Some(ALREADY)));
        }
        for to in roster.legs_of(&transferee) {
            let event = Event::TransferRequested { transfer: id.clone(), by: by.clone(), target: target.clone() };
            core.effect(Output::Send { leg: to, event });
        }
        let due = core.now.mono + wait + Duration::from_millis(TRANSFER_SLACK_MS);
        transferring.pending = Some(Pending { id, by: leg.clone(), transferee, due });
        Ok(())
    }

    /// The other one is with somebody else, and this call over for both; or `failed`, and it goes on. Nothing if the transfer is over.
    pub fn handle_transfer_over(&mut self, id: &TransferId, reason: Option<ErrorCode>, now: Now) {
        self.begin(now);
        if let Some(Pending { by, transferee, .. }) = self.transferring.take(id) {
            match reason {
                Some(reason) => failed(&mut self.core, by, reason),
                None => self.handed_over(&by, &transferee),
            }
        }
        self.end();
    }

    fn handed_over(&mut self, by: &ParticipantId, transferee: &RawId) {
        if self.roster.members().nth(2).is_none() {
            self.negotiations.forget_all(&mut self.core, ErrorCode::Transferred);
            ending::end_for_everyone(&mut self.core, &mut self.roster, &mut self.lobby, ErrorCode::Transferred);
            return;
        }
        let by = self.roster.user_of(by).cloned();
        for user in by.iter().chain([transferee]) {
            self.leave_with_all_legs(user);
        }
    }

    fn leave_with_all_legs(&mut self, user: &RawId) {
        for leg in self.roster.legs_of(user) {
            self.member_leaves(&leg, ErrorCode::Transferred);
        }
    }

    /// Who is handed over by this transfer, if it goes on.
    pub fn transferee(&self, id: &TransferId) -> Option<&RawId> {
        self.transferring.pending.as_ref().filter(|pending| pending.id == *id).map(|pending| &pending.transferee)
    }

    /// Somebody comes in, to whom `replaced` leaves the place: nobody leaves if that one does not come in. Answered as
    /// [`Call::handle_join`].
    pub fn handle_replace(&mut self, new: NewLeg, request: RequestId, replaced: &RawId, now: Now) {
        self.begin(now);
        let leg = new.participant.clone();
        let by_host = hosts::is_one(&self.roster, replaced);
        if self.verdict(&new, by_host) == Verdict::Wait {
            // Nobody takes a place in the lobby.
            self.core.reply(&leg, request, Err(ErrorCode::Forbidden));
            self.core.effect(Output::LegOver { leg, reason: ErrorCode::Forbidden });
            self.end();
            return;
        }
        self.join(new, request, by_host);
        if self.roster.leg(&leg).is_some() {
            self.leave_with_all_legs(replaced);
        }
        self.end();
    }

    /// Whether somebody who is in the call may bring others in: not in meetings and rooms, which have their own ways in.
    pub fn takes_called(&self) -> bool {
        matches!(self.core.kind, CallKind::Group { .. })
    }

    /// The name that somebody in the call has there.
    pub fn name_of(&self, user: &RawId) -> Option<&str> {
        self.roster.member(user).map(|member| member.display_name.as_str())
    }
}
