//! Chat in real time, as the clients of ACS hear it: what a change tells whom, and how it is kept until it was heard.
//!
//! A client opens a socket (socket.io 0.9) for an *endpoint* that it named itself, and answers each frame. What it has not answered
//! is kept for a while when the socket breaks, and sent again, in its order, when the client is back under the same name.
//!
//! Source: `@azure/communication-signaling` 1.0.0-beta.34 (MIT), which `@azure/communication-chat` 1.6.0 speaks.

mod event;
mod frame;
mod hub;
mod mailbox;
mod notices;
mod packet;

pub use event::{ChatEvent, body_of};
pub use frame::{ConnectParams, ConnectionGrant, connected, disconnected, grant, message_loss, parse_endpoint};
pub use hub::{ConnectionId, Hub, LiveRefused, Push, Ticket};
pub use mailbox::{KEPT_BYTES_MAX, KEPT_FOR, KEPT_FRAMES_MAX};
pub use notices::{Notice, of_change, of_creation, of_deletion, of_typing};
pub use packet::{Heard, hear};
