//! A client as the protocol wants it: it believes what it is told, and knows nothing else.

use crate::rule::{Rule, Violation};
use convene_model::limits::CALLS_PER_SESSION_MAX;
use convene_model::{CallId, Capability, ErrorCode, ParticipantId, RawId, RingId, Role, SessionId, TransferId};
use convene_protocol::{CallView, ErrorBody, Event, ParticipantView, Reply, ServerMessage};
use std::collections::{BTreeMap, BTreeSet};

/// A request that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `wrongly`: with a wrong passcode.
    Join {
        handle: u32,
        wrongly: bool,
    },
    /// `right`: whether it must, or must not, succeed.
    Resume {
        handle: u32,
        right: Option<bool>,
    },
    /// `wrongly`: it rings at somebody else.
    Accept {
        handle: u32,
        ring: RingId,
        wrongly: bool,
    },
    Leave {
        handle: u32,
    },
    Remove {
        call: CallId,
        user: RawId,
    },
    Lift {
        call: CallId,
        user: RawId,
    },
    /// `legs`: those that wait.
    Reject {
        call: CallId,
        legs: Vec<ParticipantId>,
    },
    Other,
}

/// What a client knows of a call that it is in.
#[derive(Clone, Debug)]
pub struct InCall {
    pub call: CallId,
    pub leg: ParticipantId,
    pub role: Role,
    pub manages_lobby: bool,
    pub roster: BTreeMap<RawId, ParticipantView>,
    pub lobby: BTreeSet<RawId>,
    pub hands: Vec<RawId>,
    pub spotlight: Vec<RawId>,
    /// Whom the call rings at.
    pub ringing: BTreeSet<RawId>,
}

/// What a handle stands for.
#[derive(Clone, Debug)]
pub enum Place {
    Joining,
    Resuming,
    Waiting { leg: ParticipantId },
    In(Box<InCall>),
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Silent,
    Greeting,
    Active,
}

/// What the world must know of what a client was told.
#[derive(Clone, Debug)]
pub enum Told {
    /// It is in; `back`: it was before.
    In { call: CallId, leg: ParticipantId, secret: String, back: bool },
    /// It waits.
    Waits { leg: ParticipantId },
    /// Others are so.
    Others { call: CallId, participant: ParticipantView },
    /// Somebody left.
    Left { call: CallId, user: RawId },
    /// It came in by accepting.
    Accepted { session: SessionId, ring: RingId },
    /// It removed somebody.
    Removed { call: CallId, user: RawId },
    /// It sent somebody away who waited with these legs.
    Rejected { call: CallId, legs: Vec<ParticipantId> },
}

/// What the token is worth with which a session greets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It opens everything.
    Good,
    /// It is for joining calls that go on.
    JoinOnly,
    /// It opens nothing: forged, revoked, or for chat.
    Worthless,
}

/// One session's other end.
#[derive(Clone, Debug)]
pub struct Client {
    pub session: SessionId,
    pub user: RawId,
    pub generation: u64,
    pub stage: Stage,
    pub proof: Proof,
    pub places: BTreeMap<u32, Place>,
    pub open: BTreeMap<u32, Asked>,
    /// To where others want to hand it over.
    pub transfers: Vec<TransferId>,
    /// Handles on which it hung up before it was in.
    hung_up: BTreeSet<u32>,
    requests: u32,
    told: Vec<Told>,
}

impl Client {
    pub fn new(session: SessionId, user: RawId, generation: u64) -> Self {
        Self {
            session,
            user,
            generation,
            stage: Stage::Silent,
            proof: Proof::Good,
            places: BTreeMap::new(),
            open: BTreeMap::new(),
            transfers: vec![],
            hung_up: BTreeSet::new(),
            requests: 0,
            told: vec![],
        }
    }

    /// The lowest handle that stands for nothing.
    pub fn free_handle(&self) -> u32 {
        (1..).find(|handle| !self.places.contains_key(handle)).expect("there are more handles than places")
    }

    /// A new request's id.
    pub fn ask(&mut self, asked: Asked) -> u32 {
        self.requests += 1;
        match asked {
            Asked::Join { handle, .. } | Asked::Accept { handle, .. } => {
                self.hung_up.remove(&handle);
                self.places.insert(handle, Place::Joining);
            }
            Asked::Resume { handle, .. } => {
                self.hung_up.remove(&handle);
                self.places.insert(handle, Place::Resuming);
            }
            Asked::Leave { handle } => {
                self.hung_up.insert(handle);
            }
            Asked::Remove { .. } | Asked::Lift { .. } | Asked::Reject { .. } | Asked::Other => {}
        }
        self.open.insert(self.requests, asked);
        self.requests
    }

    /// What a handle's leg is, if the client knows.
    pub fn leg(&self, handle: u32) -> Option<&ParticipantId> {
        match self.places.get(&handle)? {
            Place::In(state) => Some(&state.leg),
            Place::Waiting { leg } => Some(leg),
            Place::Joining | Place::Resuming => None,
        }
    }

