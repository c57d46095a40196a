//! Meetings, in the shape of Microsoft Graph's `onlineMeeting`, for their organizers. What may be said about a meeting is
//! `convene-directory`'s to know; live calls are told of what is durable already.

mod change;
mod create;
mod paging;
mod read;

use crate::app::AppState;
use crate::http::described::Described;
use crate::http::error::ApiError;
use convene_directory::{MeetingRefused, OnlineMeeting, online_meeting};
use convene_model::MeetingId;
use convene_model::record::{Meeting, User};
use convene_store::Store;
use std::sync::Arc;

const TAG: &str = "Meetings";

const NO_MEETING: &str = "There is no meeting with this id among yours.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(create::__path_create, create::create::<S>)
        .operation(read::__path_list, read::list::<S>)
        .operation(read::__path_one, read::one::<S>)
        .operation(change::__path_change, change::change::<S>)
        .operation(change::__path_delete, change::delete::<S>)
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
