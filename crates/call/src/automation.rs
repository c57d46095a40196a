//! Connections: the holds that apps' servers have on a call. A connection is no leg: it is not on the roster and gets no media. It hears
//! who is in the call, and may do what somebody of its standing may.

use crate::agent::Seat;
use crate::call::Call;
use crate::common::Core;
use crate::lobby::inside;
use crate::outgoing::Calling;
use crate::roster::Roster;
use crate::transfer::Asked;
use crate::{NewRing, Output, Person, Verdict, decide, ending, mute};
use convene_model::automation::{
    Act, AutomationAnswer, AutomationRefused, Callback, ConnectionView, NewConnection, Seen,
};
use convene_model::happened::What;
use convene_model::limits::{CONNECTION_ALONE_MS, CONNECTIONS_OF_CALL_MAX};
use convene_model::{Affiliation, Capability, ConnectionId, ErrorCode, Now, RawId, Standing, Ticket, capabilities_of};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Connection {
    /// Under which name it mutes, removes and calls.
    pub user: RawId,
    pub person: Person,
    pub context: Option<String>,
    callback_uri: String,
    /// Counts the lists that its app was told.
    sequence: u64,
    /// The last of them.
    told: Vec<Seen>,
    pub calling: Calling,
}

impl Connection {
    pub fn new(user: RawId, person: Person, context: Option<String>, callback_uri: String, calling: Calling) -> Self {
        Self { user, person, context, callback_uri, sequence: 0, told: vec![], calling }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Automation {
    pub connections: BTreeMap<ConnectionId, Connection>,
    /// When those that are alone here have waited for long enough.
    alone_until: Option<Duration>,
}

impl Automation {
    /// Ends one, if there is such.
    pub fn end(&mut self, core: &mut Core, id: &ConnectionId, reason: ErrorCode) {
        if let Some(connection) = self.connections.remove(id) {
            over(core, id.clone(), connection, reason);
        }
    }

    /// Tells a connection's app something. `context`: of what it asked for, else its own.
    pub fn callback(&self, core: &mut Core, id: &ConnectionId, context: Option<&String>, callback: Callback) {
        if let Some(connection) = self.connections.get(id) {
            tell(core, id, context.or(connection.context.as_ref()).cloned(), callback);
        }
    }

    pub fn has(&self, id: &ConnectionId) -> bool {
        self.connections.contains_key(id)
    }

    /// How many of them are a side of the call, as somebody is who calls or answers.
    pub fn sides(&self) -> usize {
        self.connections.values().filter(|connection| connection.calling.is_side()).count()
    }

    pub fn next_due(&self) -> Option<Duration> {
        self.alone_until
    }

    /// Ends those that were alone for too long.
    pub fn expire(&mut self, core: &mut Core) {
        if self.alone_until.is_some_and(|until| until <= core.now.mono) {
            self.end_all(core, ErrorCode::NobodyJoined);
        }
    }

    fn end_all(&mut self, core: &mut Core, reason: ErrorCode) {
        while let Some((id, connection)) = self.connections.pop_first() {
            over(core, id, connection, reason);
        }
    }

    /// Ends a step: everybody is told who is in the call now. Whether anybody holds the call. `is_empty`: nobody else is in it.
    pub fn settle(&mut self, core: &mut Core, roster: &Roster, is_empty: bool) -> bool {
        if let Some(reason) = core.ended.take() {
            self.end_all(core, reason);
        }
        if self.connections.is_empty() {
            self.alone_until = None;
            return false;
        }
        let now = seen(roster);
        for (id, connection) in self.connections.iter_mut().filter(|(_, each)| !each.calling.is_connecting()) {
            if connection.sequence > 0 && connection.told == now {
                continue;
            }
            connection.sequence += 1;
            connection.told.clone_from(&now);
            let callback = Callback::ParticipantsUpdated { participants: now.clone(), sequence: connection.sequence };
            tell(core, id, connection.context.clone(), callback);
        }
        let until = core.now.mono + Duration::from_millis(CONNECTION_ALONE_MS);
        self.alone_until = is_empty.then(|| self.alone_until.unwrap_or(until));
        true
    }
}

pub(crate) fn tell(core: &mut Core, connection: &ConnectionId, context: Option<String>, callback: Callback) {
    core.tell(What::Callback { connection: connection.clone(), context, callback });
}

fn over(core: &mut Core, id: ConnectionId, connection: Connection, reason: ErrorCode) {
    if connection.calling.is_connecting() && !matches!(reason, ErrorCode::HungUp | ErrorCode::EndedByApp) {
        tell(core, &id, connection.context.clone(), Callback::CreateFailed { reason });
    }
    tell(core, &id, connection.context, Callback::Disconnected { reason });
    core.effect(Output::ConnectionOver { connection: id });
}

fn seen(roster: &Roster) -> Vec<Seen> {
    let each = |(user, member): (&RawId, &crate::roster::Member)| Seen {
        user: user.clone(),
        muted: member.legs.values().all(|leg| leg.muted),
        held: member.legs.values().all(|leg| leg.held),
    };
    roster.members().map(each).collect()
}

impl Call {
    /// An app's server wants a connection; `user` is the name under which it acts, and `person` how it stands here. It comes in as a
    /// guest of that standing would, but never waits: whoever would have to is refused. `seat`: its agent's place, if it wants one.
    pub fn handle_connect(
        &mut self,
        new: NewConnection,
        (user, person): (RawId, Person),
        seat: Seat,
        ticket: Ticket,
        now: Now,
    ) {
        self.begin(now);
        let answer = self.connect(new, user, person, seat);
        self.core.effect(Output::Automated { ticket, answer });
        self.end();
    }

    fn connect(&mut self, new: NewConnection, user: RawId, person: Person, seat: Seat) -> AutomationAnswer {
        if self.over || self.is_echo_test() {
            return Err(AutomationRefused::NoCall);
        }
        match decide(&self.core.policy, &person, inside(&self.roster, &self.removals)) {
            Verdict::Enter => {}
            Verdict::Wait => return Err(AutomationRefused::MustWait),
            Verdict::Refuse(reason) => return Err(AutomationRefused::Code(reason)),
        }
        if let Some(Err(reason)) = self.core.policy.window.map(|window| window.check(self.core.now.wall)) {
            return Err(AutomationRefused::Code(reason));
        }
        if self.automation.connections.len() >= CONNECTIONS_OF_CALL_MAX {
            return Err(AutomationRefused::TooManyOfCall);
        }
        if new.agent.as_ref().is_some_and(|agent| agent.options.is_some()) && self.roster.is_full() {
            return Err(AutomationRefused::Code(ErrorCode::CallFull));
        }
        // Callbacks are of a call that the journal knows.
        self.core.journal_start();
        let NewConnection { id, resource, context, callback_uri, agent } = new;
        tell(&mut self.core, &id, context.clone(), Callback::Connected);
        let wanted = agent.map(|agent| (agent, RawId::communication_user(&resource, id.as_str())));
        let connection = Connection::new(user, person, context, callback_uri, Calling::default());
        self.automation.connections.insert(id.clone(), connection);
        if let Some((agent, user)) = wanted {
            self.expect_agent(id.clone(), agent, (user, person), seat);
        }
        self.view_of(&id)
    }

    pub(crate) fn view_of(&self, id: &ConnectionId) -> AutomationAnswer {
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        Ok(ConnectionView {
            id: id.clone(),
            call: self.core.id.clone(),
            participants: seen(&self.roster),
            callback_uri: connection.callback_uri.clone(),
            outgoing: connection.calling.outgoing(),
            connecting: connection.calling.is_connecting(),
            answered_by: connection.calling.answered_by(),
        })
    }

    /// Whether this connection is in the call.
    pub fn has_connection(&self, connection: &ConnectionId) -> bool {
        self.automation.connections.contains_key(connection)
    }

    /// A connection's app asks for something.
    pub fn handle_act(&mut self, connection: &ConnectionId, act: Act, ticket: Ticket, now: Now) {
        self.begin(now);
        let ring = if let Act::Add { invitation, .. } = &act { Some(invitation.clone()) } else { None };
        let answer = self.act(connection, act);
        if let (Err(_), Some(ring)) = (&answer, ring) {
            self.core.effect(Output::RingOver { ring, reason: ErrorCode::NotFound });
        }
        self.core.effect(Output::Automated { ticket, answer });
        self.end();
    }

    fn act(&mut self, id: &ConnectionId, act: Act) -> AutomationAnswer {
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        let by = connection.user.clone();
        let view = self.view_of(id)?;
        match act {
            Act::Look => {}
            Act::HangUp => {
                if let Some(connection) = self.automation.connections.remove(id) {
                    over(&mut self.core, id.clone(), connection, ErrorCode::HungUp);
                }
            }
            Act::Terminate => {
                self.allow(id, Capability::HangUpForEveryOne)?;
                self.negotiations.forget_all(&mut self.core, ErrorCode::EndedByApp);
                ending::end_for_everyone(&mut self.core, &mut self.roster, &mut self.lobby, ErrorCode::EndedByApp);
            }
            Act::Remove { user, context } => {
                let allowed = self.allow(id, Capability::RemoveParticipant).map_err(|_| ErrorCode::Forbidden);
                let callback = match allowed.and_then(|()| self.remove(&user, &by)) {
                    Ok(()) => Callback::Removed { user },
                    Err(reason) => Callback::NotRemoved { user, reason },
                };
                tell(&mut self.core, id, context, callback);
            }
            Act::Add { invitation, user, display_name, wait_ms, context } => {
                self.invite(id, NewRing { ring: invitation, user }, display_name, wait_ms, context)?;
            }
            Act::CancelAdd { invitation, context } => self.cancel_invitation(id, invitation, context),
            Act::Transfer { transfer, transferee, target, wait_ms, context } => {
                let asked = Asked { connection: id.clone(), context };
                self.transfer_by_app(asked, transfer, transferee, target, Duration::from_millis(wait_ms))?;
            }
            Act::MoveHere { users, from, context } => {
                self.move_here(&Asked { connection: id.clone(), context }, &from, users);
            }
            Act::StartStreaming { context } => self.start_streaming(id, context)?,
            Act::StopStreaming { context } => self.stop_streaming(id, context)?,
            Act::StartTones { user, context } => self.start_tones(id, user, context)?,
            Act::StopTones { user, context } => self.stop_tones(id, user, context),
            Act::CancelMedia => self.cancel_media(id),
            Act::Mute { user } => {
                self.allow(id, Capability::MuteOthers)?;
                mute::mute_other(&mut self.core, &mut self.roster, &user, &by).map_err(AutomationRefused::Code)?;
            }
        }
        Ok(view)
    }

    /// What the connection may do is what a participant of its standing may. Nobody promotes it by name.
    pub(crate) fn allow(&self, id: &ConnectionId, needed: Capability) -> Result<(), AutomationRefused> {
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        let Person { affiliation, host, .. } = connection.person;
        let trusted = affiliation == Affiliation::Organization || host;
        let standing = Standing { role: connection.person.role, venue: self.core.venue(), trusted };
        let may = capabilities_of(standing).contains(&needed);
        if may { Ok(()) } else { Err(AutomationRefused::Code(ErrorCode::Forbidden)) }
    }
}
