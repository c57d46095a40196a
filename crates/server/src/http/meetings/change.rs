//! Changing and deleting meetings: durable first, then the live call is told.

use super::answers::GraphErrorAnswer;
use super::asker::Asker;
use super::{MeetingPath, NO_MEETING, TAG, own_meeting, shaped};
use crate::app::AppState;
use crate::clock::wall_now;
use crate::drive::Arrival;
use crate::http::error::ApiError;
use crate::http::told::told;
use crate::live::changes::{change_meeting, delete_meeting};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use convene_directory::{MeetingBody, OnlineMeeting, OnlineMeetingRequest};
use convene_model::{AppPermission, MeetingId};
use convene_node::Input;
use convene_store::Store;
use std::sync::Arc;

/// How often a change is tried while others change the same meeting. Larger: a busy meeting holds requests longer. Smaller: two
/// tabs of one organizer meet a conflict.
const TRIES: u32 = 5;

const BUSY: &str = "The meeting was changed by others at the same time. Read it again, and send the change once more.";

/// Changes what the body says and nothing else.
///
/// A live call follows at once.
#[utoipa::path(patch, path = "/v1.0/me/onlineMeetings/{id}", operation_id = "updateMeeting", tag = TAG, security(("accessToken" = [])),
    params(("id" = String, Path, description = "The meeting")), request_body = OnlineMeetingRequest, responses(
    (status = 200, description = "The meeting after the change", body = OnlineMeeting),
    (status = 400, description = "A property that cannot be used, or only read", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetings.ReadWrite.All", body = GraphErrorAnswer),
    (status = 404, description = "No such meeting among the organizer's", body = GraphErrorAnswer),
    (status = 409, description = "Others changed it at the same time", body = GraphErrorAnswer),
))]
pub async fn change<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    Path(path): Path<MeetingPath>,
    body: Bytes,
) -> Result<Json<OnlineMeeting>, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::WriteMeetings).await?;
    let id = MeetingId(path.id);
    for _ in 0..TRIES {
        let meeting = own_meeting(&app, &organizer, &id).await?;
        let changed = MeetingBody::of_change(&body)?.change(&meeting)?;
        let (changing, wanted) = (app.clone(), changed.clone());
        let done = told(async move { change_meeting(&*changing.store, &changing.live, &wanted, wall_now()).await });
        if done.await?? {
            tracing::info!(meeting = %id, version = changed.version, "meeting changed");
            let answer = shaped(&app, &changed, &organizer);
            tell(&app, Input::MeetingChanged(Box::new(changed))).await;
            return Ok(Json(answer));
        }
    }
    Err(ApiError::Conflict(BUSY))
}

/// Deletes the meeting.
///
/// Its call ends for everybody, and its links lead nowhere.
#[utoipa::path(delete, path = "/v1.0/me/onlineMeetings/{id}", operation_id = "deleteMeeting", tag = TAG, security(("accessToken" = [])),
    params(("id" = String, Path, description = "The meeting")), responses(
    (status = 204, description = "It is gone"),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetings.ReadWrite.All", body = GraphErrorAnswer),
    (status = 404, description = "No such meeting among the organizer's", body = GraphErrorAnswer),
))]
pub async fn delete<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    Path(path): Path<MeetingPath>,
) -> Result<StatusCode, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::WriteMeetings).await?;
    let meeting = own_meeting(&app, &organizer, &MeetingId(path.id)).await?;
    let (deleting, gone) = (app.clone(), meeting.clone());
    let deleted = told(async move { delete_meeting(&*deleting.store, Some(&deleting.live), &gone, wall_now()).await });
    if !deleted.await?? {
        return Err(ApiError::NotFound(NO_MEETING));
    }
    tracing::info!(meeting = %meeting.id, "meeting deleted");
    tell(&app, Input::MeetingDeleted(meeting.id)).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn tell<S>(app: &AppState<S>, input: Input) {
    // A control task that is gone has no calls left.
    let _stopping = app.arrivals.send(Arrival::Changed(input)).await;
}
