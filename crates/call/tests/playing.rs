//! What connections play, to whom, and in which order.

mod stage;

use convene_call::{Person, Seat};
use convene_model::audio::{PlayFailed, PlayFailure, PlayFile, PlayFiles, PlayReport, StreamOrder, StreamReport};
use convene_model::automation::{Act, AutomationAnswer, AutomationRefused, Callback, NewAgent, NewConnection, NewPlay};
use convene_model::happened::What;
use convene_model::limits::PLAYS_MAX;
use convene_model::media::{MaySend, MediaCommand, Source};
use convene_model::record::LobbyScope;
use convene_model::{Affiliation, ConnectionId, ErrorCode, PeerId, RawId, Role, Ticket};
use convene_protocol::{Event, Request};
use stage::{Stage, Told, leg, meeting_policy, peer, user};
use std::collections::BTreeSet;

const BOT: u64 = 99;

fn id() -> ConnectionId {
    ConnectionId("k".into())
}

fn bot() -> RawId {
    RawId::communication_user("r", "k")
}

fn seat() -> Seat {
    Seat { participant: leg("bot"), peer: peer(BOT) }
}

fn presenter() -> Person {
    Person { role: Role::Presenter, affiliation: Affiliation::Outside, invited: false, visitor: false, host: false }
}

fn guest() -> Person {
    Person { role: Role::Attendee, affiliation: Affiliation::Federated, invited: false, visitor: false, host: false }
}

