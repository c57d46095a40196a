//! Durable records: what the store keeps, and what the pure crates read and change.

pub use crate::meeting_chat::MeetingChat;
pub use crate::outbox::{EventOf, OutboxEvent};
use crate::quality::LegQuality;
use crate::{AppPermission, CallId, ErrorCode, MeetingId, ParticipantId, RawId, Role, RoomId, ThreadId, WallMs};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A user known to the token API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The raw id.
    pub id: RawId,
    /// The name given at creation; an app's user may have none.
    pub display_name: Option<String>,
    /// Tokens of an older generation are revoked.
    pub generation: u64,
    /// When it was made.
    pub created_at: WallMs,
}

/// A key that signs access tokens (Ed25519, RFC 8037).
///
/// It has no `Debug`: a seed must not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyRecord {
    /// The `kid` of tokens signed with it.
    pub kid: String,
    /// The private key's 32 bytes.
    pub seed: [u8; 32],
    /// When it was made; the newest key signs, all of them verify.
    pub created_at: WallMs,
}

/// A secret that an app's server signs requests with (HMAC-SHA256); in connection strings as base64.
///
/// It has no `Debug`: a key must not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey(pub Vec<u8>);

/// One app's tenancy: its access keys, its `8:acs:` users. Has no `Debug`, since its keys have none.
#[derive(Clone, PartialEq, Eq)]
pub struct Resource {
    /// The first part of its users' ids.
    pub id: String,
    /// The primary and the secondary key. Either is valid, so that one can be replaced while the other is in use.
    pub access_keys: [AccessKey; 2],
    /// The host names (lower case, no port) that choose this resource. The default resource needs none.
    pub hosts: BTreeSet<String>,
    /// When it was made.
    pub created_at: WallMs,
}

/// A back end that asks in its own name, with a client id and a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The client id: a UUID.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub permissions: BTreeSet<AppPermission>,
    /// At most one in each slot. Either is valid, so that one can be replaced while the other is in use.
    pub secrets: Vec<AppSecret>,
    /// When it was made.
    pub created_at: WallMs,
}

/// A secret of an application. Only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSecret {
    /// By which it is removed; tokens name it.
    pub id: String,
    /// Which of the two places it takes: 0 or 1.
    pub slot: u8,
    /// The SHA-256 hash, in hexadecimal.
    pub hash: String,
    /// When it was made.
    pub created_at: WallMs,
}

/// Who may pass the lobby without waiting.
///
/// Source: Microsoft Graph `lobbyBypassScope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum LobbyScope {
    /// Only the organizer (and co-organizers).
    Organizer,
    /// The organization's users, its guests included.
    Organization,
    /// The organization's users and those of federated resources.
    OrganizationAndFederated,
    /// Everybody.
    Everyone,
    /// Those whom the organizer invited.
    Invited,
    /// The organization's users without its guests.
    OrganizationExcludingGuests,
}

impl LobbyScope {
    /// Every scope.
    pub const ALL: [LobbyScope; 6] = [
        LobbyScope::Organizer,
        LobbyScope::Organization,
        LobbyScope::OrganizationAndFederated,
        LobbyScope::Everyone,
        LobbyScope::Invited,
        LobbyScope::OrganizationExcludingGuests,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organizer => "organizer",
            Self::Organization => "organization",
            Self::OrganizationAndFederated => "organizationAndFederated",
            Self::Everyone => "everyone",
            Self::Invited => "invited",
            Self::OrganizationExcludingGuests => "organizationExcludingGuests",
        }
    }

    /// Reads a name; `None` if there is no such scope.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// Who comes into a meeting as a presenter.
///
/// Source: Microsoft Graph `onlineMeetingPresenters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AllowedPresenters {
    /// Everybody.
    Everyone,
    /// The organization's users.
    Organization,
    /// Those listed as presenters.
    RoleIsPresenter,
    /// Only the organizer and co-organizers.
    Organizer,
}

