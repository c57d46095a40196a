//! TLS on the same port as HTTP, with a certificate of a local CA that the server makes in its data folder.
//!
//! Clients of access keys insist on https, also for a server on the same machine. Why so, and why not an own port:
//! docs/decisions/0006-tls.md.

mod authority;
mod certificate;
pub mod facts;
mod files;
mod listener;
mod peer;
mod roots;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, ServerConfig};

pub use authority::LocalCa;
pub use certificate::RENEW_WITHIN_MS;
pub use listener::{Connection, OPEN_WITHIN, OnePort};
pub use peer::{Peer, name_peer};
pub use roots::system_roots;

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

/// What answers TLS: with the stored certificate if it is good for `names`, otherwise with a new one.
///
/// # Errors
/// [`TlsError`] if the folder cannot be written, or its CA is damaged.
pub fn acceptor(data: &Path, names: &BTreeSet<String>, now: convene_model::WallMs) -> Result<TlsAcceptor, TlsError> {
    let ca = LocalCa::open_or_make(data, now)?;
    let (chain, key) = certificate::stored_or_new(data, &ca, names, now)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
