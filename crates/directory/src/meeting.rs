//! Making meetings, and guarding them by their passcode.

use crate::random_text::pick;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_model::{
    IdentifierKind, MeetingId, Random, RawId, ThreadId, WallMs, clean_text, hex_id,
    record::{AllowedPresenters, LobbyScope, Meeting, MeetingChat},
};
use std::hint::black_box;

/// A subject's length in characters. Larger: subjects that fill the screen. Smaller: real ones are cut.
const SUBJECT_MAX: usize = 200;
/// The subject of a meeting that was given none.
const SUBJECT_DEFAULT: &str = "Meeting";
/// How long a meeting is planned for if nobody says.
const LENGTH_DEFAULT_MS: WallMs = 60 * 60 * 1000;
/// The first moment that needs five digits for its year: RFC 3339 has four.
const YEAR_10000: WallMs = 253_402_300_800_000;
/// Random bytes of a meeting's id (128 bits). Larger: longer ids. Smaller: ids that could be guessed.
const ID_BYTES: usize = 16;
/// Random bytes of a thread's id (192 bits). It is all that the classic link guards a meeting by.
const THREAD_BYTES: usize = 24;
/// Digits of a join meeting id. Larger: harder to dictate. Smaller: clashes become likely. Teams has 12 to 15.
const JOIN_ID_DIGITS: usize = 15;
/// Characters of a passcode (46 bits). Larger: harder to type. Smaller: easier to guess.
const PASSCODE_LENGTH: usize = 8;
/// Letters and digits that nobody mistakes for another: without 0 O o, 1 l I i.
const PASSCODE_ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz";

/// What a meeting is asked to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMeeting {
    /// Whose meeting; a user of the organization.
    pub organizer: RawId,
    /// The organization's id.
    pub organization: String,
    /// What it is about; may be empty.
    pub subject: String,
    /// Who need not wait in the lobby.
    pub lobby: LobbyScope,
    /// Planned start; now if none.
    pub starts_at: Option<WallMs>,
    /// Planned end; an hour after the start if none.
    pub ends_at: Option<WallMs>,
    /// Whether people from outside the organization may come at all.
    pub guests_allowed: bool,
    /// Whether they may come before any user of the organization.
    pub guests_may_start: bool,
}

/// Why no meeting is made, or not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeetingRefused {
    /// The organizer is a guest or an app's user.
    OrganizerOutside,
    /// It would end before it starts.
    EndsBeforeStart,
    /// A time before 1970 or after the year 9999.
    TimeOutOfRange,
    /// The request's body is no JSON object; says what is wrong.
    NotJson(String),
    /// A property that may not be set, or not to this.
    BadProperty {
        /// Which, with the properties that it stands in.
        property: String,
        /// What it may be instead, without a final stop.
        why: String,
    },
}

impl MeetingRefused {
    /// The same about a property of the property `outer`.
    pub(crate) fn within(self, outer: &str) -> Self {
        match self {
            Self::BadProperty { property, why } => Self::BadProperty { property: format!("{outer}.{property}"), why },
            other => other,
        }
    }
}

/// What is wrong and what to do, in a sentence.
impl std::fmt::Display for MeetingRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OrganizerOutside => {
                "Only a user of the organization (8:orgid:...) can organize a meeting. Use the id of such a user."
            }
            Self::EndsBeforeStart => "The meeting would end before it starts. Give an end that is after the start.",
            Self::TimeOutOfRange => "The meeting's times must be after 1970 and before the year 10000.",
            Self::NotJson(why) => {
                return write!(f, "The body is no onlineMeeting in JSON: {why}. Send an object, at least {{}}.");
            }
            Self::BadProperty { property, why } => {
                return write!(f, "The property {property} cannot be set so: {why}.");
            }
        })
    }
}

impl std::error::Error for MeetingRefused {}

/// Makes a meeting, with ids that cannot be guessed.
///
/// The ids are random, not checked against others: the store refuses a clash, and the caller tries again.
///
/// # Errors
/// [`MeetingRefused`] if the request makes no meeting.
pub fn create_meeting(new: NewMeeting, random: &mut dyn Random, now: WallMs) -> Result<Meeting, MeetingRefused> {
    if new.organizer.kind() != IdentifierKind::OrganizationUser {
        return Err(MeetingRefused::OrganizerOutside);
    }
    let starts_at = new.starts_at.unwrap_or(now);
    let ends_at = new.ends_at.unwrap_or(starts_at.saturating_add(LENGTH_DEFAULT_MS));
    check_times(starts_at, ends_at)?;
    let subject = clean_subject(&new.subject);
    let mut thread = [0u8; THREAD_BYTES];
    random.fill(&mut thread);
    Ok(Meeting {
        id: MeetingId(hex_id(random, ID_BYTES)),
        thread_id: ThreadId(format!("19:meeting_{}@thread.v2", URL_SAFE_NO_PAD.encode(thread))),
        organizer: new.organizer,
        organization: new.organization,
        subject,
        join_meeting_id: pick(random, b"123456789", 1) + &pick(random, b"0123456789", JOIN_ID_DIGITS - 1),
        passcode: pick(random, PASSCODE_ALPHABET, PASSCODE_LENGTH),
        lobby: new.lobby,
        guests_allowed: new.guests_allowed,
        guests_may_start: new.guests_may_start,
        locked: false,
        attendees_may_speak: true,
        attendees_may_be_seen: true,
        entry_exit_announced: false,
        chat: MeetingChat::Enabled,
        chat_history_shared: false,
        allowed_presenters: AllowedPresenters::Everyone,
        attendees: vec![],
        external_id: None,
        created_at: now,
        starts_at,
        ends_at,
        version: 1,
    })
}

/// Refuses times in the wrong order or out of reach.
pub(crate) fn check_times(starts_at: WallMs, ends_at: WallMs) -> Result<(), MeetingRefused> {
    if ![starts_at, ends_at].iter().all(|at| (0..YEAR_10000).contains(at)) {
        return Err(MeetingRefused::TimeOutOfRange);
    }
    if ends_at <= starts_at { Err(MeetingRefused::EndsBeforeStart) } else { Ok(()) }
}

/// A subject made fit to be shown; never empty.
pub(crate) fn clean_subject(text: &str) -> String {
    match clean_text(text, SUBJECT_MAX) {
        empty if empty.is_empty() => SUBJECT_DEFAULT.to_owned(),
        subject => subject,
    }
}

/// Whether `given` is the meeting's passcode. Takes as long for a nearly right one as for any other of its length.
pub fn passcode_matches(meeting: &Meeting, given: Option<&str>) -> bool {
    let (expected, given) = (meeting.passcode.as_bytes(), given.unwrap_or("").trim().as_bytes());
    let difference = expected.iter().zip(given).fold(0u8, |difference, (a, b)| black_box(difference | (a ^ b)));
    expected.len() == given.len() && difference == 0
}
