//! What subscribers are told of people in a call beyond their coming and going: roles, muting, hands.

mod stage;

use convene_model::happened::What;
use convene_model::record::LobbyScope;
use convene_model::{ErrorCode, RawId, Role, media::Source};
use convene_protocol::Request;
use stage::{Stage, user};

fn muted(name: &str, muted: bool, by: Option<&str>) -> What {
    What::MutedChanged { user: user(name), muted, by: by.map(user) }
}

fn role(name: &str, role: Role, by: Option<&str>) -> What {
    What::RoleChanged { user: user(name), role, by: by.map(user) }
}

fn hand(name: &str, raised: bool) -> What {
    What::HandChanged { user: user(name), raised }
}

fn meeting(names: &[&str]) -> Stage {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    names.iter().for_each(|name| stage.join(name));
    stage.happened.clear();
    stage
}

fn whats(stage: &mut Stage) -> Vec<What> {
    std::mem::take(&mut stage.happened).into_iter().map(|happened| happened.what).collect()
}

#[test]
fn muting_is_told_once_with_who_did_it() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", Request::SetMuted { muted: true });
    stage.ask("ana", Request::SetMuted { muted: true });
    stage.ask("organizer", Request::MuteAll {});
    stage.ask("ana", Request::SetMuted { muted: false });
    let expected = [muted("ana", true, None), muted("ben", true, Some("organizer")), muted("ana", false, None)];
    assert_eq!(whats(&mut stage), expected);
}

#[test]
fn somebody_with_two_devices_is_muted_with_both() {
    let mut stage = meeting(&["ana"]);
    stage.join_leg("ana", "tablet");
    stage.ask("ana", Request::SetMuted { muted: true });
    assert_eq!(whats(&mut stage), []);
    stage.ask("tablet", Request::SetMuted { muted: true });
    assert_eq!(whats(&mut stage), [muted("ana", true, None)]);
    stage.ask("ana", Request::SetMuted { muted: false });
    stage.gone("ana", ErrorCode::Vanished);
    assert_eq!(whats(&mut stage), [muted("ana", false, None), muted("ana", true, None)]);
}

#[test]
fn who_may_not_speak_any_more_is_told_as_muted() {
    let mut stage = meeting(&["organizer", "ana"]);
    let users: Option<Vec<RawId>> = Some(vec![user("ana")]);
    stage.ask("organizer", Request::SetAccess { users, source: Source::Microphone, permitted: false });
    assert_eq!(whats(&mut stage), [muted("ana", true, Some("organizer"))]);
}

#[test]
fn a_role_is_told_with_who_gave_it() {
    let mut stage = meeting(&["organizer", "ana"]);
    stage.ask("organizer", Request::SetRole { user: user("ana"), role: Role::Presenter });
    stage.ask("organizer", Request::SetRole { user: user("ana"), role: Role::Presenter });
    assert_eq!(whats(&mut stage), [role("ana", Role::Presenter, Some("organizer"))]);
}

#[test]
fn hands_are_told_as_they_go_up_and_down_but_not_of_who_left() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", Request::RaiseHand {});
    stage.ask("ana", Request::RaiseHand {});
    stage.ask("ben", Request::RaiseHand {});
    stage.ask("organizer", Request::LowerHands { users: Some(vec![user("ana")]) });
    assert_eq!(whats(&mut stage), [hand("ana", true), hand("ben", true), hand("ana", false)]);
    stage.ask("ben", Request::Leave {});
    assert!(matches!(whats(&mut stage)[..], [What::ParticipantRemoved { .. }]));
}

#[test]
fn after_a_restart_nothing_is_told_that_was_told_before() {
    let mut stage = meeting(&["organizer", "ana"]);
    stage.ask("ana", Request::SetMuted { muted: true });
    stage.ask("ana", Request::RaiseHand {});
    stage.ask("organizer", Request::SetRole { user: user("ana"), role: Role::Presenter });
    let mut stage = stage.restarted(&["organizer", "ana"]);
    stage.resume("organizer");
    stage.resume("ana");
    assert_eq!(whats(&mut stage), []);
    stage.ask("ana", Request::SetMuted { muted: false });
    assert_eq!(whats(&mut stage), [muted("ana", false, None)]);
}

#[test]
fn whoever_waited_with_two_devices_when_the_server_died_waits_no_more_once() {
    let mut stage = Stage::meeting(LobbyScope::Organizer);
    stage.join("organizer");
    stage.join("guest");
    stage.join_leg("guest", "guest-again");
    let mut next = stage.restarted(&["organizer"]);
    assert_eq!(whats(&mut next), [What::LobbyLeft { user: user("guest"), reason: ErrorCode::Vanished }]);
}

#[test]
fn whoever_is_put_back_with_two_devices_is_out_before_they_wait() {
    let mut stage = meeting(&["organizer", "ana"]);
    stage.join_leg("ana", "tablet");
    stage.ask("organizer", Request::PutBack { user: user("ana") });
    let whats = whats(&mut stage);
    assert!(matches!(&whats[0], What::ParticipantRemoved { user: of, .. } if *of == user("ana")), "{whats:?}");
    assert_eq!(whats[1..], [What::Knocked { user: user("ana"), display_name: "ana".into() }]);
}
