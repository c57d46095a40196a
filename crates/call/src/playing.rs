//! What connections play: files of their apps, one after the other, heard by everybody or by some alone.
//!
//! Whoever is heard is seen: a connection that plays has an agent, from the first play on if it had none before.

use crate::agent::{Agents, Seat};
use crate::automation::Automation;
use crate::call::Call;
use crate::common::Core;
use crate::roster::{Member, Roster};
use crate::{Output, mute};
use convene_model::audio::{PlayFiles, PlayReport, StreamOrder};
use convene_model::automation::{AutomationAnswer, AutomationRefused, Callback, NewAgent, NewPlay};
use convene_model::limits::PLAYS_MAX;
use convene_model::{Capability, ConnectionId, ErrorCode, Now, PeerId, RawId, Ticket};
use std::collections::{BTreeSet, VecDeque};

/// The name of those who gave none.
const UNNAMED: &str = "Bot";

/// Something that plays or waits for it.
#[derive(Debug)]
struct Play {
    number: u64,
    files: PlayFiles,
    to: Vec<RawId>,
    context: Option<String>,
}

/// What one agent plays.
#[derive(Debug, Default)]
pub(crate) struct Playing {
    /// Numbers the plays.
    count: u64,
    /// What plays, or is being fetched for it.
    now: Option<Play>,
    waiting: VecDeque<Play>,
    /// Who alone hears what plays, as was told; `None`: everybody.
    told: Option<BTreeSet<PeerId>>,
}

impl Playing {
    fn is_full(&self) -> bool {
        self.waiting.len() + usize::from(self.now.is_some()) >= PLAYS_MAX
    }

    /// Lets the next one begin, if nothing plays. Gives what is to be done for it.
    fn begin_next(&mut self, roster: &Roster) -> Option<StreamOrder> {
        if self.now.is_some() {
            return None;
        }
        let play = self.waiting.pop_front()?;
        self.told = (!play.to.is_empty()).then(|| peers_of(roster, &play.to));
        let order = StreamOrder::Play { number: play.number, files: play.files.clone(), to: self.told.clone() };
        self.now = Some(play);
        Some(order)
    }

    /// Who alone hears what plays, if they are other peers now than were told: devices come and go.
    pub fn moved(&mut self, roster: &Roster) -> Option<StreamOrder> {
        let play = self.now.as_ref().filter(|play| !play.to.is_empty())?;
        let to = peers_of(roster, &play.to);
        if self.told.as_ref() == Some(&to) {
            return None;
        }
        self.told = Some(to.clone());
        Some(StreamOrder::PlayTo { number: play.number, to })
    }
}

fn peers_of(roster: &Roster, users: &[RawId]) -> BTreeSet<PeerId> {
    let members = users.iter().filter_map(|user| roster.member(user));
    members.flat_map(|member| member.legs.values().map(|leg| leg.peer)).collect()
}

impl Agents {
    /// Nothing of what plays and waits is played any more.
    fn cancel_plays(&mut self, core: &mut Core, automation: &Automation, id: &ConnectionId) {
        let Some(agent) = self.get_mut(id) else { return };
        let (now, waiting) = (agent.playing.now.take(), std::mem::take(&mut agent.playing.waiting));
        if let Some(play) = &now {
            let (connection, peer, number) = (id.clone(), agent.seat.peer, play.number);
            core.effect(Output::Stream { connection, peer, order: StreamOrder::StopPlaying { number } });
        }
        for play in now.into_iter().chain(waiting) {
            automation.callback(core, id, play.context.as_ref(), Callback::PlayCanceled);
        }
    }

    fn begin_next_play(&mut self, core: &mut Core, roster: &Roster, id: &ConnectionId) {
        let Some(agent) = self.get_mut(id) else { return };
        if let Some(order) = agent.playing.begin_next(roster) {
            core.effect(Output::Stream { connection: id.clone(), peer: agent.seat.peer, order });
        }
    }
}

