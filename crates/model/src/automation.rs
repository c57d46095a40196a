//! Call automation: what the servers of apps ask of calls through a *connection*, and what they are told.
//!
//! A connection is a hold on a call: not a leg, not on the roster, without media. Source: Azure Communication Services, "Call Automation".

use crate::audio::{PlayFailed, PlayFiles, StreamingOptions};
use crate::{CallId, ConnectionId, ErrorCode, RawId, RingId, Tone, TransferId};

/// The type of the last callback of each connection.
pub const CALL_DISCONNECTED: &str = "Microsoft.Communication.CallDisconnected";

/// Somebody in a call, as connections see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub user: RawId,
    /// Whether muted with all legs.
    pub muted: bool,
    /// Whether the call is on hold with all legs.
    pub held: bool,
}

/// What a connection's app is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// The connection has begun.
    Connected,
    /// Who is in the call has changed, or whether they are muted or hold it.
    ParticipantsUpdated {
        /// Everybody.
        participants: Vec<Seen>,
        /// Counts up from 1 with each list.
        sequence: u64,
    },
    /// Somebody was removed, as the app asked.
    Removed {
        /// Who.
        user: RawId,
    },
    /// Somebody could not be removed.
    NotRemoved {
        /// Who.
        user: RawId,
        /// Why not.
        reason: ErrorCode,
    },
    /// Nobody whom the app called came.
    CreateFailed {
        /// Why the last of them did not.
        reason: ErrorCode,
    },
    /// Somebody came whom the app called into the call.
    Added {
        /// Who.
        user: RawId,
    },
    /// Somebody did not come whom the app called, or could not be called.
    NotAdded {
        /// Who.
        user: RawId,
        /// Why not.
        reason: ErrorCode,
        /// What to do about it, where the reason alone does not say it.
        advice: Option<&'static str>,
    },
    /// Somebody is called no more, as the app asked.
    AddCanceled {
        /// By which invitation they were.
        invitation: RingId,
    },
    /// There was nothing to cancel.
    AddNotCanceled {
        /// What the app asked for.
        invitation: RingId,
    },
    /// Somebody is with somebody else, as the app asked, and out of its call.
    TransferAccepted {
        /// Who was handed over.
        transferee: RawId,
        /// To whom.
        target: RawId,
    },
    /// Somebody was not handed over; the call goes on.
    NotTransferred {
        /// Why not.
        reason: ErrorCode,
        /// What to do about it, where the reason alone does not say it.
        advice: Option<&'static str>,
    },
    /// Somebody came from another call of the app's.
    Moved {
        /// Who.
        user: RawId,
        /// The connection to the call that they come from.
        from: ConnectionId,
    },
    /// Somebody did not.
    NotMoved {
        /// Who.
        user: RawId,
        /// The connection to the call that they are in.
        from: ConnectionId,
        /// Why not.
        reason: ErrorCode,
        /// What to do about it, where the reason alone does not say it.
        advice: Option<&'static str>,
    },
    /// Sound goes to the app.
    StreamingStarted,
    /// It does not any more, as was asked, or because the app closed the WebSocket.
    StreamingStopped,
    /// Sound could not go to the app, or does not any more.
    StreamingFailed {
        /// A sentence for the app's developer.
        message: String,
    },
    /// What the app plays is heard.
    PlayStarted,
    /// It was played to its end.
    PlayCompleted,
    /// It was not.
    PlayFailed(PlayFailed),
    /// It is not played, or no more, as the app asked.
    PlayCanceled,
    /// Somebody whose tones the app hears has pressed a key.
    ToneReceived {
        /// Which.
        tone: Tone,
        /// Counts up from 1.
        sequence: u64,
    },
    /// The app hears no more tones of somebody, as it asked, or because they left.
    TonesStopped,
    /// The connection is over. Always the last.
    Disconnected {
        /// Why.
        reason: ErrorCode,
    },
}

