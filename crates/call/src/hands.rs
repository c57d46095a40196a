//! Raised hands, in the order in which they were raised.

use crate::common::Core;
use crate::marked::Marked;
use crate::roster::Roster;
use convene_model::happened::What;
use convene_model::{Capability, ErrorCode, ParticipantId, RawId};

/// The name under which the journal keeps hands.
pub(crate) const FEATURE: &str = "hand";

/// No hand is up.
pub(crate) fn none() -> Marked {
    Marked::told(FEATURE, "raised", |user, raised| What::HandChanged { user, raised })
}

/// Raises the hand of a leg's user; a hand that is up stays where it is.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the role may not.
pub(crate) fn raise(
    hands: &mut Marked,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
) -> Result<(), ErrorCode> {
    if !roster.may(core, leg, Capability::RaiseHand) {
        return Err(ErrorCode::Forbidden);
    }
    let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?;
    hands.add(core, user);
    Ok(())
}

/// Lowers hands: those of `users`, or all.
///
/// # Errors
/// [`ErrorCode::Forbidden`] for hands of others without the capability to mute them. Nothing is changed then.
pub(crate) fn lower(
    hands: &mut Marked,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    users: Option<Vec<RawId>>,
) -> Result<(), ErrorCode> {
    take_off(hands, core, roster, leg, users, Capability::MuteOthers)
}

/// Takes `users`, or all, off a list: oneself, or, with the capability, others.
pub(crate) fn take_off(
    marked: &mut Marked,
    core: &mut Core,
    roster: &Roster,
    leg: &ParticipantId,
    users: Option<Vec<RawId>>,
    needed: Capability,
) -> Result<(), ErrorCode> {
    let own = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?;
    let users = users.unwrap_or_else(|| marked.users().to_vec());
    if users.iter().any(|user| user != own) && !roster.may(core, leg, needed) {
        return Err(ErrorCode::Forbidden);
    }
    marked.remove(core, |user| users.contains(user));
    Ok(())
}