    /// The server said something.
    ///
    /// # Errors
    /// A [`Violation`] if it should not have.
    pub fn hear(&mut self, message: &ServerMessage) -> Result<Vec<Told>, Violation> {
        match message {
            ServerMessage::Welcome { .. } if self.proof == Proof::Worthless => {
                let what = format!("session {} is welcome with a token that is worth nothing", self.session);
                return Err(Violation::new(Rule::ProofIsNeeded, what));
            }
            ServerMessage::Welcome { .. } => self.stage = Stage::Active,
            ServerMessage::Refreshed { .. }
            | ServerMessage::Rings { .. }
            | ServerMessage::RingOver { .. }
            | ServerMessage::Pong {}
            | ServerMessage::Goodbye { .. } => {}
            ServerMessage::Response { id, reply, error } => self.answered(*id, reply.as_ref(), error.as_ref())?,
            ServerMessage::Event { call, event } => self.happened(*call, event)?,
        }
        let places = self.places.values().filter(|place| matches!(place, Place::In(_) | Place::Waiting { .. })).count();
        if places > CALLS_PER_SESSION_MAX {
            return Err(Violation::new(Rule::Bounds, format!("session {} has {places} places", self.session)));
        }
        Ok(std::mem::take(&mut self.told))
    }

    fn answered(&mut self, id: u32, reply: Option<&Reply>, error: Option<&ErrorBody>) -> Result<(), Violation> {
        let wrong = |what: String| Err(Violation::new(Rule::Answered, what));
        let Some(asked) = self.open.remove(&id) else {
            return wrong(format!(
                "session {} got an answer to {id}, which is not open: {reply:?} {error:?}",
                self.session
            ));
        };
        if error.is_some_and(|error| error.name == ErrorCode::ServerFailed.name()) {
            return wrong(format!("session {}: the server failed at {asked:?}", self.session));
        }
        let gone = error.is_some_and(|error| error.name == ErrorCode::SessionLost.name());
        match (&asked, reply) {
            (Asked::Join { wrongly: true, .. } | Asked::Accept { wrongly: true, .. }, Some(reply)) => {
                let what = format!("session {} came in where it may not: {asked:?} {reply:?}", self.session);
                return Err(Violation::new(Rule::ProofIsNeeded, what));
            }
            (Asked::Resume { right: Some(false), .. }, Some(reply)) => {
                let what = format!("session {} came back with a wrong secret: {reply:?}", self.session);
                return Err(Violation::new(Rule::SecretsHold, what));
            }
            (Asked::Resume { right: Some(true), .. }, None) if gone => {
                let what = format!("session {} cannot come back to a leg that is in", self.session);
                return Err(Violation::new(Rule::SecretsHold, what));
            }
            _ => {}
        }
        match (asked, reply) {
            (Asked::Join { handle, .. }, Some(Reply::Joined { call })) => self.enter(handle, call, false),
            (Asked::Accept { handle, ring, .. }, Some(Reply::Joined { call })) => {
                self.told.push(Told::Accepted { session: self.session, ring });
                self.enter(handle, call, false);
            }
            (Asked::Resume { handle, .. }, Some(Reply::Joined { call })) => self.enter(handle, call, true),
            (Asked::Join { handle, .. }, Some(Reply::Waiting { waiting })) => {
                self.told.push(Told::Waits { leg: waiting.participant_id.clone() });
                self.places.insert(handle, Place::Waiting { leg: waiting.participant_id.clone() });
            }
            (Asked::Join { handle, .. } | Asked::Accept { handle, .. }, None) => {
                self.places.remove(&handle);
                if error.is_some_and(|error| error.name == ErrorCode::BadRequest.name()) {
                    return wrong(format!("session {} cannot take the free handle {handle}", self.session));
                }
            }
            (Asked::Resume { handle, .. }, None) => {
                self.places.remove(&handle);
            }
            (Asked::Remove { call, user }, Some(Reply::Done {})) => self.told.push(Told::Removed { call, user }),
            (Asked::Reject { call, legs }, Some(Reply::Done {})) => self.told.push(Told::Rejected { call, legs }),
            (Asked::Remove { .. } | Asked::Lift { .. } | Asked::Reject { .. }, _) => {}
            (Asked::Leave { .. } | Asked::Other, _) => {}
            (asked, Some(reply)) => return wrong(format!("{asked:?} was answered by {reply:?}")),
        }
        Ok(())
    }

