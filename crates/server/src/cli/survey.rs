//! `convene survey`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(super) enum SurveyCommand {
    /// Print the surveys that people submitted, the newest first, 10000 at most
    List {
        /// Only those of this call
        #[arg(long, value_name = "ID")]
        call: Option<String>,
        #[command(flatten)]
        offline: Offline,
    },
}

impl SurveyCommand {
    /// What it asks for, and where.
    pub(super) fn asks(self) -> (Offline, AdminCommand) {
        match self {
            Self::List { call, offline } => (offline, AdminCommand::ListSurveys { call }),
        }
    }
}
