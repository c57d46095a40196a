//! What a store keeps for Web Push.

use crate::{AnyStore, StoreError};
use convene_model::RawId;
use convene_model::push::PushDevice;
use std::future::Future;

/// The part of [`crate::Store`] that Web Push needs. As there, every method is one transaction.
pub trait PushStore {
    /// The seed of the key by which push services know this server; `candidate` from now on, if there was none.
    fn get_or_init_push_key(&self, candidate: &[u8; 32]) -> impl Future<Output = Result<[u8; 32], StoreError>> + Send;

    /// Keeps a browser that a user wants to be called at, in the place of what was known of that browser. Of more than
    /// [`convene_model::limits::PUSH_DEVICES_MAX`] the oldest are forgotten.
    fn keep_push_device(&self, device: &PushDevice) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets a user's browser. False if the user has no such one.
    fn forget_push_device(&self, user: &RawId, endpoint: &str)
    -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The browsers that a user wants to be called at, the newest first; none that was kept before the user's tokens were revoked.
    fn push_devices(&self, user: &RawId) -> impl Future<Output = Result<Vec<PushDevice>, StoreError>> + Send;
}

impl PushStore for AnyStore {
    async fn get_or_init_push_key(&self, candidate: &[u8; 32]) -> Result<[u8; 32], StoreError> {
        match self {
            Self::Sqlite(store) => store.get_or_init_push_key(candidate).await,
            Self::Postgres(store) => store.get_or_init_push_key(candidate).await,
        }
    }

    async fn keep_push_device(&self, device: &PushDevice) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.keep_push_device(device).await,
            Self::Postgres(store) => store.keep_push_device(device).await,
        }
    }

    async fn forget_push_device(&self, user: &RawId, endpoint: &str) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.forget_push_device(user, endpoint).await,
            Self::Postgres(store) => store.forget_push_device(user, endpoint).await,
        }
    }

    async fn push_devices(&self, user: &RawId) -> Result<Vec<PushDevice>, StoreError> {
        match self {
            Self::Sqlite(store) => store.push_devices(user).await,
            Self::Postgres(store) => store.push_devices(user).await,
        }
    }
}
