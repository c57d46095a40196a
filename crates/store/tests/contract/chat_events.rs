//! What happens in chat threads, in the outbox.

use super::chat::{draft, made, member, thread, written};
use super::samples::{NOW, guest, joined, meeting, user};
use convene_model::chat::{ChatChange, ChatContent, ChatDraft, ChatMessage, ChatThread};
use convene_model::record::{CallTarget, EventOf, JournalRow};
use convene_model::subscription::{Checkpoint, EventLine, EventSchema, Subscription, Undelivered};
use convene_model::{CallId, ThreadId};
use convene_store::Store;

async fn told(store: &impl Store) -> Vec<EventLine> {
    store.outbox(0, 100).await.unwrap()
}

fn kinds(lines: &[EventLine]) -> Vec<(&str, &str)> {
    lines.iter().map(|line| (line.event.event_type.as_str(), line.event.subject.as_str())).collect()
}

async fn commit(store: &impl Store, change: ChatChange) {
    store.commit_chat(&change).await.unwrap().expect("nobody else changes it");
}

fn from_version(thread: &ChatThread, version: u64, by: &str) -> ChatChange {
    ChatChange { version, ..ChatChange::of(thread, &guest(by), NOW + 5) }
}

pub async fn what_happens_in_an_apps_thread_is_told_in_the_transaction_of_the_change(store: impl Store) {
    let thread = made(&store, "t", &["a", "b"]).await;
    let message = written(&store, &thread, draft("Hello", NOW)).await.unwrap();
    let edited = ChatMessage { edited_at: Some(NOW + 1), version: NOW + 1, ..message.clone() };
    commit(&store, ChatChange { changed: Some((edited.clone(), message.version)), ..from_version(&thread, 1, "a") })
        .await;
    let deleted = ChatMessage { deleted_at: Some(NOW + 2), version: NOW + 2, ..edited.clone() };
    commit(&store, ChatChange { changed: Some((deleted, edited.version)), ..from_version(&thread, 1, "a") }).await;
    let topic = ChatThread { topic: "Another".into(), version: 2, ..thread.clone() };
    commit(&store, ChatChange { properties: Some(topic), ..from_version(&thread, 1, "b") }).await;
    commit(&store, ChatChange { added: vec![member("c")], ..from_version(&thread, 2, "a") }).await;
    let goes = ChatDraft { content: ChatContent::ParticipantsRemoved(vec![member("c")]), ..draft("", NOW + 3) };
    let removal = ChatChange { removed: vec![guest("c")], messages: vec![goes], ..from_version(&thread, 3, "b") };
    commit(&store, removal).await;
    let stale = ChatChange { added: vec![member("d")], ..from_version(&thread, 2, "a") };
    assert_eq!(store.commit_chat(&stale).await.unwrap(), None);
    assert!(store.delete_chat_thread(&thread.id, Some(&guest("a")), NOW + 9).await.unwrap());
    assert!(!store.delete_chat_thread(&thread.id, Some(&guest("a")), NOW + 9).await.unwrap());

    let lines = told(&store).await;
    let (a, b, c, id) = (guest("a"), guest("b"), guest("c"), message.id.to_string());
    let expected = [
        ("created", "2".to_owned()),
        ("received", id.clone()),
        ("edited", id.clone()),
        ("messageDeleted", id),
        ("updated", b.to_string()),
        ("added", format!("{c} {a}")),
        ("removed", format!("{c} {b}")),
        ("deleted", format!("{:?}", Some(&a))),
    ];
    let expected: Vec<(&str, &str)> = expected.iter().map(|(kind, by)| (*kind, by.as_str())).collect();
    assert_eq!(kinds(&lines), expected);
    let of = EventOf::Thread { id: thread.id, resource: "resource".into() };
    assert!(lines.iter().all(|line| line.event.of == of && line.resource.as_deref() == Some("resource")));
    assert_eq!((lines[0].event.at, lines[4].event.at, lines[7].event.at), (NOW, NOW + 5, NOW + 9));
}

