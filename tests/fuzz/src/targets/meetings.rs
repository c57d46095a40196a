//! What back ends say: requests for tokens, bodies about meetings, filters. What is taken holds what it must.
//!
//! The input is read as `Authorization header, NUL, body`; the body alone is each of the three.

use convene_directory::{MeetingBody, MeetingFilter, MeetingKey, NewMeeting, create_meeting};
use convene_identity::ClientCredentials;
use convene_model::record::{LobbyScope, Meeting};
use convene_model::{Random, RawId, WallMs};

pub const WORDS: &[&[u8]] = &[
    b"grant_type=client_credentials",
    b"&client_id=",
    b"&client_secret=",
    b"scope=https%3A%2F%2Fmeet.example.org%2F.default",
    b"Basic aWQ6c2VjcmV0",
    b"\0",
    b"+",
    b"%00",
    b"{\"subject\":\"x\"}",
    b"\"participants\":{\"attendees\":[",
    b"{\"identity\":{\"user\":{\"id\":\"7b\"}},\"role\":\"coorganizer\"}",
    b"\"startDateTime\":\"2026-10-01T12:00:00+02:00\"",
    b"\"endDateTime\":\"9999-12-31T23:59:59Z\"",
    b"\"externalId\":\"a\"",
    b"null",
    b"JoinWebUrl eq '",
    b"joinMeetingIdSettings/joinMeetingId eq '123456789'",
    b"''",
];

const NOW: WallMs = 1_800_000_000_000;

struct Zero;

impl Random for Zero {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn meeting() -> Meeting {
    let new = NewMeeting {
        organizer: RawId::organization_user("o"),
        organization: "t".into(),
        subject: String::new(),
        lobby: LobbyScope::Organization,
        starts_at: Some(NOW),
        ends_at: None,
        guests_allowed: true,
        guests_may_start: true,
    };
    create_meeting(new, &mut Zero, NOW).expect("a good request")
}

/// What holds of every meeting, however it came about.
fn check(meeting: &Meeting) {
    assert!(meeting.starts_at < meeting.ends_at && meeting.starts_at >= 0, "{meeting:?}");
    assert!(!meeting.subject.is_empty() && meeting.subject.chars().count() <= 200);
    assert!(meeting.attendees.len() <= 500 && meeting.attendees.iter().all(|(user, _)| *user != meeting.organizer));
    assert!(meeting.external_id.as_ref().is_none_or(|id| !id.is_empty() && id.chars().count() <= 256));
    assert_eq!(meeting.passcode.len(), 8, "every meeting has a passcode");
}

pub fn run(data: &[u8]) {
    let (header, body) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (Some(String::from_utf8_lossy(&data[..at])), &data[at + 1..]),
        None => (None, data),
    };
    let ours = |url: &str| url == "https://meet.example.org";
    if let Ok(read) = ClientCredentials::read(header.as_deref(), body, &ours) {
        let named: Vec<_> = form_urlencoded::parse(body).filter(|(name, _)| name == "grant_type").collect();
        assert!(named.iter().any(|(_, value)| value == "client_credentials"), "no grant was asked for");
        assert!(header.is_some() || !(read.client_id.is_empty() || read.client_secret.is_empty()));
    }
    let before = meeting();
    if let Ok(made) = MeetingBody::of_new(body).and_then(|body| body.create(&before.organizer, "t", &mut Zero, NOW)) {
        check(&made);
        assert_eq!(made.external_id, None);
    }
    if let Ok(changed) = MeetingBody::of_change(body).and_then(|body| body.change(&before)) {
        check(&changed);
        assert_eq!((changed.version, &changed.id, &changed.organizer), (2, &before.id, &before.organizer));
    }
    if let Ok((id, body)) = MeetingBody::of_create_or_get(body)
        && let Ok(made) = body.create(&before.organizer, "t", &mut Zero, NOW)
    {
        check(&made);
        assert_eq!(made.external_id, Some(id));
    }
    let filter = MeetingFilter::parse(&String::from_utf8_lossy(body));
    if let Some((MeetingKey::JoinId(digits), _)) =
        filter.and_then(|filter| filter.locate(&|host| host == "meet.example.org"))
    {
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
    }
}
