//! Holding a call: a leg that holds it keeps its place, and neither sends nor receives. The media plane sees to that.

use crate::Output;
use crate::common::Core;
use crate::roster::Roster;
use crate::videos::Videos;
use convene_model::media::MediaCommand;
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, ParticipantId};

/// The journal's name for a leg that holds the call, so that it holds it still after a restart.
const FEATURE: &str = "held:";

/// The leg that a kept value says holds the call.
pub(crate) fn read(feature: &str) -> Option<ParticipantId> {
    feature.strip_prefix(FEATURE).map(|leg| ParticipantId(leg.to_owned()))
}

/// Puts the call on hold for a leg, or takes it up again.
///
/// # Errors
/// [`ErrorCode::BadRequest`] if the leg is not in the call.
pub(crate) fn set_held(
    core: &mut Core,
    roster: &mut Roster,
    videos: &mut Videos,
    leg: &ParticipantId,
    held: bool,
) -> Result<(), ErrorCode> {
    let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
    let state = roster.leg_mut(leg).ok_or(ErrorCode::BadRequest)?;
    if state.held == held {
        return Ok(());
    }
    state.held = held;
    let open_peer = state.media_open.then_some(state.peer);
    core.journal(JournalRow::Kept {
        call: core.id.clone(),
        feature: format!("{FEATURE}{leg}"),
        user: user.clone(),
        value: held.then(String::new),
        at: core.now.wall,
    });
    if let Some(peer) = open_peer {
        let may_send = roster.may_send(core, leg);
        core.effect(Output::Media(MediaCommand::SetMaySend { peer, may_send }));
        core.effect(Output::Media(MediaCommand::SetHears { peer, hears: !held }));
    }
    roster.tell_changed(core, &user);
    videos.refresh(core, roster);
    Ok(())
}