/// An agent that is wanted: as it, the connection's app hears the call and speaks in it, and everybody sees it on the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgent {
    /// Under which name.
    pub display_name: String,
    /// How sound goes to the app and back; `None`: not at all. Of a connection that answered, the agent then stands on the roster all the
    /// same; of others it comes when the app plays something.
    pub options: Option<StreamingOptions>,
    /// Whether it streams from the beginning.
    pub start: bool,
}

/// A connection that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConnection {
    /// Its new id.
    pub id: ConnectionId,
    /// Whose it is: the resource whose key signed the request.
    pub resource: String,
    /// What its callbacks carry, if the app said anything.
    pub context: Option<String>,
    /// Where its callbacks go.
    pub callback_uri: String,
    /// As whom its app hears and speaks, if it wants to.
    pub agent: Option<NewAgent>,
}

/// A call that an app starts in order to call people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Whom.
    pub targets: Vec<RawId>,
    /// As which user of its resource; `None`: as itself.
    pub source: Option<RawId>,
    /// The name that those see who are called; empty if the app gave none.
    pub display_name: String,
}

/// To which call a connection is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectTarget {
    /// The resource's group call of this id, as it was written.
    Group(String),
    /// The resource's room of this id, as it was written.
    Room(String),
    /// A call that goes on.
    Call(CallId),
    /// The meeting of a join link.
    MeetingLink(String),
}

/// What an app's server asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AutomationCommand {
    /// A connection to a call.
    Connect {
        /// The connection.
        connection: NewConnection,
        /// To which.
        target: ConnectTarget,
    },
    /// A new call, in which people are called, with a connection.
    Create {
        /// The connection.
        connection: NewConnection,
        /// Who is called by whom.
        outgoing: Outgoing,
    },
    /// A connection that answers a call in place of the user at whom it rings, who is of the connection's resource.
    Answer {
        /// The connection. Its agent stands on the roster as that user.
        connection: NewConnection,
        /// Which call.
        ring: RingId,
        /// As which user of the resource the app says that it answers.
        answered_by: Option<RawId>,
    },
    /// A call that rings at a user is not for that user.
    TurnAway {
        /// Names the request: the same once more does nothing, and is answered alike.
        request: String,
        /// Whose the app is that asks; the user must be of it.
        resource: String,
        /// Which call.
        ring: RingId,
        /// What becomes of it.
        to: TurnedAway,
    },
    /// Something of a connection that there is.
    Of {
        /// Which.
        connection: ConnectionId,
        /// Whose the app is that asks.
        resource: String,
        /// What.
        act: Act,
    },
    /// Something is to be played in the call of a connection that there is. Told by callbacks.
    Play {
        /// Which.
        connection: ConnectionId,
        /// Whose the app is that asks.
        resource: String,
        /// What.
        play: NewPlay,
    },
}

/// What an app wants to be played in its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlay {
    /// Which files.
    pub files: PlayFiles,
    /// Who alone is to hear them; empty: everybody.
    pub to: Vec<RawId>,
    /// Whether what plays and what waits is canceled for it.
    pub interrupt: bool,
    /// For the callbacks.
    pub context: Option<String>,
}

/// What becomes of a call that an app does not answer for its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnedAway {
    /// It rings at somebody else.
    To(RawId),
    /// It ends for whoever calls, with this reason.
    Rejected(ErrorCode),
}

