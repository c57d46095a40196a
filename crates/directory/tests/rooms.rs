//! Rooms: what a request's body makes of them, and who enters as what.

mod common;

use common::{NOW, Seeded};
use convene_directory::{
    RoomBody, RoomRefused, RoomsVersion, change_participants, change_room, create_room, parse_room_id,
    participants_patch, room_entry, room_model, room_participants,
};
use convene_model::limits::{ROOM_PARTICIPANTS_MAX, ROOM_VALID_MS_MAX};
use convene_model::record::Room;
use convene_model::{RawId, Role, rfc3339};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60 * 1000;
const NEWEST: RoomsVersion = RoomsVersion::V2025_03_13;

fn make(body: Value) -> Result<Room, RoomRefused> {
    let body = RoomBody::of_new(body.to_string().as_bytes(), "r", NEWEST)?;
    create_room(&body, "r", &mut Seeded(1), NOW)
}

fn change(room: &Room, body: Value) -> Result<Room, RoomRefused> {
    change_room(room, &RoomBody::of_change(body.to_string().as_bytes(), NEWEST)?, NOW)
}

fn invite(room: &Room, body: Value) -> Result<Room, RoomRefused> {
    change_participants(room, &participants_patch(body.to_string().as_bytes(), "r", NEWEST)?)
}

fn user(name: &str) -> RawId {
    RawId::communication_user("r", name)
}

#[test]
fn a_room_of_which_nothing_is_said_is_valid_from_now_for_180_days() {
    let body = RoomBody::of_new(b"", "r", NEWEST).unwrap();
    let room = create_room(&body, "r", &mut Seeded(1), NOW).unwrap();
    assert_eq!((room.valid_from, room.valid_until, room.created_at), (NOW, NOW + ROOM_VALID_MS_MAX, NOW));
    assert_eq!((room.pstn_dial_out_enabled, room.lobby, room.participants.len()), (false, false, 0));
    assert_eq!(parse_room_id(room.id.as_str()), Ok(room.id.clone()));
    assert_eq!(make(json!({ "validFrom": null, "validUntil": null, "participants": null })), Ok(room));
}

#[test]
fn what_is_said_of_a_room_is_what_it_is() {
    let room = make(json!({
        "validFrom": rfc3339(NOW + DAY), "validUntil": rfc3339(NOW + 2 * DAY), "pstnDialOutEnabled": true,
        "convene": { "lobby": true },
        "participants": { "8:acs:r_a": { "role": "Presenter" }, "8:acs:r_b": {}, "8:acs:r_c": { "role": null },
                          "8:acs:r_d": { "role": "consumer" }, "8:acs:r_e": { "role": "Collaborator" }, "8:acs:r_f": null },
    }));
    let room = room.unwrap();
    assert_eq!((room.valid_from, room.valid_until), (NOW + DAY, NOW + 2 * DAY));
    assert!(room.pstn_dial_out_enabled && room.lobby);
    let roles = [Role::Presenter, Role::Attendee, Role::Attendee, Role::Consumer, Role::Collaborator];
    assert_eq!(room.participants, ["a", "b", "c", "d", "e"].map(user).into_iter().zip(roles).collect());
}

#[test]
fn the_time_of_a_new_room_is_to_come_and_180_days_at_most() {
    let at = |from: Option<i64>, until: Option<i64>| {
        let text = |at: i64| rfc3339(NOW + at);
        make(json!({ "validFrom": from.map(text), "validUntil": until.map(text) })).map(|room| room.valid_until - NOW)
    };
    assert_eq!(at(Some(3 * DAY), None), Ok(180 * DAY), "180 days from now, wherever it begins");
    assert_eq!(at(Some(-DAY), None), Ok(179 * DAY), "180 days at most");
    assert_eq!(at(Some(3 * DAY), Some(183 * DAY)), Ok(183 * DAY));
    assert_eq!(at(None, Some(180 * DAY + 60_000)), Ok(180 * DAY + 60_000), "by a clock that is a minute ahead");
    assert_eq!(at(None, Some(-1)), Err(RoomRefused::EndsInThePast));
    assert_eq!(at(None, Some(0)), Err(RoomRefused::EndsInThePast));
    for (from, until) in [
        (Some(203 * DAY), None),
        (None, Some(203 * DAY)),
        (Some(3 * DAY), Some(183 * DAY + 1)),
        (Some(2 * DAY), Some(2 * DAY)),
        (Some(3 * DAY), Some(2 * DAY)),
    ] {
        assert_eq!(at(from, until), Err(RoomRefused::BadTimeRange), "{from:?} {until:?}");
    }
}

