//! One target for each format that meets the network: a function that takes any bytes, hands them to the decoder, and asserts
//! what must hold. `tests/corpus.rs` runs them on mutations of `corpus/`, `libfuzzer/` guided by coverage.

#![expect(missing_docs, reason = "a test program: its parts are seen by its own tests only")]

mod mutate;
mod targets;

pub use mutate::Mutator;
pub use targets::{TARGETS, Target, target};

/// Parts of `sfu` that it keeps to itself.
#[path = "../../../crates/sfu/src/allocation.rs"]
#[allow(dead_code)]
mod allocation;
#[path = "../../../crates/sfu/src/demux.rs"]
#[allow(dead_code)]
mod demux;
#[path = "../../../crates/sfu/src/h264.rs"]
mod h264;
#[path = "../../../crates/sfu/src/layers.rs"]
#[allow(dead_code)]
mod layers;
#[path = "../../../crates/sfu/src/packet.rs"]
#[allow(dead_code)]
mod packet;
#[path = "../../../crates/sfu/src/rate.rs"]
#[allow(dead_code)]
mod rate;
#[path = "../../../crates/sfu/src/sps.rs"]
mod sps;
#[path = "../../../crates/sfu/src/vp8.rs"]
#[allow(dead_code)]
mod vp8;

/// One `Sfu` with real clients.
#[path = "../../../crates/sfu/tests/support/mod.rs"]
#[allow(clippy::all)]
mod support;
