//! Group calls with a lobby, calls that ring with one, and what the operator says of calls from apps.

mod world;

use convene_identity::NewUser;
use convene_model::group_call::{CallsFromApps, GroupBypass, GroupCall};
use convene_model::record::{CallTarget, JournalRow, User};
use convene_model::{RawId, RingId, SessionId};
use convene_node::{Found, Input, Lookup, OpenCallRecord};
use convene_protocol::{CallView, Event, JoinTarget, Reply, Request, ServerMessage};
use world::{RESOURCE, World};

const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";

fn target() -> JoinTarget {
    JoinTarget::Group { group_id: GROUP.to_uppercase() }
}

fn lobby(host: &User) -> GroupCall {
    let hosts = [host.id.clone()].into();
    GroupCall { lobby: Some(GroupBypass::Nobody), hosts, version: 1, ..GroupCall::open(RESOURCE, GROUP) }
}

fn view(said: &[ServerMessage]) -> Option<CallView> {
    said.iter().find_map(|message| match message {
        ServerMessage::Response { reply: Some(Reply::Joined { call }), .. }
        | ServerMessage::Event { event: Event::Admitted { call }, .. } => Some(call.clone()),
        _ => None,
    })
}

fn is_waiting(said: &[ServerMessage]) -> bool {
    said.iter().any(|message| matches!(message, ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. }))
}

fn is_put_back(said: &[ServerMessage]) -> bool {
    said.iter().any(|message| matches!(message, ServerMessage::Event { event: Event::PutBack { .. }, .. }))
}

fn end(said: &[ServerMessage]) -> Option<(u16, u32)> {
    said.iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Ended { end }, .. } => Some((end.reason.code, end.reason.sub_code)),
        _ => None,
    })
}

fn error(said: &[ServerMessage]) -> Option<(u16, String)> {
    said.iter().find_map(|message| match message {
        ServerMessage::Response { error: Some(error), .. } => Some((error.code, error.message.clone())),
        _ => None,
    })
}

fn ring_of(said: &[ServerMessage]) -> Option<RingId> {
    said.iter().find_map(|message| match message {
        ServerMessage::Rings { ring } => Some(ring.ring.clone()),
        _ => None,
    })
}

fn start(world: &mut World, session: SessionId, users: &[&User], lobby: bool) {
    let users = users.iter().map(|user| user.id.clone()).collect();
    world.ask(session, 1, Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby });
}

fn accept(world: &mut World, session: SessionId) {
    let said = world.heard(session);
    let ring = ring_of(&said).unwrap_or_else(|| panic!("nothing rings in {said:?}"));
    world.ask(session, 1, Request::Accept { ring, display_name: "Ben".into(), muted: false });
}

#[test]
fn a_group_call_takes_its_lobby_from_the_store_and_its_hosts_let_in_who_waits() {
    let mut world = World::new();
    let (host, guest) = (world.app_user("Hana"), world.app_user("Gus"));
    world.groups.push(lobby(&host));
    let (h, g) = (world.connect(&host), world.connect(&guest));
    world.join(g, 1, target(), "Gus");
    assert!(is_waiting(&world.heard(g)), "before anybody is in, too");
    world.join(h, 1, target(), "Hana");
    let call = view(&world.heard(h)).expect("a host never waits");
    assert_eq!(call.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&guest.id]);
    world.ask(h, 1, Request::Admit { user: guest.id.clone() });
    let admitted = view(&world.heard(g)).expect("let in");
    assert_eq!(admitted.call_id, call.call_id);
}

