//! `convene account`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub(super) struct Which {
    /// The e-mail address that it is signed into with; or the id of an account (8:orgid:...), as those of a provider need
    #[arg(long, visible_alias = "id")]
    email: String,
    #[command(flatten)]
    offline: Offline,
}

#[derive(Subcommand, Debug)]
pub(super) enum AccountCommand {
    /// Make an account and print a one-time link with which its owner sets a password
    Create {
        /// The name that others see [default: the address]
        #[arg(long)]
        name: Option<String>,
        /// organizer or admin
        #[arg(long, default_value = "organizer")]
        role: String,
        #[command(flatten)]
        which: Which,
    },
    /// Print a one-time link with which a new password is set
    Reset(Which),
    /// Print all accounts
    List {
        #[command(flatten)]
        offline: Offline,
    },
    /// Shut an account: its sessions, tokens and calls end at once
    Disable(Which),
    /// Open it again
    Enable(Which),
    /// End all sessions, tokens and calls of an account at once
    SignOut(Which),
}

impl AccountCommand {
    /// What it asks for, and where.
    pub(super) fn asks(self) -> (Offline, AdminCommand) {
        match self {
            Self::Create { name, role, which } => {
                (which.offline, AdminCommand::CreateAccount { email: which.email, name, role })
            }
            Self::Reset(which) => (which.offline, AdminCommand::ResetAccount { email: which.email }),
            Self::List { offline } => (offline, AdminCommand::ListAccounts {}),
            Self::Disable(which) => {
                (which.offline, AdminCommand::DisableAccount { email: which.email, disabled: true })
            }
            Self::Enable(which) => {
                (which.offline, AdminCommand::DisableAccount { email: which.email, disabled: false })
            }
            Self::SignOut(which) => (which.offline, AdminCommand::SignOutAccount { email: which.email }),
        }
    }
}
