//! `POST` and `GET /chat/threads`.

use super::TAG;
use super::page::{Page, Wanted, start_time};
use super::request::{ApiVersion, ChatRequest};
use crate::app::AppState;
use crate::clock::OsRandom;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::repeatable::{REPEATABLE_MS, Repeatable, created, rejected};
use crate::http::told::told;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use convene_directory::chat::live::of_creation;
use convene_directory::chat::{
    ChatError, ChatRefused, ChatThreadItem, ChatThreadModel, CreateChatThreadRequest, NewThread, NewThreadBody,
    chat_thread, chat_thread_item, create_thread, invalid_participant, may_manage,
};
use convene_model::RawId;
use convene_model::record::RepeatableAnswer;
use convene_store::{ChatCursor, Store, StoreError};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new thread, and who cannot be in it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateChatThreadResult {
    chat_thread: ChatThreadModel,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invalid_participants: Vec<ChatError>,
}

/// Makes a thread.
///
/// A request with a `repeatability-request-id` may be sent again for a day: it makes one thread, and is answered alike.
#[utoipa::path(post, path = "/chat/threads", operation_id = "createChatThread", tag = TAG, security(("accessToken" = [])), params(
    ApiVersion,
    ("repeatability-request-id" = Option<String>, Header, description = "The client's name for the request"),
), request_body = CreateChatThreadRequest, responses(
    (status = 201, description = "The thread; its creator is in it", body = CreateChatThreadResult),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without the scope chat, or not of an app's user", body = ErrorAnswer),
    (status = 412, description = "Another request had this name", body = ErrorAnswer),
))]
pub async fn create<S: Store>(State(app): State<Arc<AppState<S>>>, request: ChatRequest) -> Response {
    match make(&app, &request).await {
        Ok(response) => response,
        Err(error) => rejected(error),
    }
}

async fn make<S: Store>(app: &Arc<AppState<S>>, request: &ChatRequest) -> Result<Response, ApiError> {
    may_manage(&request.scopes)?;
    let resource = request.user.resource().ok_or(ChatRefused::NotOfAResource)?;
    let text = format!("POST /chat/threads {} {}", request.version.name(), String::from_utf8_lossy(&request.body));
    let repeatable = Repeatable::of(&request.headers, resource, &owner(&request.user), &text, request.now)?;
    let former = async || match &repeatable {
        Some(repeatable) => app.store.repeatable_answer(resource, &repeatable.id).await,
        None => Ok(None),
    };
    if let (Some(repeatable), Some(former)) = (&repeatable, former().await?) {
        return repeatable.again(former);
    }
    let body = NewThreadBody::read(&request.body, request.version)?;
    let new = create_thread(body, &request.user, &mut OsRandom, request.now)?;
    let result = CreateChatThreadResult {
        chat_thread: chat_thread(&new.thread, request.version),
        invalid_participants: new.invalid.iter().map(invalid_participant).collect(),
    };
    let text = serde_json::to_string(&result).map_err(|error| ApiError::Failed(error.to_string()))?;
    let answer = repeatable.as_ref().map(|repeatable| repeatable.answer(&text, request.now));
    match insert(app, &new, answer).await? {
        // The same request was answered meanwhile.
        Err(StoreError::Conflict { .. }) if repeatable.is_some() => match (&repeatable, former().await?) {
            (Some(repeatable), Some(former)) => repeatable.again(former),
            _ => Err(ApiError::Failed("no free thread id".to_owned())),
        },
        outcome => {
            outcome?;
            tracing::info!(thread = %new.thread.id, resource, members = new.members.len(), "chat thread created");
            app.store.forget_answers(request.now - REPEATABLE_MS).await?;
            Ok(created(text, repeatable.is_some()))
        }
    }
}

/// Stores a thread, and tells those who are in it, even if the client does not wait for its answer.
async fn insert<S: Store>(
    app: &Arc<AppState<S>>,
    new: &NewThread,
    answer: Option<RepeatableAnswer>,
) -> Result<Result<(), StoreError>, ApiError> {
    let (app, new) = (app.clone(), new.clone());
    told(async move {
        let _lane = app.live.lane(&new.thread.id).await;
        app.store.insert_chat_thread(&new.thread, &new.members, &new.messages, answer.as_ref()).await?;
        app.live.publish(&of_creation(&new.thread, &new.members));
        app.live.events_written();
        Ok(())
    })
    .await
}

/// Each user's names for requests are its own.
fn owner(user: &RawId) -> String {
    format!("{user} ")
}

/// The threads that the user is in, those that were made last first, page by page.
#[utoipa::path(get, path = "/chat/threads", operation_id = "listChatThreads", tag = TAG, security(("accessToken" = [])), params(
    ApiVersion,
    ("maxPageSize" = Option<u32>, Query, description = "Threads on a page, 100 at most"),
    ("startTime" = Option<String>, Query, description = "Only threads with a message that is not older, in RFC 3339"),
    ("after" = Option<String>, Query, description = "Stands in the link to the next page"),
), responses(
    (status = 200, description = "A page of threads", body = Page<ChatThreadItem>),
    (status = 400, description = "A page that there is not, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "A token without a scope of chat", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    request: ChatRequest,
) -> Result<Json<Page<ChatThreadItem>>, ApiError> {
    let (wanted, since) = (Wanted::<ChatCursor>::of(&request)?, start_time(&request)?);
    let (after, limit) = (wanted.after.as_ref(), wanted.limit());
    let found = app.store.chat_threads_of(&request.user, since, request.now, after, limit).await?;
    let place = ("/chat/threads", format!("&startTime={since}"));
    Ok(Json(wanted.page(&request, (place.0, &place.1), found, ChatCursor::of, chat_thread_item)))
}
