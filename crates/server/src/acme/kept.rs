//! What is kept of an authority in the data folder, for its owner only: the account, the certificate with its key, the failures.

use super::schedule::Failures;
use super::settings::AcmeSettings;
use crate::tls::{Identity, TlsError, authority_folder, files, parse};
use instant_acme::AccountCredentials;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Says in the certificate's file from whom it is.
const FROM: &str = "Directory: ";

/// An account with an authority.
#[derive(Serialize, Deserialize)]
pub struct KeptAccount {
    /// Whose.
    pub directory: String,
    /// Where it reaches the operator.
    pub email: Option<String>,
    /// The account's name and key.
    pub credentials: AccountCredentials,
}

/// The folder with all of it.
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// In a data folder.
    pub fn of(data: &Path) -> Self {
        Self { folder: authority_folder(data) }
    }

    /// The account with a directory, if there is one.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be read.
    pub fn account(&self, directory: &str) -> Result<Option<KeptAccount>, TlsError> {
        let kept: Option<KeptAccount> = read_json(&self.account_file(directory))?;
        Ok(kept.filter(|account| account.directory == directory))
    }

    /// Keeps an account.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be written.
    pub fn keep_account(&self, account: &KeptAccount) -> Result<(), TlsError> {
        write_json(&self.account_file(&account.directory), account)
    }

    /// Forgets an account that the authority does not know any more.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be removed.
    pub fn forget_account(&self, directory: &str) -> Result<(), TlsError> {
        remove(&self.account_file(directory))
    }

    /// The certificate that was kept, and whether it is what the settings ask for: from this directory, for these names.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be read.
    pub fn certificate(&self, settings: &AcmeSettings) -> Result<Option<(Identity, bool)>, TlsError> {
        let Some(text) = files::read(&self.certificate_file())? else { return Ok(None) };
        let Some(kept) = parse(&text) else { return Ok(None) };
        let Ok(identity) = Identity::new(kept.chain, kept.key) else { return Ok(None) };
        let is_from = text.lines().next() == Some(&format!("{FROM}{}", settings.directory));
        let is_wanted = is_from && settings.domains.iter().all(|name| identity.is_for(name));
        Ok(Some((identity, is_wanted)))
    }

    /// Keeps a certificate, as PEM.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be written.
    pub fn keep_certificate(&self, settings: &AcmeSettings, key: &str, chain: &str) -> Result<(), TlsError> {
        let text = format!("{FROM}{}\n{key}{chain}", settings.directory);
        files::write(&self.certificate_file(), &text, files::SECRET)
    }

    /// The failures since the last success, and when to ask again.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be read.
    pub fn failures(&self) -> Result<Failures, TlsError> {
        Ok(read_json(&self.failures_file())?.unwrap_or_default())
    }

    /// Keeps them.
    ///
    /// # Errors
    /// [`TlsError`] if the file cannot be written.
    pub fn keep_failures(&self, failures: Failures) -> Result<(), TlsError> {
        write_json(&self.failures_file(), &failures)
    }

    fn account_file(&self, directory: &str) -> PathBuf {
        let authority = directory.trim_start_matches("https://").split('/').next().unwrap_or("");
        let name: String =
            authority.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
        self.folder.join(format!("account-{name}.json"))
    }

    fn certificate_file(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    fn failures_file(&self) -> PathBuf {
        self.folder.join("asked.json")
    }
}

/// A file that is damaged is as one that is not there: what stood in it is got anew.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, TlsError> {
    let Some(text) = files::read(path)? else { return Ok(None) };
    match serde_json::from_str(&text) {
        Ok(read) => Ok(Some(read)),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "a damaged file is left out of account");
            Ok(None)
        }
    }
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), TlsError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| files::file(path, error))?;
    files::write(path, &text, files::SECRET)
}

fn remove(path: &Path) -> Result<(), TlsError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(files::file(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
