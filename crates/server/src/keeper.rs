//! Keeps the certificates good while the server runs: the local CA's is made anew before it expires and when its names change, the
//! operator's is read again when its files change.

use crate::bounds::Bounds;
use crate::clock::WallClock;
use crate::serve::served_names;
use crate::tls::{OwnFiles, Served, Stamp};
use convene_model::{WallMs, rfc3339};
use convene_store::Store;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};

/// From when on a certificate of the operator's that is not replaced is warned of, once a day (14 days).
const WARN_WITHIN_MS: WallMs = 14 * DAY_MS;
const DAY_MS: WallMs = 24 * 60 * 60 * 1000;

/// What is kept good, and for whom.
pub struct Keeper<S> {
    /// What is served.
    pub served: Arc<Served>,
    /// Where the resources' hosts stand.
    pub store: Arc<S>,
    /// Whose host is a name of the local certificate.
    pub public_url: String,
    /// So is this address.
    pub listen: IpAddr,
    /// The operator's files.
    pub own: Option<OwnFiles>,
    /// What time it is.
    pub clock: WallClock,
    /// Asks it to look at once.
    pub look: Arc<Notify>,
}

impl<S: Store> Keeper<S> {
    /// Looks every now and then, and when it is asked to.
    pub fn start(self, bounds: &Bounds) -> JoinHandle<()> {
        let (look_every, renew_every) = (bounds.look_every, bounds.renew_every);
        tokio::spawn(async move {
            let mut files = interval(look_every);
            let mut local = interval_at(Instant::now() + renew_every, renew_every);
            files.set_missed_tick_behavior(MissedTickBehavior::Delay);
            local.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut seen = self.own.as_ref().map(OwnFiles::stamp);
            let mut warned_at = WallMs::MIN;
            loop {
                tokio::select! {
                    _ = files.tick() => {
                        self.read_if_changed(&mut seen);
                        self.warn(&mut warned_at);
                    }
                    _ = local.tick() => self.renew_local().await,
                    () = self.look.notified() => {
                        self.renew_local().await;
                        seen = None;
                        self.read_if_changed(&mut seen);
                    }
                }
            }
        })
    }

    async fn renew_local(&self) {
        match served_names(&*self.store, &self.public_url, self.listen).await {
            Ok(names) => {
                if let Err(error) = self.served.renew_local(&names, self.clock.now()) {
                    tracing::error!(%error, "the local CA's certificate was not renewed; the old one is served on");
                }
            }
            Err(error) => {
                tracing::error!(%error, "the local CA's certificate was not looked at, since the store failed")
            }
        }
    }

    /// Reads the operator's files if they look otherwise than when they were `seen`; `None`: in any case.
    fn read_if_changed(&self, seen: &mut Option<Stamp>) {
        let Some(own) = &self.own else { return };
        let stamp = own.stamp();
        if *seen == Some(stamp) {
            return;
        }
        *seen = Some(stamp);
        match own.read(self.clock.now()) {
            Ok(identity) => {
                let until = rfc3339(identity.facts().not_after_ms);
                if self.served.replace_public(identity) {
                    tracing::info!(until, "the certificate of --tls-cert has changed; the new one is served");
                }
            }
            Err(error) => {
                tracing::error!(%error, "the certificate of --tls-cert has changed, but the old one is served on")
            }
        }
    }

    /// Says once a day that the operator's certificate is about to expire, or did.
    fn warn(&self, warned_at: &mut WallMs) {
        let now = self.clock.now();
        if self.own.is_none() || now < warned_at.saturating_add(DAY_MS) {
            return;
        }
        if let Some(public) = self.served.public()
            && now > public.not_after_ms - WARN_WITHIN_MS
        {
            *warned_at = now;
            let until = rfc3339(public.not_after_ms);
            tracing::warn!(until, "the certificate of --tls-cert is about to expire; put a new one into its place");
        }
    }
}
