//! Raw ids: the one string by which a user is known (`8:acs:…`, `8:orgid:…`, `8:teamsvisitor:…`).
//!
//! Source: Azure Communication Services, identifier models (`rawId` forms).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A user's raw id, for example `8:acs:<resource>_<user>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct RawId(String);

/// What kind of identity a raw id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentifierKind {
    /// `8:acs:<resource>_<user>`: an app's user.
    CommunicationUser,
    /// `8:orgid:<id>`: a user of the organization, who may organize meetings.
    OrganizationUser,
    /// `8:teamsvisitor:<id>`: an anonymous guest from the web.
    Visitor,
}

/// How somebody stands to the organization that owns a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Affiliation {
    /// A user of the organization.
    Organization,
    /// A user of a resource that the organization trusts.
    Federated,
    /// Everybody else: users of other resources, and visitors.
    Outside,
}

/// A string that is no raw id of a kind that Convene knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidIdentifier;

impl fmt::Display for InvalidIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a known identifier: expected 8:acs:<resource>_<user>, 8:orgid:<id> or 8:teamsvisitor:<id>")
    }
}

impl std::error::Error for InvalidIdentifier {}

const ACS: &str = "8:acs:";
const ORGID: &str = "8:orgid:";
const VISITOR: &str = "8:teamsvisitor:";
const ECHO_TEST: &str = "8:echo123";
/// Longer than any raw id that Convene makes or imports (prefix and two UUIDs are under 90 bytes).
const RAW_ID_MAX: usize = 200;

fn is_part(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl RawId {
    /// Reads a raw id.
    ///
    /// # Errors
    /// [`InvalidIdentifier`] if the text is none of the three forms. An `8:acs:` id has exactly one `_`: clients read
    /// two of them as another kind of user.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        if text.len() > RAW_ID_MAX {
            return Err(InvalidIdentifier);
        }
        let valid = if let Some(rest) = text.strip_prefix(ACS) {
            matches!(rest.split_once('_'), Some((resource, user)) if is_part(resource) && is_part(user))
        } else if let Some(rest) = text.strip_prefix(ORGID) {
            is_part(rest)
        } else if let Some(rest) = text.strip_prefix(VISITOR) {
            is_part(rest)
        } else {
            false
        };
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidIdentifier) }
    }

    /// The id of an app's user.
    pub fn communication_user(resource: &str, user: &str) -> Self {
        Self(format!("{ACS}{resource}_{user}"))
    }

    /// The id of a user of the organization.
    pub fn organization_user(id: &str) -> Self {
        Self(format!("{ORGID}{id}"))
    }

    /// The id of an anonymous guest.
    pub fn visitor(id: &str) -> Self {
        Self(format!("{VISITOR}{id}"))
    }

    /// The test call, as ACS names it: it answers at once and plays back what it hears. No user has this id.
    pub fn echo_test() -> Self {
        Self(ECHO_TEST.to_owned())
    }

    /// The server of a resource's app, as the one who muted or removed somebody. No user has this id: users' own are UUIDs.
    pub fn app_server(resource: &str) -> Self {
        Self::communication_user(resource, "server")
    }

    /// Whether this is the test call rather than a user.
    pub fn is_echo_test(&self) -> bool {
        self.0 == ECHO_TEST
    }

    /// The id as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What kind of identity this is.
    pub fn kind(&self) -> IdentifierKind {
        if self.0.starts_with(ORGID) {
            IdentifierKind::OrganizationUser
        } else if self.0.starts_with(VISITOR) {
            IdentifierKind::Visitor
        } else {
            IdentifierKind::CommunicationUser
        }
    }

    /// The resource of an app's user; `None` for the other kinds.
    pub fn resource(&self) -> Option<&str> {
        self.0.strip_prefix(ACS).and_then(|rest| rest.split_once('_')).map(|(resource, _)| resource)
    }

    /// The id without its leading `8:`, as the `skypeid` claim carries it.
    pub fn skype_id(&self) -> &str {
        self.0.strip_prefix("8:").unwrap_or(&self.0)
    }
}

impl fmt::Display for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_read_and_their_kind_is_known() {
        let of = |text: &str| RawId::parse(text).map(|id| id.kind());
        assert_eq!(of("8:acs:11aa-22_33bb"), Ok(IdentifierKind::CommunicationUser));
        assert_eq!(of("8:orgid:44cc"), Ok(IdentifierKind::OrganizationUser));
        assert_eq!(of("8:teamsvisitor:55dd"), Ok(IdentifierKind::Visitor));
        assert_eq!(RawId::parse("8:acs:r_u").unwrap().resource(), Some("r"));
        assert_eq!(RawId::parse("8:acs:r_u").unwrap().skype_id(), "acs:r_u");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "8:", "8:acs:", "8:acs:a", "8:acs:a_b_c", "8:acs:_b", "8:orgid:", "4:+1555", "8:orgid:<b>"] {
            assert_eq!(RawId::parse(text), Err(InvalidIdentifier), "{text}");
        }
        assert_eq!(RawId::parse(&format!("8:orgid:{}", "a".repeat(300))), Err(InvalidIdentifier));
    }
}
