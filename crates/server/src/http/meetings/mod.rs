//! Meetings, in the shape of Microsoft Graph's `onlineMeeting`, for their organizers and for applications. What may be said about a
//! meeting is `convene-directory`'s to know; live calls are told of what is durable already.

mod answers;
mod asker;
mod attendance;
mod change;
mod create;
mod options;
mod paging;
mod read;

use crate::app::AppState;
use crate::http::described::Described;
use crate::http::error::ApiError;
use axum::middleware;
use axum::routing::any;
use convene_directory::{MeetingRefused, OnlineMeeting, online_meeting};
use convene_model::MeetingId;
use convene_model::record::{Meeting, User};
use convene_store::Store;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ObjectBuilder, Required, Type};

const TAG: &str = "Meetings";

const NO_MEETING: &str = "There is no meeting with this id among the organizer's.";

/// The routes: each below `/me`, and the same below `/users/{userId}`.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation_twice(create::__path_create, create::create::<S>, of_user)
        .operation_twice(create::__path_create_or_get, create::create_or_get::<S>, of_user)
        .operation_twice(read::__path_list, read::list::<S>, of_user)
        .operation_twice(read::__path_one, read::one::<S>, of_user)
        .operation_twice(change::__path_change, change::change::<S>, of_user)
        .operation_twice(change::__path_delete, change::delete::<S>, of_user)
        .operation_twice(attendance::__path_reports, attendance::reports::<S>, of_user)
        .operation_twice(attendance::__path_report, attendance::report::<S>, of_user)
        .operation_twice(attendance::__path_records, attendance::records::<S>, of_user)
        .map(|router| router.route("/v1.0/{*rest}", any(answers::no_such_resource)))
        .map(|router| router.layer(middleware::from_fn(answers::graph_answers)))
}

/// The same operation on the meetings of an organizer whom the path names.
fn of_user(path: String, mut operation: Operation) -> (String, Operation) {
    let user = ParameterBuilder::new()
        .name(asker::USER)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The organizer's id, with or without `8:orgid:`"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build();
    operation.parameters.get_or_insert_default().insert(0, user.into());
    operation.operation_id = operation.operation_id.map(|id| id + "OfUser");
    let nothing: [String; 0] = [];
    let tokens = ["accessToken", "applicationToken"].map(|name| SecurityRequirement::new(name, nothing.clone()));
    operation.security = Some(tokens.to_vec());
    (path.replacen("/me/", &format!("/users/{{{}}}/", asker::USER), 1), operation)
}

/// The meeting that a path names.
#[derive(Deserialize)]
pub struct MeetingPath {
    id: String,
}

impl From<MeetingRefused> for ApiError {
    fn from(refused: MeetingRefused) -> Self {
        Self::BadRequest(refused.to_string())
    }
}

/// The organizer's meeting of that id. Others' meetings are as unknown as those that never were.
async fn own_meeting<S: Store>(app: &AppState<S>, organizer: &User, id: &MeetingId) -> Result<Meeting, ApiError> {
    let meeting = app.store.meeting(id).await?;
    meeting.filter(|meeting| meeting.organizer == organizer.id).ok_or(ApiError::NotFound(NO_MEETING))
}

fn shaped<S>(app: &AppState<S>, meeting: &Meeting, organizer: &User) -> OnlineMeeting {
    online_meeting(&app.public_url, meeting, organizer.display_name.as_deref())
}
