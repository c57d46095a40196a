//! `convene serve`: puts everything together, and takes it apart again.

use crate::acme::Acme;
use crate::app::AppState;
use crate::clock::{Clock, OsRandom, wall_now};
use crate::config::Config;
use crate::data::{Data, DataError, control_socket, remember_public_url};
use crate::drive::{self, ARRIVALS, Arrival, Driver};
use crate::hosts::{media_addresses_of_http, own_hosts};
use crate::keeper::Keeper;
use crate::live::Live;
use crate::oidc::Provider;
use crate::outbound::{HttpClient, Reach};
use crate::push::Pusher;
use crate::sweep::Sweeper;
use crate::tls::{self, OnePort, Served, TlsError};
use crate::{control, hooks, http};
use convene_events::{callback_event, closing_happened, outbox_event};
use convene_identity::host_name;
use convene_media::{MediaConfig, MediaPlane, TcpBounds, TcpConfig};
use convene_model::automation::Callback;
use convene_model::record::CallTarget;
use convene_model::record::OutboxEvent;
use convene_model::{ErrorCode, uuid_v4};
use convene_node::{Input, Node, NodeConfig, OpenCallRecord};
use convene_store::{AnyStore, Store, StoreError, closing_rows};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc, oneshot};

/// Media events that wait for the control task. The media thread never waits: beyond this it drops speaking indications
/// and keeps everything else.
const MEDIA_EVENTS: usize = 1024;

/// Why the server did not start, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A port, a socket or a signal.
    #[error("{0}")]
    Io(String),
}

/// A running server.
pub struct Running {
    /// Where HTTP is served.
    pub address: SocketAddr,
    /// The public URL.
    pub public_url: String,
    /// What the handlers share.
    pub app: Arc<AppState<AnyStore>>,
    /// The certificates that are served.
    pub served: Arc<Served>,
    arrivals: mpsc::Sender<Arrival>,
    http: tokio::task::JoinHandle<()>,
    control: tokio::task::JoinHandle<()>,
    keeper: tokio::task::JoinHandle<()>,
    listeners: tokio::task::JoinHandle<()>,
    hooks: tokio::task::JoinHandle<()>,
    sweeper: tokio::task::JoinHandle<()>,
    acme: Option<tokio::task::JoinHandle<()>>,
    ask_authority: Arc<Notify>,
}

impl Running {
    /// Ends all calls with a clear code, waits until everything is written, and closes the sockets.
    pub async fn stop(&self) {
        let (stopped, wait) = oneshot::channel();
        if self.arrivals.send(Arrival::Stop(stopped)).await.is_ok() {
            // If the control task is gone, it has stopped.
            let _gone = wait.await;
        }
        self.control.abort();
        self.keeper.abort();
        self.listeners.abort();
        self.hooks.abort();
        self.sweeper.abort();
        if let Some(acme) = &self.acme {
            acme.abort();
        }
        self.http.abort();
    }

    /// Looks at once whether certificates are to be made, read or got anew.
    pub fn look_at_certificates(&self) {
        self.app.look_at_certificates.notify_one();
        self.ask_authority.notify_one();
    }
}

