//! The bodies of requests about rooms as the API's description shows them. [`crate::RoomBody`] and [`crate::participants_patch`] read
//! them.

use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What may be said about a new room; all of it may be left out.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RoomRequest {
    /// From when on it may be joined, in RFC 3339; now if it is left out.
    pub valid_from: Option<String>,
    /// Until when, in RFC 3339; 180 days from now if it is left out.
    pub valid_until: Option<String>,
    /// Whether telephone numbers may be called from it; from version 2024-04-15 on.
    pub pstn_dial_out_enabled: Option<bool>,
    /// Convene's own options.
    pub convene: Option<RoomOptionsRequest>,
    /// Who is invited, by raw id.
    pub participants: Option<BTreeMap<String, InvitationRequest>>,
}

/// What may be changed of a room; what is left out, or `null`, stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RoomChangeRequest {
    /// From when on it may be joined, in RFC 3339.
    pub valid_from: Option<String>,
    /// Until when, in RFC 3339.
    pub valid_until: Option<String>,
    /// Whether telephone numbers may be called from it; from version 2024-04-15 on.
    pub pstn_dial_out_enabled: Option<bool>,
    /// Convene's own options.
    pub convene: Option<RoomOptionsRequest>,
}

/// A room's options beyond ACS.
#[derive(ToSchema)]
pub struct RoomOptionsRequest {
    /// Whether those who are not invited may knock; presenters let them in.
    pub lobby: Option<bool>,
}

/// A change of who is invited: a merge patch (RFC 7396).
#[derive(ToSchema)]
pub struct RoomParticipantsRequest {
    /// By raw id; `null` takes the invitation back.
    pub participants: BTreeMap<String, InvitationRequest>,
}

/// An invitation.
#[derive(ToSchema)]
pub struct InvitationRequest {
    /// `Presenter`, `Collaborator` (from version 2025-03-13 on), `Attendee` or `Consumer`; `Attendee` if it is left out.
    pub role: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{RoomChangeRequest, RoomRequest};
    use crate::{RoomBody, RoomsVersion};
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    #[test]
    fn every_described_property_is_read() {
        let names =
            |schema: Value| -> Vec<String> { schema["properties"].as_object().unwrap().keys().cloned().collect() };
        let version = RoomsVersion::V2025_03_13;
        let new = names(serde_json::to_value(RoomRequest::schema()).unwrap());
        assert_eq!(new.len(), 5);
        for name in new {
            let nonsense = json!({ name.as_str(): [17] }).to_string();
            let refused = RoomBody::of_new(nonsense.as_bytes(), "r", version).expect_err(&name);
            assert!(refused.to_string().contains(name.as_str()), "{refused}");
        }
        for name in names(serde_json::to_value(RoomChangeRequest::schema()).unwrap()) {
            let nonsense = json!({ name.as_str(): [17] }).to_string();
            RoomBody::of_change(nonsense.as_bytes(), version).expect_err(&name);
        }
    }
}
