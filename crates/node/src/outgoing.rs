//! Calls that apps' servers start, and whom they call into those that there are.

use crate::automation::presenter;
use crate::node::Node;
use convene_call::NewOutgoing;
use convene_model::automation::{Act, NewConnection, Outgoing};
use convene_model::{CallId, Now, RawId, Ticket};
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

    /// Makes known whom a connection is about to call. The same request once more calls nobody.
    pub(crate) fn prepare(&mut self, call: &CallId, resource: &str, act: Act) -> Act {
        match act {
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
}
