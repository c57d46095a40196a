//! Making and changing rooms, and who enters one as what.

use crate::json_body::BodyRefused;
use crate::random_text::pick;
use crate::room_body::RoomBody;
use convene_model::limits::{ROOM_PARTICIPANTS_MAX, ROOM_VALID_MS_MAX};
use convene_model::record::Room;
use convene_model::{Random, RawId, Role, RoomId, WallMs};
use std::collections::BTreeMap;

/// Digits of a room's id, as ACS's have.
const ID_DIGITS: usize = 17;

/// How far the clock of an app's server may be ahead when it counts the longest validity from its own time: as far as the date of a
/// signed request may. Larger: rooms are valid longer than they should. Smaller: "180 days from now" is refused now and then.
const CLOCK_MS: i64 = 15 * 60 * 1000;

/// Why a room is not made, not changed, or not asked for in this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomRefused {
    /// The request's body is no JSON object; says what is wrong.
    NotJson(String),
    /// A property that may not be set, or not to this.
    BadProperty {
        /// Which, as a path in the body.
        property: String,
        /// What it may be instead, without a final stop.
        why: String,
    },
    /// The room's time would be over already.
    EndsInThePast,
    /// The room's time would be empty, or longer than 180 days.
    BadTimeRange,
    /// More people than may be invited to one room.
    TooManyParticipants,
    /// The id cannot be one of a room.
    NotARoomId,
}

impl RoomRefused {
    /// The property that the refusal is about, as a path in the body.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::NotJson(_) | Self::NotARoomId => None,
            Self::BadProperty { property, .. } => Some(property),
            Self::EndsInThePast | Self::BadTimeRange => Some("validUntil"),
            Self::TooManyParticipants => Some("participants"),
        }
    }
}

impl BodyRefused for RoomRefused {
    fn not_json(why: String) -> Self {
        Self::NotJson(why)
    }

    fn bad(property: &str, why: String) -> Self {
        Self::BadProperty { property: property.to_owned(), why }
    }
}

/// What is wrong and what to do, in a sentence.
impl std::fmt::Display for RoomRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotJson(why) => write!(f, "The body cannot be used: {why}. Send a JSON object, at least {{}}."),
            Self::BadProperty { property, why } => write!(f, "{property} cannot be set so: {why}."),
            Self::EndsInThePast => f.write_str("The time range ends in the past. Give a validUntil that is to come."),
            Self::BadTimeRange => f.write_str(
                "The time range is empty, or longer than 180 days. Give a validUntil that is after validFrom, by 180 days at most.",
            ),
            Self::TooManyParticipants => {
                write!(f, "Too many participants: at most {ROOM_PARTICIPANTS_MAX} can be invited to one room.")
            }
            Self::NotARoomId => f.write_str("Invalid room ID length. A room's id has 17 digits."),
        }
    }
}

impl std::error::Error for RoomRefused {}

/// Reads a room's id.
///
/// # Errors
/// [`RoomRefused::NotARoomId`] if the text cannot be one.
pub fn parse_room_id(text: &str) -> Result<RoomId, RoomRefused> {
    let fits = text.len() == ID_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(RoomId(text.to_owned())) } else { Err(RoomRefused::NotARoomId) }
}

fn new_id(random: &mut dyn Random) -> RoomId {
    RoomId(pick(random, b"123456789", 1) + &pick(random, b"0123456789", ID_DIGITS - 1))
}

/// Makes a room of `resource`. It is valid from now for 180 days, unless the body says otherwise.
///
/// # Errors
/// [`RoomRefused`] if its time is not to come, or too long, or too many are invited.
pub fn create_room(body: &RoomBody, resource: &str, random: &mut dyn Random, now: WallMs) -> Result<Room, RoomRefused> {
    let valid_from = body.valid_from.unwrap_or(now);
    let valid_until = body.valid_until.unwrap_or(valid_from.min(now) + ROOM_VALID_MS_MAX);
    let by_our_clock = if body.valid_from.is_none() { CLOCK_MS } else { 0 };
    check_times(valid_from, valid_until, by_our_clock, now)?;
    let mut participants = BTreeMap::new();
    apply(&mut participants, &body.participants)?;
    Ok(Room {
        id: new_id(random),
        resource: resource.to_owned(),
        valid_from,
        valid_until,
        pstn_dial_out_enabled: body.pstn_dial_out_enabled.unwrap_or(false),
        lobby: body.lobby.unwrap_or(false),
        participants,
        created_at: now,
        version: 1,
    })
}

/// The room after a change of its options, one version further. What is not said, or `null`, stays.
///
/// # Errors
/// [`RoomRefused`] if its time is changed to one that is over, empty or too long.
pub fn change_room(room: &Room, body: &RoomBody, now: WallMs) -> Result<Room, RoomRefused> {
    let mut changed = Room { version: room.version + 1, ..room.clone() };
    changed.valid_from = body.valid_from.unwrap_or(room.valid_from);
    changed.valid_until = body.valid_until.unwrap_or(room.valid_until);
    if body.valid_from.is_some() || body.valid_until.is_some() {
        check_times(changed.valid_from, changed.valid_until, 0, now)?;
    }
    changed.pstn_dial_out_enabled = body.pstn_dial_out_enabled.unwrap_or(room.pstn_dial_out_enabled);
    changed.lobby = body.lobby.unwrap_or(room.lobby);
    Ok(changed)
}

/// The room after its list was changed, one version further: `Some`: invited as this, `None`: not invited any more.
///
/// # Errors
/// [`RoomRefused::TooManyParticipants`].
pub fn change_participants(room: &Room, changes: &[(RawId, Option<Role>)]) -> Result<Room, RoomRefused> {
    let mut changed = Room { version: room.version + 1, ..room.clone() };
    apply(&mut changed.participants, changes)?;
    Ok(changed)
}

fn check_times(from: WallMs, until: WallMs, tolerance: i64, now: WallMs) -> Result<(), RoomRefused> {
    if until <= now {
        return Err(RoomRefused::EndsInThePast);
    }
    if from >= until || until - from > ROOM_VALID_MS_MAX + tolerance {
        return Err(RoomRefused::BadTimeRange);
    }
    Ok(())
}

fn apply(participants: &mut BTreeMap<RawId, Role>, changes: &[(RawId, Option<Role>)]) -> Result<(), RoomRefused> {
    for (user, role) in changes {
        match role {
            Some(role) => participants.insert(user.clone(), *role),
            None => participants.remove(user),
        };
    }
    if participants.len() > ROOM_PARTICIPANTS_MAX { Err(RoomRefused::TooManyParticipants) } else { Ok(()) }
}

/// How somebody stands to a room that they want to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomEntry {
    /// The role of the room's list; an attendee's for whoever is not on it.
    pub role: Role,
    /// Whether the list has them.
    pub invited: bool,
}

/// As what `user` enters `room`, if at all.
pub fn room_entry(room: &Room, user: &RawId) -> RoomEntry {
    match room.participants.get(user) {
        Some(role) => RoomEntry { role: *role, invited: true },
        None => RoomEntry { role: Role::Attendee, invited: false },
    }
}
