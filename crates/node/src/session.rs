//! Sessions: hello, verification, and which calls a session is in.

use crate::budget::Budget;
use crate::io::{Found, Lookup, LookupId, Output};
use crate::join::Arrival;
use crate::node::{Expected, Node};
use crate::timers::TimerKey;
use convene_identity::{Claims, RelayCredentials, still_valid};
use convene_model::limits::{DATA_REQUESTS_BURST, DATA_REQUESTS_PER_SECOND, REQUESTS_BURST, REQUESTS_PER_SECOND};
use convene_model::record::User;
use convene_model::{CallId, ErrorCode, Now, ParticipantId, RawId, SessionId, limits};
use convene_protocol::{
    ClientMessage, EndView, ErrorBody, Event, Hello, Relay, Reply, Request, ServerMessage, VERSIONS,
};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// How long a new session may take to say hello. Larger: idle connections cost memory. Smaller: slow networks are cut off.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// How often clients should send `ping`.
const HEARTBEAT_MS: u32 = 5_000;

/// What a session's call handle stands for.
#[derive(Debug)]
pub(crate) enum Handle {
    /// The meeting is being looked up.
    Joining { request: u32, lookup: Option<LookupId> },
    /// In a call or its lobby.
    Leg { call: CallId, participant: ParticipantId },
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionEnd {
    /// The connection was lost: its legs may come back.
    Lost,
    /// Its legs are gone, for this reason.
    For(ErrorCode),
}

#[derive(Debug)]
pub(crate) enum Session {
    /// Nothing said yet.
    Silent { address: IpAddr },
    /// The token is good; its user is being looked up.
    Verifying { claims: Claims, version: u32, lookup: LookupId, address: IpAddr },
    /// Verified.
    Active(Box<Active>),
}

#[derive(Debug)]
pub(crate) struct Active {
    pub claims: Claims,
    pub user: User,
    pub address: IpAddr,
    /// A new token whose user is being looked up.
    pub refreshing: Option<(LookupId, Claims)>,
    pub handles: BTreeMap<u32, Handle>,
    budget: Budget,
    /// For data channels and texts, so that they cannot use up what leaving and muting need.
    data_budget: Budget,
}

impl Active {
    fn budget_of(&mut self, request: &Request) -> &mut Budget {
        match request {
            Request::SendData { .. } | Request::CloseData { .. } | Request::SendText { .. } => &mut self.data_budget,
            _ => &mut self.budget,
        }
    }
}

impl Node {
    pub(crate) fn session_opened(&mut self, session: SessionId, address: IpAddr, now: Now) {
        if self.stopping {
            self.goodbye(session, ErrorCode::ServerStopping.into());
            return;
        }
        self.sessions.insert(session, Session::Silent { address });
        self.timers.set(TimerKey::Session(session), Some(now.mono + HELLO_WITHIN));
    }

    pub(crate) fn session_message(&mut self, session: SessionId, text: &str, now: Now) {
        let Some(state) = self.sessions.get_mut(&session) else { return };
        let message = match convene_protocol::decode_client(text) {
            Ok(message) => message,
            Err(error) => {
                let body = ErrorBody::with_message(ErrorCode::BadRequest, format!("{error}. See docs/protocol.md."));
                self.end_session(session, body, ErrorCode::BadRequest, now);
                return;
            }
        };
        match (state, message) {
            (Session::Silent { address }, ClientMessage::Hello(hello)) => {
                let address = *address;
                self.hello(session, address, &hello, now);
            }
            (Session::Active(_), ClientMessage::Refresh { token }) => self.refresh(session, &token, now),
            (Session::Active(_), ClientMessage::Ping {}) => self.send(session, ServerMessage::Pong {}),
            (Session::Active(active), ClientMessage::Request { id, call, request }) => {
                if active.budget_of(&request).take(now.mono) {
                    self.request(session, id, call, request, now);
                } else {
                    self.respond(session, id, Err(ErrorCode::TooManyRequests));
                }
            }
            (Session::Active(_) | Session::Verifying { .. }, ClientMessage::Hello(_))
            | (
                Session::Silent { .. } | Session::Verifying { .. },
                ClientMessage::Ping {} | ClientMessage::Request { .. } | ClientMessage::Refresh { .. },
            ) => {
                let why = "The first message of a session is hello, once; the next may follow the welcome.";
                let body = ErrorBody::with_message(ErrorCode::BadRequest, why);
                self.end_session(session, body, ErrorCode::BadRequest, now);
            }
        }
    }

