//! What requests may say about meetings.

mod common;

use common::{NOW, PUBLIC_URL, Seeded, meeting, organizer};
use convene_directory::{MeetingBody, MeetingRefused, admits_visitors, locate_by_id, online_meeting};
use convene_model::record::{AllowedPresenters, LobbyScope, Meeting, MeetingChat};
use convene_model::{ErrorCode, RawId, Role};
use serde_json::{Value, json};

fn change(body: Value) -> Result<Meeting, MeetingRefused> {
    MeetingBody::of_change(body.to_string().as_bytes())?.change(&meeting(1))
}

fn create(body: Value) -> Result<Meeting, MeetingRefused> {
    MeetingBody::of_new(body.to_string().as_bytes())?.create(&organizer(), "aa-bb", &mut Seeded(1), NOW)
}

fn refused(result: Result<Meeting, MeetingRefused>) -> String {
    result.map(|meeting| meeting.subject).expect_err("a refusal").to_string()
}

#[test]
fn every_property_that_may_be_set_is_set_at_creation_and_by_a_change_alike() {
    let body = json!({
        "subject": " Weekly\n", "startDateTime": "2026-10-01T12:00:00+02:00", "endDateTime": "2026-10-01T11:00:00Z",
        "lobbyBypassSettings": { "scope": "invited", "isDialInBypassEnabled": true },
        "allowedPresenters": "roleIsPresenter", "allowAttendeeToEnableMic": false, "allowAttendeeToEnableCamera": false,
        "isEntryExitAnnounced": true, "isLocked": true, "isGuestsAllowed": false, "guestsMayStart": true,
        "participants": { "attendees": [
            { "identity": { "user": { "id": "5a5a-11" } }, "role": "coorganizer" },
            { "identity": { "user": { "id": "8:acs:r_u" } }, "upn": "guest@example.com", "role": "presenter" },
            { "identity": { "user": { "id": "8:orgid:7b" } } },
        ] },
        "allowMeetingChat": "limited", "shareMeetingChatHistoryDefault": "all", "recordAutomatically": false, "@odata.type": "#microsoft.graph.onlineMeeting",
    });
    let (made, changed) = (create(body.clone()).unwrap(), change(body).unwrap());
    for meeting in [&made, &changed] {
        assert_eq!((meeting.subject.as_str(), meeting.lobby), ("Weekly", LobbyScope::Invited));
        assert_eq!((meeting.starts_at, meeting.ends_at), (1_790_848_800_000, 1_790_852_400_000));
        assert_eq!(meeting.allowed_presenters, AllowedPresenters::RoleIsPresenter);
        assert_eq!([meeting.attendees_may_speak, meeting.attendees_may_be_seen, meeting.guests_allowed], [false; 3]);
        assert_eq!([meeting.entry_exit_announced, meeting.locked, meeting.guests_may_start], [true; 3]);
        assert_eq!((meeting.chat, meeting.chat_history_shared), (MeetingChat::Limited, true));
        let listed = [
            (RawId::organization_user("5a5a-11"), Role::CoOrganizer),
            (RawId::communication_user("r", "u"), Role::Presenter),
            (RawId::organization_user("7b"), Role::Attendee),
        ];
        assert_eq!(meeting.attendees, listed);
    }
    assert_eq!((made.version, changed.version), (1, 2));
    let shown = serde_json::to_value(online_meeting(PUBLIC_URL, &made, None)).unwrap();
    assert_eq!(
        shown["participants"]["attendees"].as_array().unwrap()[..2],
        [
            json!({ "identity": { "user": { "id": "5a5a-11", "displayName": null } }, "upn": null, "role": "coorganizer" }),
            json!({ "identity": { "user": { "id": "8:acs:r_u", "displayName": null } }, "upn": null, "role": "presenter" }),
        ][..]
    );
}

#[test]
fn what_is_not_said_stays_as_it_was_and_only_the_version_moves() {
    let before = meeting(1);
    let nothing = json!({ "subject": null, "lobbyBypassSettings": {}, "participants": {}, "unknown": null });
    for body in [json!({}), nothing] {
        assert_eq!(change(body).unwrap(), Meeting { version: 2, ..before.clone() });
    }
}

#[test]
fn a_start_that_moves_takes_the_end_along() {
    let changed = change(json!({ "startDateTime": "2030-01-01T00:00:00Z" })).unwrap();
    assert_eq!(changed.ends_at - changed.starts_at, 3_600_000);
    let refused = change(json!({ "endDateTime": "2020-01-01T00:00:00Z" }));
    assert_eq!(refused, Err(MeetingRefused::EndsBeforeStart));
}

#[test]
fn a_change_of_what_is_read_only_is_refused_and_at_creation_it_is_ignored() {
    for name in ["id", "joinWebUrl", "creationDateTime", "chatInfo", "conveneShortJoinUrl"] {
        assert!(refused(change(json!({ name: "x" }))).contains(&format!("property {name} cannot be set")), "{name}");
        assert!(create(json!({ name: "x" })).is_ok(), "{name}");
    }
    let fixed = refused(change(json!({ "joinMeetingIdSettings": { "isPasscodeRequired": true } })));
    assert!(fixed.contains("fixed when the meeting is made"), "{fixed}");
    assert!(create(json!({ "joinMeetingIdSettings": { "isPasscodeRequired": true } })).is_ok());
    let open = refused(create(json!({ "joinMeetingIdSettings": { "isPasscodeRequired": false } })));
    assert!(open.contains("every meeting has a passcode"), "{open}");
    assert!(refused(change(json!({ "participants": { "organizer": {} } }))).contains("keeps its organizer"));
}

