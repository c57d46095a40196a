//! The two forms of a meeting's join link. Read back by [`crate::parse_join_link`].

use convene_model::{RawId, record::Meeting};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// Everything but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The context of a classic link; its members in the order that Teams writes them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Context<'a> {
    tid: &'a str,
    oid: &'a str,
}

/// The classic join link: `<public_url>/l/meetup-join/<thread>/0?context={"Tid":…,"Oid":…}`, percent-encoded in lower
/// case. It carries no passcode: the thread's id is what cannot be guessed.
pub fn join_web_url(public_url: &str, meeting: &Meeting) -> String {
    let context = Context { tid: &meeting.organization, oid: object_id(&meeting.organizer) };
    let context = serde_json::to_string(&context).expect("text fields always serialize");
    let base = public_url.trim_end_matches('/');
    format!("{base}/l/meetup-join/{}/0?context={}", encoded(meeting.thread_id.as_str()), encoded(&context))
}

/// The short join link: `<public_url>/meet/<digits>?p=<passcode>`.
pub fn short_join_url(public_url: &str, meeting: &Meeting) -> String {
    let base = public_url.trim_end_matches('/');
    format!("{base}/meet/{}?p={}", meeting.join_meeting_id, encoded(&meeting.passcode))
}

/// The id of an organization's user without its prefix, as the link's context and Graph's identities have it.
pub(crate) fn object_id(user: &RawId) -> &str {
    user.as_str().strip_prefix("8:orgid:").unwrap_or(user.as_str())
}

/// Percent-encoded, in lower case.
pub(crate) fn encoded(text: &str) -> String {
    let pieces = utf8_percent_encode(text, RESERVED);
    pieces.map(|piece| if piece.starts_with('%') { piece.to_ascii_lowercase() } else { piece.to_owned() }).collect()
}
