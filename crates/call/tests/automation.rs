//! Connections of apps' servers: what they hear, what they may do, and how they end.

mod stage;

use convene_call::{Person, Seat};
use convene_model::automation::{Act, AutomationAnswer, AutomationRefused, NewConnection};
use convene_model::limits::{CONNECTION_ALONE_MS, CONNECTIONS_OF_CALL_MAX};
use convene_model::record::{JournalRow, LobbyScope};
use convene_model::{Affiliation, ConnectionId, ErrorCode, RawId, Role, Ticket};
use convene_protocol::Request;
use stage::{Stage, Told, leg, peer, user};

fn id(name: &str) -> ConnectionId {
    ConnectionId(name.into())
}

fn federated() -> Person {
    Person { role: Role::Presenter, affiliation: Affiliation::Federated, invited: false, visitor: false, host: false }
}

/// How the server of its app stands in a group call.
fn ours() -> Person {
    Person { affiliation: Affiliation::Outside, ..federated() }
}

fn connect(stage: &mut Stage, name: &str, person: Person) -> AutomationAnswer {
    let new = NewConnection {
        id: id(name),
        resource: "r".into(),
        context: Some("mine".into()),
        callback_uri: "https://app.example/".into(),
        agent: None,
    };
    let now = stage.now;
    let seat = Seat { participant: leg("agent"), peer: peer(99) };
    stage.call.handle_connect(new, (RawId::app_server("r"), person), seat, Ticket(1), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn act(stage: &mut Stage, name: &str, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&id(name), act, Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

#[test]
fn it_hears_that_it_is_connected_and_then_each_change_of_who_is_in_the_call_once() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.happened.clear();
    let view = connect(&mut stage, "k", ours()).expect("a connection");
    assert_eq!(view.participants[0].user, user("ana"));
    assert_eq!(stage.heard("k"), ["connected", "1: 8:acs:r_ana"]);
    stage.join("ben");
    assert_eq!(stage.heard("k"), ["2: 8:acs:r_ana, 8:acs:r_ben"]);
    stage.ask("ben", Request::RaiseHand {});
    assert_eq!(stage.heard("k"), Vec::<String>::new());
    stage.ask("ben", Request::SetMuted { muted: true });
    assert_eq!(stage.heard("k"), ["3: 8:acs:r_ana, 8:acs:r_ben muted"]);
    stage.gone("ana", ErrorCode::HungUp);
    assert_eq!(stage.heard("k"), ["4: 8:acs:r_ben muted"]);
}

#[test]
fn it_is_not_on_the_roster_and_hanging_up_leaves_the_call_as_it_is() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.told("ana");
    connect(&mut stage, "k", ours()).expect("a connection");
    assert_eq!(stage.told("ana"), []);
    act(&mut stage, "k", Act::HangUp).expect("it hangs up");
    assert_eq!(stage.heard("k").last().map(String::as_str), Some("disconnected: hungUp"));
    assert_eq!((stage.connections_over.clone(), stage.told("ana")), (vec![id("k")], vec![]));
    assert!(stage.call.has_in(&leg("ana")));
    assert_eq!(act(&mut stage, "k", Act::Look), Err(AutomationRefused::NoConnection));
}

#[test]
fn it_mutes_and_removes_and_ends_the_call_of_its_app() {
    let mut stage = Stage::group();
    ["ana", "ben", "cleo"].into_iter().for_each(|name| stage.join(name));
    connect(&mut stage, "k", ours()).expect("a connection");
    stage.heard("k");
    act(&mut stage, "k", Act::Mute { user: user("ben") }).expect("it may mute");
    let all = "2: 8:acs:r_ana, 8:acs:r_ben muted, 8:acs:r_cleo";
    assert_eq!(stage.heard("k"), [all]);
    let nobody = act(&mut stage, "k", Act::Mute { user: user("dan") });
    assert_eq!(nobody, Err(AutomationRefused::Code(ErrorCode::NotFound)));

    let remove = |name| Act::Remove { user: user(name), context: None };
    act(&mut stage, "k", remove("ana")).expect("it may remove");
    assert_eq!(stage.heard("k"), ["removed 8:acs:r_ana", "3: 8:acs:r_ben muted, 8:acs:r_cleo"]);
    act(&mut stage, "k", remove("dan")).expect("a callback says that it failed");
    assert_eq!(stage.heard("k"), ["8:acs:r_dan stays: notFound"]);

    act(&mut stage, "k", Act::Terminate).expect("it may end the call");
    assert_eq!(stage.heard("k"), ["disconnected: endedByApp"]);
    assert!(stage.over && stage.told("ben").contains(&Told::Over(ErrorCode::EndedByApp)));
}

#[test]
fn it_never_waits_in_a_lobby_and_passes_none() {
    for scope in [LobbyScope::Organizer, LobbyScope::Organization, LobbyScope::Invited] {
        let mut stage = Stage::meeting(scope);
        stage.join("organizer");
        assert_eq!(connect(&mut stage, "k", federated()), Err(AutomationRefused::MustWait), "{scope:?}");
        assert_eq!(stage.heard("k"), Vec::<String>::new());
    }
    let mut stage = Stage::meeting(LobbyScope::OrganizationAndFederated);
    assert_eq!(connect(&mut stage, "k", ours()), Err(AutomationRefused::MustWait));
    assert!(stage.over, "a refused connection leaves no call behind");
    let mut stage = Stage::meeting(LobbyScope::OrganizationAndFederated);
    connect(&mut stage, "k", federated()).expect("whom the lobby lets in");
}

#[test]
fn in_a_meeting_it_is_a_guest_who_ends_and_removes_nothing() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    ["organizer", "ana"].into_iter().for_each(|name| stage.join(name));
    connect(&mut stage, "k", federated()).expect("a connection");
    stage.heard("k");
    let forbidden = Err(AutomationRefused::Code(ErrorCode::Forbidden));
    assert_eq!(act(&mut stage, "k", Act::Terminate), forbidden);
    assert_eq!(act(&mut stage, "k", Act::Mute { user: user("ana") }), forbidden);
    act(&mut stage, "k", Act::Remove { user: user("ana"), context: None }).expect("a callback says that it failed");
    assert_eq!(stage.heard("k"), ["8:acs:r_ana stays: forbidden"]);
}

