//! Meetings: made, guarded, entered, shown.

mod common;

use common::{NOW, PUBLIC_URL, Seeded, meeting, organizer, request};
use convene_directory::{
    Entry, JoinLink, MeetingFilter, MeetingKey, MeetingRefused, NewMeeting, affiliation, create_meeting, entry,
    online_meeting, parse_join_link, passcode_matches,
};
use convene_model::{
    Affiliation, RawId, Role, WallMs,
    record::{AllowedPresenters, LobbyScope},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const HOUR: WallMs = 3_600_000;

fn create(change: impl FnOnce(&mut NewMeeting)) -> Result<convene_model::record::Meeting, MeetingRefused> {
    let mut new = request();
    change(&mut new);
    create_meeting(new, &mut Seeded(7), NOW)
}

#[test]
fn a_meeting_is_what_was_asked_for() {
    let meeting = create(|new| {
        (new.starts_at, new.ends_at) = (Some(NOW + HOUR), Some(NOW + 3 * HOUR));
        (new.guests_allowed, new.guests_may_start) = (false, true);
    })
    .unwrap();
    assert_eq!((&meeting.organizer, meeting.organization.as_str()), (&organizer(), "aa-bb"));
    assert_eq!((meeting.subject.as_str(), meeting.lobby), ("Loan advice", LobbyScope::OrganizationAndFederated));
    assert_eq!((meeting.starts_at, meeting.ends_at, meeting.created_at), (NOW + HOUR, NOW + 3 * HOUR, NOW));
    assert_eq!((meeting.guests_allowed, meeting.guests_may_start, meeting.version), (false, true, 1));
}

#[test]
fn without_times_a_meeting_is_now_and_for_an_hour() {
    let meeting = create(|_| {}).unwrap();
    assert_eq!((meeting.starts_at, meeting.ends_at), (NOW, NOW + HOUR));
    let later = create(|new| new.starts_at = Some(NOW + HOUR)).unwrap();
    assert_eq!(later.ends_at, NOW + 2 * HOUR);
}

#[test]
fn a_subject_is_cleaned_bounded_and_never_empty() {
    let subject = |text: &str| create(|new| new.subject = text.to_owned()).unwrap().subject;
    assert_eq!(subject(" \u{202e}\n "), "Meeting");
    assert_eq!(subject(" A\u{202e}\tB "), "A B");
    assert_eq!(subject(&"ü".repeat(1000)), "ü".repeat(200));
}

#[test]
fn only_a_user_of_the_organization_organizes() {
    for id in [RawId::communication_user("r", "u"), RawId::visitor("v")] {
        assert_eq!(create(|new| new.organizer = id), Err(MeetingRefused::OrganizerOutside));
    }
}

#[test]
fn times_in_the_wrong_order_or_out_of_reach_are_refused() {
    let times = |starts_at, ends_at| {
        create(|new| (new.starts_at, new.ends_at) = (starts_at, ends_at)).map(|meeting| meeting.ends_at)
    };
    assert_eq!(times(Some(NOW), Some(NOW)), Err(MeetingRefused::EndsBeforeStart));
    assert_eq!(times(None, Some(NOW - 1)), Err(MeetingRefused::EndsBeforeStart));
    assert_eq!(times(Some(NOW), Some(NOW + 1)), Ok(NOW + 1));
    for at in [WallMs::MIN, -1, 253_402_300_800_000, WallMs::MAX] {
        assert_eq!(times(Some(at), None), Err(MeetingRefused::TimeOutOfRange), "{at}");
        assert_eq!(times(Some(NOW), Some(at)), Err(MeetingRefused::TimeOutOfRange), "{at}");
    }
}

#[test]
fn ids_are_long_random_and_of_the_right_form() {
    let mut seen = BTreeSet::new();
    let (mut first, mut other) = (BTreeMap::new(), BTreeMap::new());
    for seed in 0..3000 {
        let meeting = meeting(seed * 1000);
        let digits = meeting.join_meeting_id.as_bytes();
        assert_eq!((digits.len(), meeting.passcode.len(), meeting.id.as_str().len()), (15, 8, 32));
        assert!(digits.iter().all(u8::is_ascii_digit) && meeting.passcode.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(!meeting.passcode.contains(['0', 'O', 'o', '1', 'l', 'I']), "{}", meeting.passcode);
        let thread =
            meeting.thread_id.as_str().strip_prefix("19:meeting_").unwrap().strip_suffix("@thread.v2").unwrap();
        assert!(thread.len() == 32 && thread.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        *first.entry(digits[0]).or_insert(0) += 1;
        *other.entry(digits[14]).or_insert(0) += 1;
        seen.insert(meeting.id.0);
        seen.insert(meeting.thread_id.0);
        seen.insert(meeting.join_meeting_id);
        seen.insert(meeting.passcode);
    }
    assert_eq!(seen.len(), 4 * 3000);
    // Expected: 333 of each first digit and 300 of each other; six standard deviations are about 100.
    assert_eq!(first.keys().copied().collect::<Vec<u8>>(), b"123456789");
    assert!(first.values().all(|count| (230..440).contains(count)), "{first:?}");
    assert_eq!(other.keys().copied().collect::<Vec<u8>>(), b"0123456789");
    assert!(other.values().all(|count| (200..400).contains(count)), "{other:?}");
}

#[test]
fn only_the_whole_passcode_matches() {
    let mut meeting = meeting(1);
    meeting.passcode = "Mt9xB2N6".into();
    assert!(passcode_matches(&meeting, Some("Mt9xB2N6")) && passcode_matches(&meeting, Some(" Mt9xB2N6\n")));
    for wrong in ["", "Mt9xB2N", "Mt9xB2N66", "mt9xb2n6", "Nt9xB2N6", "Mt9xB2N7", "Mt9x B2N6"] {
        assert!(!passcode_matches(&meeting, Some(wrong)), "{wrong}");
    }
    assert!(!passcode_matches(&meeting, None));
}

#[test]
fn the_role_comes_from_the_verified_identity() {
    let mut meeting = meeting(1);
    assert_eq!(meeting.allowed_presenters, AllowedPresenters::Everyone, "as in Graph");
    assert_eq!(entry(&meeting, &RawId::visitor("v"), &BTreeSet::new()).role, Role::Presenter);
    meeting.allowed_presenters = AllowedPresenters::Organization;
    let federated = BTreeSet::from(["trusted".to_owned()]);
    let as_what = |user: &RawId| entry(&meeting, user, &federated);
    let is = |role, affiliation| Entry { role, affiliation, invited: false };
    assert_eq!(as_what(&organizer()), is(Role::Organizer, Affiliation::Organization));
    assert_eq!(as_what(&RawId::organization_user("other")), is(Role::Presenter, Affiliation::Organization));
    let trusted = RawId::communication_user("trusted", "u");
    assert_eq!(as_what(&trusted), is(Role::Attendee, Affiliation::Federated));
    let stranger = RawId::communication_user("other", "trusted");
    assert_eq!(as_what(&stranger), is(Role::Attendee, Affiliation::Outside));
    assert_eq!(as_what(&RawId::visitor("trusted")), is(Role::Attendee, Affiliation::Outside));
    assert_eq!(affiliation(&trusted, &BTreeSet::new()), Affiliation::Outside);
}

#[test]
fn a_meeting_is_shown_in_the_shape_of_graph() {
    let mut meeting = meeting(1);
    (meeting.passcode, meeting.join_meeting_id) = ("Mt9xB2N6".into(), "264183392744150".into());
    let shown = serde_json::to_value(online_meeting(PUBLIC_URL, &meeting, Some("Organizer"))).unwrap();
    let thread = meeting.thread_id.as_str();
    assert_eq!(
        shown,
        json!({
            "id": meeting.id.as_str(),
            "subject": "Loan advice",
            "creationDateTime": "2026-09-21T14:13:20.123Z",
            "startDateTime": "2026-09-21T14:13:20.123Z",
            "endDateTime": "2026-09-21T15:13:20.123Z",
            "joinWebUrl": shown["joinWebUrl"],
            "conveneShortJoinUrl": "https://meet.example.com:8443/meet/264183392744150?p=Mt9xB2N6",
            "joinMeetingIdSettings":
                { "isPasscodeRequired": true, "joinMeetingId": "264183392744150", "passcode": "Mt9xB2N6" },
            "lobbyBypassSettings": { "scope": "organizationAndFederated", "isDialInBypassEnabled": false },
            "allowedPresenters": "everyone",
            "allowAttendeeToEnableMic": true,
            "allowAttendeeToEnableCamera": true,
            "isEntryExitAnnounced": false,
            "isLocked": false,
            "isGuestsAllowed": true,
            "guestsMayStart": false,
            "chatInfo": { "threadId": thread, "messageId": "0", "replyChainMessageId": null },
            "participants": {
                "organizer": {
                    "identity": { "user": { "id": "0e1f-44", "displayName": "Organizer" } }, "upn": null, "role": "presenter",
                },
                "attendees": [],
            },
            "joinInformation": { "content": shown["joinInformation"]["content"], "contentType": "html" },
            "audioConferencing": null,
            "videoTeleconferenceId": null,
            "allowMeetingChat": "enabled",
            "shareMeetingChatHistoryDefault": "none",
            "allowTeamworkReactions": false,
            "allowParticipantsToChangeName": false,
            "recordAutomatically": false,
        })
    );
    let invitation = shown["joinInformation"]["content"].as_str().unwrap().strip_prefix("data:text/html,").unwrap();
    let invitation = percent_encoding::percent_decode_str(invitation).decode_utf8().unwrap();
    let link = shown["joinWebUrl"].as_str().unwrap();
    assert_eq!(
        invitation,
        format!(
            "<p><a href=\"{link}\" rel=\"noreferrer noopener\">Join the meeting</a></p><p>Meeting ID: 264183392744150</p>\
             <p>Passcode: Mt9xB2N6</p>"
        )
    );
    let link = parse_join_link(shown["joinWebUrl"].as_str().unwrap(), &|host| host == "meet.example.com:8443");
    assert!(matches!(link, Ok(JoinLink::Classic { thread_id, .. }) if thread_id == meeting.thread_id));
    let nameless = serde_json::to_value(online_meeting(PUBLIC_URL, &meeting, None)).unwrap();
    assert_eq!(nameless["participants"]["organizer"]["identity"]["user"]["displayName"], json!(null));
}

#[test]
fn a_filter_leads_to_the_meeting_that_it_names_and_to_no_other_form_of_its_link() {
    let meeting = meeting(3);
    let own = |host: &str| host == "meet.example.com:8443";
    let locate = |text: &str| MeetingFilter::parse(text).unwrap().locate(&own);
    let link = convene_directory::join_web_url(PUBLIC_URL, &meeting);
    let decoded = percent_encoding::percent_decode_str(&link).decode_utf8().unwrap().into_owned();
    for link in [&link, &decoded] {
        let (key, proof) = locate(&format!("JoinWebUrl eq '{link}'")).unwrap();
        assert!(key == MeetingKey::Thread(meeting.thread_id.clone()) && proof.unwrap().fits(&meeting), "{link}");
    }
    let short = convene_directory::short_join_url(PUBLIC_URL, &meeting);
    assert!(locate(&format!("JoinWebUrl eq '{short}'")).is_none());
    assert!(locate(&format!("JoinWebUrl eq '{}'", link.replace("meet.", "other."))).is_none());
    let digits = &meeting.join_meeting_id;
    let by_id = locate(&format!("joinMeetingIdSettings/joinMeetingId eq '{digits}'")).unwrap();
    assert!(by_id == (MeetingKey::JoinId(digits.clone()), None));
    assert!(locate("joinMeetingIdSettings/joinMeetingId eq 'none'").is_none());
}
