//! Apps that answer for their users, and turn calls away.

mod world;

use convene_model::automation::{
    AutomationAnswer, AutomationCommand, AutomationRefused, NewAgent, NewConnection, TurnedAway,
};
use convene_model::group_call::CallsFromApps;
use convene_model::record::User;
use convene_model::{ConnectionId, ErrorCode, RawId, RingId, SessionId, Ticket};
use convene_node::Input;
use convene_protocol::{Event, Reply, Request, RingView, ServerMessage};
use serde_json::Value;
use world::{RESOURCE, World};

const OTHER: &str = "99999999-9999-4999-8999-999999999999";

fn start(world: &mut World, session: SessionId, user: &RawId) -> u32 {
    let users = vec![user.clone()];
    world.ask(session, 1, Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false })
}

fn command(world: &mut World, command: AutomationCommand) {
    let address = world.address;
    world.give(Input::Automate { ticket: Ticket(1), address, command });
}

fn answer(world: &mut World, resource: &str, ring: &RingId, id: &str) -> AutomationAnswer {
    let agent = Some(NewAgent { display_name: "Bot".into(), options: None, start: false });
    let (id, resource) = (ConnectionId(id.into()), resource.to_owned());
    let connection = NewConnection { id, resource, context: None, callback_uri: String::new(), agent };
    command(world, AutomationCommand::Answer { connection, ring: ring.clone(), answered_by: None });
    world.answers.pop().expect("an answer").1
}

fn turn_away(
    world: &mut World,
    (request, resource): (&str, &str),
    ring: &RingId,
    to: TurnedAway,
) -> Result<(), AutomationRefused> {
    let (request, resource, ring) = (request.to_owned(), resource.to_owned(), ring.clone());
    command(world, AutomationCommand::TurnAway { request, resource, ring, to });
    match world.answers.pop() {
        Some((_, answer)) => Err(answer.expect_err("there is no connection")),
        None => {
            assert_eq!(world.turned_away.pop(), Some(Ticket(1)));
            Ok(())
        }
    }
}

/// What subscribers are told of calls that ring, since somebody asked: the ring that answers, and of whose apps.
fn incoming(world: &mut World) -> Vec<(RingId, String)> {
    let events = std::mem::take(&mut world.events).into_iter();
    let calls = events.filter(|event| event.event_type == "Microsoft.Communication.IncomingCall");
    let each = |event: convene_model::record::OutboxEvent| {
        let data: Value = serde_json::from_str(&event.data).expect("JSON");
        let context = data["incomingCallContext"].as_str().expect("a context").to_owned();
        (RingId(context), data["to"]["rawId"].as_str().expect("an identifier").to_owned())
    };
    calls.map(each).collect()
}

fn ring_of(said: &[ServerMessage]) -> Option<RingView> {
    said.iter().find_map(|message| match message {
        ServerMessage::Rings { ring } => Some(ring.clone()),
        _ => None,
    })
}

fn overs(said: &[ServerMessage]) -> Vec<String> {
    let over = |message: &ServerMessage| match message {
        ServerMessage::RingOver { reason, .. } => Some(reason.name.clone()),
        _ => None,
    };
    said.iter().filter_map(over).collect()
}

fn end(said: &[ServerMessage]) -> Option<(u16, u32)> {
    said.iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Ended { end }, .. } => Some((end.reason.code, end.reason.sub_code)),
        _ => None,
    })
}

fn came(said: &[ServerMessage], who: &RawId) -> bool {
    let is = |message: &ServerMessage| matches!(message, ServerMessage::Event { event: Event::ParticipantJoined { participant }, .. } if participant.user == *who);
    said.iter().any(is)
}

/// Ana, with a session, and Ben, who has none and whose app wants to be told of calls.
fn ana_and_the_app_of_ben(world: &mut World) -> (User, User, SessionId) {
    world.answering.insert(RESOURCE.to_owned());
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let a = world.connect(&ana);
    (ana, ben, a)
}

/// The one ring that subscribers were told of.
fn the_ring(world: &mut World) -> RingId {
    let mut told = incoming(world);
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0).0
}

#[test]
fn somebody_without_a_device_is_reachable_where_an_app_wants_to_be_told_of_calls_and_nowhere_else() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    start(&mut world, a, &ben.id);
    assert_eq!(end(&world.heard(a)), None);
    world.pass_time(119);
    assert_eq!(end(&world.heard(a)), None, "it rings as long as anywhere");
    world.pass_time(120);
    assert_eq!(end(&world.heard(a)), Some((487, 10004)));

    world.answering.clear();
    start(&mut world, a, &ben.id);
    assert_eq!(end(&world.heard(a)), Some((480, 10037)));
}

