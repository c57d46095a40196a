//! What the server says.

use crate::{DataChannel, Diagnostic, Notice, Reaction, Relay, RingView};
use convene_model::{
    CallId, Capability, ErrorCode, ParticipantId, RawId, RingId, Role, ThreadId, TransferId, media::Source,
};
use serde::{Deserialize, Serialize};

/// One message of the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ServerMessage {
    /// The answer to a `hello` that is accepted.
    Welcome {
        /// The protocol's version from here on.
        version: u32,
        /// Who the token says the client is.
        user: RawId,
        /// How often the client should send `ping`, in milliseconds.
        heartbeat_ms: u32,
        /// When the token expires, in milliseconds from now. Send `refresh` before.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        expires_in_ms: u64,
        /// The TURN servers of the operator, if there are any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        relay: Option<Relay>,
    },
    /// The new token is taken.
    Refreshed {
        /// When it expires, in milliseconds from now.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        expires_in_ms: u64,
        /// The TURN servers, for as long as the new token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        relay: Option<Relay>,
    },
    /// The session is over; the WebSocket closes after it. The answer to a `hello` that is refused, too.
    Goodbye {
        /// Why.
        error: ErrorBody,
    },
    /// The answer to a request. Exactly one of `reply` and `error` is there.
    Response {
        /// The request's id.
        id: u32,
        /// What was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        reply: Option<Reply>,
        /// Why nothing was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        error: Option<ErrorBody>,
    },
    /// Something happened in a call.
    Event {
        /// The client's handle of the call.
        call: u32,
        /// What happened.
        event: Event,
    },
    /// Somebody calls. It comes again when the session begins while the call rings.
    Rings {
        /// Who and which call.
        ring: RingView,
    },
    /// A call rings no more at this client: it was answered elsewhere, declined, cancelled, or not answered in time. Not told to the
    /// session that accepted it.
    RingOver {
        /// Which.
        ring: RingId,
        /// Why.
        reason: ErrorBody,
    },
    /// The answer to `ping`.
    Pong {},
}

impl ServerMessage {
    /// Whether a client that is slow may miss it: nothing else depends on it.
    pub fn may_be_lost(&self) -> bool {
        matches!(self, Self::Event { event: Event::DataReceived { may_be_lost: true, .. }, .. })
    }
}

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ErrorBody {
    /// As `callEndReason.code`.
    pub code: u16,
    /// As `callEndReason.subCode`.
    pub sub_code: u32,
    /// The code's name, for example `lobbyRejected`.
    pub name: String,
    /// What happened and what to do next.
    pub message: String,
}

impl From<ErrorCode> for ErrorBody {
    fn from(code: ErrorCode) -> Self {
        Self {
            code: code.code(),
            sub_code: code.sub_code(),
            name: code.name().to_owned(),
            message: code.message().to_owned(),
        }
    }
}

impl ErrorBody {
    /// The code with a message of its own, where more can be said.
    pub fn with_message(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::from(code) }
    }
}

/// What a request gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Reply {
    /// It is done.
    Done {},
    /// The client is in the call.
    Joined {
        /// The call as this client may see it.
        call: CallView,
    },
    /// The client waits in the lobby.
    Waiting {
        /// All that a waiting client may know.
        waiting: WaitingView,
    },
    /// The answer to a media offer.
    Answer {
        /// The SDP answer.
        answer: String,
    },
    /// Those who waited were admitted.
    AdmittedAll {
        /// How many.
        admitted: u32,
        /// How many could not be admitted (the call is full).
        failed: u32,
    },
    /// A survey is kept.
    SurveyKept {
        /// Its id.
        id: String,
    },
}

/// All that somebody in the lobby may know (DESIGN: a waiting participant is a different type).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WaitingView {
    /// The client's own leg.
    pub participant_id: ParticipantId,
    /// After how many milliseconds from now the wait expires.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub expires_in_ms: u64,
}

