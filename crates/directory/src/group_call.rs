//! The lobby of a group call: what an app's server may say about it, and who enters one as what. Convene's own: ACS's group calls have
//! none.

use crate::json_body::{BodyRefused, member, object};
use convene_model::group_call::{GroupBypass, GroupCall};
use convene_model::limits::GROUP_CALL_NAMED_MAX;
use convene_model::{IdentifierKind, RawId, WallMs};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Why a group call is not given a lobby in this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupCallRefused {
    /// The request's body is no JSON object; says what is wrong.
    NotJson(String),
    /// A property that may not be set to this.
    BadProperty {
        /// Which, as a path in the body.
        property: String,
        /// What it may be instead, without a final stop.
        why: String,
    },
    /// The id cannot be one of a group.
    NotAGroupId,
}

impl GroupCallRefused {
    /// The property that the refusal is about, as a path in the body.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::NotJson(_) => None,
            Self::BadProperty { property, .. } => Some(property),
            Self::NotAGroupId => Some("groupId"),
        }
    }
}

impl BodyRefused for GroupCallRefused {
    fn not_json(why: String) -> Self {
        Self::NotJson(why)
    }

    fn bad(property: &str, why: String) -> Self {
        Self::BadProperty { property: property.to_owned(), why }
    }
}

/// What is wrong and what to do, in a sentence.
impl std::fmt::Display for GroupCallRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotJson(why) => {
                write!(f, "The body cannot be used: {why}. Send an object such as {EXAMPLE}.")
            }
            Self::BadProperty { property, why } => write!(f, "{property} cannot be set so: {why}."),
            Self::NotAGroupId => f.write_str("A group id is a UUID, for example 6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11."),
        }
    }
}

impl std::error::Error for GroupCallRefused {}

const EXAMPLE: &str = "{\"lobby\":{\"bypass\":\"nobody\"},\"hosts\":[\"8:acs:...\"]}";

/// A UUID in lower case with dashes, whichever way it was written.
pub fn normalize_group_id(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    if hex.len() != 32 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let hex = hex.to_ascii_lowercase();
    Some(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

/// The body of a request that gives a group call a lobby.
#[derive(ToSchema)]
pub struct GroupCallRequest {
    /// The lobby.
    pub lobby: GroupLobbyRequest,
    /// Raw ids of those who never wait, and decide about those who do: users of the resource, or of the organization. One at least.
    pub hosts: Vec<String>,
    /// Raw ids of those who need not wait, where `bypass` is `named`.
    pub bypassers: Option<Vec<String>>,
}

/// The lobby of a group call.
#[derive(ToSchema)]
pub struct GroupLobbyRequest {
    /// Who need not wait, besides the hosts: `everyone`, `named` or `nobody`; `nobody` if it is left out.
    pub bypass: Option<String>,
}

/// The lobby of a group call, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupCallModel {
    /// The group's id.
    pub group_id: String,
    /// The lobby.
    pub lobby: GroupLobbyModel,
    /// Who never waits, and decides about those who do.
    pub hosts: Vec<String>,
    /// Who need not wait, where `bypass` is `named`.
    pub bypassers: Vec<String>,
}

/// Who need not wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroupLobbyModel {
    /// `everyone`, `named` or `nobody`.
    pub bypass: &'static str,
}

/// The group call as clients see it; `None` if it has no lobby.
pub fn group_call_model(group: &GroupCall) -> Option<GroupCallModel> {
    let listed = |users: &BTreeSet<RawId>| users.iter().map(|user| user.as_str().to_owned()).collect();
    Some(GroupCallModel {
        group_id: group.group_id.clone(),
        lobby: GroupLobbyModel { bypass: group.lobby?.name() },
        hosts: listed(&group.hosts),
        bypassers: listed(&group.bypassers),
    })
}

