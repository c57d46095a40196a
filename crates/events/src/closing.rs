//! The events of a call that the last run left open and this run closes.

use convene_model::happened::{Happened, What, is_two_party};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{ParticipantId, RawId, Role, WallMs};
use std::collections::BTreeMap;

struct Present {
    user: RawId,
    display_name: String,
    role: Role,
}

/// What happened when `closing` was appended to `journal`: participants that were in the call are gone with their last leg,
/// waits are over, the call ended.
pub fn closing_happened(journal: &[JournalRow], closing: &[JournalRow]) -> Vec<Happened> {
    let mut target: Option<&CallTarget> = None;
    let mut started_at: Option<WallMs> = None;
    let mut present: BTreeMap<ParticipantId, Present> = BTreeMap::new();
    for row in journal {
        match row {
            JournalRow::CallStarted { target: of, .. } => target = Some(of),
            JournalRow::Joined { participant, user, display_name, role, at, .. } => {
                started_at.get_or_insert(*at);
                let who = Present { user: user.clone(), display_name: display_name.clone(), role: *role };
                present.insert(participant.clone(), who);
            }
            JournalRow::Left { participant, .. } | JournalRow::PutBack { participant, .. } => {
                present.remove(participant);
            }
            JournalRow::ChatOpened { .. }
            | JournalRow::Knocked { .. }
            | JournalRow::LobbyLeft { .. }
            | JournalRow::MutedChanged { .. }
            | JournalRow::RoleChanged { .. }
            | JournalRow::AccessChanged { .. }
            | JournalRow::Barred { .. }
            | JournalRow::BarLifted { .. }
            | JournalRow::Kept { .. }
            | JournalRow::LegMeasured(_)
            | JournalRow::CallEnded { .. } => {}
        }
    }
    let Some(target) = target else { return vec![] };
    let two_party = is_two_party(journal);
    closing
        .iter()
        .enumerate()
        .filter_map(|(index, row)| {
            let (call, at, what) = match row {
                JournalRow::Left { call, participant, reason, at, .. } => {
                    let gone = present.remove(participant)?;
                    if present.values().any(|other| other.user == gone.user) {
                        return None;
                    }
                    let what = What::ParticipantRemoved {
                        user: gone.user,
                        participant: participant.clone(),
                        display_name: gone.display_name,
                        role: gone.role,
                        reason: *reason,
                    };
                    (call, at, what)
                }
                JournalRow::LobbyLeft { call, user, reason, at, .. } => {
                    let waits_on =
                        |other: &JournalRow| matches!(other, JournalRow::LobbyLeft { user: of, .. } if of == user);
                    if closing[index + 1..].iter().any(waits_on) {
                        return None;
                    }
                    (call, at, What::LobbyLeft { user: user.clone(), reason: *reason })
                }
                JournalRow::CallEnded { call, reason, at } => {
                    (call, at, What::CallEnded { reason: *reason, duration_ms: at - started_at? })
                }
                JournalRow::CallStarted { .. }
                | JournalRow::ChatOpened { .. }
                | JournalRow::Knocked { .. }
                | JournalRow::Joined { .. }
                | JournalRow::MutedChanged { .. }
                | JournalRow::RoleChanged { .. }
                | JournalRow::AccessChanged { .. }
                | JournalRow::Barred { .. }
                | JournalRow::BarLifted { .. }
                | JournalRow::PutBack { .. }
                | JournalRow::Kept { .. }
                | JournalRow::LegMeasured(_) => return None,
            };
            Some(Happened { call: call.clone(), target: target.clone(), two_party, at: *at, what })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::{CallId, ErrorCode};

    #[test]
    fn a_participant_with_two_devices_is_removed_once_and_the_call_ends_with_its_duration() {
        let call = CallId("c".into());
        let leg = |name: &str| ParticipantId(name.into());
        let user = RawId::communication_user("r", "u");
        let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
        let joined = |name: &str, at| JournalRow::Joined {
            call: call.clone(),
            participant: leg(name),
            user: user.clone(),
            display_name: "Ana".into(),
            role: Role::Presenter,
            admitted_by: None,
            resume_hash: String::new(),
            at,
        };
        let reason = ErrorCode::Vanished;
        let left = |name: &str| JournalRow::Left {
            call: call.clone(),
            participant: leg(name),
            user: user.clone(),
            reason,
            at: 900,
        };
        let journal =
            [JournalRow::CallStarted { call: call.clone(), target, at: 100 }, joined("a", 100), joined("b", 200)];
        let closing = [left("a"), left("b"), JournalRow::CallEnded { call: call.clone(), reason, at: 900 }];
        let kept = |value: Option<&str>| JournalRow::Kept {
            call: call.clone(),
            feature: "ringing".into(),
            user: user.clone(),
            value: value.map(str::to_owned),
            at: 150,
        };
        for (rows, expected) in [
            (vec![], false),
            (vec![kept(Some("oneToOne"))], true),
            (vec![kept(Some("several"))], false),
            (vec![kept(Some("oneToOne")), kept(None)], false),
        ] {
            let journal: Vec<JournalRow> = journal.iter().cloned().chain(rows).collect();
            assert!(closing_happened(&journal, &closing).iter().all(|happened| happened.two_party == expected));
        }
        let whats: Vec<What> = closing_happened(&journal, &closing).into_iter().map(|happened| happened.what).collect();
        let removed = What::ParticipantRemoved {
            user: user.clone(),
            participant: leg("b"),
            display_name: "Ana".into(),
            role: Role::Presenter,
            reason,
        };
        assert_eq!(whats, [removed, What::CallEnded { reason, duration_ms: 800 }]);
    }

    #[test]
    fn whoever_waited_with_two_devices_waits_no_more_once() {
        let call = CallId("c".into());
        let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
        let (user, reason) = (RawId::communication_user("r", "u"), ErrorCode::EndedForEveryone);
        let left = |name: &str| JournalRow::LobbyLeft {
            call: call.clone(),
            participant: ParticipantId(name.into()),
            user: user.clone(),
            reason,
            at: 900,
        };
        let journal = [JournalRow::CallStarted { call: call.clone(), target, at: 100 }];
        let closing = [left("a"), left("b"), JournalRow::CallEnded { call: call.clone(), reason, at: 900 }];
        let whats: Vec<What> = closing_happened(&journal, &closing).into_iter().map(|happened| happened.what).collect();
        assert_eq!(whats, [What::LobbyLeft { user: user.clone(), reason }]);
    }
}
