//! Whom connections call: into a call that is new with the connection, or into the one that it is in.
//!
//! The ringing itself is `ringing`'s; here stands what an app is told of it.

use crate::agent::Seat;
use crate::automation::{Connection, tell};
use crate::call::Call;
use crate::ringing::{Caller, Hold, Outcome};
use crate::{NewRing, Output, Person};
use convene_model::automation::{AutomationRefused, Callback, NewAgent, NewConnection, Outgoing};
use convene_model::limits::{RING_WAIT_MS, RINGS_BY_USER_MAX};
use convene_model::{Capability, ConnectionId, ErrorCode, Now, RawId, RingId, Ticket};
use std::collections::BTreeMap;
use std::time::Duration;

/// Whom one connection calls.
#[derive(Debug, Default)]
pub(crate) struct Calling {
    /// The call's beginning, if the connection began it.
    made: Option<Made>,
    /// The call that the connection answered, if it came by that.
    answered: Option<Answered>,
    /// Who is called into it, and the contexts of the callbacks.
    invited: BTreeMap<RingId, Option<String>>,
}

/// A call that a connection answered.
#[derive(Debug)]
pub(crate) struct Answered {
    /// Who called whom.
    pub call: Outgoing,
    /// As which user the app said that it answers.
    pub by: Option<RawId>,
}

#[derive(Debug)]
struct Made {
    outgoing: Outgoing,
    connecting: bool,
    /// Its agent, until somebody has come whom it can hear.
    agent: Option<(NewAgent, RawId, Seat)>,
}

/// A call that an app's server starts in order to call people.
#[derive(Debug)]
pub struct NewOutgoing {
    /// Its connection.
    pub connection: NewConnection,
    /// How that stands here.
    pub person: Person,
    /// Whom it calls, and as whom.
    pub outgoing: Outgoing,
    /// The place of its agent, if it wants one.
    pub seat: Seat,
    /// How those are called.
    pub rings: Vec<NewRing>,
    /// How long it rings.
    pub wait: Duration,
}

impl Calling {
    /// Of a connection that answered a call.
    pub fn answering(answered: Answered) -> Self {
        Self { answered: Some(answered), ..Self::default() }
    }

    /// Whether the connection is a side of its call, as somebody is who calls or answers.
    pub fn is_side(&self) -> bool {
        self.made.is_some() || self.has_answered()
    }

    pub fn has_answered(&self) -> bool {
        self.answered.is_some()
    }

    pub fn answered_by(&self) -> Option<RawId> {
        self.answered.as_ref()?.by.clone()
    }

    /// Whether nobody has come yet whom it called in order to begin.
    pub fn is_connecting(&self) -> bool {
        self.made.as_ref().is_some_and(|made| made.connecting)
    }

    /// Who called whom in the beginning.
    pub fn outgoing(&self) -> Option<Outgoing> {
        let made = self.made.as_ref().map(|made| &made.outgoing);
        made.or(self.answered.as_ref().map(|answered| &answered.call)).cloned()
    }

    /// The name that those see whom it calls, if the app gives none.
    fn usual_name(&self) -> String {
        self.made.as_ref().map(|made| made.outgoing.display_name.clone()).unwrap_or_default()
    }
}

impl Call {
    /// An app's server starts this call, which is new, in order to call people.
    pub fn handle_create(&mut self, new: NewOutgoing, ticket: Ticket, now: Now) {
        self.begin(now);
        let NewOutgoing { connection, person, outgoing, seat, rings, wait } = new;
        // Callbacks are of a call that the journal knows.
        self.core.journal_start();
        let NewConnection { id, resource, context, callback_uri, agent } = connection;
        let agent = agent.map(|agent| (agent, RawId::communication_user(&resource, id.as_str()), seat));
        let itself = agent.as_ref().filter(|(agent, ..)| agent.options.is_some()).map(|(_, user, _)| user.clone());
        let user = outgoing.source.clone().or(itself).unwrap_or_else(|| RawId::app_server(&resource));
        let (hold, display_name) = (Hold::Connection(id.clone()), outgoing.display_name.clone());
        let caller = Caller { hold, by: user.clone(), display_name };
        let made = Made { outgoing, connecting: true, agent };
        let calling = Calling { made: Some(made), ..Calling::default() };
        let connection = Connection::new(user, person, context, callback_uri, calling);
        self.automation.connections.insert(id.clone(), connection);
        self.ringing.start(&mut self.core, &self.roster, &caller, rings, wait);
        let answer = self.view_of(&id);
        self.core.effect(Output::Automated { ticket, answer });
        self.end();
    }

