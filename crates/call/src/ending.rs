//! How a call ends: for everybody at once, or because nobody is left.

use crate::common::Core;
use crate::lobby::Lobby;
use crate::roster::Roster;
use convene_model::ErrorCode;
use convene_model::happened::What;
use convene_model::record::JournalRow;
use convene_protocol::LobbyOutcome;

/// Sends everybody away, those who wait too.
pub(crate) fn end_for_everyone(core: &mut Core, roster: &mut Roster, lobby: &mut Lobby, reason: ErrorCode) {
    for leg in lobby.leg_ids() {
        lobby.leave(core, roster, &leg, reason, LobbyOutcome::Left);
    }
    for leg in roster.leg_ids() {
        roster.leave(core, &leg, reason);
    }
    core.ended.get_or_insert(reason);
}

/// Journals the end of a call that nobody is in or waits for.
pub(crate) fn journal_end(core: &mut Core, roster: &Roster, reason: ErrorCode) {
    if !core.journaled {
        return;
    }
    let at = core.now.wall;
    core.journal(JournalRow::CallEnded { call: core.id.clone(), reason, at });
    if let Some(started_at) = roster.started_at {
        core.tell(What::CallEnded { reason, duration_ms: at - started_at });
    }
}
