//! Rooms as clients see them (ACS Rooms REST, `RoomModel` and `RoomParticipant`).

use crate::room_body::role_name;
use crate::room_version::RoomsVersion;
use convene_model::record::Room;
use convene_model::{RawId, rfc3339};
use serde::Serialize;
use std::ops::Bound;

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomModel {
    /// Its id: 17 digits.
    pub id: String,
    /// When it was made.
    pub created_at: String,
    /// From when on it may be joined.
    pub valid_from: String,
    /// Until when it may be joined.
    pub valid_until: String,
    /// Whether telephone numbers may be called from it; from version 2024-04-15 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pstn_dial_out_enabled: Option<bool>,
    /// Convene's own options, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convene: Option<RoomOptions>,
}

/// A room's options beyond ACS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomOptions {
    /// Whether those who are not invited may knock.
    pub lobby: bool,
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomParticipant {
    /// Who.
    pub raw_id: String,
    /// As what: Presenter, Collaborator, Attendee or Consumer.
    pub role: &'static str,
}

/// The room as `version` shows it.
pub fn room_model(room: &Room, version: RoomsVersion) -> RoomModel {
    RoomModel {
        id: room.id.as_str().to_owned(),
        created_at: rfc3339(room.created_at),
        valid_from: rfc3339(room.valid_from),
        valid_until: rfc3339(room.valid_until),
        pstn_dial_out_enabled: version.knows_dial_out().then_some(room.pstn_dial_out_enabled),
        convene: room.lobby.then_some(RoomOptions { lobby: true }),
    }
}

/// Up to `limit` of those who are invited, in the order of their ids, beginning after `after`; and after whom the next page begins, if
/// there is one.
pub fn room_participants(room: &Room, after: Option<&RawId>, limit: usize) -> (Vec<RoomParticipant>, Option<RawId>) {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rest = room.participants.range::<RawId, _>((from, Bound::Unbounded));
    let page: Vec<(&RawId, &convene_model::Role)> = rest.by_ref().take(limit).collect();
    let next = rest.next().and(page.last().map(|(user, _)| (*user).clone()));
    let shown = |(user, role): (&RawId, &convene_model::Role)| RoomParticipant {
        raw_id: user.as_str().to_owned(),
        role: role_name(*role),
    };
    (page.into_iter().map(shown).collect(), next)
}
