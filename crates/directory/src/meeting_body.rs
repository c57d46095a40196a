//! What a request says about a meeting, and the change that it makes: which properties may be set, and to what.
//!
//! Source of the names: Microsoft Graph v1.0, resource `onlineMeeting`. A property that Graph does not have either is refused, as a typing
//! error would otherwise go unseen; `null` means that nothing is said.

use crate::date_time::parse_date_time;
use crate::meeting::{MeetingRefused, NewMeeting, check_times, clean_subject, create_meeting};
use convene_model::{
    IdentifierKind, Random, RawId, Role, WallMs,
    record::{AllowedPresenters, LobbyScope, Meeting, MeetingChat},
};
use serde_json::{Map, Value};

/// People that a meeting lists. Larger: each change and each arrival reads a longer list. Smaller: real invitations do not fit.
const ATTENDEES_MAX: usize = 500;

/// An external id's length in characters. Larger: an index of long texts. Smaller: a back end's own ids do not fit.
const EXTERNAL_ID_MAX: usize = 256;

const EXTERNAL_ID: &str = "externalId";

/// What Convene means.
const SETTABLE: [&str; 15] = [
    "subject",
    "startDateTime",
    "endDateTime",
    "lobbyBypassSettings",
    "allowedPresenters",
    "allowAttendeeToEnableMic",
    "allowAttendeeToEnableCamera",
    "isEntryExitAnnounced",
    "allowMeetingChat",
    "shareMeetingChatHistoryDefault",
    "participants",
    "isLocked",
    "isGuestsAllowed",
    "guestsMayStart",
    "joinMeetingIdSettings",
];

/// What Graph's meetings may permit and no meeting here has: taken without effect; the answer shows what holds.
const WITHOUT_EFFECT: [&str; 9] = [
    "allowTeamworkReactions",
    "allowParticipantsToChangeName",
    "allowRecording",
    "allowTranscription",
    "allowLiveShare",
    "allowBreakoutRooms",
    "allowPowerPointSharing",
    "allowWhiteboard",
    "meetingSpokenLanguageTag",
];

/// What somebody would rely on and not get, with the one value that is true of every meeting here (`null`: none but that).
const NOT_THERE: [(&str, &str); 9] = [
    ("recordAutomatically", "false"),
    ("isBroadcast", "false"),
    ("isEndToEndEncryptionEnabled", "false"),
    ("broadcastSettings", "null"),
    ("watermarkProtection", "null"),
    ("sensitivityLabelAssignment", "null"),
    ("anonymizeIdentityForRoles", "[]"),
    ("allowCopyingAndSharingMeetingContent", "true"),
    ("allowedLobbyAdmitters", "\"organizerAndCoOrganizersAndPresenters\""),
];

/// What only the server writes. `joinMeetingIdSettings` stands apart: it may be given when a meeting is made.
const READ_ONLY: [&str; 16] = [
    "id",
    "creationDateTime",
    "joinWebUrl",
    "joinUrl",
    "joinInformation",
    "meetingOptionsWebUrl",
    "expiryDateTime",
    "conveneShortJoinUrl",
    "chatInfo",
    "videoTeleconferenceId",
    "audioConferencing",
    "attendanceReports",
    "recordings",
    "transcripts",
    "attendeeReport",
    "meetingAttendanceReport",
];

/// What a request says about a meeting; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeetingBody {
    subject: Option<String>,
    starts_at: Option<WallMs>,
    ends_at: Option<WallMs>,
    lobby: Option<LobbyScope>,
    allowed_presenters: Option<AllowedPresenters>,
    attendees_may_speak: Option<bool>,
    attendees_may_be_seen: Option<bool>,
    entry_exit_announced: Option<bool>,
    chat: Option<MeetingChat>,
    chat_history_shared: Option<bool>,
    attendees: Option<Vec<(RawId, Role)>>,
    locked: Option<bool>,
    guests_allowed: Option<bool>,
    guests_may_start: Option<bool>,
    external_id: Option<String>,
}

