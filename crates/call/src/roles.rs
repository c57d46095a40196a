//! Changing roles: promotion and demotion by name, and by the meeting's options.

use crate::common::Core;
use crate::lobby::Lobby;
use crate::roster::Roster;
use crate::{CallKind, Output, Person};
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
    core.journal(JournalRow::RoleChanged {
        call: core.id.clone(),
        user: user.clone(),
        role,
        by: by.clone(),
        at: core.now.wall,
    });
    became(core, roster, lobby, user, managed, Some(by), CapabilitiesReason::RoleChanged);
    Ok(())
}

/// The meeting's options, or its list of attendees, make somebody who is in stand otherwise. A role that was given by name stays.
pub(crate) fn stand_otherwise(core: &mut Core, roster: &mut Roster, lobby: &Lobby, user: &RawId, person: Person) {
    let Some(member) = roster.member_mut(user) else { return };
    let managed = member.may(core, Capability::ManageLobby);
    let role = if member.promoted { member.person.role } else { person.role };
    let as_before = |is: Person| (is.affiliation, is.host) == (person.affiliation, person.host);
    let changed = role != member.person.role || !as_before(member.person);
    member.person = Person { role, ..person };
    if changed {
        let reason = match core.kind {
            CallKind::Room { .. } => CapabilitiesReason::RoleChanged,
            CallKind::Meeting { .. } | CallKind::Group { .. } => CapabilitiesReason::MeetingOptionsChanged,
        };
        became(core, roster, lobby, user, managed, None, reason);
    }
}

/// Tells what a role means; who manages the lobby from now on learns who waits.
fn became(
    core: &mut Core,
    roster: &mut Roster,
    lobby: &Lobby,
    user: &RawId,
    managed: bool,
    by: Option<&RawId>,
    reason: CapabilitiesReason,
) {
    roster.capabilities_changed(core, user, by, reason);
    let manages = roster.member(user).is_some_and(|member| member.may(core, Capability::ManageLobby));
    if manages && !managed {
        for leg in roster.legs_of(user) {
            for waiter in lobby.views(core.now.mono) {
                core.effect(Output::Send { leg: leg.clone(), event: Event::Knocked { waiter } });
            }
        }
    }
}
