//! Coming back: a session takes over a leg whose connection was lost, and takes a new token before the old one expires.

use crate::io::{Found, Lookup, LookupId};
use crate::node::{Expected, Leg, Node};
use crate::session::{Handle, Session};
use crate::timers::TimerKey;
use convene_identity::{secret_hash, still_valid};
use convene_model::{ErrorCode, Now, ParticipantId, Random, SessionId, hex_id};
use convene_protocol::{EndView, Event, ServerMessage};
use std::time::Duration;

/// A fresh secret for a leg, and its hash. The secret names the leg, so that it can be found by it.
pub(crate) fn new_secret(leg: &ParticipantId, random: &mut dyn Random) -> (String, String) {
    let secret = format!("{leg}.{}", hex_id(random, 32));
    let hash = secret_hash(&secret);
    (secret, hash)
}

impl Node {
    /// A client wants its leg back. Whoever has no right to it, and whatever is gone, is answered alike.
    pub(crate) fn resume(&mut self, session: SessionId, request: u32, handle: u32, secret: String, now: Now) {
        let leg = ParticipantId(secret.split('.').next().unwrap_or_default().to_owned());
        let Some(Session::Active(active)) = self.sessions.get_mut(&session) else { return };
        let known = self.legs.get_mut(&leg).filter(|state| {
            state.user == active.user.id && !state.resume_hash.is_empty() && state.resume_hash == secret_hash(&secret)
        });
        let in_call = |state: &&mut Leg| self.calls.get(&state.call).is_some_and(|entry| entry.call.has_in(&leg));
        let Some(state) = known.filter(in_call) else {
            self.respond(session, request, Err(ErrorCode::SessionLost));
            return;
        };
        let before = state.session.replace(session).map(|old| (old, state.handle));
        state.handle = handle;
        let call = state.call.clone();
        active.handles.insert(handle, Handle::Leg { call: call.clone(), participant: leg.clone() });
        if let Some((old, old_handle)) = before {
            self.superseded(old, old_handle);
        }
        let request = self.expect(Expected { session, handle, id: request, enters: true });
        self.with_call(&call, now, |call| call.handle_resume(&leg, request, secret, now));
    }

    /// A leg that this handle stood for went on elsewhere.
    fn superseded(&mut self, session: SessionId, handle: u32) {
        if let Some(Session::Active(active)) = self.sessions.get_mut(&session) {
            active.handles.remove(&handle);
        }
        // Whoever still waits for the answer to its join gets that answer instead.
        let enters = |asked: &Expected| asked.enters && (asked.session, asked.handle) == (session, handle);
        if !self.expected.values().any(enters) {
            let end = EndView { reason: ErrorCode::Superseded.into() };
            self.send(session, ServerMessage::Event { call: handle, event: Event::Ended { end } });
        }
    }

    /// A client has a new token.
    pub(crate) fn refresh(&mut self, session: SessionId, token: &str, now: Now) {
        let verified = self.keys.verify(token, now.wall);
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        let claims = verified.ok().filter(|claims| claims.user == active.user.id && claims.scopes.may_join_calls());
        let Some(claims) = claims else {
            self.end_session(session, ErrorCode::Unauthenticated.into(), ErrorCode::Unauthenticated, now);
            return;
        };
        let lookup = self.ask(Lookup::User(claims.user.clone()), session, None);
        if let Some(Session::Active(active)) = self.sessions.get_mut(&session) {
            active.refreshing = Some((lookup, claims));
        }
    }

    /// The user of a new token was looked up.
    pub(crate) fn token_checked(&mut self, session: SessionId, lookup: LookupId, found: Found, now: Now) {
        let Some(Session::Active(active)) = self.sessions.get_mut(&session) else { return };
        let Some((_, claims)) = active.refreshing.take_if(|(asked, _)| *asked == lookup) else { return };
        let user = match found {
            Found::User(user) => user,
            Found::Meeting(_)
            | Found::Room(_)
            | Found::GroupCall(_)
            | Found::Kept(_)
            | Found::Woken { .. }
            | Found::Failed => {
                // The old token holds as long as it did.
                return;
            }
        };
        if still_valid(&claims, user.as_ref()).is_err() {
            self.end_session(session, ErrorCode::Unauthenticated.into(), ErrorCode::Unauthenticated, now);
            return;
        }
        let left = u64::try_from(claims.expires_at - now.wall).unwrap_or(0);
        active.claims = claims.clone();
        self.timers.set(TimerKey::Session(session), Some(now.mono + Duration::from_millis(left)));
        let relay = self.relay(&claims);
        self.send(session, ServerMessage::Refreshed { expires_in_ms: left, relay });
        self.tell_rings(session, now);
    }
}
