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
    /// Send reactions.
    UseReactions,
    /// Put somebody, oneself too, into everybody's spotlight.
    SpotlightParticipant,
    /// Take others out of the spotlight.
    RemoveParticipantsSpotlight,
    /// Tell everybody that one records or transcribes the call. Convene's own.
    AnnounceRecording,
    /// Type so that everybody reads along.
    RealTimeText,
    /// Send by data channels. Convene's own.
    SendData,
    /// Call users of the app into the call.
    AddCommunicationUser,
}

/// What a call is held in, as far as capabilities depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Venue {
    /// A meeting.
    Meeting,
    /// A group: everybody is a [`Role::Presenter`].
    Group {
        /// Whether it has a lobby.
        lobby: bool,
    },
    /// A room; roles are those of its list.
    Room {
        /// Whether it has a lobby.
        lobby: bool,
    },
}

/// What capabilities depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The role.
    pub role: Role,
    /// What the call is held in.
    pub venue: Venue,
    /// Whether this presenter is one of the organization, or was promoted by name. Somebody whom the meeting's options make a
    /// presenter without knowing them presents, but manages nobody. In a group call: whether this is a host, who manages the lobby.
    pub trusted: bool,
}

/// The capabilities that somebody has by role, in the order of [`Capability`].
///
/// In a group call everybody is a [`Role::Presenter`], and everybody may end the call for all; where it has a lobby, its hosts manage
/// that. A room's presenter has full control, but for roles, which are its list's (ACS, "Predefined participant roles and permissions
/// in Virtual Rooms calls").
pub fn capabilities_of(standing: Standing) -> Vec<Capability> {
    use Capability::*;
    let sending = [UnmuteMic, TurnVideoOn, ShareScreen];
    let showing = [RaiseHand, UseReactions];
    let leading = [RaiseHand, UseReactions, SpotlightParticipant, RemoveParticipantsSpotlight, AnnounceRecording];
    let telling = [RealTimeText, SendData];
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
            UseReactions,
            SpotlightParticipant,
            RemoveParticipantsSpotlight,
            AnnounceRecording,
            RealTimeText,
            SendData,
        ],
        Role::Presenter => match standing.venue {
            Venue::Group { lobby } => {
                let managing = [HangUpForEveryOne, RemoveParticipant, MuteOthers];
                let lobby: &[Capability] = if lobby && standing.trusted { &[ManageLobby] } else { &[] };
                [&sending[..], lobby, &managing, &leading, &telling, &[AddCommunicationUser]].concat()
            }
            Venue::Room { lobby } => {
                let managing = [HangUpForEveryOne, RemoveParticipant, MuteOthers, ForbidOthersAudio, ForbidOthersVideo];
                let lobby: &[Capability] = if lobby { &[ManageLobby] } else { &[] };
                [&sending[..], lobby, &managing, &leading, &telling].concat()
            }
            Venue::Meeting if standing.trusted => {
                let managing = [ManageLobby, RemoveParticipant, MuteOthers, ForbidOthersAudio, ForbidOthersVideo];
                [&sending[..], &managing, &leading, &telling].concat()
            }
            Venue::Meeting => [&sending[..], &showing, &telling].concat(),
        },
        Role::Collaborator => [&sending[..], &showing, &telling].concat(),
        Role::Attendee => vec![UnmuteMic, TurnVideoOn, RaiseHand, UseReactions, RealTimeText, SendData],
        Role::Consumer => showing.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(role: Role, venue: Venue, trusted: bool) -> Vec<Capability> {
        capabilities_of(Standing { role, venue, trusted })
    }

    #[test]
    fn only_those_who_present_in_a_meeting_by_trust_manage_its_lobby() {
        let manages = |role, venue, trusted| of(role, venue, trusted).contains(&Capability::ManageLobby);
        let meeting = Venue::Meeting;
        assert!(manages(Role::Organizer, meeting, false) && manages(Role::CoOrganizer, meeting, false));
        assert!(manages(Role::Presenter, meeting, true) && !manages(Role::Presenter, meeting, false));
        assert!(!manages(Role::Attendee, meeting, true) && !manages(Role::Consumer, meeting, true));
        assert!(!manages(Role::Presenter, Venue::Group { lobby: false }, true));
        assert!(!manages(Role::Presenter, Venue::Group { lobby: true }, false));
        assert!(manages(Role::Presenter, Venue::Group { lobby: true }, true));
    }

    #[test]
    fn only_presenters_manage_the_lobby_of_a_room_that_has_one() {
        let manages = |role, lobby| of(role, Venue::Room { lobby }, false).contains(&Capability::ManageLobby);
        assert!(manages(Role::Presenter, true) && !manages(Role::Presenter, false));
        for role in [Role::Collaborator, Role::Attendee, Role::Consumer] {
            assert!(!manages(role, true));
        }
    }

    #[test]
    fn what_each_role_of_a_room_may_send() {
        use Capability::*;
        let sends = |role| {
            let may = of(role, Venue::Room { lobby: false }, false);
            [UnmuteMic, TurnVideoOn, ShareScreen, MuteOthers, RemoveParticipant].map(|one| may.contains(&one))
        };
        assert_eq!(sends(Role::Presenter), [true; 5]);
        assert_eq!(sends(Role::Collaborator), [true, true, true, false, false]);
        assert_eq!(sends(Role::Attendee), [true, true, false, false, false]);
        assert_eq!(sends(Role::Consumer), [false; 5]);
    }

    #[test]
    fn a_consumer_may_send_nothing() {
        assert_eq!(of(Role::Consumer, Venue::Meeting, true), vec![Capability::RaiseHand, Capability::UseReactions]);
    }

    #[test]
    fn only_those_who_lead_by_trust_choose_whom_everybody_sees() {
        let chooses = |role, venue, trusted| {
            let may = of(role, venue, trusted);
            [Capability::SpotlightParticipant, Capability::RemoveParticipantsSpotlight].map(|one| may.contains(&one))
        };
        assert_eq!(chooses(Role::CoOrganizer, Venue::Meeting, false), [true; 2]);
        assert_eq!(chooses(Role::Presenter, Venue::Meeting, true), [true; 2]);
        assert_eq!(chooses(Role::Presenter, Venue::Meeting, false), [false; 2]);
        assert_eq!(chooses(Role::Attendee, Venue::Meeting, true), [false; 2]);
        assert_eq!(chooses(Role::Collaborator, Venue::Room { lobby: false }, false), [false; 2]);
    }

    #[test]
    fn only_owners_of_the_meeting_change_roles() {
        let manages = |role| of(role, Venue::Meeting, true).contains(&Capability::ManageRoles);
        assert!(manages(Role::Organizer) && manages(Role::CoOrganizer));
        assert!(!manages(Role::Presenter) && !manages(Role::Attendee));
        assert!(!of(Role::Presenter, Venue::Room { lobby: true }, true).contains(&Capability::ManageRoles));
    }
}
