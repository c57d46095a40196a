//! The coordinator: routes what comes to the feature that it belongs to, and owns no feature's state.

use crate::agent::Agents;
use crate::automation::Automation;
use crate::common::{CallKind, Core};
use crate::flow::Flows;
use crate::gate::Gate;
use crate::lobby::{Lobby, NewLeg, inside};
use crate::marked::Marked;
use crate::media::Negotiations;
use crate::notices::Notices;
use crate::output::RequestId;
use crate::recovery::{RecoveredLeg, Recovery};
use crate::removal::Removals;
use crate::ringing::Ringing;
use crate::roster::Roster;
use crate::speaking::Speaking;
use crate::texts::Texts;
use crate::tones::Tones;
use crate::transfer::Transferring;
use crate::videos::Videos;
use crate::{
    Output, Policy, Verdict, away, data, decide, diagnostics, echo, ending, hands, hold, mute, roles, spotlight,
};
use convene_model::media::Source;
use convene_model::record::CallTarget;
use convene_model::{CallId, Capability, ErrorCode, Now, ParticipantId, RawId};
use convene_protocol::{Event, LobbyOutcome, Reply, Request};
use std::collections::BTreeSet;
use std::time::Duration;

/// One live call.
///
/// Contract: call any `handle_*`, then [`Call::poll_output`] until it gives `None`, then wait for whichever comes first:
/// something to handle, or the time that [`Call::poll_timeout`] gives (then [`Call::handle_timeout`]). Every `handle_*` lets
/// time pass first, so that what comes late cannot beat a timer. An [`Output::Commit`] is answered by
/// [`Call::handle_committed`] once it is durable; what others may see waits for that. After [`Output::Over`] the call is
/// finished: nobody is in it or waits for it, and it takes nobody any more.
#[derive(Debug)]
pub struct Call {
    pub(crate) core: Core,
    pub(crate) roster: Roster,
    pub(crate) lobby: Lobby,
    pub(crate) removals: Removals,
    pub(crate) negotiations: Negotiations,
    pub(crate) videos: Videos,
    pub(crate) hands: Marked,
    pub(crate) spotlight: Marked,
    pub(crate) notices: Notices,
    pub(crate) ringing: Ringing,
    pub(crate) transferring: Transferring,
    pub(crate) automation: Automation,
    pub(crate) agents: Agents,
    pub(crate) speaking: Speaking,
    flows: Flows,
    texts: Texts,
    pub(crate) tones: Tones,
    pub(crate) over: bool,
}

impl Call {
    /// A call that nobody is in yet. Follow it with [`Call::handle_join`].
    pub fn new(id: CallId, target: CallTarget, kind: CallKind, policy: Policy, now: Now) -> Self {
        Self {
            core: Core {
                id,
                target,
                kind,
                policy,
                two_party: false,
                hosted_by: None,
                gate: Gate::default(),
                now,
                journaled: false,
                chat_opened: false,
                ended: None,
            },
            roster: Roster::default(),
            lobby: Lobby::default(),
            removals: Removals::default(),
            negotiations: Negotiations::default(),
            videos: Videos::default(),
            hands: hands::none(),
            spotlight: spotlight::none(),
            notices: Notices::default(),
            ringing: Ringing::default(),
            transferring: Transferring::default(),
            automation: Automation::default(),
            agents: Agents::default(),
            speaking: Speaking::default(),
            flows: Flows::default(),
            texts: Texts::default(),
            tones: Tones::default(),
            over: false,
        }
    }

    /// A call that went on when the server died. `legs`: those of [`Recovery::legs`], with their places. Who does not come back
    /// in time has left; who waited has to knock again.
    pub fn recover(
        id: CallId,
        target: CallTarget,
        kind: CallKind,
        policy: Policy,
        journal: &Recovery,
        legs: Vec<RecoveredLeg>,
        now: Now,
    ) -> Self {
        let mut call = Self::new(id, target, kind, policy, now);
        call.core.journaled = true;
        call.core.chat_opened = journal.chat;
        journal.restore(&mut call, legs, now);
        journal.end_waits(&mut call.core);
        call.end();
        call
    }

