//! TLS on the same port as HTTP: with a certificate of a local CA that the server makes in its data folder, and for the public with
//! one of the operator's or of a public authority.
//!
//! Clients of access keys insist on https, also for a server on the same machine. Why so, and why not an own port:
//! docs/decisions/0006-tls.md.

mod authority;
mod certificate;
pub mod facts;
pub mod files;
mod listener;
mod own;
mod peer;
mod places;
mod roots;
mod served;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, ServerConfig};

pub use authority::LocalCa;
pub use certificate::{KeyedChain, RENEW_WITHIN_MS, parse};
pub use facts::CertificateFacts;
pub use listener::{Connection, OnePort};
pub use own::{OwnFiles, Stamp};
pub use peer::{Peer, name_peer};
pub use roots::system_roots;
pub use served::{Challenge, Identity, Served};

/// Why there is no certificate, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file in the data folder.
    #[error("the certificate file {path} cannot be used: {reason}. Remove it; the server makes a new one.")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file of the operator's.
    #[error("the {what} {path} ({option}) cannot be used: {reason}.")]
    Own {
        /// Certificate or key.
        what: &'static str,
        /// The option that names it.
        option: &'static str,
        /// Which.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// There is no way to know the authority.
    #[error("the authority of --acme-directory cannot be asked: {0}.")]
    Authority(String),
    /// What should be a certificate is none.
    #[error("it holds no certificate that can be read")]
    NoCertificate,
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    NotMade(#[from] rcgen::Error),
    /// A certificate cannot be served.
    #[error("the certificate cannot be served: {0}")]
    NotServed(#[from] rustls::Error),
}

/// Where the CA's certificate lies.
pub fn ca_file(data: &Path) -> PathBuf {
    files::folder(data).join("ca.pem")
}

/// Where the CA's key with its certificate, and the server's, lie. For their owner only.
pub fn key_files(data: &Path) -> [PathBuf; 2] {
    ["ca-key.pem", "server.pem"].map(|name| files::folder(data).join(name))
}

/// Where what a public authority gave is kept.
pub fn authority_folder(data: &Path) -> PathBuf {
    files::folder(data).join("acme")
}

/// The certificate that a public authority gave, if one did.
pub fn of_authority(data: &Path) -> Option<CertificateFacts> {
    facts::of_file(&authority_folder(data).join("certificate.pem"))
}

/// The names that the certificate must carry: `hosts` and this machine's own. Names that cannot stand in a certificate
/// are left out.
pub fn certificate_names(hosts: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let own = ["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string(), Ipv6Addr::LOCALHOST.to_string()];
    let fits = |name: &String| {
        let dns =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        let fits = dns || name.parse::<IpAddr>().is_ok();
        if !fits {
            tracing::warn!(name, "this name cannot stand in a certificate; write international names as xn--");
        }
        fits
    };
    own.into_iter().chain(hosts).filter(fits).collect()
}

/// What answers TLS, with what is served at the time.
///
/// # Errors
/// [`TlsError::NotServed`] if the library knows no version of TLS.
pub fn acceptor(served: Arc<Served>) -> Result<TlsAcceptor, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(served);
    config.alpn_protocols = vec![b"http/1.1".to_vec(), served::ACME_TLS.to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
