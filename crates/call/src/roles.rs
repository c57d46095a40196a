//! Changing roles: promotion and demotion by name.

use crate::Output;
use crate::call::Core;
use crate::lobby::Lobby;
use crate::roster::Roster;
use convene_model::record::JournalRow;
use convene_model::{Capability, ErrorCode, RawId, Role};
use convene_protocol::{CapabilitiesReason, Event};

/// Gives `user` a role.
///
/// # Errors
/// [`ErrorCode::NotFound`] if nobody by that id is in the call; [`ErrorCode::Forbidden`] for the organizer, who cannot be demoted, and
/// for the organizer's role, which cannot be given.
pub(crate) fn set_role(
    core: &mut Core,
    roster: &mut Roster,
    lobby: &Lobby,
    user: &RawId,
    role: Role,
    by: &RawId,
) -> Result<(), ErrorCode> {
    let member = roster.member_mut(user).ok_or(ErrorCode::NotFound)?;
    if role == Role::Organizer || member.person.role == Role::Organizer {
        return Err(ErrorCode::Forbidden);
    }
    if member.person.role == role && member.promoted {
        return Ok(());
    }
    let managed = member.may(core, Capability::ManageLobby);
    member.person.role = role;
    member.promoted = true;
    let manages = member.may(core, Capability::ManageLobby);
    core.journal(JournalRow::RoleChanged {
        call: core.id.clone(),
        user: user.clone(),
        role,
        by: by.clone(),
        at: core.now.wall,
    });
    roster.capabilities_changed(core, user, CapabilitiesReason::RoleChanged);
    if manages && !managed {
        for leg in roster.legs_of(user) {
            for waiter in lobby.views(core.now.mono) {
                core.effect(Output::Send { leg: leg.clone(), event: Event::Knocked { waiter } });
            }
        }
    }
    Ok(())
}