    /// The call's id.
    pub fn id(&self) -> &CallId {
        &self.core.id
    }

    /// True once the call takes nobody any more.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// True if somebody is in the call, not counting those who wait.
    pub fn is_live(&self) -> bool {
        !self.roster.is_empty()
    }

    /// True if this leg is in the call; not if it waits.
    pub fn has_in(&self, leg: &ParticipantId) -> bool {
        self.roster.leg(leg).is_some()
    }

    /// Somebody wants in. Answered by `joined`, `waiting` or an error; with an error the leg is over.
    pub fn handle_join(&mut self, new: NewLeg, request: RequestId, now: Now) {
        self.begin(now);
        self.join(new, request, false);
        self.end();
    }

    /// What becomes of a leg that wants in. `by_host`: a host left it the place.
    pub(crate) fn verdict(&self, new: &NewLeg, by_host: bool) -> Verdict {
        let Self { core, roster, lobby, removals, transferring, .. } = self;
        // A further device of somebody who is in comes in with the role that they have.
        let verdict = match roster.member(&new.user) {
            None if roster.member(&RawId::echo_test()).is_some() => Verdict::Refuse(ErrorCode::CallFull),
            _ if removals.is_barred(&new.user) => Verdict::Refuse(ErrorCode::Barred),
            Some(_) => Verdict::Enter,
            None => match decide(&core.policy, &new.person, inside(roster, removals)) {
                Verdict::Refuse(reason) => Verdict::Refuse(reason),
                verdict => match core.policy.window.map(|window| window.check(core.now.wall)) {
                    Some(Err(reason)) => Verdict::Refuse(reason),
                    Some(Ok(())) | None => verdict,
                },
            },
        };
        let verdict = match verdict {
            // Put back, and knocking again: still only somebody's word lets them in.
            Verdict::Enter if lobby.holds(&new.user) && !new.person.role.owns_meeting() => Verdict::Wait,
            // Nobody else is here yet: who calls the host is in until the host comes.
            Verdict::Wait if core.policy.caller_waits && roster.is_empty() && lobby.is_empty() => Verdict::Enter,
            // Whom a host calls, moves here, or leaves the place, has the host's word.
            Verdict::Wait if by_host || self.is_called_by_host(&new.user) => Verdict::Enter,
            Verdict::Wait if transferring.brings(&new.user) => Verdict::Enter,
            verdict => verdict,
        };
        if verdict == Verdict::Enter && roster.is_full() { Verdict::Refuse(ErrorCode::CallFull) } else { verdict }
    }

    pub(crate) fn join(&mut self, mut new: NewLeg, request: RequestId, by_host: bool) {
        new.person = self.roster.decided.person(&new.user, new.person);
        let verdict = self.verdict(&new, by_host);
        if verdict == Verdict::Enter && new.person.host {
            self.make_callers_wait(&new.user);
        }
        let Self { core, roster, lobby, removals, .. } = self;
        let leg = new.participant.clone();
        match verdict {
            Verdict::Enter => {
                // Nobody waits for a call that they are in: their waiting legs come along.
                lobby.come_along(core, roster, &new.user, new.person);
                roster.enter(core, new, None);
                let may_manage = roster.may(core, &leg, Capability::ManageLobby);
                let waiters = if may_manage { lobby.views(core.now.mono) } else { vec![] };
                let call = roster.view(core, &leg, waiters);
                core.reply(&leg, request, Ok(Reply::Joined { call }));
                lobby.reconsider(core, roster, removals);
            }
            Verdict::Wait => lobby.knock(core, roster, new, request),
            Verdict::Refuse(reason) => {
                core.reply(&leg, request, Err(reason));
                core.effect(Output::LegOver { leg, reason });
            }
        }
    }

