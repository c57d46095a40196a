//! Ringing: who was called into the call and has not answered yet, and what a call is that was started so.
//!
//! A ring is live state: it ends with its answer, its time, its caller's connection, or the server. Only what the call is stands in
//! the journal.

use crate::Output;
use crate::automation::Automation;
use crate::call::Call;
use crate::common::{CallKind, Core};
use crate::hosts;
use crate::lobby::Lobby;
use crate::marked::greet;
use crate::output::RequestId;
use crate::roster::Roster;
use convene_model::happened::{ONE_TO_ONE, RINGING, What};
use convene_model::record::JournalRow;
use convene_model::{Capability, ConnectionId, ErrorCode, Now, ParticipantId, RawId, RingId};
use convene_protocol::{Event, Reply};
use std::collections::BTreeMap;
use std::time::Duration;

/// The name under which the journal keeps what the call is.
pub(crate) const FEATURE: &str = RINGING;
const SEVERAL: &str = "several";

const NOT_IN_MEETINGS: &str = "Nobody is called into a meeting. Send them the meeting's link.";
const NOT_IN_ROOMS: &str =
    "Nobody is called into a room. Invite them with the Rooms API; they then join by the room's id.";
const NOT_IN_TEST_CALLS: &str = "Nobody is called into the test call. Call them with startCall.";
const HERE_ALREADY: &str = "This user is in the call already, waits for it, or is being called into it.";

/// Somebody to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRing {
    /// Its new id.
    pub ring: RingId,
    /// Whom.
    pub user: RawId,
}

/// What a ring ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A leg, and the way to its client.
    Leg(ParticipantId),
    /// An app's connection.
    Connection(ConnectionId),
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub hold: Hold,
    pub by: RawId,
    pub display_name: String,
}

/// What became of a ring of a connection.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub connection: ConnectionId,
    /// By which it began.
    pub ring: RingId,
    pub user: RawId,
    /// `AnsweredElsewhere`: they are in the call.
    pub reason: ErrorCode,
}

#[derive(Debug)]
struct Ring {
    id: RingId,
    /// By which it began: another one if the call was redirected since.
    began_as: RingId,
    caller: Caller,
    /// When it counts as not answered.
    due: Duration,
}

/// What ringing makes of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    /// It goes on for as long as anybody is in it.
    #[default]
    Open,
    /// It was started by ringing, and nobody has come yet; it ends with the last ring.
    Unanswered { one_to_one: bool, last: ErrorCode },
    /// It is over when one of the two has left, and nobody is called who may come yet. With a third it is open.
    OneToOne,
}

#[derive(Debug, Default)]
pub(crate) struct Ringing {
    rings: BTreeMap<RawId, Ring>,
    shape: Shape,
    /// Under whose name the journal keeps what the call is.
    kept_by: Option<RawId>,
    changed: bool,
    /// The legs that came in this step: they never knew of a ring that ends in it.
    came: Vec<ParticipantId>,
    outcomes: Vec<Outcome>,
}

impl Ringing {
    pub fn has(&self, ring: &RingId) -> bool {
        self.rings.values().any(|each| each.id == *ring)
    }

    /// Whether it rings at `user`.
    pub fn rings_at(&self, user: &RawId) -> bool {
        self.rings.contains_key(user)
    }

    /// Whether it is a call of two that was answered.
    pub fn is_of_two(&self) -> bool {
        self.shape == Shape::OneToOne
    }

    /// Whether it is a host, or a connection of such standing, that calls `user`. To whom an app redirects, no host has called.
    pub fn is_called_by_host(&self, roster: &Roster, automation: &Automation, user: &RawId) -> bool {
        self.rings.get(user).filter(|ring| ring.id == ring.began_as).is_some_and(|ring| match &ring.caller.hold {
            Hold::Leg(leg) => roster.user_of(leg).is_some_and(|caller| hosts::is_one(roster, caller)),
            Hold::Connection(id) => automation.connections.get(id).is_some_and(|connection| connection.person.host),
        })
    }

    pub fn next_due(&self) -> Option<Duration> {
        self.rings.values().map(|ring| ring.due).min()
    }

