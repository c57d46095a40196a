//! What Call Automation has in ACS and Convene has not yet: it is answered by 501, so that nobody takes it for a failure.

use crate::app::AppState;
use crate::http::error::ApiError;
use crate::http::signed::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use convene_store::Store;
use std::sync::Arc;

/// The actions of a connection that are missing.
pub const ACTIONS: [&str; 6] =
    ["recognize", "hold", "unhold", "startTranscription", "stopTranscription", "updateTranscription"];

/// The error.
pub fn not_implemented() -> ApiError {
    ApiError::Told {
        status: StatusCode::NOT_IMPLEMENTED,
        code: "NotImplemented",
        message: "Convene does not do this yet: a connection calls people, answers for users, hears who is in a call and what is said, speaks, plays \
                  files, hands people over, removes, mutes and ends it, but recognizes no speech and records nothing. docs/call-automation.md says \
                  what there is."
            .to_owned(),
        target: None,
    }
}

/// Any of the missing operations, of whoever has a key.
pub async fn missing<S: Store>(State(_): State<Arc<AppState<S>>>, _signed: Signed) -> ApiError {
    not_implemented()
}
