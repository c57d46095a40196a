//! The server's certificate: kept in the data folder, renewed when it is about to expire or its names change.

use super::{LocalCa, TlsError, files};
use convene_model::WallMs;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

/// A certificate that expires sooner than this is renewed at the start, in seconds (100 days). Larger: renewed more often.
/// Smaller: a server that runs on for long serves an expired one.
const RENEW_WITHIN: i64 = 100 * 24 * 60 * 60;

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The stored certificate with its key, if it is still good for `names`; otherwise a new one, stored.
///
/// # Errors
/// [`TlsError`] if the file cannot be read or written.
pub fn stored_or_new(data: &Path, ca: &LocalCa, names: &BTreeSet<String>, now: WallMs) -> Result<Identity, TlsError> {
    let path = files::folder(data).join("server.pem");
    if let Some(identity) = files::read(&path)?.and_then(|text| parse(&text))
        && is_good(&identity.0, ca, names, now)
    {
        return Ok(identity);
    }
    let text = ca.issue(names, now)?;
    files::write(&path, &text, files::SECRET)?;
    tracing::info!(names = ?names, "a certificate was made");
    parse(&text).ok_or_else(|| files::file(&path, "it holds no certificate with its key"))
}

fn parse(text: &str) -> Option<Identity> {
    let chain = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>().ok()?;
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()?;
    (!chain.is_empty()).then_some((chain, key))
}

fn is_good(chain: &[CertificateDer<'_>], ca: &LocalCa, names: &BTreeSet<String>, now: WallMs) -> bool {
    let Some(Ok((_, certificate))) = chain.first().map(|first| parse_x509_certificate(first)) else { return false };
    let Ok((_, authority)) = parse_x509_certificate(&ca.certificate) else { return false };
    let Ok(Some(alternative)) = certificate.subject_alternative_name() else { return false };
    let carried: BTreeSet<String> = alternative.value.general_names.iter().filter_map(name_of).collect();
    certificate.issuer() == authority.subject()
        && certificate.validity().not_after.timestamp() > now / 1000 + RENEW_WITHIN
        && carried == *names
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
