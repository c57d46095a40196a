//! Rings at somebody without a page that is open: they reach browsers by Web Push, and an app that asked to be told of calls. Whoever
//! opens the page then has a session, at which the ring goes on.

use crate::io::{Found, Lookup, LookupId, Output};
use crate::node::Node;
use crate::rings::{Bell, Rings};
use convene_model::push::{RingPush, RingState};
use convene_model::{CallId, ErrorCode, Now, WallMs};

/// A ring whose push messages are on the way.
#[derive(Debug)]
pub(crate) struct Waking {
    call: CallId,
    bell: Bell,
}

impl Rings {
    pub(crate) fn take_waking(&mut self, lookup: LookupId) -> Option<Waking> {
        self.waking.remove(&lookup)
    }
}

impl Node {
    /// Sends messages to the browsers of whom it rings at, if there are any.
    pub(crate) fn wake(&mut self, call: &CallId, bell: Bell, now: Now) {
        let left = bell.due.saturating_sub(now.mono).as_millis();
        let until = now.wall.saturating_add(WallMs::try_from(left).unwrap_or(WallMs::MAX));
        let push = push_of(call, &bell, RingState::Rings { until });
        self.lookup_count += 1;
        let lookup = LookupId(self.lookup_count);
        let what = Lookup::Wake(bell.user.clone(), Box::new(push));
        self.outputs.push_back(Output::Lookup { lookup, what });
        self.rings.waking.insert(lookup, Waking { call: call.clone(), bell });
    }

    /// The push services answered. Who has no device here, whom nothing reached, and whose app does not want to know is unreachable.
    pub(crate) fn woken(&mut self, Waking { call, bell }: Waking, found: &Found, now: Now) {
        let (pushed, app) = match found {
            Found::Woken { browsers, app } => (*browsers > 0, *app),
            _ => (false, false),
        };
        let may_answer = app || !self.devices_of(&bell.user).is_empty();
        match self.rings.entry_mut(&bell.ring) {
            // It was over before the messages were out: they are taken back.
            None if pushed => self.push_over(&call, &bell, ErrorCode::RingCanceled),
            None => {}
            Some(entry) => {
                entry.pushed = pushed;
                if !pushed && !may_answer {
                    self.with_call(&call, now, |call| {
                        let _over_already = call.handle_ring_over(&bell.ring, ErrorCode::Unreachable, now);
                    });
                }
            }
        }
    }

    pub(crate) fn push_over(&mut self, call: &CallId, bell: &Bell, reason: ErrorCode) {
        let push = push_of(call, bell, RingState::Over { reason });
        self.outputs.push_back(Output::Push { user: bell.user.clone(), push });
    }
}

fn push_of(call: &CallId, bell: &Bell, state: RingState) -> RingPush {
    RingPush {
        ring: bell.ring.clone(),
        call: call.clone(),
        caller: bell.by.clone(),
        display_name: bell.display_name.clone(),
        state,
    }
}
