//! Tones: who presses keys, and which apps are told.

mod stage;

use convene_call::{Person, Seat};
use convene_model::audio::{AudioChannels, PcmRate, StreamOrder, StreamingOptions};
use convene_model::automation::{Act, AutomationAnswer, AutomationRefused, NewAgent, NewConnection};
use convene_model::limits::{TONES_BURST, TONES_PER_SECOND};
use convene_model::record::LobbyScope;
use convene_model::{Affiliation, ConnectionId, ErrorCode, RawId, Role, Ticket, Tone};
use convene_protocol::{Reply, Request};
use stage::{Stage, Told, at, leg, peer, user};

fn connect(stage: &mut Stage, name: &str, agent: Option<NewAgent>) {
    let role = if stage.call.has_user(&user("organizer")) { Role::Attendee } else { Role::Presenter };
    let person = Person { role, affiliation: Affiliation::Federated, invited: false, visitor: false, host: false };
    let (id, callback_uri) = (ConnectionId(name.into()), "https://app.example/".into());
    let new = NewConnection { id, resource: "r".into(), context: None, callback_uri, agent };
    let seat = Seat { participant: leg(name), peer: peer(90) };
    let now = stage.now;
    stage.call.handle_connect(new, (RawId::app_server("r"), person), seat, Ticket(1), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1.expect("a connection");
    stage.heard(name);
}

fn act(stage: &mut Stage, name: &str, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&ConnectionId(name.into()), act, Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn start(of: &str) -> Act {
    Act::StartTones { user: user(of), context: Some("mine".into()) }
}

fn stop(of: &str) -> Act {
    Act::StopTones { user: user(of), context: None }
}

fn press(stage: &mut Stage, name: &str, tone: Tone) -> Told {
    stage.forget_what_was_told();
    stage.ask(name, Request::SendTone { tone });
    stage.told(name).pop().expect("an answer")
}

fn done() -> Told {
    Told::Reply(Reply::Done {})
}

fn with_two() -> Stage {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    connect(&mut stage, "k", None);
    stage
}

#[test]
fn an_app_hears_the_tones_of_those_it_asked_for_and_counts_them_and_nobody_else_hears_any() {
    let mut stage = with_two();
    connect(&mut stage, "other", None);
    assert_eq!(press(&mut stage, "ana", Tone::One), done(), "nobody listens");
    act(&mut stage, "k", start("ana")).expect("it listens");
    assert_eq!(press(&mut stage, "ben", Tone::Two), done());
    assert_eq!(press(&mut stage, "ana", Tone::Three), done());
    assert!(stage.told("ben").is_empty());
    press(&mut stage, "ana", Tone::Pound);
    let expected = ["ToneReceived { tone: Three, sequence: 1 }", "ToneReceived { tone: Pound, sequence: 2 }"];
    assert_eq!(stage.heard("k"), expected);
    act(&mut stage, "k", stop("ana")).expect("done");
    press(&mut stage, "ana", Tone::Four);
    assert_eq!(stage.heard("k"), ["TonesStopped"]);
    act(&mut stage, "k", stop("ana")).expect("nothing to do");
    assert!(stage.heard("k").is_empty());
}

#[test]
fn who_is_not_in_the_call_has_no_tones_and_who_leaves_has_none_any_more() {
    let mut stage = with_two();
    assert_eq!(act(&mut stage, "k", start("cleo")), Err(AutomationRefused::NotInCall));
    act(&mut stage, "k", start("ana")).expect("it listens");
    stage.ask("ana", Request::Leave {});
    let heard = stage.heard("k");
    assert_eq!(heard.first().map(String::as_str), Some("TonesStopped"), "{heard:?}");
    stage.join("ana");
    press(&mut stage, "ana", Tone::One);
    assert!(!stage.heard("k").iter().any(|what| what.starts_with("ToneReceived")));
}

#[test]
fn in_a_meeting_an_app_hears_its_own_users_alone() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    stage.join("ana");
    connect(&mut stage, "k", None);
    let refused = Err(AutomationRefused::Code(ErrorCode::Forbidden));
    assert_eq!(act(&mut stage, "k", start("organizer")), refused);
    act(&mut stage, "k", start("ana")).expect("it listens");
}

#[test]
fn a_stream_that_wants_tones_gets_everybodys() {
    let mut stage = Stage::group();
    stage.join("ana");
    let options = |tones| StreamingOptions {
        url: "wss://app.example/".into(),
        channels: AudioChannels::Mixed,
        rate: PcmRate::Hz16000,
        bidirectional: false,
        tones,
    };
    for (name, tones) in [("k", true), ("deaf", false)] {
        let agent = NewAgent { display_name: "Bot".into(), options: Some(options(tones)), start: true };
        connect(&mut stage, name, Some(agent));
    }
    stage.streams.clear();
    press(&mut stage, "ana", Tone::Asterisk);
    let order = StreamOrder::Tone { user: user("ana"), tone: Tone::Asterisk };
    assert_eq!(stage.streams, [(ConnectionId("k".into()), peer(90), order)]);
}

#[test]
fn keys_are_pressed_no_faster_than_anybody_can() {
    let mut stage = with_two();
    for _ in 0..TONES_BURST {
        assert_eq!(press(&mut stage, "ana", Tone::One), done());
    }
    assert_eq!(press(&mut stage, "ana", Tone::One), Told::Refused(ErrorCode::TooManyRequests));
    assert_eq!(press(&mut stage, "ben", Tone::One), done());
    stage.now = at(1);
    let pressed = (0..TONES_BURST).filter(|_| press(&mut stage, "ana", Tone::One) == done()).count();
    assert_eq!(pressed, TONES_PER_SECOND as usize);
}