#[test]
fn what_no_meeting_has_is_refused_and_not_passed_over() {
    for (name, value, held) in [
        ("recordAutomatically", json!(true), "send false"),
        ("isEndToEndEncryptionEnabled", json!(true), "send false"),
        ("watermarkProtection", json!({ "isEnabledForVideo": true }), "send null"),
        ("anonymizeIdentityForRoles", json!(["attendee"]), "send []"),
        ("allowedLobbyAdmitters", json!("organizerAndCoOrganizers"), "organizerAndCoOrganizersAndPresenters"),
        ("lobbyBypasSettings", json!({ "scope": "organizer" }), "there is no such property"),
    ] {
        for refused in [refused(create(json!({ name: value }))), refused(change(json!({ name: value })))] {
            assert!(refused.contains(&format!("property {name} cannot")) && refused.contains(held), "{refused}");
        }
    }
}

#[test]
fn an_external_id_is_given_when_a_meeting_is_made_by_create_or_get_and_by_nothing_else() {
    let read = |body: Value| MeetingBody::of_create_or_get(body.to_string().as_bytes());
    let (id, body) =
        read(json!({ "externalId": "order 7", "subject": "Weekly", "chatInfo": { "threadId": "x" } })).unwrap();
    let made = body.create(&organizer(), "aa-bb", &mut Seeded(1), NOW).unwrap();
    assert_eq!(
        (id.as_str(), made.external_id.as_deref(), made.subject.as_str()),
        ("order 7", Some("order 7"), "Weekly")
    );
    assert_eq!(serde_json::to_value(online_meeting(PUBLIC_URL, &made, None)).unwrap()["externalId"], "order 7");
    for (body, why) in [
        (json!({}), "property externalId cannot be set so: it is needed"),
        (json!({ "externalId": "" }), "it is needed"),
        (json!({ "externalId": 7 }), "it is needed"),
        (json!({ "externalId": "x".repeat(257) }), "1 to 256 characters"),
        (
            json!({ "externalId": "x", "endDateTime": "2026-10-01T11:00:00Z" }),
            "endDateTime cannot be set so: it needs a start",
        ),
        (json!({ "externalId": "x", "something": 1 }), "there is no such property"),
    ] {
        let refused = read(body).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    assert!(refused(create(json!({ "externalId": "x" }))).contains("onlineMeetings/createOrGet"));
    assert!(refused(change(json!({ "externalId": "x" }))).contains("keeps the external id"));
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_by_its_name() {
    let attendee = |entry: Value| json!({ "participants": { "attendees": [entry] } });
    let of = |id: &str, role: &str| attendee(json!({ "identity": { "user": { "id": id } }, "role": role }));
    let many = json!({ "participants": { "attendees": vec![json!({ "identity": { "user": { "id": "a" } } }); 501] } });
    for (body, why) in [
        (json!({ "subject": 1 }), "property subject cannot"),
        (json!({ "startDateTime": "tomorrow" }), "property startDateTime cannot"),
        (json!({ "isLocked": "yes" }), "property isLocked cannot be set so: use true or false."),
        (json!({ "allowedPresenters": "nobody" }), "use one of everyone, organization, roleIsPresenter, organizer."),
        (json!({ "lobbyBypassSettings": { "scope": "nobody" } }), "property lobbyBypassSettings.scope cannot"),
        (json!({ "lobbyBypassSettings": 1 }), "use an object with a scope"),
        (
            json!({ "participants": { "attendees": {} } }),
            "property participants.attendees cannot be set so: use a list.",
        ),
        (attendee(json!({ "upn": "a@example.com" })), "by upn alone"),
        (of("8:acs:broken", "attendee"), "a raw id such as"),
        (of("5a5a", "producer"), "a role is attendee, presenter or coorganizer"),
        (of("8:acs:r_u", "coorganizer"), "only a user of the organization can be a coorganizer"),
        (many, "at most 500 people"),
    ] {
        let (made, changed) = (refused(create(body.clone())), refused(change(body)));
        assert!(made.contains(why), "{made}");
        assert_eq!(made, changed);
    }
    for text in ["", "[1", "[]", "null"] {
        let error = MeetingBody::of_new(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("The body is no onlineMeeting"), "{error}");
    }
}

#[test]
fn whoever_is_listed_twice_is_what_the_last_entry_says_and_the_organizer_is_not_listed() {
    let entry = |id: &str, role: &str| json!({ "identity": { "user": { "id": id } }, "role": role });
    let list = [entry("7b", "presenter"), entry("0e1f-44", "attendee"), entry("8:orgid:7b", "attendee")];
    let made = create(json!({ "participants": { "attendees": list } })).unwrap();
    assert_eq!(made.attendees, [(RawId::organization_user("7b"), Role::Attendee)]);
}

#[test]
fn visitors_are_told_what_joining_would_tell_them() {
    let mut meeting = meeting(1);
    assert_eq!(admits_visitors(&meeting, false), Ok(()));
    meeting.guests_allowed = false;
    assert_eq!(admits_visitors(&meeting, false), Err(ErrorCode::GuestsMayNotStart));
    assert_eq!(admits_visitors(&meeting, true), Err(ErrorCode::GuestsNotAllowed));
}

#[test]
fn an_id_leads_to_a_meeting_only_with_its_passcode() {
    let meeting = meeting(1);
    let fits = |passcode: Option<&str>| {
        locate_by_id(&meeting.join_meeting_id, passcode.map(str::to_owned)).unwrap().1.fits(&meeting)
    };
    assert!(fits(Some(&meeting.passcode)) && !fits(Some("wrong")) && !fits(None));
    assert!(locate_by_id("no id", None).is_none());
}
