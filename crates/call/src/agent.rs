//! Agents: connections whose app hears the call, speaks in it, or plays something. An agent is on the roster, so that everybody sees who
//! listens, and has no client: the server codes its sound, and carries it to the app and back.
//!
//! An agent lives as long as its connection, and the connection as long as its agent: who removes it ends both.

use crate::automation::Automation;
use crate::call::Call;
use crate::common::Core;
use crate::lobby::NewLeg;
use crate::playing::Playing;
use crate::roster::Roster;
use crate::{Output, Person, mute};
use convene_model::audio::{StreamOrder, StreamReport, StreamingOptions};
use convene_model::automation::{AutomationRefused, Callback, NewAgent};
use convene_model::media::MediaCommand;
use convene_model::{ConnectionId, Now, ParticipantId, PeerId, RawId};
use std::collections::BTreeMap;

/// An agent's place; neither was ever used before.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Its leg.
    pub participant: ParticipantId,
    /// Its place in the media plane.
    pub peer: PeerId,
}

/// Whether sound goes to an agent's app.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stream {
    Off,
    /// It does, or is about to.
    On,
    /// It ends. `again`: it is to begin once more after that, and what its app then gets back.
    Ending {
        again: Option<Option<String>>,
    },
}

#[derive(Debug)]
pub(crate) struct Agent {
    pub seat: Seat,
    user: RawId,
    /// How sound goes to its app; `None`: not at all.
    options: Option<StreamingOptions>,
    pub playing: Playing,
    stream: Stream,
    /// What was last asked for, for its callback.
    context: Option<String>,
    /// Who speaks with which peer, as was told.
    told: BTreeMap<PeerId, RawId>,
}

#[derive(Debug, Default)]
pub(crate) struct Agents {
    agents: BTreeMap<ConnectionId, Agent>,
    /// The names of those that come when their app plays something.
    names: BTreeMap<ConnectionId, String>,
}

impl Agents {
    /// Whether this user is an agent.
    pub fn is_one(&self, user: &RawId) -> bool {
        self.agents.values().any(|agent| agent.user == *user)
    }

    /// The agent of a connection, if it hears and speaks.
    fn that_streams(&mut self, id: &ConnectionId) -> Result<&mut Agent, AutomationRefused> {
        let agent = self.agents.get_mut(id).filter(|agent| agent.options.is_some());
        agent.ok_or(AutomationRefused::NoAgent)
    }

    pub fn get_mut(&mut self, id: &ConnectionId) -> Option<&mut Agent> {
        self.agents.get_mut(id)
    }

    /// Those whose apps are told of tones by their streams.
    pub fn told_of_tones(&self) -> Vec<(ConnectionId, PeerId)> {
        let wants = |agent: &Agent| agent.options.as_ref().is_some_and(|options| options.tones);
        let told = self.agents.iter().filter(|(_, agent)| agent.stream == Stream::On && wants(agent));
        told.map(|(id, agent)| (id.clone(), agent.seat.peer)).collect()
    }

    /// How this connection's agent is called, if it has not come yet and its app said so.
    pub fn take_name(&mut self, id: &ConnectionId) -> Option<String> {
        self.names.remove(id)
    }

    /// A connection ends with its agent.
    pub fn let_go(&mut self, core: &mut Core, roster: &mut Roster, automation: &mut Automation) {
        for (leg, reason) in roster.take_agents_gone() {
            let of = self.agents.iter().find(|(_, agent)| agent.seat.participant == leg).map(|(id, _)| id.clone());
            if let Some(id) = of {
                self.agents.remove(&id);
                automation.end(core, &id, reason);
            }
        }
    }

    /// Ends a step, before connections are told of it: those that stream learn who else speaks.
    pub fn settle(&mut self, core: &mut Core, roster: &mut Roster, automation: &mut Automation) {
        self.let_go(core, roster, automation);
        self.names.retain(|id, _| automation.has(id));
        for (id, agent) in &mut self.agents {
            let peer = agent.seat.peer;
            let now = speakers(roster, &agent.seat);
            if agent.stream == Stream::On && agent.told != now {
                agent.told.clone_from(&now);
                core.effect(Output::Stream { connection: id.clone(), peer, order: StreamOrder::People(now) });
            }
            if let Some(order) = agent.playing.moved(roster) {
                core.effect(Output::Stream { connection: id.clone(), peer, order });
            }
        }
    }

    /// The agents whose connection is over.
    fn orphans(&self, automation: &Automation) -> Vec<ParticipantId> {
        let over = self.agents.iter().filter(|(id, _)| !automation.has(id));
        over.map(|(_, agent)| agent.seat.participant.clone()).collect()
    }
}

fn speakers(roster: &Roster, but: &Seat) -> BTreeMap<PeerId, RawId> {
    let each = |(user, member): (&RawId, &crate::roster::Member)| {
        member.legs.values().map(|leg| (leg.peer, user.clone())).collect::<Vec<_>>()
    };
    roster.members().flat_map(each).filter(|(peer, _)| *peer != but.peer).collect()
}

