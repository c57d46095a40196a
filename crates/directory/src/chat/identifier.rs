//! Identifiers as the APIs of ACS carry them (`CommunicationIdentifierModel`).

use crate::json_body::BodyRefused;
use convene_model::{IdentifierKind, RawId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Who somebody is. Beside `rawId` there is what the kind names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommunicationIdentifier {
    /// `communicationUser` or `microsoftTeamsUser`.
    pub kind: &'static str,
    /// The raw id.
    pub raw_id: String,
    /// An app's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communication_user: Option<CommunicationUser>,
    /// A user of the organization, or an anonymous guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub microsoft_teams_user: Option<TeamsUser>,
}

/// An app's user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommunicationUser {
    /// The raw id.
    pub id: String,
}

/// A user of the organization, or an anonymous guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamsUser {
    /// The id without the prefix of its kind.
    pub user_id: String,
    /// Whether it is a guest from the web.
    pub is_anonymous: bool,
    /// Always `public`.
    pub cloud: &'static str,
}

/// The identifier of `user`.
pub fn identifier(user: &RawId) -> CommunicationIdentifier {
    let raw_id = user.as_str().to_owned();
    let teams = |is_anonymous| {
        let user_id = raw_id.rsplit(':').next().unwrap_or_default().to_owned();
        let user = TeamsUser { user_id, is_anonymous, cloud: "public" };
        ("microsoftTeamsUser", None, Some(user))
    };
    let (kind, communication_user, microsoft_teams_user) = match user.kind() {
        IdentifierKind::CommunicationUser => {
            ("communicationUser", Some(CommunicationUser { id: raw_id.clone() }), None)
        }
        IdentifierKind::OrganizationUser => teams(false),
        IdentifierKind::Visitor => teams(true),
    };
    CommunicationIdentifier { kind, raw_id, communication_user, microsoft_teams_user }
}

/// Reads an identifier: its `rawId`, or the id that its kind has. `None` if it names nobody.
pub fn user_of_identifier(json: &Map<String, Value>) -> Option<RawId> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let of_teams = |user: &Value| {
        let kind =
            if user.get("isAnonymous").and_then(Value::as_bool) == Some(true) { "teamsvisitor" } else { "orgid" };
        user.get("userId").and_then(Value::as_str).map(|id| format!("8:{kind}:{id}"))
    };
    let raw_id = text(json.get("rawId"))
        .or_else(|| text(json.get("communicationUser").and_then(|user| user.get("id"))))
        .or_else(|| json.get("microsoftTeamsUser").and_then(of_teams));
    raw_id.as_deref().and_then(|id| RawId::parse(id).ok())
}

pub(crate) fn read_identifier<E: BodyRefused>(json: &Map<String, Value>, property: &str) -> Result<RawId, E> {
    user_of_identifier(json).ok_or_else(|| {
        let why = "Identifier format is not valid; send one such as {\"communicationUser\":{\"id\":\"8:acs:<resource>_<user>\"}}";
        E::bad(property, why.to_owned())
    })
}
