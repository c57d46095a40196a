//! `convene call`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(super) enum CallCommand {
    /// Print a call's record: who was in it, from when until when, how it ended for them, and how their media was
    Show {
        /// The call's id, as events and `call.id` have it
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
}

impl CallCommand {
    /// What it asks for, and where.
    pub(super) fn asks(self) -> (Offline, AdminCommand) {
        match self {
            Self::Show { id, offline } => (offline, AdminCommand::ShowCall { id }),
        }
    }
}
