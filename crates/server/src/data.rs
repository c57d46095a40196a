//! The data folder: locked by one process, with the store, the organization's identity and the signing keys in it.

use crate::clock::{OsRandom, wall_now};
use crate::tls::{LocalCa, TlsError};
use convene_events::chat_event;
use convene_identity::{KeyRing, new_signing_key, resource_with_id};
use convene_model::chat_happened::ChatHappened;
use convene_model::record::OutboxEvent;
use convene_model::record::SigningKeyRecord;
use convene_model::uuid_v4;
use convene_store::{AnyStore, Database, Settings, Store, StoreError};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open data folder. Dropping it releases the lock.
pub struct Data {
    /// Where it is.
    pub path: PathBuf,
    /// The store: in it, or in a database on a server.
    pub store: Arc<AnyStore>,
    /// The organization and the default resource.
    pub settings: Settings,
    /// The signing keys.
    pub keys: Vec<SigningKeyRecord>,
    _lock: File,
}

/// A data folder that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another process has it.
    #[error("the data folder {0} is in use by another convene process. Stop it, or choose another folder with --data.")]
    Locked(PathBuf),
    /// The folder or its files cannot be used.
    #[error(
        "the data folder {path} cannot be used: {reason}. Check that it is writable, or choose another with --data."
    )]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The database on a server cannot be used.
    #[error("{0}. It was given by --database, CONVENE_DATABASE or the configuration file.")]
    Database(StoreError),
    /// The data folder belongs to a server with another database.
    #[error(
        "the data folder {path} belongs to the database {other}, and this would use {database}. Give the same \
         --database (or CONVENE_DATABASE) as the server; to begin anew elsewhere, move convene.db and `database` out of the folder."
    )]
    OtherDatabase {
        /// The data folder.
        path: PathBuf,
        /// What the server has.
        other: String,
        /// What was given.
        database: String,
    },
    /// The local CA.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Data {
    /// Opens the folder and the database (`None`: the file in the folder), making what is missing: the folder (mode 0700),
    /// the tables, the organization, the default resource with its access keys, a signing key, the local CA.
    ///
    /// # Errors
    /// [`DataError`] if another process has it, or it cannot be used.
    pub async fn open(path: &Path, database: Option<&Database>) -> Result<Self, DataError> {
        let unusable = |reason: String| DataError::Unusable { path: path.to_owned(), reason };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| unusable(error.to_string()))?;
        let path = path.canonicalize().map_err(|error| unusable(error.to_string()))?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(|error| unusable(error.to_string()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::Locked(path)),
            Err(TryLockError::Error(error)) => return Err(unusable(error.to_string())),
        }
        let database = database.cloned().unwrap_or_else(|| database_file(&path));
        if let Some(other) = other_database(&path, &database) {
            return Err(DataError::OtherDatabase { path, other, database: database.to_string() });
        }
        let failed = |error: StoreError| match error {
            StoreError::Database { .. } => DataError::Database(error),
            error => DataError::Unusable { path: path.clone(), reason: error.to_string() },
        };
        let store = AnyStore::open(&database).await.map_err(failed)?.telling(tell_chat);
        remember_database(&path, &database).map_err(|error| unusable(error.to_string()))?;
        let candidate = Settings { organization: uuid_v4(&mut OsRandom), resource_id: uuid_v4(&mut OsRandom) };
        let settings = store.get_or_init_settings(candidate).await.map_err(failed)?;
        if store.resource(&settings.resource_id).await.map_err(failed)?.is_none() {
            let id = settings.resource_id.clone();
            let resource = resource_with_id(id, BTreeSet::new(), &mut OsRandom, wall_now());
            store.insert_resource(&resource).await.map_err(failed)?;
        }
        let mut keys = store.signing_keys().await.map_err(failed)?;
        if keys.is_empty() {
            let key = new_signing_key(&mut OsRandom, wall_now());
            store.add_signing_key(&key).await.map_err(failed)?;
            keys.push(key);
        }
        LocalCa::open_or_make(&path, wall_now())?;
        Ok(Self { path: path.clone(), store: Arc::new(store), settings, keys, _lock: lock })
    }

    /// The keys, ready to use.
    ///
    /// # Errors
    /// [`DataError::Unusable`] if a stored key is damaged.
    pub fn key_ring(&self) -> Result<KeyRing, DataError> {
        KeyRing::new(self.keys.clone())
            .map_err(|error| DataError::Unusable { path: self.path.clone(), reason: error.to_string() })
    }
}

fn tell_chat(happened: &ChatHappened) -> OutboxEvent {
    chat_event(uuid_v4(&mut OsRandom), happened)
}

/// The database in a data folder.
pub fn database_file(data: &Path) -> Database {
    Database::File(data.join("convene.db"))
}

/// The database that belongs to the folder, without the password, if it is another one than `database`: a command that was
/// not told of it must not begin an empty one beside it.
pub fn other_database(data: &Path, database: &Database) -> Option<String> {
    let own = data.join("convene.db");
    let remembered = fs::read_to_string(data.join("database")).ok().map(|text| text.trim().to_owned());
    let belongs = remembered.or_else(|| own.exists().then(|| own.display().to_string()))?;
    (belongs != database.to_string()).then_some(belongs)
}

fn remember_database(data: &Path, database: &Database) -> std::io::Result<()> {
    match database.path() {
        Some(path) if *path == data.join("convene.db") => Ok(()),
        _ => fs::write(data.join("database"), format!("{database}\n")),
    }
}

/// Where a running server answers the CLI.
pub fn control_socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Remembers the public URL, so that the CLI writes the same links and tokens while no server runs.
pub fn remember_public_url(data: &Path, url: &str) -> std::io::Result<()> {
    let path = data.join("public-url");
    fs::write(&path, format!("{url}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
}

/// The public URL of the server that ran last on this folder.
pub fn remembered_public_url(data: &Path) -> Option<String> {
    fs::read_to_string(data.join("public-url")).ok().map(|url| url.trim().to_owned()).filter(|url| !url.is_empty())
}
