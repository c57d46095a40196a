//! The media plane's core: who is forwarded to whom, sans-IO.
//!
//! [`Sfu`] takes commands, datagrams and time, and gives datagrams, events and the next time; it has no socket, thread or
//! clock. `peer.rs` wraps the WebRTC library; everything else works on plain packets.

mod allocation;
mod audio_slots;
mod bandwidth;
mod binding;
mod budget;
mod convert;
mod demux;
mod echo;
mod egress;
mod feed;
mod h264;
mod interface;
mod keyframes;
mod layers;
mod member;
mod packet;
mod peer;
mod plan;
mod publication;
mod quality;
mod rate;
mod sdp;
mod sfu;
mod slot;
mod speakers;
mod sps;
mod subscriptions;
mod vp8;

pub use demux::Protocol;
pub use interface::{Output, Prepared, SfuConfig, Transmit};
pub use sfu::Sfu;
