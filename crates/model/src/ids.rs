//! Identifiers of things that live in Convene. Each is a type of its own, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(pub String);

        impl $name {
            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// One live session of a meeting, group or room. A UUID; never reused.
    CallId
);
text_id!(
    /// One leg of a participant: one device in one call. A UUID. ACS calls this `participantId`.
    ParticipantId
);
text_id!(
    /// One ring of one user, on all of their devices. A UUID; never reused.
    RingId
);
text_id!(
    /// One connection: the hold of an app's server on a call. A UUID; never reused. ACS calls this `callConnectionId`.
    ConnectionId
);
text_id!(
    /// One wish to hand a call over. A UUID; never reused.
    TransferId
);
text_id!(
    /// A meeting's durable id (the `id` of the Graph-shaped resource). Unguessable.
    MeetingId
);
text_id!(
    /// A room's durable id: 17 digits, as ACS's.
    RoomId
);
text_id!(
    /// A chat thread's id: `19:meeting_<id>@thread.v2` for a meeting's, `19:call_<call>@thread.v2` for a call's of its own.
    ThreadId
);

impl ThreadId {
    /// The thread that a call brings along: of a group call or a room. A meeting has its own.
    pub fn of_call(call: &CallId) -> Self {
        Self(format!("19:call_{call}@thread.v2"))
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

number_id!(
    /// One authenticated WebSocket of this process. Never leaves the process.
    SessionId
);
number_id!(
    /// One command of an app's server, which waits for its answer. Never leaves the process.
    Ticket
);
number_id!(
    /// One peer connection of the media plane of this process: the media of one leg. Never leaves the process.
    PeerId
);
