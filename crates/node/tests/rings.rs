//! Calls that ring, as callers and the devices of those see it who are called.

mod world;

use convene_identity::NewUser;
use convene_model::limits::{ECHO_CALLS_MAX, RING_WAIT_MS, RINGS_BY_USER_MAX, RINGS_TO_USER_MAX};
use convene_model::push::RingState;
use convene_model::record::{LobbyScope, User};
use convene_model::{RawId, RingId, SessionId};
use convene_node::Input;
use convene_protocol::{Event, JoinTarget, Reply, Request, RingView, ServerMessage};
use world::World;

fn start(world: &mut World, session: SessionId, users: &[&User]) -> u32 {
    let users = users.iter().map(|user| user.id.clone()).collect();
    world.ask(session, 1, Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false })
}

fn accept(world: &mut World, session: SessionId, ring: &RingId) -> u32 {
    world.ask(session, 1, Request::Accept { ring: ring.clone(), display_name: "Ben".into(), muted: false })
}

fn ring_of(said: &[ServerMessage]) -> Option<RingView> {
    said.iter().find_map(|message| match message {
        ServerMessage::Rings { ring } => Some(ring.clone()),
        _ => None,
    })
}

/// The names of the reasons for which rings were over.
fn overs(said: &[ServerMessage]) -> Vec<String> {
    let over = |message: &ServerMessage| match message {
        ServerMessage::RingOver { reason, .. } => Some(reason.name.clone()),
        _ => None,
    };
    said.iter().filter_map(over).collect()
}

/// How the call ended for a session.
fn end(said: &[ServerMessage]) -> Option<(u16, u32)> {
    said.iter().find_map(|message| match message {
        ServerMessage::Event { event: Event::Ended { end }, .. } => Some((end.reason.code, end.reason.sub_code)),
        _ => None,
    })
}

fn is_joined(said: &[ServerMessage], id: u32) -> bool {
    said.iter().any(|message| matches!(message, ServerMessage::Response { id: of, reply: Some(Reply::Joined { .. }), .. } if *of == id))
}

fn error_name(said: &[ServerMessage], id: u32) -> String {
    said.iter()
        .find_map(|message| match message {
            ServerMessage::Response { id: of, error: Some(error), .. } if *of == id => Some(error.name.clone()),
            _ => None,
        })
        .unwrap_or_else(|| panic!("no error in {said:?}"))
}

/// Ana with one session and Ben with two.
fn people(world: &mut World) -> (User, User, SessionId, SessionId, SessionId) {
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let sessions = (world.connect(&ana), world.connect(&ben), world.connect(&ben));
    (ana, ben, sessions.0, sessions.1, sessions.2)
}

#[test]
fn every_device_rings_and_the_first_to_accept_is_in() {
    let mut world = World::new();
    let (ana, ben, a, b1, b2) = people(&mut world);
    let started = start(&mut world, a, &[&ben]);
    let said = world.heard(a);
    assert!(is_joined(&said, started));
    let (first, second) = (world.heard(b1), world.heard(b2));
    assert_eq!(first, second);
    let ring = ring_of(&first).expect("it rings");
    assert_eq!((&ring.caller, ring.display_name.as_str(), ring.expires_in_ms), (&ana.id, "Ana", 120_000));
    let late = world.connect_and_hear(&ben);
    assert_eq!(ring_of(&late.1), Some(ring.clone()), "a device that comes while it rings rings, too");

    let accepted = accept(&mut world, b2, &ring.ring);
    let said = world.heard(b2);
    assert!(is_joined(&said, accepted));
    assert_eq!(overs(&said), Vec::<String>::new());
    assert_eq!(overs(&world.heard(b1)), ["answeredElsewhere"]);
    let too_late = accept(&mut world, b1, &ring.ring);
    assert_eq!(error_name(&world.heard(b1), too_late), "notFound");
    assert!(world.heard(a).iter().any(|message| matches!(
        message,
        ServerMessage::Event { event: Event::ParticipantJoined { participant }, .. } if participant.user == ben.id
    )));
    world.ask(a, 1, Request::Leave {});
    assert_eq!(end(&world.heard(b2)), Some((0, 5003)));
    assert_eq!(world.node.counts().1, 0);
}