#[test]
fn a_call_that_ends_for_everybody_ends_for_connections_too() {
    let mut stage = Stage::group();
    stage.join("ana");
    connect(&mut stage, "k", ours()).expect("a connection");
    stage.heard("k");
    stage.ask("ana", Request::EndForEveryone {});
    assert_eq!(stage.heard("k"), ["disconnected: endedForEveryone"]);
    assert!(stage.over);
}

#[test]
fn a_call_with_only_connections_goes_on_for_a_while() {
    let mut stage = Stage::group();
    connect(&mut stage, "k", ours()).expect("a connection");
    assert_eq!(stage.heard("k"), ["connected", "1: "]);
    assert!(matches!(stage.rows[..], [JournalRow::CallStarted { .. }]), "{:?}", stage.rows);
    stage.pass_time(CONNECTION_ALONE_MS / 1000 - 1);
    stage.join("ana");
    stage.pass_time(2 * CONNECTION_ALONE_MS / 1000);
    assert_eq!(stage.heard("k"), ["2: 8:acs:r_ana"]);
    stage.gone("ana", ErrorCode::HungUp);
    assert!(!stage.over);
    stage.pass_time(3 * CONNECTION_ALONE_MS / 1000);
    assert_eq!(stage.heard("k"), ["3: ", "disconnected: nobodyJoined"]);
    assert!(stage.over);
}

#[test]
fn a_call_has_a_bounded_number_of_them() {
    let mut stage = Stage::group();
    for number in 0..CONNECTIONS_OF_CALL_MAX {
        connect(&mut stage, &number.to_string(), ours()).expect("one of those that there may be");
    }
    assert_eq!(connect(&mut stage, "more", ours()), Err(AutomationRefused::TooManyOfCall));
}
