//! Answers go where the question came from, and places follow their legs. Each of these was found by the simulation.

mod world;

use convene_directory::join_web_url;
use convene_model::record::{LobbyScope, Meeting};
use convene_model::survey::{Rating, Survey};
use convene_model::{ErrorCode, SessionId, limits};
use convene_node::{Found, Input, LookupId, Output};
use convene_protocol::{CallView, ClientMessage, Event, JoinTarget, Reply, Request, ServerMessage, encode_client};
use world::World;

fn group(number: u32) -> JoinTarget {
    JoinTarget::Group { group_id: format!("6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c{number:02}") }
}

fn view_of(said: &[ServerMessage]) -> Option<CallView> {
    said.iter().find_map(|message| match message {
        ServerMessage::Response { reply: Some(Reply::Joined { call }), .. } => Some(call.clone()),
        _ => None,
    })
}

fn superseded(said: &[ServerMessage], handle: u32) -> bool {
    said.iter().any(|message| {
        matches!(message, ServerMessage::Event { call, event: Event::Ended { end } }
            if *call == handle && end.reason.name == ErrorCode::Superseded.name())
    })
}

fn refusals(said: &[ServerMessage]) -> Vec<(u32, String)> {
    let refused = said.iter().filter_map(|message| match message {
        ServerMessage::Response { id, error: Some(error), .. } => Some((*id, error.name.clone())),
        _ => None,
    });
    refused.collect()
}

#[test]
fn a_session_that_comes_back_to_its_own_leg_has_it_once() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let session = world.connect(&ana);
    world.join(session, 1, group(11), "Ana");
    let view = view_of(&world.heard(session)).expect("in");
    world.ask(session, 2, Request::Resume { secret: view.resume_secret });
    let said = world.heard(session);
    assert!(superseded(&said, 1) && view_of(&said).is_some(), "{said:?}");
    let id = world.ask(session, 1, Request::SetMuted { muted: true });
    assert_eq!(refusals(&world.heard(session)), [(id, "badRequest".to_owned())]);
}

#[test]
fn the_session_whose_leg_went_elsewhere_is_told_and_hears_no_more() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let former = world.connect(&ana);
    world.join(former, 1, group(11), "Ana");
    let view = view_of(&world.heard(former)).expect("in");
    let latter = world.connect(&ana);
    world.ask(latter, 1, Request::Resume { secret: view.resume_secret });
    assert!(superseded(&world.heard(former), 1) && view_of(&world.heard(latter)).is_some());
    let other = world.connect(&ben);
    world.join(other, 1, group(11), "Ben");
    assert_eq!(world.heard(former), []);
}

#[test]
fn an_answer_goes_to_the_session_that_asked_and_not_to_the_one_that_has_the_leg_by_now() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let former = world.connect(&ana);
    world.join(former, 1, group(11), "Ana");
    let view = view_of(&world.heard(former)).expect("in");
    let latter = world.connect(&ana);
    world.hold_commits = true;
    let asked = world.ask(former, 1, Request::SetMuted { muted: true });
    let resumed = world.ask(latter, 1, Request::Resume { secret: view.resume_secret });
    world.confirm_held();
    let answers = |said: Vec<ServerMessage>| -> Vec<u32> {
        said.iter()
            .filter_map(|message| match message {
                ServerMessage::Response { id, .. } => Some(*id),
                _ => None,
            })
            .collect()
    };
    assert_eq!(answers(world.heard(former)), [asked]);
    assert_eq!(answers(world.heard(latter)), [resumed]);
}

#[test]
fn a_request_between_hanging_up_and_its_commit_is_answered() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let session = world.connect(&ana);
    world.join(session, 1, group(11), "Ana");
    world.heard(session);
    world.hold_commits = true;
    world.ask(session, 1, Request::Leave {});
    let late = world.ask(session, 1, Request::SetMuted { muted: true });
    world.confirm_held();
    assert_eq!(refusals(&world.heard(session)), [(late, "badRequest".to_owned())]);
}

#[test]
fn coming_back_counts_against_the_calls_of_a_session() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let (first, second) = (world.connect(&ana), world.connect(&ana));
    world.join(first, 1, group(10), "Ana");
    let view = view_of(&world.heard(first)).expect("in");
    for number in 0..limits::CALLS_PER_SESSION_MAX as u32 {
        world.join(second, number, group(20 + number), "Ana");
    }
    world.heard(second);
    let id = world.ask(second, 50, Request::Resume { secret: view.resume_secret });
    assert_eq!(refusals(&world.heard(second)), [(id, "tooManyRequests".to_owned())]);
}

