//! Names of enum values as they stand in the database. A name, once written, keeps its meaning.

use crate::StoreError;
use convene_model::{
    AppPermission, ErrorCode, RawId, Role,
    record::{AllowedPresenters, LobbyScope},
};
use std::collections::BTreeSet;

const ROLES: [(Role, &str); 6] = [
    (Role::Organizer, "organizer"),
    (Role::CoOrganizer, "coOrganizer"),
    (Role::Presenter, "presenter"),
    (Role::Attendee, "attendee"),
    (Role::Consumer, "consumer"),
    (Role::Collaborator, "collaborator"),
];

pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Organizer => ROLES[0].1,
        Role::CoOrganizer => ROLES[1].1,
        Role::Presenter => ROLES[2].1,
        Role::Attendee => ROLES[3].1,
        Role::Consumer => ROLES[4].1,
        Role::Collaborator => ROLES[5].1,
    }
}

pub(crate) fn read_role(name: &str) -> Result<Role, StoreError> {
    let known = ROLES.into_iter().find(|(_, known)| *known == name);
    known.map(|(role, _)| role).ok_or_else(|| unreadable("a role", name))
}

pub(crate) fn read_reason(name: &str) -> Result<ErrorCode, StoreError> {
    ErrorCode::ALL.into_iter().find(|code| code.name() == name).ok_or_else(|| unreadable("an end reason", name))
}

pub(crate) fn read_lobby(name: &str) -> Result<LobbyScope, StoreError> {
    LobbyScope::parse(name).ok_or_else(|| unreadable("a lobby policy", name))
}

pub(crate) fn read_presenters(name: &str) -> Result<AllowedPresenters, StoreError> {
    AllowedPresenters::parse(name).ok_or_else(|| unreadable("who may present", name))
}

/// The lines of a meeting's attendees, or of those invited to a room: a raw id, a space, a role.
pub(crate) fn read_attendees(text: &str) -> Result<Vec<(RawId, Role)>, StoreError> {
    text.lines()
        .map(|line| match line.split_once(' ') {
            Some((user, role)) => Ok((read_raw_id(user)?, read_role(role)?)),
            None => Err(unreadable("an attendee", line)),
        })
        .collect()
}

/// An application's permissions, separated by spaces.
pub(crate) fn read_permissions(text: &str) -> Result<BTreeSet<AppPermission>, StoreError> {
    let names = text.split(' ').filter(|name| !name.is_empty());
    names.map(|name| AppPermission::parse(name).map_err(|_| unreadable("a permission", name))).collect()
}

pub(crate) fn read_slot(slot: i64) -> Result<u8, StoreError> {
    u8::try_from(slot).map_err(|_| unreadable("a place of a secret", &slot.to_string()))
}

pub(crate) fn read_raw_id(text: &str) -> Result<RawId, StoreError> {
    RawId::parse(text).map_err(|_| unreadable("a user id", text))
}

pub(crate) fn unreadable(what: &str, text: &str) -> StoreError {
    StoreError::Unreadable { what: format!("{what} {text:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_back_from_its_name() {
        for (role, name) in ROLES {
            assert_eq!(role_name(role), name);
            assert_eq!(read_role(name).unwrap(), role);
        }
        assert!(matches!(read_role("owner"), Err(StoreError::Unreadable { .. })));
    }

    #[test]
    fn every_end_reason_and_lobby_policy_is_read_back_from_its_name() {
        for code in ErrorCode::ALL {
            assert_eq!(read_reason(code.name()).unwrap(), code);
        }
        for scope in LobbyScope::ALL {
            assert_eq!(read_lobby(scope.as_str()).unwrap(), scope);
        }
    }
}
