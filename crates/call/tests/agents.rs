//! Agents: connections whose app hears the call and speaks in it.

mod stage;

use convene_call::{Person, Seat};
use convene_model::audio::{AudioChannels, PcmRate, StreamOrder, StreamReport, StreamingOptions};
use convene_model::automation::{Act, AutomationAnswer, AutomationRefused, Callback, NewAgent, NewConnection};
use convene_model::happened::What;
use convene_model::limits::CONNECTION_ALONE_MS;
use convene_model::media::{MaySend, MediaCommand};
use convene_model::record::LobbyScope;
use convene_model::{Affiliation, ConnectionId, ErrorCode, RawId, Role, Ticket};
use convene_protocol::{Event, Request};
use stage::{Stage, Told, leg, meeting_policy, peer, user};

const BOT: u64 = 99;

fn id() -> ConnectionId {
    ConnectionId("k".into())
}

fn bot() -> RawId {
    RawId::communication_user("r", "k")
}

fn options() -> StreamingOptions {
    StreamingOptions {
        url: "wss://app.example/".into(),
        channels: AudioChannels::Unmixed,
        rate: PcmRate::Hz16000,
        bidirectional: true,
        tones: false,
    }
}

/// How the server of its app stands in a group call.
fn ours() -> Person {
    Person { role: Role::Presenter, affiliation: Affiliation::Outside, invited: false, visitor: false, host: false }
}