#[test]
fn a_leg_that_was_put_back_is_not_resumed_and_its_handle_stays_free() {
    let mut world = World::new();
    let (organizer, meeting) = world.meeting(LobbyScope::Everyone);
    let link = || JoinTarget::MeetingLink { link: join_web_url(world::URL, &meeting) };
    let guest = world.app_user("Guest");
    let leads = world.connect(&organizer);
    world.join(leads, 1, link(), "Organizer");
    let former = world.connect(&guest);
    world.join(former, 1, link(), "Guest");
    let view = view_of(&world.heard(former)).expect("in");
    world.ask(leads, 1, Request::PutBack { user: guest.id.clone() });
    world.give(Input::Closed { session: former, by_client: false });
    let latter = world.connect(&guest);
    let id = world.ask(latter, 1, Request::Resume { secret: view.resume_secret });
    assert_eq!(refusals(&world.heard(latter)), [(id, "sessionLost".to_owned())]);
    world.ask(leads, 1, Request::AdmitAll {});
    assert_eq!(world.heard(latter), [], "it has no leg");
    world.join(latter, 1, link(), "Guest");
    assert!(view_of(&world.heard(latter)).is_some());
}

/// A guest whose meeting is being looked up.
fn looked_up(world: &mut World) -> (SessionId, Meeting, LookupId) {
    let (_, meeting) = world.meeting(LobbyScope::Everyone);
    let guest = world.app_user("Guest");
    let session = world.connect(&guest);
    let join = Request::Join {
        target: JoinTarget::MeetingLink { link: join_web_url(world::URL, &meeting) },
        display_name: "Guest".into(),
        muted: false,
    };
    let text = encode_client(&ClientMessage::Request { id: 1, call: 1, request: join });
    world.node.handle(Input::Message { session, text }, world.now);
    let Some(Output::Lookup { lookup, .. }) = world.node.poll_output() else { panic!("no question") };
    (session, meeting, lookup)
}

#[test]
fn a_meeting_that_changes_while_it_is_looked_up_is_joined_as_it_is_by_then() {
    let mut world = World::new();
    let (session, meeting, lookup) = looked_up(&mut world);
    let mut changed = meeting.clone();
    (changed.lobby, changed.version) = (LobbyScope::Organizer, meeting.version + 1);
    world.give(Input::MeetingChanged(Box::new(changed)));
    world.give(Input::LookedUp { lookup, found: Found::Meeting(Some(Box::new(meeting))) });
    let said = world.heard(session);
    assert!(matches!(said[..], [ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. }]), "{said:?}");
}

#[test]
fn a_meeting_that_is_deleted_while_it_is_looked_up_starts_no_call() {
    let mut world = World::new();
    let (session, meeting, lookup) = looked_up(&mut world);
    world.give(Input::MeetingDeleted(meeting.id.clone()));
    world.give(Input::LookedUp { lookup, found: Found::Meeting(Some(Box::new(meeting))) });
    assert_eq!(refusals(&world.heard(session)), [(1, "meetingNotFound".to_owned())]);
    assert_eq!(world.rows, []);
}

#[test]
fn a_survey_is_kept_also_after_the_call_and_only_of_a_leg_that_its_sender_had() {
    let mut world = World::new();
    let (ana, ben) = (world.app_user("Ana"), world.app_user("Ben"));
    let (session, other) = (world.connect(&ana), world.connect(&ben));
    world.join(session, 1, group(11), "Ana");
    let leg = view_of(&world.heard(session)).expect("in").participant_id;
    world.ask(session, 1, Request::Leave {});
    world.heard(session);
    let survey = |score| Survey { overall: Some(Rating { score, issues: vec![], scale: None }), ..Survey::default() };
    let submit = |score| Request::SubmitSurvey { participant_id: leg.clone(), survey: survey(score) };
    world.ask(session, 1, submit(5));
    let said = world.heard(session);
    assert!(
        matches!(&said[..], [ServerMessage::Response { reply: Some(Reply::SurveyKept { id }), .. }] if id.len() == 36),
        "{said:?}"
    );
    let id = world.ask(other, 1, submit(5));
    assert_eq!(refusals(&world.heard(other)), [(id, "notFound".to_owned())]);
    let id = world.ask(session, 1, submit(6));
    let said = world.heard(session);
    assert_eq!(refusals(&said), [(id, "badRequest".to_owned())]);
    assert!(format!("{said:?}").contains("score 6 should be between 1 and 5"), "{said:?}");
}

#[test]
fn data_and_texts_have_a_budget_of_their_own_so_that_leaving_is_always_possible() {
    let mut world = World::new();
    let ana = world.app_user("Ana");
    let session = world.connect(&ana);
    world.join(session, 1, group(11), "Ana");
    world.heard(session);
    for _ in 0..limits::DATA_REQUESTS_BURST {
        world.ask(session, 1, Request::SendText { text: "a".into(), done: false });
    }
    assert_eq!(refusals(&world.heard(session)), []);
    let id = world.ask(session, 1, Request::SendText { text: "a".into(), done: true });
    assert_eq!(refusals(&world.heard(session)), [(id, "tooManyRequests".to_owned())]);
    world.ask(session, 1, Request::Leave {});
    assert!(
        world
            .heard(session)
            .iter()
            .any(|message| { matches!(message, ServerMessage::Event { event: Event::Ended { .. }, .. }) })
    );
}
