//! The versions of ACS Chat REST.

/// A version of the API that a client may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatVersion {
    /// Threads, messages, participants, typing, receipts.
    V2021_03_07,
    /// Messages have metadata.
    V2021_09_07,
    /// As before.
    V2023_11_07,
    /// As before.
    V2024_03_07,
    /// Threads and participants have metadata, threads a retention policy.
    V2025_03_15,
}

impl ChatVersion {
    /// All versions with their names, the oldest first.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::V2021_03_07, "2021-03-07"),
        (Self::V2021_09_07, "2021-09-07"),
        (Self::V2023_11_07, "2023-11-07"),
        (Self::V2024_03_07, "2024-03-07"),
        (Self::V2025_03_15, "2025-03-15"),
    ];

    /// Reads a version's name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == text).map(|(version, _)| version)
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2021_03_07 => "2021-03-07",
            Self::V2021_09_07 => "2021-09-07",
            Self::V2023_11_07 => "2023-11-07",
            Self::V2024_03_07 => "2024-03-07",
            Self::V2025_03_15 => "2025-03-15",
        }
    }

    /// Whether messages have metadata in it.
    pub fn knows_message_metadata(self) -> bool {
        self != Self::V2021_03_07
    }

    /// Whether threads and participants have metadata in it, and threads a retention policy.
    pub fn knows_thread_metadata(self) -> bool {
        self == Self::V2025_03_15
    }
}
