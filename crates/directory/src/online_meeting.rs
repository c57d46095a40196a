//! A meeting as its API shows it.
//!
//! Source: Microsoft Graph v1.0, resource `onlineMeeting`; members that start with `convene`, the two about guests, and
//! `isLocked` are Convene's own.

use crate::meeting_body::role_name;
use crate::urls::{encoded, join_web_url, object_id, short_join_url};
use convene_model::{
    MeetingId, RawId, Role, ThreadId,
    record::{AllowedPresenters, LobbyScope, Meeting},
    rfc3339,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A meeting in the shape of Graph's `onlineMeeting`. Times are RFC 3339 in UTC.
///
/// It has no `Debug`: its links and its passcode must not reach a log.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnlineMeeting {
    /// Its id.
    #[schema(value_type = String)]
    pub id: MeetingId,
    /// What it is about.
    pub subject: String,
    /// When it was made.
    pub creation_date_time: String,
    /// Planned start.
    pub start_date_time: String,
    /// Planned end.
    pub end_date_time: String,
    /// The classic join link.
    pub join_web_url: String,
    /// The short join link, passcode included.
    pub convene_short_join_url: String,
    /// How to join by id and passcode.
    pub join_meeting_id_settings: JoinMeetingIdSettings,
    /// Who passes the lobby.
    pub lobby_bypass_settings: LobbyBypassSettings,
    /// Who comes in as a presenter.
    #[schema(value_type = String, example = "organization")]
    pub allowed_presenters: AllowedPresenters,
    /// Whether attendees may unmute themselves.
    pub allow_attendee_to_enable_mic: bool,
    /// Whether attendees may turn their camera on.
    pub allow_attendee_to_enable_camera: bool,
    /// Whether clients should announce who comes and goes.
    pub is_entry_exit_announced: bool,
    /// Nobody new comes in, but the organizer and co-organizers.
    pub is_locked: bool,
    /// Whether people from outside the organization may come at all.
    pub is_guests_allowed: bool,
    /// Whether they may come before any user of the organization.
    pub guests_may_start: bool,
    /// The meeting's chat.
    pub chat_info: ChatInfo,
    /// Who belongs to it.
    pub participants: MeetingParticipants,
    /// The invitation, for a mail or a calendar.
    pub join_information: JoinInformation,
    /// The id that a back end knows it by; only of a meeting that was made with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// How to dial in: nobody can, so it is `null`.
    #[schema(value_type = Option<Object>)]
    pub audio_conferencing: Option<()>,
    /// For conference rooms of other makes: none, so it is `null`.
    pub video_teleconference_id: Option<String>,
    /// When there is a chat: `enabled`, `limited` (only while the call goes on) or `disabled`.
    #[schema(value_type = String, example = "enabled")]
    pub allow_meeting_chat: &'static str,
    /// Whether newcomers may read what was written before: `all` or `none`.
    #[schema(value_type = String, example = "none")]
    pub share_meeting_chat_history_default: &'static str,
    /// Whether there are reactions.
    pub allow_teamwork_reactions: bool,
    /// Whether participants may rename themselves.
    pub allow_participants_to_change_name: bool,
    /// Whether it is recorded by itself.
    pub record_automatically: bool,
}

/// A text for people, with its kind.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinInformation {
    /// A `data:text/html,` URL, percent-encoded, as Graph writes it.
    pub content: String,
    /// Always `html`.
    #[schema(value_type = String, example = "html")]
    pub content_type: &'static str,
}

/// How to join by id and passcode.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinMeetingIdSettings {
    /// Whether the id alone is not enough.
    pub is_passcode_required: bool,
    /// The digits.
    pub join_meeting_id: String,
    /// The passcode.
    pub passcode: String,
}

/// Who passes the lobby without waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LobbyBypassSettings {
    /// Who.
    #[schema(value_type = String, example = "organization")]
    pub scope: LobbyScope,
    /// Whether those who dial in by phone pass; nobody can.
    pub is_dial_in_bypass_enabled: bool,
}

/// The meeting's chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatInfo {
    /// Its thread.
    #[schema(value_type = String)]
    pub thread_id: ThreadId,
    /// The message that the meeting hangs on: always `0`, as in links.
    #[schema(value_type = String, example = "0")]
    pub message_id: &'static str,
    /// Always `null`: it hangs on no reply.
    pub reply_chain_message_id: Option<String>,
}