#[test]
fn of_two_devices_that_accept_before_the_journal_is_written_one_is_in() {
    let mut world = World::new();
    let (_, ben, a, b1, b2) = people(&mut world);
    start(&mut world, a, &[&ben]);
    let ring = ring_of(&world.heard(b1)).expect("it rings").ring;
    world.heard(b2);
    world.hold_commits = true;
    let first = accept(&mut world, b1, &ring);
    let second = accept(&mut world, b2, &ring);
    world.confirm_held();
    assert!(is_joined(&world.heard(b1), first));
    let said = world.heard(b2);
    assert_eq!(error_name(&said, second), "notFound");
    assert_eq!(overs(&said), ["answeredElsewhere"]);
}

#[test]
fn a_call_is_declined_cancelled_or_not_answered_with_acss_codes() {
    let mut world = World::new();
    let (_, ben, a, b1, b2) = people(&mut world);
    start(&mut world, a, &[&ben]);
    let ring = ring_of(&world.heard(b1)).expect("it rings").ring;
    world.ask(b1, 0, Request::Decline { ring });
    assert_eq!(end(&world.heard(a)), Some((603, 0)));
    assert_eq!(
        (overs(&world.heard(b1)), overs(&world.heard(b2))),
        (vec!["ringDeclined".into()], vec!["ringDeclined".into()])
    );

    start(&mut world, a, &[&ben]);
    world.ask(a, 1, Request::Leave {});
    assert_eq!(overs(&world.heard(b1)), ["ringCanceled"]);

    world.heard(a);
    start(&mut world, a, &[&ben]);
    world.pass_time(120);
    assert_eq!(end(&world.heard(a)), Some((487, 10004)));
    assert_eq!(overs(&world.heard(b1)), ["notAnswered"]);
    assert_eq!(world.node.counts(), (3, 0));
}

#[test]
fn ringing_dies_with_the_callers_connection() {
    let mut world = World::new();
    let (_, ben, a, b1, _) = people(&mut world);
    start(&mut world, a, &[&ben]);
    world.give(Input::Closed { session: a, by_client: false });
    assert_eq!(overs(&world.heard(b1)), ["ringCanceled"]);
    assert_eq!(world.node.counts().1, 0);
}

#[test]
fn strangers_those_who_are_not_there_and_nobody_are_unreachable_alike() {
    let mut world = World::new();
    let (_, _, a, ..) = people(&mut world);
    let other = NewUser::Communication { resource: "99999999-9999-4999-8999-999999999999".into() };
    let stranger = world.user("Stranger", other);
    let s = world.connect(&stranger);
    let away = world.app_user("Away");
    let nobody = User { id: RawId::communication_user(world::RESOURCE, "nobody"), ..away.clone() };
    let visitor = User { id: RawId::visitor("v"), ..away.clone() };
    let mut said = vec![];
    for user in [&stranger, &away, &nobody, &visitor] {
        let id = start(&mut world, a, &[user]);
        let heard = world.heard(a);
        assert!(is_joined(&heard, id));
        assert_eq!(end(&heard), Some((480, 10037)));
        said.push(heard.len());
    }
    assert!(said.iter().all(|count| *count == said[0]), "{said:?}");
    assert_eq!(world.heard(s), [], "a user of another resource hears nothing");
}

