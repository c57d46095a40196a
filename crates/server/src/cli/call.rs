//! `convene call`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(super) enum CallCommand {
    /// Print calls, those that began last first, 10000 at most: of what, from when until when, how they ended, how many came
    List {
        /// Only those that began then, or later, such as 2026-11-26T09:40:00Z
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Only those that began before
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        /// Only those of the group calls and rooms of this resource
        #[arg(long, value_name = "ID")]
        resource: Option<String>,
        /// Only those of this meeting
        #[arg(long, value_name = "ID", conflicts_with = "resource")]
        meeting: Option<String>,
        #[command(flatten)]
        offline: Offline,
    },
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
            Self::List { from, to, resource, meeting, offline } => {
                (offline, AdminCommand::ListCalls { from, to, resource, meeting })
            }
            Self::Show { id, offline } => (offline, AdminCommand::ShowCall { id }),
        }
    }
}
