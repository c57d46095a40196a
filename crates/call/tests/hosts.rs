//! Group calls and calls that ring with a lobby, which their hosts manage: `h…` is a host, `n…` was named by the app's server.

mod stage;

use convene_call::{CallKind, NewRing, Person, Policy};
use convene_model::record::{CallTarget, JournalRow, LobbyScope};
use convene_model::{Capability, ErrorCode};
use convene_protocol::{Event, LobbyOutcome, Reply, Request};
use stage::{Bell, Stage, Told, leg, ring, user};
use std::time::Duration;

fn hosted(lobby: LobbyScope) -> Stage {
    hosted_by(Policy { hosted: true, ..stage::meeting_policy(lobby) })
}

fn hosted_by(policy: Policy) -> Stage {
    let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
    Stage::new(target, CallKind::Group { chat: false }, policy)
}

/// A call of two that rings, with a lobby that `host` manages.
fn ringing(host: &str, caller: &str, called: &str) -> Stage {
    let policy = stage::meeting_policy(LobbyScope::Organizer);
    let mut stage = hosted_by(Policy { hosted: true, caller_waits: host != caller, ..policy });
    stage.call.expect_host(user(host));
    stage.call.expect_two();
    stage.join(caller);
    stage.forget_what_was_told();
    let rings = vec![NewRing { ring: ring(called), user: user(called) }];
    stage.call.handle_start(&leg(caller), rings, Duration::from_secs(120), stage.now);
    stage.settle();
    stage
}

fn waits(told: &[Told]) -> bool {
    matches!(told, [Told::Reply(Reply::Waiting { .. })])
}

fn joined(told: &[Told]) -> bool {
    matches!(told.first(), Some(Told::Reply(Reply::Joined { .. })))
}

fn admitted(told: &[Told]) -> bool {
    told.iter().any(|told| matches!(told, Told::Event(Event::Admitted { .. })))
}

#[test]
fn in_a_group_call_with_a_lobby_hosts_come_in_and_others_wait_for_their_word() {
    let mut stage = hosted(LobbyScope::Organizer);
    stage.join("gus");
    assert!(waits(&stage.told("gus")), "also where nobody is in yet");
    stage.join("hana");
    let told = stage.told("hana");
    let Some(Told::Reply(Reply::Joined { call })) = told.first() else { panic!("{told:?}") };
    assert!(call.capabilities.contains(&Capability::ManageLobby));
    assert_eq!(call.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&user("gus")]);
    assert_eq!(stage.told("gus"), [], "a host's coming is told to nobody who waits");
    stage.ask("hana", Request::Admit { user: user("gus") });
    let told = stage.told("gus");
    let [Told::Event(Event::Admitted { call })] = &told[..] else { panic!("{told:?}") };
    assert!(!call.capabilities.contains(&Capability::ManageLobby), "whoever was let in lets nobody in");
    stage.join("gil");
    assert!(waits(&stage.told("gil")));
    stage.ask("gus", Request::Admit { user: user("gil") });
    assert_eq!(stage.told("gus"), [Told::Refused(ErrorCode::Forbidden)]);
    stage.ask("hana", Request::Reject { user: user("gil") });
    assert_eq!(stage.told("gil"), [Told::Over(ErrorCode::LobbyRejected)]);
}

#[test]
fn whom_the_apps_server_named_does_not_wait() {
    let mut stage = hosted(LobbyScope::Invited);
    stage.join("nora");
    assert!(joined(&stage.told("nora")));
    stage.join("gus");
    assert!(waits(&stage.told("gus")));
    let mut stage = hosted(LobbyScope::Everyone);
    stage.join("gus");
    assert!(joined(&stage.told("gus")));
}

#[test]
fn a_host_puts_others_back_and_nobody_puts_back_or_removes_a_host() {
    let mut stage = hosted(LobbyScope::Everyone);
    for name in ["hana", "hugo", "gus"] {
        stage.join(name);
    }
    stage.forget_what_was_told();
    for request in [Request::PutBack { user: user("hugo") }, Request::Remove { user: user("hugo") }] {
        stage.ask("hana", request);
        assert_eq!(stage.told("hana"), [Told::Refused(ErrorCode::Forbidden)]);
    }
    stage.ask("gus", Request::Remove { user: user("hana") });
    assert_eq!(stage.told("gus"), [Told::Refused(ErrorCode::Forbidden)]);
    stage.ask("hana", Request::PutBack { user: user("gus") });
    assert!(matches!(stage.told("gus")[..], [Told::Event(Event::PutBack { .. })]));
    stage.join_leg("gus", "gus-2");
    assert!(waits(&stage.told("gus-2")), "still only a host's word lets them in");
}