    fn enter(&mut self, handle: u32, call: &CallView, back: bool) {
        self.told.push(Told::In {
            call: call.call_id.clone(),
            leg: call.participant_id.clone(),
            secret: call.resume_secret.clone(),
            back,
        });
        for participant in &call.participants {
            self.told.push(Told::Others { call: call.call_id.clone(), participant: participant.clone() });
        }
        let state = InCall {
            call: call.call_id.clone(),
            leg: call.participant_id.clone(),
            role: call.role,
            manages_lobby: call.capabilities.contains(&Capability::ManageLobby),
            roster: call.participants.iter().map(|view| (view.user.clone(), view.clone())).collect(),
            lobby: call.lobby.iter().map(|waiter| waiter.user.clone()).collect(),
            hands: vec![],
            spotlight: vec![],
            ringing: BTreeSet::new(),
        };
        self.places.insert(handle, Place::In(Box::new(state)));
    }

    fn happened(&mut self, handle: u32, event: &Event) -> Result<(), Violation> {
        let session = self.session;
        let Some(place) = self.places.get_mut(&handle) else {
            if matches!(event, Event::Ended { .. }) && self.hung_up.remove(&handle) {
                return Ok(());
            }
            return Err(Violation::new(Rule::Answered, format!("session {session}: {event:?} for a free handle")));
        };
        if let Event::Ended { end } = event {
            let failed = end.reason.name == ErrorCode::ServerFailed.name();
            // A resumed leg that is over is told so first, and then that it cannot be resumed.
            if !matches!(place, Place::Resuming) {
                self.places.remove(&handle);
            }
            return if failed { Err(Violation::new(Rule::Answered, "a call broke")) } else { Ok(()) };
        }
        match place {
            Place::Joining => {
                let what = format!("session {session} is not in yet and heard {event:?}");
                Err(Violation::new(Rule::WaitersLearnNothing, what))
            }
            // The leg's old news; the answer brings the whole state.
            Place::Resuming => Ok(()),
            Place::Waiting { .. } => match event {
                Event::Admitted { call } => {
                    self.enter(handle, call, false);
                    Ok(())
                }
                _ => {
                    let what = format!("session {session} waits and heard {event:?}");
                    Err(Violation::new(Rule::WaitersLearnNothing, what))
                }
            },
            Place::In(_) => self.happened_inside(handle, event),
        }
    }

    fn happened_inside(&mut self, handle: u32, event: &Event) -> Result<(), Violation> {
        let session = self.session;
        let Some(Place::In(state)) = self.places.get_mut(&handle) else { return Ok(()) };
        let views = |what: String| Err(Violation::new(Rule::ViewsAgree, format!("session {session}: {what}")));
        match event {
            Event::Admitted { .. } => {
                return Err(Violation::new(Rule::Once, format!("session {session} is in and was admitted")));
            }
            Event::PutBack { waiting } => {
                self.told.push(Told::Waits { leg: waiting.participant_id.clone() });
                self.places.insert(handle, Place::Waiting { leg: waiting.participant_id.clone() });
            }
            Event::ParticipantJoined { participant } | Event::ParticipantChanged { participant } => {
                let known = state.roster.insert(participant.user.clone(), participant.clone()).is_some();
                self.told.push(Told::Others { call: state.call.clone(), participant: participant.clone() });
                let joins = matches!(event, Event::ParticipantJoined { .. });
                if joins && known {
                    return Err(Violation::new(
                        Rule::Once,
                        format!("session {session}: {} joined twice", participant.user),
                    ));
                }
                if !joins && !known {
                    return views(format!("{} changed and never joined", participant.user));
                }
            }
            Event::ParticipantLeft { user, .. } => {
                self.told.push(Told::Left { call: state.call.clone(), user: user.clone() });
                if state.roster.remove(user).is_none() {
                    return views(format!("{user} left and was not there"));
                }
            }
            Event::CapabilitiesChanged { role, capabilities, .. } => {
                state.role = *role;
                state.manages_lobby = capabilities.contains(&Capability::ManageLobby);
                if !state.manages_lobby {
                    state.lobby.clear();
                }
            }
            Event::Knocked { waiter } => {
                state.lobby.insert(waiter.user.clone());
            }
            Event::LobbyLeft { user, .. } => {
                state.lobby.remove(user);
            }
            Event::HandsChanged { hands } => state.hands.clone_from(hands),
            Event::SpotlightChanged { users } => state.spotlight.clone_from(users),
            Event::RingingChanged { users } => state.ringing = users.iter().cloned().collect(),
            Event::RingEnded { user, .. } => {
                if !state.ringing.remove(user) {
                    let what = format!("session {session}: the ring at {user} ended, and none was there");
                    return Err(Violation::new(Rule::RingsEndOnce, what));
                }
            }
            Event::TransferRequested { transfer, .. } => self.transfers.push(transfer.clone()),
            Event::NoticesChanged { .. }
            | Event::TransferFailed { .. }
            | Event::Reacted { .. }
            | Event::DataReceived { .. }
            | Event::DataClosed { .. }
            | Event::TextReceived { .. }
            | Event::DiagnosticsTold { .. }
            | Event::MutedByOther { .. }
            | Event::SpeakingChanged { .. }
            | Event::SlotsChanged { .. } => {}
            Event::Ended { .. } => {}
        }
        Ok(())
    }
}
