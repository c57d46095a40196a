//! What those who manage a call can do to others, and what they cannot.

mod stage;

use convene_call::Policy;
use convene_model::media::{MaySend, MediaCommand, Source};
use convene_model::record::LobbyScope;
use convene_model::{Capability, ErrorCode, Role};
use convene_protocol::{CapabilitiesReason, Event, Reply, Request};
use stage::{Stage, Told, meeting_policy, peer, user};

fn done() -> Told {
    Told::Reply(Reply::Done {})
}

/// An organizer and a guest in a meeting, both with media.
fn meeting_of_two() -> Stage {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    for name in ["organizer", "guest"] {
        stage.join(name);
        stage.offer(name);
    }
    stage.forget_what_was_told();
    stage
}

fn capabilities(told: &[Told]) -> (Role, Vec<Capability>, CapabilitiesReason) {
    told.iter()
        .find_map(|told| match told {
            Told::Event(Event::CapabilitiesChanged { role, capabilities, reason }) => {
                Some((*role, capabilities.clone(), *reason))
            }
            _ => None,
        })
        .unwrap_or_else(|| panic!("no capabilities in {told:?}"))
}

#[test]
fn who_is_removed_is_out_with_5300_with_all_devices_and_barred_until_the_bar_is_lifted() {
    let mut stage = meeting_of_two();
    stage.join_leg("guest", "guest-phone");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::Remove { user: user("guest") });
    assert_eq!(stage.told("guest").last(), Some(&Told::Over(ErrorCode::Removed)));
    assert_eq!(stage.told("guest-phone").last(), Some(&Told::Over(ErrorCode::Removed)));
    assert!(stage.media().contains(&MediaCommand::Close { peer: peer(2) }));
    stage.join_leg("guest", "guest-again");
    let barred = ErrorCode::Barred;
    assert_eq!(stage.told("guest-again"), [Told::Refused(barred), Told::Over(barred)]);
    stage.ask("organizer", Request::LiftBar { user: user("guest") });
    assert_eq!(stage.told("organizer").last(), Some(&done()));
    stage.join_leg("guest", "guest-back");
    assert!(matches!(stage.told("guest-back")[..], [Told::Reply(Reply::Joined { .. })]));
}

#[test]
fn nobody_removes_the_organizer_or_themselves_and_attendees_remove_nobody() {
    let mut stage = meeting_of_two();
    stage.join("olga");
    stage.forget_what_was_told();
    stage.ask("olga", Request::Remove { user: user("organizer") });
    stage.ask("olga", Request::Remove { user: user("olga") });
    stage.ask("olga", Request::Remove { user: user("nobody") });
    let told = stage.told("olga");
    let refused = |code| Told::Refused(code);
    assert_eq!(told, [refused(ErrorCode::Forbidden), refused(ErrorCode::Forbidden), refused(ErrorCode::NotFound)]);
    for request in [
        Request::Remove { user: user("olga") },
        Request::Mute { user: user("olga") },
        Request::MuteAll {},
        Request::SetRole { user: user("guest"), role: Role::CoOrganizer },
        Request::SetAccess { users: None, source: Source::Microphone, permitted: false },
        Request::PutBack { user: user("olga") },
        Request::LiftBar { user: user("olga") },
    ] {
        stage.forget_what_was_told();
        stage.ask("guest", request.clone());
        assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)], "{request:?}");
    }
}

#[test]
fn who_is_muted_by_another_is_not_heard_until_they_unmute_themselves() {
    let mut stage = meeting_of_two();
    stage.ask("organizer", Request::Mute { user: user("guest") });
    assert_eq!(stage.told("guest"), [Told::Event(Event::MutedByOther { by: user("organizer") })]);
    let may = |microphone| MaySend { microphone, camera: true, screen: false };
    assert_eq!(stage.media(), [MediaCommand::SetMaySend { peer: peer(2), may_send: may(false) }]);
    stage.ask("guest", Request::SetMuted { muted: false });
    assert_eq!(stage.media(), [MediaCommand::SetMaySend { peer: peer(2), may_send: may(true) }]);
}

#[test]
fn muting_all_mutes_everybody_but_oneself() {
    let mut stage = meeting_of_two();
    stage.join("olga");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::MuteAll {});
    let muted = Told::Event(Event::MutedByOther { by: user("organizer") });
    assert!(stage.told("guest").contains(&muted) && stage.told("olga").contains(&muted));
    assert!(!stage.told("organizer").contains(&muted));
}

#[test]
fn a_hard_mute_holds_whatever_the_client_does_until_it_is_permitted_again() {
    let mut stage = meeting_of_two();
    let set =
        |permitted| Request::SetAccess { users: Some(vec![user("guest")]), source: Source::Microphone, permitted };
    stage.ask("organizer", set(false));
    let (role, may, reason) = capabilities(&stage.told("guest"));
    assert_eq!((role, reason), (Role::Attendee, CapabilitiesReason::AccessChanged));
    let rest = [
        Capability::TurnVideoOn,
        Capability::RaiseHand,
        Capability::UseReactions,
        Capability::RealTimeText,
        Capability::SendData,
    ];
    assert_eq!(may, rest);
    let silent = MaySend { microphone: false, camera: true, screen: false };
    assert_eq!(stage.media(), [MediaCommand::SetMaySend { peer: peer(2), may_send: silent }]);
    stage.ask("guest", Request::SetMuted { muted: false });
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)]);
    assert_eq!(stage.media(), []);
    stage.ask("organizer", set(true));
    stage.forget_what_was_told();
    stage.ask("guest", Request::SetMuted { muted: false });
    assert_eq!(stage.told("guest"), [done()]);
}

