//! The node as its clients see it.

mod world;

use convene_directory::{join_web_url, short_join_url};
use convene_model::ErrorCode;
use convene_model::media::MediaEvent;
use convene_model::record::{JournalRow, LobbyScope};
use convene_node::{Found, Input, Output};
use convene_protocol::{ClientMessage, ErrorBody, Event, Hello, JoinTarget, Reply, Request, ServerMessage};
use world::{URL, World};

fn link(link: String) -> JoinTarget {
    JoinTarget::MeetingLink { link }
}

fn group(id: &str) -> JoinTarget {
    JoinTarget::Group { group_id: id.into() }
}

const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";

fn reply_of(said: &[ServerMessage], id: u32) -> Result<Reply, ErrorBody> {
    said.iter()
        .find_map(|message| match message {
            ServerMessage::Response { id: answered, reply, error } if *answered == id => {
                Some(reply.clone().ok_or_else(|| error.clone().expect("a reply or an error")))
            }
            _ => None,
        })
        .unwrap_or_else(|| panic!("no answer to {id} in {said:?}"))
}

fn goodbye_code(said: &[ServerMessage]) -> u32 {
    match said.last() {
        Some(ServerMessage::Goodbye { error }) => error.sub_code,
        other => panic!("no goodbye, but {other:?}"),
    }
}

#[test]
fn both_forms_of_the_join_link_and_the_meeting_id_lead_into_the_meeting() {
    let mut world = World::new();
    let (_, meeting) = world.meeting(LobbyScope::Everyone);
    let targets = [
        link(join_web_url(URL, &meeting)),
        link(short_join_url(URL, &meeting)),
        JoinTarget::MeetingId { meeting_id: meeting.join_meeting_id.clone(), passcode: Some(meeting.passcode.clone()) },
    ];
    for target in targets {
        let guest = world.app_user("Guest");
        let session = world.connect(&guest);
        let id = world.join(session, 1, target.clone(), "Guest");
        let reply = reply_of(&world.heard(session), id);
        let Ok(Reply::Joined { call }) = reply else { panic!("{target:?}: {reply:?}") };
        assert_eq!(call.thread_id.as_ref(), Some(&meeting.thread_id));
    }
    assert_eq!(world.node.counts(), (3, 1));
}

#[test]
fn a_wrong_passcode_and_an_unknown_meeting_answer_alike() {
    let mut world = World::new();
    let (_, meeting) = world.meeting(LobbyScope::Everyone);
    let guest = world.app_user("Guest");
    let session = world.connect(&guest);
    let tries = [
        JoinTarget::MeetingId { meeting_id: meeting.join_meeting_id.clone(), passcode: Some("wrong".into()) },
        JoinTarget::MeetingId { meeting_id: meeting.join_meeting_id.clone(), passcode: None },
        JoinTarget::MeetingId { meeting_id: "123456789012345".into(), passcode: Some(meeting.passcode.clone()) },
        link(format!("{URL}/meet/{}?p=wrong", meeting.join_meeting_id)),
        link(join_web_url(URL, &meeting).replace("-2222-4222-", "-3333-4222-")),
        link("not a link".into()),
    ];
    for target in tries {
        let id = world.join(session, 1, target, "Guest");
        let error = reply_of(&world.heard(session), id).unwrap_err();
        assert_eq!(error, ErrorBody::from(ErrorCode::MeetingNotFound));
    }
}

#[test]
fn a_link_of_another_server_is_refused_with_the_reason() {
    let mut world = World::new();
    let guest = world.app_user("Guest");
    let session = world.connect(&guest);
    let teams = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d";
    let id = world.join(session, 1, link(teams.into()), "Guest");
    let error = reply_of(&world.heard(session), id).unwrap_err();
    assert_eq!(error, ErrorBody::from(ErrorCode::ForeignMeeting));
    let id = world.join(session, 1, link("https://other.example/meet/123456789012?p=a".into()), "Guest");
    let error = reply_of(&world.heard(session), id).unwrap_err();
    assert!(error.message.contains("other.example"), "{}", error.message);
}

