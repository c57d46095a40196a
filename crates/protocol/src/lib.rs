//! The signaling protocol between a client and the server: messages, and their JSON codec.
//!
//! One WebSocket at `/signaling` carries one JSON object per text frame. The first message is the client's [`Hello`], with its
//! access token; nothing else is read before it. Then the client sends [`ClientMessage::Request`]s, each answered by one
//! [`ServerMessage::Response`] with the same `id`, and the server sends [`ServerMessage::Event`]s. See `docs/protocol.md`.
//!
//! No message carries its own sender: who speaks is known from the session. A call is named by a `call` handle, a number
//! that the client chose when it asked to join and that means something only within its own session.
//!
//! This crate holds data only; `node` acts on it.

mod client;
mod codec;
mod data;
mod notice;
mod relay;
mod ring;
mod server;

pub use client::{ClientMessage, Hello, JoinTarget, Request, TransferTarget, VideoWish};
pub use codec::{DecodeError, decode_client, decode_server, encode_client, encode_server};
pub use data::{DataChannel, Diagnostic, DiagnosticValue, base64_len};
pub use notice::{AnnouncedState, Notice, NoticeKind, NoticeState, Reaction};
pub use relay::Relay;
pub use ring::{RingView, Transferor};
pub use server::{
    CallView, CapabilitiesReason, EndView, ErrorBody, Event, LegView, LobbyOutcome, ParticipantView, Reply,
    ServerMessage, SlotView, WaiterView, WaitingView,
};

/// The protocol's versions that this build speaks, newest first.
pub const VERSIONS: [u32; 1] = [1];
