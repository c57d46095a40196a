//! The rules of meetings, rooms and chat threads: how they are made, found, changed, shown, and who enters as what.
//!
//! Pure: the time and the randomness are arguments. Whoever calls this loads meetings from a store and commits what comes
//! back. Who waits in the lobby is decided by `convene-call`, from what [`entry`] says.

mod attendance;
mod call_record;
pub mod chat;
mod date_time;
mod filter;
mod group_call;
mod join_link;
mod json_body;
mod locate;
mod meeting;
mod meeting_body;
mod meeting_request;
mod online_meeting;
mod random_text;
mod room;
mod room_body;
mod room_request;
mod room_version;
mod room_view;
mod survey;
mod urls;
mod who;

pub use attendance::{
    AttendanceInterval, AttendanceRecord, AttendanceReport, AttendeeIdentity, attendance_report, is_session_of,
};
pub use call_record::{
    CallRecord, EndReason, LegRecord, MediaRecord, call_record, is_session_of_resource, listed_call,
};
pub use date_time::parse_date_time;
pub use filter::{FILTERS, MeetingFilter};
pub use group_call::{
    GroupCallModel, GroupCallRefused, GroupCallRequest, GroupEntry, GroupLobbyModel, GroupLobbyRequest,
    group_call_model, group_entry, normalize_group_id, set_group_call, without_lobby,
};
pub use join_link::{JoinLink, LinkRefused, link_host, normalize_meeting_id, parse_join_link};
pub use locate::{MeetingKey, Proof, admits_visitors, locate_by_id, locate_by_link};
pub use meeting::{MeetingRefused, NewMeeting, create_meeting, passcode_matches};
pub use meeting_body::MeetingBody;
pub use meeting_request::{CreateOrGetRequest, OnlineMeetingRequest};
pub use online_meeting::{
    Attendee, ChatInfo, Identity, IdentitySet, JoinInformation, JoinMeetingIdSettings, LobbyBypassSettings,
    MeetingParticipants, OnlineMeeting, OrganizerInfo, online_meeting,
};
pub use room::{RoomEntry, RoomRefused, change_participants, change_room, create_room, parse_room_id, room_entry};
pub use room_body::{RoomBody, participants_patch};
pub use room_request::{
    InvitationRequest, RoomChangeRequest, RoomOptionsRequest, RoomParticipantsRequest, RoomRequest,
};
pub use room_version::RoomsVersion;
pub use room_view::{RoomModel, RoomOptions, RoomParticipant, room_model, room_participants};
pub use survey::check_survey;
pub use urls::{join_web_url, short_join_url};
pub use who::{Entry, affiliation, entry};
