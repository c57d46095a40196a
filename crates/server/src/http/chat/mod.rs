//! Chat, in the shape of ACS Chat REST (2021-03-07 to 2025-03-15), for apps' users. Who may do what, and what may be said, is
//! `convene-directory`'s to know: a handler loads, asks, and commits on top of what it loaded.

mod live;
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
use crate::http::told::told;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::get;
use convene_directory::chat::live::{of_change, of_deletion};
use convene_directory::chat::{ChatRefused, Doing, is_over, parse_thread_id, thread_allows};
use convene_model::WallMs;
use convene_model::chat::{ChatChange, ChatCommitted, ChatMember, ChatOrigin, ChatThread};
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
        .operation(live::__path_config, live::config)
        .operation(live::__path_allocate, live::allocate)
        .operation(live::__path_session, live::session::<S>)
        .operation(live::__path_register, live::register::<S>)
        .operation(live::__path_unregister, live::unregister::<S>)
        // A client whose endpoint ends with a slash asks with two.
        .map(|router| router.route("//chat/config/realTimeNotifications", get(live::config)))
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

impl From<ChatRefused> for ApiError {
    fn from(refused: ChatRefused) -> Self {
        let (status, code) = match &refused {
            ChatRefused::NotAParticipant
            | ChatRefused::Scope(_)
            | ChatRefused::NotTheSender
            | ChatRefused::NotOfAResource
            | ChatRefused::OfAMeeting
            | ChatRefused::OfACall
            | ChatRefused::ChatDisabled
            | ChatRefused::ChatLimited => (StatusCode::FORBIDDEN, "Forbidden"),
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
    doing: Doing,
) -> Result<(ChatThread, ChatMember), ApiError> {
    let found = app.store.chat_member(&parse_thread_id(thread)?, &request.user).await?;
    let found = found.filter(|(thread, _)| !is_over(thread, request.now));
    let (thread, me) = found.ok_or(ChatRefused::NotAParticipant)?;
    let of_meeting = matches!(thread.origin, ChatOrigin::Meeting(_));
    let call_goes_on = of_meeting && app.store.meeting_call_goes_on(&thread.id).await?;
    thread_allows(&thread, doing, call_goes_on)?;
    Ok((thread, me))
}

/// Commits a change of a thread by `me`, and tells those who are in it. `None` if others were first: load and decide anew.
///
/// Both happen even if the client does not wait for its answer: nothing that is committed stays untold.
async fn commit<S: Store>(
    app: &Arc<AppState<S>>,
    (thread, me): (&ChatThread, &ChatMember),
    change: ChatChange,
    now: WallMs,
) -> Result<Option<ChatCommitted>, ApiError> {
    let (app, thread, me) = (app.clone(), thread.clone(), me.clone());
    told(async move {
        let _lane = app.live.lane(&thread.id).await;
        let Some(committed) = app.store.commit_chat(&change).await? else { return Ok(None) };
        tracing::debug!(thread = %change.thread, messages = committed.messages.len(), "chat thread changed");
        app.live.publish(&of_change(&thread, &me, &change, &committed, now));
        app.live.events_written();
        Ok(Some(committed))
    })
    .await?
    .map_err(ApiError::from)
}

/// Deletes a thread, and tells those who were in it.
async fn delete_thread<S: Store>(
    app: &Arc<AppState<S>>,
    thread: ChatThread,
    me: ChatMember,
    now: WallMs,
) -> Result<(), ApiError> {
    let app = app.clone();
    told(async move {
        let _lane = app.live.lane(&thread.id).await;
        let members = app.store.chat_members(&thread.id).await?;
        if app.store.delete_chat_thread(&thread.id, Some(&me.user), now).await? {
            tracing::info!(thread = %thread.id, "chat thread deleted");
            app.live.publish(&of_deletion(&thread, Some(&me), &members, now));
            app.live.events_written();
        }
        Ok(())
    })
    .await?
    .map_err(ApiError::from)
}