impl MeetingBody {
    /// Reads the body that makes a meeting. Read-only properties in it are ignored.
    ///
    /// # Errors
    /// [`MeetingRefused`] names the property and says what it may be.
    pub fn of_new(json: &[u8]) -> Result<Self, MeetingRefused> {
        let body = object(json)?;
        let settings = body.get("joinMeetingIdSettings").and_then(|settings| settings.get("isPasscodeRequired"));
        if settings == Some(&Value::Bool(false)) {
            return Err(bad("joinMeetingIdSettings.isPasscodeRequired", "every meeting has a passcode; leave it out"));
        }
        if body.contains_key(EXTERNAL_ID) {
            let why = "only createOrGet gives a meeting an external id; send the body to onlineMeetings/createOrGet";
            return Err(bad(EXTERNAL_ID, why));
        }
        read(&body)
    }

    /// Reads the body of `createOrGet`: as [`of_new`](Self::of_new), with the external id, which is needed.
    ///
    /// # Errors
    /// [`MeetingRefused`] names the property and says what it may be. An end needs a start here, as in Graph.
    pub fn of_create_or_get(json: &[u8]) -> Result<(String, Self), MeetingRefused> {
        let mut body = object(json)?;
        let id = match body.remove(EXTERNAL_ID) {
            Some(Value::String(id)) if !id.is_empty() && id.chars().count() <= EXTERNAL_ID_MAX => id,
            _ => {
                let why = format!("it is needed, as a text of 1 to {EXTERNAL_ID_MAX} characters");
                return Err(bad(EXTERNAL_ID, why));
            }
        };
        let said = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
        if said("endDateTime") && !said("startDateTime") {
            return Err(bad("endDateTime", "it needs a startDateTime; give both, or neither"));
        }
        let body = Self::of_new(&Value::Object(body).to_string().into_bytes())?;
        Ok((id.clone(), Self { external_id: Some(id), ..body }))
    }

    /// Reads the body that changes a meeting. Read-only properties in it are refused.
    ///
    /// # Errors
    /// [`MeetingRefused`] names the property and says what it may be.
    pub fn of_change(json: &[u8]) -> Result<Self, MeetingRefused> {
        let body = object(json)?;
        if body.contains_key("joinMeetingIdSettings") {
            let why = "it is fixed when the meeting is made, because links with it are out already; make a new meeting to have \
                       another id and passcode";
            return Err(bad("joinMeetingIdSettings", why));
        }
        if body.contains_key(EXTERNAL_ID) {
            return Err(bad(
                EXTERNAL_ID,
                "a meeting keeps the external id that it was made with; send only what is to change",
            ));
        }
        if let Some(name) = READ_ONLY.into_iter().find(|name| body.contains_key(*name)) {
            return Err(bad(name, "it is read-only; send only what is to change"));
        }
        if body.get("participants").is_some_and(|participants| participants.get("organizer").is_some()) {
            return Err(bad(
                "participants.organizer",
                "a meeting keeps its organizer; send only participants.attendees",
            ));
        }
        read(&body)
    }

    /// Makes the meeting. Without a scope the organization's users pass the lobby, and everybody else waits.
    ///
    /// # Errors
    /// [`MeetingRefused`] if the request makes no meeting.
    pub fn create(
        &self,
        organizer: &RawId,
        organization: &str,
        random: &mut dyn Random,
        now: WallMs,
    ) -> Result<Meeting, MeetingRefused> {
        let new = NewMeeting {
            organizer: organizer.clone(),
            organization: organization.to_owned(),
            subject: self.subject.clone().unwrap_or_default(),
            lobby: self.lobby.unwrap_or(LobbyScope::Organization),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            guests_allowed: self.guests_allowed.unwrap_or(true),
            guests_may_start: self.guests_may_start.unwrap_or(true),
        };
        let mut meeting = create_meeting(new, random, now)?;
        self.set_options(&mut meeting);
        meeting.external_id = self.external_id.clone();
        Ok(meeting)
    }