    /// A leg asks for something. Legs that are neither in the call nor waiting get `badRequest`.
    pub fn handle_request(&mut self, leg: &ParticipantId, request: RequestId, what: Request, now: Now) {
        self.begin(now);
        if self.roster.leg(leg).is_some() {
            self.request_of_member(leg, request, what);
        } else if self.lobby.has(leg) && what == (Request::Leave {}) {
            self.core.reply(leg, request, Ok(Reply::Done {}));
            self.lobby.leave(&mut self.core, &self.roster, leg, ErrorCode::HungUp, LobbyOutcome::Left);
        } else {
            self.core.reply(leg, request, Err(ErrorCode::BadRequest));
        }
        self.end();
    }

    fn request_of_member(&mut self, leg: &ParticipantId, request: RequestId, what: Request) {
        if self.is_echo_test() && echo::is_managing(&what) {
            self.core.reply(leg, request, Err(ErrorCode::Forbidden));
            return;
        }
        let Self { core, roster, lobby, negotiations, videos, .. } = self;
        let done = |result: Result<(), ErrorCode>| result.map(|()| Reply::Done {});
        let result = match what {
            // The node answers these itself.
            Request::Join { .. }
            | Request::Resume { .. }
            | Request::StartCall { .. }
            | Request::Accept { .. }
            | Request::Decline { .. }
            | Request::AddParticipant { .. }
            | Request::Transfer { .. }
            | Request::Follow { .. }
            | Request::SubmitSurvey { .. } => Err(ErrorCode::BadRequest),
            Request::Negotiate { offer, tracks } => {
                negotiations.offer(core, roster, leg, request, offer, tracks);
                videos.refresh(core, roster);
                return;
            }
            Request::Leave {} => {
                core.reply(leg, request, Ok(Reply::Done {}));
                self.member_leaves(leg, ErrorCode::HungUp);
                return;
            }
            Request::EndForEveryone {} => {
                if roster.may(core, leg, Capability::HangUpForEveryOne) {
                    core.reply(leg, request, Ok(Reply::Done {}));
                    negotiations.forget_all(core, ErrorCode::EndedForEveryone);
                    ending::end_for_everyone(core, roster, lobby, ErrorCode::EndedForEveryone);
                    return;
                }
                Err(ErrorCode::Forbidden)
            }
            Request::RaiseHand {} => done(hands::raise(&mut self.hands, core, roster, leg)),
            Request::LowerHands { users } => done(hands::lower(&mut self.hands, core, roster, leg, users)),
            Request::React { reaction } => done(spotlight::react(core, roster, leg, reaction)),
            Request::Spotlight { users } => done(spotlight::start(&mut self.spotlight, core, roster, leg, &users)),
            Request::EndSpotlight { users } => done(spotlight::end(&mut self.spotlight, core, roster, leg, users)),
            Request::Announce { kind, state } => done(self.allowed(leg, Capability::AnnounceRecording, |call, _| {
                call.notices.announce(&mut call.core, &call.roster, leg, kind, state)
            })),
            Request::SendData { channel, sequence, may_be_lost, to, data } => {
                let message = data::Message { channel, sequence, may_be_lost, data };
                done(data::send(&mut self.flows, core, roster, leg, message, to.as_deref()))
            }
            Request::CloseData { channel, to } => {
                done(data::close(&mut self.flows, core, roster, leg, channel, to.as_deref()))
            }
            Request::SendText { text, done: is_done } => {
                done(self.texts.send(&mut self.flows, core, roster, leg, text, is_done))
            }
            Request::SendTone { tone } => done(self.send_tone(leg, tone)),
            Request::TellDiagnostics { diagnostics } => {
                done(diagnostics::tell(&mut self.flows, core, roster, leg, diagnostics))
            }
            Request::SetHeld { held } => done(hold::set_held(core, roster, videos, leg, held)),
            Request::SetMuted { muted } => done(mute::set_muted(core, roster, leg, muted)),
            Request::Publish { source } => done(videos.publish(core, roster, leg, source, true)),
            Request::Unpublish { source } => done(videos.publish(core, roster, leg, source, false)),
            Request::Subscribe { videos: wishes } => done(videos.subscribe(core, roster, leg, wishes)),
            Request::Admit { user } => done(self.allowed(leg, Capability::ManageLobby, |call, by| {
                call.lobby.admit(&mut call.core, &mut call.roster, &user, Some(by))
            })),
            Request::Reject { user } => done(self.allowed(leg, Capability::ManageLobby, |call, _| {
                call.lobby.reject(&mut call.core, &call.roster, &user)
            })),
            Request::AdmitAll {} => self.allowed(leg, Capability::ManageLobby, |call, by| Ok(call.admit_all(by))),
            Request::PutBack { user } => {
                done(self.allowed(leg, Capability::ManageLobby, |call, by| call.put_back(&user, by)))
            }
            Request::Remove { user } => {
                done(self.allowed(leg, Capability::RemoveParticipant, |call, by| call.remove(&user, by)))
            }
            Request::LiftBar { user } => done(
                self.allowed(leg, Capability::ManageRoles, |call, by| call.removals.lift(&mut call.core, &user, by)),
            ),
            Request::Mute { user } => done(self.allowed(leg, Capability::MuteOthers, |call, by| {
                mute::mute_other(&mut call.core, &mut call.roster, &user, by)
            })),
            Request::MuteAll {} => {
                done(self.allowed(leg, Capability::MuteOthers, |call, by| {
                    mute::mute_all(&mut call.core, &mut call.roster, by)
                }))
            }
            Request::SetAccess { users, source, permitted } => {
                let needed = match source {
                    Source::Microphone => Capability::ForbidOthersAudio,
                    Source::Camera | Source::Screen => Capability::ForbidOthersVideo,
                };
                done(self.allowed(leg, needed, |call, by| call.set_access(users, source, permitted, by)))
            }
            Request::SetRole { user, role } => done(self.allowed(leg, Capability::ManageRoles, |call, by| {
                let result = roles::set_role(&mut call.core, &mut call.roster, &call.lobby, &user, role, by);
                call.videos.refresh(&mut call.core, &call.roster);
                result
            })),
        };
        self.core.reply(leg, request, result);
    }

