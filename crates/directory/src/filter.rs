//! `$filter` of a list of meetings: the two forms that Graph documents for meetings.

use crate::locate::{MeetingKey, Proof, locate_by_link};
use crate::{JoinLink, normalize_meeting_id, parse_join_link};

/// A filter's length in bytes. Larger: more work for whoever sends rubbish. Smaller: a join link that was encoded twice does not fit.
const FILTER_MAX: usize = 5000;

/// Why a filter cannot be used, and what can.
pub const FILTERS: &str = "Use $filter=JoinWebUrl eq '<link>' or $filter=joinMeetingIdSettings/joinMeetingId eq '<digits>'; nothing else can be filtered by.";

/// By what a meeting is looked for.
#[derive(Clone, PartialEq, Eq)]
pub enum MeetingFilter {
    /// By its classic join link.
    JoinWebUrl(String),
    /// By its join meeting id.
    JoinMeetingId(String),
}

impl MeetingFilter {
    /// Reads `JoinWebUrl eq '…'` or `joinMeetingIdSettings/joinMeetingId eq '…'`; the property in any case, as in Graph. `None` for every
    /// other text.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > FILTER_MAX {
            return None;
        }
        let (property, rest) = text.trim().split_once(char::is_whitespace)?;
        let (operator, literal) = rest.trim_start().split_once(char::is_whitespace)?;
        let value = unquoted(literal.trim())?;
        if operator != "eq" {
            return None;
        }
        match property.to_ascii_lowercase().as_str() {
            "joinweburl" => Some(Self::JoinWebUrl(value)),
            "joinmeetingidsettings/joinmeetingid" => Some(Self::JoinMeetingId(value)),
            _ => None,
        }
    }

    /// How the meeting is found. `None`: nothing can fit. `own_hosts` as for [`parse_join_link`].
    ///
    /// Whoever filters must own the meeting; the proof of an id is thus not asked for.
    pub fn locate(&self, own_hosts: &dyn Fn(&str) -> bool) -> Option<(MeetingKey, Option<Proof>)> {
        match self {
            Self::JoinWebUrl(link) => match parse_join_link(link, own_hosts) {
                Ok(link @ JoinLink::Classic { .. }) => {
                    let (key, proof) = locate_by_link(link);
                    Some((key, Some(proof)))
                }
                // The short link is no joinWebUrl.
                Ok(JoinLink::Short { .. }) | Err(_) => None,
            },
            Self::JoinMeetingId(digits) => Some((MeetingKey::JoinId(normalize_meeting_id(digits)?), None)),
        }
    }
}

/// A string literal of OData: in single quotes, one within it doubled.
fn unquoted(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    let parts: Vec<&str> = inner.split("''").collect();
    if parts.iter().any(|part| part.contains('\'')) { None } else { Some(parts.join("'")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_in_any_case_and_with_any_space() {
        let link = |text: &str| Some(MeetingFilter::JoinWebUrl(text.into()));
        let id = |text: &str| Some(MeetingFilter::JoinMeetingId(text.into()));
        for (text, expected) in [
            ("JoinWebUrl eq 'https://x/l'", link("https://x/l")),
            (
                " joinWebUrl  eq  'https://x/l?context={\"Tid\":\"a b\"}' ",
                link("https://x/l?context={\"Tid\":\"a b\"}"),
            ),
            ("joinMeetingIdSettings/joinMeetingId eq '123 456'", id("123 456")),
            ("JoinMeetingIdSettings/JoinMeetingId eq 'a''b'", id("a'b")),
            ("JoinWebUrl eq 'a' or true eq 'b'", None),
            ("JoinWebUrl ne 'a'", None),
            ("JoinWebUrl eq a", None),
            ("JoinWebUrl eq '", None),
            ("subject eq 'a'", None),
            ("JoinWebUrl", None),
            ("", None),
        ] {
            assert!(MeetingFilter::parse(text) == expected, "{text}");
        }
        assert!(MeetingFilter::parse(&format!("JoinWebUrl eq '{}'", "a".repeat(FILTER_MAX))).is_none());
    }
}