#[test]
fn a_change_changes_what_it_says_and_null_says_nothing() {
    let room =
        make(json!({ "pstnDialOutEnabled": true, "convene": { "lobby": true }, "participants": { "8:acs:r_a": {} } }));
    let room = room.unwrap();
    let same = Room { version: 2, ..room.clone() };
    assert_eq!(change(&room, json!({})), Ok(same.clone()));
    assert_eq!(change(&room, json!({ "validFrom": null, "validUntil": null, "convene": null })), Ok(same.clone()));
    let off = change(&room, json!({ "validFrom": null, "validUntil": null, "pstnDialOutEnabled": false })).unwrap();
    assert_eq!(off, Room { pstn_dial_out_enabled: false, ..same.clone() });
    let later = change(&room, json!({ "validUntil": rfc3339(NOW + DAY), "convene": { "lobby": false } })).unwrap();
    assert_eq!(later, Room { valid_until: NOW + DAY, lobby: false, ..same });
    assert_eq!(change(&room, json!({ "validUntil": rfc3339(NOW + 203 * DAY) })), Err(RoomRefused::BadTimeRange));
    assert_eq!(change(&room, json!({ "validFrom": rfc3339(NOW + 203 * DAY) })), Err(RoomRefused::BadTimeRange));
    assert_eq!(change(&room, json!({ "validUntil": rfc3339(NOW - DAY) })), Err(RoomRefused::EndsInThePast));
    let past = Room { valid_until: NOW - 1, ..room };
    assert!(change(&past, json!({ "pstnDialOutEnabled": false })).is_ok(), "its time is not what is changed");
}

#[test]
fn a_patch_invites_changes_roles_and_takes_invitations_back() {
    let room =
        make(json!({ "participants": { "8:acs:r_a": { "role": "Presenter" }, "8:acs:r_b": {}, "8:acs:r_c": {} } }));
    let patch = json!({ "participants": { "8:acs:r_a": {}, "8:acs:r_b": null, "8:acs:r_d": { "role": "Consumer" }, "8:acs:r_x": null } });
    let changed = invite(&room.unwrap(), patch).unwrap();
    let roles = [Role::Attendee, Role::Attendee, Role::Consumer];
    assert_eq!(changed.participants, ["a", "c", "d"].map(user).into_iter().zip(roles).collect());
    assert_eq!(changed.version, 2);
}