fn connect(stage: &mut Stage, person: Person, name: Option<&str>) {
    let agent = name.map(|name| NewAgent { display_name: name.into(), options: None, start: false });
    let (context, callback_uri) = (Some("mine".into()), "https://app.example/".into());
    let new = NewConnection { id: id(), resource: "r".into(), context, callback_uri, agent };
    let now = stage.now;
    let spare = Seat { participant: leg("spare"), peer: peer(98) };
    stage.call.handle_connect(new, (RawId::app_server("r"), person), spare, Ticket(1), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1.expect("a connection");
}

fn files(name: &str) -> PlayFiles {
    let file = PlayFile { url: format!("https://app.example/{name}.wav"), cache_id: None };
    PlayFiles { resource: "r".into(), files: vec![file], looped: false }
}

fn new(name: &str, to: &[&str], interrupt: bool) -> NewPlay {
    let to = to.iter().map(|name| user(name)).collect();
    NewPlay { files: files(name), to, interrupt, context: Some(name.into()) }
}

fn play(stage: &mut Stage, new: NewPlay) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_play(&id(), new, (bot(), seat()), Ticket(2), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn act(stage: &mut Stage, act: Act) -> AutomationAnswer {
    let now = stage.now;
    stage.call.handle_act(&id(), act, Ticket(3), now);
    stage.settle();
    stage.answers.pop().expect("an answer").1
}

fn report(stage: &mut Stage, number: u64, report: PlayReport) {
    let now = stage.now;
    stage.call.handle_streamed(&id(), StreamReport::Play { number, report }, now);
    stage.settle();
}

fn orders(stage: &mut Stage) -> Vec<StreamOrder> {
    std::mem::take(&mut stage.streams).into_iter().map(|(_, _, order)| order).collect()
}

/// What is to be played, to these peers alone.
fn order(number: u64, name: &str, to: Option<&[u64]>) -> StreamOrder {
    StreamOrder::Play { number, files: files(name), to: to.map(peers) }
}

fn peers(numbers: &[u64]) -> BTreeSet<PeerId> {
    numbers.iter().map(|number| peer(*number)).collect()
}

/// What the app was told since it was last asked, without lists of people.
fn heard(stage: &mut Stage) -> Vec<(String, Callback)> {
    let whats = std::mem::take(&mut stage.happened).into_iter().map(|happened| happened.what);
    let callbacks = whats.filter_map(|what| match what {
        What::Callback { context, callback, .. } => Some((context.unwrap_or_default(), callback)),
        _ => None,
    });
    callbacks.filter(|(_, callback)| !matches!(callback, Callback::ParticipantsUpdated { .. })).collect()
}

fn told(list: &[(&str, Callback)]) -> Vec<(String, Callback)> {
    list.iter().map(|(context, callback)| ((*context).to_owned(), callback.clone())).collect()
}

/// A group call with Ana and Ben, and a connection of which nobody sees anything.
fn with_two() -> Stage {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    connect(&mut stage, presenter(), Some("Jukebox"));
    heard(&mut stage);
    stage.forget_what_was_told();
    stage
}

#[test]
fn who_plays_something_comes_onto_the_roster_and_is_told_what_becomes_of_it() {
    let mut stage = with_two();
    play(&mut stage, new("one", &[], false)).expect("it plays");
    let joined = stage.told("ana").into_iter().find_map(|told| match told {
        Told::Event(Event::ParticipantJoined { participant }) => Some(participant),
        _ => None,
    });
    let joined = joined.expect("everybody sees it");
    assert_eq!((joined.user, joined.display_name.as_str(), joined.legs[0].muted), (bot(), "Jukebox", false));
    let media = stage.media();
    let seated = |command: &MediaCommand| matches!(command, MediaCommand::Agent { peer: its, may_send: MaySend { microphone: true, .. }, .. } if *its == peer(BOT));
    assert!(media.iter().any(seated), "{media:?}");
    assert!(!media.iter().any(|command| matches!(command, MediaCommand::SetHears { .. })), "it hears nothing");
    assert_eq!(orders(&mut stage), [order(1, "one", None)]);
    report(&mut stage, 1, PlayReport::Started);
    report(&mut stage, 1, PlayReport::Completed);
    assert_eq!(heard(&mut stage), told(&[("one", Callback::PlayStarted), ("one", Callback::PlayCompleted)]));
    assert_eq!(act(&mut stage, Act::StartStreaming { context: None }), Err(AutomationRefused::NoAgent));

    play(&mut stage, new("two", &[], false)).expect("it plays");
    assert!(stage.told("ana").is_empty(), "it is there already");
    assert_eq!(orders(&mut stage), [order(2, "two", None)]);
    let failed = PlayFailed { kind: PlayFailure::NotFetched, file: 0, message: "No.".into() };
    report(&mut stage, 2, PlayReport::Failed(failed.clone()));
    report(&mut stage, 2, PlayReport::Completed);
    assert_eq!(heard(&mut stage), told(&[("two", Callback::PlayFailed(failed))]));
}

#[test]
fn plays_wait_for_each_other_and_one_that_interrupts_cancels_all() {
    let mut stage = with_two();
    for name in ["one", "two", "three"] {
        play(&mut stage, new(name, &[], false)).expect("it plays or waits");
    }
    assert_eq!(orders(&mut stage), [order(1, "one", None)]);
    report(&mut stage, 1, PlayReport::Completed);
    assert_eq!(orders(&mut stage), [order(2, "two", None)]);
    heard(&mut stage);
    play(&mut stage, new("now", &[], true)).expect("it plays");
    assert_eq!(orders(&mut stage), [StreamOrder::StopPlaying { number: 2 }, order(4, "now", None)]);
    assert_eq!(heard(&mut stage), told(&[("two", Callback::PlayCanceled), ("three", Callback::PlayCanceled)]));
    report(&mut stage, 2, PlayReport::Completed);
    assert_eq!((heard(&mut stage), orders(&mut stage)), (vec![], vec![]), "of what is canceled nobody wants to know");

    play(&mut stage, new("last", &[], false)).expect("it waits");
    act(&mut stage, Act::CancelMedia).expect("done");
    assert_eq!(orders(&mut stage), [StreamOrder::StopPlaying { number: 4 }]);
    assert_eq!(heard(&mut stage), told(&[("now", Callback::PlayCanceled), ("last", Callback::PlayCanceled)]));
    act(&mut stage, Act::CancelMedia).expect("nothing to do");
    assert_eq!((heard(&mut stage), orders(&mut stage)), (vec![], vec![]));
}

#[test]
fn no_more_than_so_many_wait() {
    let mut stage = with_two();
    for _ in 0..PLAYS_MAX {
        play(&mut stage, new("one", &[], false)).expect("it plays or waits");
    }
    assert_eq!(play(&mut stage, new("one", &[], false)), Err(AutomationRefused::TooManyPlays));
    play(&mut stage, new("one", &[], true)).expect("it plays at once");
    play(&mut stage, new("one", &[], false)).expect("it waits");
}

#[test]
fn what_is_for_one_is_for_all_devices_of_theirs_and_nobody_elses() {
    let mut stage = with_two();
    stage.join_leg("ben", "ben-2");
    play(&mut stage, new("one", &["ben"], false)).expect("it plays");
    assert_eq!(orders(&mut stage), [order(1, "one", Some(&[2, 3]))]);
    stage.join_leg("ben", "ben-3");
    assert_eq!(orders(&mut stage), [StreamOrder::PlayTo { number: 1, to: peers(&[2, 3, 4]) }]);
    stage.join("cleo");
    assert_eq!(orders(&mut stage), []);
    for name in ["ben", "ben-2", "ben-3"] {
        stage.ask(name, Request::Leave {});
    }
    assert_eq!(orders(&mut stage).last(), Some(&StreamOrder::PlayTo { number: 1, to: peers(&[]) }));
    assert_eq!(play(&mut stage, new("two", &["cleo", "ben"], false)), Err(AutomationRefused::NotInCall));
    play(&mut stage, new("all", &[], true)).expect("it plays");
    assert_eq!(orders(&mut stage), [StreamOrder::StopPlaying { number: 1 }, order(2, "all", None)]);
}

#[test]
fn who_mutes_a_player_is_obeyed_until_it_plays_anew_and_who_forbids_it_to_speak_for_longer() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    connect(&mut stage, guest(), None);
    play(&mut stage, new("one", &[], false)).expect("it plays");
    let last = |stage: &mut Stage| {
        let mut sends = stage.media().into_iter().filter_map(|command| match command {
            MediaCommand::SetMaySend { peer: its, may_send } if its == peer(BOT) => Some(may_send.microphone),
            _ => None,
        });
        sends.next_back()
    };
    stage.ask("organizer", Request::Mute { user: bot() });
    assert_eq!(last(&mut stage), Some(false));
    play(&mut stage, new("two", &[], false)).expect("it waits, and is heard again");
    assert_eq!(last(&mut stage), Some(true));
    let (users, source) = (Some(vec![bot()]), Source::Microphone);
    stage.ask("organizer", Request::SetAccess { users, source, permitted: false });
    assert_eq!(last(&mut stage), Some(false));
    let refused = Err(AutomationRefused::Code(ErrorCode::Forbidden));
    assert_eq!(play(&mut stage, new("three", &[], false)), refused);
    assert_eq!(last(&mut stage), None);
}

#[test]
fn where_a_guest_may_not_speak_nothing_is_played_and_nobody_comes() {
    let mut policy = meeting_policy(LobbyScope::Everyone);
    policy.attendees_may_speak = false;
    let mut stage = Stage::with_policy(policy);
    stage.join("organizer");
    connect(&mut stage, guest(), None);
    stage.forget_what_was_told();
    assert_eq!(play(&mut stage, new("one", &[], false)), Err(AutomationRefused::Code(ErrorCode::Forbidden)));
    assert_eq!((stage.told("organizer"), stage.media(), orders(&mut stage)), (vec![], vec![], vec![]));
}

#[test]
fn who_removes_a_player_ends_its_connection_and_who_hangs_up_leaves_the_roster() {
    let mut stage = with_two();
    play(&mut stage, new("one", &[], false)).expect("it plays");
    heard(&mut stage);
    stage.ask("ana", Request::Remove { user: bot() });
    assert!(stage.media().contains(&MediaCommand::Close { peer: peer(BOT) }));
    assert_eq!(heard(&mut stage), told(&[("mine", Callback::Disconnected { reason: ErrorCode::Removed })]));
    assert_eq!(stage.connections_over, [id()]);

    let mut stage = with_two();
    play(&mut stage, new("one", &[], false)).expect("it plays");
    stage.forget_what_was_told();
    act(&mut stage, Act::HangUp).expect("done");
    let left = |told: &Told| matches!(told, Told::Event(Event::ParticipantLeft { user, .. }) if *user == bot());
    assert!(stage.told("ana").iter().any(left));
    assert_eq!(play(&mut stage, new("two", &[], false)), Err(AutomationRefused::NoConnection));
}