    pub(crate) fn member_leaves(&mut self, leg: &ParticipantId, reason: ErrorCode) {
        self.negotiations.forget(&mut self.core, leg, reason);
        self.videos.forget(leg);
        self.roster.leave(&mut self.core, leg, reason);
        self.videos.refresh(&mut self.core, &self.roster);
    }

    /// A leg is gone without having asked: its session ended, its token was revoked, its media was lost.
    pub fn handle_gone(&mut self, leg: &ParticipantId, reason: ErrorCode, now: Now) {
        self.begin(now);
        self.gone(leg, reason);
        self.end();
    }

    fn gone(&mut self, leg: &ParticipantId, reason: ErrorCode) {
        if self.roster.leg(leg).is_some() {
            self.member_leaves(leg, reason);
        } else {
            self.lobby.leave(&mut self.core, &self.roster, leg, reason, LobbyOutcome::Left);
        }
    }

    /// The connection of a leg was lost; it may come back for a while.
    pub fn handle_away(&mut self, leg: &ParticipantId, now: Now) {
        self.begin(now);
        if !away::went(&mut self.core, &mut self.roster, leg) {
            self.lobby.went_away(&self.core, leg);
        }
        self.end();
    }

    /// A leg is back, having proved itself with `secret`. Answered by `joined` or `sessionLost`.
    pub fn handle_resume(&mut self, leg: &ParticipantId, request: RequestId, secret: String, now: Now) {
        self.begin(now);
        let Self { core, roster, lobby, .. } = self;
        match away::came_back(core, roster, leg, secret) {
            Ok(()) => {
                let may_manage = roster.may(core, leg, Capability::ManageLobby);
                let waiters = if may_manage { lobby.views(core.now.mono) } else { vec![] };
                let call = roster.view(core, leg, waiters);
                core.reply(leg, request, Ok(Reply::Joined { call }));
            }
            Err(code) => core.reply(leg, request, Err(code)),
        }
        self.end();
    }