impl AllowedPresenters {
    /// Every value.
    pub const ALL: [AllowedPresenters; 4] = [
        AllowedPresenters::Everyone,
        AllowedPresenters::Organization,
        AllowedPresenters::RoleIsPresenter,
        AllowedPresenters::Organizer,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Organization => "organization",
            Self::RoleIsPresenter => "roleIsPresenter",
            Self::Organizer => "organizer",
        }
    }

    /// Reads a name; `None` if there is no such value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == text)
    }
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its durable id.
    pub id: MeetingId,
    /// Its chat thread, named in the classic join link.
    pub thread_id: ThreadId,
    /// Whose meeting it is.
    pub organizer: RawId,
    /// The organization (`Tid` of the classic join link).
    pub organization: String,
    /// What it is about.
    pub subject: String,
    /// The digits of the short join link and of "Meeting ID"; without spaces.
    pub join_meeting_id: String,
    /// The short link's passcode.
    pub passcode: String,
    /// Who need not wait.
    pub lobby: LobbyScope,
    /// Whether people from outside the organization may come at all.
    pub guests_allowed: bool,
    /// Whether they may come before any user of the organization.
    pub guests_may_start: bool,
    /// Nobody new comes in, but the organizer and co-organizers.
    pub locked: bool,
    /// Whether attendees may unmute themselves.
    pub attendees_may_speak: bool,
    /// Whether attendees may turn their camera on.
    pub attendees_may_be_seen: bool,
    /// Whether clients should announce who comes and goes.
    pub entry_exit_announced: bool,
    /// When there is a chat.
    pub chat: MeetingChat,
    /// Whether newcomers may read what was written before they came.
    pub chat_history_shared: bool,
    /// Who comes in as a presenter.
    pub allowed_presenters: AllowedPresenters,
    /// Whom the organizer listed, and as what: co-organizer, presenter or attendee.
    pub attendees: Vec<(RawId, Role)>,
    /// The id under which a back end knows it; of an organizer's meetings at most one has it.
    pub external_id: Option<String>,
    /// When it was made.
    pub created_at: WallMs,
    /// Planned start.
    pub starts_at: WallMs,
    /// Planned end.
    pub ends_at: WallMs,
    /// Raised with each change; live calls ignore older versions.
    pub version: u64,
}

/// A room: who may come to its calls, when, and as what.
///
/// Source: ACS Rooms REST, `RoomModel`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its durable id.
    pub id: RoomId,
    /// The resource that made it; only its users can be invited.
    pub resource: String,
    /// From when on it may be joined.
    pub valid_from: WallMs,
    /// Until when; a call that goes on then ends.
    pub valid_until: WallMs,
    /// Whether telephone numbers may be called from it. Kept for the app; nothing dials yet.
    pub pstn_dial_out_enabled: bool,
    /// Whether those who are not invited may knock. Convene's own.
    pub lobby: bool,
    /// Who is invited, as [`Role::Presenter`], [`Role::Collaborator`], [`Role::Attendee`] or [`Role::Consumer`].
    pub participants: BTreeMap<RawId, Role>,
    /// When it was made.
    pub created_at: WallMs,
    /// Raised with each change; live calls ignore older versions.
    pub version: u64,
}

/// The answer to a request that its client may send again, with the same answer.
///
/// Source: OASIS, Repeatable Requests 1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatableAnswer {
    /// Whose request.
    pub resource: String,
    /// The client's name for it (`Repeatability-Request-ID`).
    pub request_id: String,
    /// A hash of the request: another one under the same name is refused.
    pub request_hash: String,
    /// What was answered.
    pub answer: String,
    /// When.
    pub at: WallMs,
}

/// What a call is a session of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallTarget {
    /// A meeting.
    Meeting(MeetingId),
    /// A group call, by the UUID that its members agreed on. Scoped to a resource: two apps never meet by chance.
    Group {
        /// The resource of those who may meet in it.
        resource: String,
        /// The group's UUID in lower case.
        group_id: String,
    },
    /// A room.
    Room {
        /// The resource that it belongs to.
        resource: String,
        /// Its id.
        room: RoomId,
    },
}

