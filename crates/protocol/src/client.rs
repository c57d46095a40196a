//! What a client says.

use crate::{AnnouncedState, DataChannel, Diagnostic, NoticeKind, Reaction};
use convene_model::{
    CallId, ParticipantId, RawId, RingId, Role, Tone, TransferId, media::ShownSize, media::Source, media::TrackPlan,
    survey::Survey,
};
use serde::{Deserialize, Serialize};

/// One message of a client.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ClientMessage {
    /// The first message, and only the first.
    Hello(Hello),
    /// Something to be done; answered by one response.
    Request {
        /// Chosen by the client, unique among its open requests; comes back in the response.
        id: u32,
        /// The client's handle of the call that this is about. A handle is taken with [`Request::Join`] and is free again when
        /// the call has ended for this client.
        call: u32,
        /// What is to be done.
        request: Request,
    },
    /// A new token of the same user, before the old one expires. Answered by `refreshed`, or `goodbye`.
    Refresh {
        /// The new token.
        token: String,
    },
    /// Asks for a `pong`. The server ends sessions that say nothing for two heartbeats.
    Ping {},
}

/// Tokens don't show in logs.
impl std::fmt::Debug for ClientMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hello(hello) => hello.fmt(f),
            Self::Request { id, call, request } => {
                f.debug_struct("Request").field("id", id).field("call", call).field("request", request).finish()
            }
            Self::Refresh { .. } => f.write_str("Refresh"),
            Self::Ping {} => f.write_str("Ping"),
        }
    }
}

/// Who the client is and what it speaks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Hello {
    /// The protocol versions that the client speaks; the server picks the highest that it speaks too.
    pub versions: Vec<u32>,
    /// The access token.
    pub token: String,
    /// Name and version of the client, for logs.
    pub client: String,
}

impl std::fmt::Debug for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hello").field("versions", &self.versions).field("client", &self.client).finish_non_exhaustive()
    }
}

/// What a client wants to join.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum JoinTarget {
    /// A meeting by its web join link, in either form, as the person typed it.
    MeetingLink {
        /// The link.
        link: String,
    },
    /// A meeting by the digits of its id and its passcode.
    MeetingId {
        /// The digits; spaces are ignored.
        meeting_id: String,
        /// The passcode.
        passcode: Option<String>,
    },
    /// A group call; the first to come starts it.
    Group {
        /// A UUID that the members agreed on.
        group_id: String,
    },
    /// A room, for those who are invited to it; others may knock where it has a lobby.
    Room {
        /// The room's id: 17 digits.
        room_id: String,
    },
}

/// Links and passcodes are secrets: they don't show in logs.
impl std::fmt::Debug for JoinTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MeetingLink { .. } => f.write_str("MeetingLink"),
            Self::MeetingId { .. } => f.write_str("MeetingId"),
            Self::Group { .. } => f.write_str("Group"),
            Self::Room { .. } => f.write_str("Room"),
        }
    }
}

/// To whom somebody is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum TransferTarget {
    /// A user, whom whoever is handed over then calls.
    User {
        /// Whom.
        user: RawId,
    },
    /// Another call of the client's own, in the client's place there. Not a meeting's or a room's.
    Call {
        /// Which.
        call_id: CallId,
    },
}

/// One video that a client wants to receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct VideoWish {
    /// Which leg sends it.
    pub participant_id: ParticipantId,
    /// `camera` or `screen`.
    pub source: Source,
    /// How large the client shows it; nothing of it is sent while a side is 0. Without it the best layer comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub shown: Option<ShownSize>,
}

