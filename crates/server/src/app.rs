//! What the HTTP handlers share.

use crate::clock::Clock;
use crate::config::Config;
use crate::drive::Arrival;
use crate::hooks::PendingSubscriptions;
use crate::http::limits::Rates;
use crate::http::oauth::Guesses;
use crate::http::session::Limits;
use crate::live::Live;
use crate::oidc::Provider;
use crate::outbound::HttpClient;
use crate::push::Pusher;
use convene_identity::KeyRing;
use convene_model::SessionId;
use convene_node::Attempts;
use convene_store::Settings;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, mpsc};

/// Visitors' tokens that one address may ask for within five minutes. Larger: passcodes are guessed, and users made, faster.
/// Smaller: an office behind one address cannot come to a meeting together.
const VISITORS_MAX: u32 = 20;

/// What a running server tells `convene doctor` of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// Where media is served.
    pub media_listen: SocketAddr,
    /// The public URL.
    pub public_url: String,
    /// The addresses announced for media.
    pub public_addresses: Vec<IpAddr>,
    /// Whether the development conveniences answer.
    pub dev: bool,
    /// The public keys, as they are served: no other server has them.
    pub jwks: String,
}

/// What the HTTP handlers share.
pub struct AppState<S> {
    /// The configuration, with the ports that are bound.
    pub config: Config,
    /// The public URL, without a trailing slash.
    pub public_url: String,
    /// The store.
    pub store: Arc<S>,
    /// The keys that sign and verify tokens.
    pub keys: KeyRing,
    /// The organization and the default resource.
    pub settings: Settings,
    /// The way to the control task.
    pub arrivals: mpsc::Sender<Arrival>,
    /// The organization's OpenID Connect provider, if there is one.
    pub oidc: Option<Provider>,
    /// How often each address asked for a visitor's token.
    pub visitors: Mutex<Attempts>,
    /// How often somebody tried a password.
    pub sign_ins: Limits,
    /// How often wrong secrets of applications were shown.
    pub guesses: Mutex<Guesses>,
    /// How many requests came.
    pub rates: Rates,
    /// The clock that they are counted by.
    pub clock: Clock,
    /// Who listens to chat.
    pub live: Arc<Live>,
    /// The client that asks endpoints whether they want events.
    pub outbound: HttpClient,
    /// Tells browsers of rings.
    pub pusher: Arc<Pusher>,
    /// Says that a subscription was made or deleted, or that dead letters are to be sent again.
    pub subscriptions_changed: Arc<Notify>,
    /// Subscriptions that wait until somebody says that their endpoint wants events.
    pub pending_subscriptions: PendingSubscriptions,
    /// Asks for a look at the certificates: their names or files may have changed.
    pub look_at_certificates: Arc<Notify>,
    sessions: AtomicU64,
}

impl<S> AppState<S> {
    /// Puts the parts together.
    pub fn new(
        config: Config,
        public_url: String,
        store: Arc<S>,
        keys: KeyRing,
        settings: Settings,
        (arrivals, live): (mpsc::Sender<Arrival>, Arc<Live>),
        (oidc, outbound, pusher): (Option<Provider>, HttpClient, Arc<Pusher>),
    ) -> Self {
        let rates = Rates::per_second(config.requests_per_second);
        Self {
            config,
            public_url,
            store,
            keys,
            settings,
            arrivals,
            oidc,
            visitors: Mutex::new(Attempts::at_most(VISITORS_MAX)),
            sign_ins: Limits::default(),
            guesses: Mutex::new(Guesses::default()),
            rates,
            clock: Clock::start(),
            live,
            outbound,
            pusher,
            subscriptions_changed: Arc::default(),
            pending_subscriptions: PendingSubscriptions::default(),
            look_at_certificates: Arc::default(),
            sessions: AtomicU64::new(0),
        }
    }

    /// What `convene doctor` looks at.
    pub fn facts(&self) -> Facts {
        Facts {
            listen: self.config.listen,
            media_listen: self.config.media_listen,
            public_url: self.public_url.clone(),
            public_addresses: self.config.public_addresses.clone(),
            dev: self.config.dev,
            jwks: self.keys.jwks(),
        }
    }

    /// A session id that was never used in this process.
    pub fn next_session(&self) -> SessionId {
        SessionId(self.sessions.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
