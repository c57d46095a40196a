//! `/chat/threads/{thread}/messages`.

use super::page::{Page, Place, Wanted, path_of, start_time};
use super::request::{ApiVersion, ChatRequest};
use super::{BUSY, TAG, TRIES, commit, standing};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use convene_directory::chat::{
    ChatMessageModel, ChatRefused, Doing, EditBody, EditChatMessageRequest, MessageBody, SendChatMessageRequest,
    chat_message, delete_message, edit_message, parse_message_id, send_message, visible,
};
use convene_model::chat::{ChatChange, ChatMember, ChatMessage, ChatThread};
use convene_store::Store;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new message.
#[derive(Serialize, ToSchema)]
pub struct SendChatMessageResult {
    /// Its id in the thread.
    id: String,
}

/// Writes a message.
#[utoipa::path(post, path = "/chat/threads/{thread}/messages", operation_id = "sendChatMessage", tag = TAG, security(("accessToken" = [])),
    params(("thread" = String, Path, description = "The thread"), ApiVersion), request_body = SendChatMessageRequest, responses(
    (status = 201, description = "The message's id", body = SendChatMessageResult),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
    (status = 413, description = "A content of more than 28 KB", body = ErrorAnswer),
))]
pub async fn send<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<(StatusCode, Json<SendChatMessageResult>), ApiError> {
    for _ in 0..TRIES {
        let (thread, me) = standing(&app, &request, &id, Doing::Writing).await?;
        let body = MessageBody::read(&request.body, request.version)?;
        let change = send_message(&thread, &me, body, request.now);
        if let Some(committed) = commit(&app, (&thread, &me), change, request.now).await? {
            let id = committed.messages.first().map(|message| message.id.to_string()).unwrap_or_default();
            return Ok((StatusCode::CREATED, Json(SendChatMessageResult { id })));
        }
    }
    Err(ApiError::Conflict(BUSY))
}

/// A thread's messages, the newest first, page by page.
#[utoipa::path(get, path = "/chat/threads/{thread}/messages", operation_id = "listChatMessages", tag = TAG, security(("accessToken" = [])),
    params(("thread" = String, Path, description = "The thread"), ApiVersion,
        ("maxPageSize" = Option<u32>, Query, description = "Messages on a page, 100 at most"),
        ("startTime" = Option<String>, Query, description = "Only messages that are not older, in RFC 3339"),
        ("after" = Option<String>, Query, description = "Stands in the link to the next page")), responses(
    (status = 200, description = "A page of messages", body = Page<ChatMessageModel>),
    (status = 400, description = "A page that there is not, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<Json<Page<ChatMessageModel>>, ApiError> {
    let (thread, me) = standing(&app, &request, &id, Doing::Reading).await?;
    let (wanted, since) = (Wanted::<Place>::of(&request)?, start_time(&request)?);
    let before = wanted.after.as_ref().map(|place| place.0);
    let from = since.max(me.history_from);
    let found = app.store.chat_messages(&thread.id, from, before, wanted.limit()).await?;
    let (path, more) = (path_of(&thread.id, "messages"), format!("&startTime={since}"));
    let show = |message: &ChatMessage| chat_message(message, request.version);
    Ok(Json(wanted.page(&request, (&path, &more), found, |message| Place(message.sequence), show)))
}

/// A message.
#[utoipa::path(get, path = "/chat/threads/{thread}/messages/{message}", operation_id = "getChatMessage", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"),
        ("message" = String, Path, description = "The message"), ApiVersion), responses(
    (status = 200, description = "The message", body = ChatMessageModel),
    (status = 400, description = "An unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
    (status = 404, description = "No such message, or of before the history that is shared", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path((thread, message)): Path<(String, String)>,
    request: ChatRequest,
) -> Result<Json<ChatMessageModel>, ApiError> {
    let (thread, me) = standing(&app, &request, &thread, Doing::Reading).await?;
    let message = seen(&app, &thread, &me, &message).await?;
    Ok(Json(chat_message(&message, request.version)))
}

/// Changes a message: its sender alone.
#[utoipa::path(patch, path = "/chat/threads/{thread}/messages/{message}", operation_id = "updateChatMessage", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"),
        ("message" = String, Path, description = "The message"), ApiVersion),
    request_body(content = EditChatMessageRequest, content_type = "application/merge-patch+json"), responses(
    (status = 204, description = "Done"),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or somebody else's message", body = ErrorAnswer),
    (status = 404, description = "No such message, or a deleted one", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
    (status = 413, description = "A content of more than 28 KB", body = ErrorAnswer),
))]
pub async fn change<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path((thread, message)): Path<(String, String)>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    let body = EditBody::read(&request.body, request.version);
    replace(&app, &request, (&thread, &message), |thread, me, message| {
        edit_message(thread, me, message, body.clone()?, request.now)
    })
    .await
}

/// Deletes a message: its sender alone. Its place stays, with nothing in it.
#[utoipa::path(delete, path = "/chat/threads/{thread}/messages/{message}", operation_id = "deleteChatMessage", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"),
        ("message" = String, Path, description = "The message"), ApiVersion), responses(
    (status = 204, description = "It is deleted"),
    (status = 400, description = "An unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or somebody else's message", body = ErrorAnswer),
    (status = 404, description = "No such message", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn delete<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path((thread, message)): Path<(String, String)>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    replace(&app, &request, (&thread, &message), |thread, me, message| delete_message(thread, me, message, request.now))
        .await
}

/// A message that the asker may see.
pub(super) async fn seen<S: Store>(
    app: &AppState<S>,
    thread: &ChatThread,
    me: &ChatMember,
    id: &str,
) -> Result<ChatMessage, ApiError> {
    let found = app.store.chat_message(&thread.id, parse_message_id(id)?).await?;
    Ok(visible(found, me)?)
}

async fn replace<S: Store>(
    app: &Arc<AppState<S>>,
    request: &ChatRequest,
    (thread, message): (&str, &str),
    decide: impl Fn(&ChatThread, &ChatMember, ChatMessage) -> Result<Option<ChatChange>, ChatRefused>,
) -> Result<StatusCode, ApiError> {
    for _ in 0..TRIES {
        let (thread, me) = standing(app, request, thread, Doing::Writing).await?;
        let message = seen(app, &thread, &me, message).await?;
        let Some(change) = decide(&thread, &me, message)? else { return Ok(StatusCode::NO_CONTENT) };
        if commit(app, (&thread, &me), change, request.now).await?.is_some() {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(ApiError::Conflict(BUSY))
}
