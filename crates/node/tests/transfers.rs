//! Calls that are handed over, as the three that take part see it.

mod world;

use convene_model::record::User;
use convene_model::{CallId, SessionId, TransferId};
use convene_protocol::{Event, JoinTarget, Reply, Request, RingView, ServerMessage, TransferTarget, Transferor};
use world::World;

fn ring_of(said: &[ServerMessage]) -> Option<RingView> {
    said.iter().find_map(|message| match message {
        ServerMessage::Rings { ring } => Some(ring.clone()),
        _ => None,
    })
}

/// How the call with this handle ended for a session.
fn end(said: &[ServerMessage], handle: u32) -> Option<(u16, u32)> {
    said.iter().find_map(|message| match message {
        ServerMessage::Event { call, event: Event::Ended { end } } if *call == handle => {
            Some((end.reason.code, end.reason.sub_code))
        }
        _ => None,
    })
}

fn failed(said: &[ServerMessage]) -> Option<(u16, u32)> {
    said.iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::TransferFailed { reason }, .. } => Some((reason.code, reason.sub_code)),
        _ => None,
    })
}

fn requested(said: &[ServerMessage]) -> Option<TransferId> {
    said.iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::TransferRequested { transfer, .. }, .. } => Some(transfer.clone()),
        _ => None,
    })
}

fn joined(said: &[ServerMessage], id: u32) -> Option<CallId> {
    said.iter().find_map(|message| match message {
        ServerMessage::Response { id: of, reply: Some(Reply::Joined { call }), .. } if *of == id => {
            Some(call.call_id.clone())
        }
        _ => None,
    })
}

fn error_name(said: &[ServerMessage], id: u32) -> String {
    said.iter()
        .find_map(|message| match message {
            ServerMessage::Response { id: of, error: Some(error), .. } if *of == id => Some(error.name.clone()),
            _ => None,
        })
        .unwrap_or_else(|| panic!("no error in {said:?}"))
}

/// `by` calls `user` with this handle, and `at` accepts with handle 1.
fn call(world: &mut World, by: SessionId, handle: u32, user: &User, at: SessionId) -> CallId {
    let users = vec![user.id.clone()];
    let id =
        world.ask(by, handle, Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false });
    let call = joined(&world.heard(by), id).expect("the caller is in");
    let ring = ring_of(&world.heard(at)).expect("it rings").ring;
    world.ask(at, 1, Request::Accept { ring, display_name: "Called".into(), muted: false });
    world.heard(at);
    world.heard(by);
    call
}

struct Three {
    users: [User; 3],
    ana: SessionId,
    ben: SessionId,
    cleo: SessionId,
}

/// Ana and Ben in a call of two, and Cleo with a device.
fn three(world: &mut World) -> Three {
    let users = ["Ana", "Ben", "Cleo"].map(|name| world.app_user(name));
    let [ana, ben, cleo] = [0, 1, 2].map(|n| world.connect(&users[n]));
    call(world, ana, 1, &users[1], ben);
    Three { users, ana, ben, cleo }
}

fn transfer(world: &mut World, session: SessionId, target: TransferTarget) -> u32 {
    world.ask(session, 1, Request::Transfer { target })
}

fn follow(world: &mut World, session: SessionId, transfer: &TransferId) -> u32 {
    world.ask(session, 2, Request::Follow { transfer: transfer.clone(), display_name: "Ben".into(), muted: false })
}

#[test]
fn who_is_handed_over_calls_the_target_and_the_call_ends_for_both_once_it_is_answered() {
    let mut world = World::new();
    let Three { users, ana, ben, cleo } = three(&mut world);
    transfer(&mut world, ana, TransferTarget::User { user: users[2].id.clone() });
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    let id = follow(&mut world, ben, &asked);
    let said = world.heard(ben);
    assert!(joined(&said, id).is_some());
    let ring = ring_of(&world.heard(cleo)).expect("it rings at Cleo");
    let by = Transferor { user: users[0].id.clone(), display_name: "Ana".into() };
    assert_eq!((&ring.caller, ring.display_name.as_str(), ring.transferor), (&users[1].id, "Ben", Some(by)));
    assert_eq!(end(&world.heard(ana), 1), None, "not before somebody answers");
    world.ask(cleo, 1, Request::Accept { ring: ring.ring, display_name: "Cleo".into(), muted: false });
    let (anas, bens) = (world.heard(ana), world.heard(ben));
    assert_eq!((end(&anas, 1), end(&bens, 1), end(&bens, 2)), (Some((0, 7015)), Some((0, 7015)), None));
    assert_eq!(failed(&anas), None);
    world.ask(cleo, 1, Request::Leave {});
    assert_eq!(end(&world.heard(ben), 2), Some((0, 5003)), "the new call is one of two");
    assert_eq!(world.node.counts().1, 0);
}

