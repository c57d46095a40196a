//! Bounds: what is full turns people away with a clear code, and never the wrong people.

mod stage;

use convene_model::limits::{CALL_LEGS_MAX, LOBBY_MAX, SUBSCRIPTIONS_MAX};
use convene_model::record::LobbyScope;
use convene_model::{ErrorCode, media::Source};
use convene_protocol::{Reply, Request, VideoWish};
use stage::{Stage, Told, leg, user};

#[test]
fn a_crowd_in_the_lobby_keeps_nobody_out_who_may_enter() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    for number in 0..LOBBY_MAX {
        stage.join(&format!("guest{number}"));
    }
    stage.join("late-guest");
    let full = ErrorCode::LobbyFull;
    assert_eq!(stage.told("late-guest"), [Told::Refused(full), Told::Over(full)]);
    stage.join("organizer");
    assert!(matches!(stage.told("organizer")[..], [Told::Reply(Reply::Joined { .. })]));
}

#[test]
fn a_full_call_turns_away_who_would_enter_and_admits_nobody_until_there_is_room() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("guest");
    for number in 0..CALL_LEGS_MAX {
        stage.join(&format!("o{number}"));
    }
    stage.join("o-late");
    let full = ErrorCode::CallFull;
    assert_eq!(stage.told("o-late"), [Told::Refused(full), Told::Over(full)]);
    stage.forget_what_was_told();
    stage.ask("o0", Request::Admit { user: user("guest") });
    assert_eq!(stage.told("o0"), [Told::Refused(full)]);
    stage.ask("o1", Request::Leave {});
    stage.forget_what_was_told();
    stage.ask("o0", Request::Admit { user: user("guest") });
    assert_eq!(stage.told("o0").last(), Some(&Told::Reply(Reply::Done {})));
}

#[test]
fn more_wishes_than_there_can_be_slots_are_refused() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.forget_what_was_told();
    let wish = VideoWish { participant_id: leg("ben"), source: Source::Camera, shown: None };
    stage.ask("ana", Request::Subscribe { videos: vec![wish; SUBSCRIPTIONS_MAX + 1] });
    assert_eq!(stage.told("ana"), [Told::Refused(ErrorCode::BadRequest)]);
}

#[test]
fn offers_beyond_those_that_wait_for_an_answer_are_refused() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.forget_what_was_told();
    for _ in 0..3 {
        stage.offer("ana");
    }
    assert_eq!(stage.told("ana"), [Told::Refused(ErrorCode::TooManyRequests)]);
}