    /// A connection calls somebody into its call.
    pub(crate) fn invite(
        &mut self,
        id: &ConnectionId,
        new: NewRing,
        display_name: String,
        wait_ms: Option<u64>,
        context: Option<String>,
    ) -> Result<(), AutomationRefused> {
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        let display_name = if display_name.is_empty() { connection.calling.usual_name() } else { display_name };
        let caller = Caller { hold: Hold::Connection(id.clone()), by: connection.user.clone(), display_name };
        let may = [Capability::AddCommunicationUser, Capability::RemoveParticipant];
        let may = may.map(|capability| self.allow(id, capability).is_ok());
        let wait = Duration::from_millis(wait_ms.unwrap_or(RING_WAIT_MS));
        let (ring, user) = (new.ring.clone(), new.user.clone());
        let called = if self.ringing.count_of(id) < RINGS_BY_USER_MAX {
            self.call_in(&caller, may, new, wait)
        } else {
            Err((ErrorCode::TooManyRequests, None))
        };
        match called {
            Ok(()) => {
                if let Some(connection) = self.automation.connections.get_mut(id) {
                    connection.calling.invited.insert(ring, context);
                }
            }
            Err((reason, advice)) => {
                self.core.effect(Output::RingOver { ring, reason });
                tell(&mut self.core, id, context, Callback::NotAdded { user, reason, advice });
            }
        }
        Ok(())
    }

    /// A connection calls somebody no more.
    pub(crate) fn cancel_invitation(&mut self, id: &ConnectionId, invitation: RingId, context: Option<String>) {
        let connection = self.automation.connections.get_mut(id);
        let known = connection.is_some_and(|connection| connection.calling.invited.remove(&invitation).is_some());
        let reason = ErrorCode::RingCanceled;
        let canceled = known && self.ringing.end_begun(&mut self.core, &self.roster, &invitation, reason);
        let callback =
            if canceled { Callback::AddCanceled { invitation } } else { Callback::AddNotCanceled { invitation } };
        tell(&mut self.core, id, context, callback);
    }

    /// Ends a step: apps are told of whom they called, and those begin to whom somebody has come.
    pub(crate) fn settle_invitations(&mut self) {
        self.connect_answered();
        for Outcome { connection: id, ring, user, reason } in self.ringing.take_outcomes() {
            let Some(connection) = self.automation.connections.get_mut(&id) else { continue };
            let Some(context) = connection.calling.invited.remove(&ring) else { continue };
            let callback = match reason {
                ErrorCode::AnsweredElsewhere => Callback::Added { user },
                _ => Callback::NotAdded { user, reason, advice: None },
            };
            tell(&mut self.core, &id, context, callback);
        }
    }

    fn connect_answered(&mut self) {
        let is_answered = self.automation.connections.values().any(|each| each.calling.has_answered());
        if self.roster.people().next().is_none() && !is_answered {
            return;
        }
        let mut begun = Vec::new();
        for (id, connection) in &mut self.automation.connections {
            let Some(made) = connection.calling.made.as_mut().filter(|made| made.connecting) else { continue };
            made.connecting = false;
            tell(&mut self.core, id, connection.context.clone(), Callback::Connected);
            begun.extend(made.agent.take().map(|agent| (id.clone(), connection.person, agent)));
        }
        for (id, person, (agent, user, seat)) in begun {
            self.expect_agent(id, agent, (user, person), seat);
        }
    }
}
