//! What every feature of a call may use: which call it is, its policy, its time, and its way out through the gate.

use crate::gate::Gate;
use crate::output::RequestId;
use crate::{Output, Policy};
use convene_model::happened::{Happened, What};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{CallId, ErrorCode, Now, ParticipantId, RawId, ThreadId, Venue};
use convene_protocol::Reply;

/// What a call is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// A meeting's session: it has a lobby, a chat thread and a subject.
    Meeting {
        /// The meeting's chat thread.
        thread_id: ThreadId,
        /// The meeting's subject.
        subject: String,
    },
    /// A group call: everybody who knows its id comes in, or knocks where it has a lobby.
    Group {
        /// Whether it has a chat thread of its own.
        chat: bool,
    },
    /// A room's session: who comes, and as what, is its list's to say.
    Room {
        /// Whether it has a chat thread of its own.
        chat: bool,
    },
}

impl CallKind {
    /// The chat thread that belongs to this call alone, if it has one.
    fn own_thread(&self, call: &CallId) -> Option<ThreadId> {
        match self {
            Self::Group { chat: true } | Self::Room { chat: true } => Some(ThreadId::of_call(call)),
            Self::Meeting { .. } | Self::Group { chat: false } | Self::Room { chat: false } => None,
        }
    }

    pub(crate) fn subject(&self) -> Option<&str> {
        match self {
            Self::Meeting { subject, .. } => Some(subject),
            Self::Group { .. } | Self::Room { .. } => None,
        }
    }
}

/// What every feature may use.
#[derive(Debug)]
pub(crate) struct Core {
    pub id: CallId,
    pub target: CallTarget,
    pub kind: CallKind,
    pub policy: Policy,
    pub gate: Gate,
    pub now: Now,
    /// Whether it is a call of two, for what is told of it.
    pub two_party: bool,
    /// The host of a call that is to ring, until the journal knows.
    pub hosted_by: Option<RawId>,
    /// Whether the journal knows of this call. A call that refused its only visitor leaves no trace.
    pub journaled: bool,
    /// Whether somebody has come in already, with whom a chat of the call's own opened.
    pub chat_opened: bool,
    /// Why it ended for everybody, if it did in this step.
    pub ended: Option<ErrorCode>,
}

impl Core {
    pub fn venue(&self) -> Venue {
        match self.kind {
            CallKind::Meeting { .. } => Venue::Meeting,
            CallKind::Group { .. } => Venue::Group { lobby: self.policy.hosted },
            CallKind::Room { .. } => Venue::Room { lobby: !self.policy.invited_only },
        }
    }

    pub fn has_lobby(&self) -> bool {
        matches!(self.venue(), Venue::Meeting | Venue::Room { lobby: true } | Venue::Group { lobby: true })
    }

    pub fn journal(&mut self, row: JournalRow) {
        self.journal_start();
        self.gate.journal(row);
    }

    /// From now on the journal knows of this call.
    pub fn journal_start(&mut self) {
        if !std::mem::replace(&mut self.journaled, true) {
            let (call, target) = (self.id.clone(), self.target.clone());
            self.gate.journal(JournalRow::CallStarted { call, target, at: self.now.wall });
        }
    }

    /// The chat thread that those in the call are in.
    pub fn thread_id(&self) -> Option<ThreadId> {
        match &self.kind {
            CallKind::Meeting { thread_id, .. } => Some(thread_id.clone()),
            kind @ (CallKind::Group { .. } | CallKind::Room { .. }) => kind.own_thread(&self.id),
        }
    }

    /// `user` comes in: with the first, the call's own chat opens.
    pub fn open_chat(&mut self, user: &RawId) {
        if std::mem::replace(&mut self.chat_opened, true) {
            return;
        }
        if let Some(thread) = self.kind.own_thread(&self.id) {
            let (call, user, at) = (self.id.clone(), user.clone(), self.now.wall);
            self.journal(JournalRow::ChatOpened { call, thread, user, at });
        }
    }

    pub fn tell(&mut self, what: What) {
        let (call, target) = (self.id.clone(), self.target.clone());
        self.gate.tell(Happened { call, target, two_party: self.two_party, at: self.now.wall, what });
    }

    /// Ends the step. What it tells of the call is told of the call as it is now.
    pub fn end_step(&mut self) {
        self.gate.set_two_party(self.two_party);
        self.gate.end_step();
    }

    pub fn effect(&mut self, output: Output) {
        self.gate.effect(output);
    }

    pub fn reply(&mut self, leg: &ParticipantId, request: RequestId, result: Result<Reply, ErrorCode>) {
        self.effect(Output::Reply { leg: leg.clone(), request, result });
    }
}
