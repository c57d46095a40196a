//! Whom apps' servers hand over to somebody else, and move between calls of their own.

mod stage;

use convene_call::{Call, CallKind, NewOutgoing, NewRing, Person, Policy, Seat};
use convene_model::automation::{Act, AutomationAnswer, AutomationRefused, NewConnection, Outgoing};
use convene_model::limits::MOVES_AT_ONCE_MAX;
use convene_model::record::{CallTarget, LobbyScope};
use convene_model::{ConnectionId, ErrorCode, ParticipantId, PeerId, RawId, Ticket, TransferId};
use convene_protocol::{Event, Request};
use stage::{Stage, Told, leg, ring, user};
use std::time::Duration;

const K: &str = "k";

fn id(name: &str) -> TransferId {
    TransferId(format!("to-{name}"))
}

fn connection() -> NewConnection {
    let (context, callback_uri) = (None, "https://app.example/".into());
    NewConnection { id: ConnectionId(K.into()), resource: "r".into(), context, callback_uri, agent: None }
}

fn seat() -> Seat {
    Seat { participant: ParticipantId("seat".into()), peer: PeerId(99 << 16) }
}

/// An app's connection to this call.
fn connected(mut stage: Stage) -> Stage {
    let (person, now) = (stage.person("ana"), stage.now);
    stage.call.handle_connect(connection(), (RawId::app_server("r"), person), seat(), Ticket(1), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1.expect("a connection");
    stage.heard(K);
    stage.forget_what_was_told();
    stage
}

/// A group call of Ana and Ben, to which an app is connected.
fn group() -> Stage {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    connected(stage)
}

/// A call of two, of an app and Ben, whom it called.
fn of_two() -> Stage {
    let mut stage = Stage::group();
    let outgoing = Outgoing { targets: vec![user("ben")], source: None, display_name: "Shop".into() };
    let rings = vec![NewRing { ring: ring("ben"), user: user("ben") }];
    let (person, wait, now) = (stage.person("ana"), Duration::from_secs(120), stage.now);
    let new = NewOutgoing { connection: connection(), person, outgoing, seat: seat(), rings, wait };
    stage.call.handle_create(new, Ticket(1), now);
    stage.settle();
    stage.join("ben");
    stage.answers.clear();
    stage.heard(K);
    stage.forget_what_was_told();
    stage
}

fn act(stage: &mut Stage, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&ConnectionId(K.into()), act, Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn transfer(stage: &mut Stage, transferee: Option<&str>, target: &str) -> AutomationAnswer {
    let transferee = transferee.map(user);
    let asked =
        Act::Transfer { transfer: id(target), transferee, target: user(target), wait_ms: 120_000, context: None };
    act(stage, asked)
}

fn move_here(stage: &mut Stage, names: &[&str]) {
    let users = names.iter().map(|name| (id(name), user(name))).collect();
    act(stage, Act::MoveHere { users, from: ConnectionId("there".into()), context: None }).expect("accepted");
}

fn over(stage: &mut Stage, name: &str, reason: Option<ErrorCode>) {
    let now = stage.now;
    stage.call.handle_transfer_over(&id(name), reason, now);
    stage.settle();
}

fn asked(transfer: &str, target: Option<&str>) -> Told {
    let by = RawId::app_server("r");
    Told::Event(Event::TransferRequested { transfer: id(transfer), by, target: target.map(user) })
}

#[test]
fn the_only_one_is_handed_over_and_a_call_of_two_is_over_with_it() {
    let mut stage = of_two();
    transfer(&mut stage, None, "cora").expect("accepted");
    assert_eq!(stage.told("ben"), [asked("cora", Some("cora"))]);
    assert_eq!(stage.call.transferee(&id("cora")), Some(&user("ben")));
    over(&mut stage, "cora", None);
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::Transferred)));
    assert_eq!(stage.heard(K), ["transferred 8:acs:r_ben to 8:acs:r_cora", "disconnected: transferred"]);
    assert!(stage.over);
}

#[test]
fn of_several_the_one_who_is_named_goes_and_the_others_stay() {
    let mut stage = group();
    assert_eq!(transfer(&mut stage, None, "cora").unwrap_err(), AutomationRefused::NoTransferee);
    transfer(&mut stage, Some("ben"), "cora").expect("accepted");
    over(&mut stage, "cora", None);
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::Transferred)));
    assert_eq!(stage.heard(K), ["transferred 8:acs:r_ben to 8:acs:r_cora", "2: 8:acs:r_ana"]);
    assert!(!stage.over);
}

#[test]
fn a_transfer_that_fails_takes_too_long_or_lost_who_was_to_go_is_told_and_the_call_goes_on() {
    let mut stage = group();
    transfer(&mut stage, Some("ben"), "cora").expect("accepted");
    over(&mut stage, "cora", Some(ErrorCode::RingDeclined));
    assert_eq!(stage.heard(K), ["not transferred: ringDeclined"]);
    over(&mut stage, "cora", None);
    assert_eq!(stage.heard(K), Vec::<String>::new(), "it is over already");

    transfer(&mut stage, Some("ben"), "cora").expect("accepted");
    assert_eq!(stage.call.poll_timeout(), Some(Duration::from_secs(135)));
    stage.pass_time(135);
    assert_eq!(stage.heard(K), ["not transferred: notAnswered"]);

    transfer(&mut stage, Some("ben"), "cora").expect("accepted");
    stage.ask("ben", Request::Leave {});
    assert_eq!(stage.heard(K), ["not transferred: otherLeft", "2: 8:acs:r_ana"]);
    assert_eq!((stage.call.transferee(&id("cora")), stage.over), (None, false));
}

