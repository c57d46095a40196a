//! Journals of calls, and the outbox.

use super::samples::{NOW, call, event, group, guest, joined, knocked, leg, started};
use convene_model::{
    ErrorCode, MeetingId, RawId, Role, ThreadId, WallMs,
    record::{CallTarget, EventOf, JournalRow, OutboxEvent},
};
use convene_store::{CallCursor, OpenCall, Store, StoreError};
use std::sync::Arc;

fn left(name: &str, who: &str, reason: ErrorCode, at: WallMs) -> JournalRow {
    JournalRow::Left { call: call(name), participant: leg(who), user: guest(who), reason, at }
}

fn lobby_left(name: &str, who: &str, reason: ErrorCode, at: WallMs) -> JournalRow {
    JournalRow::LobbyLeft { call: call(name), participant: leg(who), user: guest(who), reason, at }
}

fn ended(name: &str, reason: ErrorCode, at: WallMs) -> JournalRow {
    JournalRow::CallEnded { call: call(name), reason, at }
}

pub async fn every_kind_of_journal_row_comes_back_as_it_was_in_order(store: impl Store) {
    let target = CallTarget::Meeting(MeetingId("meeting".into()));
    let mut rows = vec![JournalRow::CallStarted { call: call("c"), target, at: NOW }, knocked("c", "g", NOW)];
    let roles = [Role::Organizer, Role::CoOrganizer, Role::Presenter, Role::Attendee, Role::Consumer];
    let admitters = [None, Some(RawId::organization_user("o")), Some(RawId::visitor("v"))];
    for role in roles {
        for admitted_by in admitters.clone() {
            rows.push(JournalRow::Joined {
                call: call("c"),
                participant: leg("l"),
                user: RawId::visitor("v"),
                display_name: format!("{role:?}"),
                role,
                admitted_by,
                resume_hash: "hash".into(),
                at: NOW,
            });
        }
    }
    for reason in ErrorCode::ALL {
        rows.push(lobby_left("c", "g", reason, NOW - 1));
        rows.push(left("c", "g", reason, -1));
    }
    let (thread, user) = (ThreadId::of_call(&call("c")), RawId::visitor("v"));
    rows.push(JournalRow::ChatOpened { call: call("c"), thread, user, at: NOW });
    for muted in [true, false, true] {
        let by = muted.then(|| RawId::organization_user("o"));
        rows.push(JournalRow::MutedChanged { call: call("c"), participant: leg("g"), muted, by, at: WallMs::MAX });
    }
    let (user, by) = (RawId::visitor("v"), RawId::organization_user("o"));
    rows.push(JournalRow::RoleChanged {
        call: call("c"),
        user: user.clone(),
        role: Role::Presenter,
        by: by.clone(),
        at: NOW,
    });
    for (audio_forbidden, video_forbidden) in [(true, false), (false, true)] {
        rows.push(JournalRow::AccessChanged {
            call: call("c"),
            user: user.clone(),
            audio_forbidden,
            video_forbidden,
            by: by.clone(),
            at: NOW,
        });
    }
    rows.push(JournalRow::Barred { call: call("c"), user: user.clone(), by: by.clone(), at: NOW });
    rows.push(JournalRow::BarLifted { call: call("c"), user: user.clone(), by: by.clone(), at: NOW });
    rows.push(JournalRow::PutBack { call: call("c"), participant: leg("g"), user: user.clone(), by, at: NOW });
    for value in [Some("raised".to_owned()), Some(String::new()), None] {
        rows.push(JournalRow::Kept { call: call("c"), feature: "hand".into(), user: user.clone(), value, at: NOW });
    }
    rows.push(ended("c", ErrorCode::EndedForEveryone, WallMs::MIN));

    let (first, second) = rows.split_at(7);
    store.commit(first, &[]).await.unwrap();
    store.commit(&[started("other", NOW)], &[]).await.unwrap();
    store.commit(second, &[]).await.unwrap();
    assert_eq!(store.journal_of(&call("c")).await.unwrap(), rows);
    assert_eq!(store.journal_of(&call("other")).await.unwrap(), [started("other", NOW)]);
    assert_eq!(store.journal_of(&call("never")).await.unwrap(), []);
}

pub async fn hostile_text_is_data_and_nothing_else(store: impl Store) {
    for text in ["'); DROP TABLE journal; --", "", "\u{202e}a\u{7}", "\\\"%_?1", "🦀é", &"x".repeat(10_000)] {
        let name = format!("call of {text}");
        let target = CallTarget::Group { resource: text.into(), group_id: text.into() };
        let mut join = joined(&name, "g", NOW);
        if let JournalRow::Joined { display_name, .. } = &mut join {
            *display_name = text.into();
        }
        let rows = [JournalRow::CallStarted { call: call(&name), target, at: NOW }, join];
        let happened = OutboxEvent { data: text.into(), subject: text.into(), ..event(&name, &name) };
        store.commit(&rows, std::slice::from_ref(&happened)).await.unwrap();
        assert_eq!(store.journal_of(&call(&name)).await.unwrap(), rows);
        assert_eq!(store.outbox(0, 100).await.unwrap().pop().unwrap().event, happened);
    }
}

