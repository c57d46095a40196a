//! Join links: written, pasted in many ways, mangled, and of other servers.

mod common;

use common::{PUBLIC_URL, Seeded, meeting, organizer};
use convene_directory::{
    JoinLink, LinkRefused, join_web_url, link_host, normalize_meeting_id, parse_join_link, short_join_url,
};
use convene_model::ThreadId;

fn parse(text: &str) -> Result<JoinLink, LinkRefused> {
    parse_join_link(text, &|host| host == "meet.example.com:8443" || host == "meet.example.com" || host == "[::1]:8080")
}

fn foreign(host: &str) -> Result<JoinLink, LinkRefused> {
    Err(LinkRefused::Foreign { host: host.into() })
}

const THREAD: &str = "19:meeting_Ab-c_9@thread.v2";

fn classic() -> JoinLink {
    JoinLink::Classic {
        thread_id: ThreadId(THREAD.into()),
        organizer: Some(organizer()),
        organization: Some("aa-bb".into()),
    }
}

fn bare() -> JoinLink {
    JoinLink::Classic { thread_id: ThreadId(THREAD.into()), organizer: None, organization: None }
}

fn short(passcode: Option<&str>) -> JoinLink {
    JoinLink::Short { meeting_id: "264183392744150".into(), passcode: passcode.map(str::to_owned) }
}

#[test]
fn both_forms_are_read_back_as_they_were_written() {
    for seed in 0..200 {
        let meeting = meeting(seed);
        let link = JoinLink::Classic {
            thread_id: meeting.thread_id.clone(),
            organizer: Some(meeting.organizer.clone()),
            organization: Some(meeting.organization.clone()),
        };
        assert_eq!(parse(&join_web_url(PUBLIC_URL, &meeting)), Ok(link));
        let link =
            JoinLink::Short { meeting_id: meeting.join_meeting_id.clone(), passcode: Some(meeting.passcode.clone()) };
        assert_eq!(parse(&short_join_url(PUBLIC_URL, &meeting)), Ok(link));
    }
}

#[test]
fn the_links_look_as_those_of_teams_do() {
    let mut meeting = meeting(1);
    meeting.thread_id = ThreadId(THREAD.into());
    (meeting.join_meeting_id, meeting.passcode) = ("264183392744150".into(), "Mt9xB2N6".into());
    assert_eq!(
        join_web_url("https://meet.example.com/", &meeting),
        "https://meet.example.com/l/meetup-join/19%3ameeting_Ab-c_9%40thread.v2/0\
         ?context=%7b%22Tid%22%3a%22aa-bb%22%2c%22Oid%22%3a%220e1f-44%22%7d"
    );
    assert_eq!(short_join_url(PUBLIC_URL, &meeting), "https://meet.example.com:8443/meet/264183392744150?p=Mt9xB2N6");
}

#[test]
fn a_classic_link_is_read_however_often_and_in_whatever_case_it_was_encoded() {
    let thread = "19%3ameeting_Ab-c_9%40thread.v2";
    let context = "%7b%22Tid%22%3a%22aa-bb%22%2c%22Oid%22%3a%220e1f-44%22%7d";
    for link in [
        format!("https://meet.example.com/l/meetup-join/{thread}/0?context={context}"),
        format!("HTTPS://MEET.Example.com:443/L/Meetup-Join/{thread}/0?anon=true&Context={context}&x=1#top"),
        format!("http://meet.example.com:80/l/meetup-join/{THREAD}/0?context={context}"),
        format!("https://meet.example.com./l/meetup-join/{thread}?context={context}"),
        format!("https://meet.example.com//l/meetup-join/{thread}/1790000000000?context={context}"),
        format!(
            "https://meet.example.com/l/meetup-join/{}/0?context={}",
            thread.replace('%', "%25"),
            context.replace('%', "%25")
        ),
        format!(
            "https://meet.example.com/under/a/path/l/meetup-join/{}/0?context={context}",
            thread.to_uppercase().replace("MEETING_AB-C", "meeting_Ab-c").replace("THREAD.V", "thread.v")
        ),
        format!(
            "https://meet.example.com/l/meetup-join/{thread}/0?context={{\"oid\":\"0e1f-44\",\"TID\":\"aa-bb\",\"MessageId\":\"0\"}}"
        ),
        format!("https://[::1]:8080/l/meetup-join/{thread}/0?context={context}"),
    ] {
        assert_eq!(parse(&link), Ok(classic()), "{link}");
    }
}

#[test]
fn a_context_that_cannot_be_read_is_left_out() {
    for query in [
        "",
        "?",
        "?context=",
        "?context=%7b",
        "?context=%ff%fe",
        "?context=[1]",
        "?context={\"Oid\":7}",
        "?x=y",
        "?context={\"Oid\":\"\",\"Tid\":\"\"}",
        "?context={\"Oid\":\"a b<script>\"}",
        "?context",
    ] {
        assert_eq!(parse(&format!("https://meet.example.com/l/meetup-join/{THREAD}/0{query}")), Ok(bare()), "{query}");
    }
    let deep = format!("https://meet.example.com/l/meetup-join/{THREAD}/0?context={}", "{\"a\":".repeat(700));
    assert_eq!(parse(&deep), Ok(bare()));
}

