//! Rooms as their clients see them: who comes in, when, as what, and what changes mean for a call that goes on.

mod world;

use convene_identity::NewUser;
use convene_model::record::{CallTarget, JournalRow, Room, User};
use convene_model::{Capability, ErrorCode, Role, SessionId, ThreadId};
use convene_node::{Found, Input, OpenCallRecord, Output};
use convene_protocol::{CallView, CapabilitiesReason, ErrorBody, Event, JoinTarget, Reply, Request, ServerMessage};
use world::{World, at};

fn target(room: &Room) -> JoinTarget {
    JoinTarget::Room { room_id: room.id.0.clone() }
}

fn answer(world: &mut World, session: SessionId, id: u32) -> Result<Reply, ErrorBody> {
    let said = world.heard(session);
    let found = said.iter().find_map(|message| match message {
        ServerMessage::Response { id: answered, reply, error } if *answered == id => {
            Some(reply.clone().ok_or_else(|| error.clone().expect("a reply or an error")))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no answer to {id} in {said:?}"))
}

/// What becomes of `user`, who wants in.
fn tries(world: &mut World, user: &User, room: &Room) -> (SessionId, Result<Reply, ErrorBody>) {
    let session = world.connect(user);
    let id = world.join(session, 1, target(room), "");
    let reply = answer(world, session, id);
    (session, reply)
}

fn comes_in(world: &mut World, user: &User, room: &Room) -> (SessionId, CallView) {
    match tries(world, user, room) {
        (session, Ok(Reply::Joined { call })) => (session, call),
        (_, other) => panic!("{other:?}"),
    }
}

fn refused(world: &mut World, user: &User, room: &Room) -> ErrorCode {
    let error = tries(world, user, room).1.expect_err("a refusal");
    ErrorCode::ALL.into_iter().find(|code| code.name() == error.name).expect("a known code")
}

fn invite(room: &mut Room, user: &User, role: Option<Role>) {
    match role {
        Some(role) => room.participants.insert(user.id.clone(), role),
        None => room.participants.remove(&user.id),
    };
}

fn ended(world: &mut World, session: SessionId) -> Option<(u16, u32)> {
    world.heard(session).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Ended { end }, .. } => Some((end.reason.code, end.reason.sub_code)),
        _ => None,
    })
}

#[test]
fn who_is_invited_comes_in_with_the_role_of_the_list_and_others_do_not() {
    let mut world = World::new();
    let roles = [Role::Presenter, Role::Collaborator, Role::Attendee, Role::Consumer];
    let users = roles.map(|_| world.app_user("Somebody"));
    let invited: Vec<(&User, Role)> = users.iter().zip(roles).collect();
    let room = world.room(false, &invited);
    for (user, role) in invited {
        let (_, call) = comes_in(&mut world, user, &room);
        let may = |capability| call.capabilities.contains(&capability);
        let own = ThreadId::of_call(&call.call_id);
        assert_eq!((call.role, call.thread_id.as_ref(), call.subject.as_ref()), (role, Some(&own), None));
        let sends = [Capability::UnmuteMic, Capability::TurnVideoOn, Capability::ShareScreen].map(may);
        let expected = match role {
            Role::Consumer => [false; 3],
            Role::Attendee => [true, true, false],
            _ => [true; 3],
        };
        assert_eq!((sends, may(Capability::RemoveParticipant)), (expected, role == Role::Presenter), "{role:?}");
    }
    let stranger = world.app_user("Stranger");
    assert_eq!(refused(&mut world, &stranger, &room), ErrorCode::NotInvited);
    assert_eq!(world.node.counts().1, 1);
}

#[test]
fn an_unknown_room_a_deleted_one_another_resources_and_what_is_no_room_id_answer_alike() {
    let mut world = World::new();
    let user = world.app_user("Ana");
    let other = world.user("Ben", NewUser::Communication { resource: "33333333-3333-4333-8333-333333333333".into() });
    let room = world.room(true, &[(&user, Role::Presenter), (&other, Role::Presenter)]);
    let unknown = ErrorBody::from(ErrorCode::RoomNotFound);
    assert_eq!((unknown.code, unknown.sub_code), (404, 5732));
    assert_eq!(tries(&mut world, &other, &room).1, Err(unknown.clone()));
    let session = world.connect(&user);
    for room_id in ["99199690362660524", "", "9919", "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11", "9919969036266052ä"] {
        let id = world.join(session, 1, JoinTarget::Room { room_id: room_id.into() }, "");
        assert_eq!(answer(&mut world, session, id), Err(unknown.clone()), "{room_id}");
    }
    world.rooms.clear();
    world.give(Input::RoomDeleted { resource: room.resource.clone(), room: room.id.clone() });
    assert_eq!(tries(&mut world, &user, &room).1, Err(unknown));
}