    /// What became of connections' rings since somebody asked.
    pub fn take_outcomes(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes)
    }

    /// How many this connection calls now.
    pub fn count_of(&self, connection: &ConnectionId) -> usize {
        self.rings.values().filter(|ring| matches!(&ring.caller.hold, Hold::Connection(of) if of == connection)).count()
    }

    /// The call was started in order to ring at `rings`.
    pub fn start(&mut self, core: &mut Core, roster: &Roster, caller: &Caller, rings: Vec<NewRing>, wait: Duration) {
        let user = caller.by.clone();
        let one_to_one = rings.len() == 1;
        core.two_party = one_to_one;
        self.shape = Shape::Unanswered { one_to_one, last: ErrorCode::Unreachable };
        self.keep(core, &user, Some(if one_to_one { ONE_TO_ONE } else { SEVERAL }));
        self.kept_by = Some(user);
        self.ring(core, roster, caller, rings, wait);
    }

    /// Rings at everybody who is not in the call, and at whom it does not ring already.
    fn ring(&mut self, core: &mut Core, roster: &Roster, caller: &Caller, rings: Vec<NewRing>, wait: Duration) {
        for NewRing { ring, user } in rings {
            if roster.member(&user).is_some() || self.rings.contains_key(&user) {
                core.effect(Output::RingOver { ring, reason: ErrorCode::AnsweredElsewhere });
                continue;
            }
            let began_as = ring.clone();
            self.begin(core, caller.clone(), NewRing { ring, user }, began_as, wait);
        }
    }

    fn begin(&mut self, core: &mut Core, caller: Caller, new: NewRing, began_as: RingId, wait: Duration) {
        let (NewRing { ring, user }, due) = (new, core.now.mono + wait);
        let (by, display_name) = (caller.by.clone(), caller.display_name.clone());
        self.rings.insert(user.clone(), Ring { id: ring.clone(), began_as, caller, due });
        self.changed = true;
        if user.resource().is_some() {
            let (ring, to, from, display_name) = (ring.clone(), user.clone(), by.clone(), display_name.clone());
            core.tell(What::IncomingCall { ring, to, from, display_name });
        }
        core.effect(Output::Ring { ring, user, by, display_name, due });
    }

    /// At whom it rings, and who calls.
    pub fn of(&self, ring: &RingId) -> Option<(&RawId, &Caller)> {
        self.rings.iter().find(|(_, each)| each.id == *ring).map(|(user, each)| (user, &each.caller))
    }

    /// It rings at somebody else instead, for whoever calls and for as long as a new ring. False if it is over already.
    pub fn redirect(&mut self, core: &mut Core, roster: &Roster, ring: &RingId, new: NewRing, wait: Duration) -> bool {
        let Some(from) = self.of(ring).map(|(user, _)| user.clone()) else { return false };
        let Some(Ring { id, began_as, caller, .. }) = self.rings.remove(&from) else { return false };
        let reason = ErrorCode::Transferred;
        core.effect(Output::RingOver { ring: id, reason });
        roster.tell_everybody(core, &Event::RingEnded { user: from, reason: reason.into() });
        self.begin(core, caller, new, began_as, wait);
        true
    }

    /// Ends the ring that began as this one, without an answer. False if it is over already.
    pub fn end_begun(&mut self, core: &mut Core, roster: &Roster, began_as: &RingId, reason: ErrorCode) -> bool {
        let user = self.rings.iter().find(|(_, each)| each.began_as == *began_as).map(|(user, _)| user.clone());
        user.inspect(|user| self.over(core, roster, user, reason)).is_some()
    }

    /// Somebody who is called is called no more. False if nobody calls them.
    pub fn cancel(&mut self, core: &mut Core, roster: &Roster, user: &RawId) -> bool {
        let rings = self.rings_at(user);
        self.over(core, roster, user, ErrorCode::RingCanceled);
        rings
    }

    /// Ends one ring without an answer. False if it is over already.
    pub fn end(&mut self, core: &mut Core, roster: &Roster, ring: &RingId, reason: ErrorCode) -> bool {
        let Some(user) = self.rings.iter().find(|(_, each)| each.id == *ring).map(|(user, _)| user.clone()) else {
            return false;
        };
        self.over(core, roster, &user, reason);
        true
    }

    /// Ends the rings whose time is up.
    pub fn expire(&mut self, core: &mut Core, roster: &Roster) {
        let now = core.now.mono;
        self.end_where(core, roster, ErrorCode::NotAnswered, |_, ring| ring.due <= now);
    }

    fn end_where(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        reason: ErrorCode,
        which: impl Fn(&RawId, &Ring) -> bool,
    ) {
        let users: Vec<RawId> =
            self.rings.iter().filter(|(user, ring)| which(user, ring)).map(|(user, _)| user.clone()).collect();
        for user in users {
            self.over(core, roster, &user, reason);
        }
    }

    fn over(&mut self, core: &mut Core, roster: &Roster, user: &RawId, reason: ErrorCode) {
        let Some(ring) = self.rings.remove(user) else { return };
        self.changed = true;
        core.effect(Output::RingOver { ring: ring.id.clone(), reason });
        if let Hold::Connection(connection) = ring.caller.hold {
            self.outcomes.push(Outcome { connection, ring: ring.began_as, user: user.clone(), reason });
        }
        if let Shape::Unanswered { last, .. } = &mut self.shape {
            *last = reason;
        }
        if reason != ErrorCode::AnsweredElsewhere {
            let event = Event::RingEnded { user: user.clone(), reason: reason.into() };
            for leg in roster.leg_ids().into_iter().filter(|leg| !self.came.contains(leg)) {
                core.effect(Output::Send { leg, event: event.clone() });
            }
        }
    }

    /// The call is of two from its beginning: somebody has answered already.
    pub fn start_answered(&mut self, core: &mut Core, user: RawId) {
        self.shape = Shape::OneToOne;
        core.two_party = true;
        self.keep(core, &user, Some(ONE_TO_ONE));
        self.kept_by = Some(user);
    }

    fn keep(&self, core: &mut Core, user: &RawId, value: Option<&str>) {
        let (call, feature, at) = (core.id.clone(), FEATURE.to_owned(), core.now.wall);
        core.journal(JournalRow::Kept { call, feature, user: user.clone(), value: value.map(str::to_owned), at });
    }

    /// From here on the call goes on for as long as anybody is in it, also after a restart.
    fn open(&mut self, core: &mut Core) {
        self.shape = Shape::Open;
        core.two_party = false;
        if let Some(user) = self.kept_by.take() {
            self.keep(core, &user, None);
        }
    }

    /// What the call was before a restart. Whom it rang at then is not called any more.
    pub fn restore(&mut self, user: RawId, value: &str) {
        self.kept_by = Some(user);
        self.shape = match value {
            ONE_TO_ONE => Shape::OneToOne,
            _ => Shape::Unanswered { one_to_one: false, last: ErrorCode::Vanished },
        };
    }

    /// Ends a step: who came is not called any more, nor is anybody whose caller is gone or away; everybody learns of a change, and
    /// `came` of how it is. `Some`: the call is over for everybody, for this reason.
    pub fn settle(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        lobby: &Lobby,
        automation: &Automation,
        came: &[ParticipantId],
    ) -> Option<ErrorCode> {
        self.came = came.to_vec();
        let came_or_knocked = |user: &RawId| roster.member(user).is_some() || lobby.waits(user);
        self.end_where(core, roster, ErrorCode::AnsweredElsewhere, |user, _| came_or_knocked(user));
        // An app that called, or answered, is one of the two.
        let present = roster.people().count() + automation.sides();
        // Whoever waits for a host who is here may still come.
        let to_come = if hosts::any_in(roster) { lobby.user_ids().count() } else { 0 };
        let (two, three) = (present + to_come >= 2, present >= 3);
        match self.shape {
            Shape::Unanswered { one_to_one: true, .. } if two => self.shape = Shape::OneToOne,
            Shape::Unanswered { one_to_one: false, .. } if two => self.open(core),
            Shape::OneToOne if three => self.open(core),
            Shape::Unanswered { .. } | Shape::OneToOne | Shape::Open => {}
        }
        self.end_where(core, roster, ErrorCode::RingCanceled, |_, ring| match &ring.caller.hold {
            Hold::Leg(leg) => roster.leg(leg).is_none_or(|leg| leg.away_until.is_some()),
            Hold::Connection(connection) => !automation.has(connection),
        });
        self.came.clear();
        let event = Event::RingingChanged { users: self.rings.keys().cloned().collect() };
        if std::mem::take(&mut self.changed) {
            roster.tell_everybody(core, &event);
        } else {
            greet(core, roster, came, event, self.rings.is_empty());
        }
        match self.shape {
            Shape::Unanswered { last, .. } if self.rings.is_empty() => Some(last),
            Shape::OneToOne if !two && self.rings.is_empty() => Some(ErrorCode::OtherLeft),
            Shape::Unanswered { .. } | Shape::OneToOne | Shape::Open => None,
        }
    }
}

