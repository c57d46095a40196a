//! Apps that answer for their users: which ring a request means, and whether it is the app's to answer.

use crate::automation::presenter;
use crate::io::Output;
use crate::node::Node;
use crate::rings::may_ring;
use convene_call::{NewAnswer, NewRing};
use convene_model::automation::{AutomationRefused, NewConnection, TurnedAway};
use convene_model::happened::{Happened, What};
use convene_model::{CallId, ErrorCode, Now, RawId, RingId, Ticket};
use std::collections::VecDeque;
use std::net::IpAddr;

/// Requests that turned calls away and are remembered. Larger: more memory. Smaller: a request that is sent again after many others is
/// told that nothing rings.
const REMEMBERED_MAX: usize = 1_000;

/// The requests that turned calls away, so that the same once more is answered alike.
#[derive(Debug, Default)]
pub(crate) struct TurnedAwayAlready(VecDeque<String>);

impl TurnedAwayAlready {
    fn remember(&mut self, request: String) {
        if self.0.len() >= REMEMBERED_MAX {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }
}

impl Node {
    /// Whether something that happened is told to subscribers: of a call that rings, only where whoever calls may call.
    pub(crate) fn may_be_told(&self, Happened { what, .. }: &Happened) -> bool {
        match what {
            What::IncomingCall { from, to, .. } => may_ring(from, to, &self.config.federated),
            _ => true,
        }
    }

    /// The call that rings with this ring at a user of this resource. Rings that never were, those of others and those that are over are
    /// alike.
    fn call_ringing_for(&self, resource: &str, ring: &RingId) -> Result<CallId, AutomationRefused> {
        let call = self.rings.call_at(ring, resource).ok_or(AutomationRefused::NoRing)?;
        if self.is_ringing(call, ring) { Ok(call.clone()) } else { Err(AutomationRefused::NoRing) }
    }

    /// An app's server answers a call in place of its user.
    pub(crate) fn answer_ring(
        &mut self,
        ticket: Ticket,
        address: IpAddr,
        connection: NewConnection,
        (ring, answered_by): (RingId, Option<RawId>),
        now: Now,
    ) {
        if self.is_repeated(ticket, address, &connection, now) || self.has_enough(ticket, &connection.resource) {
            return;
        }
        match self.call_ringing_for(&connection.resource, &ring) {
            Ok(call) => self.hold(ticket, connection, call, now, |call, connection, seat| {
                let new = NewAnswer { connection, person: presenter(), ring, answered_by, seat };
                call.handle_answer(new, ticket, now);
            }),
            Err(refused) => self.automated(ticket, Err(refused)),
        }
    }

    /// An app's server has a call that rings at its user ring elsewhere, or end.
    pub(crate) fn turn_away(
        &mut self,
        ticket: Ticket,
        request: String,
        resource: &str,
        ring: &RingId,
        to: TurnedAway,
        now: Now,
    ) {
        if self.connections.turned_away.0.contains(&request) {
            self.turned_away(ticket);
            return;
        }
        let call = match self.call_ringing_for(resource, ring) {
            Ok(call) => call,
            Err(refused) => {
                self.automated(ticket, Err(refused));
                return;
            }
        };
        self.connections.tickets.insert(ticket, call.clone());
        match to {
            TurnedAway::Rejected(reason) => {
                self.with_call(&call, now, |call| call.handle_reject(ring, reason, ticket, now));
            }
            // Whom the app may not call is nobody whom it could reach.
            TurnedAway::To(user) if !self.may_send_on(resource, &user) => {
                self.with_call(&call, now, |call| call.handle_reject(ring, ErrorCode::Unreachable, ticket, now));
            }
            TurnedAway::To(user) => {
                let new = NewRing { ring: RingId(request.clone()), user: user.clone() };
                self.rings.put_in_place_of(ring, new.ring.clone(), user);
                let (wait, newer) = (self.config.ring_wait, new.ring.clone());
                self.with_call(&call, now, |call| call.handle_redirect(ring, new, wait, ticket, now));
                if self.is_ringing(&call, ring) {
                    self.rings.put_back(ring, &newer);
                }
            }
        }
        if !self.is_ringing(&call, ring) {
            self.connections.turned_away.remember(request);
        }
    }

    /// Whether the server of this resource's app may call `user`, as who it sends others there.
    fn may_send_on(&self, resource: &str, user: &RawId) -> bool {
        let server = RawId::app_server(resource);
        may_ring(&server, user, &self.config.federated) && self.takes_call_of(&server, user)
    }

    fn is_ringing(&self, call: &CallId, ring: &RingId) -> bool {
        self.calls.get(call).is_some_and(|entry| entry.call.is_ringing(ring))
    }

    /// Answers an app whose call was turned away.
    pub(crate) fn turned_away(&mut self, ticket: Ticket) {
        self.connections.tickets.remove(&ticket);
        self.outputs.push_back(Output::TurnedAway { ticket });
    }
}