#[test]
fn guessing_room_ids_is_limited_by_address() {
    let mut world = World::new();
    let user = world.app_user("Ana");
    let session = world.connect(&user);
    let mut last = None;
    for _ in 0..31 {
        let id = world.join(session, 1, JoinTarget::Room { room_id: "99199690362660524".into() }, "");
        last = Some(answer(&mut world, session, id).expect_err("a refusal").name);
    }
    assert_eq!(last.as_deref(), Some("tooManyRequests"));
}

#[test]
fn organizers_and_visitors_are_told_that_rooms_are_for_apps_users_whether_there_is_one_or_not() {
    let mut world = World::new();
    let room = world.room(true, &[]);
    let organizer = world.user("Olga", NewUser::Organization);
    let session = world.connect(&organizer);
    for room_id in [room.id.0.as_str(), "99199690362660524"] {
        let id = world.join(session, 1, JoinTarget::Room { room_id: room_id.into() }, "");
        let error = answer(&mut world, session, id).expect_err("a refusal");
        assert_eq!((error.code, error.sub_code), (403, 5830));
    }
}

#[test]
fn a_room_is_joined_only_within_its_time() {
    let mut world = World::new();
    let user = world.app_user("Ana");
    let room = world.room(false, &[(&user, Role::Presenter)]);
    world.rooms[0].valid_from = at(100).wall;
    world.rooms[0].valid_until = at(200).wall;
    world.pass_time(99);
    assert_eq!(refused(&mut world, &user, &room), ErrorCode::RoomNotOpen);
    world.pass_time(100);
    let (session, _) = comes_in(&mut world, &user, &room);
    world.pass_time(199);
    assert_eq!(ended(&mut world, session), None);
    world.pass_time(200);
    assert_eq!(ended(&mut world, session), Some((0, 5829)));
    assert_eq!(refused(&mut world, &user, &room), ErrorCode::RoomOver);
    assert_eq!(world.node.counts().1, 0);
}

#[test]
fn the_end_of_the_time_is_when_the_node_wants_to_be_woken() {
    let mut world = World::new();
    let user = world.app_user("Ana");
    let room = world.room(false, &[(&user, Role::Presenter)]);
    world.rooms[0].valid_until = at(20).wall;
    let (session, _) = comes_in(&mut world, &user, &room);
    assert_eq!(world.node.poll_timeout(), Some(at(20).mono));
    world.change_room(&room, |room| room.valid_until = at(30).wall);
    world.pass_time(20);
    assert_eq!(ended(&mut world, session), None);
    world.change_room(&room, |room| room.valid_until = at(10).wall);
    assert_eq!(ended(&mut world, session), Some((0, 5829)));
}

#[test]
fn whose_invitation_is_taken_back_is_out_at_once_and_may_come_when_invited_again() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let room = world.room(false, &[(&ana, Role::Presenter), (&ben, Role::Attendee)]);
    let (a, _) = comes_in(&mut world, &ana, &room);
    let (b, view) = comes_in(&mut world, &ben, &room);
    world.change_room(&room, |room| invite(room, &ben, None));
    assert_eq!(ended(&mut world, b), Some((0, 5317)));
    let left = world.heard(a).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::ParticipantLeft { user, reason }, .. } => Some((user, reason.sub_code)),
        _ => None,
    });
    assert_eq!(left, Some((ben.id.clone(), 5317)));
    let id = world.ask(b, 1, Request::Resume { secret: view.resume_secret });
    assert_eq!(answer(&mut world, b, id).expect_err("a refusal").name, "sessionLost");
    assert_eq!(refused(&mut world, &ben, &room), ErrorCode::NotInvited);
    world.change_room(&room, |room| invite(room, &ben, Some(Role::Consumer)));
    assert_eq!(comes_in(&mut world, &ben, &room).1.role, Role::Consumer);
}