#[test]
fn a_short_link_is_read_with_and_without_its_passcode() {
    let link = |rest: &str| parse(&format!("https://meet.example.com/meet/{rest}"));
    assert_eq!(link("264183392744150?p=Mt9xB2N6"), Ok(short(Some("Mt9xB2N6"))));
    assert_eq!(link("264183392744150/?utm=1&P=%4dt9xB2N6#x"), Ok(short(Some("Mt9xB2N6"))));
    assert_eq!(link("264%20183%20392-744-150?p=Mt9xB2N6"), Ok(short(Some("Mt9xB2N6"))));
    for without in
        ["264183392744150", "264183392744150?", "264183392744150?p=", "264183392744150?p", "264183392744150?q=1"]
    {
        assert_eq!(link(without), Ok(short(None)), "{without}");
    }
}

#[test]
fn what_people_paste_around_a_link_is_ignored() {
    for text in [
        "  https://meet.example.com/meet/264183392744150 \r\n",
        "<https://meet.example.com/meet/264183392744150>",
        "\"https://meet.example.com/meet/264183392744150\"",
        "\u{201c}https://meet.example.com/meet/264183392744150\u{201d}\u{a0}",
        "' <https://meet.example.com/meet/264183392744150> '",
    ] {
        assert_eq!(parse(text), Ok(short(None)), "{text}");
    }
}

#[test]
fn a_link_to_microsofts_service_is_refused_as_such() {
    for host in [
        "teams.microsoft.com",
        "TEAMS.Microsoft.COM",
        "teams.live.com",
        "gov.teams.microsoft.us",
        "dod.teams.microsoft.us",
        "teams.cloud.microsoft",
        "teams.microsoft.com:443",
    ] {
        let classic = format!("https://{host}/l/meetup-join/{THREAD}/0");
        assert_eq!(parse(&classic), Err(LinkRefused::Teams), "{classic}");
        assert_eq!(parse(&format!("https://{host}/meet/264183392744150?p=x")), Err(LinkRefused::Teams));
    }
    assert_eq!(
        parse("https://teams.microsoft.com.evil.example/meet/264183392744150"),
        foreign("teams.microsoft.com.evil.example")
    );
    assert_eq!(parse("https://notteams.live.com/meet/264183392744150"), foreign("notteams.live.com"));
}

#[test]
fn a_link_to_another_server_is_refused_with_its_host_whatever_its_path() {
    for (link, host) in [
        ("https://other.example/meet/264183392744150", "other.example"),
        ("https://OTHER.example:443/", "other.example"),
        ("http://other.example:443/", "other.example:443"),
        ("http://other.example", "other.example"),
        ("https://meet.example.com:9000/meet/264183392744150", "meet.example.com:9000"),
        ("https://meet.example.com.evil.example/meet/264183392744150", "meet.example.com.evil.example"),
        ("https://evil.example?https://meet.example.com/meet/264183392744150", "evil.example"),
        ("https://evil.example#@meet.example.com/meet/264183392744150", "evil.example"),
    ] {
        assert_eq!(parse(link), foreign(host), "{link}");
    }
}

#[test]
fn a_host_that_only_looks_like_ours_is_no_link() {
    for link in [
        "https://meet.example.com@evil.example/meet/264183392744150",
        "https://evil.example\\@meet.example.com/meet/264183392744150",
        "https://meet.example.com\\.evil.example/meet/264183392744150",
        "https://meet.example.com%2eevil.example/meet/264183392744150",
        "https://meet.example.com:8443:1/meet/264183392744150",
        "https://meet.example.com:/meet/264183392744150",
        "https://meet.example.com:99999/meet/264183392744150",
        "https:///meet/264183392744150",
        "https://./meet/264183392744150",
        "https://:8443/meet/264183392744150",
        "javascript://meet.example.com/meet/264183392744150",
        "ftp://meet.example.com/meet/264183392744150",
        "//meet.example.com/meet/264183392744150",
        "https:meet.example.com/meet/264183392744150",
    ] {
        let read = parse(link);
        assert!(read.is_err(), "{link}: {read:?}");
        assert!(!matches!(read, Err(LinkRefused::Teams)), "{link}: {read:?}");
    }
}