fn connect(stage: &mut Stage, person: Person, agent: Option<bool>) -> AutomationAnswer {
    let agent = agent.map(|start| NewAgent { display_name: "Scribe".into(), options: Some(options()), start });
    let (context, callback_uri) = (Some("mine".into()), "https://app.example/".into());
    let new = NewConnection { id: id(), resource: "r".into(), context, callback_uri, agent };
    let seat = Seat { participant: leg("bot"), peer: peer(BOT) };
    let now = stage.now;
    stage.call.handle_connect(new, (RawId::app_server("r"), person), seat, Ticket(1), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn act(stage: &mut Stage, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&id(), act, Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn report(stage: &mut Stage, report: StreamReport) {
    let now = stage.now;
    stage.call.handle_streamed(&id(), report, now);
    stage.settle();
}

/// A group call with Ana, and an agent that streams from the beginning.
fn with_ana() -> Stage {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.forget_what_was_told();
    connect(&mut stage, ours(), Some(true)).expect("a connection");
    stage
}

/// What the connection's app was told since it was last asked, without lists of people: the context, and what.
fn heard(stage: &mut Stage) -> Vec<(Option<String>, Callback)> {
    let whats = std::mem::take(&mut stage.happened).into_iter().map(|happened| happened.what);
    let callbacks = whats.filter_map(|what| match what {
        What::Callback { context, callback, .. } => Some((context, callback)),
        _ => None,
    });
    callbacks.filter(|(_, callback)| !matches!(callback, Callback::ParticipantsUpdated { .. })).collect()
}

fn mine(callback: Callback) -> (Option<String>, Callback) {
    (Some("mine".into()), callback)
}

fn orders(stage: &mut Stage) -> Vec<StreamOrder> {
    std::mem::take(&mut stage.streams).into_iter().map(|(_, _, order)| order).collect()
}

fn people(entries: &[(u64, &str)]) -> StreamOrder {
    StreamOrder::People(entries.iter().map(|(number, name)| (peer(*number), user(name))).collect())
}

fn on_the_roster(told: &[Told]) -> bool {
    told.iter().any(|told| {
        matches!(told, Told::Event(Event::ParticipantJoined { participant })
            if participant.user == bot() && participant.display_name == "Scribe" && !participant.legs[0].muted)
    })
}

#[test]
fn everybody_sees_an_agent_on_the_roster_and_its_sound_goes_both_ways() {
    let mut stage = with_ana();
    assert!(on_the_roster(&stage.told("ana")));
    let media = stage.media();
    let agent = |command: &MediaCommand| matches!(command, MediaCommand::Agent { peer: its, may_send: MaySend { microphone: true, .. }, .. } if *its == peer(BOT));
    assert!(agent(&media[0]), "{media:?}");
    assert_eq!(media[1], MediaCommand::SetHears { peer: peer(BOT), hears: true });
    assert_eq!(orders(&mut stage), [people(&[(1, "ana")]), StreamOrder::Start(options())]);
    report(&mut stage, StreamReport::Started);
    assert_eq!(heard(&mut stage), [mine(Callback::Connected), mine(Callback::StreamingStarted)]);
    stage.join("ben");
    assert_eq!(orders(&mut stage), [people(&[(1, "ana"), (2, "ben")])]);
}

#[test]
fn a_connection_without_an_agent_is_on_no_roster_and_cannot_stream() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.forget_what_was_told();
    connect(&mut stage, ours(), None).expect("a connection");
    assert_eq!((stage.told("ana"), stage.media()), (vec![], vec![]));
    assert_eq!(act(&mut stage, Act::StartStreaming { context: None }), Err(AutomationRefused::NoAgent));
    assert_eq!(act(&mut stage, Act::StopStreaming { context: None }), Err(AutomationRefused::NoAgent));
}

#[test]
fn streaming_starts_and_stops_as_often_as_its_app_says_each_time_with_its_own_context() {
    let mut stage = Stage::group();
    stage.join("ana");
    connect(&mut stage, ours(), Some(false)).expect("a connection");
    assert_eq!(orders(&mut stage), []);
    stage.forget_what_was_told();
    for (context, end) in [("one", StreamReport::Stopped), ("two", StreamReport::Failed("gone".into()))] {
        heard(&mut stage);
        act(&mut stage, Act::StartStreaming { context: Some(context.into()) }).expect("done");
        assert_eq!(orders(&mut stage), [people(&[(1, "ana")]), StreamOrder::Start(options())]);
        act(&mut stage, Act::StartStreaming { context: Some(context.into()) }).expect("once is enough");
        assert_eq!(orders(&mut stage), []);
        act(&mut stage, Act::StopStreaming { context: Some("end".into()) }).expect("done");
        assert_eq!(orders(&mut stage), [StreamOrder::Stop]);
        report(&mut stage, end);
        assert_eq!(stage.media().last(), Some(&MediaCommand::SetHears { peer: peer(BOT), hears: false }));
        let told = heard(&mut stage);
        assert_eq!((told.len(), &told[0].0), (1, &Some("end".to_owned())));
    }
    act(&mut stage, Act::StopStreaming { context: None }).expect("nothing to do");
    assert_eq!(orders(&mut stage), []);
}

#[test]
fn who_removes_an_agent_or_puts_it_back_ends_its_connection() {
    for (request, reason) in
        [(Request::Remove { user: bot() }, ErrorCode::Removed), (Request::PutBack { user: bot() }, ErrorCode::PutBack)]
    {
        let mut stage = Stage::meeting(LobbyScope::Everyone);
        stage.join("organizer");
        let guest = Person {
            role: Role::Attendee,
            affiliation: Affiliation::Federated,
            invited: false,
            visitor: false,
            host: false,
        };
        connect(&mut stage, guest, Some(true)).expect("a connection");
        stage.forget_what_was_told();
        stage.ask("organizer", request);
        assert!(stage.media().contains(&MediaCommand::Close { peer: peer(BOT) }));
        assert_eq!(heard(&mut stage).last(), Some(&mine(Callback::Disconnected { reason })));
        assert_eq!(stage.connections_over, [id()]);
        assert_eq!(act(&mut stage, Act::Look), Err(AutomationRefused::NoConnection));
    }
}

#[test]
fn who_mutes_an_agent_is_obeyed_until_its_app_starts_anew_and_who_forbids_it_to_speak_for_longer() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    let guest = Person {
        role: Role::Attendee,
        affiliation: Affiliation::Federated,
        invited: false,
        visitor: false,
        host: false,
    };
    connect(&mut stage, guest, Some(true)).expect("a connection");
    let last = |stage: &mut Stage| {
        let mut sends = stage.media().into_iter().filter_map(|command| match command {
            MediaCommand::SetMaySend { peer: its, may_send } if its == peer(BOT) => Some(may_send.microphone),
            _ => None,
        });
        sends.next_back()
    };
    stage.ask("organizer", Request::Mute { user: bot() });
    assert_eq!(last(&mut stage), Some(false));
    act(&mut stage, Act::StartStreaming { context: None }).expect("done");
    assert_eq!(last(&mut stage), Some(true));
    let microphone = convene_model::media::Source::Microphone;
    stage.ask("organizer", Request::SetAccess { users: Some(vec![bot()]), source: microphone, permitted: false });
    assert_eq!(last(&mut stage), Some(false));
    act(&mut stage, Act::StartStreaming { context: None }).expect("it listens");
    assert_eq!(last(&mut stage), None);
}

#[test]
fn an_agent_leaves_with_its_connection_and_does_not_keep_a_call_alive() {
    let mut stage = with_ana();
    stage.forget_what_was_told();
    act(&mut stage, Act::HangUp).expect("done");
    assert!(
        stage
            .told("ana")
            .iter()
            .any(|told| matches!(told, Told::Event(Event::ParticipantLeft { user, .. }) if *user == bot()))
    );
    assert!(stage.media().contains(&MediaCommand::Close { peer: peer(BOT) }));
    assert!(!stage.over);

    let mut stage = with_ana();
    stage.ask("ana", Request::Leave {});
    assert!(!stage.over, "somebody may come");
    stage.pass_time(CONNECTION_ALONE_MS / 1000 + 1);
    assert!(stage.over);
    assert_eq!(heard(&mut stage).last(), Some(&mine(Callback::Disconnected { reason: ErrorCode::NobodyJoined })));
}

#[test]
fn an_agent_comes_in_no_easier_than_a_guest_and_does_not_answer_a_call_of_two() {
    let mut stage = Stage::with_policy(meeting_policy(LobbyScope::Organization));
    stage.join("organizer");
    stage.forget_what_was_told();
    let guest = Person {
        role: Role::Attendee,
        affiliation: Affiliation::Federated,
        invited: false,
        visitor: false,
        host: false,
    };
    assert_eq!(connect(&mut stage, guest, Some(true)), Err(AutomationRefused::MustWait));
    assert_eq!((stage.told("organizer"), stage.media()), (vec![], vec![]));

    let mut stage = Stage::start("ana", &["ben"]);
    connect(&mut stage, ours(), Some(true)).expect("a connection");
    stage.ring_over("ben", ErrorCode::NotAnswered).expect("it rang");
    assert!(stage.told("ana").contains(&Told::Over(ErrorCode::NotAnswered)));
}

#[test]
fn who_starts_while_the_former_stream_still_ends_gets_another_one() {
    let mut stage = with_ana();
    report(&mut stage, StreamReport::Started);
    orders(&mut stage);
    heard(&mut stage);
    act(&mut stage, Act::StopStreaming { context: Some("stop".into()) }).expect("done");
    act(&mut stage, Act::StartStreaming { context: Some("again".into()) }).expect("done");
    assert_eq!(orders(&mut stage), [StreamOrder::Stop]);
    stage.forget_what_was_told();
    report(&mut stage, StreamReport::Stopped);
    assert_eq!(orders(&mut stage), [people(&[(1, "ana")]), StreamOrder::Start(options())]);
    let hears = |hears| MediaCommand::SetHears { peer: peer(BOT), hears };
    assert_eq!(stage.media(), [hears(false), hears(true)]);
    report(&mut stage, StreamReport::Started);
    let contexts: Vec<_> = heard(&mut stage).into_iter().map(|(context, _)| context).collect();
    assert_eq!(contexts, [Some("stop".to_owned()), Some("again".to_owned())]);
}