    /// The meeting after the change, one version further.
    ///
    /// # Errors
    /// [`MeetingRefused`] if its times would not fit. A start that is moved without an end keeps the meeting's length.
    pub fn change(&self, meeting: &Meeting) -> Result<Meeting, MeetingRefused> {
        let mut changed = meeting.clone();
        changed.version += 1;
        if let Some(subject) = &self.subject {
            changed.subject = clean_subject(subject);
        }
        if let Some(starts_at) = self.starts_at {
            changed.starts_at = starts_at;
            changed.ends_at = starts_at.saturating_add(meeting.ends_at - meeting.starts_at);
        }
        changed.ends_at = self.ends_at.unwrap_or(changed.ends_at);
        check_times(changed.starts_at, changed.ends_at)?;
        self.set_options(&mut changed);
        Ok(changed)
    }

    fn set_options(&self, meeting: &mut Meeting) {
        let set = |option: &mut bool, value: Option<bool>| *option = value.unwrap_or(*option);
        set(&mut meeting.locked, self.locked);
        set(&mut meeting.guests_allowed, self.guests_allowed);
        set(&mut meeting.guests_may_start, self.guests_may_start);
        set(&mut meeting.attendees_may_speak, self.attendees_may_speak);
        set(&mut meeting.attendees_may_be_seen, self.attendees_may_be_seen);
        set(&mut meeting.entry_exit_announced, self.entry_exit_announced);
        set(&mut meeting.chat_history_shared, self.chat_history_shared);
        meeting.chat = self.chat.unwrap_or(meeting.chat);
        meeting.lobby = self.lobby.unwrap_or(meeting.lobby);
        meeting.allowed_presenters = self.allowed_presenters.unwrap_or(meeting.allowed_presenters);
        if let Some(attendees) = &self.attendees {
            let others = attendees.iter().filter(|(user, _)| *user != meeting.organizer);
            meeting.attendees = others.cloned().collect();
        }
    }
}

/// The name of a listed person's role in Graph (`onlineMeetingRole`).
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::CoOrganizer => "coorganizer",
        Role::Organizer | Role::Presenter | Role::Collaborator => "presenter",
        Role::Attendee | Role::Consumer => "attendee",
    }
}

fn bad(property: &str, why: impl Into<String>) -> MeetingRefused {
    MeetingRefused::BadProperty { property: property.to_owned(), why: why.into() }
}

fn object(json: &[u8]) -> Result<Map<String, Value>, MeetingRefused> {
    match serde_json::from_slice(json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(MeetingRefused::NotJson("it is no object".to_owned())),
        Err(error) => Err(MeetingRefused::NotJson(error.to_string())),
    }
}

/// Refuses what no meeting has. Annotations (`@odata.type`) are for programs and say nothing.
fn check_names(body: &Map<String, Value>) -> Result<(), MeetingRefused> {
    for (name, value) in body.iter().filter(|(name, value)| !name.contains('@') && !value.is_null()) {
        let name = name.as_str();
        if let Some((_, held)) = NOT_THERE.iter().find(|(known, _)| *known == name) {
            let said = value.to_string();
            if said != *held {
                return Err(bad(name, format!("meetings here have nothing of the kind; leave it out, or send {held}")));
            }
        } else if ![&SETTABLE[..], &WITHOUT_EFFECT, &READ_ONLY, &[EXTERNAL_ID]].concat().contains(&name) {
            return Err(bad(name, "there is no such property of an onlineMeeting; check its spelling"));
        }
    }
    Ok(())
}