/// The group call after its app's server said `json` about it, as a version after the one before. Versions grow with the time, so that
/// they also do from one that was deleted to the next.
///
/// # Errors
/// [`GroupCallRefused`] names the property and says what it may be.
pub fn set_group_call(before: &GroupCall, json: &[u8], now: WallMs) -> Result<GroupCall, GroupCallRefused> {
    let body = object(json)?;
    let expected = "an object such as {\"bypass\":\"nobody\"}";
    let lobby = member(&body, "lobby", expected, Value::as_object)?.ok_or_else(|| bad("lobby", expected))?;
    let read = |value: &Value| value.as_str().and_then(GroupBypass::parse);
    let bypass: Option<GroupBypass> = member(lobby, "bypass", "everyone, named or nobody", read)
        .map_err(|refused: GroupCallRefused| under("lobby", refused))?;
    let bypass = bypass.unwrap_or(GroupBypass::Nobody);
    let hosts = users(&body, "hosts", &before.resource)?;
    if hosts.is_empty() {
        return Err(bad("hosts", "name one at least: nobody else can let in who waits"));
    }
    let bypassers = users(&body, "bypassers", &before.resource)?;
    if !bypassers.is_empty() && bypass != GroupBypass::Named {
        return Err(bad("bypassers", "somebody is named only where lobby.bypass is named"));
    }
    Ok(GroupCall {
        lobby: Some(bypass),
        hosts,
        bypassers,
        version: next_version(before.version, now),
        ..before.clone()
    })
}

/// The group call after what was said about it was deleted.
pub fn without_lobby(resource: &str, group_id: &str, deleted: u64, now: WallMs) -> GroupCall {
    GroupCall { version: next_version(deleted, now), ..GroupCall::open(resource, group_id) }
}

fn next_version(before: u64, now: WallMs) -> u64 {
    u64::try_from(now).unwrap_or(0).max(before + 1)
}

fn users(body: &Map<String, Value>, name: &str, resource: &str) -> Result<BTreeSet<RawId>, GroupCallRefused> {
    let expected = "a list of raw ids, such as 8:acs:<resource>_<user>";
    let Some(listed) = member(body, name, expected, Value::as_array)? else { return Ok(BTreeSet::new()) };
    if listed.len() > GROUP_CALL_NAMED_MAX {
        return Err(bad(name, &format!("at most {GROUP_CALL_NAMED_MAX} can be named")));
    }
    let read = |value: &Value| {
        let user = value.as_str().and_then(|text| RawId::parse(text).ok()).ok_or_else(|| bad(name, &use_(expected)))?;
        match user.kind() {
            IdentifierKind::OrganizationUser => Ok(user),
            IdentifierKind::CommunicationUser if user.resource() == Some(resource) => Ok(user),
            IdentifierKind::CommunicationUser => Err(bad(name, "only users of the same resource can be named")),
            IdentifierKind::Visitor => Err(bad(name, "a guest of a meeting comes into no group call")),
        }
    };
    listed.iter().map(read).collect()
}

fn use_(expected: &str) -> String {
    format!("use {expected}")
}

fn bad(property: &str, why: &str) -> GroupCallRefused {
    GroupCallRefused::bad(property, why.to_owned())
}

fn under(parent: &str, refused: GroupCallRefused) -> GroupCallRefused {
    match refused {
        GroupCallRefused::BadProperty { property, why } => {
            GroupCallRefused::BadProperty { property: format!("{parent}.{property}"), why }
        }
        other => other,
    }
}

/// How somebody stands to a group call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    /// Whether they are a host: one who never waits, and manages the lobby.
    pub host: bool,
    /// Whether they were named as somebody who need not wait.
    pub invited: bool,
}

