//! What a store knows of calls afterwards.

use crate::{AnyStore, CallCursor, StoreError};
use convene_model::listed::{CallFilter, ListedCall};
use convene_model::quality::LegQuality;
use convene_model::{CallId, MeetingId};
use std::future::Future;

/// The part of [`crate::Store`] that the records of calls need. As there, every method is one transaction.
pub trait CallRecordStore {
    /// Up to `limit` calls, those that began last first, beginning after `after`.
    fn calls(
        &self,
        which: &CallFilter,
        after: Option<&CallCursor>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<ListedCall>, StoreError>> + Send;

    /// Up to `limit` calls of a meeting that have ended, the newest first, beginning after `after`.
    fn ended_calls_of(
        &self,
        meeting: &MeetingId,
        after: Option<&CallCursor>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<CallCursor>, StoreError>> + Send;

    /// How the media of a call's legs was, as [`convene_model::record::JournalRow::LegMeasured`] said it, in the order of committing.
    fn qualities_of(&self, call: &CallId) -> impl Future<Output = Result<Vec<LegQuality>, StoreError>> + Send;
}

impl CallRecordStore for AnyStore {
    async fn calls(
        &self,
        which: &CallFilter,
        after: Option<&CallCursor>,
        limit: u32,
    ) -> Result<Vec<ListedCall>, StoreError> {
        match self {
            Self::Sqlite(store) => store.calls(which, after, limit).await,
            Self::Postgres(store) => store.calls(which, after, limit).await,
        }
    }

    async fn ended_calls_of(
        &self,
        meeting: &MeetingId,
        after: Option<&CallCursor>,
        limit: u32,
    ) -> Result<Vec<CallCursor>, StoreError> {
        match self {
            Self::Sqlite(store) => store.ended_calls_of(meeting, after, limit).await,
            Self::Postgres(store) => store.ended_calls_of(meeting, after, limit).await,
        }
    }

    async fn qualities_of(&self, call: &CallId) -> Result<Vec<LegQuality>, StoreError> {
        match self {
            Self::Sqlite(store) => store.qualities_of(call).await,
            Self::Postgres(store) => store.qualities_of(call).await,
        }
    }
}
