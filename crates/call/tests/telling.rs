//! What participants send each other beside media: data channels, real-time text, diagnostics.

mod stage;

use convene_model::limits::{DATA_BYTES_BURST, DATA_MESSAGE_MAX, DATA_TARGETS_MAX, TEXT_MAX};
use convene_model::record::LobbyScope;
use convene_model::{ErrorCode, RawId, Role};
use convene_protocol::{DataChannel, Diagnostic, DiagnosticValue, Event, Reply, Request};
use stage::{Stage, Told, at, leg, user};

const CHANNEL: DataChannel = DataChannel { id: 7, session: 1 };

fn send(to: Option<&[&str]>, data: &str) -> Request {
    let to = to.map(|names| names.iter().map(|name| user(name)).collect::<Vec<RawId>>());
    Request::SendData { channel: CHANNEL, sequence: 3, may_be_lost: true, to, data: data.into() }
}

fn received(from: &str, data: &str) -> Told {
    let (user, from) = (user(from), leg(from));
    Told::Event(Event::DataReceived { user, from, channel: CHANNEL, sequence: 3, may_be_lost: true, data: data.into() })
}

fn text(text: &str, done: bool) -> Request {
    Request::SendText { text: text.into(), done }
}

fn typed(by: &str, sequence: u32, text: &str, done: bool) -> Told {
    Told::Event(Event::TextReceived { user: user(by), sequence, text: text.into(), done })
}

fn done() -> Told {
    Told::Reply(Reply::Done {})
}

fn refused(stage: &mut Stage, name: &str, what: Request) -> ErrorCode {
    stage.forget_what_was_told();
    stage.ask(name, what);
    match &stage.told(name)[..] {
        [Told::Refused(code)] => *code,
        other => panic!("{other:?}"),
    }
}

fn meeting(names: &[&str]) -> Stage {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    names.iter().for_each(|name| stage.join(name));
    stage.forget_what_was_told();
    stage
}

#[test]
fn data_goes_to_all_others_or_to_the_named_ones_alone() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", send(None, "TQ=="));
    stage.ask("ana", send(Some(&["ben"]), "TWE="));
    stage.ask("ana", Request::CloseData { channel: CHANNEL, to: Some(vec![user("organizer")]) });
    assert_eq!(stage.told("ana"), [done(), done(), done()]);
    assert_eq!(stage.told("ben"), [received("ana", "TQ=="), received("ana", "TWE=")]);
    let closed = Told::Event(Event::DataClosed { from: leg("ana"), channel: CHANNEL });
    assert_eq!(stage.told("organizer"), [received("ana", "TQ=="), closed]);
}

#[test]
fn who_waits_in_the_lobby_neither_sends_nor_receives_data_text_or_diagnostics() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    ["organizer", "guest"].iter().for_each(|name| stage.join(name));
    stage.forget_what_was_told();
    let diagnostics = vec![Diagnostic { name: "noNetwork".into(), value: DiagnosticValue::Flag { raised: true } }];
    let all = [send(None, "TQ=="), text("hello", false), Request::TellDiagnostics { diagnostics }];
    all.iter().for_each(|request| stage.ask("organizer", request.clone()));
    assert_eq!(stage.told("guest"), []);
    assert_eq!(refused(&mut stage, "organizer", send(Some(&["guest"]), "TQ==")), ErrorCode::NotFound);
    assert_eq!(refused(&mut stage, "organizer", send(Some(&["nobody"]), "TQ==")), ErrorCode::NotFound);
    for request in all {
        assert_eq!(refused(&mut stage, "guest", request), ErrorCode::BadRequest);
    }
    assert_eq!(stage.told("organizer"), []);
}

#[test]
fn a_consumer_sends_neither_data_nor_text_and_receives_both() {
    let mut stage = meeting(&["organizer", "ana"]);
    stage.ask("organizer", Request::SetRole { user: user("ana"), role: Role::Consumer });
    assert_eq!(refused(&mut stage, "ana", send(None, "TQ==")), ErrorCode::Forbidden);
    assert_eq!(refused(&mut stage, "ana", Request::CloseData { channel: CHANNEL, to: None }), ErrorCode::Forbidden);
    assert_eq!(refused(&mut stage, "ana", text("a", true)), ErrorCode::Forbidden);
    assert_eq!(stage.told("organizer"), []);
    stage.ask("organizer", send(None, "TQ=="));
    stage.ask("organizer", text("a", true));
    assert_eq!(stage.told("ana"), [received("organizer", "TQ=="), typed("organizer", 1, "a", true)]);
}