#[test]
fn an_app_answers_for_its_user_whose_devices_stop_and_the_caller_is_with_that_user() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let b = world.connect(&ben);
    start(&mut world, a, &ben.id);
    let ring = the_ring(&mut world);
    assert_eq!(ring_of(&world.heard(b)).map(|view| view.ring), Some(ring.clone()));
    world.heard(a);
    let first = answer(&mut world, RESOURCE, &ring, "k").expect("a connection");
    assert_eq!(overs(&world.heard(b)), ["answeredElsewhere"]);
    assert!(came(&world.heard(a), &ben.id));
    let again = answer(&mut world, RESOURCE, &ring, "k").expect("the same connection");
    assert_eq!((first.id, first.call), (again.id, again.call));
    assert_eq!(answer(&mut world, RESOURCE, &ring, "late"), Err(AutomationRefused::NoRing));
    let late = world.ask(b, 1, Request::Accept { ring, display_name: "Ben".into(), muted: false });
    let refused = |message: &ServerMessage| matches!(message, ServerMessage::Response { id, error: Some(error), .. } if *id == late && error.name == "notFound");
    assert!(world.heard(b).iter().any(refused));
    world.ask(a, 1, Request::Leave {});
    assert_eq!(world.node.counts().1, 0);
}

#[test]
fn calls_of_others_those_that_never_rang_and_those_that_a_device_answered_are_refused_alike() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let b = world.connect(&ben);
    start(&mut world, a, &ben.id);
    let ring = the_ring(&mut world);
    let none = RingId("none".into());
    let reject = || TurnedAway::Rejected(ErrorCode::RingDeclined);
    for (resource, ring) in [(OTHER, &ring), (RESOURCE, &none)] {
        assert_eq!(answer(&mut world, resource, ring, "k"), Err(AutomationRefused::NoRing));
        assert_eq!(turn_away(&mut world, ("1", resource), ring, reject()), Err(AutomationRefused::NoRing));
        let elsewhere = TurnedAway::To(RawId::communication_user(resource, "cora"));
        assert_eq!(turn_away(&mut world, ("2", resource), ring, elsewhere), Err(AutomationRefused::NoRing));
    }
    let accepted = world.ask(b, 1, Request::Accept { ring: ring.clone(), display_name: "Ben".into(), muted: false });
    let joined = |message: &ServerMessage| matches!(message, ServerMessage::Response { id, reply: Some(Reply::Joined { .. }), .. } if *id == accepted);
    assert!(world.heard(b).iter().any(joined), "nothing of it touched the call");
    assert_eq!(answer(&mut world, RESOURCE, &ring, "k"), Err(AutomationRefused::NoRing));
}

#[test]
fn an_app_is_told_only_of_those_who_may_call_its_users() {
    let mut world = World::new();
    let (_, ben, _) = ana_and_the_app_of_ben(&mut world);
    let stranger = world.user("Stranger", convene_identity::NewUser::Communication { resource: OTHER.into() });
    let s = world.connect(&stranger);
    start(&mut world, s, &ben.id);
    assert_eq!(end(&world.heard(s)), Some((480, 10037)));
    assert_eq!(incoming(&mut world), []);
}

#[test]
fn a_redirected_call_rings_at_the_other_one_and_the_same_request_again_does_nothing() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let cora = world.app_user("Cora");
    let (b, c) = (world.connect(&ben), world.connect(&cora));
    start(&mut world, a, &ben.id);
    let ring = the_ring(&mut world);
    let to = || TurnedAway::To(cora.id.clone());
    let here = turn_away(&mut world, ("0", RESOURCE), &ring, TurnedAway::To(ben.id.clone()));
    assert_eq!(here, Err(AutomationRefused::HereAlready));
    turn_away(&mut world, ("1", RESOURCE), &ring, to()).expect("it rings there");
    assert_eq!(overs(&world.heard(b)), ["transferred"]);
    let there = ring_of(&world.heard(c)).expect("it rings");
    assert_eq!(incoming(&mut world), [(there.ring.clone(), cora.id.to_string())]);
    assert_ne!(there.ring, ring);
    turn_away(&mut world, ("1", RESOURCE), &ring, to()).expect("the same again");
    assert_eq!(turn_away(&mut world, ("2", RESOURCE), &ring, to()), Err(AutomationRefused::NoRing));
    assert_eq!(world.heard(c), []);
    world.ask(c, 1, Request::Accept { ring: there.ring, display_name: "Cora".into(), muted: false });
    assert!(came(&world.heard(a), &cora.id));
}

