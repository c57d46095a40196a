//! `/chat/threads/{thread}/participants`.

use super::page::{Page, Wanted, path_of, rest};
use super::request::{ApiVersion, ChatRequest};
use super::{BUSY, TAG, TRIES, commit, standing};
use crate::app::AppState;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use convene_directory::chat::{
    ChatError, ChatParticipantModel, CommunicationIdentifier, Doing, ParticipantsRequest, Removal, add_participants,
    chat_participant, invalid_participant, may_change_members, participants_body, removal_body, remove_participant,
};
use convene_model::RawId;
use convene_model::chat::ChatMember;
use convene_store::Store;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Who cannot be in the thread.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddChatParticipantsResult {
    invalid_participants: Vec<ChatError>,
}

/// Who is in a thread, in the order of their ids, page by page.
#[utoipa::path(get, path = "/chat/threads/{thread}/participants", operation_id = "listChatParticipants", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"), ApiVersion,
        ("maxPageSize" = Option<u32>, Query, description = "Participants on a page, 100 at most"),
        ("skip" = Option<u32>, Query, description = "How many of the first are left out"),
        ("after" = Option<String>, Query, description = "Stands in the link to the next page")), responses(
    (status = 200, description = "A page of participants", body = Page<ChatParticipantModel>),
    (status = 400, description = "A page that there is not, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without a scope of chat", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<Json<Page<ChatParticipantModel>>, ApiError> {
    let (thread, _) = standing(&app, &request, &id, Doing::Reading).await?;
    let wanted = Wanted::<RawId>::of(&request)?;
    let members = app.store.chat_members(&thread.id).await?;
    let found = rest(members, &request, wanted.after.as_ref(), |member| &member.user)?;
    let show = |member: &ChatMember| chat_participant(member, request.version);
    let path = path_of(&thread.id, "participants");
    Ok(Json(wanted.page(&request, (&path, ""), found, |member| member.user.clone(), show)))
}

/// Adds people. Who is in the thread already stays as they are.
#[utoipa::path(post, path = "/chat/threads/{thread}/participants/:add", operation_id = "addChatParticipants", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"), ApiVersion),
    request_body = ParticipantsRequest, responses(
    (status = 201, description = "Done, but for those who cannot be in it", body = AddChatParticipantsResult),
    (status = 400, description = "Not an identifier, too many people, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without chat or chat.join", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn add<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<(StatusCode, Json<AddChatParticipantsResult>), ApiError> {
    may_change_members(&request.scopes)?;
    for _ in 0..TRIES {
        let (thread, me) = standing(&app, &request, &id, Doing::Managing).await?;
        let wanted = participants_body(&request.body, request.version)?;
        let members = app.store.chat_members(&thread.id).await?;
        let added = add_participants(&thread, &members, &me, wanted, request.now)?;
        let done = match added.change {
            Some(change) => commit(&app, (&thread, &me), change, request.now).await?.is_some(),
            None => true,
        };
        if done {
            let invalid_participants = added.invalid.iter().map(invalid_participant).collect();
            return Ok((StatusCode::CREATED, Json(AddChatParticipantsResult { invalid_participants })));
        }
    }
    Err(ApiError::Conflict(BUSY))
}

/// Removes somebody, or the asker. Who is not in the thread is removed already. With its last participant, a thread is deleted.
#[utoipa::path(post, path = "/chat/threads/{thread}/participants/:remove", operation_id = "removeChatParticipant", tag = TAG,
    security(("accessToken" = [])), params(("thread" = String, Path, description = "The thread"), ApiVersion),
    request_body = CommunicationIdentifier, responses(
    (status = 204, description = "They are not in it any more"),
    (status = 400, description = "Not an identifier, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "No valid access token", body = ErrorAnswer),
    (status = 403, description = "Not in the thread, or no such thread, or a token without chat or chat.join", body = ErrorAnswer),
    (status = 409, description = "Others changed it at the same time, again and again", body = ErrorAnswer),
))]
pub async fn remove<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    request: ChatRequest,
) -> Result<StatusCode, ApiError> {
    may_change_members(&request.scopes)?;
    for _ in 0..TRIES {
        let (thread, me) = standing(&app, &request, &id, Doing::Managing).await?;
        let user = removal_body(&request.body)?;
        let members = app.store.chat_members(&thread.id).await?;
        let removal = remove_participant(&thread, &members, &me, &user, request.now);
        let (change, last) = match removal {
            Removal::Nothing => return Ok(StatusCode::NO_CONTENT),
            Removal::Change(change) => (change, false),
            Removal::Last(change) => (change, true),
        };
        if commit(&app, (&thread, &me), *change, request.now).await?.is_some() {
            if last {
                app.store.delete_chat_thread(&thread.id, Some(&me.user), request.now).await?;
                app.live.events_written();
                tracing::info!(thread = %thread.id, "chat thread deleted with its last participant");
            }
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(ApiError::Conflict(BUSY))
}
