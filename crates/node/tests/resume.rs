//! Coming back: after a lost connection, after a restart of the server, and with a new token.

mod world;

use convene_directory::join_web_url;
use convene_model::media::MediaCommand;
use convene_model::record::{CallTarget, JournalRow, LobbyScope};
use convene_model::{ErrorCode, PeerId, SessionId};
use convene_node::{Input, OpenCallRecord};
use convene_protocol::{CallView, ClientMessage, Event, JoinTarget, Reply, Request, ServerMessage};
use world::{RELAY, URL, World, at};

const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";

fn group() -> JoinTarget {
    JoinTarget::Group { group_id: GROUP.into() }
}

fn joined(world: &mut World, session: SessionId, id: u32) -> CallView {
    let said = world.heard(session);
    said.iter()
        .find_map(|message| match message {
            ServerMessage::Response { id: answered, reply: Some(Reply::Joined { call }), .. } if *answered == id => {
                Some(call.clone())
            }
            _ => None,
        })
        .unwrap_or_else(|| panic!("not joined: {said:?}"))
}

fn refusal(world: &mut World, session: SessionId) -> String {
    match world.heard(session).pop() {
        Some(ServerMessage::Response { error: Some(error), .. }) => error.name,
        other => panic!("no refusal, but {other:?}"),
    }
}

/// Two people in a group call: their sessions, and the second one's view.
fn two_in_a_call(world: &mut World) -> (SessionId, SessionId, CallView) {
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let (a, b) = (world.connect(&ana), world.connect(&ben));
    world.join(a, 1, group(), "Ana");
    let id = world.join(b, 1, group(), "Ben");
    let view = joined(world, b, id);
    world.heard(a);
    (a, b, view)
}

fn offer() -> Request {
    Request::Negotiate { offer: "v=0".into(), tracks: vec![] }
}

#[test]
fn a_leg_whose_connection_was_lost_comes_back_as_the_same_participant_with_its_media() {
    let mut world = World::new();
    let (a, b, view) = two_in_a_call(&mut world);
    let ben = world.users[&user_of(&world, "Ben")].clone();
    world.ask(b, 1, offer());
    world.give(Input::Closed { session: b, by_client: false });
    let said = world.heard(a);
    let Some(ServerMessage::Event { event: Event::ParticipantChanged { participant }, .. }) = said.last() else {
        panic!("{said:?}")
    };
    assert!(participant.legs[0].away);
    world.pass_time(20);
    let again = world.connect(&ben);
    let id = world.ask(again, 7, Request::Resume { secret: view.resume_secret.clone() });
    let back = joined(&mut world, again, id);
    assert_eq!((back.call_id, back.participant_id), (view.call_id, view.participant_id));
    assert!(back.media_kept, "an ICE restart brings its media back");
    world.media.clear();
    world.ask(again, 7, offer());
    assert!(matches!(world.media[..], [MediaCommand::Negotiate { .. }]));
    world.pass_time(100);
    assert_eq!(world.node.counts(), (2, 1));
}

fn user_of(world: &World, name: &str) -> convene_model::RawId {
    world.users.values().find(|user| user.display_name.as_deref() == Some(name)).expect("made above").id.clone()
}

#[test]
fn who_does_not_come_back_in_time_has_vanished() {
    let mut world = World::new();
    let (a, b, view) = two_in_a_call(&mut world);
    let ben = world.users[&user_of(&world, "Ben")].clone();
    world.give(Input::Closed { session: b, by_client: false });
    world.heard(a);
    world.pass_time(31);
    let said = world.heard(a);
    let Some(ServerMessage::Event { event: Event::ParticipantLeft { reason, .. }, .. }) = said.last() else {
        panic!("{said:?}")
    };
    assert_eq!((reason.code, reason.sub_code), (0, 4521));
    let again = world.connect(&ben);
    world.ask(again, 1, Request::Resume { secret: view.resume_secret });
    assert_eq!(refusal(&mut world, again), "sessionLost");
}

