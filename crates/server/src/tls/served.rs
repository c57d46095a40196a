//! Which certificate a client is shown. They are replaced while the server runs; connections that are there stay as they are.

use super::certificate::{self, KeyedChain};
use super::facts::{self, CertificateFacts};
use super::{LocalCa, OwnFiles, TlsError};
use crate::clock::WallClock;
use convene_model::WallMs;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

/// The protocol of a certificate authority that looks whether a name is this server's (RFC 8737 §4).
pub const ACME_TLS: &[u8] = b"acme-tls/1";

/// A certificate with its key, ready to be served.
#[derive(Clone, Debug)]
pub struct Identity {
    key: Arc<CertifiedKey>,
    facts: CertificateFacts,
}

impl Identity {
    /// # Errors
    /// If the key does not belong to the first certificate.
    pub fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, TlsError> {
        let facts = chain.first().and_then(facts::of).ok_or(TlsError::NoCertificate)?;
        let key = Arc::new(CertifiedKey::from_der(chain, key, &default_provider())?);
        Ok(Self { key, facts })
    }

    /// What stands in the certificate.
    pub fn facts(&self) -> &CertificateFacts {
        &self.facts
    }

    /// Whether it is good for a name.
    pub fn is_for(&self, name: &str) -> bool {
        self.facts.is_for(name)
    }

    fn is_same_as(&self, other: &Self) -> bool {
        self.key.cert == other.key.cert
    }
}

/// What is served now.
#[derive(Debug)]
struct Now {
    /// Of the local CA: for this machine's own names, and for everything while there is no other.
    local: Identity,
    /// For the public: from the operator's files, or from a public authority.
    public: Option<Identity>,
    /// By which an authority sees that a name is this server's.
    challenges: BTreeMap<String, Arc<CertifiedKey>>,
}

/// The certificates that are served.
#[derive(Debug)]
pub struct Served {
    now: RwLock<Now>,
    data: PathBuf,
    changes: watch::Sender<u64>,
}

impl Served {
    /// Serves the local CA's certificate for `names`, and the operator's own, if there is one.
    ///
    /// # Errors
    /// [`TlsError`] if the folder cannot be written, its CA is damaged, or a file of the operator's is wrong.
    pub fn start(
        data: &Path,
        names: &BTreeSet<String>,
        own: Option<&OwnFiles>,
        clock: &WallClock,
    ) -> Result<Self, TlsError> {
        let local = local(data, names, clock.now())?;
        let public = own.map(|files| files.read(clock.now())).transpose()?;
        let now = RwLock::new(Now { local, public, challenges: BTreeMap::new() });
        Ok(Self { now, data: data.to_owned(), changes: watch::Sender::new(0) })
    }

    /// Tells of each change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Makes the local CA's certificate anew if it is about to expire or its names have changed.
    ///
    /// # Errors
    /// [`TlsError`]; then the old one is served on.
    pub fn renew_local(&self, names: &BTreeSet<String>, now: WallMs) -> Result<(), TlsError> {
        let renewed = local(&self.data, names, now)?;
        self.change(|served| {
            let is_new = !renewed.is_same_as(&served.local);
            served.local = renewed;
            is_new
        });
        Ok(())
    }

    /// Serves another certificate to the public; whether it is another.
    pub fn replace_public(&self, identity: Identity) -> bool {
        self.change(|served| {
            let is_new = !served.public.as_ref().is_some_and(|public| public.is_same_as(&identity));
            served.public = Some(identity);
            is_new
        })
    }

    /// What is served to the public, if it is not of the local CA.
    pub fn public(&self) -> Option<CertificateFacts> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        now.public.as_ref().map(|public| public.facts.clone())
    }

    /// Shows an authority, under a name, that the name is this server's, as long as the value lives (RFC 8737 §3). The digest is that of
    /// the key authorization.
    ///
    /// # Errors
    /// [`TlsError::NotMade`] if the name cannot stand in a certificate.
    pub fn challenge(served: &Arc<Self>, name: &str, digest: &[u8]) -> Result<Challenge, TlsError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        let certificate = params.self_signed(&key)?.der().clone();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        // `from_der` would refuse it: its extension is critical, and only authorities know it.
        let key = default_provider().key_provider.load_private_key(key.into())?;
        let key = Arc::new(CertifiedKey::new(vec![certificate], key));
        let name = name.to_ascii_lowercase();
        served.now.write().unwrap_or_else(PoisonError::into_inner).challenges.insert(name.clone(), key);
        Ok(Challenge { served: served.clone(), name })
    }

    fn change(&self, change: impl FnOnce(&mut Now) -> bool) -> bool {
        let is_new = change(&mut self.now.write().unwrap_or_else(PoisonError::into_inner));
        if is_new {
            self.changes.send_modify(|count| *count += 1);
        }
        is_new
    }
}

/// What an authority wants to see under a name; gone with this value.
pub struct Challenge {
    served: Arc<Served>,
    name: String,
}

impl Drop for Challenge {
    fn drop(&mut self) {
        self.served.now.write().unwrap_or_else(PoisonError::into_inner).challenges.remove(&self.name);
    }
}

fn local(data: &Path, names: &BTreeSet<String>, now: WallMs) -> Result<Identity, TlsError> {
    let ca = LocalCa::open_or_make(data, now)?;
    let KeyedChain { chain, key } = certificate::stored_or_new(data, &ca, names, now)?;
    Identity::new(chain, key)
}

impl ResolvesServerCert for Served {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        if hello.alpn().is_some_and(|mut protocols| protocols.any(|protocol| protocol == ACME_TLS)) {
            return now.challenges.get(&hello.server_name()?.to_ascii_lowercase()).cloned();
        }
        Some(now.for_client(hello.server_name()).key.clone())
    }
}

impl Now {
    /// The public's certificate where it is good for the name that the client asks for, else the local CA's where that one is; and
    /// the public's for names that neither has. Who names an address, names nothing here.
    fn for_client(&self, name: Option<&str>) -> &Identity {
        let Some(public) = &self.public else { return &self.local };
        let (for_public, for_local) = match name {
            Some(name) => (public.is_for(name), self.local.is_for(name)),
            None => (public.facts.names.iter().any(|name| name.parse::<IpAddr>().is_ok()), true),
        };
        if for_public || !for_local { public } else { &self.local }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(names: &[&str]) -> Identity {
        let key = KeyPair::generate().unwrap();
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        Identity::new(vec![certificate.der().clone()], key.into()).unwrap()
    }

    #[test]
    fn each_client_is_shown_the_certificate_for_the_name_that_it_asks_for() {
        let (local, public) = (identity(&["localhost", "127.0.0.1"]), identity(&["meet.example.org"]));
        let mut now = Now { local: local.clone(), public: None, challenges: BTreeMap::new() };
        for name in [Some("localhost"), Some("meet.example.org"), None] {
            assert!(now.for_client(name).is_same_as(&local), "{name:?}");
        }
        now.public = Some(public.clone());
        for (name, expected) in [
            (Some("meet.example.org"), &public),
            (Some("localhost"), &local),
            (Some("other.example.org"), &public),
            (None, &local),
        ] {
            assert!(now.for_client(name).is_same_as(expected), "{name:?}");
        }
        now.public = Some(identity(&["192.0.2.7"]));
        assert!(!now.for_client(None).is_same_as(&local), "a certificate for an address is for who names none");
    }
}
