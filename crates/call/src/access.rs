//! Forbidding others to send (hard mute) and permitting it again. What is forbidden is dropped by the media plane, whatever
//! the client does.

use crate::call::Core;
use crate::roster::Roster;
use convene_model::media::Source;
use convene_model::record::JournalRow;
use convene_model::{Capability, ErrorCode, RawId, Role};
use convene_protocol::CapabilitiesReason;

/// Forbids or permits `users` (or, without a list, every attendee) to send `source`.
///
/// # Errors
/// [`ErrorCode::NotFound`] if one of the list is not in the call, [`ErrorCode::Forbidden`] if one of them owns the meeting. Nothing is
/// changed then.
pub(crate) fn set_access(
    core: &mut Core,
    roster: &mut Roster,
    users: Option<Vec<RawId>>,
    source: Source,
    permitted: bool,
    by: &RawId,
) -> Result<(), ErrorCode> {
    let users = match users {
        Some(users) => {
            for user in &users {
                let member = roster.member(user).ok_or(ErrorCode::NotFound)?;
                if member.person.role.owns_meeting() {
                    return Err(ErrorCode::Forbidden);
                }
            }
            users
        }
        None => roster
            .members()
            .filter(|(user, member)| {
                *user != by
                    && matches!(member.person.role, Role::Attendee | Role::Presenter)
                    && !member.may(core, Capability::ForbidOthersAudio)
            })
            .map(|(user, _)| user.clone())
            .collect(),
    };
    for user in users {
        let member = roster.member_mut(&user).expect("looked up above");
        let forbidden = match source {
            Source::Microphone => &mut member.audio_forbidden,
            Source::Camera | Source::Screen => &mut member.video_forbidden,
        };
        if *forbidden != permitted {
            continue;
        }
        *forbidden = !permitted;
        let (audio_forbidden, video_forbidden) = (member.audio_forbidden, member.video_forbidden);
        core.journal(JournalRow::AccessChanged {
            call: core.id.clone(),
            user: user.clone(),
            audio_forbidden,
            video_forbidden,
            by: by.clone(),
            at: core.now.wall,
        });
        roster.capabilities_changed(core, &user, CapabilitiesReason::AccessChanged);
    }
    Ok(())
}