/// A call as one of those in it may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CallView {
    /// The call's id.
    pub call_id: CallId,
    /// The client's own leg.
    pub participant_id: ParticipantId,
    /// The chat thread of the meeting, or the call's own; none where the server has no chat in group calls and rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub thread_id: Option<ThreadId>,
    /// The meeting's subject; none for group calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub subject: Option<String>,
    /// The client's own role.
    pub role: Role,
    /// What the client may do.
    pub capabilities: Vec<Capability>,
    /// Whether the client's own microphone is muted, as far as the server knows.
    pub muted: bool,
    /// With this the client comes back as the same leg after its connection was lost. A secret.
    pub resume_secret: String,
    /// Whether the client's peer connection is still known: then an ICE restart brings media back, otherwise a new one.
    pub media_kept: bool,
    /// Everybody else in the call.
    pub participants: Vec<ParticipantView>,
    /// Who waits; empty for those who may not manage the lobby.
    pub lobby: Vec<WaiterView>,
    /// Whether the client's own leg holds the call. Left out if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub held: bool,
}

/// One participant, as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ParticipantView {
    /// Who.
    pub user: RawId,
    /// The name that this person chose. Hostile text: anybody can call themselves anything.
    pub display_name: String,
    /// The role.
    pub role: Role,
    /// What this person may not send now although the role may: `microphone`, `camera`. Empty as a rule.
    pub forbidden: Vec<Source>,
    /// The devices with which this person is in the call; at least one.
    pub legs: Vec<LegView>,
}

/// One leg, as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LegView {
    /// The leg.
    pub participant_id: ParticipantId,
    /// Whether its microphone is muted.
    pub muted: bool,
    /// Which of `camera` and `screen` it sends.
    pub videos: Vec<Source>,
    /// Whether its connection is lost at the moment; it may come back.
    pub away: bool,
    /// Whether it holds the call: it neither sends nor receives. Left out if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub held: bool,
}

/// Somebody who waits, as those see it who may admit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WaiterView {
    /// Who.
    pub user: RawId,
    /// The name that this person chose. Hostile text.
    pub display_name: String,
    /// For how many milliseconds this person has waited already.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub waited_ms: u64,
}

/// What one receiving m-line carries now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SlotView {
    /// The m-line's `a=mid`.
    pub mid: String,
    /// Whose track it carries.
    pub participant_id: ParticipantId,
    /// Which of that leg's tracks.
    pub source: Source,
}

/// How a wait ended, as those see it who manage the lobby.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum LobbyOutcome {
    /// Let in.
    Admitted,
    /// Sent away.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// Went away by themselves.
    Left,
}

/// Why capabilities changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CapabilitiesReason {
    /// The role changed.
    RoleChanged,
    /// Somebody forbade or permitted the client to send.
    AccessChanged,
    /// The meeting's options changed.
    MeetingOptionsChanged,
}

/// Why the call is over for this client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EndView {
    /// `callEndReason`, with a name and a message.
    pub reason: ErrorBody,
}