impl Call {
    /// A connection that came in gets its agent, at once if it is to hear.
    pub(crate) fn expect_agent(&mut self, id: ConnectionId, new: NewAgent, who: (RawId, Person), seat: Seat) {
        if new.options.is_some() {
            self.seat_agent(id, new, who, seat);
        } else {
            self.agents.names.insert(id, new.display_name);
        }
    }

    pub(crate) fn seat_agent(&mut self, id: ConnectionId, new: NewAgent, (user, person): (RawId, Person), seat: Seat) {
        let NewAgent { display_name, options, start } = new;
        let Self { core, roster, lobby, removals, .. } = self;
        let (participant, peer) = (seat.participant.clone(), seat.peer);
        let leg = NewLeg {
            participant: participant.clone(),
            user: user.clone(),
            display_name,
            person,
            peer,
            muted: false,
            resume_secret: String::new(),
            resume_hash: String::new(),
        };
        roster.enter(core, leg, None);
        let leg = roster.leg_mut(&participant).expect("it has just come in");
        (leg.agent, leg.peer_used, leg.media_open, leg.media_connected) = (true, true, true, true);
        let (call, may_send) = (core.id.clone(), roster.may_send(core, &participant));
        core.effect(Output::Media(MediaCommand::Agent { peer, call, may_send }));
        lobby.reconsider(core, roster, removals);
        let (playing, stream, told) = (Playing::default(), Stream::Off, BTreeMap::new());
        let agent = Agent { seat, user, options, playing, stream, context: None, told };
        self.agents.agents.insert(id.clone(), agent);
        if start {
            self.begin_streaming(&id);
        }
    }

    /// Its app wants sound, and to be heard.
    pub(crate) fn start_streaming(
        &mut self,
        id: &ConnectionId,
        context: Option<String>,
    ) -> Result<(), AutomationRefused> {
        let agent = self.agents.that_streams(id)?;
        let leg = agent.seat.participant.clone();
        match &mut agent.stream {
            Stream::Off => agent.context = context,
            Stream::On => {}
            Stream::Ending { again } => *again = Some(context),
        }
        // Who may not speak may listen all the same.
        let _stays_muted = mute::set_muted(&mut self.core, &mut self.roster, &leg, false);
        self.begin_streaming(id);
        Ok(())
    }

    fn begin_streaming(&mut self, id: &ConnectionId) {
        let Self { core, roster, agents, .. } = self;
        let Some(agent) = agents.agents.get_mut(id).filter(|agent| agent.stream == Stream::Off) else { return };
        let Some(options) = agent.options.clone() else { return };
        agent.stream = Stream::On;
        agent.told = speakers(roster, &agent.seat);
        let peer = agent.seat.peer;
        let orders = [StreamOrder::People(agent.told.clone()), StreamOrder::Start(options)];
        core.effect(Output::Media(MediaCommand::SetHears { peer, hears: true }));
        for order in orders {
            core.effect(Output::Stream { connection: id.clone(), peer, order });
        }
    }

    /// Its app wants no more sound.
    pub(crate) fn stop_streaming(
        &mut self,
        id: &ConnectionId,
        context: Option<String>,
    ) -> Result<(), AutomationRefused> {
        let agent = self.agents.that_streams(id)?;
        if let Stream::Ending { again } = &mut agent.stream {
            *again = None;
        }
        if agent.stream == Stream::On {
            agent.context = context;
            agent.stream = Stream::Ending { again: None };
            let (connection, peer) = (id.clone(), agent.seat.peer);
            self.core.effect(Output::Stream { connection, peer, order: StreamOrder::Stop });
        }
        Ok(())
    }

    /// What became of the sound of a connection's agent.
    pub fn handle_streamed(&mut self, connection: &ConnectionId, report: StreamReport, now: Now) {
        self.begin(now);
        match report {
            StreamReport::Play { number, report } => self.played(connection, number, report),
            StreamReport::Started => self.streamed(connection, Callback::StreamingStarted),
            StreamReport::Stopped => self.streamed(connection, Callback::StreamingStopped),
            StreamReport::Failed(message) => self.streamed(connection, Callback::StreamingFailed { message }),
        }
        self.end();
    }

    fn streamed(&mut self, connection: &ConnectionId, callback: Callback) {
        let Self { core, agents, automation, .. } = self;
        if let Some(agent) = agents.agents.get_mut(connection) {
            let is_over = callback != Callback::StreamingStarted;
            automation.callback(core, connection, agent.context.as_ref(), callback);
            if is_over {
                core.effect(Output::Media(MediaCommand::SetHears { peer: agent.seat.peer, hears: false }));
                if let Stream::Ending { again: Some(context) } = std::mem::replace(&mut agent.stream, Stream::Off) {
                    agent.context = context;
                    self.begin_streaming(connection);
                }
            }
        }
    }

    /// The agents of connections that ended in this step leave.
    pub(crate) fn dismiss_agents(&mut self) {
        for leg in self.agents.orphans(&self.automation) {
            self.member_leaves(&leg, convene_model::ErrorCode::HungUp);
        }
    }
}
