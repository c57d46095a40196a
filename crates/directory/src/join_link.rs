//! Reading join links as people paste them: hostile text until read.
//!
//! Nothing here contacts the host of a link; it is only compared. Source of the forms: join links of Teams meetings,
//! classic and short.

use convene_model::{RawId, ThreadId};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::fmt;

/// A link's length in bytes. Larger: more work for whoever sends rubbish. Smaller: a classic link that was encoded
/// twice and wrapped in tracking parameters is refused. A usual one has 300.
const LINK_MAX: usize = 4096;
/// A host's length in bytes, port included (RFC 1035 §2.3.4 bounds names to 253).
const HOST_MAX: usize = 259;
/// A thread id's length in bytes. Ours have 56.
const THREAD_MAX: usize = 200;
/// A passcode's length in bytes. Ours have 8.
const PASSCODE_MAX: usize = 64;
/// Digits of a meeting id that are worth looking up.
const MEETING_ID_DIGITS: std::ops::RangeInclusive<usize> = 9..=20;

/// What a join link names. Its `Debug` shows neither the thread nor the passcode: either lets its reader in.
#[derive(Clone, PartialEq, Eq)]
pub enum JoinLink {
    /// `/l/meetup-join/<thread>/0?context=…`.
    Classic {
        /// The meeting's thread: names the meeting, and cannot be guessed.
        thread_id: ThreadId,
        /// `Oid` of the context, if there is a readable one.
        organizer: Option<RawId>,
        /// `Tid` of the context, if there is one.
        organization: Option<String>,
    },
    /// `/meet/<digits>?p=<passcode>`.
    Short {
        /// The digits.
        meeting_id: String,
        /// The passcode, if there is one.
        passcode: Option<String>,
    },
}

impl fmt::Debug for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Classic { thread_id: _, organizer, organization } => f
                .debug_struct("Classic")
                .field("thread_id", &"[redacted]")
                .field("organizer", organizer)
                .field("organization", organization)
                .finish(),
            Self::Short { meeting_id, passcode } => {
                let passcode = passcode.as_ref().map(|_| "[redacted]");
                f.debug_struct("Short").field("meeting_id", meeting_id).field("passcode", &passcode).finish()
            }
        }
    }
}

/// Why a text is no join link of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkRefused {
    /// A link to another server.
    Foreign {
        /// Its host in lower case, with the port if it is not the scheme's own.
        host: String,
    },
    /// A link to a meeting on Microsoft's service.
    Teams,
    /// No link to a meeting, wherever it points.
    NotALink,
}

/// Reads a join link as it was typed or pasted. `own_hosts` says whether a host, in the form of [`link_host`], is this
/// server's.
///
/// Space, angle brackets and quotes around it are ignored; the context may be encoded once or twice, its keys may be in
/// any case. Only the host decides whose link it is, so a link to another server is [`LinkRefused::Foreign`] whatever
/// its path.
///
/// # Errors
/// [`LinkRefused`], for every text that names no meeting of this server.
pub fn parse_join_link(text: &str, own_hosts: &dyn Fn(&str) -> bool) -> Result<JoinLink, LinkRefused> {
    let around = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '“' | '”' | '„' | '‘' | '’');
    let text = text.trim_matches(around);
    if text.len() > LINK_MAX {
        return Err(LinkRefused::NotALink);
    }
    let (host, rest) = split(text).ok_or(LinkRefused::NotALink)?;
    if !own_hosts(&host) {
        return Err(if is_teams(&host) { LinkRefused::Teams } else { LinkRefused::Foreign { host } });
    }
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    classic(&segments, query).or_else(|| short(&segments, query)).ok_or(LinkRefused::NotALink)
}

/// The host of an http or https URL as [`parse_join_link`] compares it: in lower case, without a final dot, with its port
/// only if that is not the scheme's own. `None` if the text is no such URL.
pub fn link_host(url: &str) -> Option<String> {
    split(url).map(|(host, _)| host)
}

