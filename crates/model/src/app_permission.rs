//! What an application may do in the name of every organizer.
//!
//! Source of the names: Microsoft Graph, application permissions.

use std::fmt;

/// One thing that an application may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AppPermission {
    /// Read everybody's meetings.
    ReadMeetings,
    /// Make, read, change and delete everybody's meetings.
    WriteMeetings,
    /// Read who attended everybody's meetings.
    ReadArtifacts,
}

/// A text that names no permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPermission(pub String);

impl fmt::Display for InvalidPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = AppPermission::ALL.iter().map(|permission| permission.as_str()).collect();
        write!(f, "unknown permission {:?}: use some of {}", self.0, known.join(", "))
    }
}

impl std::error::Error for InvalidPermission {}

impl AppPermission {
    /// Every permission.
    pub const ALL: [AppPermission; 3] = [Self::ReadMeetings, Self::WriteMeetings, Self::ReadArtifacts];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadMeetings => "OnlineMeetings.Read.All",
            Self::WriteMeetings => "OnlineMeetings.ReadWrite.All",
            Self::ReadArtifacts => "OnlineMeetingArtifact.Read.All",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidPermission`] if there is no such permission.
    pub fn parse(text: &str) -> Result<Self, InvalidPermission> {
        let found = Self::ALL.into_iter().find(|permission| permission.as_str() == text);
        found.ok_or_else(|| InvalidPermission(text.to_owned()))
    }

    /// Whether somebody who has this may do what `needed` allows: who may write may read.
    pub fn allows(self, needed: Self) -> bool {
        self == needed || (self == Self::WriteMeetings && needed == Self::ReadMeetings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_read_back_from_its_name() {
        for permission in AppPermission::ALL {
            assert_eq!(AppPermission::parse(permission.as_str()), Ok(permission));
        }
        let said = AppPermission::parse("Calls.JoinGroupCall.All").unwrap_err().to_string();
        assert!(said.contains("OnlineMeetings.ReadWrite.All"), "{said}");
    }

    #[test]
    fn who_may_write_meetings_may_read_them_and_nothing_else_follows_from_anything() {
        use AppPermission::{ReadArtifacts, ReadMeetings, WriteMeetings};
        let allowed: Vec<(AppPermission, AppPermission)> = AppPermission::ALL
            .into_iter()
            .flat_map(|has| AppPermission::ALL.map(|needed| (has, needed)))
            .filter(|(has, needed)| has != needed && has.allows(*needed))
            .collect();
        assert_eq!(allowed, [(WriteMeetings, ReadMeetings)]);
        assert!(ReadArtifacts.allows(ReadArtifacts));
    }
}