#[test]
fn a_wait_for_a_host_ends_in_time() {
    let mut stage = hosted(LobbyScope::Organizer);
    stage.join("gus");
    stage.forget_what_was_told();
    stage.pass_time(1800);
    assert_eq!(stage.told("gus"), [Told::Over(ErrorCode::LobbyExpired)]);
    assert!(stage.over, "nobody is left");
}

#[test]
fn what_is_said_of_a_group_call_holds_for_those_in_it_and_at_its_door() {
    let mut stage = Stage::group();
    for name in ["ana", "ben"] {
        stage.join(name);
    }
    stage.forget_what_was_told();
    let policy = Policy { hosted: true, ..stage::meeting_policy(LobbyScope::Organizer) };
    let host = Person { host: true, invited: true, ..stage.person("ana") };
    stage.options(policy, &[("ana", host), ("ben", stage.person("ben"))]);
    let manages = |told: Vec<Told>| {
        told.iter().rev().find_map(|told| match told {
            Told::Event(Event::CapabilitiesChanged { capabilities, .. }) => {
                Some(capabilities.contains(&Capability::ManageLobby))
            }
            _ => None,
        })
    };
    assert_eq!((manages(stage.told("ana")), manages(stage.told("ben"))), (Some(true), Some(false)));
    stage.join("gus");
    assert!(waits(&stage.told("gus")));
    assert!(stage.told("ana").iter().any(|told| matches!(told, Told::Event(Event::Knocked { .. }))));
    assert_eq!(stage.told("ben"), []);
    let before = [("ana", stage.person("ana")), ("ben", stage.person("ben")), ("gus", stage.person("gus"))];
    stage.options(Policy::open(), &before);
    assert!(admitted(&stage.told("gus")), "where there is no lobby nobody waits");
    assert_eq!(manages(stage.told("ana")), Some(false));
}

#[test]
fn in_a_call_that_rang_with_a_lobby_whom_its_caller_calls_is_in_and_others_wait() {
    let mut stage = ringing("hana", "hana", "ben");
    stage.join("ben");
    assert!(joined(&stage.told("ben")), "the caller's call is the caller's word");
    stage.add("ben", "cora");
    stage.forget_what_was_told();
    stage.join("cora");
    assert!(waits(&stage.told("cora")));
    assert_eq!(stage.bells.last(), Some(&Bell::Over { ring: ring("cora"), reason: ErrorCode::AnsweredElsewhere }));
    let told = stage.told("ben");
    assert_eq!(told, [Told::Event(Event::RingingChanged { users: vec![] })], "and nothing of who waits");
    stage.add("hana", "cora");
    assert_eq!(stage.told("hana").last(), Some(&Told::Refused(ErrorCode::BadRequest)), "she waits already");
    stage.ask("hana", Request::Admit { user: user("cora") });
    assert!(admitted(&stage.told("cora")));
    stage.add("hana", "dora");
    stage.join("dora");
    assert!(joined(&stage.told("dora")));
}

#[test]
fn while_a_third_waits_for_the_caller_of_a_call_of_two_the_caller_may_still_let_them_in() {
    let mut stage = ringing("hana", "hana", "ben");
    stage.join("ben");
    stage.add("ben", "cora");
    stage.join("cora");
    stage.ask("ben", Request::Leave {});
    assert!(!stage.over);
    stage.ask("hana", Request::Reject { user: user("cora") });
    assert_eq!(stage.told("hana").last(), Some(&Told::Over(ErrorCode::OtherLeft)));
    assert!(stage.over);
    let mut stage = ringing("hana", "hana", "ben");
    stage.join("ben");
    stage.add("ben", "cora");
    stage.join("cora");
    stage.forget_what_was_told();
    stage.ask("hana", Request::Leave {});
    assert_eq!(stage.told("ben").last(), Some(&Told::Over(ErrorCode::OtherLeft)), "nobody else may let cora in");
    assert_eq!(stage.told("cora"), [Told::Over(ErrorCode::OtherLeft)]);
}