#[test]
fn nobody_is_handed_over_twice_to_somebody_who_is_there_or_out_of_a_meeting() {
    let mut stage = group();
    transfer(&mut stage, Some("ben"), "ana").expect("accepted");
    transfer(&mut stage, Some("dora"), "cora").expect("accepted");
    assert_eq!(stage.heard(K), ["not transferred: badRequest", "not transferred: notFound"]);
    transfer(&mut stage, Some("ben"), "cora").expect("accepted");
    transfer(&mut stage, Some("ben"), "dora").expect("accepted");
    assert_eq!(stage.heard(K), ["not transferred: badRequest"]);
    assert_eq!(stage.told("ben"), [asked("cora", Some("cora"))]);

    let mut meeting = Stage::meeting(LobbyScope::Everyone);
    meeting.join("organizer");
    meeting.join("ben");
    let mut meeting = connected(meeting);
    transfer(&mut meeting, Some("ben"), "cora").expect("accepted");
    assert_eq!(meeting.heard(K), ["not transferred: forbidden"]);
    assert_eq!(meeting.told("ben"), []);
}

#[test]
fn nothing_is_told_to_a_connection_that_is_over() {
    let mut stage = group();
    transfer(&mut stage, Some("ben"), "cora").expect("accepted");
    act(&mut stage, Act::HangUp).expect("hung up");
    assert_eq!(stage.heard(K), ["disconnected: hungUp"]);
    assert_eq!((stage.call.transferee(&id("cora")), stage.call.poll_timeout()), (None, None));
}

#[test]
fn people_are_expected_from_another_call_and_told_of_one_by_one() {
    let mut stage = group();
    move_here(&mut stage, &["cora", "dora", "ana"]);
    assert_eq!(stage.heard(K), ["not moved 8:acs:r_ana from there: badRequest"]);
    assert_eq!(stage.call.transferee(&id("cora")), Some(&user("cora")));
    stage.join("cora");
    over(&mut stage, "cora", None);
    over(&mut stage, "dora", Some(ErrorCode::NotFound));
    let told = [
        "2: 8:acs:r_ana, 8:acs:r_ben, 8:acs:r_cora",
        "moved 8:acs:r_cora from there",
        "not moved 8:acs:r_dora from there: notFound",
    ];
    assert_eq!(stage.heard(K), told);
    move_here(&mut stage, &["dora"]);
    stage.pass_time(15);
    assert_eq!(stage.heard(K), ["not moved 8:acs:r_dora from there: notAnswered"]);
}

#[test]
fn nobody_comes_into_a_meeting_and_not_too_many_at_once() {
    let mut meeting = Stage::meeting(LobbyScope::Everyone);
    meeting.join("organizer");
    let mut meeting = connected(meeting);
    move_here(&mut meeting, &["ben"]);
    assert_eq!(meeting.heard(K), ["not moved 8:acs:r_ben from there: forbidden"]);

    let mut stage = group();
    let names: Vec<String> = (0..=MOVES_AT_ONCE_MAX).map(|number| format!("p{number:02}")).collect();
    move_here(&mut stage, &names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(stage.heard(K), ["not moved 8:acs:r_p50 from there: tooManyRequests"]);
}

#[test]
fn the_call_that_people_are_in_asks_them_to_go_and_they_leave_it_when_they_have_come_elsewhere() {
    let mut stage = group();
    let now = stage.now;
    let ask = |call: &mut Call, by: &str, name: &str| {
        call.handle_move_away(&ConnectionId(by.into()), &id(name), &user(name), now)
    };
    assert_eq!(ask(&mut stage.call, "other", "ben"), Err(ErrorCode::NotFound));
    assert_eq!(ask(&mut stage.call, K, "cora"), Err(ErrorCode::NotFound));
    assert_eq!(ask(&mut stage.call, K, "ben"), Ok(()));
    stage.settle();
    assert_eq!(stage.told("ben"), [asked("ben", None)]);
    stage.call.handle_moved_away(&user("ben"), now);
    stage.settle();
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::Transferred)));
    assert_eq!(stage.heard(K), ["2: 8:acs:r_ana"]);

    let mut meeting = Stage::meeting(LobbyScope::Everyone);
    meeting.join("organizer");
    meeting.join("ben");
    let mut meeting = connected(meeting);
    assert_eq!(ask(&mut meeting.call, K, "ben"), Err(ErrorCode::Forbidden), "nobody is taken out of a meeting");
}

#[test]
fn past_a_lobby_only_the_app_brings_people_whose_lobby_it_is() {
    for (host, told) in [(true, vec![]), (false, vec!["not moved 8:acs:r_cora from there: forbidden"])] {
        let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
        let policy = Policy { hosted: true, ..stage::meeting_policy(LobbyScope::Invited) };
        let mut stage = Stage::new(target, CallKind::Group { chat: false }, policy);
        let (person, now) = (Person { host, invited: true, ..stage.person("ana") }, stage.now);
        stage.call.handle_connect(connection(), (RawId::app_server("r"), person), seat(), Ticket(1), now);
        stage.settle();
        stage.answers.clear();
        stage.heard(K);
        move_here(&mut stage, &["cora"]);
        assert_eq!(stage.heard(K), told);
        stage.join("cora");
        assert_eq!(stage.call.has_in(&leg("cora")), host, "the others wait");
    }
}