/// What is asked of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// How it is, and who is in its call.
    Look,
    /// It ends; the call goes on.
    HangUp,
    /// Its call ends for everybody.
    Terminate,
    /// Somebody is taken out of the call; told by a callback.
    Remove {
        /// Who.
        user: RawId,
        /// For the callback.
        context: Option<String>,
    },
    /// Somebody is called into the call; told by a callback. Under an invitation that is under way nobody is called once more.
    Add {
        /// The ring's new id.
        invitation: RingId,
        /// Whom.
        user: RawId,
        /// The name that they see; empty: the connection's.
        display_name: String,
        /// How long it rings, in milliseconds; `None`: as long as other calls.
        wait_ms: Option<u64>,
        /// For the callback.
        context: Option<String>,
    },
    /// Somebody is called no more; told by a callback.
    CancelAdd {
        /// By which invitation they are.
        invitation: RingId,
        /// For the callback.
        context: Option<String>,
    },
    /// Somebody is handed over: they call `target`, and are out of this call once that is answered. Told by a callback.
    Transfer {
        /// The transfer's new id.
        transfer: TransferId,
        /// Who; `None`: the only one who is there.
        transferee: Option<RawId>,
        /// To whom.
        target: RawId,
        /// How long it may ring, in milliseconds. The node fills it in.
        wait_ms: u64,
        /// For the callback.
        context: Option<String>,
    },
    /// People come here from another call of the same app's; told by a callback for each.
    MoveHere {
        /// Who, each with the new id of how they come.
        users: Vec<(TransferId, RawId)>,
        /// The connection to that call.
        from: ConnectionId,
        /// For the callbacks.
        context: Option<String>,
    },
    /// Somebody is muted.
    Mute {
        /// Who.
        user: RawId,
    },
    /// Sound is to go to its app; an agent that was muted may be heard again, if it may speak. Told by a callback.
    StartStreaming {
        /// For the callback.
        context: Option<String>,
    },
    /// No more sound is to go to its app. Told by a callback.
    StopStreaming {
        /// For the callback.
        context: Option<String>,
    },
    /// Its app is to hear the tones of somebody. Told by a callback for each.
    StartTones {
        /// Of whom.
        user: RawId,
        /// For the callbacks.
        context: Option<String>,
    },
    /// Its app is to hear them no more. Told by a callback, if it did.
    StopTones {
        /// Of whom.
        user: RawId,
        /// For the callback.
        context: Option<String>,
    },
    /// Nothing more is to be played, neither what plays nor what waits. Told by a callback for each.
    CancelMedia,
}

/// A connection as its app sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionView {
    /// Which.
    pub id: ConnectionId,
    /// Its call.
    pub call: CallId,
    /// Who is in the call.
    pub participants: Vec<Seen>,
    /// Where its callbacks go.
    pub callback_uri: String,
    /// Who called whom in the beginning: the app, or whoever it answered.
    pub outgoing: Option<Outgoing>,
    /// Whether nobody of those has come yet.
    pub connecting: bool,
    /// As which user its app said that it answers.
    pub answered_by: Option<RawId>,
}

/// Why something is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutomationRefused {
    /// There is no such connection of this resource.
    NoConnection,
    /// There is no such call that this resource may know of.
    NoCall,
    /// Group ids are UUIDs.
    NoGroupId,
    /// The organization does not trust the resource.
    NotTrusted,
    /// The link belongs to another server.
    ForeignLink,
    /// It would have to wait in the lobby, and there is nobody to wait.
    MustWait,
    /// The call from which people are to come is none that this resource is connected to, or is this one.
    NoFromCall,
    /// Nobody was named who is handed over, and there is not exactly one who could be meant.
    NoTransferee,
    /// No call rings at a user of the resource that this is about, or not any more.
    NoRing,
    /// Whom a call is redirected to is in it, or it rings there already.
    HereAlready,
    /// The connection was made without an agent.
    NoAgent,
    /// It rings and nobody has come yet.
    StillConnecting,
    /// Somebody who is to hear something, or to be heard, is not in the call.
    NotInCall,
    /// As much waits to be played as may.
    TooManyPlays,
    /// The call has as many connections as it may.
    TooManyOfCall,
    /// The resource has as many connections as it may.
    TooManyOfResource,
    /// What a participant would be told.
    Code(ErrorCode),
}

/// What became of a command.
pub type AutomationAnswer = Result<ConnectionView, AutomationRefused>;
