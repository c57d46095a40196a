//! Load for the media plane: WebRTC clients without a browser, and the hand-written floor that forwarding is measured
//! against. And people for a meeting of browsers: each sends a clip that was encoded elsewhere. Packets only; nothing here
//! encodes or decodes pictures.

pub mod client;
pub mod clip;
pub mod crowd;
pub mod floor;
pub mod forwarding;
pub mod frames;
pub mod memory;
pub mod receivers;
pub mod report;
pub mod scenario;
pub mod syscalls;
