//! `convene subscription`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(super) enum SubscriptionCommand {
    /// Deliver events to an endpoint, and print the secret that checks their signatures; it is shown this once
    Create {
        /// An http or https URL; it is asked first whether it wants events
        #[arg(long, value_name = "URL")]
        endpoint: String,
        /// cloudEvents or eventGrid
        #[arg(long, default_value = "cloudEvents")]
        schema: String,
        /// Only events of this type; may be given more than once
        #[arg(long = "type", value_name = "NAME")]
        types: Vec<String>,
        /// The resource whose group calls and rooms they are about [default: the default resource]
        #[arg(long, value_name = "ID")]
        resource: Option<String>,
        /// Events of the organization's meetings, too
        #[arg(long)]
        meetings: bool,
        #[command(flatten)]
        offline: Offline,
    },
    /// Print all subscriptions, without their secrets
    List {
        #[command(flatten)]
        offline: Offline,
    },
    /// Delete a subscription, with what waits to be delivered to it
    Delete {
        /// The subscription's id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
    /// Print the events that were tried for a day in vain, the oldest first, 1000 at most
    DeadLetters {
        /// The subscription's id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
    /// Send dead letters again, with the ids that they had
    Replay {
        /// The subscription's id
        id: String,
        /// Only this event [default: all]
        #[arg(long, value_name = "ID")]
        event: Option<String>,
        #[command(flatten)]
        offline: Offline,
    },
}

impl SubscriptionCommand {
    /// What it asks for, and where.
    pub(super) fn asks(self) -> (Offline, AdminCommand) {
        match self {
            Self::Create { endpoint, schema, types, resource, meetings, offline } => {
                (offline, AdminCommand::CreateSubscription { resource, endpoint, schema, types, meetings })
            }
            Self::List { offline } => (offline, AdminCommand::ListSubscriptions {}),
            Self::Delete { id, offline } => (offline, AdminCommand::DeleteSubscription { id }),
            Self::DeadLetters { id, offline } => (offline, AdminCommand::ListDeadLetters { subscription: id }),
            Self::Replay { id, event, offline } => {
                (offline, AdminCommand::ReplayDeadLetters { subscription: id, event })
            }
        }
    }
}