#[test]
fn a_token_that_is_wrong_expired_revoked_or_not_for_calling_is_refused() {
    let mut world = World::new();
    let guest = world.app_user("Guest");
    let session = world.open();
    world.hello(session, "not.a.token".into());
    assert_eq!(goodbye_code(&world.heard(session)), 10009);
    assert!(world.closed.contains(&session));

    let chat_only = world.token(&guest, "chat");
    let session = world.open();
    world.hello(session, chat_only);
    let said = world.heard(session);
    assert!(matches!(&said[..], [ServerMessage::Goodbye { error }] if error.name == "scopeMissing"), "{said:?}");

    let token = world.token(&guest, "voip");
    world.users.get_mut(&guest.id).unwrap().generation += 1;
    let session = world.open();
    world.hello(session, token.clone());
    assert_eq!(goodbye_code(&world.heard(session)), 10009);

    world.users.remove(&guest.id);
    let session = world.open();
    world.hello(session, token.clone());
    assert_eq!(goodbye_code(&world.heard(session)), 10009);

    world.now = world::at(3601);
    let session = world.open();
    world.hello(session, token);
    assert_eq!(goodbye_code(&world.heard(session)), 10009);
}

#[test]
fn a_session_that_says_no_hello_or_outlives_its_token_is_ended() {
    let mut world = World::new();
    let silent = world.open();
    world.pass_time(11);
    assert!(world.closed.contains(&silent));
    let guest = world.app_user("Guest");
    let session = world.connect(&guest);
    let id = world.join(session, 1, group(GROUP), "Guest");
    assert!(reply_of(&world.heard(session), id).is_ok());
    world.pass_time(11 + 3600);
    assert_eq!(goodbye_code(&world.heard(session)), 10009);
    assert_eq!(world.node.counts(), (0, 0));
    assert!(world.rows.iter().any(|row| matches!(row, JournalRow::Left { reason: ErrorCode::Unauthenticated, .. })));
}

#[test]
fn requests_before_the_welcome_and_malformed_messages_end_the_session_with_a_reason() {
    let mut world = World::new();
    let session = world.open();
    world.ask(session, 1, Request::Leave {});
    assert_eq!(goodbye_code(&world.heard(session)), 90400);
    let guest = world.app_user("Guest");
    let session = world.connect(&guest);
    world.give(Input::Message { session, text: "{\"type\":\"fly\"}".into() });
    let said = world.heard(session);
    let Some(ServerMessage::Goodbye { error }) = said.last() else { panic!("{said:?}") };
    assert!(error.message.contains("unknown variant `fly`"), "{}", error.message);
}

#[test]
fn a_client_of_another_version_is_told_which_versions_there_are() {
    let mut world = World::new();
    let session = world.open();
    let hello = Hello { versions: vec![99], token: String::new(), client: "test".into() };
    world.say(session, &ClientMessage::Hello(hello));
    let said = world.heard(session);
    let Some(ServerMessage::Goodbye { error }) = said.last() else { panic!("{said:?}") };
    assert_eq!((error.code, error.message.contains("[1]")), (426, true), "{}", error.message);
}

#[test]
fn a_flood_of_requests_is_refused_and_the_session_lives() {
    let mut world = World::new();
    let guest = world.app_user("Guest");
    let session = world.connect(&guest);
    let ids: Vec<u32> = (0..200).map(|_| world.ask(session, 1, Request::Leave {})).collect();
    let said = world.heard(session);
    let refused = ids.iter().filter(|id| reply_of(&said, **id).unwrap_err().code == 429).count();
    assert_eq!(refused, 100);
    world.say(session, &ClientMessage::Ping {});
    assert_eq!(world.heard(session), [ServerMessage::Pong {}]);
}

