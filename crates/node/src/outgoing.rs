//! Calls that apps' servers start, and whom they call into those that there are, hand over and move.

use crate::automation::presenter;
use crate::node::Node;
use convene_call::NewOutgoing;
use convene_model::automation::{Act, AutomationRefused, NewConnection, Outgoing};
use convene_model::{CallId, ConnectionId, Now, RawId, Ticket, TransferId};
use std::net::IpAddr;

impl Node {
    /// An app's server starts a call.
    pub(crate) fn create(
        &mut self,
        ticket: Ticket,
        address: IpAddr,
        connection: NewConnection,
        outgoing: Outgoing,
        now: Now,
    ) {
        if self.is_repeated(ticket, address, &connection, now) || self.has_enough(ticket, &connection.resource) {
            return;
        }
        let server = RawId::app_server(&connection.resource);
        let call = self.new_ringing_call(&server, now);
        let rings = outgoing.targets.iter().map(|user| self.new_ring(&call, user.clone(), &server, None)).collect();
        let wait = self.config.ring_wait;
        self.hold(ticket, connection, call, now, |call, connection, seat| {
            let new = NewOutgoing { connection, person: presenter(), outgoing, seat, rings, wait };
            call.handle_create(new, ticket, now);
        });
    }

    /// Makes known whom a connection is about to call or hand over. The same request once more does nothing.
    pub(crate) fn prepare(&mut self, call: &CallId, connection: &ConnectionId, resource: &str, act: Act) -> Act {
        match act {
            Act::Transfer { transfer, transferee, target, context, .. } => {
                if !self.expect_transfer(&transfer, (call, connection), &target) {
                    return Act::Look;
                }
                let wait_ms = u64::try_from(self.config.ring_wait.as_millis()).unwrap_or(u64::MAX);
                Act::Transfer { transfer, transferee, target, wait_ms, context }
            }
            Act::Add { invitation, user, display_name, wait_ms, context } => {
                if !self.expect_invitation(&invitation, call, &user, &RawId::app_server(resource)) {
                    return Act::Look;
                }
                let usual = u64::try_from(self.config.ring_wait.as_millis()).unwrap_or(u64::MAX);
                let wait_ms = Some(wait_ms.unwrap_or(usual));
                Act::Add { invitation, user, display_name, wait_ms, context }
            }
            act => act,
        }
    }

    /// A connection has people come into its call from another one of the same app's.
    pub(crate) fn move_here(
        &mut self,
        ticket: Ticket,
        (call, connection, resource): (CallId, ConnectionId, String),
        (users, from): (Vec<(TransferId, RawId)>, ConnectionId),
        context: Option<String>,
        now: Now,
    ) {
        let Some(from_call) = self.connections.call_of(&from, &resource).filter(|other| **other != call).cloned()
        else {
            self.automated(ticket, Err(AutomationRefused::NoFromCall));
            return;
        };
        if !self.expect_moves(&users, (&call, &connection), &from_call) {
            self.act(ticket, &call, &connection, Act::Look, now);
            return;
        }
        let act = Act::MoveHere { users: users.clone(), from: from.clone(), context };
        self.act(ticket, &call, &connection, act, now);
        let comes = |(id, _): &(TransferId, RawId)| {
            self.calls.get(&call).is_some_and(|entry| entry.call.transferee(id).is_some())
        };
        let users = users.into_iter().filter(comes).collect();
        self.ask_to_move(users, &from, &from_call, now);
    }
}