#[test]
fn what_is_no_base64_too_large_or_for_too_many_is_refused() {
    let mut stage = meeting(&["organizer", "ana"]);
    let largest = "A".repeat(DATA_MESSAGE_MAX.div_ceil(3) * 4 - 4) + "AAA=";
    stage.ask("ana", send(None, &largest));
    assert_eq!(stage.told("ana"), [done()]);
    let many: Vec<RawId> = vec![user("organizer"); DATA_TARGETS_MAX + 1];
    let data = || "TQ==".to_owned();
    for wrong in [
        send(None, "no base64"),
        send(None, &"A".repeat(DATA_MESSAGE_MAX.div_ceil(3) * 4 + 4)),
        send(Some(&[]), "TQ=="),
        Request::SendData { channel: CHANNEL, sequence: 1, may_be_lost: false, to: Some(many), data: data() },
        Request::SendData {
            channel: DataChannel { id: 0, session: 1 },
            sequence: 1,
            may_be_lost: false,
            to: None,
            data: data(),
        },
        text(&"a".repeat(TEXT_MAX + 1), false),
        Request::TellDiagnostics { diagnostics: vec![] },
        Request::TellDiagnostics {
            diagnostics: vec![Diagnostic { name: "<b>".into(), value: DiagnosticValue::Quality { level: 1 } }],
        },
    ] {
        assert_eq!(refused(&mut stage, "ana", wrong), ErrorCode::BadRequest);
    }
}

#[test]
fn more_than_the_bound_is_refused_until_time_has_passed_and_others_are_not_concerned() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    let data = "A".repeat(DATA_MESSAGE_MAX / 3 * 4);
    let bytes = (DATA_MESSAGE_MAX / 3 * 3) as u64;
    for _ in 0..DATA_BYTES_BURST / bytes {
        stage.ask("ana", send(None, &data));
    }
    stage.forget_what_was_told();
    assert_eq!(refused(&mut stage, "ana", send(None, &data)), ErrorCode::TooManyRequests);
    assert_eq!(stage.told("organizer"), []);
    stage.ask("ben", send(None, &data));
    assert_eq!(stage.told("ben"), [done()]);
    stage.forget_what_was_told();
    stage.now = at(1);
    stage.ask("ana", send(None, &data));
    assert_eq!(stage.told("ana"), [done()]);
}

#[test]
fn a_text_has_one_number_until_it_is_done_and_everybody_reads_along() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", text("He", false));
    stage.ask("ben", text("Ho", false));
    stage.ask("ana", text("Hello", true));
    stage.ask("ana", text("A", false));
    let all = [
        typed("ana", 1, "He", false),
        typed("ben", 2, "Ho", false),
        typed("ana", 1, "Hello", true),
        typed("ana", 3, "A", false),
    ];
    assert_eq!(stage.told("organizer"), all);
    let of_ana: Vec<Told> = stage.told("ana").into_iter().filter(|told| *told != done()).collect();
    assert_eq!(of_ana, all);
}

#[test]
fn diagnostics_are_told_to_the_others_up_to_twenty_participants() {
    let names: Vec<String> = (0..19).map(|number| format!("p{number}")).collect();
    let mut stage = meeting(&["organizer"]);
    names.iter().for_each(|name| stage.join(name));
    stage.forget_what_was_told();
    let diagnostics =
        vec![Diagnostic { name: "networkSendQuality".into(), value: DiagnosticValue::Quality { level: 3 } }];
    let tell = Request::TellDiagnostics { diagnostics: diagnostics.clone() };
    stage.ask("organizer", tell.clone());
    let told = Event::DiagnosticsTold { user: user("organizer"), from: leg("organizer"), diagnostics };
    assert_eq!(stage.told("p0"), [Told::Event(told)]);
    assert_eq!(stage.told("organizer"), [done()]);
    stage.join("twentyfirst");
    stage.forget_what_was_told();
    stage.ask("organizer", tell);
    assert_eq!((stage.told("p0"), stage.told("organizer")), (vec![], vec![done()]));
}