impl Call {
    /// A connection's app wants something to be played. `seat` and `user`: the place of its agent, if it has none yet.
    pub fn handle_play(
        &mut self,
        connection: &ConnectionId,
        play: NewPlay,
        (user, seat): (RawId, Seat),
        ticket: Ticket,
        now: Now,
    ) {
        self.begin(now);
        let answer = self.play(connection, play, user, seat);
        self.core.effect(Output::Automated { ticket, answer });
        self.end();
    }

    fn play(&mut self, id: &ConnectionId, new: NewPlay, user: RawId, seat: Seat) -> AutomationAnswer {
        let NewPlay { files, to, interrupt, context } = new;
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        if connection.calling.is_connecting() {
            return Err(AutomationRefused::StillConnecting);
        }
        if to.iter().any(|user| self.roster.member(user).is_none()) {
            return Err(AutomationRefused::NotInCall);
        }
        let is_full = self.agents.get_mut(id).is_some_and(|agent| agent.playing.is_full());
        if is_full && !interrupt {
            return Err(AutomationRefused::TooManyPlays);
        }
        self.come_to_play(id, user, seat)?;
        if interrupt {
            self.agents.cancel_plays(&mut self.core, &self.automation, id);
        }
        if let Some(agent) = self.agents.get_mut(id) {
            agent.playing.count += 1;
            let number = agent.playing.count;
            agent.playing.waiting.push_back(Play { number, files, to, context });
        }
        self.agents.begin_next_play(&mut self.core, &self.roster, id);
        self.view_of(id)
    }

    /// The agent is there, and is heard if it may be: who plays something starts to speak anew, as who starts a stream.
    fn come_to_play(&mut self, id: &ConnectionId, user: RawId, seat: Seat) -> Result<(), AutomationRefused> {
        let connection = self.automation.connections.get(id).ok_or(AutomationRefused::NoConnection)?;
        if self.agents.get_mut(id).is_none() {
            let person = connection.person;
            // Nobody comes in order to be silent.
            if !Member::new(String::new(), person).may(&self.core, Capability::UnmuteMic) {
                return Err(AutomationRefused::Code(ErrorCode::Forbidden));
            }
            if self.roster.is_full() {
                return Err(AutomationRefused::Code(ErrorCode::CallFull));
            }
            let called = connection.calling.outgoing().map(|outgoing| outgoing.display_name);
            let named = self.agents.take_name(id).or(called).filter(|name| !name.is_empty());
            let display_name = named.unwrap_or_else(|| UNNAMED.to_owned());
            let agent = NewAgent { display_name, options: None, start: false };
            self.seat_agent(id.clone(), agent, (user, person), seat);
        }
        let leg = self.agents.get_mut(id).map(|agent| agent.seat.participant.clone());
        let leg = leg.ok_or(AutomationRefused::NoConnection)?;
        mute::set_muted(&mut self.core, &mut self.roster, &leg, false).map_err(AutomationRefused::Code)
    }

    /// A connection's app wants nothing more to be played.
    pub(crate) fn cancel_media(&mut self, id: &ConnectionId) {
        self.agents.cancel_plays(&mut self.core, &self.automation, id);
    }

    /// What became of a play. Of one that was canceled nobody wants to know.
    pub(crate) fn played(&mut self, id: &ConnectionId, number: u64, report: PlayReport) {
        let Self { core, roster, agents, automation, .. } = self;
        let Some(agent) = agents.get_mut(id) else { return };
        let Some(play) = agent.playing.now.take_if(|play| play.number == number) else { return };
        let callback = match report {
            PlayReport::Started => Callback::PlayStarted,
            PlayReport::Completed => Callback::PlayCompleted,
            PlayReport::Failed(failed) => Callback::PlayFailed(failed),
        };
        let goes_on = callback == Callback::PlayStarted;
        automation.callback(core, id, play.context.as_ref(), callback);
        if goes_on {
            agent.playing.now = Some(play);
        }
        agents.begin_next_play(core, roster, id);
    }
}