/// Reads a meeting id as people type it: spaces and dashes are ignored. `None` if the rest is not 9 to 20 digits.
pub fn normalize_meeting_id(text: &str) -> Option<String> {
    let is_filler = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}');
    let mut digits = String::new();
    for character in text.chars().filter(|c| !is_filler(c)) {
        if !character.is_ascii_digit() || digits.len() == *MEETING_ID_DIGITS.end() {
            return None;
        }
        digits.push(character);
    }
    MEETING_ID_DIGITS.contains(&digits.len()).then_some(digits)
}

/// Splits an http or https URL (RFC 3986 §3) into its normalized host and what follows it.
///
/// Stricter than browsers where they are lenient, so that nobody can make the host look like another one: no user part,
/// no backslash, no percent-encoding in the host.
fn split(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // Of some letters the small one is no letter alone: İ becomes i and a mark.
    let host = authority.to_lowercase();
    let readable = authority.chars().chain(host.chars()).all(is_host_character);
    if authority.is_empty() || authority.len() > HOST_MAX || !readable {
        return None;
    }
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    match port {
        _ if name.is_empty() => None,
        None => Some((name.to_owned(), rest)),
        Some(port) => port.parse::<u16>().ok().map(|port| (format!("{name}:{port}"), rest)),
    }
}

fn is_host_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '.' | '_' | ':' | '[' | ']')
}

/// Hosts of Microsoft's own meetings: the public service, the personal one, and those of the sovereign clouds.
fn is_teams(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    ["teams.microsoft.com", "teams.live.com", "teams.microsoft.us", "teams.cloud.microsoft"]
        .iter()
        .any(|teams| name.strip_suffix(teams).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

fn classic(segments: &[&str], query: &str) -> Option<JoinLink> {
    let at = segments
        .windows(2)
        .position(|pair| pair[0].eq_ignore_ascii_case("l") && pair[1].eq_ignore_ascii_case("meetup-join"))?;
    let thread = decode_until(segments.get(at + 2)?, |text| text.contains(':'))?;
    if !is_thread(&thread) {
        return None;
    }
    let context = parameter(query, "context").and_then(|text| decode_until(text, |text| text.starts_with('{')));
    let context: Map<String, Value> = context.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let member = |name: &str| {
        let (_, value) = context.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        value.as_str().filter(|text| !text.is_empty())
    };
    Some(JoinLink::Classic {
        thread_id: ThreadId(thread),
        organizer: member("oid").and_then(|oid| RawId::parse(&format!("8:orgid:{oid}")).ok()),
        organization: member("tid").map(str::to_owned),
    })
}

fn short(segments: &[&str], query: &str) -> Option<JoinLink> {
    let [.., meet, digits] = segments else { return None };
    if !meet.eq_ignore_ascii_case("meet") {
        return None;
    }
    let passcode = parameter(query, "p").and_then(decode).map(|text| text.trim().to_owned());
    if passcode.as_ref().is_some_and(|text| text.len() > PASSCODE_MAX) {
        return None;
    }
    Some(JoinLink::Short {
        meeting_id: normalize_meeting_id(&decode(digits)?)?,
        passcode: passcode.filter(|text| !text.is_empty()),
    })
}

/// The first query parameter of that name, in any case, still encoded.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(String::from)
}

/// Decodes at most twice, until `done`.
fn decode_until(text: &str, done: impl Fn(&str) -> bool) -> Option<String> {
    let once = decode(text)?;
    if done(&once) { Some(once) } else { decode(&once).filter(|twice| done(twice)) }
}

/// `19:<letters, digits and the rest of both base64 alphabets>@thread.v2`.
fn is_thread(text: &str) -> bool {
    let inner = text.strip_prefix("19:").and_then(|rest| rest.strip_suffix("@thread.v2"));
    text.len() <= THREAD_MAX
        && inner.is_some_and(|inner| {
            !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/=.".contains(&b))
        })
}
