//! Whom apps' servers call: new calls, and others who are called into one.

mod stage;

use convene_call::{NewOutgoing, NewRing, Seat};
use convene_model::audio::{AudioChannels, PcmRate, StreamingOptions};
use convene_model::automation::{Act, AutomationAnswer, ConnectionView, NewAgent, NewConnection, Outgoing};
use convene_model::limits::RINGS_BY_USER_MAX;
use convene_model::record::LobbyScope;
use convene_model::{ConnectionId, ErrorCode, ParticipantId, PeerId, RawId, Ticket};
use convene_protocol::Request;
use stage::{Bell, Stage, Told, at, ring, user};
use std::time::Duration;

const K: &str = "k";

fn connection(agent: Option<NewAgent>) -> NewConnection {
    let (context, callback_uri) = (Some("mine".into()), "https://app.example/".into());
    NewConnection { id: ConnectionId(K.into()), resource: "r".into(), context, callback_uri, agent }
}

fn seat() -> Seat {
    Seat { participant: ParticipantId("seat".into()), peer: PeerId(99 << 16) }
}

/// A call that an app starts, as itself, in order to call these.
fn create(called: &[&str]) -> Stage {
    create_with(called, None, None)
}

fn create_with(called: &[&str], source: Option<RawId>, agent: Option<NewAgent>) -> Stage {
    let mut stage = Stage::group();
    let targets = called.iter().map(|name| user(name)).collect();
    let outgoing = Outgoing { targets, source, display_name: "Shop".into() };
    let rings = called.iter().map(|name| NewRing { ring: ring(name), user: user(name) }).collect();
    let (person, wait, now) = (stage.person("ana"), Duration::from_secs(120), stage.now);
    let new = NewOutgoing { connection: connection(agent), person, outgoing, seat: seat(), rings, wait };
    stage.call.handle_create(new, Ticket(1), now);
    stage.settle();
    let view = view(stage.answers.pop().expect("an answer").1);
    assert_eq!((view.connecting, view.participants.len()), (true, 0));
    stage
}

fn view(answer: AutomationAnswer) -> ConnectionView {
    answer.expect("a connection")
}