    fn hello(&mut self, session: SessionId, address: IpAddr, hello: &Hello, now: Now) {
        let Some(version) = VERSIONS.into_iter().find(|version| hello.versions.contains(version)) else {
            let spoken = format!("This server speaks the protocol's versions {VERSIONS:?}.");
            let body = ErrorBody::with_message(
                ErrorCode::VersionNotSupported,
                format!("{} {spoken}", ErrorCode::VersionNotSupported.message()),
            );
            self.end_session(session, body, ErrorCode::VersionNotSupported, now);
            return;
        };
        match self.keys.verify(&hello.token, now.wall) {
            Ok(claims) if !claims.scopes.may_join_calls() => {
                self.end_session(session, ErrorCode::ScopeMissing.into(), ErrorCode::ScopeMissing, now);
            }
            Ok(claims) => {
                let lookup = self.ask(Lookup::User(claims.user.clone()), session, None);
                self.sessions.insert(session, Session::Verifying { claims, version, lookup, address });
            }
            Err(refused) => {
                tracing::info!(session = session.0, %refused, "token refused");
                self.end_session(session, ErrorCode::Unauthenticated.into(), ErrorCode::Unauthenticated, now);
            }
        }
    }

    /// The user of a session's token was looked up.
    pub(crate) fn user_found(&mut self, session: SessionId, lookup: LookupId, found: Found, now: Now) {
        let Some(Session::Verifying { claims, version, lookup: asked, address }) = self.sessions.get(&session) else {
            self.token_checked(session, lookup, found, now);
            return;
        };
        if *asked != lookup {
            return;
        }
        let (claims, version, address) = (claims.clone(), *version, *address);
        let user = match found {
            Found::User(user) => user,
            Found::Meeting(_)
            | Found::Room(_)
            | Found::GroupCall(_)
            | Found::Kept(_)
            | Found::Woken { .. }
            | Found::Failed => {
                self.end_session(session, ErrorCode::ServerFailed.into(), ErrorCode::ServerFailed, now);
                return;
            }
        };
        let (Ok(()), Some(user)) = (still_valid(&claims, user.as_ref()), user) else {
            self.end_session(session, ErrorCode::Unauthenticated.into(), ErrorCode::Unauthenticated, now);
            return;
        };
        let left = u64::try_from(claims.expires_at - now.wall).unwrap_or(0);
        self.timers.set(TimerKey::Session(session), Some(now.mono + Duration::from_millis(left)));
        tracing::info!(session = session.0, user = %user.id, "session started");
        let (id, relay) = (user.id.clone(), self.relay(&claims));
        let welcome =
            ServerMessage::Welcome { version, user: id, heartbeat_ms: HEARTBEAT_MS, expires_in_ms: left, relay };
        let active = Active {
            claims,
            user,
            address,
            refreshing: None,
            handles: BTreeMap::new(),
            budget: Budget::new(REQUESTS_BURST, REQUESTS_PER_SECOND, now.mono),
            data_budget: Budget::new(DATA_REQUESTS_BURST, DATA_REQUESTS_PER_SECOND, now.mono),
        };
        self.sessions.insert(session, Session::Active(Box::new(active)));
        self.send(session, welcome);
        self.tell_rings(session, now);
    }

    /// The TURN servers for whoever has a token.
    pub(crate) fn relay(&self, claims: &Claims) -> Option<Relay> {
        let relays = self.config.relays.as_ref()?;
        let RelayCredentials { username, credential } = relays.credentials(&claims.user, claims.expires_at);
        Some(Relay { urls: relays.urls().to_vec(), username, credential })
    }

    /// Ends the sessions of a user whose token is no longer valid. Those whose user is being looked up too: the answer may
    /// have been read before the change.
    pub(crate) fn user_changed(&mut self, user: &RawId, generation: Option<u64>, now: Now) {
        let revoked = |claims: &Claims| {
            claims.user == *user && generation.is_none_or(|generation| claims.generation < generation)
        };
        let ended: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(_, session)| match session {
                Session::Silent { .. } => false,
                Session::Verifying { claims, .. } => revoked(claims),
                Session::Active(active) => revoked(&active.claims),
            })
            .map(|(session, _)| *session)
            .collect();
        for session in ended {
            self.end_session(session, ErrorCode::Unauthenticated.into(), ErrorCode::Unauthenticated, now);
        }
        // Whoever is away came with a token of before: the place is not kept.
        let away: Vec<(ParticipantId, CallId)> = self
            .legs
            .iter()
            .filter(|(_, leg)| leg.session.is_none() && leg.user == *user)
            .map(|(id, leg)| (id.clone(), leg.call.clone()))
            .collect();
        for (leg, call) in away {
            self.forget_leg(&leg);
            self.with_call(&call, now, |call| call.handle_gone(&leg, ErrorCode::Unauthenticated, now));
        }
    }

    /// A session's timer: no hello in time, or the token has expired.
    pub(crate) fn session_timeout(&mut self, session: SessionId, now: Now) {
        let code = match self.sessions.get(&session) {
            None => return,
            Some(Session::Silent { .. } | Session::Verifying { .. }) => ErrorCode::BadRequest,
            Some(Session::Active(_)) => ErrorCode::Unauthenticated,
        };
        self.end_session(session, code.into(), code, now);
    }

