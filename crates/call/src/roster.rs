//! Who is in the call: participants and their legs.
//!
//! Everybody who receives media is here, always: a leg's peer exists only while the leg is in the roster.

use crate::common::Core;
use crate::decided::{Closed, Decided, Decision};
use crate::lobby::NewLeg;
use crate::{Output, Person};
use convene_model::happened::What;
use convene_model::media::{MaySend, MediaCommand, Source};
use convene_model::record::JournalRow;
use convene_model::{
    Affiliation, Capability, ErrorCode, ParticipantId, PeerId, RawId, Role, Standing, capabilities_of, limits,
};
use convene_protocol::{CallView, CapabilitiesReason, Event, LegView, ParticipantView, WaiterView};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// One leg that is in the call.
#[derive(Debug)]
pub(crate) struct Leg {
    /// Its place in the media plane; another one each time that its media is opened.
    pub peer: PeerId,
    /// Whether `peer` was used already.
    pub peer_used: bool,
    /// Whether its media is open in the media plane.
    pub media_open: bool,
    /// Whether media ever flowed.
    pub media_connected: bool,
    /// Muted, by its owner or by somebody else.
    pub muted: bool,
    /// It holds the call: it neither sends nor receives.
    pub held: bool,
    /// What it says that it sends: camera, screen.
    pub videos: BTreeSet<Source>,
    /// Its connection is lost; until when it may come back.
    pub away_until: Option<Duration>,
    /// The secret with which it comes back, as it was told to the client; empty after a recovery.
    pub resume_secret: String,
    /// Its hash, as the journal has it.
    pub resume_hash: String,
    /// The commit that made it visible.
    pub joined_commit: u64,
    /// Whether it is an agent, which has no client.
    pub agent: bool,
    /// Whether it was here before and may believe what was true then.
    pub knows_more: bool,
}

/// One participant: a user with at least one leg.
#[derive(Debug)]
pub(crate) struct Member {
    pub display_name: String,
    pub person: Person,
    /// Whether somebody gave this role by name.
    pub promoted: bool,
    pub audio_forbidden: bool,
    pub video_forbidden: bool,
    pub legs: BTreeMap<ParticipantId, Leg>,
    /// The role, and whether muted with all legs, as subscribers know it.
    pub reported: (Role, bool),
}

impl Member {
    pub fn new(display_name: String, person: Person) -> Self {
        Self {
            display_name,
            reported: (person.role, true),
            person,
            promoted: false,
            audio_forbidden: false,
            video_forbidden: false,
            legs: BTreeMap::new(),
        }
    }

    /// Somebody about whom something was decided before.
    pub fn decided(display_name: String, person: Person, decision: Decision) -> Self {
        let Decision { role, audio_forbidden, video_forbidden } = decision;
        let person = Person { role: role.unwrap_or(person.role), ..person };
        Self { promoted: role.is_some(), audio_forbidden, video_forbidden, ..Self::new(display_name, person) }
    }

    fn decision(&self) -> Decision {
        Decision {
            role: self.promoted.then_some(self.person.role),
            audio_forbidden: self.audio_forbidden,
            video_forbidden: self.video_forbidden,
        }
    }

    /// Forbids what is forbidden to everybody who comes and manages nobody. `Some`: by whom, if that changes anything.
    fn shut(&mut self, core: &Core, closed: &Closed) -> Option<RawId> {
        if !self.may_be_shut(core) {
            return None;
        }
        let audio = closed.audio_by.as_ref().filter(|_| !self.audio_forbidden);
        let video = closed.video_by.as_ref().filter(|_| !self.video_forbidden);
        self.audio_forbidden |= audio.is_some();
        self.video_forbidden |= video.is_some();
        audio.or(video).cloned()
    }

    /// Whether "all others" means this one, too: presenters and attendees who do not manage others.
    pub fn may_be_shut(&self, core: &Core) -> bool {
        matches!(self.person.role, Role::Attendee | Role::Collaborator | Role::Presenter)
            && !self.may(core, Capability::ForbidOthersAudio)
    }

    /// What this participant may do now: what the role may, less what is forbidden to it or to all attendees.
    pub fn capabilities(&self, core: &Core) -> Vec<Capability> {
        let organization = self.person.affiliation == Affiliation::Organization;
        let trusted = self.promoted || organization || self.person.host;
        let standing = Standing { role: self.person.role, venue: core.venue(), trusted };
        let attendee = self.person.role == Role::Attendee;
        let no_audio = self.audio_forbidden || (attendee && !core.policy.attendees_may_speak);
        let no_video = self.video_forbidden || (attendee && !core.policy.attendees_may_be_seen);
        let mut capabilities = capabilities_of(standing);
        capabilities.retain(|capability| match capability {
            Capability::UnmuteMic => !no_audio,
            Capability::TurnVideoOn | Capability::ShareScreen => !no_video,
            _ => true,
        });
        capabilities
    }

