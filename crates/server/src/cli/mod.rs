//! The command line.

mod account;
mod app;
mod call;
mod doctor;
mod import;
mod meeting;
mod subscription;
mod survey;
mod trust;

use self::account::AccountCommand;
use self::app::AppCommand;
use self::call::CallCommand;
use self::doctor::DoctorOptions;
use self::meeting::MeetingCommand;
use self::subscription::SubscriptionCommand;
use self::survey::SurveyCommand;
use crate::admin::{Admin, AdminCommand};
use crate::config::{DatabaseSetting, ServeSettings, check_public_url};
use crate::data::{Data, DataError, control_socket, remembered_public_url};
use crate::http::openapi;
use crate::resources::WhichKey;
use crate::tls::ca_file;
use crate::{control, serve};
use clap::{Args, Parser, Subcommand};
use serde_json::Value;
use std::io::Write as _;
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
    /// Make accounts of people who sign in, list, shut and sign them out
    #[command(subcommand)]
    Account(AccountCommand),
    /// Make, list, show, end and delete meetings
    #[command(subcommand)]
    Meeting(MeetingCommand),
    /// List calls, and show what is known of one: who was in it, and how their media was
    #[command(subcommand)]
    Call(CallCommand),
    /// List what people thought of their calls
    #[command(subcommand)]
    Survey(SurveyCommand),
    /// Deliver events to back ends: make, list and delete subscriptions, list and replay dead letters
    #[command(subcommand)]
    Subscription(SubscriptionCommand),
    /// Print the connection string that an app's server is configured with; it contains an access key
    ConnectionString {
        #[command(flatten)]
        key: KeyOf,
        #[command(flatten)]
        offline: Offline,
    },
    /// Make, list and delete applications: back ends that manage meetings; add and remove their secrets
    #[command(subcommand)]
    App(AppCommand),
    /// Make and list resources, replace their access keys
    #[command(subcommand)]
    Resource(ResourceCommand),
    /// Look for what is wrong with ports, media, clock, disk, TLS, public URL and settings, and say how to mend it
    Doctor(DoctorOptions),
    /// Print the OpenAPI document of the REST APIs, as the server serves it at /openapi.json
    Openapi,
    /// Print where the certificate of this server's local CA lies, for clients to trust
    #[command(args_conflicts_with_subcommands = true)]
    Ca {
        #[command(flatten)]
        data: DataFolder,
        #[command(subcommand)]
        change: Option<CaCommand>,
    },
}

#[derive(Subcommand, Debug)]
enum CaCommand {
    /// Put it among the certificates that this machine trusts; as root
    Trust {
        #[command(flatten)]
        data: DataFolder,
    },
    /// Take it out again; as root
    Untrust,
}

#[derive(Args, Clone, Debug)]
struct KeyOf {
    /// The resource's id [default: the default resource]
    #[arg(long, value_name = "ID")]
    resource: Option<String>,
    /// Which of its two keys
    #[arg(long, value_enum, default_value_t = WhichKey::Primary)]
    key: WhichKey,
}

#[derive(Subcommand, Debug)]
enum ResourceCommand {
    /// Make a resource and print its id
    Create {
        /// A host name under which its apps reach this server; may be given more than once
        #[arg(long = "host", value_name = "NAME", required_unless_present = "default")]
        hosts: Vec<String>,
        /// The id of a resource of Azure Communication Services that this one takes over, with its users' ids [default: a new one]
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// It takes the place of the default resource, which requests to all other hosts mean; while no server runs
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        offline: Offline,
    },
    /// Print all resources
    List {
        #[command(flatten)]
        offline: Offline,
    },
    /// Replace an access key at once and print the new connection string
    RegenerateKey {
        #[command(flatten)]
        key: KeyOf,
        #[command(flatten)]
        offline: Offline,
    },
}

#[derive(Args, Clone, Debug)]
struct DataFolder {
    /// The data folder
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    path: PathBuf,
    /// Where what is stored lies: the path of an SQLite file, or postgres://user:password@host/database; better in the
    /// environment or the configuration file, since everybody on the machine can read command lines
    /// [default: convene.db in the data folder]
    #[arg(long, value_name = "WHERE", env = "CONVENE_DATABASE", hide_env_values = true)]
    database: Option<DatabaseSetting>,
}

impl DataFolder {
    /// `settings` with what the command line says of the database.
    fn over(&self, settings: ServeSettings) -> ServeSettings {
        ServeSettings { database: self.database.clone().or(settings.database), ..settings }
    }

    async fn open(&self) -> Result<Data, String> {
        let database =
            self.database.clone().map(DatabaseSetting::check).transpose().map_err(|error| error.to_string())?;
        Data::open(&self.path, database.as_ref()).await.map_err(|error| match error {
            DataError::Locked(_) => {
                format!("{error} (It does not answer on {}.)", control_socket(&self.path).display())
            }
            error => error.to_string(),
        })
    }
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
    /// Add users with the ids that they have elsewhere; those that are there already stay as they are, so it may be done again
    Import {
        /// One user a line: a raw id (8:acs:... or 8:orgid:...), or an id, a comma and a display name; - is standard input
        file: PathBuf,
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

/// Runs the command line; what goes wrong ends with a sentence on stderr and exit code 1.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}.")),
    };
    let outcome = runtime.block_on(run(cli.command));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("convene: {message}");
    ExitCode::FAILURE
}