/// One line of a call's journal. What others may see is committed as such a line first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalRow {
    /// A call began.
    CallStarted {
        /// Which.
        call: CallId,
        /// Of what.
        target: CallTarget,
        /// When.
        at: WallMs,
    },
    /// The call's own chat began: with the first who came in. The chat of a meeting is the meeting's.
    ChatOpened {
        /// Of which call.
        call: CallId,
        /// The thread.
        thread: ThreadId,
        /// Who came first.
        user: RawId,
        /// When.
        at: WallMs,
    },
    /// A leg began to wait in the lobby.
    Knocked {
        /// In which call.
        call: CallId,
        /// Which leg.
        participant: ParticipantId,
        /// Whose.
        user: RawId,
        /// When.
        at: WallMs,
    },
    /// A leg's wait ended without admission.
    LobbyLeft {
        /// In which call.
        call: CallId,
        /// Which leg.
        participant: ParticipantId,
        /// Whose.
        user: RawId,
        /// Why: rejected, expired, hung up, vanished, meeting ended.
        reason: ErrorCode,
        /// When.
        at: WallMs,
    },
    /// A leg came into the call.
    Joined {
        /// Which call.
        call: CallId,
        /// Which leg.
        participant: ParticipantId,
        /// Whose.
        user: RawId,
        /// Under which name.
        display_name: String,
        /// As what.
        role: Role,
        /// Who admitted it from the lobby, if it waited.
        admitted_by: Option<RawId>,
        /// The hash of the secret with which the leg comes back after its connection was lost.
        resume_hash: String,
        /// When.
        at: WallMs,
    },
    /// A leg left the call.
    Left {
        /// Which call.
        call: CallId,
        /// Which leg.
        participant: ParticipantId,
        /// Whose.
        user: RawId,
        /// Why.
        reason: ErrorCode,
        /// When.
        at: WallMs,
    },
    /// A leg was muted or unmuted.
    MutedChanged {
        /// In which call.
        call: CallId,
        /// Which leg.
        participant: ParticipantId,
        /// Its new state.
        muted: bool,
        /// Who muted it, if it was somebody else.
        by: Option<RawId>,
        /// When.
        at: WallMs,
    },
    /// A participant's role was changed.
    RoleChanged {
        /// In which call.
        call: CallId,
        /// Whose.
        user: RawId,
        /// The new role.
        role: Role,
        /// By whom.
        by: RawId,
        /// When.
        at: WallMs,
    },
    /// A participant was forbidden, or permitted again, to send.
    AccessChanged {
        /// In which call.
        call: CallId,
        /// Who.
        user: RawId,
        /// Whether the microphone is forbidden.
        audio_forbidden: bool,
        /// Whether camera and screen are forbidden.
        video_forbidden: bool,
        /// By whom.
        by: RawId,
        /// When.
        at: WallMs,
    },
    /// Somebody was removed, and is barred from this call.
    Barred {
        /// From which call.
        call: CallId,
        /// Who.
        user: RawId,
        /// By whom.
        by: RawId,
        /// When.
        at: WallMs,
    },
    /// Somebody who was removed may come back.
    BarLifted {
        /// To which call.
        call: CallId,
        /// Who.
        user: RawId,
        /// By whom.
        by: RawId,
        /// When.
        at: WallMs,
    },
    /// A leg was put back from the call into the lobby.
    PutBack {
        /// In which call.
        call: CallId,
        /// Which leg.
        participant: ParticipantId,
        /// Whose.
        user: RawId,
        /// By whom.
        by: RawId,
        /// When.
        at: WallMs,
    },
    /// What a feature keeps of somebody over a restart: the last line for a feature and user holds.
    Kept {
        /// In which call.
        call: CallId,
        /// The feature, by a name of its own choice.
        feature: String,
        /// Of whom.
        user: RawId,
        /// What; `None`: nothing any more.
        value: Option<String>,
        /// When.
        at: WallMs,
    },
    /// How a leg's media was. Nobody is told of it, it may come after [`JournalRow::CallEnded`], and it is kept beside the journal: a
    /// journal that is read has none.
    LegMeasured(Box<LegQuality>),
    /// The call ended; no line but [`JournalRow::LegMeasured`] follows for it.
    CallEnded {
        /// Which.
        call: CallId,
        /// Why.
        reason: ErrorCode,
        /// When.
        at: WallMs,
    },
}
