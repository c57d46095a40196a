//! Rooms, and the answers to the requests that made them.

use super::samples::{NOW, call, guest};
use convene_model::record::{CallTarget, JournalRow, RepeatableAnswer, Room};
use convene_model::{Role, RoomId};
use convene_store::{RoomCursor, Store, StoreError};

fn room(id: &str) -> Room {
    let roles = [Role::Presenter, Role::Collaborator, Role::Attendee, Role::Consumer];
    let invited = roles.into_iter().enumerate().map(|(number, role)| (guest(&number.to_string()), role));
    Room {
        id: RoomId(id.into()),
        resource: "resource".into(),
        valid_from: NOW + 1,
        valid_until: NOW + 2,
        pstn_dial_out_enabled: true,
        lobby: false,
        participants: invited.collect(),
        created_at: NOW,
        version: 1,
    }
}

fn answer(request_id: &str) -> RepeatableAnswer {
    RepeatableAnswer {
        resource: "resource".into(),
        request_id: request_id.into(),
        request_hash: "5e5e".into(),
        answer: r#"{"id":"é"}"#.into(),
        at: NOW,
    }
}

pub async fn a_room_comes_back_as_it_was_to_its_resource_alone(store: impl Store) {
    let plain = room("1");
    let other = Room { pstn_dial_out_enabled: false, lobby: true, participants: [].into(), ..room("2") };
    for room in [&plain, &other] {
        store.insert_room(room, None).await.unwrap();
        assert_eq!(store.room("resource", &room.id).await.unwrap().as_ref(), Some(room));
        assert_eq!(store.room("another", &room.id).await.unwrap(), None);
        assert!(!store.delete_room("another", &room.id).await.unwrap());
    }
    assert_eq!(store.room("resource", &RoomId("3".into())).await.unwrap(), None);
    assert!(store.delete_room("resource", &plain.id).await.unwrap());
    assert!(!store.delete_room("resource", &plain.id).await.unwrap());
    assert_eq!(store.room("resource", &plain.id).await.unwrap(), None);
}

pub async fn a_room_is_changed_on_top_of_the_version_that_the_change_was_made_from(store: impl Store) {
    let before = room("1");
    store.insert_room(&before, None).await.unwrap();
    let after = Room {
        valid_from: NOW + 5,
        valid_until: NOW + 6,
        pstn_dial_out_enabled: false,
        lobby: true,
        participants: [(guest("n"), Role::Consumer)].into(),
        version: 2,
        ..before.clone()
    };
    assert!(!store.update_room(&Room { resource: "another".into(), ..after.clone() }).await.unwrap());
    assert!(store.update_room(&after).await.unwrap());
    assert!(!store.update_room(&after).await.unwrap(), "somebody else was first");
    assert_eq!(store.room("resource", &before.id).await.unwrap(), Some(after));
}

pub async fn a_resources_rooms_are_listed_page_by_page(store: impl Store) {
    let mut expected = Vec::new();
    for number in 0..7 {
        // Several made in the same millisecond: their ids put them in order.
        expected.push(Room { created_at: NOW + number / 3, ..room(&format!("{number}")) });
    }
    for room in &expected {
        store.insert_room(room, None).await.unwrap();
    }
    store.insert_room(&Room { resource: "another".into(), ..room("9") }, None).await.unwrap();
    expected.reverse();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.rooms_of("resource", after.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        after = Some(RoomCursor::of(last));
        listed.extend(page);
    }
    assert_eq!(listed, expected);
    assert_eq!(store.rooms_of("nobody", None, 10).await.unwrap(), []);
}

pub async fn a_room_and_the_answer_to_its_request_are_written_together_or_not_at_all(store: impl Store) {
    store.insert_room(&room("1"), Some(&answer("a"))).await.unwrap();
    assert_eq!(store.repeatable_answer("resource", "a").await.unwrap(), Some(answer("a")));
    assert_eq!(store.repeatable_answer("another", "a").await.unwrap(), None);
    let again = store.insert_room(&room("2"), Some(&answer("a"))).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "an answered request" })), "{again:?}");
    assert_eq!(store.room("resource", &RoomId("2".into())).await.unwrap(), None);
    let taken = store.insert_room(&room("1"), Some(&answer("b"))).await;
    assert!(matches!(taken, Err(StoreError::Conflict { what: "a room" })), "{taken:?}");
    assert_eq!(store.repeatable_answer("resource", "b").await.unwrap(), None);
    let of_another = RepeatableAnswer { resource: "another".into(), ..answer("a") };
    store.insert_room(&Room { resource: "another".into(), ..room("3") }, Some(&of_another)).await.unwrap();
}

pub async fn answers_are_forgotten_by_their_time(store: impl Store) {
    store.insert_room(&room("1"), Some(&answer("old"))).await.unwrap();
    store.insert_room(&room("2"), Some(&RepeatableAnswer { at: NOW + 1, ..answer("new") })).await.unwrap();
    store.forget_answers(NOW + 1).await.unwrap();
    assert_eq!(store.repeatable_answer("resource", "old").await.unwrap(), None);
    assert!(store.repeatable_answer("resource", "new").await.unwrap().is_some());
}

pub async fn calls_of_groups_and_rooms_are_told_apart(store: impl Store) {
    let (resource, id) = ("resource".to_owned(), "99199690362660524".to_owned());
    let room = CallTarget::Room { resource: resource.clone(), room: RoomId(id.clone()) };
    let group = CallTarget::Group { resource, group_id: id };
    for (name, target) in [("r", &room), ("g", &group)] {
        let row = JournalRow::CallStarted { call: call(name), target: target.clone(), at: NOW };
        store.commit(std::slice::from_ref(&row), &[]).await.unwrap();
        assert_eq!(store.journal_of(&call(name)).await.unwrap(), [row]);
    }
    let open: Vec<CallTarget> = store.open_calls().await.unwrap().into_iter().map(|open| open.target).collect();
    assert_eq!(open, [group, room]);
}
