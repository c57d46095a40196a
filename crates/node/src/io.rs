//! What goes into a node and what comes out of it.

use convene_model::audio::{StreamOrder, StreamReport};
use convene_model::automation::{AutomationAnswer, AutomationCommand};
use convene_model::group_call::GroupCall;
use convene_model::media::{MediaCommand, MediaEvent};
use convene_model::push::RingPush;
use convene_model::record::{CallTarget, JournalRow, Meeting, OutboxEvent, Room, User};
use convene_model::survey::SurveyRecord;
use convene_model::{CallId, ConnectionId, MeetingId, PeerId, RawId, RoomId, SessionId, ThreadId, Ticket};
use convene_protocol::ServerMessage;
use std::net::IpAddr;

/// Names a question to the store, so that the answer finds its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookupId(pub u64);

/// A question to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The user of a token, for its generation.
    User(RawId),
    /// A meeting by its id.
    Meeting(MeetingId),
    /// A meeting by the thread of its classic link.
    MeetingByThread(ThreadId),
    /// A meeting by its digits.
    MeetingByJoinId(String),
    /// A resource's room.
    Room {
        /// Whose.
        resource: String,
        /// Which.
        room: RoomId,
    },
    /// What a resource's server said about a group call.
    GroupCall {
        /// Whose.
        resource: String,
        /// Which; a UUID in lower case.
        group_id: String,
    },
    /// Whether this survey's leg was in a call, or waited for one, as a leg of its user; if so, the survey is to be kept.
    KeepSurvey(Box<SurveyRecord>),
    /// Who is told that it rings at this user, where no page is open: at how many browsers push services took a message, for each is
    /// sent one; and whether an app asked to be told.
    Wake(RawId, Box<RingPush>),
}

/// The store's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// To [`Lookup::User`].
    User(Option<User>),
    /// To both questions for a meeting.
    Meeting(Option<Box<Meeting>>),
    /// To [`Lookup::Room`].
    Room(Option<Box<Room>>),
    /// To [`Lookup::GroupCall`]; [`GroupCall::open`] if nothing was said.
    GroupCall(Box<GroupCall>),
    /// To [`Lookup::KeepSurvey`].
    Kept(bool),
    /// To [`Lookup::Wake`].
    Woken {
        /// Browsers.
        browsers: u32,
        /// Whether a subscription of the user's resource names such events, so that its app may answer.
        app: bool,
    },
    /// The store could not be asked.
    Failed,
}

/// What happens to a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A WebSocket was opened.
    Opened {
        /// Its new, never used id.
        session: SessionId,
        /// Where it comes from; attempts to guess are counted by it.
        address: IpAddr,
    },
    /// It carried a text.
    Message {
        /// Which.
        session: SessionId,
        /// The text, as received.
        text: String,
    },
    /// It is gone.
    Closed {
        /// Which.
        session: SessionId,
        /// Whether the client closed it. If not, the connection was lost, and the client may come back.
        by_client: bool,
    },
    /// The store answered.
    LookedUp {
        /// Which question.
        lookup: LookupId,
        /// The answer.
        found: Found,
    },
    /// All commits up to this one are durable.
    Committed {
        /// The last of them.
        n: u64,
    },
    /// This commit could not be written: nothing of it happened, and its call ends.
    CommitFailed {
        /// Which.
        n: u64,
    },
    /// A user's tokens were revoked, or the user was deleted; the store has it already. Sessions with a token that is no
    /// longer valid end.
    UserChanged {
        /// Whose.
        user: RawId,
        /// The user's generation now; `None` if deleted.
        generation: Option<u64>,
    },
    /// The media plane says something.
    Media(MediaEvent),
    /// A meeting was changed, and the change is durable.
    MeetingChanged(Box<Meeting>),
    /// A meeting's call is to end for everybody; nothing happens if there is none.
    EndMeeting(convene_model::MeetingId),
    /// A meeting was deleted, and that is durable: its call ends for everybody, and nobody comes in who was looking for it.
    MeetingDeleted(convene_model::MeetingId),
    /// A room was changed, and the change is durable.
    RoomChanged(Box<Room>),
    /// A room was deleted, and that is durable: its call ends for everybody, and nobody comes in who was looking for it.
    RoomDeleted {
        /// Whose it was.
        resource: String,
        /// Which.
        room: RoomId,
    },
    /// What is said about a group call was changed or deleted, and that is durable.
    GroupCallChanged(Box<GroupCall>),
    /// The server of an app asks for something; answered by [`Output::Automated`], or [`Output::TurnedAway`].
    Automate {
        /// Names the command, so that the answer finds its way back.
        ticket: Ticket,
        /// Where it comes from; attempts to guess are counted by it.
        address: IpAddr,
        /// The command, of a resource that proved itself.
        command: AutomationCommand,
    },
    /// What became of the sound of a connection's agent.
    Streamed {
        /// Which connection's.
        connection: ConnectionId,
        /// What.
        report: StreamReport,
    },
    /// A call of the last run that had not ended. Comes before any session.
    Recover(Box<OpenCallRecord>),
    /// The server stops: every call ends, every session closes, nobody new comes in.
    Stop,
}

/// A call of the last run that had not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenCallRecord {
    /// Which.
    pub call: CallId,
    /// Of what.
    pub target: CallTarget,
    /// The meeting, if it is one's.
    pub meeting: Option<Meeting>,
    /// The room, if it is one's.
    pub room: Option<Room>,
    /// What was said about the group, if it is one's.
    pub group: Option<GroupCall>,
    /// Its journal so far.
    pub journal: Vec<JournalRow>,
}

/// What a node wants done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send a message.
    Send {
        /// To whom.
        session: SessionId,
        /// What.
        message: ServerMessage,
    },
    /// Close a WebSocket after all that was sent. [`Input::Closed`] need not follow.
    Close {
        /// Which.
        session: SessionId,
    },
    /// Ask the store; answered by [`Input::LookedUp`].
    Lookup {
        /// The question's name.
        lookup: LookupId,
        /// The question.
        what: Lookup,
    },
    /// Write durably, in one transaction; answered by [`Input::Committed`] or [`Input::CommitFailed`]. Numbers count up
    /// from 1 without gaps; several may be written in one transaction, in order.
    Commit {
        /// The commit's number.
        n: u64,
        /// The journal's lines.
        rows: Vec<JournalRow>,
        /// The outbox's events.
        events: Vec<OutboxEvent>,
    },
    /// Answer the server of an app.
    Automated {
        /// Which command.
        ticket: Ticket,
        /// The answer.
        answer: AutomationAnswer,
    },
    /// Answer the server of an app: the call rings elsewhere now, or not any more, as it asked.
    TurnedAway {
        /// Which command.
        ticket: Ticket,
    },
    /// Tell whoever codes the sound of this connection's agent; answered by [`Input::Streamed`].
    Stream {
        /// Which connection's.
        connection: ConnectionId,
        /// Its call.
        call: CallId,
        /// Its agent's peer.
        peer: PeerId,
        /// What.
        order: StreamOrder,
    },
    /// A connection is over, and with it its stream, if it has one.
    ConnectionOver(ConnectionId),
    /// Tell the media plane.
    Media(MediaCommand),
    /// Tell a user's browsers by Web Push that a ring is over. Nobody waits for it.
    Push {
        /// Whose.
        user: RawId,
        /// What.
        push: RingPush,
    },
}
