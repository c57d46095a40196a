//! Forbidding others to send (hard mute) and permitting it again. What is forbidden is dropped by the media plane, whatever
//! the client does.

use crate::common::Core;
use crate::roster::Roster;
use convene_model::media::Source;
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, RawId};
use convene_protocol::CapabilitiesReason;

/// Forbids or permits `users` (or, without a list, everybody else who manages nobody, and who comes later) to send `source`.
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
        None => {
            close(core, roster, source, (!permitted).then_some(by));
            let others = roster.members().filter(|(user, member)| *user != by && member.may_be_shut(core));
            others.map(|(user, _)| user.clone()).collect()
        }
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
        roster.capabilities_changed(core, &user, Some(by), CapabilitiesReason::AccessChanged);
    }
    Ok(())
}

/// The name under which the journal keeps that all others are forbidden to send something.
pub(crate) fn feature(source: Source) -> &'static str {
    match source {
        Source::Microphone => "othersAudio",
        Source::Camera | Source::Screen => "othersVideo",
    }
}

/// From now on whoever comes may not send (`Some`: by whom), or may (`None`).
fn close(core: &mut Core, roster: &mut Roster, source: Source, by: Option<&RawId>) {
    let closed = match source {
        Source::Microphone => &mut roster.closed.audio_by,
        Source::Camera | Source::Screen => &mut roster.closed.video_by,
    };
    // The line stands under the name of whoever closed it, so that it is the last one for it.
    let Some(user) = by.or(closed.as_ref()).cloned() else { return };
    if closed.is_some() == by.is_some() {
        return;
    }
    *closed = by.cloned();
    core.journal(JournalRow::Kept {
        call: core.id.clone(),
        feature: feature(source).to_owned(),
        user,
        value: by.map(|_| "forbidden".to_owned()),
        at: core.now.wall,
    });
}
