//! `convene app`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(super) enum AppCommand {
    /// Make an application and print its client id and secret; the secret is shown this once
    Create {
        /// What people call it
        #[arg(long)]
        name: String,
        /// What it may do: OnlineMeetings.Read.All, OnlineMeetings.ReadWrite.All or OnlineMeetingArtifact.Read.All (attendance
        /// reports); may be given more than once
        #[arg(
            long = "permission",
            value_name = "NAME",
            default_values = ["OnlineMeetings.ReadWrite.All", "OnlineMeetingArtifact.Read.All"]
        )]
        permissions: Vec<String>,
        #[command(flatten)]
        offline: Offline,
    },
    /// Print all applications, without their secrets
    List {
        #[command(flatten)]
        offline: Offline,
    },
    /// Make a second secret and print it this once: for the time in which the first is replaced
    AddSecret {
        /// The application's client id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
    /// Remove a secret; tokens that were given for it end at once
    RemoveSecret {
        /// The application's client id
        id: String,
        /// The secret's id
        secret: String,
        #[command(flatten)]
        offline: Offline,
    },
    /// Delete an application; its tokens end at once, the meetings that it made stay
    Delete {
        /// The application's client id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
}

impl AppCommand {
    /// What it asks for, and where.
    pub(super) fn asks(self) -> (Offline, AdminCommand) {
        match self {
            Self::Create { name, permissions, offline } => {
                (offline, AdminCommand::CreateApplication { name, permissions })
            }
            Self::List { offline } => (offline, AdminCommand::ListApplications {}),
            Self::AddSecret { id, offline } => (offline, AdminCommand::AddSecret { application: id }),
            Self::RemoveSecret { id, secret, offline } => {
                (offline, AdminCommand::RemoveSecret { application: id, secret })
            }
            Self::Delete { id, offline } => (offline, AdminCommand::DeleteApplication { application: id }),
        }
    }
}