    pub fn may(&self, core: &Core, capability: Capability) -> bool {
        self.capabilities(core).contains(&capability)
    }

    pub fn view(&self, core: &Core, user: &RawId) -> ParticipantView {
        let role = capabilities_of(Standing { role: self.person.role, venue: core.venue(), trusted: true });
        let forbidden = [(Capability::UnmuteMic, Source::Microphone), (Capability::TurnVideoOn, Source::Camera)]
            .into_iter()
            .filter(|(capability, _)| role.contains(capability) && !self.may(core, *capability))
            .map(|(_, source)| source)
            .collect();
        ParticipantView {
            user: user.clone(),
            display_name: self.display_name.clone(),
            role: self.person.role,
            forbidden,
            legs: self
                .legs
                .iter()
                .map(|(id, leg)| LegView {
                    participant_id: id.clone(),
                    muted: leg.muted,
                    videos: leg.videos.iter().copied().filter(|_| !leg.held).collect(),
                    away: leg.away_until.is_some(),
                    held: leg.held,
                })
                .collect(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Roster {
    members: BTreeMap<RawId, Member>,
    users: BTreeMap<ParticipantId, RawId>,
    /// When the first leg came in, wall time.
    pub started_at: Option<i64>,
    /// What was decided about those who are not here now.
    pub decided: Decided,
    /// What everybody is forbidden who comes and manages nobody, and by whom.
    pub closed: Closed,
    /// The legs that came in, or back, in this step.
    came: Vec<ParticipantId>,
    /// The agents that left in this step, and why.
    agents_gone: Vec<(ParticipantId, ErrorCode)>,
}

impl Roster {
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Those who are more than agents.
    pub fn people(&self) -> impl Iterator<Item = (&RawId, &Member)> {
        self.members.iter().filter(|(_, member)| !member.legs.values().all(|leg| leg.agent))
    }

    pub fn is_full(&self) -> bool {
        self.users.len() >= limits::CALL_LEGS_MAX
    }

    pub fn organization_in(&self) -> bool {
        self.members.values().any(|member| member.person.affiliation == Affiliation::Organization)
    }

    pub fn member(&self, user: &RawId) -> Option<&Member> {
        self.members.get(user)
    }

    pub fn member_mut(&mut self, user: &RawId) -> Option<&mut Member> {
        self.members.get_mut(user)
    }

    pub fn members(&self) -> impl Iterator<Item = (&RawId, &Member)> {
        self.members.iter()
    }

    pub fn user_of(&self, leg: &ParticipantId) -> Option<&RawId> {
        self.users.get(leg)
    }

    pub fn leg(&self, leg: &ParticipantId) -> Option<&Leg> {
        self.members.get(self.users.get(leg)?)?.legs.get(leg)
    }

    pub fn leg_mut(&mut self, leg: &ParticipantId) -> Option<&mut Leg> {
        self.members.get_mut(self.users.get(leg)?)?.legs.get_mut(leg)
    }

    /// The leg whose media this peer is, and its user.
    pub fn by_peer(&self, peer: PeerId) -> Option<(&ParticipantId, &RawId)> {
        self.members
            .iter()
            .find_map(|(user, member)| member.legs.iter().find(|(_, leg)| leg.peer == peer).map(|(id, _)| (id, user)))
    }

    pub fn legs(&self) -> impl Iterator<Item = (&ParticipantId, &Leg)> {
        self.members.values().flat_map(|member| member.legs.iter())
    }

    pub fn leg_ids(&self) -> Vec<ParticipantId> {
        self.users.keys().cloned().collect()
    }

    pub fn legs_of(&self, user: &RawId) -> Vec<ParticipantId> {
        self.members.get(user).map(|member| member.legs.keys().cloned().collect()).unwrap_or_default()
    }

    pub fn may(&self, core: &Core, leg: &ParticipantId, capability: Capability) -> bool {
        self.users.get(leg).and_then(|user| self.members.get(user)).is_some_and(|member| member.may(core, capability))
    }

    /// What a leg may send now.
    pub fn may_send(&self, core: &Core, leg: &ParticipantId) -> MaySend {
        let held = self.leg(leg).is_some_and(|leg| leg.held);
        let may = |capability| !held && self.may(core, leg, capability);
        let muted = self.leg(leg).is_none_or(|leg| leg.muted);
        MaySend {
            microphone: may(Capability::UnmuteMic) && !muted,
            camera: may(Capability::TurnVideoOn),
            screen: may(Capability::ShareScreen),
        }
    }

    /// The call as `leg` may see it.
    pub fn view(&self, core: &Core, leg: &ParticipantId, lobby: Vec<WaiterView>) -> CallView {
        let user = self.users.get(leg).expect("only legs in the roster get a view");
        let member = &self.members[user];
        let own = &member.legs[leg];
        CallView {
            call_id: core.id.clone(),
            participant_id: leg.clone(),
            thread_id: core.thread_id(),
            subject: core.kind.subject().map(str::to_owned),
            role: member.person.role,
            capabilities: member.capabilities(core),
            muted: own.muted,
            resume_secret: own.resume_secret.clone(),
            media_kept: own.media_open,
            participants: self
                .members
                .iter()
                .filter(|(other, _)| *other != user)
                .map(|(other, member)| member.view(core, other))
                .collect(),
            lobby,
            held: own.held,
        }
    }

    /// Puts a leg where it was, telling nobody. For a recovery, and for the test call.
    pub fn restore(&mut self, user: RawId, participant: ParticipantId, leg: Leg, member: impl FnOnce() -> Member) {
        self.users.insert(participant.clone(), user.clone());
        let member = self.members.entry(user).or_insert_with(member);
        member.legs.insert(participant, leg);
        member.reported = member.reportable();
    }

    /// Takes a leg in and tells the others. The caller answers the leg itself, with [`Roster::view`].
    pub fn enter(&mut self, core: &mut Core, new: NewLeg, admitted_by: Option<RawId>) {
        let NewLeg { participant, user, display_name, person, peer, muted, resume_secret, resume_hash } = new;
        let first_leg = !self.members.contains_key(&user);
        let decision = self.decided.about(&user);
        let member =
            self.members.entry(user.clone()).or_insert_with(|| Member::decided(display_name.clone(), person, decision));
        let shut_by = if first_leg { member.shut(core, &self.closed) } else { None };
        let (role, display_name) = (member.person.role, member.display_name.clone());
        let muted = muted || !member.may(core, Capability::UnmuteMic);
        let leg = Leg {
            peer,
            peer_used: false,
            media_open: false,
            media_connected: false,
            muted,
            held: false,
            videos: BTreeSet::new(),
            away_until: None,
            resume_secret,
            resume_hash: resume_hash.clone(),
            joined_commit: core.gate.step_commit(),
            agent: false,
            knows_more: false,
        };
        member.legs.insert(participant.clone(), leg);
        let (audio_forbidden, video_forbidden) = (member.audio_forbidden, member.video_forbidden);
        self.users.insert(participant.clone(), user.clone());
        self.came.push(participant.clone());
        core.open_chat(&user);
        core.journal(JournalRow::Joined {
            call: core.id.clone(),
            participant: participant.clone(),
            user: user.clone(),
            display_name: display_name.clone(),
            role,
            admitted_by,
            resume_hash,
            at: core.now.wall,
        });
        if let Some(by) = shut_by {
            let (call, user, at) = (core.id.clone(), user.clone(), core.now.wall);
            core.journal(JournalRow::AccessChanged { call, user, audio_forbidden, video_forbidden, by, at });
        }
        if muted {
            core.journal(JournalRow::MutedChanged {
                call: core.id.clone(),
                participant: participant.clone(),
                muted,
                by: None,
                at: core.now.wall,
            });
        }
        if self.started_at.is_none() {
            self.started_at = Some(core.now.wall);
            core.tell(What::CallStarted { by: user.clone(), role });
        }
        if first_leg {
            self.members.get_mut(&user).expect("just put there").reported = (role, muted);
            core.tell(What::ParticipantAdded { user: user.clone(), participant, display_name, role, muted });
        } else {
            self.report(core, &user, None);
        }
        let participant = self.members[&user].view(core, &user);
        let event = if first_leg {
            Event::ParticipantJoined { participant }
        } else {
            Event::ParticipantChanged { participant }
        };
        self.tell_others(core, &user, event);
    }

    /// Takes a leg out, closes its media and tells everybody. False if it is not here.
    pub fn leave(&mut self, core: &mut Core, leg: &ParticipantId, reason: ErrorCode) -> bool {
        let Some(user) = self.users.get(leg).cloned() else { return false };
        if user.is_echo_test() {
            self.take_out(core, leg, reason);
            return true;
        }
        core.journal(JournalRow::Left {
            call: core.id.clone(),
            participant: leg.clone(),
            user,
            reason,
            at: core.now.wall,
        });
        core.effect(Output::LegOver { leg: leg.clone(), reason });
        if self.take_out(core, leg, reason).is_some_and(|(_, gone)| gone.agent) {
            self.agents_gone.push((leg.clone(), reason));
        }
        true
    }

    /// Takes a leg out of the roster, closes its media and tells the others. What becomes of the leg is the caller's.
    pub fn take_out(&mut self, core: &mut Core, leg: &ParticipantId, reason: ErrorCode) -> Option<(RawId, Leg)> {
        let user = self.users.remove(leg)?;
        let member = self.members.get_mut(&user).expect("a leg's user is a member");
        let gone = member.legs.remove(leg).expect("a listed leg is there");
        if gone.media_open {
            core.effect(Output::Media(MediaCommand::Close { peer: gone.peer }));
        }
        if member.legs.is_empty() {
            let member = self.members.remove(&user).expect("just seen");
            self.decided.keep(user.clone(), member.decision());
            if !user.is_echo_test() {
                core.tell(What::ParticipantRemoved {
                    user: user.clone(),
                    participant: leg.clone(),
                    display_name: member.display_name,
                    role: member.person.role,
                    reason,
                });
            }
            self.tell_others(core, &user, Event::ParticipantLeft { user: user.clone(), reason: reason.into() });
        } else {
            self.tell_changed(core, &user, None);
        }
        Some((user, gone))
    }

    /// Carries out what a change of role, access or options means for `user`: what was being sent and may not be any more
    /// stops, and `user` and everybody else are told.
    pub fn capabilities_changed(
        &mut self,
        core: &mut Core,
        user: &RawId,
        by: Option<&RawId>,
        reason: CapabilitiesReason,
    ) {
        let Some(member) = self.members.get(user) else { return };
        let (role, capabilities) = (member.person.role, member.capabilities(core));
        let may = |capability| capabilities.contains(&capability);
        let (speak, show, share) =
            (may(Capability::UnmuteMic), may(Capability::TurnVideoOn), may(Capability::ShareScreen));
        for leg in self.legs_of(user) {
            let state = self.leg_mut(&leg).expect("a leg of a member");
            let silenced = !speak && !state.muted;
            state.muted |= !speak;
            state.videos.retain(|source| if *source == Source::Screen { share } else { show });
            let open_peer = state.media_open.then_some(state.peer);
            if silenced {
                core.journal(JournalRow::MutedChanged {
                    call: core.id.clone(),
                    participant: leg.clone(),
                    muted: true,
                    by: None,
                    at: core.now.wall,
                });
            }
            if let Some(peer) = open_peer {
                let may_send = self.may_send(core, &leg);
                core.effect(Output::Media(MediaCommand::SetMaySend { peer, may_send }));
            }
            let event = Event::CapabilitiesChanged { role, capabilities: capabilities.clone(), reason };
            core.effect(Output::Send { leg, event });
        }
        self.tell_changed(core, user, by);
    }

    /// Tells everybody but `user` how `user` is now, and subscribers what changed, `by` whom.
    pub fn tell_changed(&mut self, core: &mut Core, user: &RawId, by: Option<&RawId>) {
        self.report(core, user, by);
        if let Some(member) = self.members.get(user) {
            let event = Event::ParticipantChanged { participant: member.view(core, user) };
            self.tell_others(core, user, event);
        }
    }

    /// Tells every leg that is in.
    pub fn tell_everybody(&self, core: &mut Core, event: &Event) {
        for leg in self.users.keys() {
            core.effect(Output::Send { leg: leg.clone(), event: event.clone() });
        }
    }

    /// A leg is back that was here before.
    pub fn came_back(&mut self, leg: &ParticipantId) {
        self.leg_mut(leg).expect("only legs in the roster come back").knows_more = true;
        self.came.push(leg.clone());
    }

    /// The legs that came in, or back, in this step.
    pub fn take_came(&mut self) -> Vec<ParticipantId> {
        std::mem::take(&mut self.came)
    }

    /// The agents that left in this step, and why.
    pub fn take_agents_gone(&mut self) -> Vec<(ParticipantId, ErrorCode)> {
        std::mem::take(&mut self.agents_gone)
    }

    fn tell_others(&self, core: &mut Core, user: &RawId, event: Event) {
        for (leg, owner) in &self.users {
            if owner != user {
                core.effect(Output::Send { leg: leg.clone(), event: event.clone() });
            }
        }
    }

    /// Tells those who manage the lobby.
    pub fn tell_lobby_managers(&self, core: &mut Core, event: &Event) {
        for member in self.members.values() {
            if member.may(core, Capability::ManageLobby) {
                for leg in member.legs.keys() {
                    core.effect(Output::Send { leg: leg.clone(), event: event.clone() });
                }
            }
        }
    }

    /// True if others know of this leg already: its joining is committed.
    pub fn is_visible(&self, core: &Core, leg: &ParticipantId) -> bool {
        self.leg(leg).is_some_and(|leg| core.gate.is_committed(leg.joined_commit))
    }
}
