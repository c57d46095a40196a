//! The test call: who is on its roster, what the media plane is told, and what is written down of it.

mod stage;

use convene_model::happened::What;
use convene_model::media::{MediaCommand, Source};
use convene_model::record::JournalRow;
use convene_model::{ErrorCode, PeerId, RawId, TransferId};
use convene_protocol::{Event, Request};
use stage::{Stage, Told, user};

const ECHO: PeerId = PeerId(900 << 16);

fn test_call() -> Stage {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.forget_what_was_told();
    stage.echo_test("ana", ECHO);
    stage
}

#[test]
fn it_is_on_the_roster_at_once_and_its_echo_begins_with_the_media() {
    let mut stage = test_call();
    let told = stage.told("ana");
    let Told::Event(Event::ParticipantJoined { participant }) = &told[0] else { panic!("{told:?}") };
    assert_eq!((participant.user.as_str(), participant.display_name.as_str()), ("8:echo123", "Echo test"));
    assert!(stage.call.is_echo_test() && stage.call.has_user(&user("ana")));
    stage.offer("ana");
    let media = stage.media();
    assert!(matches!(media[0], MediaCommand::Open { .. }));
    assert_eq!(media[1], MediaCommand::Echo { peer: stage::peer(1), echo: ECHO });
    stage.offer("ana");
    assert!(matches!(stage.media()[..], [MediaCommand::Negotiate { .. }]), "the echo goes on");
}

#[test]
fn neither_the_journal_nor_events_know_of_it_and_it_ends_with_its_caller() {
    let mut stage = test_call();
    stage.forget_what_was_told();
    stage.ask("ana", Request::Leave {});
    assert_eq!(stage.told("ana").last(), Some(&Told::Over(ErrorCode::HungUp)));
    assert!(stage.over);
    assert!(!format!("{:?} {:?}", stage.rows, stage.happened).contains("echo"));
    assert!(matches!(stage.rows.last(), Some(JournalRow::CallEnded { .. })));
    let kinds: Vec<&str> = stage
        .happened
        .iter()
        .map(|each| match each.what {
            What::CallStarted { .. } => "started",
            What::ParticipantAdded { .. } => "added",
            What::ParticipantRemoved { .. } => "removed",
            What::CallEnded { .. } => "ended",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["started", "added", "removed", "ended"]);
}

#[test]
fn nobody_else_comes_in_and_it_is_not_managed() {
    let mut stage = test_call();
    stage.join("ben");
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::CallFull)));
    let echo = RawId::echo_test();
    for request in [
        Request::Mute { user: echo.clone() },
        Request::MuteAll {},
        Request::Remove { user: echo.clone() },
        Request::SetAccess { users: None, source: Source::Microphone, permitted: false },
    ] {
        stage.forget_what_was_told();
        stage.ask("ana", request);
        assert_eq!(stage.told("ana"), [Told::Refused(ErrorCode::Forbidden)]);
    }
    assert!(stage.call.is_echo_test());
}

#[test]
fn ended_for_everybody_it_leaves_nothing_either() {
    let mut stage = test_call();
    stage.ask("ana", Request::EndForEveryone {});
    assert!(stage.over);
    assert!(!format!("{:?} {:?}", stage.rows, stage.happened).contains("echo"));
}

#[test]
fn nobody_is_called_into_it_and_it_is_handed_over_to_nobody() {
    let mut stage = test_call();
    stage.forget_what_was_told();
    stage.add("ana", "ben");
    stage.transfer("ana", TransferId("t".into()), "ben");
    assert_eq!(stage.told("ana"), vec![Told::Refused(ErrorCode::Forbidden); 2]);
    assert!(!stage.bells.iter().any(|bell| matches!(bell, stage::Bell::Rings { .. })));
}