#[test]
fn nothing_but_its_own_state_reaches_somebody_who_waits_for_a_group_call() {
    let mut world = World::new();
    let (host, friend, guest) = (world.app_user("Hana"), world.app_user("Friedrich"), world.app_user("Gus"));
    world.groups.push(GroupCall {
        lobby: Some(GroupBypass::Named),
        bypassers: [friend.id.clone()].into(),
        ..lobby(&host)
    });
    let (h, f, g) = (world.connect(&host), world.connect(&friend), world.connect(&guest));
    world.join(h, 1, target(), "Hana");
    let call = view(&world.heard(h)).expect("in");
    let before = world.wire[&g].len();
    world.join(g, 1, target(), "Gus");
    world.join(f, 1, target(), "Friedrich");
    world.ask(h, 1, Request::SetMuted { muted: true });
    world.ask(f, 1, Request::RaiseHand {});
    world.ask(f, 1, Request::SendText { text: "a secret".into(), done: true });
    world.ask(h, 1, Request::Reject { user: guest.id.clone() });
    world.join(f, 2, target(), "Friedrich");
    let all = world.wire[&g][before..].join("\n");
    assert_eq!(world.wire[&g].len() - before, 2, "the wait and its end: {all}");
    assert!(all.contains("\"waiting\"") && all.contains("\"lobbyRejected\""), "{all}");
    let thread = call.thread_id.expect("a group call has a chat");
    for secret in [host.id.as_str(), friend.id.as_str(), "Hana", "Friedrich", "secret", thread.as_str()] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(!all.contains(call.call_id.as_str()), "{all}");
    let media = format!("{:?}", world.media);
    assert!(!media.contains(guest.id.as_str()), "{media}");
}

#[test]
fn a_lobby_that_is_set_holds_for_a_live_call_at_once_and_for_those_who_are_just_coming() {
    let mut world = World::new();
    let (host, friend, guest) = (world.app_user("Hana"), world.app_user("Fay"), world.app_user("Gus"));
    let sessions = [&host, &friend, &guest].map(|user| world.connect(user));
    let [h, f, g] = sessions;
    world.join(f, 1, target(), "Fay");
    assert!(view(&world.heard(f)).is_some(), "nobody said anything of this group");
    world.give(Input::GroupCallChanged(Box::new(lobby(&host))));
    world.join(g, 1, target(), "Gus");
    assert!(is_waiting(&world.heard(g)));
    world.join(h, 1, target(), "Hana");
    assert!(view(&world.heard(h)).is_some());
    let older = GroupCall { version: 0, ..GroupCall::open(RESOURCE, GROUP) };
    world.give(Input::GroupCallChanged(Box::new(older)));
    assert!(view(&world.heard(g)).is_none(), "an older version changes nothing");
    let deleted = GroupCall { version: 2, ..GroupCall::open(RESOURCE, GROUP) };
    world.give(Input::GroupCallChanged(Box::new(deleted)));
    assert!(view(&world.heard(g)).is_some(), "without a lobby nobody waits");
}

#[test]
fn who_looked_a_group_up_before_it_got_its_lobby_waits_all_the_same() {
    let mut world = World::new();
    let (host, guest) = (world.app_user("Hana"), world.app_user("Gus"));
    let g = world.connect(&guest);
    world.hold_lookups = true;
    world.join(g, 1, target(), "Gus");
    world.hold_lookups = false;
    let (lookup, what) = world.lookups.pop().expect("it is looked up");
    assert_eq!(what, Lookup::GroupCall { resource: RESOURCE.into(), group_id: GROUP.into() });
    world.give(Input::GroupCallChanged(Box::new(lobby(&host))));
    let found = Found::GroupCall(Box::new(GroupCall::open(RESOURCE, GROUP)));
    world.give(Input::LookedUp { lookup, found });
    assert!(is_waiting(&world.heard(g)));
}

