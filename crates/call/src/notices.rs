//! Notices: who records or transcribes the call. Whoever does it says so, and everybody is told, at once and whenever they
//! come in. A notice ends with its participant: who left records no more.

use crate::common::Core;
use crate::marked::greet;
use crate::roster::Roster;
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, ParticipantId, RawId};
use convene_protocol::{AnnouncedState, Event, Notice, NoticeKind, NoticeState};

/// The name under which the journal keeps notices of a kind.
pub(crate) fn feature(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Recording => "recording",
        NoticeKind::Transcription => "transcription",
    }
}

fn name(state: NoticeState) -> &'static str {
    match state {
        NoticeState::Started => "started",
        NoticeState::Paused => "paused",
    }
}

/// Reads what the journal kept; `None` for another feature's line, or if there is no notice any more.
pub(crate) fn read(feature_name: &str, user: &RawId, value: Option<&str>) -> Option<Notice> {
    let kind =
        [NoticeKind::Recording, NoticeKind::Transcription].into_iter().find(|kind| feature(*kind) == feature_name)?;
    let state = [NoticeState::Started, NoticeState::Paused].into_iter().find(|state| Some(name(*state)) == value)?;
    Some(Notice { kind, state, by: user.clone() })
}

#[derive(Debug, Default)]
pub(crate) struct Notices {
    /// At most one for each participant and kind.
    all: Vec<Notice>,
    changed: bool,
}

impl Notices {
    /// `leg`'s user announces something.
    ///
    /// # Errors
    /// [`ErrorCode::BadRequest`] if the leg is not in the call.
    pub fn announce(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        leg: &ParticipantId,
        kind: NoticeKind,
        state: AnnouncedState,
    ) -> Result<(), ErrorCode> {
        let by = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
        let state = match state {
            AnnouncedState::Started => Some(NoticeState::Started),
            AnnouncedState::Paused => Some(NoticeState::Paused),
            AnnouncedState::Ended => None,
        };
        let known = self.all.iter().position(|notice| notice.kind == kind && notice.by == by);
        match (known, state) {
            (None, None) => return Ok(()),
            (Some(index), Some(state)) if self.all[index].state == state => return Ok(()),
            (Some(index), Some(state)) => self.all[index].state = state,
            (Some(index), None) => drop(self.all.remove(index)),
            (None, Some(state)) => self.all.push(Notice { kind, state, by: by.clone() }),
        }
        self.note(core, kind, &by, state);
        Ok(())
    }

    fn note(&mut self, core: &mut Core, kind: NoticeKind, by: &RawId, state: Option<NoticeState>) {
        self.changed = true;
        core.journal(JournalRow::Kept {
            call: core.id.clone(),
            feature: feature(kind).to_owned(),
            user: by.clone(),
            value: state.map(|state| name(state).to_owned()),
            at: core.now.wall,
        });
    }

    /// Puts a notice back. For a recovery.
    pub fn restore(&mut self, notice: Notice) {
        self.all.push(notice);
    }

    /// Ends a step, as [`crate::marked::Marked::settle`] does.
    pub fn settle(&mut self, core: &mut Core, roster: &Roster, came: &[ParticipantId]) {
        let (ended, all): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.all).into_iter().partition(|notice| roster.member(&notice.by).is_none());
        self.all = all;
        for notice in ended {
            self.note(core, notice.kind, &notice.by, None);
        }
        let event = Event::NoticesChanged { notices: self.all.clone() };
        if std::mem::take(&mut self.changed) {
            roster.tell_everybody(core, &event);
        } else {
            greet(core, roster, came, event, self.all.is_empty());
        }
    }
}
