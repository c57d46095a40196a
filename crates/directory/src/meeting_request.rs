//! The body of a request about a meeting as the API's description shows it. [`crate::MeetingBody`] reads it.

use utoipa::ToSchema;

/// What may be said about a meeting. All of it may be left out; what is left out stays, or has its default in a new meeting.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct OnlineMeetingRequest {
    /// What it is about.
    pub subject: Option<String>,
    /// Planned start, in RFC 3339 or as Graph writes it.
    pub start_date_time: Option<String>,
    /// Planned end, after the start.
    pub end_date_time: Option<String>,
    /// Who passes the lobby without waiting.
    pub lobby_bypass_settings: Option<LobbyBypassRequest>,
    /// Who comes in as a presenter: `everyone`, `organization`, `roleIsPresenter` or `organizer`.
    pub allowed_presenters: Option<String>,
    /// Whether attendees may unmute themselves.
    pub allow_attendee_to_enable_mic: Option<bool>,
    /// Whether attendees may turn their camera on.
    pub allow_attendee_to_enable_camera: Option<bool>,
    /// Whether clients should announce who comes and goes.
    pub is_entry_exit_announced: Option<bool>,
    /// When there is a chat: `enabled`, `limited` or `disabled`.
    pub allow_meeting_chat: Option<String>,
    /// Whether newcomers may read what was written before: `all` or `none`.
    pub share_meeting_chat_history_default: Option<String>,
    /// Who is listed.
    pub participants: Option<ParticipantsRequest>,
    /// Nobody new comes in, but the organizer and co-organizers.
    pub is_locked: Option<bool>,
    /// Whether people from outside the organization may come at all.
    pub is_guests_allowed: Option<bool>,
    /// Whether they may come before any user of the organization.
    pub guests_may_start: Option<bool>,
}

/// What may be said about a meeting that is made, or found, by a back end's own id. What else may be said about a new meeting may stand
/// here, too.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateOrGetRequest {
    /// The back end's own id: 1 to 256 characters, one meeting of the organizer's.
    #[schema(min_length = 1, max_length = 256)]
    pub external_id: String,
    /// What it is about.
    pub subject: Option<String>,
    /// Planned start.
    pub start_date_time: Option<String>,
    /// Planned end; only with a start.
    pub end_date_time: Option<String>,
    /// Who is listed.
    pub participants: Option<ParticipantsRequest>,
}

/// Who passes the lobby without waiting.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct LobbyBypassRequest {
    /// `organizer`, `invited`, `organization`, `organizationExcludingGuests`, `organizationAndFederated` or `everyone`.
    pub scope: Option<String>,
}

/// Who is listed.
#[derive(ToSchema)]
pub struct ParticipantsRequest {
    /// The list that takes the place of the former one.
    pub attendees: Option<Vec<AttendeeRequest>>,
}

/// One of the listed.
#[derive(ToSchema)]
pub struct AttendeeRequest {
    /// Who.
    pub identity: IdentityRequest,
    /// `attendee`, `presenter` or `coorganizer`; `attendee` if it is left out.
    pub role: Option<String>,
}

/// Graph's wrapper around an identity.
#[derive(ToSchema)]
pub struct IdentityRequest {
    /// The user.
    pub user: UserRequest,
}

/// A user.
#[derive(ToSchema)]
pub struct UserRequest {
    /// A raw id, or the part after `8:orgid:`.
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::OnlineMeetingRequest;
    use crate::MeetingBody;
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    #[test]
    fn every_described_property_is_read() {
        let schema = serde_json::to_value(OnlineMeetingRequest::schema()).expect("a schema");
        let names: Vec<&String> = schema["properties"].as_object().expect("properties").keys().collect();
        assert_eq!(names.len(), 14);
        for name in names {
            let nonsense: Value = json!({ name: [17] });
            let refused = MeetingBody::of_new(nonsense.to_string().as_bytes()).expect_err(name);
            assert!(refused.to_string().contains(name.as_str()), "{refused}");
        }
    }
}