#[test]
fn who_knocks_too_often_at_a_group_call_is_sent_away() {
    let mut world = World::new();
    let (host, guest) = (world.app_user("Hana"), world.app_user("Gus"));
    world.groups.push(lobby(&host));
    let g = world.connect(&guest);
    let mut refused = None;
    for _ in 0..200 {
        world.join(g, 1, target(), "Gus");
        refused = error(&world.heard(g)).map(|(code, _)| code);
        if refused.is_some() {
            break;
        }
        world.ask(g, 1, Request::Leave {});
    }
    assert_eq!(refused, Some(429));
    let h = world.connect(&host);
    world.join(h, 1, target(), "Hana");
    assert!(view(&world.heard(h)).is_some(), "a host is not kept out by those who knock");
}

#[test]
fn after_a_restart_a_group_call_has_its_lobby_and_its_hosts() {
    let mut world = World::new();
    let (host, guest) = (world.app_user("Hana"), world.app_user("Gus"));
    let h = world.connect(&host);
    world.groups.push(lobby(&host));
    world.join(h, 1, target(), "Hana");
    let call = view(&world.heard(h)).expect("in");
    let mut next = world.restarted();
    let record = OpenCallRecord {
        call: call.call_id.clone(),
        target: CallTarget::Group { resource: RESOURCE.into(), group_id: GROUP.into() },
        meeting: None,
        room: None,
        group: world.groups.first().cloned(),
        journal: world.rows.clone(),
    };
    next.give(Input::Recover(Box::new(record)));
    let (h, g) = (next.connect(&host), next.connect(&guest));
    next.join(g, 1, target(), "Gus");
    assert!(is_waiting(&next.heard(g)));
    next.ask(h, 1, Request::Resume { secret: call.resume_secret });
    let back = view(&next.heard(h)).expect("back");
    assert_eq!(back.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&guest.id]);
}

#[test]
fn a_call_that_rings_with_a_lobby_lets_in_whom_its_caller_calls_and_has_others_wait_also_after_a_restart() {
    let mut world = World::new();
    let (ana, ben, cora) = (world.app_user("Ana"), world.app_user("Ben"), world.app_user("Cora"));
    let sessions = [&ana, &ben, &cora].map(|user| world.connect(user));
    let [a, b, c] = sessions;
    start(&mut world, a, &[&ben], true);
    accept(&mut world, b);
    assert!(view(&world.heard(b)).is_some());
    let of_ana = view(&world.heard(a)).expect("in");
    world.ask(b, 1, Request::AddParticipant { user: cora.id.clone() });
    accept(&mut world, c);
    let said = world.heard(c);
    assert!(is_waiting(&said), "{said:?}");
    assert!(!said.iter().any(|message| matches!(message, ServerMessage::RingOver { .. })), "it was accepted here");
    let mut next = world.restarted();
    let target = world.rows.iter().find_map(|row| match row {
        JournalRow::CallStarted { target, .. } => Some(target.clone()),
        _ => None,
    });
    let target = target.expect("it started");
    let CallTarget::Group { group_id, .. } = &target else { panic!("{target:?}") };
    let to_group = JoinTarget::Group { group_id: group_id.clone() };
    let (call, journal) = (of_ana.call_id.clone(), world.rows.clone());
    let record = OpenCallRecord { call, target, meeting: None, room: None, group: None, journal };
    next.give(Input::Recover(Box::new(record)));
    let (a, c) = (next.connect(&ana), next.connect(&cora));
    next.ask(a, 1, Request::Resume { secret: of_ana.resume_secret });
    assert!(view(&next.heard(a)).is_some());
    next.join(c, 1, to_group, "Cora");
    assert!(is_waiting(&next.heard(c)));
    next.ask(a, 1, Request::Admit { user: cora.id.clone() });
    assert!(view(&next.heard(c)).is_some());
}

/// An app's user and a user of the organization who takes apps' calls so, with a session each.
fn across(calls_from_apps: CallsFromApps) -> (World, [User; 2], [SessionId; 2]) {
    let mut world = World::taking(calls_from_apps);
    let (ana, olga) = (world.app_user("Ana"), world.user("Olga", NewUser::Organization));
    let sessions = [&ana, &olga].map(|user| world.connect(user));
    (world, [ana, olga], sessions)
}