/// Something that happened in a call. A waiting client receives `admitted` and `ended` and nothing else; one
/// in the call that is put back is a waiting one from then on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Event {
    /// The client is no longer waiting, but in the call.
    Admitted {
        /// The call as this client may see it.
        call: CallView,
    },
    /// The client is no longer in the call, but in its lobby; its media is closed.
    PutBack {
        /// All that a waiting client may know.
        waiting: WaitingView,
    },
    /// Somebody else muted the client.
    MutedByOther {
        /// Who.
        by: RawId,
    },
    /// What the client may do changed: its role, what it may send, or the meeting's options.
    CapabilitiesChanged {
        /// The client's role.
        role: Role,
        /// What it may do now.
        capabilities: Vec<Capability>,
        /// Why.
        reason: CapabilitiesReason,
    },
    /// The call is over for this client; the handle is free.
    Ended {
        /// Why.
        end: EndView,
    },
    /// Somebody came.
    ParticipantJoined {
        /// Who.
        participant: ParticipantView,
    },
    /// Something about somebody changed: name, role, legs, mute, videos. The whole new state.
    ParticipantChanged {
        /// Who, and how it is now.
        participant: ParticipantView,
    },
    /// Somebody left, with the last leg.
    ParticipantLeft {
        /// Who.
        user: RawId,
        /// Why.
        reason: ErrorBody,
    },
    /// Somebody waits. Only for those who manage the lobby.
    Knocked {
        /// Who.
        waiter: WaiterView,
    },
    /// Somebody no longer waits. Only for those who manage the lobby.
    LobbyLeft {
        /// Who.
        user: RawId,
        /// How it ended.
        outcome: LobbyOutcome,
    },
    /// Who speaks now: the whole set, loudest first, the client itself included if it speaks.
    SpeakingChanged {
        /// Who.
        users: Vec<RawId>,
    },
    /// Whose hands are raised: the whole list, first raised first. Also comes after `joined`, `admitted` and a resume, so that
    /// the client need not ask; not if no hand was raised when the client came.
    HandsChanged {
        /// Who.
        hands: Vec<RawId>,
    },
    /// At whom the call rings: the whole list. Comes when `handsChanged` does.
    RingingChanged {
        /// Who.
        users: Vec<RawId>,
    },
    /// Somebody at whom the call rang does not come.
    RingEnded {
        /// Who.
        user: RawId,
        /// Why.
        reason: ErrorBody,
    },
    /// Who is in the spotlight: the whole list, first chosen first. Comes when `handsChanged` does.
    SpotlightChanged {
        /// Who.
        users: Vec<RawId>,
    },
    /// Somebody, maybe the client itself, shows a reaction.
    Reacted {
        /// Who.
        user: RawId,
        /// Which.
        reaction: Reaction,
    },
    /// Somebody sends by a data channel to the client, maybe among others.
    DataReceived {
        /// Who.
        user: RawId,
        /// With which leg.
        from: ParticipantId,
        /// By which of that leg's channels.
        channel: DataChannel,
        /// As the sender counted.
        sequence: u32,
        /// Whether the server may leave it out for a client that is slow.
        may_be_lost: bool,
        /// The bytes as base64.
        data: String,
    },
    /// Nothing more comes to the client by a data channel.
    DataClosed {
        /// Of which leg.
        from: ParticipantId,
        /// Which.
        channel: DataChannel,
    },
    /// Somebody, maybe the client itself, types.
    TextReceived {
        /// Who.
        user: RawId,
        /// Which text: no other text of the call has the same number.
        sequence: u32,
        /// The whole text as it is now. Hostile text.
        text: String,
        /// Whether it is done.
        done: bool,
    },
    /// How it stands with somebody else's network and devices: what changed.
    DiagnosticsTold {
        /// Whose.
        user: RawId,
        /// Of which leg.
        from: ParticipantId,
        /// What changed.
        diagnostics: Vec<Diagnostic>,
    },
    /// Who records or transcribes the call: the whole list. Comes when `handsChanged` does.
    NoticesChanged {
        /// The notices.
        notices: Vec<Notice>,
    },
    /// What the client's receiving video m-lines carry now: the whole set. A slot that is not listed carries nothing.
    SlotsChanged {
        /// The slots in use.
        slots: Vec<SlotView>,
    },
    /// The other one of a call of two hands the client over. It asks for `follow`, or does nothing.
    TransferRequested {
        /// What to follow.
        transfer: TransferId,
        /// Who hands over.
        by: RawId,
        /// To whom, if it is to a user; otherwise it is to a call that goes on already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        target: Option<RawId>,
    },
    /// The other one was not handed over; the call goes on.
    TransferFailed {
        /// Why.
        reason: ErrorBody,
    },
}