    fn request(&mut self, session: SessionId, id: u32, call: u32, request: Request, now: Now) {
        let Some(Session::Active(active)) = self.sessions.get_mut(&session) else { return };
        let call_handle = call;
        match (active.handles.get(&call), request) {
            (
                None,
                Request::Join { .. }
                | Request::Resume { .. }
                | Request::StartCall { .. }
                | Request::Accept { .. }
                | Request::Follow { .. },
            ) if active.handles.len() >= limits::CALLS_PER_SESSION_MAX => {
                self.respond(session, id, Err(ErrorCode::TooManyRequests));
            }
            (None, Request::Join { target, display_name, muted }) => {
                self.join(session, id, call, target, &display_name, muted, now);
            }
            (None, Request::Resume { secret }) => self.resume(session, id, call, secret, now),
            (None, Request::StartCall { users, display_name, muted, lobby }) => {
                let arrival = Arrival::new(session, id, call, &display_name, muted, now);
                self.start_call(arrival, users, lobby, now);
            }
            (None, Request::Accept { ring, display_name, muted }) => {
                let arrival = Arrival::new(session, id, call, &display_name, muted, now);
                self.accept_ring(arrival, &ring, now);
            }
            (None, Request::Follow { transfer, display_name, muted }) => {
                let arrival = Arrival::new(session, id, call, &display_name, muted, now);
                self.follow(arrival, &transfer, now);
            }
            // Before, in and after a call alike.
            (_, Request::Decline { ring }) => self.decline_ring(session, id, &ring, now),
            (_, Request::SubmitSurvey { participant_id, survey }) => {
                self.submit_survey(session, id, participant_id, survey, now);
            }
            (Some(Handle::Leg { call, participant }), Request::AddParticipant { user }) => {
                let (asked, call, participant) =
                    (Expected { session, handle: call_handle, id, enters: false }, call.clone(), participant.clone());
                self.add_participant(asked, &call, &participant, user, now);
            }
            (Some(Handle::Leg { call, participant }), Request::Transfer { target }) => {
                let (asked, call, participant) =
                    (Expected { session, handle: call_handle, id, enters: false }, call.clone(), participant.clone());
                self.transfer(asked, &call, &participant, target, now);
            }
            (Some(Handle::Leg { call, participant }), request) => {
                let (handle, call, participant) = (call_handle, call.clone(), participant.clone());
                let id = self.expect(Expected { session, handle, id, enters: false });
                self.with_call(&call, now, |call| call.handle_request(&participant, id, request, now));
            }
            (Some(Handle::Joining { request: join, .. }), Request::Leave {}) => {
                let join = *join;
                active.handles.remove(&call);
                self.respond(session, join, Err(ErrorCode::HungUp));
                self.respond(session, id, Ok(Reply::Done {}));
                let end = EndView { reason: ErrorCode::HungUp.into() };
                self.send(session, ServerMessage::Event { call, event: Event::Ended { end } });
            }
            (None, _) | (Some(Handle::Joining { .. }), _) => self.respond(session, id, Err(ErrorCode::BadRequest)),
        }
    }

    pub(crate) fn respond(&mut self, session: SessionId, id: u32, result: Result<Reply, ErrorCode>) {
        let (reply, error) = match result {
            Ok(reply) => (Some(reply), None),
            Err(code) => (None, Some(code.into())),
        };
        self.send(session, ServerMessage::Response { id, reply, error });
    }

    pub(crate) fn respond_error(&mut self, session: SessionId, id: u32, error: ErrorBody) {
        self.send(session, ServerMessage::Response { id, reply: None, error: Some(error) });
    }

    pub(crate) fn send(&mut self, session: SessionId, message: ServerMessage) {
        self.outputs.push_back(Output::Send { session, message });
    }

    fn goodbye(&mut self, session: SessionId, error: ErrorBody) {
        self.send(session, ServerMessage::Goodbye { error });
        self.outputs.push_back(Output::Close { session });
    }

    /// Ends a session from this side: its legs are gone for `reason`, and the client is told why.
    pub(crate) fn end_session(&mut self, session: SessionId, body: ErrorBody, reason: ErrorCode, now: Now) {
        self.session_closed(session, SessionEnd::For(reason), now);
        self.goodbye(session, body);
    }

    /// A session is over, from whichever side.
    pub(crate) fn session_closed(&mut self, session: SessionId, end: SessionEnd, now: Now) {
        self.timers.set(TimerKey::Session(session), None);
        let Some(Session::Active(active)) = self.sessions.remove(&session) else { return };
        self.expected.retain(|_, expected| expected.session != session);
        tracing::info!(session = session.0, user = %active.user.id, ?end, "session ended");
        // Nothing more goes to it, whatever comes of one of its calls for another.
        for handle in active.handles.values() {
            if let Handle::Leg { participant, .. } = handle
                && let Some(leg) = self.legs.get_mut(participant)
            {
                leg.session = None;
            }
        }
        for handle in active.handles.into_values() {
            match (handle, end) {
                (Handle::Joining { .. }, _) => {}
                (Handle::Leg { call, participant }, SessionEnd::Lost) => {
                    self.with_call(&call, now, |call| call.handle_away(&participant, now));
                }
                (Handle::Leg { call, participant }, SessionEnd::For(reason)) => {
                    self.forget_leg(&participant);
                    self.with_call(&call, now, |call| call.handle_gone(&participant, reason, now));
                }
            }
        }
    }
}
