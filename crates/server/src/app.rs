//! What the HTTP handlers share.

use crate::clock::Clock;
use crate::config::Config;
use crate::drive::Arrival;
use convene_identity::KeyRing;
use convene_model::SessionId;
use convene_node::Attempts;
use convene_store::Settings;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// Visitors' tokens that one address may ask for within five minutes. Larger: passcodes are guessed, and users made, faster.
/// Smaller: an office behind one address cannot come to a meeting together.
const VISITORS_MAX: u32 = 20;

/// What the HTTP handlers share.
pub struct AppState<S> {
    /// The configuration.
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
    /// How often each address asked for a visitor's token.
    pub visitors: Mutex<Attempts>,
    /// The clock that they are counted by.
    pub clock: Clock,
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
        arrivals: mpsc::Sender<Arrival>,
    ) -> Self {
        Self {
            config,
            public_url,
            store,
            keys,
            settings,
            arrivals,
            visitors: Mutex::new(Attempts::at_most(VISITORS_MAX)),
            clock: Clock::start(),
            sessions: AtomicU64::new(0),
        }
    }

    /// A session id that was never used in this process.
    pub fn next_session(&self) -> SessionId {
        SessionId(self.sessions.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