#[test]
fn a_transfer_to_somebody_who_does_not_come_fails_with_the_reason_and_the_call_goes_on() {
    let mut world = World::new();
    let Three { users, ana, ben, cleo } = three(&mut world);
    let nobody = world.app_user("Nobody");
    let to = |user: &User| TransferTarget::User { user: user.id.clone() };
    transfer(&mut world, ana, to(&nobody));
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    follow(&mut world, ben, &asked);
    assert_eq!((failed(&world.heard(ana)), end(&world.heard(ben), 2)), (Some((480, 10037)), Some((480, 10037))));

    transfer(&mut world, ana, to(&users[2]));
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    follow(&mut world, ben, &asked);
    let ring = ring_of(&world.heard(cleo)).expect("it rings").ring;
    world.ask(cleo, 0, Request::Decline { ring });
    assert_eq!(failed(&world.heard(ana)), Some((603, 0)));

    transfer(&mut world, ana, to(&users[2]));
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    follow(&mut world, ben, &asked);
    world.ask(ben, 2, Request::Leave {});
    assert_eq!(failed(&world.heard(ana)), Some((487, 0)), "who is handed over hangs up before");

    transfer(&mut world, ana, to(&users[2]));
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    world.pass_time(200);
    assert_eq!(failed(&world.heard(ana)), Some((487, 10004)), "a client that does nothing");
    let late = follow(&mut world, ben, &asked);
    let bens = world.heard(ben);
    assert_eq!((error_name(&bens, late).as_str(), end(&bens, 1), end(&world.heard(ana), 1)), ("notFound", None, None));
}

#[test]
fn who_is_handed_over_to_a_call_takes_the_place_in_it() {
    let mut world = World::new();
    let Three { users, ana, ben, cleo } = three(&mut world);
    let second = call(&mut world, ana, 2, &users[2], cleo);
    transfer(&mut world, ana, TransferTarget::Call { call_id: second.clone() });
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    let id = follow(&mut world, ben, &asked);
    assert_eq!(joined(&world.heard(ben), id), Some(second));
    let said = world.heard(ana);
    assert_eq!((end(&said, 1), end(&said, 2)), (Some((0, 7015)), Some((0, 7015))));
    assert_eq!(end(&world.heard(cleo), 1), None);
    world.ask(ben, 2, Request::Leave {});
    assert_eq!(end(&world.heard(cleo), 1), Some((0, 5003)), "it is still a call of two");
}

#[test]
fn a_transfer_is_followed_only_by_whom_it_is_for_and_once() {
    let mut world = World::new();
    let Three { users, ana, ben, cleo } = three(&mut world);
    transfer(&mut world, ana, TransferTarget::User { user: users[2].id.clone() });
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    for thief in [ana, cleo] {
        world.heard(thief);
        let id = follow(&mut world, thief, &asked);
        assert_eq!(error_name(&world.heard(thief), id), "notFound");
    }
    follow(&mut world, ben, &asked);
    let again = world.ask(ben, 3, Request::Follow { transfer: asked, display_name: "Ben".into(), muted: false });
    assert_eq!(error_name(&world.heard(ben), again), "notFound");
}

#[test]
fn nobody_is_handed_over_to_where_who_does_it_is_not_nor_into_a_meeting_nor_out_of_a_group() {
    let mut world = World::new();
    let Three { users, ana, ben, cleo } = three(&mut world);
    let group = || JoinTarget::Group { group_id: "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11".into() };
    let id = world.join(cleo, 1, group(), "Cleo");
    let cleos = joined(&world.heard(cleo), id).expect("Cleo is in");
    let (_, meeting) = world.meeting(convene_model::record::LobbyScope::Everyone);
    let target = JoinTarget::MeetingId { meeting_id: meeting.join_meeting_id, passcode: Some(meeting.passcode) };
    let id = world.join(ana, 3, target, "Ana");
    let anas = joined(&world.heard(ana), id).expect("Ana is in the meeting");
    for call_id in [cleos, anas, CallId("none".into())] {
        let id = transfer(&mut world, ana, TransferTarget::Call { call_id });
        assert_eq!(error_name(&world.heard(ana), id), "notFound");
    }
    assert_eq!(requested(&world.heard(ben)), None);

    let id = transfer(&mut world, cleo, TransferTarget::User { user: users[0].id.clone() });
    assert_eq!(error_name(&world.heard(cleo), id), "forbidden", "alone in a group call");
    let id = transfer(&mut world, ana, TransferTarget::User { user: users[1].id.clone() });
    assert_eq!(error_name(&world.heard(ana), id), "badRequest", "to whom it is with already");
    transfer(&mut world, ana, TransferTarget::User { user: users[2].id.clone() });
    let id = transfer(&mut world, ana, TransferTarget::User { user: users[2].id.clone() });
    assert_eq!(error_name(&world.heard(ana), id), "badRequest", "one at a time");
}

#[test]
fn a_token_that_may_only_join_hands_nobody_over_and_is_not_handed_over() {
    let mut world = World::new();
    let Three { users, ana, ben, .. } = three(&mut world);
    let token = world.token(&users[1], "voip.join");
    let joins = world.open();
    world.hello(joins, token);
    world.heard(joins);
    transfer(&mut world, ana, TransferTarget::User { user: users[2].id.clone() });
    let asked = requested(&world.heard(ben)).expect("Ben is asked");
    let id = follow(&mut world, joins, &asked);
    assert_eq!(error_name(&world.heard(joins), id), "scopeMissing");
    assert_eq!(failed(&world.heard(ana)), Some((403, 10009)));
}