#[test]
fn a_secret_opens_nothing_for_anybody_else_and_a_wrong_one_for_nobody() {
    let mut world = World::new();
    let (_, b, view) = two_in_a_call(&mut world);
    let ben = world.users[&user_of(&world, "Ben")].clone();
    let thief = world.app_user("Thief");
    let t = world.connect(&thief);
    world.ask(t, 1, Request::Resume { secret: view.resume_secret.clone() });
    assert_eq!(refusal(&mut world, t), "sessionLost");
    world.give(Input::Closed { session: b, by_client: false });
    let again = world.connect(&ben);
    for secret in [String::new(), view.participant_id.0.clone(), format!("{}.00", view.participant_id)] {
        world.ask(again, 1, Request::Resume { secret });
        assert_eq!(refusal(&mut world, again), "sessionLost");
    }
}

#[test]
fn a_waiting_guest_who_knocks_again_after_a_lost_connection_keeps_the_place() {
    let mut world = World::new();
    let (organizer, meeting) = world.meeting(LobbyScope::Organization);
    let o = world.connect(&organizer);
    let target = || JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) };
    world.join(o, 1, target(), "Organizer");
    let guest = world.app_user("Guest");
    let g = world.connect(&guest);
    world.join(g, 1, target(), "Guest");
    world.heard(o);
    world.give(Input::Closed { session: g, by_client: false });
    world.pass_time(10);
    let again = world.connect(&guest);
    world.join(again, 1, target(), "Guest");
    world.pass_time(60);
    assert_eq!(world.heard(o), [], "for the organizer the same guest waits all the time");
    world.ask(o, 1, Request::Admit { user: guest.id.clone() });
    let said = world.heard(again);
    assert!(matches!(said.last(), Some(ServerMessage::Event { event: Event::Admitted { .. }, .. })), "{said:?}");
}

fn record(world: &World, target: CallTarget, meeting: Option<convene_model::record::Meeting>) -> OpenCallRecord {
    let call = match &world.rows[0] {
        JournalRow::CallStarted { call, .. } => call.clone(),
        other => panic!("{other:?}"),
    };
    OpenCallRecord { call, target, meeting, room: None, group: None, journal: world.rows.clone() }
}

#[test]
fn after_a_restart_who_was_in_comes_back_and_who_waited_does_not() {
    let mut before = World::new();
    let (organizer, meeting) = before.meeting(LobbyScope::Organization);
    let (guest, waiter) = (before.app_user("Guest"), before.app_user("Waiter"));
    let target = || JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) };
    let (o, g, w) = (before.connect(&organizer), before.connect(&guest), before.connect(&waiter));
    let id = before.join(o, 1, target(), "Organizer");
    let organizers = joined(&mut before, o, id);
    before.join(g, 1, target(), "Guest");
    before.join(w, 1, target(), "Waiter");
    before.ask(o, 1, Request::Admit { user: guest.id.clone() });
    let said = before.heard(g);
    let Some(ServerMessage::Event { event: Event::Admitted { call: guests }, .. }) = said.last() else {
        panic!("{said:?}")
    };
    before.ask(o, 1, Request::SetRole { user: guest.id.clone(), role: convene_model::Role::Presenter });
    before.ask(g, 1, Request::SetMuted { muted: true });

    let mut after = before.restarted();
    after.give(Input::Recover(Box::new(record(
        &before,
        CallTarget::Meeting(meeting.id.clone()),
        Some(meeting.clone()),
    ))));
    let left: Vec<&JournalRow> = after
        .rows
        .iter()
        .filter(|row| matches!(row, JournalRow::LobbyLeft { user, .. } if *user == waiter.id))
        .collect();
    assert_eq!(left.len(), 1);
    let g = after.connect(&guest);
    let id = after.ask(g, 1, Request::Resume { secret: guests.resume_secret.clone() });
    let view = joined(&mut after, g, id);
    assert_eq!((&view.call_id, &view.participant_id), (&guests.call_id, &guests.participant_id));
    assert_eq!((view.role, view.muted, view.media_kept), (convene_model::Role::Presenter, true, false));
    let o = after.connect(&organizer);
    let id = after.ask(o, 1, Request::Resume { secret: organizers.resume_secret.clone() });
    let view = joined(&mut after, o, id);
    assert_eq!(view.participants.len(), 1);
    assert_eq!(view.lobby, []);
    after.media.clear();
    after.ask(o, 1, offer());
    assert!(matches!(after.media[..], [MediaCommand::Open { .. }]));
    let w = after.connect(&waiter);
    after.join(w, 1, target(), "Waiter");
    let said = after.heard(w);
    assert!(matches!(said[..], [ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. }]), "{said:?}");
}

