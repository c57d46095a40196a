//! What the CLI can ask for about calls.

use crate::admin::{Admin, AdminError};
use convene_directory::{call_record, listed_call, parse_date_time};
use convene_model::listed::CallFilter;
use convene_model::{CallId, MeetingId, WallMs};
use convene_store::{CallCursor, Store};
use serde_json::Value;

/// Calls that are read at once.
const PAGE: u32 = 100;

/// Calls that are listed. Larger: an answer too long for the time that the CLI waits. Smaller: old calls are seen only with --to.
const LISTED_MAX: usize = 10_000;

impl<S: Store> Admin<'_, S> {
    pub(crate) async fn list_calls(
        &self,
        from: Option<String>,
        to: Option<String>,
        resource: Option<String>,
        meeting: Option<String>,
    ) -> Result<Value, AdminError> {
        let (from, to) = (time(from)?, time(to)?);
        let filter = CallFilter { resource, group: None, meeting: meeting.map(MeetingId), from, to };
        let (mut records, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.calls(&filter, after.as_ref(), PAGE).await?;
            records.extend(page.iter().map(listed_call));
            after = page.last().map(CallCursor::of);
            if page.len() < PAGE as usize || records.len() >= LISTED_MAX {
                return serde_json::to_value(records).map_err(|error| AdminError(error.to_string()));
            }
        }
    }

    pub(crate) async fn show_call(&self, id: String) -> Result<Value, AdminError> {
        let call = CallId(id);
        let journal = self.store.journal_of(&call).await?;
        let qualities = self.store.qualities_of(&call).await?;
        let record = call_record(&journal, &qualities).ok_or_else(|| {
            AdminError(format!(
                "there is no call {call}, or it is older than calls are kept. Events have the ids of calls as serverCallId."
            ))
        })?;
        serde_json::to_value(record).map_err(|error| AdminError(error.to_string()))
    }
}

fn time(text: Option<String>) -> Result<Option<WallMs>, AdminError> {
    let read = |text: String| {
        parse_date_time(&text)
            .ok_or_else(|| AdminError(format!("{text:?} is no time. Write one such as 2026-11-26T09:40:00Z.")))
    };
    text.map(read).transpose()
}