#[test]
fn a_role_that_is_changed_holds_at_once_and_older_changes_are_ignored() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let room = world.room(false, &[(&ana, Role::Presenter), (&ben, Role::Attendee)]);
    let (a, _) = comes_in(&mut world, &ana, &room);
    let (b, _) = comes_in(&mut world, &ben, &room);
    world.ask(b, 1, Request::Negotiate { offer: "v=0".into(), tracks: vec![] });
    world.ask(b, 1, Request::Publish { source: convene_model::media::Source::Camera });
    world.heard(a);
    world.media.clear();
    world.change_room(&room, |room| invite(room, &ben, Some(Role::Consumer)));
    let change = world.heard(b).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::CapabilitiesChanged { role, capabilities, reason }, .. } => {
            Some((role, capabilities, reason))
        }
        _ => None,
    });
    let expected = vec![Capability::RaiseHand, Capability::UseReactions];
    assert_eq!(change, Some((Role::Consumer, expected, CapabilitiesReason::RoleChanged)));
    let may_send = world.media.iter().find_map(|command| match command {
        convene_model::media::MediaCommand::SetMaySend { may_send, .. } => Some(*may_send),
        _ => None,
    });
    let nothing = convene_model::media::MaySend { microphone: false, camera: false, screen: false };
    assert_eq!(may_send, Some(nothing));
    let id = world.ask(b, 1, Request::SetMuted { muted: false });
    assert_eq!(answer(&mut world, b, id).expect_err("a refusal").code, 403);
    // The room of before, told late.
    world.give(Input::RoomChanged(Box::new(room.clone())));
    assert!(world.heard(b).is_empty());
    let id = world.ask(a, 1, Request::SetRole { user: ben.id.clone(), role: Role::Presenter });
    assert_eq!(answer(&mut world, a, id).expect_err("roles are the list's").code, 403);
}

#[test]
fn a_deleted_room_ends_its_call() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let room = world.room(false, &[(&ana, Role::Presenter)]);
    let (a, _) = comes_in(&mut world, &ana, &room);
    world.give(Input::RoomDeleted { resource: "another".into(), room: room.id.clone() });
    assert_eq!(ended(&mut world, a), None);
    world.give(Input::RoomDeleted { resource: room.resource.clone(), room: room.id.clone() });
    assert_eq!(ended(&mut world, a), Some((0, 4097)));
    let data = &world.events.last().expect("events").data;
    assert!(
        data.contains("\"isRoomsCall\":true") && data.contains(&format!("\"room\":{{\"id\":\"{}\"}}", room.id)),
        "{data}"
    );
}

#[test]
fn in_a_room_with_a_lobby_strangers_knock_and_presenters_alone_let_them_in() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let room = world.room(true, &[(&ana, Role::Presenter), (&ben, Role::Collaborator)]);
    let (first, second) = (world.app_user("First"), world.app_user("Second"));
    // Whoever comes first decides nothing.
    let (knocking, reply) = tries(&mut world, &first, &room);
    assert!(matches!(reply, Ok(Reply::Waiting { .. })), "{reply:?}");
    let (b, _) = comes_in(&mut world, &ben, &room);
    let (a, call) = comes_in(&mut world, &ana, &room);
    assert_eq!(call.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&first.id]);
    let id = world.ask(b, 1, Request::Admit { user: first.id.clone() });
    assert_eq!(answer(&mut world, b, id).expect_err("a collaborator admits nobody").code, 403);
    let id = world.ask(a, 1, Request::Admit { user: first.id.clone() });
    assert!(answer(&mut world, a, id).is_ok());
    let admitted = world.heard(knocking).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Admitted { call }, .. } => Some(call.role),
        _ => None,
    });
    assert_eq!(admitted, Some(Role::Attendee));
    let (other, _) = tries(&mut world, &second, &room);
    world.ask(a, 1, Request::Reject { user: second.id.clone() });
    assert_eq!(ended(&mut world, other), Some((0, 5854)));
    // Admitted by name, and not on the list: a change of the list is not about them.
    world.change_room(&room, |room| invite(room, &second, Some(Role::Consumer)));
    assert_eq!(ended(&mut world, knocking), None);
}

#[test]
fn who_waits_is_let_in_by_an_invitation_and_sent_away_when_the_lobby_is_closed() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let room = world.room(true, &[(&ana, Role::Presenter)]);
    let (a, call) = comes_in(&mut world, &ana, &room);
    assert!(call.capabilities.contains(&Capability::ManageLobby));
    let (first, second) = (world.app_user("First"), world.app_user("Second"));
    let (f, _) = tries(&mut world, &first, &room);
    let (s, _) = tries(&mut world, &second, &room);
    world.change_room(&room, |room| invite(room, &first, Some(Role::Collaborator)));
    let admitted = world.heard(f).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Admitted { call }, .. } => Some(call.role),
        _ => None,
    });
    assert_eq!(admitted, Some(Role::Collaborator));
    world.heard(a);
    world.change_room(&room, |room| room.lobby = false);
    assert_eq!(ended(&mut world, s), Some((403, 5828)));
    let capabilities = world.heard(a).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::CapabilitiesChanged { capabilities, .. }, .. } => Some(capabilities),
        _ => None,
    });
    assert!(!capabilities.expect("capabilities").contains(&Capability::ManageLobby));
}