#[test]
fn what_is_on_our_host_but_names_no_meeting_is_no_link() {
    for path in [
        "",
        "/",
        "/meet",
        "/meet/",
        "/meet/abc",
        "/meet/12345678",
        "/meet/123456789012345678901",
        "/meet/264183392744150/x",
        "/meet/٢٦٤١٨٣٣٩٢٧٤٤١٥٠",
        "/l/meetup-join",
        "/l/meetup-join/",
        "/l/meetup-join/19%3ameeting_x",
        "/l/meetup-join/x/0",
        "/l/meetup-join/19:meeting_<b>@thread.v2/0",
        "/l/meetup-join/19:@thread.v2/0",
        "/l/meetup-join/%00/0",
        "/l/meetup-join/19%25253ameeting_x%252540thread.v2/0",
        "/meetings/264183392744150",
        "/%ff",
    ] {
        assert_eq!(parse(&format!("https://meet.example.com{path}")), Err(LinkRefused::NotALink), "{path}");
    }
    let long = "a".repeat(300);
    assert_eq!(
        parse(&format!("https://meet.example.com/l/meetup-join/19:{long}@thread.v2/0")),
        Err(LinkRefused::NotALink)
    );
    assert_eq!(parse(&format!("https://meet.example.com/meet/264183392744150?p={long}")), Err(LinkRefused::NotALink));
    assert_eq!(
        parse(&format!("https://meet.example.com/meet/264183392744150?x={}", "a".repeat(5000))),
        Err(LinkRefused::NotALink)
    );
    assert_eq!(parse(&format!("https://{long}/")), Err(LinkRefused::NotALink));
}

#[test]
fn mangled_links_never_panic_and_never_name_what_a_thread_or_an_id_cannot_be() {
    let mut random = Seeded(4);
    let pieces = [
        "%",
        "%25",
        "%3a",
        "%ff",
        "/",
        "?",
        "#",
        "&",
        "=",
        ":",
        "@",
        "\\",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\u{0}",
        "\u{202e}",
        "é",
        "🦀",
        " ",
        "<",
        ">",
        "..",
        "context=",
        "https://",
        "19:",
        "@thread.v2",
        "meet",
        "l/meetup-join/",
        "9",
    ];
    let mut read = 0;
    for round in 0..20_000 {
        let meeting = meeting(round % 16);
        let link =
            if round % 2 == 0 { join_web_url(PUBLIC_URL, &meeting) } else { short_join_url(PUBLIC_URL, &meeting) };
        let mut characters: Vec<char> = link.chars().collect();
        for _ in 0..=random.next() % 4 {
            let at = (random.next() % (characters.len() as u64 + 1)) as usize;
            let until = (at + (random.next() % 6) as usize).min(characters.len());
            let piece = pieces[(random.next() % pieces.len() as u64) as usize];
            characters.splice(at..until, piece.chars());
        }
        let mangled: String = characters.into_iter().collect();
        match parse(&mangled) {
            Ok(JoinLink::Classic { thread_id, .. }) => {
                read += 1;
                let thread = thread_id.as_str();
                assert!(thread.starts_with("19:") && thread.ends_with("@thread.v2"), "{mangled}");
                assert!(!thread.contains(['<', '>', '"', ' ', '%', '\u{0}']), "{mangled}");
            }
            Ok(JoinLink::Short { meeting_id, .. }) => {
                read += 1;
                assert!(meeting_id.bytes().all(|b| b.is_ascii_digit()), "{mangled}");
            }
            Err(LinkRefused::Foreign { host }) => {
                assert!(!host.is_empty() && host.len() <= 300 && !host.contains(['/', '@', '\\', ' ']), "{mangled}");
            }
            Err(LinkRefused::Teams | LinkRefused::NotALink) => {}
        }
    }
    assert!(read > 1000, "too few of the mangled links are still links to test anything: {read}");
}

#[test]
fn a_meeting_id_is_read_with_spaces_and_dashes() {
    assert_eq!(normalize_meeting_id(" 264 183\u{a0}392-744\u{2013}150 "), Some("264183392744150".into()));
    assert_eq!(normalize_meeting_id("123456789"), Some("123456789".into()));
    assert_eq!(normalize_meeting_id(&"1".repeat(20)), Some("1".repeat(20)));
    for text in ["", "12345678", "264 183 392 744 15O", "264.183.392.744.150", "+264183392744150", "٢٦٤١٨٣٣٩٢٧٤٤١٥٠"]
    {
        assert_eq!(normalize_meeting_id(text), None, "{text}");
    }
    assert_eq!(normalize_meeting_id(&"1".repeat(21)), None);
    assert_eq!(normalize_meeting_id(&"1".repeat(1_000_000)), None);
}

#[test]
fn a_public_url_and_the_links_below_it_have_the_same_host() {
    for url in [
        "https://Meet.Example.com",
        "https://meet.example.com:443/",
        "http://127.0.0.1:80",
        "http://[::1]:8080/a",
        PUBLIC_URL,
    ] {
        let own = link_host(url).unwrap();
        let link = join_web_url(url, &meeting(3));
        assert!(parse_join_link(&link, &|host| host == own).is_ok(), "{link}");
    }
    assert_eq!(link_host("https://MEET.example.com.:8443/x?y").as_deref(), Some("meet.example.com:8443"));
    assert_eq!(link_host("meet.example.com"), None);
}

#[test]
fn neither_thread_nor_passcode_is_in_what_debug_shows() {
    for link in [classic(), short(Some("Mt9xB2N6"))] {
        let shown = format!("{link:?}");
        assert!(!shown.contains("Mt9xB2N6") && !shown.contains("Ab-c_9") && shown.contains("[redacted]"), "{shown}");
    }
}
