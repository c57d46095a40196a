//! `convene meeting`.

use super::Offline;
use crate::admin::AdminCommand;
use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(super) enum MeetingCommand {
    /// Make a meeting and print it with its join link
    Create {
        /// The organizer's id
        #[arg(long)]
        organizer: String,
        /// What the meeting is about
        #[arg(long)]
        subject: String,
        /// Who need not wait: organizer, organization, organizationAndFederated, everyone, invited or
        /// organizationExcludingGuests
        #[arg(long, default_value = "organization")]
        lobby: String,
        /// Nobody from outside the organization comes in
        #[arg(long)]
        no_guests: bool,
        /// Guests come in only once somebody of the organization is there
        #[arg(long)]
        guests_may_not_start: bool,
        /// Nobody but the organizer and co-organizers comes in
        #[arg(long)]
        locked: bool,
        #[command(flatten)]
        offline: Offline,
    },
    /// Print all meetings, the newest first
    List {
        /// Only those of this organizer
        #[arg(long, value_name = "ID")]
        organizer: Option<String>,
        #[command(flatten)]
        offline: Offline,
    },
    /// Print a meeting with its join link
    Show {
        /// The meeting's id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
    /// End a meeting's live call for everybody; needs a running server
    End {
        /// The meeting's id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
    /// Delete a meeting: its live call ends, its links lead nowhere
    Delete {
        /// The meeting's id
        id: String,
        #[command(flatten)]
        offline: Offline,
    },
}

impl MeetingCommand {
    /// What it asks for, and where.
    pub(super) fn asks(self) -> (Offline, AdminCommand) {
        match self {
            Self::Create { organizer, subject, lobby, no_guests, guests_may_not_start, locked, offline } => {
                let (guests_allowed, guests_may_start) = (!no_guests, !guests_may_not_start);
                let command =
                    AdminCommand::CreateMeeting { organizer, subject, lobby, guests_allowed, guests_may_start, locked };
                (offline, command)
            }
            Self::List { organizer, offline } => (offline, AdminCommand::ListMeetings { organizer }),
            Self::Show { id, offline } => (offline, AdminCommand::ShowMeeting { id }),
            Self::End { id, offline } => (offline, AdminCommand::EndMeeting { id }),
            Self::Delete { id, offline } => (offline, AdminCommand::DeleteMeeting { id }),
        }
    }
}
