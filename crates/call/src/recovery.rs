//! A call that went on when the server died, read back from its journal: who was in it may come back for a while, under the
//! conditions under which they were in. Who waited has to knock again; who was never admitted is not in.

use crate::call::Call;
use crate::common::Core;
use crate::decided::Decision;
use crate::roster::{Leg, Member};
use crate::{Person, access, hands, hold, hosts, notices, ringing, spotlight};
use convene_model::happened::{ONE_TO_ONE, What};
use convene_model::limits::RECOVER_WITHIN_MS;
use convene_model::media::Source;
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, Now, ParticipantId, PeerId, RawId, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A leg that was in the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveredLeg {
    /// The leg.
    pub participant: ParticipantId,
    /// Whose.
    pub user: RawId,
    /// Under which name.
    pub display_name: String,
    /// What admission looked at, with the role that the person had last.
    pub person: Person,
    /// A fresh peer, as [`crate::NewLeg::peer`].
    pub peer: PeerId,
}

/// What a journal says of a call that has not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Who was in: leg → user, name, role, hash of the resume secret.
    pub legs: BTreeMap<ParticipantId, RecoveredRow>,
    /// Who was admitted from the lobby by somebody, at any time.
    pub admitted: BTreeSet<RawId>,
    /// Whether the call's own chat opened.
    pub chat: bool,
    /// Who waited.
    pub waiting: BTreeMap<ParticipantId, RawId>,
    bars: Vec<(RawId, bool)>,
    decided: BTreeMap<RawId, Decision>,
    /// Feature, user and value, in the order in which they were set.
    kept: Vec<(String, RawId, String)>,
    muted: BTreeSet<ParticipantId>,
    started_at: Option<i64>,
}

/// What a journal says of a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveredRow {
    /// Whose.
    pub user: RawId,
    /// Under which name.
    pub display_name: String,
    /// In which role.
    pub role: Role,
    /// The hash of the secret with which it comes back.
    pub resume_hash: String,
}

impl Recovery {
    /// Reads a journal.
    pub fn read(rows: &[JournalRow]) -> Self {
        let mut found = Self::default();
        for row in rows {
            found.take(row);
        }
        found
    }

    fn take(&mut self, row: &JournalRow) {
        match row {
            JournalRow::CallStarted { .. } | JournalRow::LegMeasured(_) => {}
            JournalRow::ChatOpened { .. } => self.chat = true,
            JournalRow::Knocked { participant, user, .. } => {
                self.waiting.insert(participant.clone(), user.clone());
            }
            JournalRow::LobbyLeft { participant, .. } => {
                self.waiting.remove(participant);
            }
            JournalRow::Joined { participant, user, display_name, role, admitted_by, resume_hash, at, .. } => {
                self.started_at.get_or_insert(*at);
                if admitted_by.is_some() {
                    self.admitted.insert(user.clone());
                }
                self.waiting.remove(participant);
                let row = RecoveredRow {
                    user: user.clone(),
                    display_name: display_name.clone(),
                    role: *role,
                    resume_hash: resume_hash.clone(),
                };
                self.legs.insert(participant.clone(), row);
            }
            JournalRow::Left { participant, .. } => self.gone(participant),
            JournalRow::PutBack { participant, user, .. } => {
                self.gone(participant);
                self.waiting.insert(participant.clone(), user.clone());
            }
            JournalRow::MutedChanged { participant, muted, .. } => {
                if *muted {
                    self.muted.insert(participant.clone());
                } else {
                    self.muted.remove(participant);
                }
            }
            JournalRow::RoleChanged { user, role, .. } => {
                self.decided.entry(user.clone()).or_default().role = Some(*role);
                for leg in self.legs.values_mut().filter(|leg| leg.user == *user) {
                    leg.role = *role;
                }
            }
            JournalRow::AccessChanged { user, audio_forbidden, video_forbidden, .. } => {
                let decision = self.decided.entry(user.clone()).or_default();
                (decision.audio_forbidden, decision.video_forbidden) = (*audio_forbidden, *video_forbidden);
            }
            JournalRow::Barred { user, .. } => {
                self.bars.push((user.clone(), true));
                self.decided.entry(user.clone()).or_default().role = None;
            }
            JournalRow::BarLifted { user, .. } => self.bars.push((user.clone(), false)),
            JournalRow::Kept { feature, user, value, .. } => self.keep(feature, user, value.as_deref()),
            JournalRow::CallEnded { .. } => *self = Self::default(),
        }
    }

