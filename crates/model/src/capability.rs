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
    /// Send others away.
    RemoveParticipant,
    /// Mute others.
    MuteOthers,
    /// Forbid others their microphone (hard mute).
    ForbidOthersAudio,
    /// Forbid others their camera and screen.
    ForbidOthersVideo,
    /// Change others' roles, and let those come back who were removed. Convene's own.
    ManageRoles,
    /// Raise one's hand.
    RaiseHand,
    /// Tell everybody that one records or transcribes the call. Convene's own.
    AnnounceRecording,
}

/// What capabilities depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The role.
    pub role: Role,
    /// True in a meeting's call, false in a group's.
    pub meeting: bool,
    /// Whether this presenter is one of the organization, or was promoted by name. Somebody whom the meeting's options make a
    /// presenter without knowing them presents, but manages nobody.
    pub trusted: bool,
}

/// The capabilities that somebody has by role, in the order of [`Capability`].
///
/// In a group call everybody is a [`Role::Presenter`] with `meeting` false: nobody has a lobby to manage, and everybody may
/// end the call for all.
pub fn capabilities_of(standing: Standing) -> Vec<Capability> {
    use Capability::*;
    let sending = [UnmuteMic, TurnVideoOn, ShareScreen];
    match standing.role {
        Role::Organizer | Role::CoOrganizer => vec![
            UnmuteMic,
            TurnVideoOn,
            ShareScreen,
            ManageLobby,
            HangUpForEveryOne,
            RemoveParticipant,
            MuteOthers,
            ForbidOthersAudio,
            ForbidOthersVideo,
            ManageRoles,
            RaiseHand,
            AnnounceRecording,
        ],
        Role::Presenter if !standing.meeting => {
            let managing = [HangUpForEveryOne, RemoveParticipant, MuteOthers, RaiseHand, AnnounceRecording];
            [&sending[..], &managing].concat()
        }
        Role::Presenter if standing.trusted => {
            let managing = [ManageLobby, RemoveParticipant, MuteOthers, ForbidOthersAudio, ForbidOthersVideo];
            [&sending[..], &managing, &[RaiseHand, AnnounceRecording]].concat()
        }
        Role::Presenter => [&sending[..], &[RaiseHand]].concat(),
        Role::Attendee => vec![UnmuteMic, TurnVideoOn, RaiseHand],
        Role::Consumer => vec![RaiseHand],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(role: Role, meeting: bool, trusted: bool) -> Vec<Capability> {
        capabilities_of(Standing { role, meeting, trusted })
    }

    #[test]
    fn only_those_who_present_in_a_meeting_by_trust_manage_its_lobby() {
        let manages = |role, meeting, trusted| of(role, meeting, trusted).contains(&Capability::ManageLobby);
        assert!(manages(Role::Organizer, true, false) && manages(Role::CoOrganizer, true, false));
        assert!(manages(Role::Presenter, true, true) && !manages(Role::Presenter, true, false));
        assert!(!manages(Role::Attendee, true, true) && !manages(Role::Consumer, true, true));
        assert!(!manages(Role::Presenter, false, true));
    }

    #[test]
    fn a_consumer_may_send_nothing() {
        assert_eq!(of(Role::Consumer, true, true), vec![Capability::RaiseHand]);
    }

    #[test]
    fn only_owners_of_the_meeting_change_roles() {
        let manages = |role| of(role, true, true).contains(&Capability::ManageRoles);
        assert!(manages(Role::Organizer) && manages(Role::CoOrganizer));
        assert!(!manages(Role::Presenter) && !manages(Role::Attendee));
    }
}