pub async fn threads_of_calls_and_meetings_are_not_told_of(store: impl Store) {
    store.insert_user(&user("organizer")).await.unwrap();
    let meeting = meeting("m");
    store.insert_meeting(&meeting).await.unwrap();
    let (call, group) = (CallId("c".into()), CallId("g".into()));
    let opened = ThreadId::of_call(&group);
    let rows = [
        JournalRow::CallStarted { call, target: CallTarget::Meeting(meeting.id.clone()), at: NOW },
        joined("c", "ana", NOW),
        super::samples::started("g", NOW),
        JournalRow::ChatOpened { call: group, thread: opened.clone(), user: guest("ana"), at: NOW },
        joined("g", "ana", NOW),
    ];
    assert_eq!(store.commit(&rows, &[]).await.unwrap().len(), 2, "she is in both threads");
    let (of_call, _) = store.chat_member(&opened, &guest("ana")).await.unwrap().expect("she is in it");
    assert!(written(&store, &of_call, draft("Hello", NOW)).await.is_some());
    assert!(store.delete_meeting(&meeting.id).await.unwrap());
    assert_eq!(told(&store).await, []);
}

pub async fn a_users_end_is_told_in_the_threads_that_it_was_in(store: impl Store) {
    let ana = convene_model::record::User { id: guest("a"), ..user("a") };
    store.insert_user(&ana).await.unwrap();
    made(&store, "alone", &["a"]).await;
    made(&store, "with others", &["a", "b"]).await;
    let before = told(&store).await.len();
    store.delete_user(&guest("a"), NOW + 1).await.unwrap().expect("there was one");
    let lines = told(&store).await;
    let (deleted, removed) = (format!("{:?}", Some(guest("a"))), format!("{0} {0}", guest("a")));
    assert_eq!(kinds(&lines[before..]), [("deleted", deleted.as_str()), ("removed", removed.as_str())]);
    let ids: Vec<EventOf> = lines[before..].iter().map(|line| line.event.of.clone()).collect();
    let of = |name: &str| EventOf::Thread { id: thread(name).id, resource: "resource".into() };
    assert_eq!(ids, [of("alone"), of("with others")]);
}

pub async fn events_of_threads_wait_to_be_delivered_and_are_forgotten_by_their_age(store: impl Store) {
    let resource = convene_model::record::Resource {
        id: "resource".into(),
        access_keys: [vec![1; 64], vec![2; 64]].map(convene_model::record::AccessKey),
        hosts: Default::default(),
        created_at: NOW,
    };
    store.insert_resource(&resource).await.unwrap();
    let subscription = Subscription {
        id: "s".into(),
        resource: "resource".into(),
        endpoint: "https://app.example/".into(),
        schema: EventSchema::CloudEvents,
        types: Default::default(),
        meetings: false,
        by_operator: false,
        connection: None,
        secret: vec![1],
        created_at: NOW,
    };
    store.insert_subscription(&subscription).await.unwrap();
    made(&store, "t", &["a"]).await;
    let lines = told(&store).await;
    assert!(subscription.wants(&lines[0]));
    let waiting = Undelivered {
        line: lines[0].clone(),
        attempts: 1,
        first_at: Some(NOW),
        next_at: NOW,
        dead_at: None,
        error: None,
    };
    let checkpoint = Checkpoint { position: lines[0].seq, kept: vec![waiting.clone()], delivered: vec![] };
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap());
    assert_eq!(store.undelivered("s", false, 9).await.unwrap(), [waiting]);
    assert_eq!(store.forget_chat_events(NOW).await.unwrap(), 0);
    assert_eq!(store.forget_chat_events(NOW + 1).await.unwrap(), 1);
    assert_eq!((told(&store).await, store.undelivered("s", false, 9).await.unwrap()), (vec![], vec![]));
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap(), "what is gone is kept no more");
    assert_eq!(store.undelivered("s", false, 9).await.unwrap(), []);
}
