//! Roles in a call.

use serde::{Deserialize, Serialize};

/// What somebody is in a call. What a role may do stands in [`crate::capabilities_of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Role {
    /// Owns the meeting.
    Organizer,
    /// Stands in for the organizer.
    CoOrganizer,
    /// May present and manage the lobby.
    Presenter,
    /// May speak, be seen and share the screen. Only in rooms.
    Collaborator,
    /// May speak and be seen.
    Attendee,
    /// May only look and listen.
    Consumer,
}

impl Role {
    /// True for those who never wait in their own meeting's lobby.
    pub fn owns_meeting(self) -> bool {
        matches!(self, Self::Organizer | Self::CoOrganizer)
    }
}