/// What is to be done. Every request but `join` needs a handle that is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Request {
    /// Come in, or wait in the lobby. Replies `joined` or `waiting`. Takes the handle.
    Join {
        /// What to join.
        target: JoinTarget,
        /// The name that others see.
        display_name: String,
        /// Whether the microphone is muted from the start.
        muted: bool,
    },
    /// Come back into a call after the connection was lost, as the same leg. Replies `joined`, or `sessionLost`. Takes the handle.
    Resume {
        /// From the [`crate::CallView`] of this leg.
        secret: String,
    },
    /// Start a call and let it ring on every device of these users, 50 at most. Replies `joined`; `ringingChanged` follows, and
    /// `ringEnded` for everybody who does not come. With one user it is a call of two: it ends when one of them leaves. `forbidden`, with a
    /// message, where the organization takes no such call. Takes the handle.
    StartCall {
        /// Whom.
        users: Vec<RawId>,
        /// The name that they see.
        display_name: String,
        /// Whether the microphone is muted from the start.
        muted: bool,
        /// Whether the call has a lobby: whom others than the caller add to it later waits until the caller lets them in.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
        lobby: bool,
    },
    /// Come into the call that rings. Replies `joined`, or `notFound` if it rings no more. Takes the handle.
    Accept {
        /// From the `rings` of this session.
        ring: RingId,
        /// The name that others see.
        display_name: String,
        /// Whether the microphone is muted from the start.
        muted: bool,
    },
    /// Not come into the call that rings; all devices of the user stop ringing. Needs no handle. Replies `done`, or `notFound` if it
    /// rings no more.
    Decline {
        /// From the `rings` of this session.
        ring: RingId,
    },
    /// Leave, or stop waiting. Replies `done`; an `ended` event follows.
    Leave {},
    /// End the call for everybody. Needs the capability `hangUpForEveryOne`. Replies `done`.
    EndForEveryone {},
    /// Answer a media offer: the first one, one with more slots, or an ICE restart. Only for those in the call. Replies `answer`.
    Negotiate {
        /// The SDP offer.
        offer: String,
        /// What each of its m-lines is for.
        tracks: Vec<TrackPlan>,
    },
    /// Tell everybody that the microphone is muted or not. Replies `done`.
    SetMuted {
        /// The new state.
        muted: bool,
    },
    /// Tell everybody that the camera or the screen is being sent. Replies `done`.
    Publish {
        /// `camera` or `screen`.
        source: Source,
    },
    /// Tell everybody that the camera or the screen is no longer sent. Replies `done`.
    Unpublish {
        /// `camera` or `screen`.
        source: Source,
    },
    /// Replace all wishes for video, most wanted first, and how large each is shown. Replies `done`; `slotsChanged` follows if slots change.
    Subscribe {
        /// The wishes.
        videos: Vec<VideoWish>,
    },
    /// Let somebody in who waits, with all legs. Needs `manageLobby`. Replies `done`.
    Admit {
        /// Who.
        user: RawId,
    },
    /// Send somebody away who waits, with all legs. Needs `manageLobby`. Replies `done`.
    Reject {
        /// Who.
        user: RawId,
    },
    /// Let everybody in who waits. Needs `manageLobby`. Replies `admittedAll`.
    AdmitAll {},
    /// Put somebody who is in the call back into the lobby. Needs `manageLobby`. Replies `done`.
    PutBack {
        /// Who.
        user: RawId,
    },
    /// Send somebody away who is in the call, with all legs, and bar them from it; or call somebody no more at whom it rings. Needs
    /// `removeParticipant`. Replies `done`.
    Remove {
        /// Who.
        user: RawId,
    },
    /// Let somebody come back who was removed. Needs `manageRoles`. Replies `done`.
    LiftBar {
        /// Who.
        user: RawId,
    },
    /// Mute somebody, with all legs; they may unmute themselves. Needs `muteOthers`. Replies `done`.
    Mute {
        /// Who.
        user: RawId,
    },
    /// Mute everybody else. Needs `muteOthers`. Replies `done`.
    MuteAll {},
    /// Forbid or permit others to send (hard mute). Needs `forbidOthersAudio`, or `forbidOthersVideo`. Replies `done`.
    SetAccess {
        /// Whom; everybody else whose role does not manage others, if there is no list.
        users: Option<Vec<RawId>>,
        /// `microphone`, or `camera` for camera and screen.
        source: Source,
        /// Whether they may send it.
        permitted: bool,
    },
    /// Raise one's hand. Needs `raiseHand`. Replies `done`; `handsChanged` follows.
    RaiseHand {},
    /// Lower hands: one's own, or, with `muteOthers`, those of others. Replies `done`; `handsChanged` follows.
    LowerHands {
        /// Whose; everybody's, if there is no list.
        users: Option<Vec<RawId>>,
    },
    /// Show everybody a reaction. Needs `useReactions`. Replies `done`; `reacted` follows.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// Put participants into everybody's spotlight, at most 7 in all. Needs `spotlightParticipant`. Replies `done`;
    /// `spotlightChanged` follows.
    Spotlight {
        /// Whom. Who is in it already keeps the place.
        users: Vec<RawId>,
    },
    /// Take participants out of the spotlight: oneself, or, with `removeParticipantsSpotlight`, others. Replies `done`;
    /// `spotlightChanged` follows.
    EndSpotlight {
        /// Whom; all, if there is no list.
        users: Option<Vec<RawId>>,
    },
    /// Tell everybody that the client records or transcribes the call, or no longer does. Needs `announceRecording`. Replies
    /// `done`; `noticesChanged` follows. It ends by itself when the client's user leaves.
    Announce {
        /// What is done.
        kind: NoticeKind,
        /// How it stands.
        state: AnnouncedState,
    },
    /// Send a message by a data channel. Needs `sendData`. Replies `done`; the receivers are told `dataReceived`.
    SendData {
        /// The channel.
        channel: DataChannel,
        /// The sender counts the messages of a channel, from 1.
        sequence: u32,
        /// Whether it may be left out for a receiver that is slow.
        may_be_lost: bool,
        /// Whom, 64 at most; everybody else, if there is no list.
        to: Option<Vec<RawId>>,
        /// The bytes as base64; 32 KiB at most.
        data: String,
    },
    /// Say that nothing more comes by a data channel. Needs `sendData`. Replies `done`; the receivers are told `dataClosed`.
    CloseData {
        /// The channel.
        channel: DataChannel,
        /// Whom; everybody else, if there is no list.
        to: Option<Vec<RawId>>,
    },
    /// Show everybody what is being typed. Needs `realTimeText`. Replies `done`; `textReceived` follows.
    SendText {
        /// The whole text as it is now, 2000 bytes at most.
        text: String,
        /// Whether it is done; what follows is another text then.
        done: bool,
    },
    /// Press a key of a telephone, for the apps whose servers are in the call. Replies `done`, also if none listens; 10 per second at most.
    SendTone {
        /// Which.
        tone: Tone,
    },
    /// Tell all others how it stands with the client's network and devices, in calls of 20 participants at most. Replies `done`; the
    /// others are told `diagnosticsTold`.
    TellDiagnostics {
        /// What changed.
        diagnostics: Vec<Diagnostic>,
    },
    /// Say what one thought of a call; a survey of the same leg takes the former one's place. Needs no handle: the call may have
    /// ended. Replies `surveyKept`, or `notFound` if the client's user was not in a call as that leg, nor waited for one.
    SubmitSurvey {
        /// The leg that the client had.
        participant_id: ParticipantId,
        /// What was thought.
        survey: Survey,
    },
    /// Change somebody's role. Needs `manageRoles`. Replies `done`.
    SetRole {
        /// Whose.
        user: RawId,
        /// The new role: `coOrganizer`, `presenter`, `attendee` or `consumer`.
        role: Role,
    },
    /// Let a call that goes on ring on every device of somebody else. Needs `addCommunicationUser`. Replies `done`; `ringingChanged`
    /// follows, and `ringEnded` if this user does not come. [`Request::Remove`] takes it back while it rings.
    AddParticipant {
        /// Whom.
        user: RawId,
    },
    /// Put the call on hold, or take it up again: nothing is sent by this leg or received meanwhile. Replies `done`; the others are told
    /// `participantChanged`.
    SetHeld {
        /// The new state.
        held: bool,
    },
    /// Hand the other one of a call of two over. That one is told `transferRequested`. Replies `done`; `ended` (0/7015) follows once the
    /// other one has somebody else instead, `transferFailed` if not.
    Transfer {
        /// To whom.
        target: TransferTarget,
    },
    /// Come into the call to which one is handed over; where it is to a user, that user's devices ring. Replies `joined`, or `notFound`
    /// if nobody hands the client over any more. Takes the handle.
    Follow {
        /// From the event `transferRequested`.
        transfer: TransferId,
        /// The name that others see.
        display_name: String,
        /// Whether the microphone is muted from the start.
        muted: bool,
    },
}