#[test]
fn members_of_a_group_of_the_same_id_meet_and_two_resources_never_do() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let other = convene_identity::NewUser::Communication { resource: "99999999-9999-4999-8999-999999999999".into() };
    let stranger = world.user("Stranger", other);
    let (a, b, s) = (world.connect(&ana), world.connect(&ben), world.connect(&stranger));
    world.join(a, 1, group(GROUP), "Ana");
    let id = world.join(b, 5, group(&GROUP.to_uppercase()), "Ben");
    let reply = reply_of(&world.heard(b), id);
    let Ok(Reply::Joined { call }) = reply else { panic!("{reply:?}") };
    assert_eq!(call.participants.len(), 1);
    let id = world.join(s, 1, group(GROUP), "Stranger");
    let reply = reply_of(&world.heard(s), id);
    let Ok(Reply::Joined { call }) = reply else { panic!("{reply:?}") };
    assert_eq!(call.participants, []);
    let id = world.join(a, 2, group("no uuid"), "Ana");
    assert_eq!(reply_of(&world.heard(a), id).unwrap_err().code, 400);
}

#[test]
fn who_may_only_join_starts_nothing() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let token = world.token(&ben, "voip.join");
    let b = world.open();
    world.hello(b, token);
    let id = world.join(b, 1, group(GROUP), "Ben");
    assert_eq!(reply_of(&world.heard(b), id).unwrap_err().name, "scopeMissing");
    assert_eq!(world.node.counts(), (1, 0));
    let a = world.connect(&ana);
    world.join(a, 1, group(GROUP), "Ana");
    let id = world.join(b, 1, group(GROUP), "Ben");
    assert!(reply_of(&world.heard(b), id).is_ok());
}

#[test]
fn a_closed_session_leaves_its_calls_as_vanished() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let (a, b) = (world.connect(&ana), world.connect(&ben));
    world.join(a, 1, group(GROUP), "Ana");
    world.join(b, 1, group(GROUP), "Ben");
    world.heard(a);
    world.give(Input::Closed { session: b, by_client: true });
    let said = world.heard(a);
    let Some(ServerMessage::Event { event: Event::ParticipantLeft { reason, .. }, .. }) = said.last() else {
        panic!("{said:?}")
    };
    assert_eq!((reason.code, reason.sub_code), (0, 4521));
}

#[test]
fn an_ended_call_is_told_once_frees_the_handle_and_the_next_call_is_a_new_one() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let a = world.connect(&ana);
    let first = world.join(a, 1, group(GROUP), "Ana");
    let Ok(Reply::Joined { call: before }) = reply_of(&world.heard(a), first) else { panic!() };
    world.ask(a, 1, Request::Leave {});
    let said = world.heard(a);
    assert!(
        matches!(&said[..], [ServerMessage::Response { .. }, ServerMessage::Event { call: 1, event: Event::Ended { end } }] if end.reason.name == "hungUp"),
        "{said:?}"
    );
    let second = world.join(a, 1, group(GROUP), "Ana");
    let Ok(Reply::Joined { call: after }) = reply_of(&world.heard(a), second) else { panic!() };
    assert_ne!(before.call_id, after.call_id);
}

#[test]
fn leaving_before_the_join_is_committed_is_answered_after_it() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let a = world.connect(&ana);
    world.hold_commits = true;
    let join = world.join(a, 1, group(GROUP), "Ana");
    let leave = world.ask(a, 1, Request::Leave {});
    assert_eq!(world.heard(a), []);
    world.confirm_held();
    let said = world.heard(a);
    assert!(matches!(reply_of(&said, join), Ok(Reply::Joined { .. })));
    assert_eq!(reply_of(&said, leave), Ok(Reply::Done {}));
    assert!(matches!(said.last(), Some(ServerMessage::Event { event: Event::Ended { .. }, .. })));
}

