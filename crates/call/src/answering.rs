//! Answering for somebody: a connection takes the call that rings at a user of its resource, in that user's place; or the app turns the
//! call away.
//!
//! Whoever called sees the user that they called: the connection's agent stands on the roster under that identity, whether it hears
//! and speaks or not.

use crate::agent::Seat;
use crate::automation::{Connection, tell};
use crate::call::Call;
use crate::lobby::inside;
use crate::outgoing::{Answered, Calling};
use crate::{NewRing, Output, Person, Verdict, decide};
use convene_model::automation::{AutomationAnswer, AutomationRefused, Callback, NewConnection, Outgoing};
use convene_model::limits::CONNECTIONS_OF_CALL_MAX;
use convene_model::{ErrorCode, Now, RawId, RingId, Ticket};
use std::time::Duration;

/// A connection that answers a call.
#[derive(Debug)]
pub struct NewAnswer {
    /// The connection, with its agent.
    pub connection: NewConnection,
    /// How it stands here.
    pub person: Person,
    /// Which ring, at a user of its resource.
    pub ring: RingId,
    /// As which user its app says that it answers.
    pub answered_by: Option<RawId>,
    /// The place of its agent.
    pub seat: Seat,
}

impl Call {
    /// The server of an app answers in place of somebody at whom the call rings. The ring is over with it, on all devices.
    pub fn handle_answer(&mut self, new: NewAnswer, ticket: Ticket, now: Now) {
        self.begin(now);
        let answer = self.answer(new);
        self.core.effect(Output::Automated { ticket, answer });
        self.end();
    }

    fn answer(&mut self, new: NewAnswer) -> AutomationAnswer {
        let NewAnswer { connection, person, ring, answered_by, seat } = new;
        let (user, caller) = self.ringing.of(&ring).ok_or(AutomationRefused::NoRing)?;
        let (targets, source) = (vec![user.clone()], Some(caller.by.clone()));
        let (user, call) = (user.clone(), Outgoing { targets, source, display_name: caller.display_name.clone() });
        // It comes in as that user would, but never waits: whoever would have to is refused.
        match decide(&self.core.policy, &person, inside(&self.roster, &self.removals)) {
            Verdict::Wait if !self.is_called_by_host(&user) => return Err(AutomationRefused::MustWait),
            Verdict::Enter | Verdict::Wait => {}
            Verdict::Refuse(reason) => return Err(AutomationRefused::Code(reason)),
        }
        if self.automation.connections.len() >= CONNECTIONS_OF_CALL_MAX {
            return Err(AutomationRefused::TooManyOfCall);
        }
        if self.roster.is_full() {
            return Err(AutomationRefused::Code(ErrorCode::CallFull));
        }
        let NewConnection { id, context, callback_uri, agent, .. } = connection;
        tell(&mut self.core, &id, context.clone(), Callback::Connected);
        let calling = Calling::answering(Answered { call, by: answered_by });
        let connection = Connection::new(user.clone(), person, context, callback_uri, calling);
        self.automation.connections.insert(id.clone(), connection);
        if let Some(agent) = agent {
            self.seat_agent(id.clone(), agent, (user, person), seat);
        }
        self.view_of(&id)
    }

    /// The server of an app has the call ring at somebody else instead. `wait`: for how long.
    pub fn handle_redirect(&mut self, ring: &RingId, new: NewRing, wait: Duration, ticket: Ticket, now: Now) {
        self.begin(now);
        let result = self.redirect(ring, new, wait);
        self.turned_away(ticket, result);
    }

    fn redirect(&mut self, ring: &RingId, new: NewRing, wait: Duration) -> Result<(), AutomationRefused> {
        if self.ringing.of(ring).is_none() {
            return Err(AutomationRefused::NoRing);
        }
        let is_here = self.roster.member(&new.user).is_some() || self.lobby.waits(&new.user);
        if is_here || self.ringing.rings_at(&new.user) {
            return Err(AutomationRefused::HereAlready);
        }
        // Who was removed comes back by the word of somebody in the call, which this is not.
        if self.removals.is_barred(&new.user) {
            return Err(AutomationRefused::Code(ErrorCode::Forbidden));
        }
        self.ringing.redirect(&mut self.core, &self.roster, ring, new, wait);
        Ok(())
    }

    /// The server of an app does not take the call for its user, for this reason.
    pub fn handle_reject(&mut self, ring: &RingId, reason: ErrorCode, ticket: Ticket, now: Now) {
        self.begin(now);
        let ended = self.ringing.end(&mut self.core, &self.roster, ring, reason);
        self.turned_away(ticket, if ended { Ok(()) } else { Err(AutomationRefused::NoRing) });
    }

    fn turned_away(&mut self, ticket: Ticket, result: Result<(), AutomationRefused>) {
        self.core.effect(match result {
            Ok(()) => Output::TurnedAway { ticket },
            Err(refused) => Output::Automated { ticket, answer: Err(refused) },
        });
        self.end();
    }
}
