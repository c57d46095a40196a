//! Handing over, as the call of two sees it in which it is asked for.

mod stage;

use convene_model::{ErrorCode, TransferId};
use convene_protocol::{Event, Reply, Request};
use stage::{Stage, Told, leg, user};
use std::time::Duration;

fn transfer() -> TransferId {
    TransferId("transfer".into())
}

fn asked(target: &str) -> Told {
    Told::Event(Event::TransferRequested { transfer: transfer(), by: user("ana"), target: Some(user(target)) })
}

fn failed(reason: ErrorCode) -> Told {
    Told::Event(Event::TransferFailed { reason: reason.into() })
}

/// Ana and Ben in a call of two, and Ana hands Ben over to Cora.
fn handing_over() -> Stage {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.join("ben");
    stage.forget_what_was_told();
    stage.transfer("ana", transfer(), "cora");
    stage
}

#[test]
fn the_other_one_is_asked_and_both_are_out_with_7015_once_it_is_done() {
    let mut stage = handing_over();
    assert_eq!((stage.told("ana"), stage.told("ben")), (vec![Told::Reply(Reply::Done {})], vec![asked("cora")]));
    assert_eq!(stage.call.transferee(&transfer()), Some(&user("ben")));
    stage.call.handle_transfer_over(&transfer(), None, stage.now);
    stage.settle();
    for name in ["ana", "ben"] {
        assert_eq!(stage.told(name).last(), Some(&Told::Over(ErrorCode::Transferred)), "{name}");
    }
    assert!(stage.over);
}

#[test]
fn a_transfer_that_fails_or_takes_too_long_leaves_the_call_as_it_was() {
    let mut stage = handing_over();
    stage.call.handle_transfer_over(&transfer(), Some(ErrorCode::RingDeclined), stage.now);
    stage.settle();
    assert_eq!(stage.told("ana").last(), Some(&failed(ErrorCode::RingDeclined)));
    stage.call.handle_transfer_over(&transfer(), None, stage.now);
    stage.settle();
    assert!(!stage.over, "it is over already");

    stage.transfer("ana", transfer(), "cora");
    assert_eq!(stage.call.poll_timeout(), Some(Duration::from_secs(135)));
    stage.pass_time(134);
    assert!(stage.call.transferee(&transfer()).is_some());
    stage.pass_time(135);
    assert_eq!(stage.told("ana").last(), Some(&failed(ErrorCode::NotAnswered)));
    assert_eq!((stage.call.transferee(&transfer()), stage.call.poll_timeout(), stage.over), (None, None, false));
}

#[test]
fn with_a_third_who_came_meanwhile_only_the_two_leave() {
    let mut stage = handing_over();
    stage.add("ana", "dora");
    stage.join("dora");
    stage.call.handle_transfer_over(&transfer(), None, stage.now);
    stage.settle();
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::Transferred)));
    assert!(!stage.over && stage.call.has_in(&leg("dora")));
}

#[test]
fn nothing_is_handed_over_when_the_other_one_has_left_a_call_that_goes_on() {
    let mut stage = handing_over();
    stage.add("ana", "dora");
    stage.join("dora");
    stage.ask("ben", Request::Leave {});
    assert_eq!(stage.told("ana").last(), Some(&failed(ErrorCode::OtherLeft)));
    assert_eq!(stage.call.transferee(&transfer()), None);
    stage.transfer("ana", transfer(), "cora");
    assert_eq!(stage.told("ana").last(), Some(&Told::Refused(ErrorCode::Forbidden)), "it is no call of two any more");
}
