//! The server's certificate: kept in the data folder, renewed when it is about to expire or its names change.

use super::{LocalCa, TlsError, facts, files};
use convene_model::WallMs;
use std::collections::BTreeSet;
use std::path::Path;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::parse_x509_certificate;

/// A certificate that expires sooner than this is renewed (100 days). Larger: renewed more often. Smaller: less time to notice
/// that it is not.
pub const RENEW_WITHIN_MS: WallMs = 100 * 24 * 60 * 60 * 1000;

/// A certificate, those above it, and its key.
pub struct KeyedChain {
    /// The server's own first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

/// The stored certificate with its key, if it is still good for `names`; otherwise a new one, stored.
///
/// # Errors
/// [`TlsError`] if the file cannot be read or written.
pub fn stored_or_new(data: &Path, ca: &LocalCa, names: &BTreeSet<String>, now: WallMs) -> Result<KeyedChain, TlsError> {
    let path = files::folder(data).join("server.pem");
    if let Some(stored) = files::read(&path)?.and_then(|text| parse(&text))
        && is_good(&stored.chain, ca, names, now)
    {
        return Ok(stored);
    }
    let text = ca.issue(names, now)?;
    files::write(&path, &text, files::SECRET)?;
    tracing::info!(names = ?names, "a certificate was made");
    parse(&text).ok_or_else(|| files::file(&path, "it holds no certificate with its key"))
}

/// Reads a file with a key and its certificates; `None` if one of them is missing or damaged.
pub fn parse(text: &str) -> Option<KeyedChain> {
    let chain = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>().ok()?;
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()?;
    (!chain.is_empty()).then_some(KeyedChain { chain, key })
}

fn is_good(chain: &[CertificateDer<'_>], ca: &LocalCa, names: &BTreeSet<String>, now: WallMs) -> bool {
    let Some(certificate) = chain.first().and_then(facts::of) else { return false };
    let Ok((_, authority)) = parse_x509_certificate(&ca.certificate) else { return false };
    certificate.issuer == authority.subject().to_string()
        && certificate.not_after_ms > now + RENEW_WITHIN_MS
        && certificate.names == *names
}

#[cfg(test)]
mod tests {
    use super::super::{ca_file, certificate_names};
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    const NOW: WallMs = 1_790_000_000_123;
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("convene-tls-{name}-{}", std::process::id())))
        }

        /// The certificate that a server started at `now` would serve.
        fn served(&self, hosts: &[&str], now: WallMs) -> CertificateDer<'static> {
            let names = certificate_names(hosts.iter().map(|host| (*host).to_owned()));
            let ca = LocalCa::open_or_make(&self.0, now).unwrap();
            stored_or_new(&self.0, &ca, &names, now).unwrap().chain.remove(0)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // What a test leaves behind in the temporary folder harms nobody.
            let _left = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_certificate_is_kept_until_its_names_change_or_it_is_about_to_expire() {
        let folder = Folder::new("kept");
        let first = folder.served(&["meet.example.org"], NOW);
        assert_eq!(folder.served(&["meet.example.org"], NOW + 200 * DAY_MS), first);
        let late = folder.served(&["meet.example.org"], NOW + 300 * DAY_MS);
        assert_ne!(late, first);
        let renamed = folder.served(&["other.example.org"], NOW + 300 * DAY_MS);
        assert_ne!(renamed, late);
        assert_eq!(folder.served(&["other.example.org"], NOW + 301 * DAY_MS), renamed);
    }

    #[test]
    fn it_carries_every_name_and_is_signed_by_the_ca() {
        let folder = Folder::new("names");
        let served = folder.served(&["meet.example.org", "192.0.2.7", "not a name", "bücher.example"], NOW);
        let ca = fs::read_to_string(ca_file(&folder.0)).unwrap();
        let ca = CertificateDer::from_pem_slice(ca.as_bytes()).unwrap();
        let (_, ca) = parse_x509_certificate(&ca).unwrap();
        let (_, certificate) = parse_x509_certificate(&served).unwrap();
        assert!(ca.is_ca() && !certificate.is_ca());
        assert_eq!(certificate.issuer(), ca.subject());
        let names = facts::of(&served).unwrap().names;
        let expected = ["127.0.0.1", "192.0.2.7", "::1", "localhost", "meet.example.org"];
        assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn keys_are_for_their_owner_only_and_the_ca_for_clients_has_none() {
        let folder = Folder::new("modes");
        folder.served(&[], NOW);
        let tls = files::folder(&folder.0);
        let mode = |name: &str| fs::metadata(tls.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("ca-key.pem"), mode("server.pem"), mode("ca.pem")), (0o600, 0o600, 0o644));
        assert!(!fs::read_to_string(ca_file(&folder.0)).unwrap().contains("PRIVATE"));
    }

    #[test]
    fn a_lost_ca_pem_is_written_again_and_a_damaged_ca_is_named() {
        let folder = Folder::new("damaged");
        folder.served(&[], NOW);
        let before = fs::read_to_string(ca_file(&folder.0)).unwrap();
        fs::remove_file(ca_file(&folder.0)).unwrap();
        folder.served(&[], NOW);
        assert_eq!(fs::read_to_string(ca_file(&folder.0)).unwrap(), before);
        let secret = files::folder(&folder.0).join("ca-key.pem");
        fs::write(&secret, "rubbish").unwrap();
        let Err(error) = LocalCa::open_or_make(&folder.0, NOW) else { panic!("rubbish was taken for a CA") };
        assert!(error.to_string().contains("ca-key.pem"), "{error}");
    }

    #[test]
    fn a_damaged_certificate_is_replaced() {
        let folder = Folder::new("replaced");
        folder.served(&[], NOW);
        fs::write(files::folder(&folder.0).join("server.pem"), "rubbish").unwrap();
        let again = folder.served(&[], NOW);
        assert_eq!(folder.served(&[], NOW), again);
    }
}