#[test]
fn only_tokens_that_may_start_calls_call_and_are_called() {
    let mut world = World::new();
    let (_, ben, a, ..) = people(&mut world);
    let cora = world.app_user("Cora");
    let c = world.open();
    let token = world.token(&cora, "voip.join");
    world.hello(c, token);
    world.heard(c);
    let id = start(&mut world, c, &[&ben]);
    assert_eq!(error_name(&world.heard(c), id), "scopeMissing");
    start(&mut world, a, &[&cora]);
    assert_eq!(end(&world.heard(a)), Some((480, 10037)));
    assert_eq!(ring_of(&world.heard(c)), None);
    let (_, meeting) = world.meeting(LobbyScope::Everyone);
    let bound = world.open();
    let token = world.bound_token(&ben, "voip", Some(&meeting));
    world.hello(bound, token);
    world.heard(bound);
    let id = start(&mut world, bound, &[&cora]);
    assert_eq!(error_name(&world.heard(bound), id), "scopeMissing");
}

#[test]
fn a_ring_is_answered_and_declined_only_by_whom_it_is_for() {
    let mut world = World::new();
    let (_, ben, a, b1, _) = people(&mut world);
    let thief = world.app_user("Thief");
    let t = world.connect(&thief);
    start(&mut world, a, &[&ben]);
    let ring = ring_of(&world.heard(b1)).expect("it rings").ring;
    let taken = accept(&mut world, t, &ring);
    assert_eq!(error_name(&world.heard(t), taken), "notFound");
    let declined = world.ask(t, 0, Request::Decline { ring: ring.clone() });
    assert_eq!(error_name(&world.heard(t), declined), "notFound");
    let accepted = accept(&mut world, b1, &ring);
    assert!(is_joined(&world.heard(b1), accepted));
}

#[test]
fn rings_are_bounded_on_both_sides() {
    let mut world = World::new();
    let (ana, ben, a, b1, _) = people(&mut world);
    for users in [
        vec![],
        vec![ana.id.clone()],
        (0..=RINGS_BY_USER_MAX).map(|n| RawId::communication_user("r", &n.to_string())).collect(),
    ] {
        let id = world.ask(a, 1, Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false });
        assert_eq!(error_name(&world.heard(a), id), "badRequest");
    }
    let called: Vec<User> = (0..=RINGS_BY_USER_MAX).map(|_| world.app_user("Called")).collect();
    for user in &called {
        world.connect(user);
    }
    let refs: Vec<&User> = called.iter().collect();
    start(&mut world, a, &refs[1..]);
    let other = world.connect(&ana);
    let id = start(&mut world, other, &refs[..1]);
    assert_eq!(error_name(&world.heard(other), id), "tooManyRequests");

    for n in 0..=RINGS_TO_USER_MAX {
        let caller = world.app_user("Caller");
        let session = world.connect(&caller);
        start(&mut world, session, &[&ben]);
        let busy = end(&world.heard(session));
        assert_eq!(busy, (n == RINGS_TO_USER_MAX).then_some((486, 90_488)));
    }
    let rings = world.heard(b1).iter().filter(|message| matches!(message, ServerMessage::Rings { .. })).count();
    assert_eq!(rings, RINGS_TO_USER_MAX);
}

fn add(world: &mut World, session: SessionId, user: &User) -> u32 {
    world.ask(session, 1, Request::AddParticipant { user: user.id.clone() })
}

/// Ana and Ben in a call of two.
fn call_of_two(world: &mut World) -> (User, User, SessionId, SessionId) {
    let (ana, ben, a, b, other) = people(world);
    start(world, a, &[&ben]);
    let ring = ring_of(&world.heard(b)).expect("it rings").ring;
    accept(world, b, &ring);
    for session in [a, b, other] {
        world.heard(session);
    }
    (ana, ben, a, b)
}

/// Why whoever a call rang at did not come, as those in it hear it.
fn ring_ends(said: &[ServerMessage]) -> Vec<(u16, u32)> {
    let end = |message: &ServerMessage| match message {
        ServerMessage::Event { event: Event::RingEnded { reason, .. }, .. } => Some((reason.code, reason.sub_code)),
        _ => None,
    };
    said.iter().filter_map(end).collect()
}

