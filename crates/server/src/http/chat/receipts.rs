//! `/chat/threads/{thread}/readReceipts` and `/typing`.

use super::page::{Page, Wanted, path_of, rest};
use super::request::{ApiVersion, ChatRequest};
use super::{BUSY, TAG, TRIES, commit, messages, standing};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use convene_directory::chat::live::of_typing;
use convene_directory::chat::{
    ChatReceiptModel, Doing, ReadReceiptRequest, TypingRequest, chat_receipt, read_up_to, receipt_body, typing_body,
};
use convene_model::RawId;
use convene_store::Store;
use std::sync::Arc;

/// Says up to which message the user has read. It never goes back.
#[utoipa::path(post, path = "/chat/threads/{thread}/readReceipts", operation_id = "sendChatReadReceipt", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"), ApiVersion),
    request_body = ReadReceiptRequest, responses(
    (status = 200, description = "Noted"),
    (status = 400, description = "No message is named, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
    (status = 404, description = "No such message", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn send<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    for _ in 0..TRIES {
        let (thread, me) = standing(&app, &request, &id, Doing::Writing).await?;
        let message = messages::seen(&app, &thread, &me, &receipt_body(&request.body)?).await?;
        let change = read_up_to(&thread, &me, &message, request.now);
        if commit(&app, (&thread, &me), change, request.now).await?.is_some() {
            return Ok(StatusCode::OK);
        }
    }
    Err(ApiError::Conflict(BUSY))
}

/// Up to which message each participant has read, in the order of their ids, page by page.
#[utoipa::path(get, path = "/chat/threads/{thread}/readReceipts", operation_id = "listChatReadReceipts", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"), ApiVersion,
        ("maxPageSize" = Option<u32>, Query, description = "Receipts on a page, 100 at most"),
        ("skip" = Option<u32>, Query, description = "How many of the first are left out"),
        ("after" = Option<String>, Query, description = "Stands in the link to the next page")), responses(
    (status = 200, description = "A page of receipts", body = Page<ChatReceiptModel>),
    (status = 400, description = "A page that there is not, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<Json<Page<ChatReceiptModel>>, ApiError> {
    let (thread, _) = standing(&app, &request, &id, Doing::Reading).await?;
    let wanted = Wanted::<RawId>::of(&request)?;
    let receipts = app.store.chat_receipts(&thread.id).await?;
    let found = rest(receipts, &request, wanted.after.as_ref(), |receipt| &receipt.user)?;
    let path = path_of(&thread.id, "readReceipts");
    Ok(Json(wanted.page(&request, (&path, ""), found, |receipt| receipt.user.clone(), chat_receipt)))
}

/// Says that the user is typing. Those who listen are told; nothing is kept of it.
#[utoipa::path(post, path = "/chat/threads/{thread}/typing", operation_id = "sendTypingNotification", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"), ApiVersion),
    request_body(content = Option<TypingRequest>), responses(
    (status = 200, description = "Taken"),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
))]
pub async fn typing<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    let (thread, me) = standing(&app, &request, &id, Doing::Writing).await?;
    let name = typing_body(&request.body)?;
    let _lane = app.live.lane(&thread.id).await;
    let members = app.store.chat_members(&thread.id).await?;
    // Whoever was removed meanwhile does not type here any more.
    if members.iter().any(|member| member.user == me.user) {
        app.live.publish(&of_typing(&thread.id, &me, name, &members, request.now));
    }
    Ok(StatusCode::OK)
}