/// Who belongs to a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeetingParticipants {
    /// Whose meeting it is.
    pub organizer: OrganizerInfo,
    /// Whom the organizer listed.
    pub attendees: Vec<Attendee>,
}

/// Whose meeting it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganizerInfo {
    /// Who.
    pub identity: IdentitySet,
    /// The user's sign-in name; Convene knows none, so it is `null`.
    pub upn: Option<String>,
    /// As what: Graph has no word for the organizer here.
    #[schema(value_type = String, example = "presenter")]
    pub role: &'static str,
}

/// One of the invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attendee {
    /// Who.
    pub identity: IdentitySet,
    /// The user's sign-in name; Convene knows none, so it is `null`.
    pub upn: Option<String>,
    /// As what: `attendee`, `presenter` or `coorganizer`.
    pub role: &'static str,
}

/// Graph's wrapper around an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentitySet {
    /// The user.
    pub user: Identity,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The id of a user of the organization without `8:orgid:`; the whole raw id of others.
    pub id: String,
    /// The user's name; `null` if there is none.
    pub display_name: Option<String>,
}

/// Shows `meeting` as the server with the given public URL knows it.
pub fn online_meeting(public_url: &str, meeting: &Meeting, organizer_name: Option<&str>) -> OnlineMeeting {
    let organizer =
        Identity { id: object_id(&meeting.organizer).to_owned(), display_name: organizer_name.map(str::to_owned) };
    OnlineMeeting {
        id: meeting.id.clone(),
        subject: meeting.subject.clone(),
        creation_date_time: rfc3339(meeting.created_at),
        start_date_time: rfc3339(meeting.starts_at),
        end_date_time: rfc3339(meeting.ends_at),
        join_web_url: join_web_url(public_url, meeting),
        convene_short_join_url: short_join_url(public_url, meeting),
        join_meeting_id_settings: JoinMeetingIdSettings {
            is_passcode_required: !meeting.passcode.is_empty(),
            join_meeting_id: meeting.join_meeting_id.clone(),
            passcode: meeting.passcode.clone(),
        },
        lobby_bypass_settings: LobbyBypassSettings { scope: meeting.lobby, is_dial_in_bypass_enabled: false },
        allowed_presenters: meeting.allowed_presenters,
        allow_attendee_to_enable_mic: meeting.attendees_may_speak,
        allow_attendee_to_enable_camera: meeting.attendees_may_be_seen,
        is_entry_exit_announced: meeting.entry_exit_announced,
        is_locked: meeting.locked,
        is_guests_allowed: meeting.guests_allowed,
        guests_may_start: meeting.guests_may_start,
        chat_info: ChatInfo { thread_id: meeting.thread_id.clone(), message_id: "0", reply_chain_message_id: None },
        participants: MeetingParticipants {
            organizer: OrganizerInfo {
                identity: IdentitySet { user: organizer },
                upn: None,
                role: role_name(Role::Organizer),
            },
            attendees: meeting.attendees.iter().map(attendee).collect(),
        },
        join_information: JoinInformation { content: invitation(public_url, meeting), content_type: "html" },
        external_id: meeting.external_id.clone(),
        audio_conferencing: None,
        video_teleconference_id: None,
        allow_meeting_chat: meeting.chat.as_str(),
        share_meeting_chat_history_default: if meeting.chat_history_shared { "all" } else { "none" },
        allow_teamwork_reactions: false,
        allow_participants_to_change_name: false,
        record_automatically: false,
    }
}

/// The invitation. It has only what the server wrote: no subject, no name.
fn invitation(public_url: &str, meeting: &Meeting) -> String {
    let link = join_web_url(public_url, meeting);
    let (id, passcode) = (&meeting.join_meeting_id, &meeting.passcode);
    let html = format!(
        "<p><a href=\"{link}\" rel=\"noreferrer noopener\">Join the meeting</a></p><p>Meeting ID: {id}</p><p>Passcode: {passcode}</p>"
    );
    format!("data:text/html,{}", encoded(&html))
}

fn attendee((user, role): &(RawId, Role)) -> Attendee {
    let identity = Identity { id: object_id(user).to_owned(), display_name: None };
    Attendee { identity: IdentitySet { user: identity }, upn: None, role: role_name(*role) }
}