#[test]
fn nobody_knocks_outside_the_rooms_time_and_the_end_of_it_sends_away_who_waits() {
    let mut world = World::new();
    let stranger = world.app_user("Stranger");
    let room = world.room(true, &[]);
    world.rooms[0].valid_from = at(100).wall;
    world.rooms[0].valid_until = at(200).wall;
    assert_eq!(refused(&mut world, &stranger, &room), ErrorCode::RoomNotOpen);
    world.pass_time(150);
    let (session, reply) = tries(&mut world, &stranger, &room);
    assert!(matches!(reply, Ok(Reply::Waiting { .. })), "{reply:?}");
    world.pass_time(200);
    assert_eq!(ended(&mut world, session), Some((0, 5829)));
}

#[test]
fn a_change_while_the_room_is_being_looked_up_is_seen() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let room = world.room(false, &[(&ana, Role::Presenter)]);
    let session = world.connect(&ana);
    let text = convene_protocol::encode_client(&convene_protocol::ClientMessage::Request {
        id: 900,
        call: 1,
        request: Request::Join { target: target(&room), display_name: String::new(), muted: false },
    });
    world.node.handle(Input::Message { session, text }, at(0));
    let Some(Output::Lookup { lookup, .. }) = world.node.poll_output() else { panic!("no lookup") };
    let gone = Room { participants: [].into(), version: 2, ..room.clone() };
    world.node.handle(Input::RoomChanged(Box::new(gone)), at(0));
    world.give(Input::LookedUp { lookup, found: Found::Room(Some(Box::new(room))) });
    assert_eq!(answer(&mut world, session, 900).expect_err("a refusal").sub_code, 5828);
}

#[test]
fn a_restart_keeps_who_was_in_by_the_list_as_it_is_then_and_who_was_admitted() {
    let mut world = World::new();
    let (ana, ben, guest) = (world.app_user("Ana"), world.app_user("Ben"), world.app_user("Guest"));
    let room = world.room(true, &[(&ana, Role::Presenter), (&ben, Role::Presenter)]);
    let (a, of_ana) = comes_in(&mut world, &ana, &room);
    let (_, of_ben) = comes_in(&mut world, &ben, &room);
    let (knocking, _) = tries(&mut world, &guest, &room);
    world.ask(a, 1, Request::Admit { user: guest.id.clone() });
    let of_guest = world.heard(knocking).into_iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Admitted { call }, .. } => Some(call),
        _ => None,
    });
    // While the server is down, Ben's invitation is taken back, and Ana becomes a consumer.
    let mut now = world.restarted();
    now.rooms[0].participants = [(ana.id.clone(), Role::Consumer)].into();
    now.rooms[0].version += 2;
    let target = CallTarget::Room { resource: room.resource.clone(), room: room.id.clone() };
    let record = OpenCallRecord {
        call: of_ana.call_id.clone(),
        target,
        meeting: None,
        room: now.rooms.first().cloned(),
        group: None,
        journal: world.rows.clone(),
    };
    now.give(Input::Recover(Box::new(record)));
    let gone = |row: &JournalRow| matches!(row, JournalRow::Left { user, reason: ErrorCode::InviteRemoved, .. } if *user == ben.id);
    assert_eq!(now.rows.iter().filter(|row| gone(row)).count(), 1, "{:?}", now.rows);
    let mut back = |user: &User, view: &CallView| {
        let session = now.connect(user);
        let id = now.ask(session, 1, Request::Resume { secret: view.resume_secret.clone() });
        match answer(&mut now, session, id) {
            Ok(Reply::Joined { call }) => Some(call.role),
            _ => None,
        }
    };
    assert_eq!(back(&ana, &of_ana), Some(Role::Consumer));
    assert_eq!(back(&guest, &of_guest.expect("admitted")), Some(Role::Attendee));
    assert_eq!(back(&ben, &of_ben), None);
}

#[test]
fn a_call_whose_rooms_time_ended_while_the_server_was_down_ends_at_its_start() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let room = world.room(false, &[(&ana, Role::Presenter)]);
    let (_, view) = comes_in(&mut world, &ana, &room);
    let mut now = world.restarted();
    now.now = at(4_000);
    let target = CallTarget::Room { resource: room.resource.clone(), room: room.id.clone() };
    let journal = world.rows.clone();
    let record = OpenCallRecord { call: view.call_id, target, meeting: None, room: Some(room), group: None, journal };
    now.give(Input::Recover(Box::new(record)));
    assert!(matches!(now.rows.last(), Some(JournalRow::CallEnded { .. })), "{:?}", now.rows);
    assert_eq!(now.node.counts().1, 0);
}
