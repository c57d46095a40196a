//! A certificate that somebody else made: two files, read at the start and again when they change.

use super::TlsError;
use super::served::Identity;
use convene_model::{WallMs, rfc3339};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where the two files are; they may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFiles {
    /// The certificate, then those of the authorities between it and a known one.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// What changes when a file does: its number, its size and the time of its last change, for both.
pub type Stamp = [Option<(u64, u64, i64, i64)>; 2];

impl OwnFiles {
    /// What the files look like from outside.
    pub fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let found = fs::metadata(path).ok()?;
            Some((found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
        })
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`TlsError::Own`] says which file is wrong, why, and what to do.
    pub fn read(&self, now: WallMs) -> Result<Identity, TlsError> {
        let certificates = self.certificates()?;
        let key = self.private_key()?;
        let identity = Identity::new(certificates.clone(), key).map_err(|error| match error {
            TlsError::NoCertificate => {
                let reason = "its first certificate cannot be read. Copy it again".to_owned();
                wrong("certificate", "--tls-cert", &self.certificate, reason)
            }
            _ => self.does_not_fit(&certificates),
        })?;
        let facts = identity.facts();
        if now > facts.not_after_ms {
            let reason = format!("it expired at {}. Renew it", rfc3339(facts.not_after_ms));
            return Err(wrong("certificate", "--tls-cert", &self.certificate, reason));
        }
        if now < facts.not_before_ms {
            tracing::warn!(
                from = rfc3339(facts.not_before_ms),
                "the certificate of --tls-cert is not valid yet; is this machine's clock right?"
            );
        }
        if fs::metadata(&self.key).is_ok_and(|found| found.permissions().mode() & 0o007 != 0) {
            tracing::warn!(path = %self.key.display(), "everybody on this machine can read the key of --tls-key; `chmod 600` it");
        }
        Ok(identity)
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let wrong = |reason: String| wrong("certificate", "--tls-cert", &self.certificate, reason);
        let text = text_of(&self.certificate).map_err(wrong)?;
        let read = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
        let certificates = read.map_err(|error| wrong(format!("it is damaged ({error}). Copy it again")))?;
        if certificates.is_empty() {
            let reason = match PrivateKeyDer::from_pem_slice(&text) {
                Ok(_) => "it holds a key and no certificate. Give it as --tls-key",
                Err(_) => "it holds no certificate. It has to be PEM, which begins with -----BEGIN CERTIFICATE-----",
            };
            return Err(wrong(reason.to_owned()));
        }
        Ok(certificates)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        let wrong = |reason: String| wrong("key", "--tls-key", &self.key, reason);
        let text = text_of(&self.key).map_err(wrong)?;
        let is_in = |words: &str| text.windows(words.len()).any(|part| part == words.as_bytes());
        if is_in("BEGIN ENCRYPTED PRIVATE KEY") || is_in("Proc-Type: 4,ENCRYPTED") {
            let path = self.key.display();
            return Err(wrong(format!(
                "it is encrypted, and a server has nobody to ask for the password. Write it without one: `openssl pkey -in \
                 {path} -out NEW`, mode 0600"
            )));
        }
        PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
            pem::Error::NoItemsFound => {
                wrong("it holds no key. It has to be PEM, which begins with -----BEGIN PRIVATE KEY-----".to_owned())
            }
            error => wrong(format!("it is damaged ({error}). Copy it again")),
        })
    }

    /// Why a key and certificates cannot be served together.
    fn does_not_fit(&self, certificates: &[CertificateDer<'static>]) -> TlsError {
        let of_another = certificates.iter().skip(1).any(|certificate| {
            self.private_key().is_ok_and(|key| Identity::new(vec![certificate.clone()], key).is_ok())
        });
        if of_another {
            let reason = "the key belongs to a later certificate in it. The server's own stands first, then those of the \
                          authorities";
            return wrong("certificate", "--tls-cert", &self.certificate, reason.to_owned());
        }
        let reason = format!(
            "it does not belong to the certificate {}, or is of a kind that TLS does not know. Give the key that the \
             certificate was asked for with",
            self.certificate.display()
        );
        wrong("key", "--tls-key", &self.key, reason)
    }
}

