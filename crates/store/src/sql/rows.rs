//! Rows of the database become records.

use super::{Db, DbRow};
use crate::{
    StoreError,
    names::{read_attendees, read_lobby, read_presenters, read_raw_id, read_reason, read_role, unreadable},
};
use convene_model::subscription::EventLine;
use convene_model::{
    CallId, ConnectionId, MeetingId, ParticipantId, RawId, RoomId, ThreadId,
    record::{CallTarget, EventOf, JournalRow, Meeting, MeetingChat, OutboxEvent, RepeatableAnswer, Room, User},
};
use sqlx::{ColumnIndex, Decode, Row as _, Type};

/// Reads a column. A NULL where the record has a value is a row that we did not write.
pub(super) fn get<'r, T>(row: &'r DbRow, column: &'static str) -> Result<T, StoreError>
where
    T: Decode<'r, Db> + Type<Db>,
    &'static str: ColumnIndex<DbRow>,
{
    row.try_get(column).map_err(|error| StoreError::Unreadable { what: format!("a value of {column} ({error})") })
}

/// `value` as the database has numbers.
pub(super) fn number(value: u64, what: &'static str) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Unreadable { what: format!("{what} with the number {value}") })
}

pub(super) fn unsigned(value: i64, what: &'static str) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| unreadable(what, &value.to_string()))
}

pub(super) fn raw_id(row: &DbRow, column: &'static str) -> Result<RawId, StoreError> {
    read_raw_id(get(row, column)?)
}

pub(super) fn read_user(row: DbRow) -> Result<User, StoreError> {
    Ok(User {
        id: raw_id(&row, "id")?,
        display_name: get(&row, "display_name")?,
        generation: unsigned(get(&row, "generation")?, "a user's generation")?,
        created_at: get(&row, "created_at")?,
    })
}

pub(super) fn read_meeting(row: DbRow) -> Result<Meeting, StoreError> {
    Ok(Meeting {
        id: MeetingId(get(&row, "id")?),
        thread_id: ThreadId(get(&row, "thread_id")?),
        organizer: raw_id(&row, "organizer")?,
        organization: get(&row, "organization")?,
        subject: get(&row, "subject")?,
        join_meeting_id: get(&row, "join_meeting_id")?,
        passcode: get(&row, "passcode")?,
        lobby: read_lobby(get(&row, "lobby")?)?,
        guests_allowed: get(&row, "guests_allowed")?,
        guests_may_start: get(&row, "guests_may_start")?,
        locked: get(&row, "locked")?,
        attendees_may_speak: get(&row, "attendees_may_speak")?,
        attendees_may_be_seen: get(&row, "attendees_may_be_seen")?,
        entry_exit_announced: get(&row, "entry_exit_announced")?,
        chat: read_meeting_chat(get(&row, "chat")?)?,
        chat_history_shared: get(&row, "chat_history_shared")?,
        allowed_presenters: read_presenters(get(&row, "allowed_presenters")?)?,
        attendees: read_attendees(get(&row, "attendees")?)?,
        created_at: get(&row, "created_at")?,
        starts_at: get(&row, "starts_at")?,
        ends_at: get(&row, "ends_at")?,
        version: unsigned(get(&row, "version")?, "a meeting's version")?,
        external_id: get(&row, "external_id")?,
    })
}

/// Reads when there is a chat in a meeting.
pub(super) fn read_meeting_chat(name: &str) -> Result<MeetingChat, StoreError> {
    MeetingChat::parse(name).ok_or_else(|| unreadable("a meeting's chat", name))
}

pub(super) fn read_target(row: &DbRow) -> Result<CallTarget, StoreError> {
    match get::<Option<String>>(row, "meeting")? {
        Some(meeting) => Ok(CallTarget::Meeting(MeetingId(meeting))),
        None if get(row, "of_room")? => {
            Ok(CallTarget::Room { resource: get(row, "resource")?, room: RoomId(get(row, "group_id")?) })
        }
        None => Ok(CallTarget::Group { resource: get(row, "resource")?, group_id: get(row, "group_id")? }),
    }
}

pub(super) fn read_room(row: DbRow) -> Result<Room, StoreError> {
    Ok(Room {
        id: RoomId(get(&row, "id")?),
        resource: get(&row, "resource")?,
        valid_from: get(&row, "valid_from")?,
        valid_until: get(&row, "valid_until")?,
        pstn_dial_out_enabled: get(&row, "pstn_dial_out_enabled")?,
        lobby: get(&row, "lobby")?,
        participants: read_attendees(get(&row, "participants")?)?.into_iter().collect(),
        created_at: get(&row, "created_at")?,
        version: unsigned(get(&row, "version")?, "a room's version")?,
    })
}

