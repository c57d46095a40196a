//! Calls that ring: who is called, how a ring ends, and when the call is over with it.

mod stage;

use convene_model::record::LobbyScope;
use convene_model::{ErrorCode, RawId};
use convene_protocol::{Event, Reply, Request};
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
fn events_say_that_a_call_is_of_two_until_a_third_comes_also_after_a_restart() {
    fn told(stage: &mut Stage) -> Vec<bool> {
        let mut said: Vec<bool> =
            std::mem::take(&mut stage.happened).iter().map(|happened| happened.two_party).collect();
        said.dedup();
        said
    }
    let mut stage = Stage::start("ana", &["ben"]);
    stage.join("ben");
    assert_eq!(told(&mut stage), [true], "from its very beginning");
    let mut again = stage.restarted(&["ana", "ben"]);
    again.ask("ben", Request::Leave {});
    again.pass_time(120);
    assert_eq!(told(&mut again), [true]);

    stage.add("ana", "cora");
    assert_eq!(told(&mut stage), [true], "a third who is called is not there yet");
    stage.join("cora");
    stage.ask("cora", Request::Leave {});
    assert_eq!(told(&mut stage), [false], "with a third it is a group's");
    let mut of_three = stage.restarted(&["ana", "ben"]);
    of_three.pass_time(120);
    assert_eq!(told(&mut of_three), [false]);

    let mut several = Stage::start("ana", &["ben", "cora"]);
    several.join("ben");
    assert_eq!(told(&mut several), [false]);
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

fn told_last(stage: &mut Stage, name: &str) -> Option<Told> {
    stage.told(name).last().cloned()
}

#[test]
fn a_third_is_called_into_a_call_of_two_which_then_goes_on_for_whoever_is_in_it() {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.join("ben");
    stage.forget_what_was_told();
    stage.add("ben", "cora");
    assert_eq!(stage.bells.last(), Some(&rings("cora", "ben")));
    assert_eq!(stage.told("ana"), [ringing(&["cora"])]);
    assert_eq!(stage.told("ben"), [Told::Reply(Reply::Done {}), ringing(&["cora"])]);
    stage.join("cora");
    assert_eq!(stage.bells.last(), Some(&over("cora", ErrorCode::AnsweredElsewhere)));
    stage.ask("ana", Request::Leave {});
    stage.ask("ben", Request::Leave {});
    assert!(!stage.over, "cora is still in it");
    let mut again = stage.restarted(&["cora"]);
    again.resume("cora");
    assert!(!again.over, "and after a restart, too");
}

#[test]
fn a_call_of_two_stays_one_while_and_if_the_third_does_not_come() {
    let mut waits = Stage::start("ana", &["ben"]);
    waits.join("ben");
    waits.add("ana", "cora");
    waits.ask("ben", Request::Leave {});
    assert!(!waits.over, "cora may still come");
    waits.ring_over("cora", ErrorCode::RingDeclined).unwrap();
    assert_eq!(told_last(&mut waits, "ana"), Some(Told::Over(ErrorCode::OtherLeft)));

    let mut leaves = Stage::start("ana", &["ben"]);
    leaves.join("ben");
    leaves.add("ana", "cora");
    leaves.ask("ana", Request::Leave {});
    assert_eq!(leaves.bells.last(), Some(&over("cora", ErrorCode::RingCanceled)), "a ring dies with who rings");
    assert_eq!(told_last(&mut leaves, "ben"), Some(Told::Over(ErrorCode::OtherLeft)));
}

#[test]
fn a_ring_is_taken_back_by_removing_who_is_called() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    stage.add("ana", "cora");
    stage.forget_what_was_told();
    stage.ask("ben", Request::Remove { user: user("cora") });
    assert_eq!(stage.bells.last(), Some(&over("cora", ErrorCode::RingCanceled)));
    let told = [ended("cora", ErrorCode::RingCanceled), ringing(&[])];
    assert_eq!(stage.told("ana"), told);
    assert_eq!(stage.told("ben").last(), Some(&told[1]));
    stage.ask("ben", Request::Remove { user: user("cora") });
    assert_eq!(told_last(&mut stage, "ben"), Some(Told::Refused(ErrorCode::NotFound)));
    stage.join("cora");
    assert!(matches!(told_last(&mut stage, "cora"), Some(Told::Reply(Reply::Joined { .. }))), "it is no bar");
}

#[test]
fn nobody_is_called_who_is_there_or_called_already_and_who_was_removed_may_be_called_back() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    for name in ["ben", "ana"] {
        stage.add("ana", name);
        assert_eq!(told_last(&mut stage, "ana"), Some(Told::Refused(ErrorCode::BadRequest)), "{name}");
    }
    assert_eq!(stage.bells, [over("ben", ErrorCode::BadRequest), over("ana", ErrorCode::BadRequest)]);
    stage.add("ana", "cora");
    stage.add("ben", "cora");
    assert_eq!(told_last(&mut stage, "ben"), Some(Told::Refused(ErrorCode::BadRequest)));

    stage.ask("ana", Request::Remove { user: user("ben") });
    stage.join("ben");
    assert_eq!(told_last(&mut stage, "ben"), Some(Told::Over(ErrorCode::Barred)));
    stage.add("ana", "ben");
    stage.join_leg("ben", "ben again");
    assert!(stage.told("ben again").iter().any(|told| matches!(told, Told::Reply(Reply::Joined { .. }))));
}

#[test]
fn nobody_is_called_into_meetings_and_rooms_nor_by_who_waits() {
    for mut stage in [Stage::meeting(LobbyScope::Organization), Stage::chatting_room()] {
        stage.join("organizer");
        stage.join("gus");
        stage.add("organizer", "cora");
        assert_eq!(told_last(&mut stage, "organizer"), Some(Told::Refused(ErrorCode::Forbidden)));
        stage.add("gus", "cora");
        assert_eq!(told_last(&mut stage, "gus"), Some(Told::Refused(ErrorCode::BadRequest)));
        assert!(!stage.call.is_ringing(&ring("cora")));
    }
}

#[test]
fn who_takes_somebodys_place_hears_nothing_of_the_ring_that_ends_with_that_one() {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.join("ben");
    stage.add("ben", "cora");
    stage.forget_what_was_told();
    stage.replace("dora", "ben");
    let told = stage.told("dora");
    assert!(matches!(told.first(), Some(Told::Reply(Reply::Joined { .. }))), "{told:?}");
    assert!(!told.contains(&ended("cora", ErrorCode::RingCanceled)), "{told:?}");
    assert!(stage.told("ana").contains(&ended("cora", ErrorCode::RingCanceled)));
}
