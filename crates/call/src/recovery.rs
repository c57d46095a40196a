//! A call that went on when the server died, read back from its journal: who was in it may come back for a while, under the
//! conditions under which they were in. Who waited has to knock again; who was never admitted is not in.

use crate::Person;
use crate::removal::Removals;
use crate::roster::{Leg, Member, Roster};
use convene_model::limits::RECOVER_WITHIN_MS;
use convene_model::record::JournalRow;
use convene_model::{Now, ParticipantId, PeerId, RawId, Role};
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
    /// Who waited.
    pub waiting: BTreeMap<ParticipantId, RawId>,
    bars: Vec<(RawId, bool)>,
    promoted: BTreeSet<RawId>,
    access: BTreeMap<RawId, (bool, bool)>,
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
            JournalRow::CallStarted { .. } => {}
            JournalRow::Knocked { participant, user, .. } => {
                self.waiting.insert(participant.clone(), user.clone());
            }
            JournalRow::LobbyLeft { participant, .. } => {
                self.waiting.remove(participant);
            }
            JournalRow::Joined { participant, user, display_name, role, resume_hash, at, .. } => {
                self.started_at.get_or_insert(*at);
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
                self.promoted.insert(user.clone());
                for leg in self.legs.values_mut().filter(|leg| leg.user == *user) {
                    leg.role = *role;
                }
            }
            JournalRow::AccessChanged { user, audio_forbidden, video_forbidden, .. } => {
                self.access.insert(user.clone(), (*audio_forbidden, *video_forbidden));
            }
            JournalRow::Barred { user, .. } => self.bars.push((user.clone(), true)),
            JournalRow::BarLifted { user, .. } => self.bars.push((user.clone(), false)),
            JournalRow::CallEnded { .. } => *self = Self::default(),
        }
    }

    /// A leg is out; what was said of its user holds only as long as one of the user's legs is in.
    fn gone(&mut self, participant: &ParticipantId) {
        self.muted.remove(participant);
        let Some(leg) = self.legs.remove(participant) else { return };
        if !self.legs.values().any(|other| other.user == leg.user) {
            self.promoted.remove(&leg.user);
            self.access.remove(&leg.user);
        }
    }

    /// Fills roster and bars; every leg is away at first.
    pub(crate) fn restore(&self, roster: &mut Roster, removals: &mut Removals, legs: Vec<RecoveredLeg>, now: Now) {
        roster.started_at = self.started_at;
        for (user, barred) in &self.bars {
            removals.restore(user.clone(), *barred);
        }
        let until = now.mono + Duration::from_millis(RECOVER_WITHIN_MS);
        for RecoveredLeg { participant, user, display_name, person, peer } in legs {
            let (audio_forbidden, video_forbidden) = self.access.get(&user).copied().unwrap_or_default();
            let promoted = self.promoted.contains(&user);
            let member = || Member { promoted, audio_forbidden, video_forbidden, ..Member::new(display_name, person) };
            let leg = Leg {
                peer,
                peer_used: false,
                media_open: false,
                media_connected: false,
                muted: self.muted.contains(&participant),
                videos: BTreeSet::new(),
                away_until: Some(until),
                resume_secret: String::new(),
                resume_hash: self.legs.get(&participant).map(|row| row.resume_hash.clone()).unwrap_or_default(),
                joined_commit: 0,
            };
            roster.restore(user, participant, leg, member);
        }
    }
}