/// A leg as a caller.
fn caller_of(roster: &Roster, leg: &ParticipantId) -> Option<Caller> {
    let by = roster.user_of(leg)?.clone();
    let display_name = roster.member(&by)?.display_name.clone();
    Some(Caller { hold: Hold::Leg(leg.clone()), by, display_name })
}

impl Call {
    /// Nobody is in it yet: whoever comes first starts it in order to call exactly one other. Follow it with [`Call::handle_join`] and
    /// [`Call::handle_start`], or [`Call::handle_start_echo_test`].
    pub fn expect_two(&mut self) {
        self.core.two_party = true;
    }

    /// A leg that has just come into a new call started it in order to call `rings`. With one of them it is a call of two.
    pub fn handle_start(&mut self, leg: &ParticipantId, rings: Vec<NewRing>, wait: Duration, now: Now) {
        self.begin(now);
        if let Some(caller) = caller_of(&self.roster, leg) {
            self.ringing.start(&mut self.core, &self.roster, &caller, rings, wait);
            self.keep_host();
        }
        self.end();
    }

    /// A leg calls somebody into the call. Answered by `done`, or an error; `ringEnded` follows if nobody comes. Somebody who was
    /// removed may come back with it.
    pub fn handle_add(&mut self, leg: &ParticipantId, request: RequestId, new: NewRing, wait: Duration, now: Now) {
        self.begin(now);
        let ring = new.ring.clone();
        match self.add(leg, new, wait) {
            Ok(()) => self.core.reply(leg, request, Ok(Reply::Done {})),
            Err((code, message)) => {
                let message = message.unwrap_or(code.message()).to_owned();
                self.core.effect(Output::Refuse { leg: leg.clone(), request, code, message });
                self.core.effect(Output::RingOver { ring, reason: code });
            }
        }
        self.end();
    }

