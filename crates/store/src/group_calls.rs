//! What a store keeps of group calls that have a lobby.

use crate::{AnyStore, StoreError};
use convene_model::group_call::GroupCall;
use std::future::Future;

/// The part of [`crate::Store`] that the lobbies of group calls need. As there, every method is one transaction.
pub trait GroupCallStore {
    /// Keeps a group call that has a lobby, in the place of what was kept of it. False if that is as new or newer: then nothing is kept.
    fn keep_group_call(&self, group: &GroupCall) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What is kept of the resource's group call; `None` if it has no lobby.
    fn group_call(
        &self,
        resource: &str,
        group_id: &str,
    ) -> impl Future<Output = Result<Option<GroupCall>, StoreError>> + Send;

    /// Forgets a group call. Gives the version that it had; `None` if nothing was kept.
    fn forget_group_call(
        &self,
        resource: &str,
        group_id: &str,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;
}

impl GroupCallStore for AnyStore {
    async fn keep_group_call(&self, group: &GroupCall) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.keep_group_call(group).await,
            Self::Postgres(store) => store.keep_group_call(group).await,
        }
    }

    async fn group_call(&self, resource: &str, group_id: &str) -> Result<Option<GroupCall>, StoreError> {
        match self {
            Self::Sqlite(store) => store.group_call(resource, group_id).await,
            Self::Postgres(store) => store.group_call(resource, group_id).await,
        }
    }

    async fn forget_group_call(&self, resource: &str, group_id: &str) -> Result<Option<u64>, StoreError> {
        match self {
            Self::Sqlite(store) => store.forget_group_call(resource, group_id).await,
            Self::Postgres(store) => store.forget_group_call(resource, group_id).await,
        }
    }
}