#[test]
fn where_who_is_called_is_the_host_the_caller_waits_from_their_coming_on_and_learns_nothing_of_them() {
    let mut stage = ringing("hana", "ana", "hana");
    assert_eq!(stage.bells.len(), 1, "it rings");
    stage.forget_what_was_told();
    stage.join("hana");
    let told = stage.told("ana");
    assert!(matches!(told[..], [Told::Event(Event::PutBack { .. })]), "{told:?}");
    let told = stage.told("hana");
    let Some(Told::Reply(Reply::Joined { call })) = told.first() else { panic!("{told:?}") };
    assert_eq!(call.participants, []);
    assert_eq!(call.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&user("ana")]);
    stage.ask("hana", Request::Admit { user: user("ana") });
    let told = stage.told("ana");
    let [Told::Event(Event::Admitted { call })] = &told[..] else { panic!("{told:?}") };
    assert_eq!(call.participants.iter().map(|each| &each.user).collect::<Vec<_>>(), [&user("hana")]);
    stage.ask("hana", Request::Leave {});
    assert_eq!(stage.told("ana").last(), Some(&Told::Over(ErrorCode::OtherLeft)), "it is a call of two");
}

#[test]
fn a_caller_who_is_not_let_in_is_gone_and_so_is_the_call() {
    let mut stage = ringing("hana", "ana", "hana");
    stage.join("hana");
    stage.forget_what_was_told();
    stage.ask("hana", Request::Reject { user: user("ana") });
    assert_eq!(stage.told("ana"), [Told::Over(ErrorCode::LobbyRejected)]);
    let told = stage.told("hana");
    let left = Event::LobbyLeft { user: user("ana"), outcome: LobbyOutcome::Rejected };
    assert!(told.contains(&Told::Event(left)), "{told:?}");
    assert_eq!(told.last(), Some(&Told::Over(ErrorCode::OtherLeft)));
    let mut stage = ringing("hana", "ana", "hana");
    stage.join("hana");
    stage.forget_what_was_told();
    stage.ask("ana", Request::Leave {});
    assert_eq!(stage.told("hana").last(), Some(&Told::Over(ErrorCode::OtherLeft)));
    let mut stage = ringing("hana", "ana", "hana");
    assert_eq!(stage.ring_over("hana", ErrorCode::RingDeclined), Ok(()));
    assert_eq!(stage.told("ana").last(), Some(&Told::Over(ErrorCode::RingDeclined)));
}

#[test]
fn nobody_else_comes_in_while_the_host_is_called() {
    let mut stage = ringing("hana", "ana", "hana");
    stage.join("gus");
    assert!(waits(&stage.told("gus")));
    stage.join_leg("ana", "ana-2");
    assert!(joined(&stage.told("ana-2")), "a further device of the caller");
    stage.forget_what_was_told();
    stage.join("hana");
    for device in ["ana", "ana-2"] {
        assert!(matches!(stage.told(device)[..], [Told::Event(Event::PutBack { .. })]), "{device}");
    }
}

#[test]
fn nobody_takes_a_place_in_the_lobby_but_a_host_leaves_theirs_to_whom_they_want() {
    let mut stage = ringing("hana", "hana", "ben");
    stage.join("ben");
    stage.replace("cora", "ben");
    assert_eq!(stage.told("cora"), [Told::Refused(ErrorCode::Forbidden), Told::Over(ErrorCode::Forbidden)]);
    stage.replace("dora", "hana");
    assert!(joined(&stage.told("dora")));
    assert_eq!(stage.told("hana").last(), Some(&Told::Over(ErrorCode::Transferred)));
}

#[test]
fn the_journal_knows_the_host_of_a_call_that_rang() {
    let stage = ringing("hana", "hana", "ben");
    assert_eq!(convene_call::Recovery::read(&stage.rows).host(), Some(&user("hana")));
    let kept = |row: &JournalRow| matches!(row, JournalRow::Kept { feature, .. } if feature == "host");
    assert_eq!(stage.rows.iter().filter(|row| kept(row)).count(), 1);
    assert_eq!(convene_call::Recovery::read(&Stage::start("ana", &["ben"]).rows).host(), None);
}