    fn gone(&mut self, participant: &ParticipantId) {
        self.muted.remove(participant);
        self.legs.remove(participant);
        // Whoever comes in again holds nothing.
        self.kept.retain(|(feature, _, _)| hold::read(feature).as_ref() != Some(participant));
    }

    fn keep(&mut self, feature: &str, user: &RawId, value: Option<&str>) {
        let known = self.kept.iter().position(|(name, of, _)| name == feature && of == user);
        match (known, value) {
            (Some(index), Some(value)) => self.kept[index].2 = value.to_owned(),
            (Some(index), None) => drop(self.kept.remove(index)),
            (None, Some(value)) => self.kept.push((feature.to_owned(), user.clone(), value.to_owned())),
            (None, None) => {}
        }
    }

    /// Whoever waited has lost the place; somebody who waited with several legs is told of once.
    pub(crate) fn end_waits(&self, core: &mut Core) {
        let reason = ErrorCode::Vanished;
        for user in self.waiting.values().collect::<BTreeSet<_>>() {
            core.tell(What::LobbyLeft { user: user.clone(), reason });
        }
        for (participant, user) in &self.waiting {
            let (call, participant, user) = (core.id.clone(), participant.clone(), user.clone());
            core.journal(JournalRow::LobbyLeft { call, participant, user, reason, at: core.now.wall });
        }
    }

    /// The role that was given to somebody by name.
    pub fn role_given(&self, user: &RawId) -> Option<Role> {
        self.decided.get(user)?.role
    }

    /// The host of the call, if it rang and was to have a lobby.
    pub fn host(&self) -> Option<&RawId> {
        self.kept.iter().find(|(feature, _, _)| feature == hosts::FEATURE).map(|(_, user, _)| user)
    }

    /// Fills a call; every leg is away at first.
    pub(crate) fn restore(&self, call: &mut Call, legs: Vec<RecoveredLeg>, now: Now) {
        let roster = &mut call.roster;
        roster.started_at = self.started_at;
        for (user, barred) in &self.bars {
            call.removals.restore(user.clone(), *barred);
        }
        for (user, decision) in &self.decided {
            roster.decided.keep(user.clone(), *decision);
        }
        for (feature, user, value) in &self.kept {
            if feature == hands::FEATURE {
                call.hands.restore(user.clone());
            } else if feature == spotlight::FEATURE {
                call.spotlight.restore(user.clone());
            } else if feature == access::feature(Source::Microphone) {
                roster.closed.audio_by = Some(user.clone());
            } else if feature == access::feature(Source::Camera) {
                roster.closed.video_by = Some(user.clone());
            } else if feature == ringing::FEATURE {
                call.core.two_party = value == ONE_TO_ONE;
                call.ringing.restore(user.clone(), value);
            } else if let Some(notice) = notices::read(feature, user, Some(value)) {
                call.notices.restore(notice);
            }
        }
        let held: BTreeSet<ParticipantId> =
            self.kept.iter().filter_map(|(feature, _, _)| hold::read(feature)).collect();
        let until = now.mono + Duration::from_millis(RECOVER_WITHIN_MS);
        for RecoveredLeg { participant, user, display_name, person, peer } in legs {
            let decision = self.decided.get(&user).copied().unwrap_or_default();
            let member = || Member::decided(display_name, person, decision);
            let leg = Leg {
                peer,
                peer_used: false,
                media_open: false,
                media_connected: false,
                muted: self.muted.contains(&participant),
                held: held.contains(&participant),
                videos: BTreeSet::new(),
                away_until: Some(until),
                resume_secret: String::new(),
                resume_hash: self.legs.get(&participant).map(|row| row.resume_hash.clone()).unwrap_or_default(),
                joined_commit: 0,
                agent: false,
                knows_more: true,
            };
            roster.restore(user, participant, leg, member);
        }
    }
}
