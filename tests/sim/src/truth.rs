//! What the durable journal says of a call, read as naively as possible: the truth that clients' views are held against.

use crate::rule::{Rule, Violation};
use convene_model::happened::RINGING;
use convene_model::limits::{CALL_LEGS_MAX, LOBBY_MAX};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{CallId, ParticipantId, RawId, Role, ThreadId};
use std::collections::{BTreeMap, BTreeSet};

/// A participant, as the journal has it.
#[derive(Clone, Debug)]
pub struct MemberTruth {
    pub display_name: String,
    pub role: Role,
    pub audio_forbidden: bool,
}

/// A call, as the journal has it.
#[derive(Clone, Debug)]
pub struct CallTruth {
    pub target: CallTarget,
    pub rows: Vec<JournalRow>,
    pub ended: bool,
    /// Whether the call's own chat opened.
    pub chat: bool,
    /// Leg → whose, muted.
    pub legs: BTreeMap<ParticipantId, (RawId, bool)>,
    pub members: BTreeMap<RawId, MemberTruth>,
    /// Leg → whose, put back from the call.
    pub waiting: BTreeMap<ParticipantId, (RawId, bool)>,
    pub barred: BTreeSet<RawId>,
    /// Whose microphone was forbidden, whether they are in or not.
    pub silenced: BTreeSet<RawId>,
    /// The roles that were given by name.
    pub given: BTreeMap<RawId, Role>,
    /// Whose hands are up, first raised first.
    pub hands: Vec<RawId>,
    /// Who is in the spotlight, first chosen first.
    pub spotlight: Vec<RawId>,
    /// Legs that hold the call.
    pub held: BTreeSet<ParticipantId>,
    /// What the call is, if it was started by ringing and is not open yet.
    pub rang: Option<String>,
    /// Who left at some time.
    pub left: BTreeSet<RawId>,
    /// Every mute state that a leg ever had.
    pub mutes: BTreeSet<(ParticipantId, bool)>,
    /// Every role that somebody ever had.
    pub roles: BTreeSet<(RawId, Role)>,
    /// Every leg that was ever in.
    pub entered: BTreeSet<ParticipantId>,
}

/// The call that a line is about.
pub fn call_of(row: &JournalRow) -> &CallId {
    match row {
        JournalRow::CallStarted { call, .. }
        | JournalRow::ChatOpened { call, .. }
        | JournalRow::Knocked { call, .. }
        | JournalRow::LobbyLeft { call, .. }
        | JournalRow::Joined { call, .. }
        | JournalRow::Left { call, .. }
        | JournalRow::MutedChanged { call, .. }
        | JournalRow::RoleChanged { call, .. }
        | JournalRow::AccessChanged { call, .. }
        | JournalRow::Barred { call, .. }
        | JournalRow::BarLifted { call, .. }
        | JournalRow::PutBack { call, .. }
        | JournalRow::Kept { call, .. }
        | JournalRow::CallEnded { call, .. } => call,
        JournalRow::LegMeasured(quality) => &quality.call,
    }
}

impl CallTruth {
    /// A call that just started.
    pub fn new(target: CallTarget) -> Self {
        Self {
            target,
            rows: vec![],
            ended: false,
            chat: false,
            legs: BTreeMap::new(),
            members: BTreeMap::new(),
            waiting: BTreeMap::new(),
            barred: BTreeSet::new(),
            silenced: BTreeSet::new(),
            given: BTreeMap::new(),
            hands: vec![],
            spotlight: vec![],
            held: BTreeSet::new(),
            rang: None,
            left: BTreeSet::new(),
            mutes: BTreeSet::new(),
            roles: BTreeSet::new(),
            entered: BTreeSet::new(),
        }
    }

