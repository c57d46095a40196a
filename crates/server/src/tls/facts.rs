//! What stands in a certificate.

use convene_model::WallMs;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

/// The parts of a certificate that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The names that it is good for.
    pub names: BTreeSet<String>,
    /// Who signed it.
    pub issuer: String,
    /// Not valid before.
    pub not_before_ms: WallMs,
    /// Not valid after.
    pub not_after_ms: WallMs,
}

impl CertificateFacts {
    /// Whether it is good for a name; `*.example.org` is for one label in the star's place (RFC 6125 §6.4.3).
    pub fn is_for(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.names.iter().any(|own| match own.strip_prefix('*') {
            Some(rest) => {
                name.split_once('.').is_some_and(|(label, _)| !label.is_empty() && name[label.len()..] == *rest)
            }
            None => own.eq_ignore_ascii_case(&name),
        })
    }
}

/// Reads a certificate; `None` if it is none.
pub fn of(certificate: &CertificateDer<'_>) -> Option<CertificateFacts> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok()?.map(|names| names.value.general_names.iter());
    Some(CertificateFacts {
        names: names.into_iter().flatten().filter_map(name_of).collect(),
        issuer: certificate.issuer().to_string(),
        not_before_ms: certificate.validity().not_before.timestamp() * 1000,
        not_after_ms: certificate.validity().not_after.timestamp() * 1000,
    })
}

/// Reads the first certificate of a PEM file; `None` if there is none.
pub fn of_file(path: &Path) -> Option<CertificateFacts> {
    of(&CertificateDer::from_pem_file(path).ok()?)
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
            .ok()
            .map(|address| address.to_string()),
        // None of the other kinds is ever issued here.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let names = ["*.example.org", "Meet.example.net"].map(str::to_owned).into();
        let facts = CertificateFacts { names, issuer: String::new(), not_before_ms: 0, not_after_ms: 0 };
        for name in ["meet.example.org", "MEET.Example.org", "meet.example.net"] {
            assert!(facts.is_for(name), "{name}");
        }
        for name in ["example.org", ".example.org", "a.meet.example.org", "meetexample.org", "example.net", ""] {
            assert!(!facts.is_for(name), "{name}");
        }
    }
}