fn text_of(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "there is no such file. Give the path of one that is there".to_owned(),
        _ => format!("it cannot be read ({error}). Let the user that runs the server read it"),
    })
}

fn wrong(what: &'static str, option: &'static str, path: &Path, reason: String) -> TlsError {
    TlsError::Own { what, option, path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    const NOW: WallMs = 1_790_000_000_000;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("convene-own-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            path
        }

        /// What is said of a certificate and a key.
        fn refusal(&self, certificate: &str, key: &str) -> String {
            let files = OwnFiles { certificate: self.write("cert.pem", certificate), key: self.write("key.pem", key) };
            match files.read(NOW) {
                Ok(_) => panic!("it was taken"),
                Err(error) => error.to_string().replace(&self.0.display().to_string(), "DIR"),
            }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // What a test leaves behind in the temporary folder harms nobody.
            let _left = fs::remove_dir_all(&self.0);
        }
    }

    /// A certificate and its key.
    fn pair(until_year: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["meet.example.org".to_owned()]).unwrap();
        params.not_after = date_time_ymd(until_year, 1, 1);
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn a_certificate_with_its_key_is_taken_from_two_files_or_from_one() {
        let folder = Folder::new("taken");
        let (certificate, key) = pair(2050);
        let one = folder.write("both.pem", &format!("{key}{certificate}"));
        let files = OwnFiles { certificate: one.clone(), key: one };
        assert!(files.read(NOW).unwrap().is_for("meet.example.org"));
        let files = OwnFiles { certificate: folder.write("c", &certificate), key: folder.write("k", &key) };
        assert!(files.read(NOW).unwrap().is_for("meet.example.org"));
    }

    #[test]
    fn each_fault_is_named_with_its_file_and_a_way_out() {
        let folder = Folder::new("faults");
        let ((certificate, key), (other, other_key), (old, old_key)) = (pair(2050), pair(2050), pair(2001));
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for (certificate, key, expected) in [
            (
                certificate.as_str(),
                other_key.as_str(),
                "the key DIR/key.pem (--tls-key) cannot be used: it does not belong to the certificate DIR/cert.pem",
            ),
            (
                &format!("{other}{certificate}"),
                &key,
                "the certificate DIR/cert.pem (--tls-cert) cannot be used: the key belongs to a later certificate in it",
            ),
            (
                &key,
                &key,
                "the certificate DIR/cert.pem (--tls-cert) cannot be used: it holds a key and no certificate. Give it as --tls-key",
            ),
            ("rubbish", &key, "the certificate DIR/cert.pem (--tls-cert) cannot be used: it holds no certificate"),
            (&certificate, "rubbish", "the key DIR/key.pem (--tls-key) cannot be used: it holds no key"),
            (&certificate, encrypted, "the key DIR/key.pem (--tls-key) cannot be used: it is encrypted"),
            (
                &old,
                &old_key,
                "the certificate DIR/cert.pem (--tls-cert) cannot be used: it expired at 2001-01-01T00:00:00.000Z. Renew it.",
            ),
            (
                "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n",
                &key,
                "the certificate DIR/cert.pem (--tls-cert) cannot be used: it is damaged",
            ),
        ] {
            let text = folder.refusal(certificate, key);
            assert!(text.starts_with(expected) && text.ends_with('.'), "{text}");
        }
        let files = OwnFiles { certificate: folder.write("c", &certificate), key: folder.0.join("none.pem") };
        let Err(error) = files.read(NOW) else { panic!("a file that is not there was taken") };
        assert!(error.to_string().contains("none.pem (--tls-key) cannot be used: there is no such file"), "{error}");
    }

    #[test]
    fn a_change_of_either_file_is_seen() {
        let folder = Folder::new("stamps");
        let files = OwnFiles { certificate: folder.write("c", "1"), key: folder.write("k", "2") };
        let first = files.stamp();
        assert_eq!(files.stamp(), first);
        folder.write("k", "3, longer");
        let second = files.stamp();
        assert_ne!(second, first);
        fs::remove_file(&files.certificate).unwrap();
        assert_ne!(files.stamp(), second);
    }
}
