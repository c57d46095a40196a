//! The spotlight, whom everybody's page shows first, as those who lead the call chose; and reactions.

use crate::common::Core;
use crate::hands::take_off;
use crate::marked::Marked;
use crate::roster::Roster;
use convene_model::{Capability, ErrorCode, ParticipantId, RawId};
use convene_protocol::{Event, Reaction};
use std::collections::BTreeSet;

/// The name under which the journal keeps the spotlight.
pub(crate) const FEATURE: &str = "spotlight";

/// How many participants fit into the spotlight (ACS, "Spotlight": seven).
pub(crate) const SPOTLIGHT_MAX: usize = 7;

/// Nobody is in the spotlight.
pub(crate) fn none() -> Marked {
    Marked::new(FEATURE, "on")
}

/// Puts participants into the spotlight; those who are in it keep their places.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the role may not, [`ErrorCode::NotFound`] if somebody is not in the call,
/// [`ErrorCode::BadRequest`] if they are too many. Nothing is changed then.
pub(crate) fn start(
    spotlight: &mut Marked,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    users: &[RawId],
) -> Result<(), ErrorCode> {
    if !roster.may(core, leg, Capability::SpotlightParticipant) {
        return Err(ErrorCode::Forbidden);
    }
    if users.iter().any(|user| roster.member(user).is_none()) {
        return Err(ErrorCode::NotFound);
    }
    if spotlight.users().iter().chain(users).collect::<BTreeSet<_>>().len() > SPOTLIGHT_MAX {
        return Err(ErrorCode::BadRequest);
    }
    for user in users {
        spotlight.add(core, user);
    }
    Ok(())
}

/// Takes participants out of the spotlight: `users`, or all.
///
/// # Errors
/// [`ErrorCode::Forbidden`] for others without the capability. Nothing is changed then.
pub(crate) fn end(
    spotlight: &mut Marked,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    users: Option<Vec<RawId>>,
) -> Result<(), ErrorCode> {
    take_off(spotlight, core, roster, leg, users, Capability::RemoveParticipantsSpotlight)
}

/// Shows everybody a reaction. Nothing of it is kept.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the role may not.
pub(crate) fn react(
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    reaction: Reaction,
) -> Result<(), ErrorCode> {
    if !roster.may(core, leg, Capability::UseReactions) {
        return Err(ErrorCode::Forbidden);
    }
    let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
    roster.tell_everybody(core, &Event::Reacted { user, reaction });
    Ok(())
}
