//! What a call wants done.

use convene_model::{ErrorCode, ParticipantId, happened::Happened, media::MediaCommand, record::JournalRow};
use convene_protocol::{Event, Reply};

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
    /// Tell the media plane.
    Media(MediaCommand),
    /// Nobody is in the call or waits for it: forget the call.
    Over,
}