fn act(stage: &mut Stage, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&ConnectionId(K.into()), act, Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn add(stage: &mut Stage, name: &str) {
    let (invitation, user) = (ring(name), user(name));
    let wait_ms = Some(30_000);
    act(stage, Act::Add { invitation, user, display_name: String::new(), wait_ms, context: None }).expect("accepted");
}

fn over(name: &str, reason: ErrorCode) -> Bell {
    Bell::Over { ring: ring(name), reason }
}

#[test]
fn whom_an_app_calls_sees_its_name_and_answering_begins_the_connection() {
    let mut stage = create(&["ben"]);
    let (by, display_name, due) = (RawId::app_server("r"), "Shop".to_owned(), at(120).mono);
    assert_eq!(stage.bells, [Bell::Rings { ring: ring("ben"), user: user("ben"), by, display_name, due }]);
    assert_eq!(stage.heard(K), Vec::<String>::new());
    stage.join("ben");
    assert_eq!(stage.heard(K), ["connected", "1: 8:acs:r_ben"]);
    assert_eq!(stage.bells[1..], [over("ben", ErrorCode::AnsweredElsewhere)]);
    assert!(!view(act(&mut stage, Act::Look)).connecting);
    stage.ask("ben", Request::Leave {});
    assert_eq!(stage.heard(K), ["disconnected: otherLeft"], "a call of two is over with either");
    assert!(stage.over);
}

#[test]
fn an_app_calls_as_a_user_of_its_own_if_it_says_so() {
    let stage = create_with(&["ben"], Some(user("ana")), None);
    assert!(matches!(&stage.bells[..], [Bell::Rings { by, .. }] if *by == user("ana")));
}

#[test]
fn a_call_that_nobody_answers_fails_and_is_over() {
    for (reason, last) in [(ErrorCode::RingDeclined, "ringDeclined"), (ErrorCode::Unreachable, "unreachable")] {
        let mut stage = create(&["ben"]);
        stage.ring_over("ben", reason).unwrap();
        assert_eq!(stage.heard(K), [format!("failed: {last}"), format!("disconnected: {last}")]);
        assert!(stage.over);
    }
    let mut stage = create(&["ben", "cora"]);
    stage.ring_over("ben", ErrorCode::RingDeclined).unwrap();
    assert_eq!(stage.heard(K), Vec::<String>::new());
    stage.pass_time(120);
    assert_eq!(stage.heard(K), ["failed: notAnswered", "disconnected: notAnswered"]);
    assert!(stage.over);
}

#[test]
fn hanging_up_cancels_what_rings_and_ends_a_call_of_two() {
    let mut ringing = create(&["ben"]);
    act(&mut ringing, Act::HangUp).expect("it hangs up");
    assert_eq!(ringing.bells[1..], [over("ben", ErrorCode::RingCanceled)]);
    assert_eq!(ringing.heard(K), ["disconnected: hungUp"]);
    assert!(ringing.over);

    let mut answered = create(&["ben"]);
    answered.join("ben");
    act(&mut answered, Act::HangUp).expect("it hangs up");
    assert!(answered.told("ben").contains(&Told::Over(ErrorCode::OtherLeft)));
    assert!(answered.over);
}

#[test]
fn a_call_of_several_goes_on_for_those_who_came() {
    let mut stage = create(&["ben", "cora"]);
    stage.join("ben");
    stage.join("cora");
    act(&mut stage, Act::HangUp).expect("it hangs up");
    stage.ask("cora", Request::Leave {});
    assert!(!stage.over);
}

#[test]
fn its_agent_takes_its_seat_when_somebody_has_come_to_hear_it() {
    let options = StreamingOptions {
        url: "wss://app.example/".into(),
        channels: AudioChannels::Mixed,
        rate: PcmRate::Hz16000,
        bidirectional: true,
        tones: false,
    };
    let agent = NewAgent { display_name: "Shop".into(), options: Some(options), start: true };
    let mut stage = create_with(&["ben"], None, Some(agent));
    let seated = RawId::communication_user("r", K);
    assert!(matches!(&stage.bells[..], [Bell::Rings { by, .. }] if *by == seated));
    assert!(!stage.call.has_user(&seated));
    stage.join("ben");
    assert!(stage.call.has_user(&seated));
    assert_eq!(stage.heard(K), ["connected", "1: 8:acs:r_ben, 8:acs:r_k"]);
    stage.ask("ben", Request::Leave {});
    assert!(stage.over);
}

#[test]
fn a_connection_calls_others_in_and_hears_whether_they_came() {
    let mut stage = create(&["ben"]);
    stage.join("ben");
    stage.heard(K);
    for name in ["cora", "dan", "eve"] {
        add(&mut stage, name);
    }
    stage.join("cora");
    assert_eq!(stage.heard(K), ["added 8:acs:r_cora", "2: 8:acs:r_ben, 8:acs:r_cora"]);
    stage.ring_over("dan", ErrorCode::RingDeclined).unwrap();
    assert_eq!(stage.heard(K), ["8:acs:r_dan did not come: ringDeclined"]);
    stage.pass_time(30);
    assert_eq!(stage.heard(K), ["8:acs:r_eve did not come: notAnswered"]);
    add(&mut stage, "cora");
    assert_eq!(stage.heard(K), ["8:acs:r_cora did not come: badRequest"], "she is there already");
    stage.ask("cora", Request::Leave {});
    assert!(!stage.over, "with a third it became a call of several");
}

#[test]
fn an_invitation_is_cancelled_while_it_rings_and_not_after() {
    let mut stage = create(&["ben"]);
    stage.join("ben");
    add(&mut stage, "cora");
    stage.heard(K);
    let cancel = |name| Act::CancelAdd { invitation: ring(name), context: None };
    act(&mut stage, cancel("cora")).expect("accepted");
    assert_eq!(stage.heard(K), ["canceled ring-cora"]);
    assert_eq!(stage.bells.last(), Some(&over("cora", ErrorCode::RingCanceled)));
    act(&mut stage, cancel("cora")).expect("accepted");
    assert_eq!(stage.heard(K), ["not canceled ring-cora"]);
}

#[test]
fn who_was_removed_may_be_called_in_again_by_whoever_may_remove() {
    let mut stage = create(&["ben", "cora"]);
    stage.join("ben");
    stage.join("cora");
    act(&mut stage, Act::Remove { user: user("cora"), context: None }).expect("removed");
    stage.heard(K);
    add(&mut stage, "cora");
    stage.join("cora");
    assert_eq!(stage.heard(K)[0], "added 8:acs:r_cora");
}

#[test]
fn nobody_is_called_into_a_meeting_and_not_too_many_at_once() {
    let mut meeting = Stage::meeting(LobbyScope::Everyone);
    let (now, person) = (meeting.now, meeting.person("ana"));
    meeting.call.handle_connect(connection(None), (RawId::app_server("r"), person), seat(), Ticket(1), now);
    meeting.settle();
    meeting.heard(K);
    add(&mut meeting, "ben");
    assert_eq!(meeting.heard(K), ["8:acs:r_ben did not come: forbidden"]);
    assert_eq!(meeting.bells, [over("ben", ErrorCode::Forbidden)]);

    let mut crowd = create(&["ben"]);
    crowd.join("ben");
    for number in 0..RINGS_BY_USER_MAX {
        add(&mut crowd, &format!("x{number}"));
    }
    crowd.heard(K);
    add(&mut crowd, "zoe");
    assert_eq!(crowd.heard(K), ["8:acs:r_zoe did not come: tooManyRequests"]);
}

#[test]
fn a_ring_that_the_connection_did_not_live_to_begin_is_over() {
    let mut stage = create(&["ben"]);
    act(&mut stage, Act::HangUp).expect("it hangs up");
    let (invitation, user) = (ring("cora"), user("cora"));
    let late = Act::Add { invitation, user, display_name: String::new(), wait_ms: None, context: None };
    act(&mut stage, late).expect_err("it is over");
    assert_eq!(stage.bells.last(), Some(&over("cora", ErrorCode::NotFound)));
}
