//! Events on their way to those who subscribed.

use crate::{CallId, ConnectionId, ThreadId, WallMs};

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventOf {
    /// A call.
    Call(CallId),
    /// A call, as it is told to the apps of one resource, whose call it is not.
    CallFor {
        /// Which.
        call: CallId,
        /// The resource.
        resource: String,
    },
    /// A chat thread.
    Thread {
        /// Which.
        id: ThreadId,
        /// The resource whose app made it.
        resource: String,
    },
}

impl EventOf {
    /// The call's id, if it is a call.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Call(call) | Self::CallFor { call, .. } => Some(call),
            Self::Thread { .. } => None,
        }
    }
}

/// An event waiting to be delivered. Written in the same transaction as the change that it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEvent {
    /// The event's id: a UUID, the same at every attempt to deliver it.
    pub id: String,
    /// What it is about; events of one call, or of one thread, are delivered in order.
    pub of: EventOf,
    /// The connection whose app alone is told: a callback. `None` for what subscribers are told.
    pub connection: Option<ConnectionId>,
    /// Its type, for example `Microsoft.Communication.CallStarted`.
    pub event_type: String,
    /// Its subject, for example `call/<serverCallId>`.
    pub subject: String,
    /// Its data, as JSON.
    pub data: String,
    /// When it happened.
    pub at: WallMs,
}