pub(super) fn read_repeatable_answer(row: DbRow) -> Result<RepeatableAnswer, StoreError> {
    Ok(RepeatableAnswer {
        resource: get(&row, "resource")?,
        request_id: get(&row, "request_id")?,
        request_hash: get(&row, "request_hash")?,
        answer: get(&row, "answer")?,
        at: get(&row, "at")?,
    })
}

pub(super) fn read_journal_row(row: &DbRow) -> Result<JournalRow, StoreError> {
    let call = CallId(get(row, "call")?);
    let at = get(row, "at")?;
    let participant = || get(row, "participant").map(ParticipantId);
    let user = || raw_id(row, "user");
    let reason = || read_reason(get(row, "reason")?);
    let by = || raw_id(row, "by_user");
    match get(row, "kind")? {
        "callStarted" => Ok(JournalRow::CallStarted { call, target: read_target(row)?, at }),
        "chatOpened" => Ok(JournalRow::ChatOpened { call, thread: ThreadId(get(row, "value")?), user: user()?, at }),
        "knocked" => Ok(JournalRow::Knocked { call, participant: participant()?, user: user()?, at }),
        "lobbyLeft" => {
            Ok(JournalRow::LobbyLeft { call, participant: participant()?, user: user()?, reason: reason()?, at })
        }
        "joined" => Ok(JournalRow::Joined {
            call,
            participant: participant()?,
            user: user()?,
            display_name: get(row, "display_name")?,
            role: read_role(get(row, "role")?)?,
            admitted_by: get::<Option<&str>>(row, "admitted_by")?.map(read_raw_id).transpose()?,
            // Rows that were written before legs could come back have none; such a leg cannot.
            resume_hash: get::<Option<String>>(row, "resume_hash")?.unwrap_or_default(),
            at,
        }),
        "left" => Ok(JournalRow::Left { call, participant: participant()?, user: user()?, reason: reason()?, at }),
        "mutedChanged" => {
            let by = get::<Option<&str>>(row, "by_user")?.map(read_raw_id).transpose()?;
            Ok(JournalRow::MutedChanged { call, participant: participant()?, muted: get(row, "muted")?, by, at })
        }
        "roleChanged" => {
            Ok(JournalRow::RoleChanged { call, user: user()?, role: read_role(get(row, "role")?)?, by: by()?, at })
        }
        "accessChanged" => Ok(JournalRow::AccessChanged {
            call,
            user: user()?,
            audio_forbidden: get(row, "audio_forbidden")?,
            video_forbidden: get(row, "video_forbidden")?,
            by: by()?,
            at,
        }),
        "barred" => Ok(JournalRow::Barred { call, user: user()?, by: by()?, at }),
        "barLifted" => Ok(JournalRow::BarLifted { call, user: user()?, by: by()?, at }),
        "putBack" => Ok(JournalRow::PutBack { call, participant: participant()?, user: user()?, by: by()?, at }),
        "kept" => {
            Ok(JournalRow::Kept { call, feature: get(row, "feature")?, user: user()?, value: get(row, "value")?, at })
        }
        "callEnded" => Ok(JournalRow::CallEnded { call, reason: reason()?, at }),
        other => Err(unreadable("a journal row of the kind", other)),
    }
}

pub(super) fn read_line(row: &DbRow) -> Result<EventLine, StoreError> {
    let of = match get::<Option<String>>(row, "thread")? {
        Some(thread) => EventOf::Thread { id: ThreadId(thread), resource: get(row, "resource")? },
        None => {
            let call = CallId(get(row, "call")?);
            match get::<Option<String>>(row, "told_to")? {
                Some(resource) => EventOf::CallFor { call, resource },
                None => EventOf::Call(call),
            }
        }
    };
    let event = OutboxEvent {
        id: get(row, "id")?,
        of,
        connection: get::<Option<String>>(row, "connection")?.map(ConnectionId),
        event_type: get(row, "event_type")?,
        subject: get(row, "subject")?,
        data: get(row, "data")?,
        at: get(row, "at")?,
    };
    Ok(EventLine { seq: get(row, "seq")?, resource: get(row, "resource")?, event })
}
