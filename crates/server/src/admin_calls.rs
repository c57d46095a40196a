//! What the CLI can ask for about calls.

use crate::admin::{Admin, AdminError};
use convene_directory::call_record;
use convene_model::CallId;
use convene_store::Store;
use serde_json::Value;

impl<S: Store> Admin<'_, S> {
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
