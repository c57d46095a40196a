//! Holding a call: what the media plane is told, what the others see, and what is left of it after a restart.

mod stage;

use convene_model::ErrorCode;
use convene_model::media::{MaySend, MediaCommand, MediaEvent, Source, Wish};
use convene_protocol::{Event, LegView, Reply, Request, VideoWish};
use stage::{Stage, Told, leg, peer};

const NOTHING: MaySend = MaySend { microphone: false, camera: false, screen: false };

fn hold(stage: &mut Stage, name: &str, held: bool) {
    stage.ask(name, Request::SetHeld { held });
}

/// Two who see and hear each other.
fn two() -> Stage {
    let mut stage = Stage::group();
    for name in ["ana", "ben"] {
        stage.join(name);
        stage.offer(name);
        stage.publish_camera(name);
    }
    for (name, other) in [("ana", "ben"), ("ben", "ana")] {
        let wish = VideoWish { participant_id: leg(other), source: Source::Camera, shown: None };
        stage.ask(name, Request::Subscribe { videos: vec![wish] });
    }
    stage.forget_what_was_told();
    stage
}

fn leg_of(told: &[Told]) -> LegView {
    let view = told.iter().rev().find_map(|told| match told {
        Told::Event(Event::ParticipantChanged { participant }) => participant.legs.first().cloned(),
        _ => None,
    });
    view.unwrap_or_else(|| panic!("{told:?}"))
}

#[test]
fn a_held_leg_neither_sends_nor_receives_until_it_resumes() {
    let mut stage = two();
    hold(&mut stage, "ana", true);
    let media = stage.media();
    assert!(media.contains(&MediaCommand::SetMaySend { peer: peer(1), may_send: NOTHING }));
    assert!(media.contains(&MediaCommand::SetHears { peer: peer(1), hears: false }));
    assert!(media.contains(&MediaCommand::Subscribe { peer: peer(1), wishes: vec![] }));
    assert!(media.contains(&MediaCommand::Subscribe { peer: peer(2), wishes: vec![] }));
    let seen = leg_of(&stage.told("ben"));
    assert!(seen.held && seen.videos.is_empty());
    hold(&mut stage, "ana", true);
    assert_eq!(stage.media(), [], "it is held already");

    hold(&mut stage, "ana", false);
    let media = stage.media();
    let may_send = MaySend { microphone: true, camera: true, screen: true };
    assert!(media.contains(&MediaCommand::SetMaySend { peer: peer(1), may_send }));
    assert!(media.contains(&MediaCommand::SetHears { peer: peer(1), hears: true }));
    let wish = |number| vec![Wish { publisher: peer(number), source: Source::Camera }];
    assert!(media.contains(&MediaCommand::Subscribe { peer: peer(1), wishes: wish(2) }));
    assert!(media.contains(&MediaCommand::Subscribe { peer: peer(2), wishes: wish(1) }));
    let seen = leg_of(&stage.told("ben"));
    assert!(!seen.held && seen.videos == [Source::Camera]);
}

#[test]
fn nothing_else_lets_a_held_leg_send() {
    let mut stage = two();
    hold(&mut stage, "ana", true);
    stage.forget_what_was_told();
    stage.ask("ana", Request::SetMuted { muted: true });
    stage.ask("ana", Request::SetMuted { muted: false });
    stage.ask("ana", Request::Publish { source: Source::Screen });
    let lets =
        |command: &MediaCommand| matches!(command, MediaCommand::SetMaySend { may_send, .. } if *may_send != NOTHING);
    let media = stage.media();
    assert!(!media.iter().any(lets), "{media:?}");
    stage.media_says(MediaEvent::SpeakingChanged { call: stage.call.id().clone(), speaking: vec![peer(1)] });
    let speaks = |told: &Told| matches!(told, Told::Event(Event::SpeakingChanged { users }) if !users.is_empty());
    assert!(!stage.told("ben").iter().any(speaks));
}

#[test]
fn it_outlives_a_lost_connection_and_a_new_peer() {
    let mut stage = two();
    hold(&mut stage, "ana", true);
    stage.away("ana");
    stage.media_says(MediaEvent::Lost { peer: peer(1), reason: convene_model::media::LostReason::NoPath });
    stage.forget_what_was_told();
    stage.resume("ana");
    let told = stage.told("ana");
    assert!(told.iter().any(|told| matches!(told, Told::Reply(Reply::Joined { call }) if call.held)), "{told:?}");
    stage.offer("ana");
    let media = stage.media();
    let [MediaCommand::Open { peer, may_send, .. }, MediaCommand::SetHears { peer: deaf, hears: false }, ..] =
        &media[..]
    else {
        panic!("{media:?}")
    };
    assert_eq!((peer, *may_send), (deaf, NOTHING));
}

#[test]
fn it_outlives_a_restart_and_ends_with_the_leg() {
    let mut stage = two();
    hold(&mut stage, "ana", true);
    hold(&mut stage, "ben", true);
    hold(&mut stage, "ben", false);
    let mut next = stage.restarted(&["ana", "ben"]);
    for (name, held) in [("ana", true), ("ben", false)] {
        next.resume(name);
        let told = next.told(name);
        assert!(
            told.iter().any(|told| matches!(told, Told::Reply(Reply::Joined { call }) if call.held == held)),
            "{told:?}"
        );
    }
}

#[test]
fn who_waits_holds_nothing() {
    let mut stage = Stage::meeting(convene_model::record::LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    hold(&mut stage, "guest", true);
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::BadRequest)]);
    stage.ask("organizer", Request::Admit { user: stage::user("guest") });
    stage.offer("guest");
    let open = stage.media().into_iter().find_map(|command| match command {
        MediaCommand::Open { may_send, .. } => Some(may_send),
        _ => None,
    });
    assert!(open.is_some_and(|may_send| may_send.microphone));
}
