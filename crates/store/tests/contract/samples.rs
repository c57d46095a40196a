//! Records for the contract.

use convene_model::chat_happened::{ChatHappened, ChatWhat};
use convene_model::{
    CallId, MeetingId, ParticipantId, RawId, Role, ThreadId, WallMs,
    record::{AllowedPresenters, CallTarget, EventOf, JournalRow, LobbyScope, Meeting, MeetingChat, OutboxEvent, User},
};

use std::sync::atomic::{AtomicU64, Ordering};

static TOLD: AtomicU64 = AtomicU64::new(0);

pub const NOW: WallMs = 1_790_000_000_123;

pub fn user(name: &str) -> User {
    User { id: RawId::organization_user(name), display_name: Some(name.into()), generation: 0, created_at: NOW }
}

pub fn meeting(name: &str) -> Meeting {
    Meeting {
        id: MeetingId(name.into()),
        thread_id: ThreadId(format!("19:meeting_{name}@thread.v2")),
        organizer: RawId::organization_user("organizer"),
        organization: "organization".into(),
        subject: "Loan advice".into(),
        join_meeting_id: format!("digits-of-{name}"),
        passcode: "Mt9xB2N6".into(),
        lobby: LobbyScope::Organization,
        guests_allowed: true,
        guests_may_start: false,
        locked: true,
        attendees_may_speak: false,
        attendees_may_be_seen: true,
        entry_exit_announced: true,
        chat: MeetingChat::Limited,
        chat_history_shared: true,
        allowed_presenters: AllowedPresenters::RoleIsPresenter,
        attendees: vec![
            (RawId::organization_user("c"), Role::CoOrganizer),
            (RawId::communication_user("r", "u"), Role::Attendee),
        ],
        created_at: NOW,
        starts_at: NOW + 1,
        ends_at: NOW + 2,
        version: 1,
        external_id: None,
    }
}

pub fn call(name: &str) -> CallId {
    CallId(name.into())
}

pub fn leg(name: &str) -> ParticipantId {
    ParticipantId(name.into())
}

pub fn guest(name: &str) -> RawId {
    RawId::communication_user("resource", name)
}

pub fn group() -> CallTarget {
    CallTarget::Group { resource: "resource".into(), group_id: "group".into() }
}

pub fn started(name: &str, at: WallMs) -> JournalRow {
    JournalRow::CallStarted { call: call(name), target: group(), at }
}

pub fn knocked(name: &str, who: &str, at: WallMs) -> JournalRow {
    JournalRow::Knocked { call: call(name), participant: leg(who), user: guest(who), at }
}

pub fn joined(name: &str, who: &str, at: WallMs) -> JournalRow {
    JournalRow::Joined {
        call: call(name),
        participant: leg(who),
        user: guest(who),
        display_name: who.into(),
        role: Role::Attendee,
        admitted_by: None,
        resume_hash: "5e5e".into(),
        at,
    }
}

pub fn event(id: &str, of: &str) -> OutboxEvent {
    OutboxEvent {
        id: id.into(),
        of: EventOf::Call(call(of)),
        connection: None,
        event_type: "Microsoft.Communication.CallStarted".into(),
        subject: format!("call/{of}"),
        data: r#"{"a":[1,"é"]}"#.into(),
        at: NOW,
    }
}

/// How the contract's stores tell of chat: the type is the kind of what happened, the subject who did it.
pub fn tell(happened: &ChatHappened) -> OutboxEvent {
    let ChatHappened { thread, at, what } = happened;
    let (event_type, by) = match what {
        ChatWhat::ThreadCreated { members } => ("created", members.len().to_string()),
        ChatWhat::ThreadDeleted { by } => ("deleted", format!("{by:?}")),
        ChatWhat::PropertiesUpdated { by } => ("updated", by.to_string()),
        ChatWhat::ParticipantAdded { member, by } => ("added", format!("{} {by}", member.user)),
        ChatWhat::ParticipantRemoved { member, by } => ("removed", format!("{} {by}", member.user)),
        ChatWhat::MessageReceived(message) => ("received", message.id.to_string()),
        ChatWhat::MessageEdited(message) => ("edited", message.id.to_string()),
        ChatWhat::MessageDeleted(message) => ("messageDeleted", message.id.to_string()),
    };
    OutboxEvent {
        id: format!("told {}", TOLD.fetch_add(1, Ordering::Relaxed)),
        of: EventOf::Thread { id: thread.id.clone(), resource: thread.resource.clone() },
        connection: None,
        event_type: event_type.into(),
        subject: by,
        data: "{}".into(),
        at: *at,
    }
}
