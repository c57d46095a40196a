//! The words that every other crate shares: ids, identifiers, roles, capabilities, error codes, time,
//! durable records and the commands and events between the control plane and the media plane.
//!
//! This crate holds data and total functions on data. It has no state machine, no clock and no I/O.

pub mod account;
mod app_permission;
pub mod audio;
pub mod automation;
mod capability;
pub mod chat;
pub mod chat_happened;
mod code;
pub mod group_call;
pub mod happened;
mod identifier;
mod ids;
pub mod limits;
pub mod listed;
pub mod media;
mod meeting_chat;
mod outbox;
pub mod push;
pub mod quality;
mod random;
pub mod record;
mod role;
mod scope;
pub mod subscription;
pub mod survey;
mod text;
mod time;
mod tone;

pub use app_permission::{AppPermission, InvalidPermission};
pub use capability::{Capability, Standing, Venue, capabilities_of};
pub use code::ErrorCode;
pub use identifier::{Affiliation, IdentifierKind, InvalidIdentifier, RawId};
pub use ids::{
    CallId, ConnectionId, MeetingId, ParticipantId, PeerId, RingId, RoomId, SessionId, ThreadId, Ticket, TransferId,
};
pub use random::{Random, hex_id, uuid_v4};
pub use role::Role;
pub use scope::{InvalidScope, Scope, Scopes};
pub use text::clean_text;
pub use time::{Now, WallMs, rfc3339};
pub use tone::Tone;
