//! Data channels: what an app sends to others in the call, to all or to those it names. Nothing of it is kept. The bytes are the app's; only
//! their size is looked at.

use crate::Output;
use crate::common::Core;
use crate::flow::Flows;
use crate::roster::Roster;
use convene_model::limits::{DATA_MESSAGE_MAX, DATA_TARGETS_MAX};
use convene_model::{Capability, ErrorCode, ParticipantId, RawId};
use convene_protocol::{DataChannel, Event, base64_len};

/// Passes a message on to `to`, or to everybody, but never to the leg that sends it.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the role may not, [`ErrorCode::BadRequest`] for what is no base64 or too large, or for too many names,
/// [`ErrorCode::NotFound`] if nobody of those that are named is in the call, [`ErrorCode::TooManyRequests`] if it is too much at once.
/// Nothing is sent then.
pub(crate) fn send(
    flows: &mut Flows,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    message: Message,
    to: Option<&[RawId]>,
) -> Result<(), ErrorCode> {
    let Message { channel, sequence, may_be_lost, data } = message;
    check(channel)?;
    let bytes = base64_len(&data).filter(|bytes| *bytes <= DATA_MESSAGE_MAX).ok_or(ErrorCode::BadRequest)?;
    let (user, receivers) = receivers(core, roster, leg, to)?;
    flows.take(leg, bytes.max(1), receivers.len(), core.now.mono)?;
    let event = Event::DataReceived { user, from: leg.clone(), channel, sequence, may_be_lost, data };
    tell(core, receivers, &event);
    Ok(())
}

/// Tells `to`, or everybody, that nothing more comes.
///
/// # Errors
/// As [`send`].
pub(crate) fn close(
    flows: &mut Flows,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    channel: DataChannel,
    to: Option<&[RawId]>,
) -> Result<(), ErrorCode> {
    check(channel)?;
    let (_, receivers) = receivers(core, roster, leg, to)?;
    flows.take(leg, 1, receivers.len(), core.now.mono)?;
    tell(core, receivers, &Event::DataClosed { from: leg.clone(), channel });
    Ok(())
}

/// A message, as its sender numbered it.
pub(crate) struct Message {
    pub channel: DataChannel,
    pub sequence: u32,
    pub may_be_lost: bool,
    pub data: String,
}

fn check(channel: DataChannel) -> Result<(), ErrorCode> {
    if channel.id == 0 { Err(ErrorCode::BadRequest) } else { Ok(()) }
}

/// The sender's user, and the legs of those who are meant.
fn receivers(
    core: &Core,
    roster: &Roster,
    leg: &ParticipantId,
    to: Option<&[RawId]>,
) -> Result<(RawId, Vec<ParticipantId>), ErrorCode> {
    if !roster.may(core, leg, Capability::SendData) {
        return Err(ErrorCode::Forbidden);
    }
    let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
    let mut receivers: Vec<ParticipantId> = match to {
        None => roster.leg_ids(),
        Some(users) if users.is_empty() || users.len() > DATA_TARGETS_MAX => return Err(ErrorCode::BadRequest),
        Some(users) => users.iter().flat_map(|user| roster.legs_of(user)).collect(),
    };
    if to.is_some() && receivers.is_empty() {
        return Err(ErrorCode::NotFound);
    }
    receivers.sort_unstable();
    receivers.dedup();
    receivers.retain(|receiver| receiver != leg);
    Ok((user, receivers))
}

fn tell(core: &mut Core, receivers: Vec<ParticipantId>, event: &Event) {
    for leg in receivers {
        core.effect(Output::Send { leg, event: event.clone() });
    }
}