    /// Who is in the call or waits for it.
    pub fn users(&self) -> BTreeSet<RawId> {
        self.roster.members().map(|(user, _)| user).chain(self.lobby.user_ids()).cloned().collect()
    }

    /// Ends the call for everybody from outside: the server stops, or somebody ended the meeting by API.
    pub fn handle_end(&mut self, reason: ErrorCode, now: Now) {
        self.begin(now);
        self.negotiations.forget_all(&mut self.core, reason);
        ending::end_for_everyone(&mut self.core, &mut self.roster, &mut self.lobby, reason);
        self.end();
    }

    /// The commits up to `n` are durable.
    pub fn handle_committed(&mut self, n: u64) {
        self.core.gate.committed(n);
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Now) {
        self.begin(now);
        self.end();
    }

    /// When [`Call::handle_timeout`] is due, as [`Now::mono`].
    pub fn poll_timeout(&self) -> Option<Duration> {
        let window = self.core.policy.window.filter(|_| !self.over).map(|window| window.ends(self.core.now));
        let rings = self.ringing.next_due().into_iter().chain(self.transferring.next_due());
        let others = rings.chain(self.automation.next_due()).chain(window);
        self.lobby.next_due().into_iter().chain(away::next_due(&self.roster)).chain(others).min()
    }

    /// The next thing to be done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.core.gate.poll()
    }

    pub(crate) fn begin(&mut self, now: Now) {
        self.core.now = now;
        self.lobby.expire(&mut self.core, &self.roster);
        for leg in away::overdue(&self.core, &self.roster) {
            self.member_leaves(&leg, ErrorCode::Vanished);
        }
        self.ringing.expire(&mut self.core, &self.roster);
        self.transferring.expire(&mut self.core);
        self.automation.expire(&mut self.core);
        self.keep_window();
    }

    pub(crate) fn end(&mut self) {
        let came = self.roster.take_came();
        // Before it is asked whether anybody is left of two.
        self.agents.let_go(&mut self.core, &mut self.roster, &mut self.automation);
        if let Some(reason) = self.settle_ringing(&came) {
            self.negotiations.forget_all(&mut self.core, reason);
            ending::end_for_everyone(&mut self.core, &mut self.roster, &mut self.lobby, reason);
        }
        self.settle_invitations();
        self.transferring.settle(&mut self.core, &self.roster, &self.automation);
        self.hands.settle(&mut self.core, &self.roster, &came, |hands| Event::HandsChanged { hands });
        self.spotlight.settle(&mut self.core, &self.roster, &came, |users| Event::SpotlightChanged { users });
        self.notices.settle(&mut self.core, &self.roster, &came);
        self.flows.keep(|leg| self.roster.leg(leg).is_some());
        self.texts.keep(|leg| self.roster.leg(leg).is_some());
        self.settle_tones();
        self.dismiss_agents();
        self.agents.settle(&mut self.core, &mut self.roster, &mut self.automation);
        let is_empty = self.roster.people().next().is_none() && self.lobby.is_empty();
        let is_held = self.automation.settle(&mut self.core, &self.roster, is_empty);
        if !self.over && is_empty && !is_held {
            self.over = true;
            ending::journal_end(&mut self.core, &self.roster, ErrorCode::HungUp);
            self.core.effect(Output::Over);
        }
        self.core.end_step();
    }
}