/// Whether what was looked at is well; for all commands but `doctor`, whether it was done.
async fn run(command: Command) -> Result<bool, String> {
    match command {
        Command::Doctor(options) => doctor::run(options).await,
        command => carry_out(command).await.map(|()| true),
    }
}

async fn carry_out(command: Command) -> Result<(), String> {
    match command {
        // `run` took it.
        Command::Doctor(_) => Ok(()),
        Command::Serve { settings, config, data } => {
            let settings = settings.and_file(config.as_deref()).map_err(|error| error.to_string())?;
            let settings = data.over(settings);
            let config = settings.check(data.path).map_err(|error| error.to_string())?;
            serve::run(config).await.map_err(|error| error.to_string())
        }
        Command::User(UserCommand::Create { organizer, name, offline }) => {
            administer(offline, AdminCommand::CreateUser { organizer, name }).await
        }
        Command::User(UserCommand::Import { file, offline }) => import::run(&file, offline).await,
        Command::Token(TokenCommand::Issue { user, scope, expires_in, offline }) => {
            administer(offline, AdminCommand::IssueToken { user, scope, expires_in }).await
        }
        Command::Account(command) => {
            let (offline, command) = command.asks();
            administer(offline, command).await
        }
        Command::Meeting(command) => {
            let (offline, command) = command.asks();
            administer(offline, command).await
        }
        Command::Call(command) => {
            let (offline, command) = command.asks();
            administer(offline, command).await
        }
        Command::Survey(command) => {
            let (offline, command) = command.asks();
            administer(offline, command).await
        }
        Command::Subscription(command) => {
            let (offline, command) = command.asks();
            administer(offline, command).await
        }
        Command::App(command) => {
            let (offline, command) = command.asks();
            administer(offline, command).await
        }
        Command::ConnectionString { key: KeyOf { resource, key }, offline } => {
            administer(offline, AdminCommand::ConnectionString { resource, key }).await
        }
        Command::Resource(ResourceCommand::Create { hosts, id, default, offline }) => {
            administer(offline, AdminCommand::CreateResource { id, hosts, default }).await
        }
        Command::Resource(ResourceCommand::List { offline }) => {
            administer(offline, AdminCommand::ListResources {}).await
        }
        Command::Resource(ResourceCommand::RegenerateKey { key: KeyOf { resource, key }, offline }) => {
            administer(offline, AdminCommand::RegenerateKey { resource, key }).await
        }
        Command::Openapi => print(openapi::text().trim_end()),
        Command::Ca { data, change: None } => print_ca(data).await,
        Command::Ca { change: Some(CaCommand::Trust { data }), .. } => print(&trust::trust(&ca_of(data).await?)?),
        Command::Ca { change: Some(CaCommand::Untrust), .. } => print(&trust::untrust()?),
    }
}

/// Prints the path of the CA's certificate.
async fn print_ca(data: DataFolder) -> Result<(), String> {
    print(&ca_of(data).await?.display().to_string())
}

/// The path of the CA's certificate; makes the CA if no server ever ran.
async fn ca_of(data: DataFolder) -> Result<PathBuf, String> {
    match data.path.canonicalize().map(|data| ca_file(&data)).ok().filter(|path| path.exists()) {
        Some(path) => Ok(path),
        None => Ok(ca_file(&data.open().await?.path)),
    }
}

/// Asks the running server, or does it on the store itself if none runs, and prints the result.
async fn administer(offline: Offline, command: AdminCommand) -> Result<(), String> {
    let path = offline.data.path.clone();
    let done = match control::ask(&control_socket(&path), &command).await {
        Some(answer) => answer?,
        None => match offline.data.open().await {
            Ok(data) => on_store(&data, offline.public_url, command).await?,
            Err(error) => return Err(error),
        },
    };
    match done {
        // A text alone is for scripts as it is.
        Value::String(text) => print(&text),
        done => print(&serde_json::to_string_pretty(&done).map_err(|error| error.to_string())?),
    }
}

/// Writes a line to standard output. Whoever reads it may have enough before its end, as `head` has: that is no failure.
fn print(text: &str) -> Result<(), String> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn on_store(data: &Data, public_url: Option<String>, command: AdminCommand) -> Result<Value, String> {
    let public_url = match public_url {
        Some(url) => check_public_url(&url).map_err(|error| error.to_string())?,
        None => remembered_public_url(&data.path).unwrap_or_else(|| "http://localhost:8080".to_owned()),
    };
    let keys = data.key_ring().map_err(|error| error.to_string())?;
    let admin = Admin {
        store: &*data.store,
        keys: &keys,
        settings: &data.settings,
        public_url: &public_url,
        live: None,
        listeners: None,
    };
    admin.execute(command).await.map_err(|error| error.to_string())
}