/// Starts the server on an open data folder.
///
/// # Errors
/// [`ServeError`] if a port is taken or the media thread cannot start.
pub async fn start(config: Config, data: Data) -> Result<Running, ServeError> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        ServeError::Io(format!(
            "cannot listen on {}: {error}. Choose another address or port with --listen.",
            config.listen
        ))
    })?;
    let address = listener.local_addr().map_err(|error| ServeError::Io(error.to_string()))?;
    let public_url = config.public_url.clone().unwrap_or_else(|| default_public_url(address));
    remember_public_url(&data.path, &public_url).map_err(|error| ServeError::Io(error.to_string()))?;

    let open = calls_of_last_run(&*data.store).await;
    let open = open.map_err(|error| ServeError::Io(format!("the store failed: {error}")))?;
    let told = tell_connections_of_last_run(&*data.store).await;
    told.map_err(|error| ServeError::Io(format!("the store failed: {error}")))?;

    let (media_events, from_media) = mpsc::channel(MEDIA_EVENTS);
    let media = MediaPlane::start(media_config(&config, address), media_events)
        .map_err(|error| ServeError::Io(format!("cannot start the media plane on {}: {error}", config.media_listen)))?;
    let media_entrance = media.tcp_entrance();
    let config = Config { listen: address, media_listen: media.local_addr(), ..config };
    let (announced, tcp) = (&config.public_addresses, config.media_tcp);
    tracing::info!(address = %config.media_listen, ?announced, tcp, "media listens");

    let (arrivals, from_sockets) = mpsc::channel(ARRIVALS);
    let node_config = NodeConfig {
        own_hosts: own_hosts(&public_url),
        federated: config.federated.clone(),
        default_resource: data.settings.resource_id.clone(),
        lobby_wait: config.lobby_wait,
        ring_wait: config.ring_wait,
        call_chat: config.call_chat,
        calls_from_apps: config.calls_from_apps,
        relays: config.relays.clone(),
    };
    let node = Node::new(node_config, data.key_ring()?, Box::new(OsRandom));
    let clock = Clock::start();
    let live = Arc::new(Live::new(clock));
    let outbound = HttpClient::new(&[]).map_err(|error| {
        ServeError::Io(format!("the certificates that this machine trusts cannot be used: {error}."))
    })?;
    let reach = if config.private_endpoints { Reach::Anywhere } else { Reach::Public };
    let pusher = Pusher::open(&*data.store, outbound.clone(), public_url.clone(), reach).await;
    let pusher = Arc::new(pusher.map_err(|error| ServeError::Io(format!("the store failed: {error}")))?);
    let driver = Driver {
        node,
        clock,
        store: data.store.clone(),
        media,
        live: live.clone(),
        pusher: pusher.clone(),
        outbound: outbound.clone(),
        reach,
    };
    let control_task = drive::start(driver, from_sockets, from_media)
        .map_err(|error| ServeError::Io(format!("cannot start the thread that codes audio: {error}.")))?;
    for record in open {
        let arrival = Arrival::Changed(Input::Recover(Box::new(record)));
        arrivals.send(arrival).await.map_err(|_| ServeError::Io("the control task ended at its start.".to_owned()))?;
    }

    let oidc = config.oidc.clone().map(Provider::new).transpose();
    let oidc =
        oidc.map_err(|error| ServeError::Io(format!("--oidc-ca-file has a certificate that is no root: {error}.")))?;
    let keys = data.key_ring()?;
    let app = Arc::new(AppState::new(
        config,
        public_url.clone(),
        data.store.clone(),
        keys,
        data.settings.clone(),
        (arrivals.clone(), live.clone()),
        (oidc, outbound.clone(), pusher),
    ));
    let hooks = hooks::start(data.store.clone(), live.clone(), outbound, app.subscriptions_changed.clone());
    let listeners = tokio::spawn(live.clone().look());
    let sweeper = Sweeper { store: data.store.clone(), live, keep_days: app.config.keep_days };
    let sweeper = sweeper.start(&app.config.bounds);
    let socket = control_socket(&data.path);
    control::listen(&socket, app.clone())
        .map_err(|error| ServeError::Io(format!("cannot listen on {}: {error}.", socket.display())))?;

    let names = served_names(&*data.store, &public_url, address.ip()).await;
    let names = names.map_err(|error| ServeError::Io(format!("the store failed: {error}")))?;
    let served = Arc::new(Served::start(&data.path, &names, app.config.own_certificate.as_ref(), &app.config.wall)?);
    let acme = app.config.acme.clone();
    let acme = acme.map(|acme| Acme::open(acme, &data.path, served.clone(), app.config.wall.clone())).transpose()?;
    let keeper = Keeper {
        served: served.clone(),
        store: data.store.clone(),
        public_url: public_url.clone(),
        listen: address.ip(),
        own: app.config.own_certificate.clone(),
        clock: app.config.wall.clone(),
        look: app.look_at_certificates.clone(),
    };
    let bounds = app.config.bounds.clone();
    let keeper = keeper.start(&bounds);
    let acceptor = tls::acceptor(served.clone())?;
    let port = OnePort::start(listener, acceptor, &bounds, app.config.trusted_proxies.clone(), media_entrance);
    let ask_authority = Arc::<Notify>::default();
    let acme = acme.map(|acme| acme.start(address, ask_authority.clone()));
    let router = http::router(app.clone());
    let http = tokio::spawn(async move {
        // The data folder stays locked as long as requests are answered.
        let _data = data;
        http::connections::serve(port, router, bounds).await;
    });
    Ok(Running {
        address,
        public_url,
        app,
        served,
        arrivals,
        http,
        control: control_task,
        keeper,
        listeners,
        hooks,
        sweeper,
        acme,
        ask_authority,
    })
}

/// Where media is served, beside HTTP at `http`.
fn media_config(config: &Config, http: SocketAddr) -> MediaConfig {
    let (listen, public_addresses) = (config.media_listen, config.public_addresses.clone());
    let tcp = config.media_tcp.then(|| TcpConfig {
        // The port of HTTP takes media, too, so one number serves for everything.
        listens: listen.port() != http.port(),
        elsewhere: media_addresses_of_http(http, config.public_url.as_deref(), &public_addresses),
        bounds: TcpBounds::default(),
    });
    MediaConfig { listen, public_addresses, tcp, estimates_bandwidth: config.adapts_to_bandwidth }
}

