//! The sessions and calls of one process, and the routing between them. Pure and sans-I/O: the server drives one of these,
//! a simulation drives many. The contract stands on [`Node`].

mod budget;
mod calls;
mod io;
mod join;
mod node;
mod session;
mod timers;

pub use io::{Found, Input, Lookup, LookupId, Output};
pub use node::{Node, NodeConfig};
