//! The bodies of requests about rooms (ACS Rooms REST).

use crate::date_time::parse_date_time;
use crate::json_body::{BodyRefused, member, object};
use crate::room::RoomRefused;
use crate::room_version::RoomsVersion;
use convene_model::{IdentifierKind, RawId, Role, WallMs};
use serde_json::{Map, Value};

/// What a request says about a room. What it does not say, or says as `null`, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomBody {
    /// From when on it may be joined.
    pub valid_from: Option<WallMs>,
    /// Until when.
    pub valid_until: Option<WallMs>,
    /// Whether telephone numbers may be called from it.
    pub pstn_dial_out_enabled: Option<bool>,
    /// Whether those who are not invited may knock.
    pub lobby: Option<bool>,
    /// Who is invited (`Some`), and who is not any more (`None`).
    pub participants: Vec<(RawId, Option<Role>)>,
}

impl RoomBody {
    /// Reads the body that makes a room of `resource`; no body at all is one that says nothing.
    ///
    /// # Errors
    /// [`RoomRefused`] names the property and says what it may be.
    pub fn of_new(json: &[u8], resource: &str, version: RoomsVersion) -> Result<Self, RoomRefused> {
        let body = if json.is_empty() { Map::new() } else { object(json)? };
        Ok(Self { participants: participants(&body, resource, version)?, ..options(&body, version)? })
    }

    /// Reads the body that changes a room's options.
    ///
    /// # Errors
    /// [`RoomRefused`] names the property and says what it may be.
    pub fn of_change(json: &[u8], version: RoomsVersion) -> Result<Self, RoomRefused> {
        let body = object(json)?;
        if body.get("participants").is_some_and(|value| !value.is_null()) {
            return Err(bad("participants", "they are changed by PATCH /rooms/{roomId}/participants"));
        }
        options(&body, version)
    }
}

/// Reads the body that changes who is invited to a room of `resource`: a merge patch (RFC 7396) of its list.
///
/// # Errors
/// [`RoomRefused`] names the property and says what it may be.
pub fn participants_patch(
    json: &[u8],
    resource: &str,
    version: RoomsVersion,
) -> Result<Vec<(RawId, Option<Role>)>, RoomRefused> {
    let body = object(json)?;
    if !body.get("participants").is_some_and(Value::is_object) {
        return Err(bad("participants", "send an object such as {\"8:acs:...\":{\"role\":\"Presenter\"}}"));
    }
    participants(&body, resource, version)
}

fn options(body: &Map<String, Value>, version: RoomsVersion) -> Result<RoomBody, RoomRefused> {
    let of_ours = member(body, "convene", "an object such as {\"lobby\":true}", Value::as_object)?;
    let lobby = match of_ours {
        Some(ours) => member(ours, "lobby", "true or false", Value::as_bool).map_err(|refused| match refused {
            RoomRefused::BadProperty { why, .. } => bad("convene.lobby", why),
            other => other,
        })?,
        None => None,
    };
    let dial_out = if version.knows_dial_out() {
        member(body, "pstnDialOutEnabled", "true or false", Value::as_bool)?
    } else {
        // Older versions do not know the property, and pass over what they do not know.
        None
    };
    Ok(RoomBody {
        valid_from: date_time(body, "validFrom")?,
        valid_until: date_time(body, "validUntil")?,
        pstn_dial_out_enabled: dial_out,
        lobby,
        participants: Vec::new(),
    })
}

fn participants(
    body: &Map<String, Value>,
    resource: &str,
    version: RoomsVersion,
) -> Result<Vec<(RawId, Option<Role>)>, RoomRefused> {
    let expected = "an object with a raw id for each name";
    let Some(entries) = member(body, "participants", expected, Value::as_object)? else { return Ok(Vec::new()) };
    entries.iter().map(|(id, entry)| Ok((own_user(id, resource)?, invitation(id, entry, version)?))).collect()
}

fn own_user(id: &str, resource: &str) -> Result<RawId, RoomRefused> {
    let user = RawId::parse(id).ok().filter(|user| user.kind() == IdentifierKind::CommunicationUser);
    let user = user.ok_or_else(|| {
        bad(
            "participants",
            "Invalid format for communication identifier; invite users by ids such as 8:acs:<resource>_<user>",
        )
    })?;
    if user.resource() != Some(resource) {
        return Err(bad("participants", "only users of the same resource as the room can be invited"));
    }
    Ok(user)
}

fn invitation(id: &str, entry: &Value, version: RoomsVersion) -> Result<Option<Role>, RoomRefused> {
    let known = || {
        let names: Vec<&str> = ROLES.iter().filter(|(role, _)| version.knows(*role)).map(|(_, name)| *name).collect();
        format!("a role is one of {}", names.join(", "))
    };
    match entry {
        Value::Null => Ok(None),
        Value::Object(entry) => match entry.get("role") {
            None | Some(Value::Null) => Ok(Some(Role::Attendee)),
            Some(role) => {
                let role = role.as_str().and_then(read_role).filter(|role| version.knows(*role));
                role.map(Some).ok_or_else(|| bad(&format!("participants.{id}.role"), known()))
            }
        },
        _ => Err(bad(&format!("participants.{id}"), "use null, or an object with a role")),
    }
}

const ROLES: [(Role, &str); 4] = [
    (Role::Presenter, "Presenter"),
    (Role::Attendee, "Attendee"),
    (Role::Consumer, "Consumer"),
    (Role::Collaborator, "Collaborator"),
];

fn read_role(name: &str) -> Option<Role> {
    ROLES.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(role, _)| role)
}

/// The name of a room's role in ACS. A room's list has no others than its four.
pub(crate) fn role_name(role: Role) -> &'static str {
    ROLES.into_iter().find(|(known, _)| *known == role).map_or("Attendee", |(_, name)| name)
}

fn bad(property: &str, why: impl Into<String>) -> RoomRefused {
    RoomRefused::bad(property, why.into())
}

fn date_time(body: &Map<String, Value>, name: &str) -> Result<Option<WallMs>, RoomRefused> {
    let expected = "a date and time such as 2026-09-21T14:00:00Z";
    member(body, name, expected, |value| value.as_str().and_then(parse_date_time))
}