fn read(body: &Map<String, Value>) -> Result<MeetingBody, MeetingRefused> {
    check_names(body)?;
    let lobby = member(body, "lobbyBypassSettings", "an object with a scope", Value::as_object)?;
    let scopes = || one_of(LobbyScope::ALL.map(LobbyScope::as_str));
    let presenters = || one_of(AllowedPresenters::ALL.map(AllowedPresenters::as_str));
    let lobby = match lobby {
        None => None,
        Some(settings) => {
            flag(settings, "isDialInBypassEnabled")?;
            let scope = member(settings, "scope", &scopes(), |value| value.as_str().and_then(LobbyScope::parse));
            scope.map_err(|refused| refused.within("lobbyBypassSettings"))?
        }
    };
    let participants = member(body, "participants", "an object with attendees", Value::as_object)?;
    Ok(MeetingBody {
        subject: member(body, "subject", "a text", |value| value.as_str().map(str::to_owned))?,
        starts_at: date_time(body, "startDateTime")?,
        ends_at: date_time(body, "endDateTime")?,
        lobby,
        allowed_presenters: member(body, "allowedPresenters", &presenters(), |value| {
            value.as_str().and_then(AllowedPresenters::parse)
        })?,
        attendees_may_speak: flag(body, "allowAttendeeToEnableMic")?,
        attendees_may_be_seen: flag(body, "allowAttendeeToEnableCamera")?,
        entry_exit_announced: flag(body, "isEntryExitAnnounced")?,
        chat: member(body, "allowMeetingChat", &one_of(MeetingChat::ALL.map(MeetingChat::as_str)), |value| {
            value.as_str().and_then(MeetingChat::parse)
        })?,
        chat_history_shared: member(body, "shareMeetingChatHistoryDefault", &one_of(["all", "none"]), |value| {
            match value.as_str() {
                Some("all") => Some(true),
                Some("none") => Some(false),
                _ => None,
            }
        })?,
        attendees: participants.map(attendees).transpose()?.flatten(),
        locked: flag(body, "isLocked")?,
        guests_allowed: flag(body, "isGuestsAllowed")?,
        guests_may_start: flag(body, "guestsMayStart")?,
        external_id: None,
    })
}

/// A member, if something is said about it.
fn member<'a, T>(
    body: &'a Map<String, Value>,
    name: &str,
    expected: &str,
    read: impl FnOnce(&'a Value) -> Option<T>,
) -> Result<Option<T>, MeetingRefused> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or_else(|| bad(name, format!("use {expected}"))),
    }
}

fn flag(body: &Map<String, Value>, name: &str) -> Result<Option<bool>, MeetingRefused> {
    member(body, name, "true or false", Value::as_bool)
}

fn date_time(body: &Map<String, Value>, name: &str) -> Result<Option<WallMs>, MeetingRefused> {
    let expected = "a date and time such as 2026-09-21T14:00:00Z or 2026-09-21T16:00:00+02:00";
    member(body, name, expected, |value| value.as_str().and_then(parse_date_time))
}

fn one_of<const N: usize>(names: [&str; N]) -> String {
    format!("one of {}", names.join(", "))
}

/// `participants.attendees`; whoever stands in it twice is what the last entry says.
fn attendees(participants: &Map<String, Value>) -> Result<Option<Vec<(RawId, Role)>>, MeetingRefused> {
    const LIST: &str = "participants.attendees";
    let Some(entries) = member(participants, "attendees", "a list", Value::as_array)
        .map_err(|refused| refused.within("participants"))?
    else {
        return Ok(None);
    };
    if entries.len() > ATTENDEES_MAX {
        return Err(bad(LIST, format!("list at most {ATTENDEES_MAX} people; others join by the link")));
    }
    let mut listed: Vec<(RawId, Role)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let id = entry.pointer("/identity/user/id").and_then(Value::as_str).ok_or_else(|| {
            bad(LIST, "each entry needs identity.user.id, a user's id; nobody can be found by upn alone")
        })?;
        // An id without its prefix is one of the organization's users, as Graph writes them.
        let user = RawId::parse(id).or_else(|_| RawId::parse(&format!("8:orgid:{id}"))).map_err(|_| {
            bad(
                LIST,
                "identity.user.id is the id of a user of the organization, or a raw id such as 8:acs:<resource>_<user>",
            )
        })?;
        let role = match entry.get("role").filter(|role| !role.is_null()).map(Value::as_str) {
            None | Some(Some("attendee")) => Role::Attendee,
            Some(Some("presenter")) => Role::Presenter,
            Some(Some("coorganizer")) if user.kind() == IdentifierKind::OrganizationUser => Role::CoOrganizer,
            Some(Some("coorganizer")) => {
                return Err(bad(LIST, "only a user of the organization can be a coorganizer; use presenter"));
            }
            Some(_) => return Err(bad(LIST, "a role is attendee, presenter or coorganizer")),
        };
        listed.retain(|(other, _)| *other != user);
        listed.push((user, role));
    }
    Ok(Some(listed))
}
