//! Certificates from a public authority, such as Let's Encrypt (ACME, RFC 8555), got and renewed while the server runs.
//!
//! Whatever goes wrong, the server goes on with the certificate that it has. Why TLS-ALPN-01: docs/decisions/0021-acme.md.

mod client;
mod kept;
mod order;
mod schedule;
pub mod settings;

use self::client::HttpsClient;
use self::kept::Kept;
use self::order::OrderError;
use self::schedule::{Failures, renew_at};
use self::settings::AcmeSettings;
use crate::clock::WallClock;
use crate::tls::{Identity, Served, TlsError};
use convene_model::{WallMs, rfc3339};
use rand::RngExt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The longest sleep. A machine that was suspended, or whose clock was set, is late by no more.
const SLEEP_MAX: Duration = Duration::from_secs(60 * 60);

/// How long one order may take, over all.
const ORDER_WITHIN: Duration = Duration::from_secs(15 * 60);

/// What gets certificates from an authority.
pub struct Acme {
    settings: AcmeSettings,
    client: HttpsClient,
    kept: Kept,
    served: Arc<Served>,
    clock: WallClock,
    /// When the certificate that is kept is to be renewed; `None` if there is none that fits the settings.
    renew_at: Option<WallMs>,
    failures: Failures,
}

impl Acme {
    /// Serves the certificate that was kept, if there is one.
    ///
    /// # Errors
    /// [`TlsError`] if a file cannot be read, or there is no way to know the authority.
    pub fn open(settings: AcmeSettings, data: &Path, served: Arc<Served>, clock: WallClock) -> Result<Self, TlsError> {
        let client = HttpsClient::new(settings.ca.as_deref()).map_err(TlsError::Authority)?;
        let kept = Kept::of(data);
        let failures = kept.failures()?;
        let mut renew_at = None;
        if let Some((identity, is_wanted)) = kept.certificate(&settings)? {
            renew_at = is_wanted.then(|| schedule::renew_at(identity.facts()));
            let until = rfc3339(identity.facts().not_after_ms);
            tracing::info!(names = ?identity.facts().names, until, "the certificate of the authority is served");
            served.replace_public(identity);
        }
        Ok(Self { settings, client, kept, served, clock, renew_at, failures })
    }

    /// Gets a certificate when one is due, for ever. `again`: after a failure, the wait is cut short.
    pub fn start(mut self, listen: SocketAddr, again: Arc<Notify>) -> JoinHandle<()> {
        if listen.port() != 443 {
            tracing::warn!(%listen, "the authority looks at port 443 of each name of --acme-domain; it has to lead to this address");
        }
        tokio::spawn(async move {
            if self.failures.count > 0 && self.failures.next_at > self.clock.now() {
                let next = rfc3339(self.failures.next_at);
                tracing::warn!(
                    next,
                    failures = self.failures.count,
                    "the authority is asked again then, since it was asked in vain before; SIGHUP asks at once"
                );
            }
            loop {
                let wait = self.due_at() - self.clock.now();
                if let Ok(wait @ 1..) = u64::try_from(wait) {
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_millis(wait).min(SLEEP_MAX)) => {}
                        () = again.notified() => self.failures.next_at = 0,
                    }
                    continue;
                }
                self.get().await;
            }
        })
    }

    fn due_at(&self) -> WallMs {
        self.renew_at.unwrap_or(0).max(self.failures.next_at)
    }

    async fn get(&mut self) {
        let (domains, directory) = (self.settings.domains.join(", "), &self.settings.directory);
        tracing::info!(domains, directory, "the authority is asked for a certificate");
        let order = order::place(&self.settings, &self.client, &self.kept, &self.served);
        let got = timeout(ORDER_WITHIN, order).await;
        match got.unwrap_or_else(|_| Err(OrderError::Told(format!("it took longer than {} s", ORDER_WITHIN.as_secs()))))
        {
            Ok(identity) => self.serve(identity),
            Err(error) => self.fail(&error),
        }
    }

    fn serve(&mut self, identity: Identity) {
        let (renew, until) = (renew_at(identity.facts()), rfc3339(identity.facts().not_after_ms));
        tracing::info!(names = ?identity.facts().names, until, renewed = rfc3339(renew), "the authority's new certificate is served");
        self.renew_at = Some(renew);
        self.remember(Failures::none(self.clock.now()));
        self.served.replace_public(identity);
    }

    fn fail(&mut self, error: &OrderError) {
        let wanted = self.client.retry_after().and_then(|wait| WallMs::try_from(wait.as_millis()).ok());
        let failures = self.failures.one_more(self.clock.now(), rand::rng().random_range(0..1000), wanted);
        let next = rfc3339(failures.next_at);
        let serving = if self.served.public().is_some() {
            "the old one is served on"
        } else {
            "that of the local CA is served meanwhile"
        };
        tracing::error!(
            %error, next, failures = failures.count,
            "no certificate came from the authority, and {serving}. See that port 443 of each name leads to this server; SIGHUP asks again at once"
        );
        self.remember(failures);
    }

    fn remember(&mut self, failures: Failures) {
        self.failures = failures;
        if let Err(error) = self.kept.keep_failures(failures) {
            tracing::error!(%error, "it is not remembered when to ask the authority again");
        }
    }
}
