//! Calls that ring: who is called, how a ring ends, and when the call is over with it.

mod stage;

use convene_model::{ErrorCode, RawId};
use convene_protocol::{Event, Request};
use stage::{Bell, Stage, Told, at, ring, user};
use std::time::Duration;

fn ringing(names: &[&str]) -> Told {
    Told::Event(Event::RingingChanged { users: names.iter().map(|name| user(name)).collect::<Vec<RawId>>() })
}

fn ended(name: &str, reason: ErrorCode) -> Told {
    Told::Event(Event::RingEnded { user: user(name), reason: reason.into() })
}

fn rings(name: &str, by: &str) -> Bell {
    let (display_name, due) = (by.to_owned(), Duration::from_secs(120));
    Bell::Rings { ring: ring(name), user: user(name), by: user(by), display_name, due }
}

fn over(name: &str, reason: ErrorCode) -> Bell {
    Bell::Over { ring: ring(name), reason }
}

#[test]
fn a_call_rings_at_whom_it_is_for_and_is_one_of_two_once_answered() {
    let mut stage = Stage::start("ana", &["ben"]);
    assert_eq!(stage.bells, [rings("ben", "ana")]);
    assert_eq!(stage.told("ana"), [ringing(&["ben"])]);
    assert_eq!(stage.call.poll_timeout(), Some(at(120).mono));
    stage.join("ben");
    assert_eq!(stage.bells[1..], [over("ben", ErrorCode::AnsweredElsewhere)]);
    assert_eq!(stage.told("ana").last(), Some(&ringing(&[])));
    assert_eq!(stage.call.poll_timeout(), None);
    stage.forget_what_was_told();
    stage.ask("ben", Request::Leave {});
    assert_eq!(stage.told("ana").last(), Some(&Told::Over(ErrorCode::OtherLeft)));
    assert!(stage.over, "nobody is left in a call of two");
}

#[test]
fn nothing_rings_before_the_call_is_in_the_journal() {
    let mut stage = Stage::group();
    stage.auto_commit = false;
    stage.join("ana");
    let rings = vec![convene_call::NewRing { ring: ring("ben"), user: user("ben") }];
    stage.call.handle_start(&stage::leg("ana"), rings, Duration::from_secs(120), stage.now);
    stage.confirm(1);
    assert_eq!(stage.bells, []);
    stage.confirm(2);
    assert!(matches!(stage.bells[..], [Bell::Rings { .. }]));
}

#[test]
fn a_ring_that_nobody_answers_ends_in_time_and_the_call_with_it() {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.pass_time(119);
    assert!(stage.call.is_ringing(&ring("ben")));
    stage.pass_time(120);
    assert_eq!(stage.bells[1..], [over("ben", ErrorCode::NotAnswered)]);
    let told =
        [ringing(&["ben"]), ended("ben", ErrorCode::NotAnswered), ringing(&[]), Told::Over(ErrorCode::NotAnswered)];
    assert_eq!(stage.told("ana"), told);
    assert!(stage.over);
    assert_eq!(stage.ring_over("ben", ErrorCode::RingDeclined), Err(ErrorCode::NotFound));
}

#[test]
fn who_declines_ends_the_call_of_two_and_leaves_a_larger_one_to_the_others() {
    let mut two = Stage::start("ana", &["ben"]);
    two.ring_over("ben", ErrorCode::RingDeclined).unwrap();
    assert_eq!(two.told("ana").last(), Some(&Told::Over(ErrorCode::RingDeclined)));
    assert!(two.over);

    let mut three = Stage::start("ana", &["ben", "cora"]);
    three.ring_over("ben", ErrorCode::RingDeclined).unwrap();
    let told = [ringing(&["ben", "cora"]), ended("ben", ErrorCode::RingDeclined), ringing(&["cora"])];
    assert_eq!(three.told("ana"), told);
    three.join("cora");
    three.ask("cora", Request::Leave {});
    assert!(!three.over, "a call that several were called into goes on for whoever is in it");
}

#[test]
fn a_call_that_nobody_of_several_answers_ends_with_the_last_of_them() {
    let mut stage = Stage::start("ana", &["ben", "cora"]);
    stage.ring_over("ben", ErrorCode::RingDeclined).unwrap();
    assert!(!stage.over);
    stage.pass_time(120);
    assert_eq!(stage.told("ana").last(), Some(&Told::Over(ErrorCode::NotAnswered)));
    assert!(stage.over);
}

#[test]
fn ringing_dies_with_its_caller_and_with_the_callers_connection() {
    let mut hung_up = Stage::start("ana", &["ben"]);
    hung_up.ask("ana", Request::Leave {});
    assert_eq!(hung_up.bells[1..], [over("ben", ErrorCode::RingCanceled)]);
    assert!(hung_up.over);

    let mut away = Stage::start("ana", &["ben"]);
    away.away("ana");
    assert_eq!(away.bells[1..], [over("ben", ErrorCode::RingCanceled)]);
    assert!(away.over, "nobody waits for a caller who is gone");
}

#[test]
fn a_second_device_of_the_caller_is_no_answer() {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.join_leg("ana", "ana's other");
    assert!(stage.call.is_ringing(&ring("ben")));
    assert_eq!(stage.told("ana's other").last(), Some(&ringing(&["ben"])));
    stage.ring_over("ben", ErrorCode::RingDeclined).unwrap();
    assert!(stage.over);
}

#[test]
fn a_call_of_two_outlives_a_restart_and_one_that_nobody_had_answered_does_not() {
    let mut answered = Stage::start("ana", &["ben"]);
    answered.join("ben");
    let mut again = answered.restarted(&["ana", "ben"]);
    again.resume("ana");
    again.resume("ben");
    assert!(!again.over);
    again.forget_what_was_told();
    again.ask("ben", Request::Leave {});
    assert_eq!(again.told("ana").last(), Some(&Told::Over(ErrorCode::OtherLeft)));

    for called in [&["ben"][..], &["ben", "cora"]] {
        let unanswered = Stage::start("ana", called);
        assert!(unanswered.restarted(&["ana"]).over, "{called:?}");
    }
}