/// The calls that the last run left open, for the node to go on with. One whose meeting or room was deleted meanwhile is ended, in
/// the journal and in the outbox.
async fn calls_of_last_run<S: Store>(store: &S) -> Result<Vec<OpenCallRecord>, StoreError> {
    let mut records = Vec::new();
    for open in store.open_calls().await? {
        let journal = store.journal_of(&open.id).await?;
        let (mut meeting, mut room, mut group) = (None, None, None);
        let gone = match &open.target {
            CallTarget::Meeting(id) => {
                meeting = store.meeting(id).await?;
                meeting.is_none()
            }
            CallTarget::Room { resource, room: id } => {
                room = store.room(resource, id).await?;
                room.is_none()
            }
            CallTarget::Group { resource, group_id } => {
                group = store.group_call(resource, group_id).await?;
                false
            }
        };
        if gone {
            let closing = closing_rows(&journal, ErrorCode::EndedForEveryone, wall_now());
            let events: Vec<OutboxEvent> = closing_happened(&journal, &closing)
                .iter()
                .map(|happened| outbox_event(uuid_v4(&mut OsRandom), happened))
                .collect();
            store.commit(&closing, &events).await?;
            continue;
        }
        records.push(OpenCallRecord { call: open.id, target: open.target, meeting, room, group, journal });
    }
    Ok(records)
}

/// Connections of apps' servers end with the process: their apps learn it.
async fn tell_connections_of_last_run<S: Store>(store: &S) -> Result<(), StoreError> {
    let mut events = Vec::new();
    for (connection, call) in store.open_connections().await? {
        let callback = Callback::Disconnected { reason: ErrorCode::ServerStopping };
        events.push(callback_event(uuid_v4(&mut OsRandom), &call, &connection, None, &callback, wall_now()));
    }
    if !events.is_empty() {
        store.commit(&[], &events).await?;
    }
    Ok(())
}

/// The names under which clients reach this server over TLS.
pub(crate) async fn served_names<S: Store>(
    store: &S,
    public_url: &str,
    listen: IpAddr,
) -> Result<BTreeSet<String>, StoreError> {
    let public = public_url.split_once("://").map_or(public_url, |(_, authority)| authority);
    let listen = Some(listen).filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string());
    let resources = store.resources().await?;
    let of_resources = resources.into_iter().flat_map(|resource| resource.hosts);
    Ok(tls::certificate_names([host_name(public)].into_iter().chain(listen).chain(of_resources)))
}

/// Runs the server until SIGINT or SIGTERM; SIGHUP makes it look at its certificates.
///
/// # Errors
/// [`ServeError`] if it cannot start.
pub async fn run(config: Config) -> Result<(), ServeError> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,str0m=warn,sqlx=warn")),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let on_signal = |kind| signal(kind).map_err(|error| ServeError::Io(error.to_string()));
    let (mut terminate, mut interrupt) = (on_signal(SignalKind::terminate())?, on_signal(SignalKind::interrupt())?);
    let dev = config.dev;
    let mut hang_up = on_signal(SignalKind::hangup())?;
    let data = Data::open(&config.data, config.database.as_ref()).await?;
    let running = start(config, data).await?;
    print_ready(&running, dev);
    let store = running.app.store.clone();
    let lost = loop {
        tokio::select! {
            _ = terminate.recv() => break None,
            _ = interrupt.recv() => break None,
            // What this server would write now is another's to write: it ends without closing the calls.
            error = store.lost() => break Some(error),
            _ = hang_up.recv() => {
                tracing::info!("SIGHUP: the certificates are looked at");
                running.look_at_certificates();
            }
        }
    };
    if let Some(error) = lost {
        tracing::error!(%error, "stopping at once");
        return Err(ServeError::Data(DataError::Database(error)));
    }
    tracing::info!("stopping");
    running.stop().await;
    store.close().await;
    Ok(())
}

fn print_ready(running: &Running, dev: bool) {
    let url = &running.public_url;
    let mut text = format!("Convene is ready: {url}\n");
    if dev {
        text.push_str(&format!("  Start a meeting:  {url}/\n  Sample apps:      {url}/samples/\n"));
        text.push_str("  Development mode: pages on this machine get tokens without sign-in.\n");
    }
    let mut out = std::io::stdout().lock();
    // Nobody reads stdout of a service; it runs all the same.
    let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

pub(crate) fn default_public_url(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