#[test]
fn a_third_is_called_into_the_call_on_every_device_and_the_call_goes_on_without_the_first() {
    let mut world = World::new();
    let (ana, ben, a, b) = call_of_two(&mut world);
    let cleo = world.app_user("Cleo");
    let (c1, c2) = (world.connect(&cleo), world.connect(&cleo));
    let added = add(&mut world, b, &cleo);
    let said = world.heard(b);
    assert!(said.iter().any(|message| matches!(
        message,
        ServerMessage::Response { id, reply: Some(Reply::Done {}), .. } if *id == added
    )));
    let ring = ring_of(&world.heard(c1)).expect("it rings");
    assert_eq!((&ring.caller, ring_of(&world.heard(c2)).as_ref()), (&ben.id, Some(&ring)));
    let accepted = accept(&mut world, c1, &ring.ring);
    assert!(is_joined(&world.heard(c1), accepted));
    assert_eq!(overs(&world.heard(c2)), ["answeredElsewhere"]);
    world.ask(a, 1, Request::Leave {});
    let said = world.heard(b);
    assert_eq!(end(&said), None);
    assert!(said.iter().any(|message| matches!(
        message,
        ServerMessage::Event { event: Event::ParticipantLeft { user, .. }, .. } if *user == ana.id
    )));
    world.ask(c1, 1, Request::Leave {});
    assert_eq!(end(&world.heard(b)), None);
    assert_eq!(world.node.counts().1, 1);
}

#[test]
fn who_is_called_into_a_call_and_does_not_come_is_told_to_everybody_in_it() {
    let mut world = World::new();
    let (_, _, a, b) = call_of_two(&mut world);
    let cleo = world.app_user("Cleo");
    add(&mut world, a, &cleo);
    assert_eq!((ring_ends(&world.heard(a)), ring_ends(&world.heard(b))), (vec![(480, 10037)], vec![(480, 10037)]));
    let c = world.connect(&cleo);
    add(&mut world, a, &cleo);
    let ring = ring_of(&world.heard(c)).expect("it rings").ring;
    world.ask(c, 0, Request::Decline { ring });
    assert_eq!(ring_ends(&world.heard(b)), [(603, 0)]);
    add(&mut world, a, &cleo);
    world.pass_time(120);
    assert_eq!(ring_ends(&world.heard(b)), [(487, 10004)]);
    world.heard(c);
    add(&mut world, a, &cleo);
    world.ask(a, 1, Request::Remove { user: cleo.id.clone() });
    assert_eq!((overs(&world.heard(c)), ring_ends(&world.heard(b))), (vec!["ringCanceled".into()], vec![(487, 0)]));
    assert_eq!((end(&world.heard(a)), end(&world.heard(b))), (None, None));
}

#[test]
fn only_tokens_that_may_start_calls_call_somebody_into_one_and_within_the_callers_bound() {
    let mut world = World::new();
    let (ana, cleo) = (world.app_user("Ana"), world.app_user("Cleo"));
    let (a, c) = (world.connect(&ana), world.connect(&cleo));
    let group = || JoinTarget::Group { group_id: "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11".into() };
    world.join(a, 1, group(), "Ana");
    let ben = world.app_user("Ben");
    let b = world.open();
    let token = world.token(&ben, "voip.join");
    world.hello(b, token);
    world.join(b, 1, group(), "Ben");
    world.heard(b);
    let id = add(&mut world, b, &cleo);
    assert_eq!(error_name(&world.heard(b), id), "scopeMissing");
    assert_eq!(ring_of(&world.heard(c)), None);

    let called: Vec<User> = (0..RINGS_BY_USER_MAX).map(|_| world.app_user("Called")).collect();
    for user in &called {
        world.connect(user);
        add(&mut world, a, user);
    }
    world.heard(a);
    let id = add(&mut world, a, &cleo);
    assert_eq!(error_name(&world.heard(a), id), "tooManyRequests");
    let id = add(&mut world, a, &ana);
    assert_eq!(error_name(&world.heard(a), id), "tooManyRequests");
    world.ask(a, 1, Request::Remove { user: called[0].id.clone() });
    add(&mut world, a, &cleo);
    assert!(ring_of(&world.heard(c)).is_some(), "a ring that is over counts no more");
}