#[test]
fn forbidding_the_camera_takes_it_off_everybodys_screen() {
    let mut stage = meeting_of_two();
    stage.publish_camera("guest");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::SetAccess { users: None, source: Source::Camera, permitted: false });
    let told = stage.told("organizer");
    let Some(Told::Event(Event::ParticipantChanged { participant })) = told.first() else { panic!("{told:?}") };
    assert_eq!((&participant.forbidden[..], &participant.legs[0].videos[..]), (&[Source::Camera][..], &[][..]));
    stage.forget_what_was_told();
    stage.publish_camera("guest");
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)]);
}

#[test]
fn a_guest_who_is_promoted_by_name_manages_the_lobby_and_sees_who_waits() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.ask("organizer", Request::Admit { user: user("guest") });
    stage.join("second");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::SetRole { user: user("guest"), role: Role::Presenter });
    let told = stage.told("guest");
    let (role, may, _) = capabilities(&told);
    assert!(role == Role::Presenter && may.contains(&Capability::ManageLobby));
    assert!(
        told.iter().any(|told| matches!(told, Told::Event(Event::Knocked { waiter }) if waiter.user == user("second")))
    );
    stage.ask("guest", Request::Admit { user: user("second") });
    assert_eq!(stage.told("guest").last(), Some(&done()));
    stage.ask("organizer", Request::SetRole { user: user("guest"), role: Role::Attendee });
    stage.forget_what_was_told();
    stage.ask("guest", Request::AdmitAll {});
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)]);
}

#[test]
fn the_organizer_is_neither_demoted_nor_replaced() {
    let mut stage = meeting_of_two();
    stage.join("olga");
    stage.ask("organizer", Request::SetRole { user: user("olga"), role: Role::CoOrganizer });
    stage.forget_what_was_told();
    stage.ask("olga", Request::SetRole { user: user("organizer"), role: Role::Attendee });
    stage.ask("olga", Request::SetRole { user: user("olga"), role: Role::Organizer });
    assert_eq!(stage.told("olga"), vec![Told::Refused(ErrorCode::Forbidden); 2]);
}

#[test]
fn who_is_put_back_waits_without_media_and_comes_in_again_only_by_somebodys_word() {
    let mut stage = meeting_of_two();
    stage.ask("organizer", Request::PutBack { user: user("guest") });
    let told = stage.told("guest");
    let offer = Told::Refused(ErrorCode::PutBack);
    assert!(matches!(&told[..], [first, Told::Event(Event::PutBack { .. })] if *first == offer), "{told:?}");
    assert_eq!(stage.media(), [MediaCommand::Close { peer: peer(2) }]);
    stage.join("olga");
    stage.ask("olga", Request::SetMuted { muted: true });
    assert_eq!(stage.told("guest"), [], "waiting, it is told nothing, and the open lobby does not let it in");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::Admit { user: user("guest") });
    assert!(matches!(stage.told("guest")[..], [Told::Event(Event::Admitted { .. })]));
    stage.offer("guest");
    let media = stage.media();
    let Some(MediaCommand::Open { peer: opened, .. }) = media.first() else { panic!("{media:?}") };
    assert_ne!(*opened, peer(2), "a peer is never opened twice");
}

#[test]
fn a_policy_that_changes_acts_on_those_who_wait_and_on_those_who_are_in() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.offer("organizer");
    stage.forget_what_was_told();
    let everyone = meeting_policy(LobbyScope::Everyone);
    stage.policy(everyone.clone());
    assert!(matches!(stage.told("guest")[..], [Told::Event(Event::Admitted { .. })]));
    stage.policy(Policy { attendees_may_speak: false, ..everyone.clone() });
    let (_, may, reason) = capabilities(&stage.told("guest"));
    let rest = [
        Capability::TurnVideoOn,
        Capability::RaiseHand,
        Capability::UseReactions,
        Capability::RealTimeText,
        Capability::SendData,
    ];
    assert_eq!((&may[..], reason), (&rest[..], CapabilitiesReason::MeetingOptionsChanged));
    stage.policy(Policy { guests_allowed: false, ..everyone.clone() });
    stage.policy(Policy { locked: true, ..everyone });
    stage.join("olga");
    let locked = ErrorCode::MeetingLocked;
    assert_eq!(stage.told("olga"), [Told::Refused(locked), Told::Over(locked)]);
}

#[test]
fn in_a_group_call_anybody_removes_and_mutes_and_nobody_is_put_back() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    stage.forget_what_was_told();
    stage.ask("ana", Request::PutBack { user: user("ben") });
    assert_eq!(stage.told("ana"), [Told::Refused(ErrorCode::Forbidden)]);
    stage.ask("ana", Request::Mute { user: user("ben") });
    stage.ask("ana", Request::Remove { user: user("ben") });
    assert_eq!(stage.told("ana").last(), Some(&done()));
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::Removed)));
}
