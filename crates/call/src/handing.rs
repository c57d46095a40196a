//! What apps' servers hand over: somebody of their call to somebody else, and people of one of their calls into another one.

use crate::automation::tell;
use crate::call::Call;
use crate::ending;
use crate::transfer::{ALREADY, Asked, By, TO_WHOM};
use convene_model::automation::{AutomationRefused, Callback};
use convene_model::limits::MOVES_AT_ONCE_MAX;
use convene_model::{Capability, ConnectionId, ErrorCode, Now, RawId, TransferId};
use std::time::Duration;

const ONLY_GROUPS: &str =
    "People are handed over in calls that ring and in group calls. Nobody is taken out of, or into, a meeting or room.";
const NOT_HERE: &str = "Nobody with this raw id is in the call.";
const NOT_PAST_LOBBY: &str = "The call has a lobby that is not the app's, so the app brings nobody into it.";
const HERE_ALREADY: &str = "This user is in the call already.";
const TOO_MANY: &str = "As many people are being handed over in this call as there may be. Wait for their callbacks.";

type Refusal = (ErrorCode, Option<&'static str>);

impl Call {
    /// An app hands somebody of its call over to `target`. `wait`: how long that may ring.
    pub(crate) fn transfer_by_app(
        &mut self,
        asked: Asked,
        id: TransferId,
        transferee: Option<RawId>,
        target: RawId,
        wait: Duration,
    ) -> Result<(), AutomationRefused> {
        let connection = self.automation.connections.get(&asked.connection).ok_or(AutomationRefused::NoConnection)?;
        let name = connection.user.clone();
        let transferee = transferee.or_else(|| self.only_one()).ok_or(AutomationRefused::NoTransferee)?;
        match self.may_hand_over(&asked.connection, &transferee, &target) {
            Ok(()) => {
                self.hand_over(id, (By::App { asked, target: target.clone() }, name), transferee, Some(target), wait)
            }
            Err((reason, advice)) => {
                tell(&mut self.core, &asked.connection, asked.context, Callback::NotTransferred { reason, advice });
            }
        }
        Ok(())
    }

    /// Who is there, if it is one person.
    fn only_one(&self) -> Option<RawId> {
        let mut people = self.roster.people().map(|(user, _)| user);
        let first = people.next().cloned();
        first.filter(|_| people.next().is_none())
    }

    fn may_hand_over(&self, by: &ConnectionId, transferee: &RawId, target: &RawId) -> Result<(), Refusal> {
        self.may_let_go(by, transferee)?;
        if self.roster.member(target).is_some() {
            return Err((ErrorCode::BadRequest, Some(TO_WHOM)));
        }
        if self.transferring.concerns(transferee) {
            return Err((ErrorCode::BadRequest, Some(ALREADY)));
        }
        if self.transferring.pending.len() >= MOVES_AT_ONCE_MAX {
            return Err((ErrorCode::TooManyRequests, Some(TOO_MANY)));
        }
        Ok(())
    }

    /// Whether an app may take somebody out of this call in order to bring them elsewhere.
    fn may_let_go(&self, by: &ConnectionId, user: &RawId) -> Result<(), Refusal> {
        if !self.takes_called() || self.is_echo_test() {
            return Err((ErrorCode::Forbidden, Some(ONLY_GROUPS)));
        }
        self.allow(by, Capability::RemoveParticipant).map_err(|_| (ErrorCode::Forbidden, None))?;
        if self.roster.people().all(|(who, _)| who != user) {
            return Err((ErrorCode::NotFound, Some(NOT_HERE)));
        }
        Ok(())
    }

    /// Whom an app has handed over is with the target.
    pub(crate) fn handed_over_by_app(&mut self, asked: Asked, target: RawId, transferee: RawId) {
        let connection = self.automation.connections.get(&asked.connection);
        let is_side = connection.is_some_and(|connection| connection.calling.is_side());
        let callback = Callback::TransferAccepted { transferee: transferee.clone(), target };
        tell(&mut self.core, &asked.connection, asked.context, callback);
        if is_side && self.ringing.is_of_two() {
            self.negotiations.forget_all(&mut self.core, ErrorCode::Transferred);
            ending::end_for_everyone(&mut self.core, &mut self.roster, &mut self.lobby, ErrorCode::Transferred);
        } else {
            self.leave_with_all_legs(&transferee);
        }
    }

    /// An app has people come into this call. Whether they go is said by the call that they are in ([`Call::handle_move_away`]).
    pub(crate) fn move_here(&mut self, asked: &Asked, from: &ConnectionId, users: Vec<(TransferId, RawId)>) {
        let name = self.automation.connections.get(&asked.connection).map(|connection| connection.user.clone());
        let Some(name) = name else { return };
        for (id, user) in users {
            let asked = Asked { connection: asked.connection.clone(), context: asked.context.clone() };
            match self.may_come(&asked.connection, &user) {
                Ok(()) => {
                    let by = (By::Move { asked, from: from.clone() }, name.clone());
                    self.hand_over(id, by, user, None, Duration::ZERO);
                }
                Err((reason, advice)) => {
                    let callback = Callback::NotMoved { user, from: from.clone(), reason, advice };
                    tell(&mut self.core, &asked.connection, asked.context, callback);
                }
            }
        }
    }

    fn may_come(&self, by: &ConnectionId, user: &RawId) -> Result<(), Refusal> {
        if !self.takes_called() || self.is_echo_test() {
            return Err((ErrorCode::Forbidden, Some(ONLY_GROUPS)));
        }
        self.allow(by, Capability::AddCommunicationUser).map_err(|_| (ErrorCode::Forbidden, None))?;
        let is_host = self.automation.connections.get(by).is_some_and(|connection| connection.person.host);
        if self.core.policy.hosted && !is_host {
            return Err((ErrorCode::Forbidden, Some(NOT_PAST_LOBBY)));
        }
        if self.roster.member(user).is_some() {
            return Err((ErrorCode::BadRequest, Some(HERE_ALREADY)));
        }
        if self.transferring.concerns(user) {
            return Err((ErrorCode::BadRequest, Some(ALREADY)));
        }
        if self.transferring.pending.len() >= MOVES_AT_ONCE_MAX {
            return Err((ErrorCode::TooManyRequests, Some(TOO_MANY)));
        }
        if self.roster.is_full() {
            return Err((ErrorCode::CallFull, None));
        }
        Ok(())
    }

    /// Somebody is to go from here to another call of the same app's. `by`: its connection to this call.
    ///
    /// # Errors
    /// Why they do not go.
    pub fn handle_move_away(
        &mut self,
        by: &ConnectionId,
        id: &TransferId,
        user: &RawId,
        now: Now,
    ) -> Result<(), ErrorCode> {
        self.begin(now);
        let may = match self.automation.connections.get(by).map(|connection| connection.user.clone()) {
            None => Err(ErrorCode::NotFound),
            Some(name) => self.may_let_go(by, user).map(|()| name).map_err(|(code, _)| code),
        };
        let result = may.map(|name| self.ask_to_go(id, name, user, None));
        self.end();
        result
    }

    /// Somebody has come into another call of the same app's, and leaves this one.
    pub fn handle_moved_away(&mut self, user: &RawId, now: Now) {
        self.begin(now);
        self.leave_with_all_legs(user);
        self.end();
    }

    /// Under which name a connection acts, and which one it shows.
    pub fn name_of_connection(&self, id: &ConnectionId) -> Option<(RawId, String)> {
        let connection = self.automation.connections.get(id)?;
        // Who has an agent is called as that is called.
        let seen = self.name_of(&connection.user).map(str::to_owned);
        let name = seen.or_else(|| connection.calling.outgoing().map(|outgoing| outgoing.display_name));
        Some((connection.user.clone(), name.unwrap_or_default()))
    }
}
