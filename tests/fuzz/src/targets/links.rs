//! Join links, meeting ids and raw ids: what is read can be written, and read again as the same; a link is this server's own only by its
//! host.

use convene_directory::{
    JoinLink, LinkRefused, NewMeeting, create_meeting, join_web_url, link_host, normalize_meeting_id, parse_join_link,
    short_join_url,
};
use convene_model::record::{LobbyScope, Meeting};
use convene_model::{Random, RawId};

pub const WORDS: &[&[u8]] = &[
    b"https://meet.example.org",
    b"http://",
    b"/l/meetup-join/",
    b"19%3ameeting_NTE%40thread.v2",
    b"%2519%253a",
    b"/0?context=",
    b"%7b%22Tid%22%3a%22t%22%2c%22Oid%22%3a%22o%22%7d",
    b"/meet/",
    b"?p=",
    b"@",
    b"\\",
    b"%00",
    b":443",
    b"[::1]",
    "\u{202e}".as_bytes(),
    "\u{130}".as_bytes(),
];

const OWN: [&str; 2] = ["meet.example.org", "[::1]:8080"];
const URL: &str = "https://meet.example.org";

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
        lobby: LobbyScope::Everyone,
        starts_at: None,
        ends_at: None,
        guests_allowed: true,
        guests_may_start: true,
    };
    create_meeting(new, &mut Zero, 0).expect("a good meeting")
}

fn parse(text: &str) -> Result<JoinLink, LinkRefused> {
    parse_join_link(text, &|host| OWN.contains(&host))
}

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = parse(&text);
    assert_eq!(parse(&format!(" <{text}>\n")), read, "what stands around a link does not matter");
    let around = |c: char| !c.is_ascii_alphanumeric();
    match &read {
        Ok(link) => {
            let start = text.trim_start_matches(around);
            assert!(link_host(start).is_some_and(|host| OWN.contains(&host.as_str())), "{text:?} is another's");
            read_back(link);
        }
        Err(LinkRefused::Foreign { host }) => {
            assert!(!OWN.contains(&host.as_str()));
            let spelled = ["http", "https"].map(|scheme| link_host(&format!("{scheme}://{host}/")));
            assert!(spelled.iter().flatten().any(|again| again == host), "{host:?} is read as {spelled:?}");
        }
        Err(LinkRefused::Teams | LinkRefused::NotALink) => {}
    }
    if let Some(digits) = normalize_meeting_id(&text) {
        assert!((9..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(normalize_meeting_id(&digits), Some(digits));
    }
    if let Ok(id) = RawId::parse(&text) {
        assert_eq!(id.as_str(), text);
        assert_eq!(RawId::parse(&format!("8:{}", id.skype_id())), Ok(id));
    }
}

/// A link that was read, written as this server writes its links.
fn read_back(link: &JoinLink) {
    let mut meeting = meeting();
    let url = match link {
        JoinLink::Classic { thread_id, organizer: Some(organizer), organization: Some(organization) } => {
            meeting.thread_id = thread_id.clone();
            (meeting.organizer, meeting.organization) = (organizer.clone(), organization.clone());
            join_web_url(URL, &meeting)
        }
        JoinLink::Short { meeting_id, passcode: Some(passcode) } => {
            (meeting.join_meeting_id, meeting.passcode) = (meeting_id.clone(), passcode.clone());
            short_join_url(URL, &meeting)
        }
        JoinLink::Classic { .. } | JoinLink::Short { .. } => return,
    };
    // An organization's name may be longer than a link.
    if url.len() <= 4096 {
        assert_eq!(parse(&url).as_ref(), Ok(link), "{url}");
    }
}
