//! How a meeting is found by what somebody shows: by which of its ids, and what else must fit.

use crate::{JoinLink, normalize_meeting_id, passcode_matches};
use convene_model::{ErrorCode, ThreadId, record::Meeting};

/// By which id a meeting is looked up.
#[derive(Clone, PartialEq, Eq)]
pub enum MeetingKey {
    /// By its thread, from the classic link.
    Thread(ThreadId),
    /// By its join meeting id, digits only.
    JoinId(String),
}

/// What was shown besides what the lookup goes by. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// The parts of a classic link beside the thread.
    Classic {
        /// The organizer's raw id, if the link names one.
        organizer: Option<String>,
        /// The organization, if the link names one.
        organization: Option<String>,
    },
    /// The passcode.
    Passcode(Option<String>),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof")
    }
}

impl Proof {
    /// Whether it leads into this meeting. To whom it does not, the meeting is as unknown as one that never was.
    pub fn fits(&self, meeting: &Meeting) -> bool {
        match self {
            Self::Classic { organizer, organization } => {
                organizer.as_deref().is_none_or(|id| id == meeting.organizer.as_str())
                    && organization.as_deref().is_none_or(|id| id == meeting.organization)
            }
            Self::Passcode(given) => passcode_matches(meeting, given.as_deref()),
        }
    }
}

/// How the meeting of a link is found.
pub fn locate_by_link(link: JoinLink) -> (MeetingKey, Proof) {
    match link {
        JoinLink::Classic { thread_id, organizer, organization } => {
            let organizer = organizer.map(|id| id.as_str().to_owned());
            (MeetingKey::Thread(thread_id), Proof::Classic { organizer, organization })
        }
        JoinLink::Short { meeting_id, passcode } => (MeetingKey::JoinId(meeting_id), Proof::Passcode(passcode)),
    }
}

/// How a meeting is found by its id as people type it; `None` if that is no meeting id.
pub fn locate_by_id(meeting_id: &str, passcode: Option<String>) -> Option<(MeetingKey, Proof)> {
    Some((MeetingKey::JoinId(normalize_meeting_id(meeting_id)?), Proof::Passcode(passcode)))
}

/// Whether an anonymous guest may have a token for the meeting. Whether the guest comes in is the call's to decide.
///
/// # Errors
/// The code that joining would give, where guests are not allowed. `somebody_is_in` says whether its call goes on.
pub fn admits_visitors(meeting: &Meeting, somebody_is_in: bool) -> Result<(), ErrorCode> {
    match (meeting.guests_allowed, somebody_is_in) {
        (true, _) => Ok(()),
        (false, true) => Err(ErrorCode::GuestsNotAllowed),
        (false, false) => Err(ErrorCode::GuestsMayNotStart),
    }
}
