//! A client without a browser: signaling, and a peer connection that sends and receives packets. Nothing here encodes or
//! decodes pictures or sound.
//!
//! For looking at a server from outside: `convene doctor --call` makes a call of two of them, the load generator connects
//! hundreds. No part of the server uses it. Why it is a crate of its own: docs/decisions/0007-probe.md.

mod call;
mod client;
mod media;
mod session;
mod timeline;

pub use call::{CallError, Place, loopback_call};
pub use client::{Client, ClientError, ClientOutput, Packet, Shape};
pub use session::{Session, SessionError};
pub use timeline::{LegTimes, Phase, Timeline};
