//! The chat of group calls and rooms: when it opens, and who is told its id. Who is in it is the store's to follow.

mod stage;

use convene_call::{Call, CallKind, Policy, Recovery};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{CallId, ThreadId};
use convene_protocol::{Event, Reply, Request};
use stage::{Stage, Told, at, user};

fn own() -> ThreadId {
    ThreadId("19:call_call@thread.v2".into())
}

fn opened(stage: &Stage) -> Vec<usize> {
    let is_opening = |row: &JournalRow| matches!(row, JournalRow::ChatOpened { thread, .. } if *thread == own());
    stage.rows.iter().enumerate().filter(|(_, row)| is_opening(row)).map(|(index, _)| index).collect()
}

#[test]
fn it_opens_with_the_first_who_comes_in_and_everybody_in_the_call_is_told_of_it() {
    let mut stage = Stage::chatting_group();
    for name in ["ana", "ben"] {
        stage.join(name);
        match stage.told(name).as_slice() {
            [Told::Reply(Reply::Joined { call }), ..] => assert_eq!(call.thread_id, Some(own())),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(stage.rows[0], JournalRow::CallStarted { .. }));
    assert!(matches!(&stage.rows[1], JournalRow::ChatOpened { user: first, .. } if *first == user("ana")));
    assert!(matches!(stage.rows[2], JournalRow::Joined { .. }));
    assert_eq!(opened(&stage), [1]);
}

#[test]
fn who_waits_before_a_room_neither_opens_it_nor_is_told_of_it_until_admission() {
    let mut stage = Stage::chatting_room();
    stage.join("gina");
    let waiting = stage.told("gina");
    assert!(matches!(waiting.as_slice(), [Told::Reply(Reply::Waiting { .. })]), "{waiting:?}");
    assert_eq!(opened(&stage), [] as [usize; 0]);
    let organizer = stage.person("organizer");
    stage.options(Policy { guests_may_start: true, ..Policy::open() }, &[("gina", organizer)]);
    match stage.told("gina").as_slice() {
        [Told::Event(Event::Admitted { call }), ..] => assert_eq!(call.thread_id, Some(own())),
        other => panic!("{other:?}"),
    }
    assert_eq!(opened(&stage).len(), 1);
}

#[test]
fn a_call_without_chat_and_a_meeting_open_none() {
    let mut group = Stage::group();
    group.join("ana");
    match group.told("ana").as_slice() {
        [Told::Reply(Reply::Joined { call }), ..] => assert_eq!(call.thread_id, None),
        other => panic!("{other:?}"),
    }
    let mut meeting = Stage::meeting(convene_model::record::LobbyScope::Everyone);
    meeting.join("organizer");
    for stage in [&group, &meeting] {
        assert!(!stage.rows.iter().any(|row| matches!(row, JournalRow::ChatOpened { .. })), "{:?}", stage.rows);
    }
}

#[test]
fn after_a_restart_it_is_the_same_and_does_not_open_again() {
    let mut before = Stage::chatting_group();
    before.join("ana");
    let journal = Recovery::read(&before.rows);
    assert!(journal.chat);
    let mut after = Stage::chatting_group();
    let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
    let kind = CallKind::Group { chat: journal.chat };
    after.call = Call::recover(CallId("call".into()), target, kind, Policy::open(), &journal, vec![], at(0));
    after.join("ben");
    assert_eq!(opened(&after), [] as [usize; 0]);
    assert!(!Recovery::read(&[]).chat);
    after.ask("ben", Request::Leave {});
}
