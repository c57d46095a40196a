//! Handing over: one of a call of two, or an app, wants somebody to go on with somebody else. It is live state; what becomes of it outside
//! of this call is said from there.

use crate::Output;
use crate::automation::{Automation, tell};
use crate::call::Call;
use crate::common::{CallKind, Core};
use crate::lobby::NewLeg;
use crate::output::RequestId;
use crate::roster::Roster;
use crate::{Verdict, ending, hosts};
use convene_model::automation::Callback;
use convene_model::limits::TRANSFER_SLACK_MS;
use convene_model::{ConnectionId, ErrorCode, Now, ParticipantId, RawId, TransferId};
use convene_protocol::{Event, Reply};
use std::collections::BTreeMap;
use std::time::Duration;

const NOT_OF_TWO: &str = "Only a call of two people that somebody has answered can be transferred.";
pub(crate) const ALREADY: &str = "This call is being transferred already.";
pub(crate) const TO_WHOM: &str = "A call is transferred to somebody who is not in it.";

/// Who hands over, and is told what becomes of it.
#[derive(Debug)]
pub(crate) enum By {
    /// Somebody who is in the call.
    Leg(ParticipantId),
    /// An app, by its connection: its other ones go on with the target.
    App { asked: Asked, target: RawId },
    /// An app that has somebody come here, from the call of its connection `from`.
    Move { asked: Asked, from: ConnectionId },
}

/// Of which connection an app asked, and what its callback is to carry.
#[derive(Debug)]
pub(crate) struct Asked {
    pub connection: ConnectionId,
    pub context: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Pending {
    pub by: By,
    /// Who is handed over.
    pub transferee: RawId,
    /// When it counts as failed.
    pub due: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Transferring {
    pub pending: BTreeMap<TransferId, Pending>,
}

impl Transferring {
    pub fn next_due(&self) -> Option<Duration> {
        self.pending.values().map(|pending| pending.due).min()
    }

    /// Whether somebody is handed over, or comes, already.
    pub fn concerns(&self, user: &RawId) -> bool {
        self.pending.values().any(|pending| pending.transferee == *user)
    }

    /// Whether an app has this one come here. Only those of a host's standing do where there is a lobby.
    pub fn brings(&self, user: &RawId) -> bool {
        let comes = |pending: &Pending| pending.transferee == *user && matches!(pending.by, By::Move { .. });
        self.pending.values().any(comes)
    }

    fn take_where(&mut self, fits: impl Fn(&Pending) -> bool) -> Vec<Pending> {
        let over = self.pending.iter().filter(|(_, pending)| fits(pending)).map(|(id, _)| id.clone());
        over.collect::<Vec<_>>().iter().filter_map(|id| self.pending.remove(id)).collect()
    }

    /// Gives up what takes too long.
    pub fn expire(&mut self, core: &mut Core) {
        let now = core.now.mono;
        for pending in self.take_where(|pending| pending.due <= now) {
            failed(core, pending, ErrorCode::NotAnswered);
        }
    }

    /// Ends a step: without both of them there is nothing to be handed over.
    pub fn settle(&mut self, core: &mut Core, roster: &Roster, automation: &Automation) {
        let wants = |by: &By| match by {
            By::Leg(leg) => roster.leg(leg).is_some(),
            By::App { asked, .. } | By::Move { asked, .. } => automation.has(&asked.connection),
        };
        let is_there = |pending: &Pending| match pending.by {
            By::Leg(_) | By::App { .. } => roster.member(&pending.transferee).is_some(),
            By::Move { .. } => true,
        };
        for pending in self.take_where(|pending| !wants(&pending.by) || !is_there(pending)) {
            if wants(&pending.by) {
                failed(core, pending, ErrorCode::OtherLeft);
            }
        }
    }
}

fn failed(core: &mut Core, Pending { by, transferee, .. }: Pending, reason: ErrorCode) {
    let (asked, callback) = match by {
        By::Leg(leg) => {
            core.effect(Output::Send { leg, event: Event::TransferFailed { reason: reason.into() } });
            return;
        }
        By::App { asked, .. } => (asked, Callback::NotTransferred { reason, advice: None }),
        By::Move { asked, from } => (asked, Callback::NotMoved { user: transferee, from, reason, advice: None }),
    };
    tell(core, &asked.connection, asked.context, callback);
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
        let by = self.roster.user_of(leg).cloned().ok_or((ErrorCode::BadRequest, None))?;
        let transferee = self.other_of_two(&by).ok_or((ErrorCode::Forbidden, Some(NOT_OF_TWO)))?;
        if target.as_ref().is_some_and(|target| self.roster.member(target).is_some()) {
            return Err((ErrorCode::BadRequest, Some(TO_WHOM)));
        }
        if !self.transferring.pending.is_empty() {
            return Err((ErrorCode::BadRequest, Some(ALREADY)));
        }
        let by = (By::Leg(leg.clone()), by);
        self.hand_over(id, by, transferee, target, wait);
        Ok(())
    }

    /// The other person, not an agent: that one is nobody who could go elsewhere.
    fn other_of_two(&self, user: &RawId) -> Option<RawId> {
        let mut others = self.roster.people().map(|(each, _)| each).filter(|each| *each != user);
        let other = others.next().cloned();
        other.filter(|_| self.ringing.is_of_two() && others.next().is_none())
    }

    /// Asks whoever is handed over to go. `by`: who is told what becomes of it, and under which name they ask.
    pub(crate) fn hand_over(
        &mut self,
        id: TransferId,
        (by, name): (By, RawId),
        transferee: RawId,
        target: Option<RawId>,
        wait: Duration,
    ) {
        self.ask_to_go(&id, name, &transferee, target);
        let due = self.core.now.mono + wait + Duration::from_millis(TRANSFER_SLACK_MS);
        self.transferring.pending.insert(id, Pending { by, transferee, due });
    }

    pub(crate) fn ask_to_go(&mut self, id: &TransferId, by: RawId, transferee: &RawId, target: Option<RawId>) {
        for leg in self.roster.legs_of(transferee) {
            let event = Event::TransferRequested { transfer: id.clone(), by: by.clone(), target: target.clone() };
            self.core.effect(Output::Send { leg, event });
        }
    }

    /// The other one is with somebody else, and this call over for both; or `failed`, and it goes on. Nothing if the transfer is over.
    pub fn handle_transfer_over(&mut self, id: &TransferId, reason: Option<ErrorCode>, now: Now) {
        self.begin(now);
        if let Some(pending) = self.transferring.pending.remove(id) {
            match (reason, pending) {
                (Some(reason), pending) => failed(&mut self.core, pending, reason),
                (None, Pending { by: By::Leg(by), transferee, .. }) => self.handed_over(&by, &transferee),
                (None, Pending { by: By::App { asked, target }, transferee, .. }) => {
                    self.handed_over_by_app(asked, target, transferee);
                }
                (None, Pending { by: By::Move { asked, from }, transferee: user, .. }) => {
                    tell(&mut self.core, &asked.connection, asked.context, Callback::Moved { user, from });
                }
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

    pub(crate) fn leave_with_all_legs(&mut self, user: &RawId) {
        for leg in self.roster.legs_of(user) {
            self.member_leaves(&leg, ErrorCode::Transferred);
        }
    }

    /// Who is handed over by this transfer, if it goes on.
    pub fn transferee(&self, id: &TransferId) -> Option<&RawId> {
        self.transferring.pending.get(id).map(|pending| &pending.transferee)
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