    fn add(
        &mut self,
        leg: &ParticipantId,
        new: NewRing,
        wait: Duration,
    ) -> Result<(), (ErrorCode, Option<&'static str>)> {
        let caller = caller_of(&self.roster, leg).ok_or((ErrorCode::BadRequest, None))?;
        let may = [Capability::AddCommunicationUser, Capability::RemoveParticipant];
        let may = may.map(|capability| self.roster.may(&self.core, leg, capability));
        self.call_in(&caller, may, new, wait)
    }

    /// Calls somebody into the call. `may`: whether the caller may add people, and take back that they were removed.
    pub(crate) fn call_in(
        &mut self,
        caller: &Caller,
        [may_add, may_lift]: [bool; 2],
        new: NewRing,
        wait: Duration,
    ) -> Result<(), (ErrorCode, Option<&'static str>)> {
        if self.is_echo_test() {
            return Err((ErrorCode::Forbidden, Some(NOT_IN_TEST_CALLS)));
        }
        let Self { core, roster, lobby, removals, ringing, .. } = self;
        match core.kind {
            CallKind::Group { .. } => {}
            CallKind::Meeting { .. } => return Err((ErrorCode::Forbidden, Some(NOT_IN_MEETINGS))),
            CallKind::Room { .. } => return Err((ErrorCode::Forbidden, Some(NOT_IN_ROOMS))),
        }
        if !may_add {
            return Err((ErrorCode::Forbidden, None));
        }
        if roster.member(&new.user).is_some() || ringing.rings_at(&new.user) || lobby.waits(&new.user) {
            return Err((ErrorCode::BadRequest, Some(HERE_ALREADY)));
        }
        if roster.is_full() {
            return Err((ErrorCode::CallFull, None));
        }
        if removals.is_barred(&new.user) && may_lift {
            removals.lift(core, &new.user, &caller.by).map_err(|code| (code, None))?;
        }
        ringing.ring(core, roster, caller, vec![new], wait);
        Ok(())
    }

    /// Whether somebody calls `user` whose word lets them past the lobby.
    pub(crate) fn is_called_by_host(&self, user: &RawId) -> bool {
        self.ringing.is_called_by_host(&self.roster, &self.automation, user)
    }

    /// Ends a step of the ringing. `Some`: the call is over for everybody, for this reason.
    pub(crate) fn settle_ringing(&mut self, came: &[ParticipantId]) -> Option<ErrorCode> {
        let Self { core, roster, lobby, automation, ringing, .. } = self;
        ringing.settle(core, roster, lobby, automation, came)
    }

    /// A ring was declined, or could not begin.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if it is over already.
    pub fn handle_ring_over(&mut self, ring: &RingId, reason: ErrorCode, now: Now) -> Result<(), ErrorCode> {
        self.begin(now);
        let ended = self.ringing.end(&mut self.core, &self.roster, ring, reason);
        self.end();
        if ended { Ok(()) } else { Err(ErrorCode::NotFound) }
    }

    /// True while nobody has answered this ring.
    pub fn is_ringing(&self, ring: &RingId) -> bool {
        self.ringing.has(ring)
    }
}
