//! `GET`, `PATCH` and `DELETE /chat/threads/{thread}`.

use super::request::{ApiVersion, ChatRequest};
use super::{BUSY, TAG, TRIES, commit, delete_thread, standing};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use convene_directory::chat::{
    ChatThreadModel, Doing, ThreadBody, UpdateChatThreadRequest, change_thread, chat_thread, may_manage,
};
use convene_store::Store;
use std::sync::Arc;

/// A thread.
#[utoipa::path(get, path = "/chat/threads/{thread}", operation_id = "getChatThread", tag = TAG, security(("accessToken" = [])),
    params(("thread" = String, Path, description = "The thread"), ApiVersion), responses(
    (status = 200, description = "The thread", body = ChatThreadModel),
    (status = 400, description = "An unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(thread): Path<String>,
    request: ChatRequest,
) -> Result<Json<ChatThreadModel>, ApiError> {
    let (thread, _) = standing(&app, &request, &thread, Doing::Reading).await?;
    Ok(Json(chat_thread(&thread, request.version)))
}

/// Changes a thread's topic, metadata or retention.
#[utoipa::path(patch, path = "/chat/threads/{thread}", operation_id = "updateChatThread", tag = TAG, security(("accessToken" = [])),
    params(("thread" = String, Path, description = "The thread"), ApiVersion),
    request_body(content = UpdateChatThreadRequest, content_type = "application/merge-patch+json"), responses(
    (status = 204, description = "Done"),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without the scope chat", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn change<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    may_manage(&request.scopes)?;
    for _ in 0..TRIES {
        let (thread, me) = standing(&app, &request, &id, Doing::Managing).await?;
        let body = ThreadBody::read(&request.body, request.version)?;
        let Some(change) = change_thread(&thread, &me, body, request.now) else { return Ok(StatusCode::NO_CONTENT) };
        if commit(&app, (&thread, &me), change, request.now).await?.is_some() {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(ApiError::Conflict(BUSY))
}

/// Deletes a thread with all that is in it, for everybody.
#[utoipa::path(delete, path = "/chat/threads/{thread}", operation_id = "deleteChatThread", tag = TAG, security(("accessToken" = [])),
    params(("thread" = String, Path, description = "The thread"), ApiVersion), responses(
    (status = 204, description = "It is gone"),
    (status = 400, description = "An unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without the scope chat", body = ErrorAnswer),
))]
pub async fn delete<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(thread): Path<String>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    may_manage(&request.scopes)?;
    let (thread, me) = standing(&app, &request, &thread, Doing::Managing).await?;
    delete_thread(&app, thread, me, request.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