    /// One more line became durable.
    ///
    /// # Errors
    /// A [`Violation`] if the line does not fit those before it.
    pub fn take(&mut self, row: &JournalRow) -> Result<(), Violation> {
        self.rows.push(row.clone());
        let once = |what: String| Err(Violation::new(Rule::Once, what));
        if self.ended {
            return once(format!("a line follows the call's end: {row:?}"));
        }
        match row {
            JournalRow::CallStarted { .. } if self.rows.len() > 1 => return once("the call started twice".into()),
            JournalRow::CallStarted { .. } => {}
            JournalRow::ChatOpened { call, thread, .. } => {
                let own = !matches!(self.target, CallTarget::Meeting(_)) && *thread == ThreadId::of_call(call);
                if !own || std::mem::replace(&mut self.chat, true) {
                    return once(format!("{thread} opened twice, or in a meeting, or is another call's"));
                }
            }
            JournalRow::Knocked { participant, user, .. } => {
                if self.waiting.insert(participant.clone(), (user.clone(), false)).is_some() {
                    return once(format!("leg {participant} knocked twice"));
                }
            }
            JournalRow::LobbyLeft { participant, .. } => {
                if self.waiting.remove(participant).is_none() {
                    return once(format!("leg {participant} left the lobby without waiting"));
                }
            }
            JournalRow::Joined { participant, user, display_name, role, admitted_by, .. } => {
                self.joined(participant, user, display_name, *role, admitted_by.is_some())?;
            }
            JournalRow::Left { participant, .. } => self.out(participant)?,
            JournalRow::PutBack { participant, user, .. } => {
                self.out(participant)?;
                self.waiting.insert(participant.clone(), (user.clone(), true));
            }
            JournalRow::MutedChanged { participant, muted, .. } => {
                self.mutes.insert((participant.clone(), *muted));
                match self.legs.get_mut(participant) {
                    Some(leg) => leg.1 = *muted,
                    None => return once(format!("leg {participant} was muted and is not in")),
                }
            }
            JournalRow::RoleChanged { user, role, .. } => {
                self.roles.insert((user.clone(), *role));
                self.given.insert(user.clone(), *role);
                match self.members.get_mut(user) {
                    Some(member) => member.role = *role,
                    None => return once(format!("{user} got a role and is not in")),
                }
            }
            JournalRow::AccessChanged { user, audio_forbidden, .. } => {
                if *audio_forbidden {
                    self.silenced.insert(user.clone());
                } else {
                    self.silenced.remove(user);
                }
                match self.members.get_mut(user) {
                    Some(member) => member.audio_forbidden = *audio_forbidden,
                    None => return once(format!("{user} got another access and is not in")),
                }
            }
            JournalRow::Kept { feature, user, value, .. } if feature == "hand" => {
                self.hands.retain(|other| other != user);
                self.hands.extend(value.is_some().then(|| user.clone()));
            }
            JournalRow::Kept { feature, user, value, .. } if feature == "spotlight" => {
                self.spotlight.retain(|other| other != user);
                self.spotlight.extend(value.is_some().then(|| user.clone()));
            }
            JournalRow::Kept { feature, value, .. } if feature == RINGING => self.rang.clone_from(value),
            JournalRow::Kept { feature, value, .. } if feature.starts_with("held:") => {
                let leg = ParticipantId(feature["held:".len()..].to_owned());
                if value.is_some() {
                    self.held.insert(leg);
                } else {
                    self.held.remove(&leg);
                }
            }
            JournalRow::Kept { .. } | JournalRow::LegMeasured(_) => {}
            JournalRow::Barred { user, .. } => {
                self.barred.insert(user.clone());
                self.given.remove(user);
            }
            JournalRow::BarLifted { user, .. } => {
                self.barred.remove(user);
            }
            JournalRow::CallEnded { .. } => {
                self.ended = true;
                if !self.legs.is_empty() || !self.waiting.is_empty() {
                    return once("the call ended with people in it".into());
                }
            }
        }
        Ok(())
    }

    fn joined(
        &mut self,
        leg: &ParticipantId,
        user: &RawId,
        display_name: &str,
        role: Role,
        by_word: bool,
    ) -> Result<(), Violation> {
        if self.barred.contains(user) {
            return Err(Violation::new(Rule::BarsHold, format!("{user} came in and is barred")));
        }
        // Closing a room's lobby is a word for those who are invited: `decided` knows of it.
        let of_room = matches!(self.target, CallTarget::Room { .. });
        let held = self.waiting.values().any(|(owner, held)| owner == user && *held);
        if held && !of_room && !by_word && !role.owns_meeting() && !self.members.contains_key(user) {
            return Err(Violation::new(Rule::BarsHold, format!("{user} was put back and came in by nobody's word")));
        }
        if !self.chat && !matches!(self.target, CallTarget::Meeting(_)) {
            return Err(Violation::new(Rule::Once, format!("{user} came in before the call's chat opened")));
        }
        self.waiting.remove(leg);
        self.entered.insert(leg.clone());
        self.mutes.insert((leg.clone(), false));
        self.roles.insert((user.clone(), role));
        let member =
            MemberTruth { display_name: display_name.to_owned(), role, audio_forbidden: self.silenced.contains(user) };
        self.members.entry(user.clone()).or_insert(member);
        if self.legs.insert(leg.clone(), (user.clone(), false)).is_some() {
            return Err(Violation::new(Rule::Once, format!("leg {leg} came in twice")));
        }
        Ok(())
    }

    fn out(&mut self, leg: &ParticipantId) -> Result<(), Violation> {
        let Some((user, _)) = self.legs.remove(leg) else {
            return Err(Violation::new(Rule::Once, format!("leg {leg} left and is not in")));
        };
        self.held.remove(leg);
        self.left.insert(user.clone());
        if !self.legs.values().any(|(other, _)| *other == user) {
            self.members.remove(&user);
        }
        Ok(())
    }

    /// What must hold after each transaction.
    ///
    /// # Errors
    /// A [`Violation`] if it does not.
    pub fn check(&self) -> Result<(), Violation> {
        if self.legs.len() > CALL_LEGS_MAX || self.waiting.len() > LOBBY_MAX {
            let what = format!("{} legs are in, {} wait", self.legs.len(), self.waiting.len());
            return Err(Violation::new(Rule::Bounds, what));
        }
        for (user, _) in self.waiting.values() {
            if self.members.contains_key(user) {
                return Err(Violation::new(Rule::Once, format!("{user} is in the call and in its lobby")));
            }
        }
        Ok(())
    }
}