/// As what `user` enters `group`.
pub fn group_entry(group: &GroupCall, user: &RawId) -> GroupEntry {
    let host = group.lobby.is_some() && group.hosts.contains(user);
    GroupEntry { host, invited: host || group.bypassers.contains(user) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";

    fn set(json: &str) -> Result<GroupCall, GroupCallRefused> {
        set_group_call(&GroupCall::open("r", GROUP), json.as_bytes(), 1_000)
    }

    #[test]
    fn group_ids_are_uuids_in_any_spelling() {
        let id = Some(GROUP.to_owned());
        assert_eq!(normalize_group_id("6F2E1C1A-9F0E-4D53-8A57-3F4B8A1F2C11"), id);
        assert_eq!(normalize_group_id(" {6f2e1c1a9f0e4d538a573f4b8a1f2c11} "), id);
        for text in ["", "6f2e1c1a", "zf2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11", "ä".repeat(16).as_str()] {
            assert_eq!(normalize_group_id(text), None, "{text}");
        }
    }

    #[test]
    fn a_lobby_is_what_was_said_and_shown_as_it_is() {
        let group = set(r#"{"lobby":{"bypass":"named"},"hosts":["8:acs:r_h","8:orgid:o"],"bypassers":["8:acs:r_b"]}"#);
        let group = group.unwrap();
        let user = |id: &str| RawId::parse(id).unwrap();
        assert_eq!(group.hosts, BTreeSet::from([user("8:acs:r_h"), user("8:orgid:o")]));
        assert_eq!((group.lobby, group.version), (Some(GroupBypass::Named), 1_000));
        let entries = ["8:acs:r_h", "8:acs:r_b", "8:acs:r_c"].map(|id| group_entry(&group, &user(id)));
        assert_eq!(entries.map(|entry| (entry.host, entry.invited)), [(true, true), (false, true), (false, false)]);
        let shown = serde_json::to_value(group_call_model(&group)).unwrap();
        let expected = serde_json::json!({
            "groupId": GROUP, "lobby": { "bypass": "named" }, "hosts": ["8:acs:r_h", "8:orgid:o"], "bypassers": ["8:acs:r_b"],
        });
        assert_eq!(shown, expected);
        assert_eq!(group_call_model(&GroupCall::open("r", GROUP)), None);
        assert_eq!(set(r#"{"lobby":{},"hosts":["8:acs:r_h"]}"#).unwrap().lobby, Some(GroupBypass::Nobody));
    }

    #[test]
    fn what_cannot_be_used_is_refused_and_named() {
        for (json, target) in [
            ("[]", None),
            ("{", None),
            (r#"{"hosts":["8:acs:r_h"]}"#, Some("lobby")),
            (r#"{"lobby":"nobody","hosts":["8:acs:r_h"]}"#, Some("lobby")),
            (r#"{"lobby":{"bypass":"friends"},"hosts":["8:acs:r_h"]}"#, Some("lobby.bypass")),
            (r#"{"lobby":{}}"#, Some("hosts")),
            (r#"{"lobby":{},"hosts":["wrong"]}"#, Some("hosts")),
            (r#"{"lobby":{},"hosts":["8:acs:another_h"]}"#, Some("hosts")),
            (r#"{"lobby":{},"hosts":["8:teamsvisitor:v"]}"#, Some("hosts")),
            (r#"{"lobby":{},"hosts":["8:acs:r_h"],"bypassers":["8:acs:r_b"]}"#, Some("bypassers")),
        ] {
            let refused = set(json).unwrap_err();
            assert_eq!(refused.target(), target, "{json}");
            assert!(refused.to_string().ends_with('.'), "{refused}");
        }
        let many = vec!["8:acs:r_h"; GROUP_CALL_NAMED_MAX + 1];
        let json = serde_json::json!({ "lobby": {}, "hosts": many }).to_string();
        assert_eq!(set(&json).unwrap_err().target(), Some("hosts"));
    }

    #[test]
    fn versions_grow_also_where_the_clock_does_not() {
        let json = br#"{"lobby":{},"hosts":["8:acs:r_h"]}"#;
        let first = set_group_call(&GroupCall::open("r", GROUP), json, 1_000).unwrap();
        let second = set_group_call(&first, json, 999).unwrap();
        let deleted = without_lobby("r", GROUP, second.version, 998);
        assert_eq!((first.version, second.version, deleted.version), (1_000, 1_001, 1_002));
        assert_eq!(deleted.lobby, None);
    }

    #[test]
    fn every_described_property_is_read() {
        let schema = serde_json::to_value(<GroupCallRequest as utoipa::PartialSchema>::schema()).unwrap();
        let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["bypassers", "hosts", "lobby"]);
    }
}