#[test]
fn who_does_not_come_back_after_a_restart_has_left_and_the_call_ends() {
    let mut before = World::new();
    two_in_a_call(&mut before);
    let mut after = before.restarted();
    let target = CallTarget::Group { resource: world::RESOURCE.into(), group_id: GROUP.into() };
    after.give(Input::Recover(Box::new(record(&before, target, None))));
    assert_eq!(after.node.counts(), (0, 1));
    after.now = at(61);
    after.pass_time(61);
    assert_eq!(after.node.counts(), (0, 0));
    let left =
        after.rows.iter().filter(|row| matches!(row, JournalRow::Left { reason: ErrorCode::Vanished, .. })).count();
    assert_eq!((left, matches!(after.rows.last(), Some(JournalRow::CallEnded { .. }))), (2, true));
}

#[test]
fn a_peer_number_is_never_used_twice() {
    let mut world = World::new();
    let (_, b, view) = two_in_a_call(&mut world);
    let ben = world.users[&user_of(&world, "Ben")].clone();
    world.ask(b, 1, offer());
    let opened = |world: &World| -> Vec<PeerId> {
        world
            .media
            .iter()
            .filter_map(|command| match command {
                MediaCommand::Open { peer, .. } => Some(*peer),
                _ => None,
            })
            .collect()
    };
    let first = opened(&world)[0];
    world.give(Input::Closed { session: b, by_client: false });
    let reason = convene_model::media::LostReason::NoPath;
    world.give(Input::Media(convene_model::media::MediaEvent::Lost { peer: first, reason }));
    let again = world.connect(&ben);
    let id = world.ask(again, 1, Request::Resume { secret: view.resume_secret });
    assert!(!joined(&mut world, again, id).media_kept);
    world.ask(again, 1, offer());
    let peers = opened(&world);
    assert_eq!(peers.len(), 2);
    assert_ne!(peers[0], peers[1]);
}

#[test]
fn a_session_goes_on_with_a_new_token_and_ends_with_one_of_somebody_else() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let a = world.connect(&ana);
    world.now = at(3000);
    let token = world.token(&ana, "voip");
    world.say(a, &ClientMessage::Refresh { token });
    let said = world.heard(a);
    assert!(matches!(&said[..], [ServerMessage::Refreshed { expires_in_ms: 3_600_000, relay: Some(_) }]), "{said:?}");
    world.pass_time(4000);
    world.say(a, &ClientMessage::Ping {});
    assert_eq!(world.heard(a), [ServerMessage::Pong {}], "the old token would have expired");
    let token = world.token(&ben, "voip");
    world.say(a, &ClientMessage::Refresh { token });
    let said = world.heard(a);
    assert!(matches!(said.last(), Some(ServerMessage::Goodbye { error }) if error.sub_code == 10009), "{said:?}");
}

#[test]
fn whoever_has_a_token_gets_credentials_for_the_relays_until_an_hour_after_it_ends() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let token = world.token(&ana, "voip");
    let stranger = world.open();
    world.hello(stranger, "no token".to_owned());
    let said = world.heard(stranger);
    assert!(matches!(&said[..], [ServerMessage::Goodbye { .. }]), "{said:?}");
    let session = world.open();
    world.hello(session, token);
    let said = world.heard(session);
    let [ServerMessage::Welcome { relay: Some(relay), expires_in_ms, .. }] = &said[..] else { panic!("{said:?}") };
    assert_eq!(relay.urls, [RELAY]);
    let until = (world.now.wall + *expires_in_ms as i64) / 1000 + 60 * 60;
    assert_eq!(relay.username, format!("{until}:{}", ana.id));
    // SHA-1 has 20 bytes.
    assert_eq!((relay.credential.len(), relay.credential.ends_with('=')), (28, true));
}

