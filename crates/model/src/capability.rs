//! What a role may do.

use crate::Role;
use serde::{Deserialize, Serialize};

/// One thing that somebody may or may not do in a call. Names as in ACS's `ParticipantCapabilityName` where ACS has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Capability {
    /// Send audio.
    UnmuteMic,
    /// Send the camera.
    TurnVideoOn,
    /// Send the screen.
    ShareScreen,
    /// See who waits; admit and reject them.
    ManageLobby,
    /// End the call for everybody. Spelled `hangUpForEveryOne`, as in ACS.
    HangUpForEveryOne,
}

/// The capabilities of `role`, in the order of [`Capability`].
///
/// In a group call everybody is a [`Role::Presenter`] with `meeting` false: nobody has a lobby to manage, and everybody
/// may end the call for all.
pub fn capabilities_of(role: Role, meeting: bool) -> Vec<Capability> {
    use Capability::{HangUpForEveryOne, ManageLobby, ShareScreen, TurnVideoOn, UnmuteMic};
    match (role, meeting) {
        (Role::Organizer | Role::CoOrganizer, _) => {
            vec![UnmuteMic, TurnVideoOn, ShareScreen, ManageLobby, HangUpForEveryOne]
        }
        (Role::Presenter, true) => vec![UnmuteMic, TurnVideoOn, ShareScreen, ManageLobby],
        (Role::Presenter, false) => vec![UnmuteMic, TurnVideoOn, ShareScreen, HangUpForEveryOne],
        (Role::Attendee, _) => vec![UnmuteMic, TurnVideoOn],
        (Role::Consumer, _) => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_who_present_in_a_meeting_manage_its_lobby() {
        let manages = |role, meeting| capabilities_of(role, meeting).contains(&Capability::ManageLobby);
        assert!(manages(Role::Organizer, true) && manages(Role::CoOrganizer, true) && manages(Role::Presenter, true));
        assert!(!manages(Role::Attendee, true) && !manages(Role::Consumer, true) && !manages(Role::Presenter, false));
    }

    #[test]
    fn a_consumer_may_send_nothing() {
        assert_eq!(capabilities_of(Role::Consumer, true), vec![]);
    }
}
