//! Diagnostics that participants tell each other: whose network or device is in trouble. Nothing of it is kept.

use crate::Output;
use crate::common::Core;
use crate::flow::Flows;
use crate::roster::Roster;
use convene_model::limits::DIAGNOSTICS_PARTICIPANTS_MAX;
use convene_model::{ErrorCode, ParticipantId};
use convene_protocol::{Diagnostic, Event};

/// Diagnostics in one message. More than there are names would be repetition.
const LIST_MAX: usize = 40;

/// A diagnostic's name in bytes.
const NAME_MAX: usize = 60;

/// Tells all others. In a call of more than [`DIAGNOSTICS_PARTICIPANTS_MAX`] it goes to nobody.
///
/// # Errors
/// [`ErrorCode::BadRequest`] for an empty or too long list, or a name that is none, [`ErrorCode::TooManyRequests`] if it is too much at
/// once.
pub(crate) fn tell(
    flows: &mut Flows,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    diagnostics: Vec<Diagnostic>,
) -> Result<(), ErrorCode> {
    let is_name =
        |name: &str| !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if diagnostics.is_empty() || diagnostics.len() > LIST_MAX || !diagnostics.iter().all(|each| is_name(&each.name)) {
        return Err(ErrorCode::BadRequest);
    }
    let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
    if roster.members().count() > DIAGNOSTICS_PARTICIPANTS_MAX {
        return Ok(());
    }
    let receivers: Vec<ParticipantId> = roster.leg_ids().into_iter().filter(|other| other != leg).collect();
    let bytes = diagnostics.iter().map(|each| each.name.len() + 1).sum();
    flows.take(leg, bytes, receivers.len(), core.now.mono)?;
    let event = Event::DiagnosticsTold { user, from: leg.clone(), diagnostics };
    for leg in receivers {
        core.effect(Output::Send { leg, event: event.clone() });
    }
    Ok(())
}