#[test]
fn whom_an_app_may_not_call_it_reaches_as_little_by_redirecting() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let olga = world.user("Olga", convene_identity::NewUser::Organization);
    let o = world.connect(&olga);
    let stranger = RawId::communication_user(OTHER, "somebody");
    for to in [&olga.id, &stranger] {
        start(&mut world, a, &ben.id);
        let ring = the_ring(&mut world);
        turn_away(&mut world, (to.as_str(), RESOURCE), &ring, TurnedAway::To(to.clone())).expect("it is under way");
        assert_eq!(end(&world.heard(a)), Some((480, 10037)));
    }
    assert_eq!((world.heard(o), incoming(&mut world)), (vec![], vec![]));

    let mut world = World::trusting();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let olga = world.user("Olga", convene_identity::NewUser::Organization);
    let o = world.connect(&olga);
    start(&mut world, a, &ben.id);
    let ring = the_ring(&mut world);
    turn_away(&mut world, ("1", RESOURCE), &ring, TurnedAway::To(olga.id)).expect("it rings there");
    assert!(ring_of(&world.heard(o)).is_some(), "where the organization trusts the resource");
}

#[test]
fn a_rejected_call_ends_with_acss_codes_and_the_same_request_again_does_nothing() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let b = world.connect(&ben);
    for (reason, code, name) in [
        (ErrorCode::RingDeclined, (603, 0), "ringDeclined"),
        (ErrorCode::RingBusy, (486, 0), "ringBusy"),
        (ErrorCode::RingForbidden, (403, 0), "ringForbidden"),
    ] {
        start(&mut world, a, &ben.id);
        let ring = the_ring(&mut world);
        for _ in 0..2 {
            turn_away(&mut world, (name, RESOURCE), &ring, TurnedAway::Rejected(reason)).expect("it is over");
        }
        assert_eq!(end(&world.heard(a)), Some(code));
        assert_eq!(overs(&world.heard(b)), [name]);
    }
}

#[test]
fn a_transfer_to_somebody_whose_app_redirects_succeeds_with_whoever_answers() {
    let mut world = World::new();
    let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
    let (cora, dan) = (world.app_user("Cora"), world.app_user("Dan"));
    let (b, d) = (world.connect(&ben), world.connect(&dan));
    start(&mut world, a, &ben.id);
    let ring = the_ring(&mut world);
    world.ask(b, 1, Request::Accept { ring, display_name: "Ben".into(), muted: false });
    let target = convene_protocol::TransferTarget::User { user: cora.id.clone() };
    world.heard(a);
    world.ask(b, 1, Request::Transfer { target });
    let transfer = world.heard(a).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::TransferRequested { transfer, .. }, .. } => Some(transfer),
        _ => None,
    });
    let transfer = transfer.expect("she is asked");
    world.ask(a, 2, Request::Follow { transfer, display_name: "Ana".into(), muted: false });
    let ring = the_ring(&mut world);
    world.heard(b);
    turn_away(&mut world, ("1", RESOURCE), &ring, TurnedAway::To(dan.id.clone())).expect("it rings there");
    let there = ring_of(&world.heard(d)).expect("it rings");
    assert_eq!(there.transferor.map(|by| by.user), Some(ben.id));
    assert_eq!(end(&world.heard(b)), None, "nobody has answered yet");
    world.ask(d, 1, Request::Accept { ring: there.ring, display_name: "Dan".into(), muted: false });
    assert_eq!(end(&world.heard(b)), Some((0, 7015)));
}

#[test]
fn an_app_sends_no_call_on_to_the_organization_that_takes_none_from_apps_or_has_them_wait() {
    for (calls, rings) in [(CallsFromApps::Ring, true), (CallsFromApps::Lobby, false), (CallsFromApps::Off, false)] {
        let mut world = World::taking(calls);
        let (_, ben, a) = ana_and_the_app_of_ben(&mut world);
        let olga = world.user("Olga", convene_identity::NewUser::Organization);
        let o = world.connect(&olga);
        start(&mut world, a, &ben.id);
        let ring = the_ring(&mut world);
        assert_eq!(turn_away(&mut world, ("1", RESOURCE), &ring, TurnedAway::To(olga.id.clone())), Ok(()));
        assert_eq!(ring_of(&world.heard(o)).is_some(), rings, "{calls:?}");
        assert_eq!(end(&world.heard(a)), (!rings).then_some((480, 10037)), "{calls:?}");
    }
}