#[test]
fn what_cannot_be_used_is_refused_and_names_the_property() {
    let target = |body: Value| make(body).unwrap_err().target().map(str::to_owned);
    for (body, expected) in [
        (json!({ "validFrom": "tomorrow" }), "validFrom"),
        (json!({ "validUntil": 17 }), "validUntil"),
        (json!({ "pstnDialOutEnabled": "yes" }), "pstnDialOutEnabled"),
        (json!({ "convene": true }), "convene"),
        (json!({ "convene": { "lobby": "open" } }), "convene.lobby"),
        (json!({ "participants": [] }), "participants"),
        (json!({ "participants": { "wrong_mri": {} } }), "participants"),
        (json!({ "participants": { "8:orgid:o": {} } }), "participants"),
        (json!({ "participants": { "8:acs:other_a": {} } }), "participants"),
        (json!({ "participants": { "8:acs:r_a": "Presenter" } }), "participants.8:acs:r_a"),
        (json!({ "participants": { "8:acs:r_a": { "role": "Kafka" } } }), "participants.8:acs:r_a.role"),
        (json!({ "participants": { "8:acs:r_a": { "role": 1 } } }), "participants.8:acs:r_a.role"),
    ] {
        assert_eq!(target(body.clone()).as_deref(), Some(expected), "{body}");
    }
    for body in ["x", "[]", "null", "\"a\""] {
        let refused = RoomBody::of_change(body.as_bytes(), NEWEST).unwrap_err();
        assert!(matches!(refused, RoomRefused::NotJson(_)), "{body}");
    }
    assert!(RoomBody::of_change(b"", NEWEST).is_err() && participants_patch(b"{}", "r", NEWEST).is_err());
    let refused = RoomBody::of_change(br#"{"participants":{"8:acs:r_a":{}}}"#, NEWEST).unwrap_err();
    assert!(refused.to_string().contains("PATCH /rooms/{roomId}/participants"), "{refused}");
}

#[test]
fn no_more_than_so_many_are_invited() {
    let people =
        |count: usize| (0..count).map(|number| (user(&number.to_string()), Some(Role::Attendee))).collect::<Vec<_>>();
    let room = make(json!({})).unwrap();
    let full = change_participants(&room, &people(ROOM_PARTICIPANTS_MAX)).unwrap();
    assert_eq!(change_participants(&room, &people(ROOM_PARTICIPANTS_MAX + 1)), Err(RoomRefused::TooManyParticipants));
    let one_for_another = [(user("new"), Some(Role::Attendee)), (user("0"), None)];
    assert_eq!(change_participants(&full, &one_for_another).unwrap().participants.len(), ROOM_PARTICIPANTS_MAX);
}

#[test]
fn each_version_has_what_came_in_with_it() {
    let body = json!({ "pstnDialOutEnabled": true }).to_string();
    let collaborator = json!({ "participants": { "8:acs:r_a": { "role": "Collaborator" } } }).to_string();
    let dial_out = |version| {
        let body = RoomBody::of_new(body.as_bytes(), "r", version).unwrap();
        let room = create_room(&body, "r", &mut Seeded(1), NOW).unwrap();
        room_model(&room, version).pstn_dial_out_enabled
    };
    let collaborates = |version| RoomBody::of_new(collaborator.as_bytes(), "r", version).is_ok();
    assert_eq!(RoomsVersion::ALL.map(|(version, _)| dial_out(version)), [None, Some(true), Some(true)]);
    assert_eq!(RoomsVersion::ALL.map(|(version, _)| collaborates(version)), [false, false, true]);
}

#[test]
fn a_room_looks_as_in_acs_and_shows_a_lobby_only_where_there_is_one() {
    let room = make(json!({ "validUntil": rfc3339(NOW + DAY) })).unwrap();
    let shown = serde_json::to_value(room_model(&room, NEWEST)).unwrap();
    let expected = json!({
        "id": room.id, "createdAt": rfc3339(NOW), "validFrom": rfc3339(NOW), "validUntil": rfc3339(NOW + DAY),
        "pstnDialOutEnabled": false,
    });
    assert_eq!(shown, expected);
    let with_lobby = serde_json::to_value(room_model(&Room { lobby: true, ..room }, NEWEST)).unwrap();
    assert_eq!(with_lobby["convene"], json!({ "lobby": true }));
}

#[test]
fn participants_are_listed_page_by_page_also_while_some_are_taken_off() {
    let mut room = make(json!({})).unwrap();
    room.participants = (0..5).map(|number| (user(&number.to_string()), Role::Attendee)).collect();
    let ids =
        |page: Vec<convene_directory::RoomParticipant>| page.into_iter().map(|one| one.raw_id).collect::<Vec<_>>();
    let (first, next) = room_participants(&room, None, 2);
    assert_eq!(ids(first), ["8:acs:r_0", "8:acs:r_1"]);
    room.participants.remove(&user("1"));
    let (second, next) = room_participants(&room, next.as_ref(), 2);
    assert_eq!((ids(second), next.as_ref()), (vec!["8:acs:r_2".to_owned(), "8:acs:r_3".to_owned()], Some(&user("3"))));
    let (third, next) = room_participants(&room, next.as_ref(), 2);
    assert_eq!((ids(third), next), (vec!["8:acs:r_4".to_owned()], None));
}

#[test]
fn who_is_on_the_list_enters_as_listed_and_nobody_else_is_invited() {
    let room = make(json!({ "participants": { "8:acs:r_a": { "role": "Collaborator" } } })).unwrap();
    let entry = room_entry(&room, &user("a"));
    assert_eq!((entry.role, entry.invited), (Role::Collaborator, true));
    let entry = room_entry(&room, &user("b"));
    assert_eq!((entry.role, entry.invited), (Role::Attendee, false));
}

#[test]
fn only_17_digits_are_a_rooms_id() {
    assert!(parse_room_id("99199690362660524").is_ok());
    for text in
        ["", "123", "invalid_id", "991996903626605240", "9919969036266052x", "９９１９９６９０３６２６６０５２４"]
    {
        assert_eq!(parse_room_id(text), Err(RoomRefused::NotARoomId), "{text}");
    }
}