pub async fn an_empty_batch_is_nothing(store: impl Store) {
    store.commit(&[], &[]).await.unwrap();
    assert_eq!(store.open_calls().await.unwrap(), []);
    assert_eq!(store.outbox(0, 10).await.unwrap(), []);
    store.ping().await.unwrap();
}

pub async fn a_batch_is_written_whole_or_not_at_all(store: impl Store) {
    store.commit(&[started("first", NOW)], &[event("taken", "first")]).await.unwrap();
    let rows = [started("second", NOW), joined("second", "g", NOW), left("first", "g", ErrorCode::HungUp, NOW)];
    let refused = store.commit(&rows, &[event("fresh", "second"), event("taken", "second")]).await;
    assert!(matches!(refused, Err(StoreError::Conflict { what: "an event" })), "{refused:?}");
    assert_eq!(store.journal_of(&call("second")).await.unwrap(), []);
    assert_eq!(store.journal_of(&call("first")).await.unwrap(), [started("first", NOW)]);
    assert_eq!(store.open_calls().await.unwrap().len(), 1);
    assert_eq!(store.outbox(0, 10).await.unwrap().len(), 1);
    // And the store goes on.
    store.commit(&rows, &[event("fresh", "second")]).await.unwrap();
    assert_eq!(store.journal_of(&call("second")).await.unwrap(), rows[..2]);
}

pub async fn a_row_or_an_event_of_a_call_that_never_started_is_refused(store: impl Store) {
    let refused = store.commit(&[started("a", NOW), joined("never", "g", NOW)], &[]).await;
    assert!(matches!(refused, Err(StoreError::UnknownCall)), "{refused:?}");
    let refused = store.commit(&[started("a", NOW)], &[event("e", "never")]).await;
    assert!(matches!(refused, Err(StoreError::UnknownCall)), "{refused:?}");
    assert_eq!(store.open_calls().await.unwrap(), []);
}

pub async fn a_call_starts_once_and_an_event_is_written_once(store: impl Store) {
    store.commit(&[started("a", NOW)], &[event("e", "a")]).await.unwrap();
    let refused = store.commit(&[started("a", NOW + 1)], &[]).await;
    assert!(matches!(refused, Err(StoreError::Conflict { what: "a call" })), "{refused:?}");
    let refused = store.commit(&[], &[event("e", "a")]).await;
    assert!(matches!(refused, Err(StoreError::Conflict { what: "an event" })), "{refused:?}");
}

pub async fn open_calls_are_those_without_an_end(store: impl Store) {
    let target = CallTarget::Meeting(MeetingId("m".into()));
    let meeting = JournalRow::CallStarted { call: call("a"), target: target.clone(), at: NOW };
    store.commit(&[started("b", NOW - 1), meeting, started("c", NOW - 2)], &[]).await.unwrap();
    store.commit(&[ended("c", ErrorCode::HungUp, NOW)], &[]).await.unwrap();
    let open = [
        OpenCall { id: call("b"), target: group(), started_at: NOW - 1 },
        OpenCall { id: call("a"), target, started_at: NOW },
    ];
    assert_eq!(store.open_calls().await.unwrap(), open);
}

pub async fn the_ended_calls_of_a_meeting_are_listed_page_by_page_the_newest_first(store: impl Store) {
    let of = |name: &str, meeting: &str, at: WallMs| {
        let target = CallTarget::Meeting(MeetingId(meeting.into()));
        JournalRow::CallStarted { call: call(name), target, at }
    };
    let rows = [
        of("a", "m", NOW),
        of("b", "m", NOW + 1),
        of("c", "m", NOW + 1),
        of("open", "m", NOW + 2),
        of("other", "n", NOW),
        started("group", NOW),
        ended("b", ErrorCode::HungUp, NOW + 9),
        ended("a", ErrorCode::HungUp, NOW + 9),
        ended("c", ErrorCode::Vanished, NOW + 9),
        ended("other", ErrorCode::HungUp, NOW + 9),
        ended("group", ErrorCode::HungUp, NOW + 9),
    ];
    store.commit(&rows, &[]).await.unwrap();
    let meeting = MeetingId("m".into());
    let cursor = |name: &str, started_at: WallMs| CallCursor { id: call(name), started_at };
    let (a, b, c) = (cursor("a", NOW), cursor("b", NOW + 1), cursor("c", NOW + 1));
    assert_eq!(store.ended_calls_of(&meeting, None, 2).await.unwrap(), [c.clone(), b.clone()]);
    assert_eq!(store.ended_calls_of(&meeting, Some(&b), 2).await.unwrap(), std::slice::from_ref(&a));
    assert_eq!(store.ended_calls_of(&meeting, Some(&c), 1).await.unwrap(), [b]);
    assert_eq!(store.ended_calls_of(&meeting, Some(&a), 9).await.unwrap(), []);
    assert_eq!(store.ended_calls_of(&MeetingId("none".into()), None, 9).await.unwrap(), []);
}