#[test]
fn guessing_from_one_address_has_to_stop() {
    let mut world = World::new();
    let (_, meeting) = world.meeting(LobbyScope::Everyone);
    let guest = world.app_user("Guest");
    let g = world.connect(&guest);
    let guess =
        || JoinTarget::MeetingId { meeting_id: meeting.join_meeting_id.clone(), passcode: Some("guess".into()) };
    for _ in 0..30 {
        world.join(g, 1, guess(), "Guest");
        assert_eq!(refusal(&mut world, g), "meetingNotFound");
    }
    world.join(g, 1, JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) }, "Guest");
    assert_eq!(refusal(&mut world, g), "tooManyRequests");
    world.pass_time(301);
    world.join(g, 1, JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) }, "Guest");
    let said = world.heard(g);
    assert!(matches!(said.last(), Some(ServerMessage::Response { reply: Some(Reply::Joined { .. }), .. })), "{said:?}");
}

#[test]
fn knocking_from_one_address_has_to_stop_and_does_not_keep_the_organizer_out() {
    let mut world = World::new();
    world.address = [203, 0, 113, 5].into();
    let (organizer, meeting) = world.meeting(LobbyScope::Organizer);
    let link = || JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) };
    let guest = world.app_user("Guest");
    for _ in 0..20 {
        let g = world.connect(&guest);
        for handle in 1..=5 {
            world.join(g, handle, link(), "Guest");
            let said = world.heard(g);
            let waits = |said: &ServerMessage| {
                matches!(said, ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. })
            };
            assert!(said.iter().any(waits), "{said:?}");
        }
        world.give(Input::Closed { session: g, by_client: true });
    }
    let g = world.connect(&guest);
    world.join(g, 1, link(), "Guest");
    assert_eq!(refusal(&mut world, g), "tooManyRequests");
    let o = world.connect(&organizer);
    world.join(o, 1, link(), "Organizer");
    let said = world.heard(o);
    assert!(matches!(said.last(), Some(ServerMessage::Response { reply: Some(Reply::Joined { .. }), .. })), "{said:?}");
    world.pass_time(301);
    let g = world.connect(&guest);
    world.join(g, 1, link(), "Guest");
    let said = world.heard(g);
    assert!(
        matches!(said.last(), Some(ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. })),
        "{said:?}"
    );
}

#[test]
fn changed_options_reach_the_live_call_once_and_older_ones_do_not() {
    let mut world = World::new();
    let (organizer, meeting) = world.meeting(LobbyScope::Organization);
    let o = world.connect(&organizer);
    let target = || JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) };
    world.join(o, 1, target(), "Organizer");
    let guest = world.app_user("Guest");
    let g = world.connect(&guest);
    world.join(g, 1, target(), "Guest");
    world.heard(g);
    let mut changed = meeting.clone();
    changed.lobby = LobbyScope::Everyone;
    changed.version = 1;
    world.give(Input::MeetingChanged(Box::new(changed.clone())));
    assert_eq!(world.heard(g), [], "it is no newer than what the call has");
    changed.version = 2;
    world.give(Input::MeetingChanged(Box::new(changed)));
    let said = world.heard(g);
    assert!(matches!(said.last(), Some(ServerMessage::Event { event: Event::Admitted { .. }, .. })), "{said:?}");
    world.give(Input::EndMeeting(meeting.id.clone()));
    let said = world.heard(g);
    assert!(
        matches!(said.last(), Some(ServerMessage::Event { event: Event::Ended { end }, .. }) if end.reason.sub_code == 4097),
        "{said:?}"
    );
}

/// DESIGN §5.4: revoking holds at once, for a reconnect too.
#[test]
fn a_place_that_is_kept_for_somebody_away_is_gone_when_their_tokens_are_revoked() {
    let mut world = World::new();
    let (a, b, view) = two_in_a_call(&mut world);
    let ben_id = user_of(&world, "Ben");
    world.give(Input::Closed { session: b, by_client: false });
    world.heard(a);
    world.users.get_mut(&ben_id).expect("made above").generation += 1;
    world.give(Input::UserChanged { user: ben_id.clone(), generation: Some(1) });
    let said = world.heard(a);
    let Some(ServerMessage::Event { event: Event::ParticipantLeft { reason, .. }, .. }) = said.last() else {
        panic!("{said:?}")
    };
    assert_eq!(reason.sub_code, 10009);
    let ben = world.users[&ben_id].clone();
    let again = world.connect(&ben);
    world.ask(again, 1, Request::Resume { secret: view.resume_secret });
    assert_eq!(refusal(&mut world, again), "sessionLost");
}
