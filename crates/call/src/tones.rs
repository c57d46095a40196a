//! Tones: keys of a telephone that people in the call press. They are no sound: nobody in the call hears them, only connections whose apps
//! asked for them.

use crate::Output;
use crate::call::Call;
use crate::common::Core;
use crate::flow::Bucket;
use convene_model::audio::StreamOrder;
use convene_model::automation::{AutomationRefused, Callback};
use convene_model::limits::{TONES_BURST, TONES_PER_SECOND};
use convene_model::{ConnectionId, ErrorCode, ParticipantId, RawId, Tone, Venue};
use std::collections::BTreeMap;

/// Whose tones a connection's app hears.
#[derive(Debug)]
struct Heard {
    context: Option<String>,
    /// Counts them.
    count: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Tones {
    heard: BTreeMap<(ConnectionId, RawId), Heard>,
    /// How many each leg may still send.
    sent: BTreeMap<ParticipantId, Bucket>,
}

impl Tones {
    fn may_send(&mut self, core: &Core, leg: &ParticipantId) -> bool {
        let now = core.now.mono;
        let full = || Bucket::full(u64::from(TONES_BURST), u64::from(TONES_PER_SECOND), now);
        self.sent.entry(leg.clone()).or_insert_with(full).take(1, now)
    }
}

impl Call {
    /// Somebody presses a key.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyRequests`] if that is too fast.
    pub(crate) fn send_tone(&mut self, leg: &ParticipantId, tone: Tone) -> Result<(), ErrorCode> {
        let Self { core, roster, agents, automation, tones, .. } = self;
        let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
        if !tones.may_send(core, leg) {
            return Err(ErrorCode::TooManyRequests);
        }
        for ((connection, _), heard) in tones.heard.iter_mut().filter(|((_, of), _)| *of == user) {
            heard.count += 1;
            let callback = Callback::ToneReceived { tone, sequence: heard.count };
            automation.callback(core, connection, heard.context.as_ref(), callback);
        }
        for (connection, peer) in agents.told_of_tones() {
            let order = StreamOrder::Tone { user: user.clone(), tone };
            core.effect(Output::Stream { connection, peer, order });
        }
        Ok(())
    }

    /// A connection's app wants to hear somebody's tones. In a meeting, where nobody sees such a connection, only those of its own resource's
    /// users.
    pub(crate) fn start_tones(
        &mut self,
        id: &ConnectionId,
        user: RawId,
        context: Option<String>,
    ) -> Result<(), AutomationRefused> {
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        if self.roster.member(&user).is_none() {
            return Err(AutomationRefused::NotInCall);
        }
        let is_own = user.resource().is_some() && user.resource() == connection.user.resource();
        if self.core.venue() == Venue::Meeting && !is_own {
            return Err(AutomationRefused::Code(ErrorCode::Forbidden));
        }
        self.tones.heard.entry((id.clone(), user)).or_insert(Heard { context: None, count: 0 }).context = context;
        Ok(())
    }

    /// It wants to hear them no more.
    pub(crate) fn stop_tones(&mut self, id: &ConnectionId, user: RawId, context: Option<String>) {
        if let Some(heard) = self.tones.heard.remove(&(id.clone(), user)) {
            let context = context.or(heard.context);
            self.automation.callback(&mut self.core, id, context.as_ref(), Callback::TonesStopped);
        }
    }

    /// Ends a step: of those who left nothing more is heard.
    pub(crate) fn settle_tones(&mut self) {
        let Self { core, roster, automation, tones, .. } = self;
        tones.sent.retain(|leg, _| roster.leg(leg).is_some());
        tones.heard.retain(|(connection, user), heard| {
            let is_in = roster.member(user).is_some();
            if !is_in {
                automation.callback(core, connection, heard.context.as_ref(), Callback::TonesStopped);
            }
            is_in && automation.has(connection)
        });
    }
}
