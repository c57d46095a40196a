//! What the server is told at the start: the command line first, then the configuration file, then defaults.

use crate::acme::settings::{AcmeOptions, AcmeSettings};
use crate::bounds::Bounds;
use crate::clock::WallClock;
use crate::embed::EmbedOrigins;
use crate::hosts::own_addresses;
use crate::oidc::{OidcConfig, OidcSettings};
use crate::tls::OwnFiles;
use crate::turn::TurnSettings;
use clap::Args;
use convene_identity::Relays;
use convene_model::group_call::CallsFromApps;
use convene_model::limits::{LOBBY_WAIT_MS, RING_WAIT_MS};
use convene_store::Database;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Seconds that a wait in a lobby may be set to. More than a day is a wait that nobody ends; none lets nobody in.
const LOBBY_WAIT_SECONDS: RangeInclusive<u64> = 1..=24 * 60 * 60;

/// What `--ring-wait` may say. More than ten minutes is no call any more that somebody waits for.
const RING_WAIT_SECONDS: RangeInclusive<u64> = 1..=10 * 60;

/// Days for which ended calls and visitors are kept (a year). Longer: the database grows, and more is kept of people who have gone.
/// Shorter: whoever asks who attended comes too late.
const KEEP_DAYS: u32 = 365;

/// What they may be set to: visitors' tokens hold for hours, and a hundred years are for ever.
const KEEP_BOUNDS: RangeInclusive<u32> = 1..=36_500;

/// Requests a second from one address, and for one resource. Larger: one client takes more of the server. Smaller: busy back ends wait.
const REQUESTS_PER_SECOND: u32 = 500;

/// What it may be set to: with none nobody is answered, and a million is no bound any more.
const REQUESTS_BOUNDS: RangeInclusive<u32> = 1..=1_000_000;

/// What the connections of one address may be set to.
const CONNECTIONS_BOUNDS: RangeInclusive<u32> = 1..=1_000_000;

/// The settings that `serve` takes; each may also stand in the configuration file under the same name with `_`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServeSettings {
    /// Address and port for HTTP and WebSocket [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// Address and port for media, UDP and TCP [default: 0.0.0.0:4580]
    #[arg(long, value_name = "ADDR:PORT")]
    pub media_listen: Option<String>,
    /// No media over TCP: who has no UDP sees and hears nobody
    #[arg(long)]
    pub no_media_tcp: bool,
    /// The URL under which browsers reach this server; stands in links and tokens [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// IP address under which browsers reach the media port; may be given more than once [default: this machine's own]
    #[arg(long, value_name = "IP")]
    #[serde(default)]
    pub public_address: Vec<IpAddr>,
    /// Where the data is stored; from the command line it comes with the data folder
    #[arg(skip)]
    pub database: Option<DatabaseSetting>,
    /// Resources (ids) whose users count as federated: they and the organization's users may call each other
    #[arg(skip)]
    pub federated: Vec<String>,
    /// How long somebody may wait in a lobby, in seconds, 1 to 86400 [default: 1800]
    #[arg(long, value_name = "SECONDS")]
    pub lobby_wait: Option<u64>,
    /// How long a call rings before it counts as not answered, in seconds, 1 to 600 [default: 120]
    #[arg(long, value_name = "SECONDS")]
    pub ring_wait: Option<u64>,
    /// How many days ended calls (attendance, events, surveys) and visitors are kept, 1 to 36500 [default: 365]
    #[arg(long, value_name = "DAYS")]
    pub keep_days: Option<u32>,
    /// Calls from apps to users of the organization: ring, lobby (whoever calls waits until they are let in), off [default: ring]
    #[arg(long, value_name = "ring|lobby|off")]
    pub calls_from_apps: Option<String>,
    /// Sends everybody what they show, also over lines that do not carry it
    #[arg(long)]
    pub no_adapt_to_bandwidth: bool,
    /// Group calls and rooms have no chat of their own
    #[arg(long)]
    pub no_call_chat: bool,
    /// A certificate file (PEM, with those of the authorities between it and a known one); read again when it changes, and on SIGHUP
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM, not encrypted); may be the same file
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// A public name to get a certificate for from an authority (Let's Encrypt), which connects to its port 443; may be given more than once
    #[arg(long, value_name = "NAME")]
    #[serde(default)]
    pub acme_domain: Vec<String>,
    /// Where the authority reaches the operator
    #[arg(long, value_name = "ADDRESS")]
    pub acme_email: Option<String>,
    /// The authority's directory [default: https://acme-v02.api.letsencrypt.org/directory]
    #[arg(long, value_name = "URL")]
    pub acme_directory: Option<String>,
    /// The certificate of the CA that signed the directory's own (PEM), if this machine does not trust it
    #[arg(long, value_name = "FILE")]
    pub acme_ca: Option<PathBuf>,
    /// You have read the terms of the authority, and agree
    #[arg(long)]
    pub acme_agree_terms: bool,
    /// IP address of a reverse proxy whose X-Forwarded-For says who asks, and X-Forwarded-Proto by what; may be given more than once
    #[arg(long, value_name = "IP")]
    #[serde(default)]
    pub trusted_proxy: Vec<IpAddr>,
    /// Requests of the REST APIs a second from one address, and for one resource, 1 to 1000000 [default: 500]
    #[arg(long, value_name = "NUMBER")]
    pub requests_per_second: Option<u32>,
    /// Open connections of one address, 1 to 1000000 [default: 1000]
    #[arg(long, value_name = "NUMBER")]
    pub connections_per_address: Option<u32>,
    /// Origins whose pages may embed meetings by <convene-meeting>, with commas between them; may be given more than once [default: none
    /// but the server's own]
    #[arg(long, value_name = "ORIGINS", value_delimiter = ',')]
    #[serde(default)]
    pub embed_origins: Vec<String>,
    /// What apps and users name for events, callbacks and notifications may be at private addresses, and without TLS
    #[arg(long)]
    pub private_endpoints: bool,
    /// Hand out tokens to pages on this machine, without any sign-in. For development only
    #[arg(long)]
    pub dev: bool,
    /// The organization's OpenID Connect provider
    #[command(flatten)]
    pub oidc: OidcSettings,
    /// TURN servers
    #[command(flatten)]
    pub turn: TurnSettings,
}