pub async fn closing_writes_the_end_of_every_leg_and_call_that_is_open(store: impl Store) {
    let live = [
        started("live", NOW),
        joined("live", "in", NOW),
        knocked("live", "waiting", NOW),
        knocked("live", "admitted", NOW),
        joined("live", "admitted", NOW),
        knocked("live", "rejected", NOW),
        lobby_left("live", "rejected", ErrorCode::LobbyRejected, NOW),
        joined("live", "gone", NOW),
        left("live", "gone", ErrorCode::HungUp, NOW),
        JournalRow::MutedChanged { call: call("live"), participant: leg("in"), muted: true, by: None, at: NOW },
    ];
    let over = [started("over", NOW), joined("over", "in", NOW), ended("over", ErrorCode::HungUp, NOW)];
    store.commit(&live, &[]).await.unwrap();
    store.commit(&over, &[]).await.unwrap();
    store.commit(&[started("empty", NOW + 1)], &[]).await.unwrap();

    let closed = store.close_open_calls(ErrorCode::Vanished, NOW + 9).await.unwrap();
    assert_eq!(closed, [call("live"), call("empty")]);
    let why = ErrorCode::Vanished;
    let mut expected = live.to_vec();
    expected.extend([
        left("live", "in", why, NOW + 9),
        lobby_left("live", "waiting", why, NOW + 9),
        left("live", "admitted", why, NOW + 9),
        ended("live", why, NOW + 9),
    ]);
    assert_eq!(store.journal_of(&call("live")).await.unwrap(), expected);
    assert_eq!(
        store.journal_of(&call("empty")).await.unwrap(),
        [started("empty", NOW + 1), ended("empty", why, NOW + 9)]
    );
    assert_eq!(store.journal_of(&call("over")).await.unwrap(), over);
    assert_eq!(store.open_calls().await.unwrap(), []);
    assert_eq!(store.close_open_calls(ErrorCode::Vanished, NOW + 10).await.unwrap(), []);
}

pub async fn the_outbox_is_read_page_by_page_in_order(store: impl Store) {
    store.commit(&[started("a", NOW), started("b", NOW)], &[]).await.unwrap();
    let events: Vec<OutboxEvent> =
        (0..5).map(|number| event(&format!("e{number}"), if number % 2 == 0 { "a" } else { "b" })).collect();
    for batch in events.chunks(2) {
        store.commit(&[], batch).await.unwrap();
    }
    let (mut read, mut after) = (Vec::new(), 0);
    loop {
        let page = store.outbox(after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        assert!(last.seq > after);
        after = last.seq;
        read.extend(page.into_iter().map(|line| line.event));
    }
    assert_eq!(read, events);
}

pub async fn batches_at_the_same_time_stay_whole_and_in_order(store: impl Store) {
    let store = Arc::new(store);
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let name = format!("call {writer}");
                store.commit(&[started(&name, NOW)], &[]).await.unwrap();
                for number in 0..25 {
                    let rows = [joined(&name, "g", number), left(&name, "g", ErrorCode::HungUp, number)];
                    store.commit(&rows, &[event(&format!("{writer} {number}"), &name)]).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    for writer in 0..8 {
        let name = format!("call {writer}");
        let mut expected = vec![started(&name, NOW)];
        for number in 0..25 {
            expected.extend([joined(&name, "g", number), left(&name, "g", ErrorCode::HungUp, number)]);
        }
        assert_eq!(store.journal_of(&call(&name)).await.unwrap(), expected);
    }
    let outbox = store.outbox(0, 1000).await.unwrap();
    assert_eq!(outbox.len(), 8 * 25);
    for writer in 0..8 {
        let of_call: Vec<&str> = outbox
            .iter()
            .filter(|line| line.event.of == EventOf::Call(call(&format!("call {writer}"))))
            .map(|line| line.event.id.as_str())
            .collect();
        assert_eq!(of_call, (0..25).map(|number| format!("{writer} {number}")).collect::<Vec<_>>());
    }
}

pub async fn what_was_committed_is_read_at_once(store: impl Store) {
    store.commit(&[started("a", NOW)], &[]).await.unwrap();
    for number in 1..=200 {
        store.commit(&[joined("a", "g", number)], &[]).await.unwrap();
        assert_eq!(store.journal_of(&call("a")).await.unwrap().len() as i64, 1 + number);
    }
}