#[test]
fn nobody_calls_somebody_into_a_meeting() {
    let mut world = World::new();
    let (_, meeting) = world.meeting(LobbyScope::Everyone);
    let (ana, cleo) = (world.app_user("Ana"), world.app_user("Cleo"));
    let (a, c) = (world.connect(&ana), world.connect(&cleo));
    let target = JoinTarget::MeetingId { meeting_id: meeting.join_meeting_id, passcode: Some(meeting.passcode) };
    let joined = world.join(a, 1, target, "Ana");
    assert!(is_joined(&world.heard(a), joined));
    let id = add(&mut world, a, &cleo);
    assert_eq!(error_name(&world.heard(a), id), "forbidden");
    assert_eq!(ring_of(&world.heard(c)), None);
}

#[test]
fn the_organizations_users_and_those_of_trusted_resources_call_each_other_and_nobody_else_across() {
    let mut world = World::new();
    let (ana, olga, otto) =
        (world.app_user("Ana"), world.user("Olga", NewUser::Organization), world.user("Otto", NewUser::Organization));
    let (a, o1, o2) = (world.connect(&ana), world.connect(&olga), world.connect(&otto));
    start(&mut world, o1, &[&otto]);
    assert_eq!(ring_of(&world.heard(o2)).map(|ring| ring.caller), Some(olga.id.clone()));
    world.ask(o1, 1, Request::Leave {});
    for (session, other, silent) in [(a, &olga, o1), (o1, &ana, a)] {
        world.heard(silent);
        start(&mut world, session, &[other]);
        assert_eq!(end(&world.heard(session)), Some((480, 10037)));
        assert_eq!(ring_of(&world.heard(silent)), None);
    }
    start(&mut world, o1, &[&otto]);
    add(&mut world, o1, &ana);
    assert_eq!(ring_ends(&world.heard(o1)), [(480, 10037)]);
    assert_eq!(ring_of(&world.heard(a)), None);

    let mut world = World::trusting();
    let (ana, olga) = (world.app_user("Ana"), world.user("Olga", NewUser::Organization));
    let (a, o) = (world.connect(&ana), world.connect(&olga));
    for (by, at, caller) in [(a, o, &ana), (o, a, &olga)] {
        start(&mut world, by, &[if at == o { &olga } else { &ana }]);
        let ring = ring_of(&world.heard(at)).expect("it rings");
        assert_eq!(ring.caller, caller.id);
        let accepted = accept(&mut world, at, &ring.ring);
        assert!(is_joined(&world.heard(at), accepted));
        world.ask(by, 1, Request::Leave {});
        assert_eq!(end(&world.heard(at)), Some((0, 5003)));
        world.heard(by);
    }
}

fn start_echo_test(world: &mut World, session: SessionId, also: &[RawId]) -> u32 {
    let users = [&[RawId::echo_test()], also].concat();
    world.ask(session, 1, Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false })
}

#[test]
fn the_test_call_answers_at_once_one_at_a_time_for_each_user() {
    let mut world = World::new();
    let (ana, ben, a, b1, _) = people(&mut world);
    let both = start_echo_test(&mut world, a, std::slice::from_ref(&ben.id));
    assert_eq!(error_name(&world.heard(a), both), "badRequest");
    let started = start_echo_test(&mut world, a, &[]);
    let said = world.heard(a);
    assert!(is_joined(&said, started));
    let came = |message: &ServerMessage| matches!(message, ServerMessage::Event { event: Event::ParticipantJoined { participant }, .. } if participant.user == RawId::echo_test());
    assert!(said.iter().any(came), "{said:?}");
    let other = world.connect(&ana);
    let again = start_echo_test(&mut world, other, &[]);
    assert_eq!(error_name(&world.heard(other), again), "busy");
    let bens = start_echo_test(&mut world, b1, &[]);
    assert!(is_joined(&world.heard(b1), bens));
    world.ask(a, 1, Request::Leave {});
    assert_eq!(end(&world.heard(a)), Some((0, 0)));
    let next = start_echo_test(&mut world, other, &[]);
    assert!(is_joined(&world.heard(other), next));
}

