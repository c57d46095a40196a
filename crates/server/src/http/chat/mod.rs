//! Chat, in the shape of ACS Chat REST (2021-03-07 to 2025-03-15), for apps' users. Who may do what, and what may be said, is
//! `convene-directory`'s to know: a handler loads, asks, and commits on top of what it loaded.

mod members;
mod messages;
mod page;
mod receipts;
mod request;
mod thread;
mod threads;

use crate::app::AppState;
use crate::http::chat::request::ChatRequest;
use crate::http::described::Described;
use crate::http::error::ApiError;
use crate::http::signed::answer_headers;
use axum::http::StatusCode;
use axum::middleware;
use convene_directory::chat::{ChatRefused, is_over, parse_thread_id};
use convene_model::chat::{ChatChange, ChatMember, ChatMessage, ChatThread};
use convene_store::Store;
use std::sync::Arc;

const TAG: &str = "Chat";

/// How often a change is tried while others change the same thread. Larger: a busy thread holds requests longer. Smaller: people who
/// come and go at the same time meet a conflict.
const TRIES: u32 = 5;

const BUSY: &str = "The chat thread was changed by others at the same time. Send the request once more.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(threads::__path_create, threads::create::<S>)
        .operation(threads::__path_list, threads::list::<S>)
        .operation(thread::__path_one, thread::one::<S>)
        .operation(thread::__path_change, thread::change::<S>)
        .operation(thread::__path_delete, thread::delete::<S>)
        .operation(messages::__path_send, messages::send::<S>)
        .operation(messages::__path_list, messages::list::<S>)
        .operation(messages::__path_one, messages::one::<S>)
        .operation(messages::__path_change, messages::change::<S>)
        .operation(messages::__path_delete, messages::delete::<S>)
        .operation(members::__path_list, members::list::<S>)
        .operation(members::__path_add, members::add::<S>)
        .operation(members::__path_remove, members::remove::<S>)
        .operation(receipts::__path_send, receipts::send::<S>)
        .operation(receipts::__path_list, receipts::list::<S>)
        .operation(receipts::__path_typing, receipts::typing::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

impl From<ChatRefused> for ApiError {
    fn from(refused: ChatRefused) -> Self {
        let (status, code) = match &refused {
            ChatRefused::NotAParticipant
            | ChatRefused::Scope(_)
            | ChatRefused::NotTheSender
            | ChatRefused::NotOfAResource => (StatusCode::FORBIDDEN, "Forbidden"),
            ChatRefused::NoMessage => (StatusCode::NOT_FOUND, "NotFound"),
            ChatRefused::MessageTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge"),
            ChatRefused::NotJson(_) | ChatRefused::BadProperty { .. } | ChatRefused::TooManyParticipants => {
                (StatusCode::BAD_REQUEST, "BadRequest")
            }
        };
        let target = refused.target().map(str::to_owned);
        Self::Told { status, code, message: refused.to_string(), target }
    }
}

/// A thread, and how the asker stands in it. Others' threads are as unknown as those that never were.
async fn standing<S: Store>(
    app: &AppState<S>,
    request: &ChatRequest,
    thread: &str,
) -> Result<(ChatThread, ChatMember), ApiError> {
    let found = app.store.chat_member(&parse_thread_id(thread)?, &request.user).await?;
    let found = found.filter(|(thread, _)| !is_over(thread, request.now));
    Ok(found.ok_or(ChatRefused::NotAParticipant)?)
}

/// What was committed of a thread.
struct Committed {
    /// The messages that were written.
    messages: Vec<ChatMessage>,
}

/// Commits a change. `None` if others were first: load and decide anew.
async fn commit<S: Store>(app: &AppState<S>, change: &ChatChange) -> Result<Option<Committed>, ApiError> {
    let Some(messages) = app.store.commit_chat(change).await? else { return Ok(None) };
    tracing::debug!(thread = %change.thread, messages = messages.len(), "chat thread changed");
    Ok(Some(Committed { messages }))
}
