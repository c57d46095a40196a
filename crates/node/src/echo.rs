//! The test call: it answers at once and plays back what it hears.

use crate::join::Arrival;
use crate::node::Node;
use crate::rings::caller_or_callee;
use convene_call::{Call, CallKind, Policy};
use convene_model::limits::ECHO_CALLS_MAX;
use convene_model::record::CallTarget;
use convene_model::{ErrorCode, Now, ParticipantId, RawId, uuid_v4};

impl Node {
    /// Somebody who may start calls calls the test call: one at a time for each user, and a bounded number of all.
    pub(crate) fn start_echo_test(&mut self, arrival: Arrival, caller: RawId, now: Now) {
        let (session, request) = (arrival.session, arrival.request);
        let tests = self.calls.values().filter(|entry| entry.call.is_echo_test());
        let (all, own) =
            tests.fold((0, 0), |(all, own), entry| (all + 1, own + usize::from(entry.call.has_user(&caller))));
        if own > 0 || all >= ECHO_CALLS_MAX {
            self.respond(session, request, Err(ErrorCode::Busy));
            return;
        }
        let resource = caller.resource().unwrap_or(&self.config.default_resource).to_owned();
        let target = CallTarget::Group { resource, group_id: uuid_v4(&mut *self.random) };
        let call = self.call_for(target, 0, CallKind::Group { chat: false }, Policy::open(), now);
        self.with_call(&call, now, Call::expect_two);
        let Some(leg) = self.enter_call(arrival, call.clone(), caller_or_callee(), None, now) else { return };
        let (echo, peer) = (ParticipantId(uuid_v4(&mut *self.random)), self.next_peer());
        self.with_call(&call, now, |call| call.handle_start_echo_test(&leg, echo, peer, now));
    }
}
