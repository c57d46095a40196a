//! What a call wants done.

use convene_model::{
    ConnectionId, ErrorCode, ParticipantId, PeerId, RawId, RingId, Ticket, audio::StreamOrder,
    automation::AutomationAnswer, happened::Happened, media::MediaCommand, record::JournalRow,
};
use convene_protocol::{Event, Reply};
use std::time::Duration;

/// A request of one leg, as the session numbered it.
pub type RequestId = u32;

/// One thing that a call wants done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Write this durably, then say `handle_committed(n)`. Everything that others may learn of it follows only then.
    Commit {
        /// Counts up from 1 within this call.
        n: u64,
        /// The journal's lines.
        rows: Vec<JournalRow>,
        /// What subscribers are to be told; goes into the outbox in the same transaction.
        happened: Vec<Happened>,
    },
    /// Answer a request of a leg.
    Reply {
        /// Whose request.
        leg: ParticipantId,
        /// Which.
        request: RequestId,
        /// The answer.
        result: Result<Reply, ErrorCode>,
    },
    /// Answer a request of a leg with an error that says more than its code.
    Refuse {
        /// Whose request.
        leg: ParticipantId,
        /// Which.
        request: RequestId,
        /// The code.
        code: ErrorCode,
        /// What is wrong.
        message: String,
    },
    /// Tell a leg.
    Send {
        /// Whom.
        leg: ParticipantId,
        /// What.
        event: Event,
    },
    /// Tell a leg that the call is over for it, and forget the leg.
    LegOver {
        /// Which.
        leg: ParticipantId,
        /// Why.
        reason: ErrorCode,
    },
    /// Let every device of a user ring. If none is there, or too many calls ring at it, say so with
    /// [`crate::Call::handle_ring_over`].
    Ring {
        /// The ring's id.
        ring: RingId,
        /// Whom.
        user: RawId,
        /// Who calls.
        by: RawId,
        /// By which name.
        display_name: String,
        /// When it counts as not answered, as [`convene_model::Now::mono`]; the call sees to that itself.
        due: Duration,
    },
    /// The ring is over: tell every device at which it rang, but the one that accepted it.
    RingOver {
        /// Which.
        ring: RingId,
        /// Why.
        reason: ErrorCode,
    },
    /// Answer the server of an app.
    Automated {
        /// Which command.
        ticket: Ticket,
        /// The answer.
        answer: AutomationAnswer,
    },
    /// Tell the server of an app that the call rings elsewhere now, or not any more, as it asked.
    TurnedAway {
        /// Which command.
        ticket: Ticket,
    },
    /// A connection is over: forget it.
    ConnectionOver {
        /// Which.
        connection: ConnectionId,
    },
    /// Tell whoever codes the sound of this connection's agent. Answered by [`crate::Call::handle_streamed`].
    Stream {
        /// Which connection.
        connection: ConnectionId,
        /// Its agent's peer.
        peer: PeerId,
        /// What.
        order: StreamOrder,
    },
    /// Tell the media plane.
    Media(MediaCommand),
    /// Nobody is in the call or waits for it: forget the call.
    Over,
}
