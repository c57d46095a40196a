//! The sessions and calls of one process, and the routing between them. Pure and sans-I/O: the server drives one of these,
//! a simulation drives many. The contract stands on [`Node`].

mod answering;
mod attempts;
mod automation;
mod budget;
mod calls;
mod echo;
mod from_apps;
mod groups;
mod io;
mod join;
mod node;
mod outgoing;
mod quality;
mod rate;
mod recover;
mod resume;
mod rings;
mod rooms;
mod session;
mod surveys;
mod timers;
mod transfers;
mod wake;

pub use attempts::Attempts;
pub use io::{Found, Input, Lookup, LookupId, OpenCallRecord, Output};
pub use join::link_error;
pub use node::{Node, NodeConfig};
pub use rate::Rate;