#[test]
fn a_commit_that_fails_ends_its_call_and_no_other() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let (a, b) = (world.connect(&ana), world.connect(&ben));
    world.join(a, 1, group(GROUP), "Ana");
    world.join(b, 1, group("11111111-2222-4333-8444-555555555555"), "Ben");
    world.heard(a);
    world.heard(b);
    world.hold_commits = true;
    world.ask(a, 1, Request::SetMuted { muted: true });
    let n = world.held.pop().unwrap();
    world.give(Input::CommitFailed { n });
    let said = world.heard(a);
    assert!(
        matches!(&said[..], [ServerMessage::Event { event: Event::Ended { end }, .. }] if end.reason.code == 500),
        "{said:?}"
    );
    assert_eq!(world.heard(b), []);
    assert_eq!(world.node.counts(), (2, 1));
}

#[test]
fn a_handle_that_is_taken_cannot_join_again_and_one_that_is_free_can_do_nothing_else() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let a = world.connect(&ana);
    world.join(a, 1, group(GROUP), "Ana");
    let again = world.join(a, 1, group(GROUP), "Ana");
    let stray = world.ask(a, 2, Request::Leave {});
    let said = world.heard(a);
    assert_eq!(reply_of(&said, again).unwrap_err().code, 400);
    assert_eq!(reply_of(&said, stray).unwrap_err().code, 400);
}

#[test]
fn stopping_ends_every_call_and_takes_nobody_new() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let a = world.connect(&ana);
    world.join(a, 1, group(GROUP), "Ana");
    world.heard(a);
    world.give(Input::Stop);
    let said = world.heard(a);
    assert!(
        matches!(&said[..], [ServerMessage::Event { event: Event::Ended { end }, .. }] if end.reason.code == 503),
        "{said:?}"
    );
    let late = world.open();
    assert!(world.closed.contains(&late));
}

/// DESIGN §5.1: everything that a waiting client is sent while a meeting with names and videos goes on.
#[test]
fn the_wire_to_a_waiting_client_carries_its_own_id_the_deadline_and_the_end_and_nothing_else() {
    let mut world = World::new();
    let (organizer, meeting) = world.meeting(LobbyScope::Organization);
    let colleague = world.user("Secretive Colleague", convene_identity::NewUser::Organization);
    let (o, c) = (world.connect(&organizer), world.connect(&colleague));
    world.join(o, 1, link(join_web_url(URL, &meeting)), "Olga Organizer");
    let guest = world.app_user("Guest");
    let g = world.connect(&guest);
    world.join(g, 9, link(join_web_url(URL, &meeting)), "Guest");
    world.join(c, 1, link(join_web_url(URL, &meeting)), "Secretive Colleague");
    for session in [o, c] {
        world.ask(session, 1, Request::Negotiate { offer: "v=0".into(), tracks: vec![] });
        world.ask(session, 1, Request::Publish { source: convene_model::media::Source::Camera });
        world.ask(session, 1, Request::SetMuted { muted: true });
        world.ask(session, 1, Request::SetMuted { muted: false });
    }
    let peers: Vec<convene_model::PeerId> = (1..=3).map(|number| convene_model::PeerId(number << 16)).collect();
    let call = match &world.rows[0] {
        JournalRow::CallStarted { call, .. } => call.clone(),
        other => panic!("{other:?}"),
    };
    world.give(Input::Media(MediaEvent::SpeakingChanged { call, speaking: peers }));
    world.ask(o, 1, Request::Reject { user: guest.id.clone() });
    let wire = &world.wire[&g];
    assert_eq!(wire.len(), 3, "{wire:?}");
    assert!(wire[0].starts_with("{\"type\":\"welcome\",\"version\":1,"));
    assert!(wire[1].contains("\"reply\":{\"type\":\"waiting\",\"waiting\":{\"participantId\":"));
    assert!(wire[2].contains("lobbyRejected"));
    let all = wire.concat();
    for secret in [
        "Olga",
        "Secretive",
        organizer.id.as_str(),
        colleague.id.as_str(),
        meeting.thread_id.as_str(),
        "Weekly",
        meeting.passcode.as_str(),
        "callId",
        "roster",
        "lobby\"",
    ] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
    assert_eq!(world.media.iter().filter(|command| format!("{command:?}").contains("Open")).count(), 2);
}

