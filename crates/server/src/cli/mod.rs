//! The command line.

use crate::admin::{Admin, AdminCommand};
use crate::config::{ServeSettings, check_public_url};
use crate::data::{Data, DataError, control_socket, remembered_public_url};
use crate::{control, serve};
use clap::{Args, Parser, Subcommand};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;

/// Convene: calls and meetings for your own apps, self-hosted.
#[derive(Parser, Debug)]
#[command(name = "convene", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server
    Serve {
        #[command(flatten)]
        settings: ServeSettings,
        /// A configuration file (TOML); the command line wins
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        data: DataFolder,
    },
    /// Make users
    #[command(subcommand)]
    User(UserCommand),
    /// Issue access tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Make meetings
    #[command(subcommand)]
    Meeting(MeetingCommand),
}

#[derive(Args, Clone, Debug)]
struct DataFolder {
    /// The data folder
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    path: PathBuf,
}

#[derive(Args, Clone, Debug)]
struct Offline {
    #[command(flatten)]
    data: DataFolder,
    /// The public URL for links and tokens, while no server runs [default: that of the server that ran last]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Subcommand, Debug)]
enum UserCommand {
    /// Make a user and print its id
    Create {
        /// A user of the organization, who may organize meetings; otherwise an app's user
        #[arg(long)]
        organizer: bool,
        /// The display name
        #[arg(long)]
        name: String,
        #[command(flatten)]
        offline: Offline,
    },
}

#[derive(Subcommand, Debug)]
enum TokenCommand {
    /// Issue an access token and print it
    Issue {
        /// The user's id
        #[arg(long)]
        user: String,
        /// What the token allows: voip, voip.join, chat, chat.join, chat.join.limited, or meetings
        #[arg(long, default_value = "voip,chat")]
        scope: String,
        /// Lifetime in minutes, 60 to 1440
        #[arg(long, default_value_t = 1440)]
        expires_in: u32,
        #[command(flatten)]
        offline: Offline,
    },
}

#[derive(Subcommand, Debug)]
enum MeetingCommand {
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
        #[command(flatten)]
        offline: Offline,
    },
}

/// Runs the command line; what goes wrong ends with a sentence on stderr and exit code 1.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}.")),
    };
    let outcome = runtime.block_on(run(cli.command));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("convene: {message}");
    ExitCode::FAILURE
}

async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Serve { settings, config, data } => {
            let settings = match config {
                Some(path) => settings.or(ServeSettings::from_file(&path).map_err(|error| error.to_string())?),
                None => settings,
            };
            let config = settings.check(data.path).map_err(|error| error.to_string())?;
            serve::run(config).await.map_err(|error| error.to_string())
        }
        Command::User(UserCommand::Create { organizer, name, offline }) => {
            administer(offline, AdminCommand::CreateUser { organizer, name }).await
        }
        Command::Token(TokenCommand::Issue { user, scope, expires_in, offline }) => {
            administer(offline, AdminCommand::IssueToken { user, scope, expires_in }).await
        }
        Command::Meeting(MeetingCommand::Create { organizer, subject, lobby, offline }) => {
            administer(offline, AdminCommand::CreateMeeting { organizer, subject, lobby }).await
        }
    }
}

/// Asks the running server, or does it on the store itself if none runs, and prints the result.
async fn administer(offline: Offline, command: AdminCommand) -> Result<(), String> {
    let path = offline.data.path;
    let done = match control::ask(&control_socket(&path), &command).await {
        Some(answer) => answer?,
        None => match Data::open(&path).await {
            Ok(data) => on_store(&data, offline.public_url, command).await?,
            Err(error @ DataError::Locked(_)) => {
                return Err(format!("{error} (It does not answer on {}.)", control_socket(&path).display()));
            }
            Err(error) => return Err(error.to_string()),
        },
    };
    println!("{}", serde_json::to_string_pretty(&done).map_err(|error| error.to_string())?);
    Ok(())
}

async fn on_store(data: &Data, public_url: Option<String>, command: AdminCommand) -> Result<Value, String> {
    let public_url = match public_url {
        Some(url) => check_public_url(&url).map_err(|error| error.to_string())?,
        None => remembered_public_url(&data.path).unwrap_or_else(|| "http://localhost:8080".to_owned()),
    };
    let keys = data.key_ring().map_err(|error| error.to_string())?;
    let admin = Admin { store: &*data.store, keys: &keys, settings: &data.settings, public_url: &public_url };
    admin.execute(command).await.map_err(|error| error.to_string())
}
