//! Where lists go on, page by page.

use convene_model::chat::ChatThread;
use convene_model::listed::ListedCall;
use convene_model::record::{Meeting, Room};
use convene_model::{CallId, MeetingId, RoomId, ThreadId, WallMs};

/// Where a list of meetings goes on: after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingCursor {
    /// When the last meeting of the former page was made.
    pub created_at: WallMs,
    /// Its id.
    pub id: MeetingId,
}

/// A call, and where a list of calls goes on: after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallCursor {
    /// Which.
    pub id: CallId,
    /// When it began.
    pub started_at: WallMs,
}

impl CallCursor {
    /// The position of `call`, for the page after it.
    pub fn of(call: &ListedCall) -> Self {
        Self { id: call.id.clone(), started_at: call.started_at }
    }
}

impl MeetingCursor {
    /// The position of `meeting`, for the page after it.
    pub fn of(meeting: &Meeting) -> Self {
        Self { created_at: meeting.created_at, id: meeting.id.clone() }
    }
}

/// Where a list of rooms goes on: after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomCursor {
    /// When the last room of the former page was made.
    pub created_at: WallMs,
    /// Its id.
    pub id: RoomId,
}

impl RoomCursor {
    /// The position of `room`, for the page after it.
    pub fn of(room: &Room) -> Self {
        Self { created_at: room.created_at, id: room.id.clone() }
    }
}

/// Where a list of chat threads goes on: after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCursor {
    /// When the last thread of the former page was made.
    pub created_at: WallMs,
    /// Its id.
    pub id: ThreadId,
}

impl ChatCursor {
    /// The position of `thread`, for the page after it.
    pub fn of(thread: &ChatThread) -> Self {
        Self { created_at: thread.created_at, id: thread.id.clone() }
    }
}
