//! Coming back: a leg whose connection was lost keeps its place for a while, and takes it again with its secret.

use crate::common::Core;
use crate::roster::Roster;
use convene_model::limits::RESUME_WITHIN_MS;
use convene_model::{ErrorCode, ParticipantId};
use std::time::Duration;

/// The connection of a leg in the call was lost. False if the leg is not in the call.
pub(crate) fn went(core: &mut Core, roster: &mut Roster, leg: &ParticipantId) -> bool {
    let until = core.now.mono + Duration::from_millis(RESUME_WITHIN_MS);
    let Some(state) = roster.leg_mut(leg) else { return false };
    state.away_until = Some(until);
    let user = roster.user_of(leg).expect("the leg was just seen").clone();
    roster.tell_changed(core, &user, None);
    true
}

/// A leg is back; `secret` is what it proved itself with.
///
/// # Errors
/// [`ErrorCode::SessionLost`] if the leg is not in the call any more.
pub(crate) fn came_back(
    core: &mut Core,
    roster: &mut Roster,
    leg: &ParticipantId,
    secret: String,
) -> Result<(), ErrorCode> {
    let state = roster.leg_mut(leg).ok_or(ErrorCode::SessionLost)?;
    state.away_until = None;
    state.resume_secret = secret;
    roster.came_back(leg);
    let user = roster.user_of(leg).expect("the leg was just seen").clone();
    roster.tell_changed(core, &user, None);
    Ok(())
}

/// The legs that were away for too long.
pub(crate) fn overdue(core: &Core, roster: &Roster) -> Vec<ParticipantId> {
    roster
        .legs()
        .filter(|(_, leg)| leg.away_until.is_some_and(|until| until <= core.now.mono))
        .map(|(id, _)| id.clone())
        .collect()
}

/// When the next leg is away for too long.
pub(crate) fn next_due(roster: &Roster) -> Option<Duration> {
    roster.legs().filter_map(|(_, leg)| leg.away_until).min()
}