#[test]
fn test_calls_are_bounded() {
    let mut world = World::new();
    for n in 0..=ECHO_CALLS_MAX {
        let caller = world.app_user("Caller");
        let session = world.connect(&caller);
        let id = start_echo_test(&mut world, session, &[]);
        let said = world.heard(session);
        if n < ECHO_CALLS_MAX {
            assert!(is_joined(&said, id));
        } else {
            assert_eq!(error_name(&said, id), "busy");
        }
    }
}

#[test]
fn a_browser_without_a_page_is_called_and_the_page_that_it_opens_rings() {
    let mut world = World::new();
    let (_, _, a, ..) = people(&mut world);
    let away = world.app_user("Away");
    world.browsers.insert(away.id.clone());
    start(&mut world, a, &[&away]);
    assert_eq!(end(&world.heard(a)), None, "it rings on");
    let (page, said) = world.connect_and_hear(&away);
    let ring = ring_of(&said).expect("it rings in the page that opens");
    let id = accept(&mut world, page, &ring.ring);
    assert!(is_joined(&world.heard(page), id));
    let (user, push) = world.pushed.pop().expect("the browser is told that it rings no more");
    assert_eq!((user, push.ring, push.display_name.as_str()), (away.id, ring.ring, "Ana"));
    assert_eq!(push.state, RingState::Over { reason: convene_model::ErrorCode::AnsweredElsewhere });
    assert!(world.pushed.is_empty());
}

#[test]
fn a_browser_that_nobody_opens_is_told_of_the_missed_call_and_one_without_a_ring_of_nothing() {
    let mut world = World::new();
    let (_, ben, a, ..) = people(&mut world);
    let away = world.app_user("Away");
    world.browsers.insert(away.id.clone());
    start(&mut world, a, &[&away]);
    world.heard(a);
    world.pass_time(RING_WAIT_MS / 1000);
    assert_eq!(end(&world.heard(a)), Some((487, 10004)));
    assert_eq!(world.pushed.len(), 1);
    start(&mut world, a, &[&ben]);
    world.ask(a, 1, Request::Leave {});
    assert_eq!(world.pushed.len(), 1, "whose devices are here, and who has no such browser, gets no message");
}

#[test]
fn a_device_rings_once_its_new_token_lets_it_and_hears_the_end_also_with_one_that_does_not() {
    let mut world = World::new();
    let (_, ben, a, b1, b2) = people(&mut world);
    let refresh = |world: &mut World, session: SessionId, scopes: &str| {
        let token = world.token(&ben, scopes);
        world.say(session, &convene_protocol::ClientMessage::Refresh { token });
    };
    refresh(&mut world, b1, "voip.join");
    world.heard(b1);
    start(&mut world, a, &[&ben]);
    assert_eq!(ring_of(&world.heard(b1)), None);
    let ring = ring_of(&world.heard(b2)).expect("it rings");
    refresh(&mut world, b1, "voip");
    assert_eq!(ring_of(&world.heard(b1)), Some(ring));
    refresh(&mut world, b1, "voip");
    assert_eq!(ring_of(&world.heard(b1)), None, "once");
    refresh(&mut world, b2, "voip.join");
    world.ask(a, 1, Request::Leave {});
    assert_eq!(
        (overs(&world.heard(b1)), overs(&world.heard(b2))),
        (vec!["ringCanceled".into()], vec!["ringCanceled".into()])
    );
}
