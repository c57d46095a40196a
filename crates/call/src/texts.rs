//! Real-time text: what somebody types, key by key, and when it is done. Nothing of it is kept.

use crate::common::Core;
use crate::flow::Flows;
use crate::roster::Roster;
use convene_model::limits::TEXT_MAX;
use convene_model::{Capability, ErrorCode, ParticipantId};
use convene_protocol::Event;
use std::collections::BTreeMap;

/// The texts of a call.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// How many were begun.
    count: u32,
    /// Those that are being typed, by who types.
    open: BTreeMap<ParticipantId, u32>,
}

impl Texts {
    /// Shows everybody, the typing user too, the whole text as it is now. All that one leg sends until it is final is one text.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] if the role may not, [`ErrorCode::BadRequest`] if it is too long, [`ErrorCode::TooManyRequests`] if it is
    /// too much at once.
    pub fn send(
        &mut self,
        flows: &mut Flows,
        core: &mut Core,
        roster: &Roster,
        leg: &ParticipantId,
        text: String,
        done: bool,
    ) -> Result<(), ErrorCode> {
        if !roster.may(core, leg, Capability::RealTimeText) {
            return Err(ErrorCode::Forbidden);
        }
        if text.len() > TEXT_MAX {
            return Err(ErrorCode::BadRequest);
        }
        let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
        flows.take(leg, text.len().max(1), roster.legs().count(), core.now.mono)?;
        let sequence = *self.open.entry(leg.clone()).or_insert_with(|| {
            self.count += 1;
            self.count
        });
        if done {
            self.open.remove(leg);
        }
        roster.tell_everybody(core, &Event::TextReceived { user, sequence, text, done });
        Ok(())
    }

    /// Forgets what those typed who are not in the call any more.
    pub fn keep(&mut self, is_in: impl Fn(&ParticipantId) -> bool) {
        self.open.retain(|leg, _| is_in(leg));
    }
}
