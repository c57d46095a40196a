//! Muting oneself. Who is shown as muted is not heard: the media plane drops what a muted leg sends all the same.

use crate::Output;
use crate::call::Core;
use crate::roster::Roster;
use convene_model::media::MediaCommand;
use convene_model::record::JournalRow;
use convene_model::{Capability, ErrorCode, ParticipantId};

/// Sets a leg's own mute.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the role may not speak.
pub(crate) fn set_muted(
    core: &mut Core,
    roster: &mut Roster,
    leg: &ParticipantId,
    muted: bool,
) -> Result<(), ErrorCode> {
    if !muted && !roster.may(core, leg, Capability::UnmuteMic) {
        return Err(ErrorCode::Forbidden);
    }
    let state = roster.leg_mut(leg).ok_or(ErrorCode::BadRequest)?;
    if state.muted == muted {
        return Ok(());
    }
    state.muted = muted;
    let (peer, media_open) = (state.peer, state.media_open);
    core.journal(JournalRow::MutedChanged {
        call: core.id.clone(),
        participant: leg.clone(),
        muted,
        at: core.now.wall,
    });
    if media_open {
        let may_send = roster.may_send(core, leg);
        core.effect(Output::Media(MediaCommand::SetMaySend { peer, may_send }));
    }
    let user = roster.user_of(leg).expect("the leg was just seen").clone();
    roster.tell_changed(core, &user);
    Ok(())
}
