//! The versions of the Rooms API, and what came in with which.

use convene_model::Role;

/// A version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoomsVersion {
    /// 2023-06-14.
    V2023_06_14,
    /// 2024-04-15: with `pstnDialOutEnabled`.
    V2024_04_15,
    /// 2025-03-13: with the role `Collaborator`.
    V2025_03_13,
}

impl RoomsVersion {
    /// Every version, the oldest first, by name.
    pub const ALL: [(RoomsVersion, &'static str); 3] = [
        (RoomsVersion::V2023_06_14, "2023-06-14"),
        (RoomsVersion::V2024_04_15, "2024-04-15"),
        (RoomsVersion::V2025_03_13, "2025-03-13"),
    ];

    /// Reads the value of `api-version`; `None` for a version that there is not. From its second page on, the Python client 1.2.0
    /// sends the name of its own constant: `ApiVersion.V2025_03_13`.
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.strip_prefix("ApiVersion.V").map(|date| date.replace('_', "-"));
        let date = date.as_deref().unwrap_or(text);
        Self::ALL.into_iter().find(|(_, name)| *name == date).map(|(version, _)| version)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2023_06_14 => Self::ALL[0].1,
            Self::V2024_04_15 => Self::ALL[1].1,
            Self::V2025_03_13 => Self::ALL[2].1,
        }
    }

    /// Whether `pstnDialOutEnabled` is part of it.
    pub fn knows_dial_out(self) -> bool {
        self >= Self::V2024_04_15
    }

    /// Whether the role can be given in it.
    pub fn knows(self, role: Role) -> bool {
        role != Role::Collaborator || self >= Self::V2025_03_13
    }
}

#[cfg(test)]
mod tests {
    use super::RoomsVersion;

    #[test]
    fn the_three_versions_are_read_also_as_the_python_client_writes_them_and_no_others() {
        for (version, name) in RoomsVersion::ALL {
            assert_eq!(RoomsVersion::parse(name), Some(version));
            assert_eq!(RoomsVersion::parse(&format!("ApiVersion.V{}", name.replace('-', "_"))), Some(version));
            assert_eq!(version.name(), name);
        }
        for text in ["", "2022-02-01", "2025-03-13-preview", "V2025_03_13", "ApiVersion.V2022_02_01", "2025_03_13"] {
            assert_eq!(RoomsVersion::parse(text), None, "{text}");
        }
    }
}