#[test]
fn where_the_operator_wants_it_an_apps_user_waits_until_who_answered_lets_them_in() {
    let (mut world, [ana, olga], [a, o]) = across(CallsFromApps::Lobby);
    start(&mut world, a, &[&olga], false);
    assert!(view(&world.heard(a)).is_some(), "while it rings, alone");
    let before = world.wire[&a].len();
    accept(&mut world, o);
    let call = view(&world.heard(o)).expect("in");
    assert_eq!(call.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&ana.id]);
    world.ask(o, 1, Request::SetMuted { muted: true });
    let told = world.wire[&a][before..].join("\n");
    assert!(!told.contains(olga.id.as_str()) && !told.contains("Ben"), "{told}");
    assert!(is_put_back(&world.heard(a)));
    world.ask(o, 1, Request::Admit { user: ana.id.clone() });
    let admitted = view(&world.heard(a)).expect("let in");
    assert_eq!(admitted.participants.iter().map(|each| &each.user).collect::<Vec<_>>(), [&olga.id]);
    world.ask(o, 1, Request::Leave {});
    assert_eq!(end(&world.heard(a)), Some((0, 5003)));
}

#[test]
fn an_apps_server_says_nothing_about_a_call_that_a_user_of_the_organization_hosts() {
    let (mut world, [ana, olga], [a, o]) = across(CallsFromApps::Lobby);
    start(&mut world, a, &[&olga], true);
    accept(&mut world, o);
    assert!(is_put_back(&world.heard(a)));
    let target = world.rows.iter().find_map(|row| match row {
        JournalRow::CallStarted { target: CallTarget::Group { resource, group_id }, .. } => {
            Some(GroupCall::open(resource, group_id))
        }
        _ => None,
    });
    let open = GroupCall { version: u64::MAX, ..target.expect("it started") };
    world.give(Input::GroupCallChanged(Box::new(open)));
    assert!(view(&world.heard(a)).is_none(), "{} is not let in", ana.id);
}

#[test]
fn with_a_lobby_for_calls_from_apps_their_users_call_one_of_the_organization_alone_and_add_none() {
    let (mut world, [_, olga], [a, _]) = across(CallsFromApps::Lobby);
    let ben = world.app_user("Ben");
    let b = world.connect(&ben);
    start(&mut world, a, &[&olga, &ben], false);
    let (code, why) = error(&world.heard(a)).expect("refused");
    assert_eq!((code, why.contains("is called alone")), (403, true), "{why}");
    start(&mut world, a, &[&ben], false);
    accept(&mut world, b);
    world.heard(a);
    world.ask(a, 1, Request::AddParticipant { user: olga.id.clone() });
    let (code, why) = error(&world.heard(a)).expect("refused");
    assert_eq!((code, why.contains("is not added to a call of an app")), (403, true), "{why}");
}

#[test]
fn where_the_operator_wants_none_apps_users_call_nobody_of_the_organization_who_calls_them_as_before() {
    let (mut world, [ana, olga], [a, o]) = across(CallsFromApps::Off);
    start(&mut world, a, &[&olga], false);
    let (code, why) = error(&world.heard(a)).expect("refused");
    assert_eq!((code, why.contains("takes no calls from apps")), (403, true), "{why}");
    let nobody = RawId::organization_user("99999999-9999-4999-8999-999999999999");
    world.ask(a, 1, Request::StartCall { users: vec![nobody], display_name: "Ana".into(), muted: false, lobby: false });
    assert_eq!(error(&world.heard(a)), Some((code, why)), "whether there is such a user or not");
    assert!(ring_of(&world.heard(o)).is_none());
    start(&mut world, o, &[&ana], false);
    accept(&mut world, a);
    assert!(view(&world.heard(a)).is_some());
    assert_eq!(world.node.counts().1, 1, "the calls that were refused left nothing");
}