#[test]
fn names_are_cleaned_before_anybody_sees_them() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let (a, b) = (world.connect(&ana), world.connect(&ben));
    world.join(a, 1, group(GROUP), "Ana");
    world.join(b, 1, group(GROUP), "\u{202e}Ben\u{0007}\n");
    let said = world.heard(a);
    let Some(ServerMessage::Event { event: Event::ParticipantJoined { participant }, .. }) = said.last() else {
        panic!("{said:?}")
    };
    assert_eq!(participant.display_name, "Ben");
}

fn left_reason(said: &[ServerMessage]) -> u32 {
    match said {
        [ServerMessage::Event { event: Event::ParticipantLeft { reason, .. }, .. }] => reason.sub_code,
        other => panic!("{other:?}"),
    }
}

/// DESIGN §5.4.
#[test]
fn revoking_ends_every_session_with_an_older_token_and_no_other() {
    let mut world = World::new();
    let (ana, mut ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let (a, phone, laptop) = (world.connect(&ana), world.connect(&ben), world.connect(&ben));
    world.join(a, 1, group(GROUP), "Ana");
    world.join(phone, 1, group(GROUP), "Ben");
    ben.generation = 1;
    world.users.insert(ben.id.clone(), ben.clone());
    let renewed = world.connect(&ben);
    for session in [a, phone, laptop] {
        world.heard(session);
    }
    world.give(Input::UserChanged { user: ben.id.clone(), generation: Some(1) });
    for session in [phone, laptop] {
        let said = world.heard(session);
        assert_eq!((said.len(), goodbye_code(&said)), (1, 10009));
        assert!(world.closed.contains(&session));
    }
    assert_eq!(left_reason(&world.heard(a)), 10009);
    assert_eq!((world.heard(renewed), world.closed.contains(&renewed)), (vec![], false));
    let again = world.join(renewed, 1, group(GROUP), "Ben");
    assert!(reply_of(&world.heard(renewed), again).is_ok());
}

/// DESIGN §5.4.
#[test]
fn deleting_a_user_ends_all_of_its_sessions_and_its_wait_in_a_lobby() {
    let mut world = World::new();
    let (organizer, meeting) = world.meeting(LobbyScope::Organization);
    let guest = world.app_user("Guest");
    let (o, g) = (world.connect(&organizer), world.connect(&guest));
    world.join(o, 1, link(join_web_url(URL, &meeting)), "Olga");
    world.join(g, 1, link(join_web_url(URL, &meeting)), "Guest");
    for session in [o, g] {
        world.heard(session);
    }
    world.give(Input::UserChanged { user: guest.id.clone(), generation: None });
    let said = world.heard(g);
    assert_eq!((said.len(), goodbye_code(&said)), (1, 10009));
    let said = world.heard(o);
    assert!(matches!(&said[..], [ServerMessage::Event { event: Event::LobbyLeft { .. }, .. }]), "{said:?}");
    assert!(
        matches!(world.rows.last(), Some(JournalRow::LobbyLeft { reason: ErrorCode::Unauthenticated, .. })),
        "{:?}",
        world.rows.last()
    );
}

#[test]
fn a_revocation_between_the_question_for_the_user_and_the_answer_is_not_missed() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let session = world.open();
    let hello = Hello { versions: vec![1], token: world.token(&ana, "voip"), client: "test 1".into() };
    let text = convene_protocol::encode_client(&ClientMessage::Hello(hello));
    world.node.handle(Input::Message { session, text }, world.now);
    let Some(Output::Lookup { lookup, .. }) = world.node.poll_output() else { panic!("no question for the user") };
    world.give(Input::UserChanged { user: ana.id.clone(), generation: Some(1) });
    world.give(Input::LookedUp { lookup, found: Found::User(Some(ana)) });
    let said = world.heard(session);
    assert_eq!((said.len(), goodbye_code(&said)), (1, 10009));
    assert_eq!(world.node.counts().0, 0);
}