/// The text of `--database`. It may have a password in it, which its `Debug` does not show.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct DatabaseSetting(String);

impl From<String> for DatabaseSetting {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for DatabaseSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl DatabaseSetting {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`], without the text.
    pub fn check(self) -> Result<Database, ConfigError> {
        Database::parse(&self.0).map_err(|why| ConfigError(format!("the database (--database) cannot be used: {why}.")))
    }
}

/// A configuration that was checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// Where media is served.
    pub media_listen: SocketAddr,
    /// Whether media also goes over TCP.
    pub media_tcp: bool,
    /// The public URL without a trailing slash; `None` until the port is known.
    pub public_url: Option<String>,
    /// The addresses announced for media; never empty.
    pub public_addresses: Vec<IpAddr>,
    /// Trusted resources.
    pub federated: BTreeSet<String>,
    /// How long somebody waits in a lobby at most.
    pub lobby_wait: Duration,
    /// How long a call rings at most.
    pub ring_wait: Duration,
    /// Whether it is found out what each line carries, and no more is sent.
    pub adapts_to_bandwidth: bool,
    /// Whether group calls and rooms have a chat.
    pub call_chat: bool,
    /// What becomes of calls from apps to users of the organization.
    pub calls_from_apps: CallsFromApps,
    /// For how many days ended calls and visitors are kept.
    pub keep_days: u32,
    /// The proxies whose word on who asks is taken.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests a second from one address, and for one resource.
    pub requests_per_second: u32,
    /// Whose pages may show meetings in a frame.
    pub embed_origins: EmbedOrigins,
    /// The operator's own certificate.
    pub own_certificate: Option<OwnFiles>,
    /// A certificate from a public authority.
    pub acme: Option<AcmeSettings>,
    /// What a connection may take.
    pub bounds: Bounds,
    /// The time by which certificates expire.
    pub wall: WallClock,
    /// Whether what apps and users name (webhooks, callbacks) may be at private addresses, and without TLS.
    pub private_endpoints: bool,
    /// Whether the development conveniences answer.
    pub dev: bool,
    /// The organization's OpenID Connect provider, if there is one.
    pub oidc: Option<OidcConfig>,
    /// The operator's TURN servers.
    pub relays: Option<Relays>,
    /// Where the data lies.
    pub data: PathBuf,
    /// Where what is stored lies, if not in the data folder.
    pub database: Option<Database>,
}

/// A configuration that cannot be used, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

fn parse_addr(option: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    let text = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text.parse().map_err(|_| {
        ConfigError(format!("{option} {text:?} is no address with a port. Write it as 0.0.0.0:8080 or [::]:8080."))
    })
}

/// Checks a public URL and takes the trailing slash off.
///
/// # Errors
/// [`ConfigError`] if it is not `http(s)://host[:port]`.
pub fn check_public_url(url: &str) -> Result<String, ConfigError> {
    let trimmed = url.trim_end_matches('/');
    let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(trimmed.to_owned()),
        _ => Err(ConfigError(format!(
            "the public URL {url:?} cannot be used. Write it as https://meet.example.org, with no path."
        ))),
    }
}

impl ServeSettings {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`] if it cannot be read, is no TOML or has an unknown setting.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("cannot read the configuration file {}: {error}.", path.display())))?;
        toml::from_str(&text)
            .map_err(|error| ConfigError(format!("the configuration file {} is wrong: {error}", path.display())))
    }

    /// `self` over the configuration file at `path`, if there is one.
    ///
    /// # Errors
    /// See [`from_file`](Self::from_file).
    pub fn and_file(self, path: Option<&Path>) -> Result<Self, ConfigError> {
        match path {
            Some(path) => Ok(self.or(Self::from_file(path)?)),
            None => Ok(self),
        }
    }

    /// `self` where it says something, `file` elsewhere.
    pub fn or(self, file: Self) -> Self {
        fn pick<Each>(own: Vec<Each>, other: Vec<Each>) -> Vec<Each> {
            if own.is_empty() { other } else { own }
        }
        Self {
            listen: self.listen.or(file.listen),
            media_listen: self.media_listen.or(file.media_listen),
            no_media_tcp: self.no_media_tcp || file.no_media_tcp,
            public_url: self.public_url.or(file.public_url),
            database: self.database.or(file.database),
            public_address: pick(self.public_address, file.public_address),
            federated: pick(self.federated, file.federated),
            lobby_wait: self.lobby_wait.or(file.lobby_wait),
            ring_wait: self.ring_wait.or(file.ring_wait),
            calls_from_apps: self.calls_from_apps.or(file.calls_from_apps),
            no_adapt_to_bandwidth: self.no_adapt_to_bandwidth || file.no_adapt_to_bandwidth,
            no_call_chat: self.no_call_chat || file.no_call_chat,
            keep_days: self.keep_days.or(file.keep_days),
            tls_cert: self.tls_cert.or(file.tls_cert),
            tls_key: self.tls_key.or(file.tls_key),
            acme_domain: pick(self.acme_domain, file.acme_domain),
            acme_email: self.acme_email.or(file.acme_email),
            acme_directory: self.acme_directory.or(file.acme_directory),
            acme_ca: self.acme_ca.or(file.acme_ca),
            acme_agree_terms: self.acme_agree_terms || file.acme_agree_terms,
            trusted_proxy: pick(self.trusted_proxy, file.trusted_proxy),
            requests_per_second: self.requests_per_second.or(file.requests_per_second),
            connections_per_address: self.connections_per_address.or(file.connections_per_address),
            embed_origins: pick(self.embed_origins, file.embed_origins),
            private_endpoints: self.private_endpoints || file.private_endpoints,
            dev: self.dev || file.dev,
            oidc: self.oidc.or(file.oidc),
            turn: self.turn.or(file.turn),
        }
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`ConfigError`] for the first setting that cannot be used.
    pub fn check(self, data: PathBuf) -> Result<Config, ConfigError> {
        let listen = parse_addr("--listen", self.listen.as_deref().unwrap_or("127.0.0.1:8080"))?;
        let media_listen = parse_addr("--media-listen", self.media_listen.as_deref().unwrap_or("0.0.0.0:4580"))?;
        let public_url = self.public_url.as_deref().map(check_public_url).transpose()?;
        let public_addresses =
            if self.public_address.is_empty() { own_addresses(media_listen.ip()) } else { self.public_address };
        if let Some(wrong) = public_addresses.iter().find(|ip| ip.is_unspecified()) {
            return Err(ConfigError(format!(
                "--public-address {wrong} is no address that a browser could reach. Give this machine's own address."
            )));
        }
        let lobby_wait = self.lobby_wait.unwrap_or(LOBBY_WAIT_MS / 1000);
        if !LOBBY_WAIT_SECONDS.contains(&lobby_wait) {
            return Err(ConfigError(format!(
                "--lobby-wait {lobby_wait} is not from {} to {} seconds. Write 1800 for half an hour.",
                LOBBY_WAIT_SECONDS.start(),
                LOBBY_WAIT_SECONDS.end()
            )));
        }
        let calls_from_apps = calls_from_apps(self.calls_from_apps.as_deref())?;
        let ring_wait = self.ring_wait.unwrap_or(RING_WAIT_MS / 1000);
        if !RING_WAIT_SECONDS.contains(&ring_wait) {
            return Err(ConfigError(format!(
                "--ring-wait {ring_wait} is not from {} to {} seconds. Write 120 for two minutes.",
                RING_WAIT_SECONDS.start(),
                RING_WAIT_SECONDS.end()
            )));
        }
        let keep_days = self.keep_days.unwrap_or(KEEP_DAYS);
        if !KEEP_BOUNDS.contains(&keep_days) {
            return Err(ConfigError(format!(
                "--keep-days {keep_days} is not from {} to {}. Write {KEEP_DAYS} for the default.",
                KEEP_BOUNDS.start(),
                KEEP_BOUNDS.end()
            )));
        }
        let requests_per_second = self.requests_per_second.unwrap_or(REQUESTS_PER_SECOND);
        if !REQUESTS_BOUNDS.contains(&requests_per_second) {
            return Err(ConfigError(format!(
                "--requests-per-second {requests_per_second} is not from {} to {}. Write {REQUESTS_PER_SECOND} for the default.",
                REQUESTS_BOUNDS.start(),
                REQUESTS_BOUNDS.end()
            )));
        }
        let own_certificate = own_certificate(self.tls_cert, self.tls_key)?;
        let acme = AcmeOptions {
            domains: self.acme_domain,
            email: self.acme_email,
            directory: self.acme_directory,
            ca: self.acme_ca,
            agreed: self.acme_agree_terms,
        };
        let acme = acme.check(public_url.as_deref(), own_certificate.is_some()).map_err(ConfigError)?;
        let public_url = public_url.or_else(|| acme.as_ref().map(|acme| format!("https://{}", acme.domains[0])));
        let mut bounds = Bounds::default();
        if let Some(connections) = self.connections_per_address {
            if !CONNECTIONS_BOUNDS.contains(&connections) {
                return Err(ConfigError(format!(
                    "--connections-per-address {connections} is not from {} to {}. Write {} for the default.",
                    CONNECTIONS_BOUNDS.start(),
                    CONNECTIONS_BOUNDS.end(),
                    bounds.connections_per_address
                )));
            }
            bounds.connections_per_address = connections;
        }
        Ok(Config {
            listen,
            media_listen,
            media_tcp: !self.no_media_tcp,
            public_url,
            public_addresses,
            federated: self.federated.into_iter().collect(),
            lobby_wait: Duration::from_secs(lobby_wait),
            ring_wait: Duration::from_secs(ring_wait),
            adapts_to_bandwidth: !self.no_adapt_to_bandwidth,
            call_chat: !self.no_call_chat,
            calls_from_apps,
            keep_days,
            trusted_proxies: self.trusted_proxy,
            embed_origins: EmbedOrigins::check(&self.embed_origins)?,
            own_certificate,
            acme,
            bounds,
            wall: WallClock::default(),
            requests_per_second,
            private_endpoints: self.private_endpoints || self.dev,
            dev: self.dev,
            oidc: self.oidc.check()?,
            relays: self.turn.check()?,
            data,
            database: self.database.map(DatabaseSetting::check).transpose()?,
        })
    }
}

/// What the operator says of calls from apps.
fn calls_from_apps(text: Option<&str>) -> Result<CallsFromApps, ConfigError> {
    let Some(text) = text else { return Ok(CallsFromApps::default()) };
    CallsFromApps::parse(text).ok_or_else(|| {
        let names = CallsFromApps::ALL.map(|(_, name)| name).join(", ");
        ConfigError(format!("--calls-from-apps {text:?} is not one of {names}. Write lobby if callers are to wait."))
    })
}

/// The operator's own certificate, if both its files are named.
fn own_certificate(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<OwnFiles>, ConfigError> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(OwnFiles { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(ConfigError("--tls-cert needs its key: give the file as --tls-key, also if it is the same one.".into()))
        }
        (None, Some(_)) => Err(ConfigError(
            "--tls-key needs its certificate: give the file as --tls-cert, also if it is the same one.".into(),
        )),
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
