//! One live call: who is in it, who waits, who may do what, and what everybody is told.
//!
//! Pure and sans-I/O: `node` drives it and carries its outputs out. The contract stands on [`Call`].

mod access;
mod agent;
mod answering;
mod automation;
mod away;
mod call;
mod common;
mod data;
mod decided;
mod diagnostics;
mod echo;
mod ending;
mod flow;
mod gate;
mod handing;
mod hands;
mod hold;
mod hosts;
mod lobby;
mod managing;
mod marked;
mod media;
mod mute;
mod notices;
mod options;
mod outgoing;
mod output;
mod playing;
mod policy;
mod recovery;
mod removal;
mod reported;
mod ringing;
mod roles;
mod roster;
mod speaking;
mod spotlight;
mod texts;
mod tones;
mod transfer;
mod videos;

pub use agent::Seat;
pub use answering::NewAnswer;
pub use call::Call;
pub use common::CallKind;
pub use lobby::NewLeg;
pub use outgoing::NewOutgoing;
pub use output::{Output, RequestId};
pub use policy::{Inside, Person, Policy, Verdict, Window, decide};
pub use recovery::{RecoveredLeg, RecoveredRow, Recovery};
pub use ringing::NewRing;
