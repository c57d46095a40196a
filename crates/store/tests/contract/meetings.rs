//! Meetings.

use super::samples::{NOW, meeting};
use convene_model::{
    RawId, ThreadId,
    record::{LobbyScope, Meeting},
};
use convene_store::{MeetingCursor, Store, StoreError};
use std::sync::Arc;

pub async fn a_meeting_is_found_by_each_of_its_ids_as_it_was(store: impl Store) {
    for (number, lobby) in LobbyScope::ALL.into_iter().enumerate() {
        let (guests_allowed, guests_may_start) = (number % 2 == 0, number % 3 == 0);
        let meeting = Meeting { lobby, guests_allowed, guests_may_start, version: 7, ..meeting(lobby.as_str()) };
        store.insert_meeting(&meeting).await.unwrap();
        assert_eq!(store.meeting(&meeting.id).await.unwrap().as_ref(), Some(&meeting));
        assert_eq!(store.meeting_by_thread(&meeting.thread_id).await.unwrap().as_ref(), Some(&meeting));
        assert_eq!(store.meeting_by_join_id(&meeting.join_meeting_id).await.unwrap().as_ref(), Some(&meeting));
    }
    let other = meeting("other");
    assert_eq!(store.meeting(&other.id).await.unwrap(), None);
    assert_eq!(store.meeting_by_thread(&other.thread_id).await.unwrap(), None);
    assert_eq!(store.meeting_by_join_id(&other.join_meeting_id).await.unwrap(), None);
    let upper = ThreadId(meeting("organizer").thread_id.0.to_uppercase());
    assert_eq!(store.meeting_by_thread(&upper).await.unwrap(), None, "ids are compared exactly");
}

pub async fn a_meeting_whose_id_is_taken_changes_nothing(store: impl Store) {
    let first = meeting("first");
    store.insert_meeting(&first).await.unwrap();
    for clash in [
        Meeting { id: first.id.clone(), ..meeting("a") },
        Meeting { thread_id: first.thread_id.clone(), ..meeting("b") },
        Meeting { join_meeting_id: first.join_meeting_id.clone(), ..meeting("c") },
    ] {
        let refused = store.insert_meeting(&clash).await;
        assert!(matches!(refused, Err(StoreError::Conflict { what: "a meeting" })), "{refused:?}");
    }
    let all = store.meetings_of(&first.organizer, None, 100).await.unwrap();
    assert_eq!(all, [first]);
}

pub async fn a_change_is_written_on_top_of_the_version_that_it_was_made_from(store: impl Store) {
    let before = meeting("m");
    store.insert_meeting(&before).await.unwrap();
    let after = Meeting { subject: "Other".into(), locked: false, attendees: vec![], version: 2, ..before.clone() };
    assert!(store.update_meeting(&after, NOW).await.unwrap().is_some());
    assert_eq!(store.meeting(&before.id).await.unwrap(), Some(after.clone()));
    assert_eq!(store.update_meeting(&after, NOW).await.unwrap(), None, "somebody else was first");
    assert!(store.delete_meeting(&before.id).await.unwrap());
    assert!(!store.delete_meeting(&before.id).await.unwrap());
    assert_eq!(store.meeting_by_thread(&before.thread_id).await.unwrap(), None);
}

pub async fn an_external_id_names_one_meeting_of_each_organizer(store: impl Store) {
    let named = |name: &str| Meeting { external_id: Some("order 7".into()), ..meeting(name) };
    let first = named("first");
    store.insert_meeting(&first).await.unwrap();
    let again = store.insert_meeting(&named("second")).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "a meeting" })), "{again:?}");
    let of_another = Meeting { organizer: RawId::organization_user("other"), ..named("of-another") };
    store.insert_meeting(&of_another).await.unwrap();
    for name in ["unnamed", "also-unnamed"] {
        store.insert_meeting(&meeting(name)).await.unwrap();
    }
    for one in [&first, &of_another] {
        assert_eq!(store.meeting_by_external_id(&one.organizer, "order 7").await.unwrap().as_ref(), Some(one));
        assert_eq!(store.meeting(&one.id).await.unwrap().as_ref(), Some(one));
    }
    assert_eq!(store.meeting_by_external_id(&first.organizer, "Order 7").await.unwrap(), None);
    assert!(store.delete_meeting(&first.id).await.unwrap());
    assert_eq!(store.meeting_by_external_id(&first.organizer, "order 7").await.unwrap(), None);
    store.insert_meeting(&named("second")).await.unwrap();
}

pub async fn of_many_meetings_with_one_external_id_made_at_once_one_is_made(store: impl Store) {
    let store = Arc::new(store);
    let named = |name: &str| Meeting { external_id: Some("same".into()), ..meeting(name) };
    let makers: Vec<_> = (0..16)
        .map(|number| {
            let (store, meeting) = (Arc::clone(&store), named(&format!("number-{number}")));
            tokio::spawn(async move { store.insert_meeting(&meeting).await })
        })
        .collect();
    let mut made = 0;
    for maker in makers {
        match maker.await.unwrap() {
            Ok(()) => made += 1,
            Err(StoreError::Conflict { what: "a meeting" }) => {}
            Err(other) => panic!("another error: {other}"),
        }
    }
    assert_eq!(made, 1);
}

pub async fn an_organizers_meetings_are_listed_page_by_page(store: impl Store) {
    let organizer = meeting("").organizer;
    let mut expected = Vec::new();
    for number in 0..7 {
        // Several made in the same millisecond: their ids put them in order.
        let created_at = NOW + number / 3;
        expected.push(Meeting { created_at, ..meeting(&format!("meeting-{number}")) });
    }
    for meeting in &expected {
        store.insert_meeting(meeting).await.unwrap();
    }
    store
        .insert_meeting(&Meeting { organizer: RawId::organization_user("other"), ..meeting("of-another") })
        .await
        .unwrap();
    expected.reverse();

    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.meetings_of(&organizer, after.as_ref(), 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(MeetingCursor::of(last));
        listed.extend(page);
    }
    assert_eq!(listed, expected);
    let all = store.meetings(None, 100).await.unwrap();
    assert_eq!(all.len(), expected.len() + 1);
    let of_organizer: Vec<Meeting> = all.iter().filter(|meeting| meeting.organizer == organizer).cloned().collect();
    assert_eq!(of_organizer, expected);
    let second = store.meetings(Some(&MeetingCursor::of(&all[0])), 1).await.unwrap();
    assert_eq!(second, [all[1].clone()]);
    assert_eq!(store.meetings_of(&organizer, None, 0).await.unwrap(), []);
    assert_eq!(store.meetings_of(&RawId::visitor("nobody"), None, 10).await.unwrap(), []);
}
