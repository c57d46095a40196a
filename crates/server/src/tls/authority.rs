//! The local CA: made once, in the data folder. Whoever trusts its certificate trusts this server, under any name.

use super::{TlsError, ca_file, files};
use crate::clock::OsRandom;
use convene_model::{WallMs, hex_id};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the CA is valid. Larger: a stolen key is good for longer. Smaller: clients must be told to trust a new one.
const CA_DAYS: u32 = 3650;

/// How long a server's certificate is valid. Larger: some clients refuse it (Apple's at 826 days). Smaller: it is renewed more often.
const CERTIFICATE_DAYS: u32 = 397;

/// The local CA of a data folder.
pub struct LocalCa {
    issuer: Issuer<'static, KeyPair>,
    /// The CA's certificate.
    pub certificate: CertificateDer<'static>,
}

impl LocalCa {
    /// Opens the CA of a data folder, or makes one: `ca-key.pem` (key and certificate, mode 0600) and `ca.pem` (the
    /// certificate, for clients).
    ///
    /// # Errors
    /// [`TlsError`] if a file cannot be written, or is damaged.
    pub fn open_or_make(data: &Path, now: WallMs) -> Result<Self, TlsError> {
        let path = files::folder(data).join("ca-key.pem");
        let text = match files::read(&path)? {
            Some(text) => text,
            None => {
                let text = make(now)?;
                files::write(&path, &text, files::SECRET)?;
                text
            }
        };
        let damaged = |reason: String| files::file(&path, reason);
        let key = KeyPair::from_pem(&text).map_err(|error| damaged(error.to_string()))?;
        let certificate =
            CertificateDer::from_pem_slice(text.as_bytes()).map_err(|error| damaged(error.to_string()))?;
        let public = text.find("-----BEGIN CERTIFICATE-----").map_or("", |at| &text[at..]);
        let public_path = ca_file(data);
        if files::read(&public_path)?.as_deref() != Some(public) {
            files::write(&public_path, public, files::PUBLIC)?;
        }
        let issuer = Issuer::from_ca_cert_der(&certificate, key).map_err(|error| damaged(error.to_string()))?;
        Ok(Self { issuer, certificate })
    }

    /// A new key and certificate for a server with these names, as PEM: the key, the certificate, the CA's.
    ///
    /// # Errors
    /// [`TlsError::NotMade`] if the library refuses a name.
    pub fn issue(&self, names: &BTreeSet<String>, now: WallMs) -> Result<String, TlsError> {
        let key = KeyPair::generate()?;
        let names: Vec<String> = names.iter().cloned().collect();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "Convene");
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        valid_for(&mut params, CERTIFICATE_DAYS, now);
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(format!("{}{}", key.serialize_pem(), certificate.pem()))
    }
}

fn make(now: WallMs) -> Result<String, TlsError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    // With a name of its own, so that several in one trust store can be told apart.
    params.distinguished_name.push(DnType::CommonName, format!("Convene local CA {}", hex_id(&mut OsRandom, 4)));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid_for(&mut params, CA_DAYS, now);
    let certificate = params.self_signed(&key)?;
    Ok(format!("{}{}", key.serialize_pem(), certificate.pem()))
}

/// Valid since yesterday, for clients whose clock is late.
fn valid_for(params: &mut CertificateParams, days: u32, now: WallMs) {
    let since_1970 = Duration::from_millis(u64::try_from(now).unwrap_or(0));
    let now = date_time_ymd(1970, 1, 1) + since_1970;
    params.not_before = now - DAY;
    params.not_after = now + DAY * days;
}
