//! Calls that an app's server answers for its user, or turns away.

mod stage;

use convene_call::{CallKind, NewAnswer, NewRing, Policy, Seat};
use convene_model::audio::{AudioChannels, PcmRate, StreamOrder, StreamingOptions};
use convene_model::automation::{
    Act, AutomationAnswer, AutomationRefused, ConnectionView, NewAgent, NewConnection, Outgoing,
};
use convene_model::happened::What;
use convene_model::media::MediaCommand;
use convene_model::record::{CallTarget, LobbyScope};
use convene_model::{ConnectionId, ErrorCode, RawId, Ticket};
use convene_protocol::{Event, Request};
use stage::{Bell, Stage, Told, at, leg, peer, ring, user};
use std::time::Duration;

const K: &str = "k";
const BOT: u64 = 99;

fn options() -> StreamingOptions {
    StreamingOptions {
        url: "wss://app.example/".into(),
        channels: AudioChannels::Mixed,
        rate: PcmRate::Hz16000,
        bidirectional: true,
        tones: false,
    }
}

fn answer_as(stage: &mut Stage, name: &str, id: &str, options: Option<StreamingOptions>) -> AutomationAnswer {
    let start = options.is_some();
    let agent = Some(NewAgent { display_name: "Bot".into(), options, start });
    let (context, callback_uri) = (Some("mine".into()), "https://app.example/".into());
    let id = ConnectionId(id.into());
    let connection = NewConnection { id, resource: "r".into(), context, callback_uri, agent };
    let seat = Seat { participant: leg("bot"), peer: peer(BOT) };
    let (person, now, answered_by) = (stage.person("ben"), stage.now, Some(user("desk")));
    let new = NewAnswer { connection, person, ring: ring(name), answered_by, seat };
    stage.call.handle_answer(new, Ticket(1), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn answer(stage: &mut Stage, name: &str) -> AutomationAnswer {
    answer_as(stage, name, K, None)
}

fn act(stage: &mut Stage, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&ConnectionId(K.into()), act, Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

/// Whether it rings elsewhere now, or why not.
fn redirect(stage: &mut Stage, from: &str, to: &str) -> Result<(), AutomationRefused> {
    let (new, wait, now) = (NewRing { ring: ring(to), user: user(to) }, Duration::from_secs(60), stage.now);
    stage.call.handle_redirect(&ring(from), new, wait, Ticket(3), now);
    turned_away(stage)
}

fn reject(stage: &mut Stage, name: &str, reason: ErrorCode) -> Result<(), AutomationRefused> {
    let now = stage.now;
    stage.call.handle_reject(&ring(name), reason, Ticket(3), now);
    turned_away(stage)
}

fn turned_away(stage: &mut Stage) -> Result<(), AutomationRefused> {
    stage.settle();
    match stage.answers.pop() {
        Some((_, answer)) => Err(answer.expect_err("there is no connection")),
        None => {
            assert_eq!(stage.turned_away.pop(), Some(Ticket(3)));
            Ok(())
        }
    }
}

fn over(name: &str, reason: ErrorCode) -> Bell {
    Bell::Over { ring: ring(name), reason }
}

/// Who was told to ring, by which ring, since somebody asked: caller, called and name.
fn incoming(stage: &mut Stage) -> Vec<(RawId, RawId, String)> {
    let whats = std::mem::take(&mut stage.happened).into_iter().map(|happened| happened.what);
    let calls = whats.filter_map(|what| match what {
        What::IncomingCall { ring: id, to, from, display_name } => {
            assert!(id == ring("ben") || id == ring("cora") || id == ring("dan"), "{id}");
            Some((from, to, display_name))
        }
        _ => None,
    });
    calls.collect()
}

/// Who stands on the roster from now on, and under which name.
fn came(told: &[Told]) -> Vec<(RawId, &str)> {
    let each = |told: &Told| match told {
        Told::Event(Event::ParticipantJoined { participant }) => {
            Some((participant.user.clone(), participant.display_name.clone()))
        }
        _ => None,
    };
    told.iter().filter_map(each).map(|(user, name)| (user, if name == "Bot" { "Bot" } else { "somebody" })).collect()
}

#[test]
fn a_ring_at_an_apps_user_is_told_in_its_own_transaction() {
    let mut stage = Stage::group();
    stage.auto_commit = false;
    stage.join("ana");
    stage.confirm(1);
    stage.happened.clear();
    stage.add("ana", "ben");
    assert_eq!(incoming(&mut stage), [(user("ana"), user("ben"), "ana".to_owned())]);
    assert_eq!(stage.bells, [], "no device rings before it is written");
    stage.confirm(2);
    assert!(matches!(stage.bells[..], [Bell::Rings { .. }]));
    stage.add("ana", "olga");
    assert_eq!(incoming(&mut stage), [], "the organization's users have no app");
}

#[test]
fn an_app_answers_and_whoever_called_sees_the_user_whom_they_called() {
    let mut stage = Stage::start("ana", &["ben"]);
    assert_eq!(incoming(&mut stage), [(user("ana"), user("ben"), "ana".to_owned())]);
    stage.forget_what_was_told();
    let ConnectionView { outgoing, connecting, answered_by, participants, .. } =
        answer(&mut stage, "ben").expect("a connection");
    let (targets, source) = (vec![user("ben")], Some(user("ana")));
    assert_eq!(outgoing, Some(Outgoing { targets, source, display_name: "ana".into() }));
    assert_eq!((connecting, answered_by, participants.len()), (false, Some(user("desk")), 2));
    assert_eq!(stage.bells[1..], [over("ben", ErrorCode::AnsweredElsewhere)]);
    assert_eq!(came(&stage.told("ana")), [(user("ben"), "Bot")]);
    assert_eq!(stage.heard(K), ["connected", "1: 8:acs:r_ana, 8:acs:r_ben"]);
    let media = stage.media();
    assert!(
        matches!(media[..], [MediaCommand::Agent { peer: its, .. }] if its == peer(BOT)),
        "it has a place, and hears nothing: {media:?}"
    );
    assert_eq!(stage.streams, []);
    let start = act(&mut stage, Act::StartStreaming { context: None });
    assert_eq!(start, Err(AutomationRefused::NoAgent), "it was made without sound");
    assert_eq!(answer_as(&mut stage, "ben", "late", None), Err(AutomationRefused::NoRing));
}

#[test]
fn an_app_that_wants_sound_has_it_under_the_same_name() {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.forget_what_was_told();
    answer_as(&mut stage, "ben", K, Some(options())).expect("a connection");
    assert_eq!(came(&stage.told("ana")), [(user("ben"), "Bot")]);
    let hears = MediaCommand::SetHears { peer: peer(BOT), hears: true };
    assert!(stage.media().contains(&hears));
    let orders: Vec<StreamOrder> = stage.streams.into_iter().map(|(_, _, order)| order).collect();
    let people = StreamOrder::People([(peer(1), user("ana"))].into());
    assert_eq!(orders, [people, StreamOrder::Start(options())]);
}

#[test]
fn a_call_that_was_answered_is_over_with_either_of_the_two() {
    let mut stage = Stage::start("ana", &["ben"]);
    answer(&mut stage, "ben").expect("a connection");
    stage.heard(K);
    stage.ask("ana", Request::Leave {});
    assert_eq!(stage.heard(K).last().map(String::as_str), Some("disconnected: otherLeft"));
    assert!(stage.over);

    let mut stage = Stage::start("ana", &["ben"]);
    answer(&mut stage, "ben").expect("a connection");
    stage.forget_what_was_told();
    act(&mut stage, Act::HangUp).expect("it hangs up");
    assert!(stage.told("ana").contains(&Told::Over(ErrorCode::OtherLeft)));
    assert_eq!(stage.heard(K).last().map(String::as_str), Some("disconnected: hungUp"));
    assert!(stage.over);

    let mut stage = Stage::start("ana", &["ben"]);
    answer(&mut stage, "ben").expect("a connection");
    stage.ask("ana", Request::Remove { user: user("ben") });
    assert!(stage.heard(K).contains(&"disconnected: removed".to_owned()), "who removes the user ends the connection");
    assert!(stage.over);
}

#[test]
fn with_a_third_whom_the_app_calls_in_it_goes_on_without_the_app() {
    let mut stage = Stage::start("ana", &["ben"]);
    answer(&mut stage, "ben").expect("a connection");
    let (invitation, user) = (ring("cora"), user("cora"));
    let add = Act::Add { invitation, user, display_name: String::new(), wait_ms: None, context: None };
    act(&mut stage, add).expect("accepted");
    let by = |bell: &Bell| matches!(bell, Bell::Rings { by, display_name, .. } if *by == stage::user("ben") && display_name.is_empty());
    assert!(by(stage.bells.last().expect("it rings")), "it calls as the user whom it answers for");
    stage.join("cora");
    act(&mut stage, Act::HangUp).expect("it hangs up");
    assert!(!stage.over);
}

#[test]
fn a_call_that_one_app_makes_and_another_answers_is_connected_for_both() {
    let mut stage = Stage::group();
    let (id, resource) = (ConnectionId("maker".into()), "r".to_owned());
    let connection = NewConnection { id, resource, context: None, callback_uri: String::new(), agent: None };
    let outgoing = Outgoing { targets: vec![user("ben")], source: None, display_name: "Shop".into() };
    let (person, rings, wait) =
        (stage.person("ana"), vec![NewRing { ring: ring("ben"), user: user("ben") }], Duration::from_secs(120));
    let seat = Seat { participant: leg("none"), peer: peer(98) };
    let new = convene_call::NewOutgoing { connection, person, outgoing, seat, rings, wait };
    let now = stage.now;
    stage.call.handle_create(new, Ticket(1), now);
    stage.settle();
    assert!(stage.answers.pop().expect("an answer").1.expect("a connection").connecting);
    answer(&mut stage, "ben").expect("a connection");
    let happened = stage.happened.clone();
    assert_eq!(stage.heard("maker"), ["connected", "1: 8:acs:r_ben"]);
    stage.happened = happened;
    assert_eq!(stage.heard(K), ["connected", "1: 8:acs:r_ben"]);
    act(&mut stage, Act::HangUp).expect("it hangs up");
    assert_eq!(stage.heard("maker"), ["disconnected: otherLeft"]);
    assert!(stage.over);
}

#[test]
fn a_call_rings_elsewhere_with_its_caller_and_its_full_time() {
    let mut stage = Stage::start("ana", &["ben"]);
    stage.pass_time(100);
    incoming(&mut stage);
    stage.forget_what_was_told();
    redirect(&mut stage, "ben", "cora").expect("it rings there");
    let (by, display_name, due) = (user("ana"), "ana".to_owned(), at(160).mono);
    let rings = Bell::Rings { ring: ring("cora"), user: user("cora"), by, display_name, due };
    assert_eq!(stage.bells[1..], [over("ben", ErrorCode::Transferred), rings]);
    let reason = ErrorCode::Transferred.into();
    assert_eq!(
        stage.told("ana"),
        [
            Told::Event(Event::RingEnded { user: user("ben"), reason }),
            Told::Event(Event::RingingChanged { users: vec![user("cora")] })
        ]
    );
    assert_eq!(incoming(&mut stage), [(user("ana"), user("cora"), "ana".to_owned())]);
    assert_eq!(answer(&mut stage, "ben"), Err(AutomationRefused::NoRing));
    stage.join("cora");
    stage.ask("cora", Request::Leave {});
    assert!(stage.told("ana").contains(&Told::Over(ErrorCode::OtherLeft)));
}

#[test]
fn a_call_is_redirected_to_nobody_who_is_in_it_or_was_removed() {
    let mut stage = Stage::start("ana", &["ben", "cora", "dan"]);
    for to in ["ana", "ben", "cora"] {
        assert_eq!(redirect(&mut stage, "ben", to), Err(AutomationRefused::HereAlready), "{to}");
    }
    stage.join("dan");
    stage.ask("ana", Request::Remove { user: user("dan") });
    assert_eq!(redirect(&mut stage, "ben", "dan"), Err(AutomationRefused::Code(ErrorCode::Forbidden)));
    assert!(stage.call.is_ringing(&ring("ben")));
    assert_eq!(redirect(&mut stage, "nobody", "eve"), Err(AutomationRefused::NoRing));
}

#[test]
fn an_invitation_that_is_redirected_is_still_the_inviting_apps() {
    let mut stage = Stage::start("ana", &["ben"]);
    answer(&mut stage, "ben").expect("a connection");
    let invite = |stage: &mut Stage| {
        let (invitation, user) = (ring("cora"), user("cora"));
        let add = Act::Add { invitation, user, display_name: String::new(), wait_ms: None, context: None };
        act(stage, add).expect("accepted");
        redirect(stage, "cora", "dan").expect("it rings there");
        stage.heard(K);
    };
    invite(&mut stage);
    act(&mut stage, Act::CancelAdd { invitation: ring("cora"), context: None }).expect("accepted");
    assert_eq!(stage.heard(K), ["canceled ring-cora"]);
    assert_eq!(stage.bells.last(), Some(&over("dan", ErrorCode::RingCanceled)));
    invite(&mut stage);
    stage.join("dan");
    assert_eq!(stage.heard(K), ["added 8:acs:r_dan", "2: 8:acs:r_ana, 8:acs:r_ben, 8:acs:r_dan"]);
}

#[test]
fn a_rejected_call_ends_for_whoever_called_with_the_apps_reason() {
    for reason in [ErrorCode::RingDeclined, ErrorCode::RingBusy, ErrorCode::RingForbidden] {
        let mut stage = Stage::start("ana", &["ben"]);
        reject(&mut stage, "ben", reason).expect("it is over");
        assert_eq!(stage.bells[1..], [over("ben", reason)]);
        assert_eq!(stage.told("ana").last(), Some(&Told::Over(reason)));
        assert!(stage.over);
        assert_eq!(reject(&mut stage, "ben", reason), Err(AutomationRefused::NoRing));
    }
}

#[test]
fn an_app_that_answered_is_handed_over_to_nobody() {
    let mut stage = Stage::start("ana", &["ben"]);
    answer(&mut stage, "ben").expect("a connection");
    stage.forget_what_was_told();
    stage.transfer("ana", convene_model::TransferId("t".into()), "cora");
    assert_eq!(stage.told("ana"), [Told::Refused(ErrorCode::Forbidden)]);
}

/// A call of two that rings at Ben, with a lobby that its caller, Hana, manages.
fn hosted() -> Stage {
    let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
    let policy = Policy { hosted: true, ..stage::meeting_policy(LobbyScope::Organizer) };
    let mut stage = Stage::new(target, CallKind::Group { chat: false }, policy);
    stage.call.expect_host(user("hana"));
    stage.call.expect_two();
    stage.join("hana");
    let rings = vec![NewRing { ring: ring("ben"), user: user("ben") }];
    stage.call.handle_start(&leg("hana"), rings, Duration::from_secs(120), stage.now);
    stage.settle();
    stage
}

#[test]
fn past_a_lobby_an_app_answers_for_whom_its_host_calls_and_for_nobody_else() {
    let mut stage = hosted();
    answer(&mut stage, "ben").expect("the host calls");
    let mut stage = hosted();
    stage.join("ben");
    stage.add("ben", "cora");
    assert_eq!(answer(&mut stage, "cora"), Err(AutomationRefused::MustWait));
    assert!(stage.call.is_ringing(&ring("cora")), "a device may still answer, and wait");
    assert_eq!(stage.told("hana").iter().filter(|told| matches!(told, Told::Event(Event::Knocked { .. }))).count(), 0);
}

#[test]
fn to_whom_an_app_redirects_or_whom_it_calls_the_host_has_said_nothing() {
    let mut stage = hosted();
    assert_eq!(redirect(&mut stage, "ben", "cora"), Ok(()));
    stage.join("cora");
    assert!(!stage.call.has_in(&leg("cora")), "she waits");
    assert_eq!(redirect(&mut stage, "ben", "dan"), Err(AutomationRefused::NoRing));
    stage.add("hana", "ben");
    assert_eq!(redirect(&mut stage, "ben", "cora"), Err(AutomationRefused::HereAlready));

    answer(&mut stage, "ben").expect("the host calls");
    let (invitation, display_name) = (ring("dan"), String::new());
    let add = Act::Add { invitation, user: user("dan"), display_name, wait_ms: Some(60_000), context: None };
    act(&mut stage, add).expect("accepted");
    stage.join("dan");
    assert!(!stage.call.has_in(&leg("dan")), "he waits, too");
}
