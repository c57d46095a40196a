//! Muting oneself and others. Who is shown as muted is not heard: the media plane drops what a muted leg sends all the same.

use crate::Output;
use crate::common::Core;
use crate::roster::Roster;
use convene_model::media::MediaCommand;
use convene_model::record::JournalRow;
use convene_model::{Capability, ErrorCode, ParticipantId, RawId};
use convene_protocol::Event;

/// Sets a leg's own mute.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if it may not speak.
pub(crate) fn set_muted(
    core: &mut Core,
    roster: &mut Roster,
    leg: &ParticipantId,
    muted: bool,
) -> Result<(), ErrorCode> {
    if !muted && !roster.may(core, leg, Capability::UnmuteMic) {
        return Err(ErrorCode::Forbidden);
    }
    let user = roster.user_of(leg).ok_or(ErrorCode::BadRequest)?.clone();
    if change(core, roster, leg, muted, None) {
        roster.tell_changed(core, &user, None);
    }
    Ok(())
}

/// Mutes `user` with all legs; they may unmute themselves.
///
/// # Errors
/// [`ErrorCode::NotFound`] if nobody by that id is in the call.
pub(crate) fn mute_other(core: &mut Core, roster: &mut Roster, user: &RawId, by: &RawId) -> Result<(), ErrorCode> {
    roster.member(user).ok_or(ErrorCode::NotFound)?;
    let mut changed = false;
    for leg in roster.legs_of(user) {
        if change(core, roster, &leg, true, Some(by)) {
            changed = true;
            core.effect(Output::Send { leg, event: Event::MutedByOther { by: by.clone() } });
        }
    }
    if changed {
        roster.tell_changed(core, user, Some(by));
    }
    Ok(())
}

/// Mutes everybody but `by`.
pub(crate) fn mute_all(core: &mut Core, roster: &mut Roster, by: &RawId) -> Result<(), ErrorCode> {
    let others: Vec<RawId> = roster.members().map(|(user, _)| user).filter(|user| *user != by).cloned().collect();
    others.iter().try_for_each(|user| mute_other(core, roster, user, by))
}

fn change(core: &mut Core, roster: &mut Roster, leg: &ParticipantId, muted: bool, by: Option<&RawId>) -> bool {
    let Some(state) = roster.leg_mut(leg) else { return false };
    if state.muted == muted {
        return false;
    }
    state.muted = muted;
    let open_peer = state.media_open.then_some(state.peer);
    core.journal(JournalRow::MutedChanged {
        call: core.id.clone(),
        participant: leg.clone(),
        muted,
        by: by.cloned(),
        at: core.now.wall,
    });
    if let Some(peer) = open_peer {
        let may_send = roster.may_send(core, leg);
        core.effect(Output::Media(MediaCommand::SetMaySend { peer, may_send }));
    }
    true
}
