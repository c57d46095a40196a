//! Who wants to hear of events, and what waits to be delivered.

use super::{
    resources::resource,
    samples::{NOW, event, started},
};
use convene_model::automation::CALL_DISCONNECTED;
use convene_model::record::{EventOf, OutboxEvent};
use convene_model::subscription::{Checkpoint, EventLine, EventSchema, Subscription, Undelivered};
use convene_model::{CallId, ConnectionId, ErrorCode};
use convene_store::{Store, StoreError};

fn subscription(id: &str, of: &str) -> Subscription {
    Subscription {
        id: id.to_owned(),
        resource: of.to_owned(),
        endpoint: "https://app.example/events".to_owned(),
        schema: EventSchema::EventGrid,
        types: ["Convene.LobbyKnocked".to_owned(), "Microsoft.Communication.CallEnded".to_owned()].into(),
        meetings: true,
        by_operator: false,
        connection: None,
        secret: (0..32).collect(),
        created_at: NOW,
    }
}

pub async fn an_event_of_a_call_may_be_for_another_resource_than_the_calls(store: impl Store) {
    store.insert_resource(&resource("r", &[])).await.unwrap();
    store.insert_subscription(&Subscription { types: [].into(), ..subscription("s", "r") }).await.unwrap();
    let of = EventOf::CallFor { call: CallId("a".into()), resource: "r".into() };
    let rings = OutboxEvent { of, ..event("rings", "a") };
    store.commit(&[started("a", NOW)], &[event("starts", "a"), rings.clone()]).await.unwrap();
    let lines = store.outbox(0, 10).await.unwrap();
    assert_eq!(
        (lines[0].resource.as_deref(), lines[1].resource.as_deref()),
        (Some("resource"), Some("r")),
        "the call is another's"
    );
    assert_eq!(lines[1].event, rings);
    let waits = Checkpoint { position: lines[1].seq, kept: vec![refused(&lines[1], 1, None)], delivered: vec![] };
    assert!(store.write_checkpoint("s", &waits).await.unwrap());
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), waits.kept);
}

/// A subscription `s`, and then three events of a call.
async fn with_events(store: &impl Store) -> Vec<EventLine> {
    store.insert_resource(&resource("r", &[])).await.unwrap();
    store.insert_subscription(&subscription("s", "r")).await.unwrap();
    store.commit(&[started("a", NOW)], &[event("e1", "a"), event("e2", "a"), event("e3", "a")]).await.unwrap();
    store.outbox(0, 10).await.unwrap()
}

fn refused(line: &EventLine, attempts: u32, dead_at: Option<i64>) -> Undelivered {
    Undelivered {
        line: line.clone(),
        attempts,
        first_at: Some(NOW),
        next_at: NOW + 10,
        dead_at,
        error: Some("the endpoint answered 500".to_owned()),
    }
}

pub async fn a_subscription_comes_back_as_it_was_and_begins_after_what_happened_before(store: impl Store) {
    store.insert_resource(&resource("r", &[])).await.unwrap();
    store.insert_resource(&resource("r2", &[])).await.unwrap();
    assert_eq!(store.event_position(None).await.unwrap(), Some(0));
    store.commit(&[started("a", NOW)], &[event("e1", "a")]).await.unwrap();
    let ours = subscription("s", "r");
    store.insert_subscription(&ours).await.unwrap();
    let theirs = Subscription { types: [].into(), created_at: NOW + 1, ..subscription("s2", "r2") };
    store.insert_subscription(&theirs).await.unwrap();
    assert!(store.subscriptions(None).await.unwrap() == [ours.clone(), theirs]);
    assert!(store.subscriptions(Some("r")).await.unwrap() == [ours.clone()]);
    let position = store.delivery_position("s").await.unwrap();
    assert_eq!(position, store.event_position(Some("e1")).await.unwrap());
    assert!(position.is_some_and(|position| position > 0));
    assert_eq!(store.delivery_position("s3").await.unwrap(), None);
    assert_eq!(store.event_position(Some("e9")).await.unwrap(), None);
    let again = store.insert_subscription(&ours).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
}

pub async fn a_connections_subscription_is_nobodys_to_list_and_goes_when_all_is_told(store: impl Store) {
    store.insert_resource(&resource("r", &[])).await.unwrap();
    let connection = |name: &str| Some(ConnectionId(name.into()));
    for name in ["open", "over", "waits", "never"] {
        let of_connection = Subscription { connection: connection(name), ..subscription(name, "r") };
        store.insert_subscription(&of_connection).await.unwrap();
    }
    let ids = async |of| store.subscriptions(of).await.unwrap().into_iter().map(|each| each.id).collect::<Vec<_>>();
    assert_eq!(ids(Some("r")).await, Vec::<String>::new());
    assert_eq!(ids(None).await, ["never", "open", "over", "waits"]);
    let callback = |id, name, last: bool| {
        let event = OutboxEvent { connection: connection(name), ..event(id, "a") };
        if last { OutboxEvent { event_type: CALL_DISCONNECTED.into(), ..event } } else { event }
    };
    let events = [
        callback("e1", "open", false),
        callback("e2", "over", false),
        callback("e3", "over", true),
        callback("e4", "waits", true),
    ];
    store.commit(&[started("a", NOW)], &events).await.unwrap();
    let lines = store.outbox(0, 10).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.event.clone()).collect::<Vec<_>>(), events);
    let read_all = |kept| Checkpoint { position: lines[3].seq, kept, delivered: vec![] };
    for name in ["open", "over"] {
        assert!(store.write_checkpoint(name, &read_all(vec![])).await.unwrap());
    }
    assert!(store.write_checkpoint("waits", &read_all(vec![refused(&lines[3], 1, None)])).await.unwrap());
    let call = lines[0].event.of.call().unwrap().clone();
    assert_eq!(store.open_connections().await.unwrap(), [(ConnectionId("open".into()), call)]);
    assert_eq!(ids(None).await, ["open", "waits"]);
}

pub async fn a_checkpoint_keeps_what_was_refused_and_forgets_what_arrived(store: impl Store) {
    let lines = with_events(&store).await;
    let [first, second, third] = lines.as_slice() else { panic!("{lines:?}") };
    let kept = vec![refused(first, 1, None), refused(second, 0, None)];
    let checkpoint = Checkpoint { position: second.seq, kept: kept.clone(), delivered: vec![] };
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap());
    assert_eq!(store.delivery_position("s").await.unwrap(), Some(second.seq));
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), kept);
    assert_eq!(store.undelivered("s", false, 1).await.unwrap(), kept[..1]);

    let later = refused(second, 4, None);
    let checkpoint =
        Checkpoint { position: third.seq, kept: vec![later.clone()], delivered: vec![first.seq, third.seq] };
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap());
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), [later]);
    assert!(!store.write_checkpoint("s2", &checkpoint).await.unwrap());
}

pub async fn a_dead_letter_is_replayed_by_its_event_or_with_all_others(store: impl Store) {
    let lines = with_events(&store).await;
    let dead: Vec<Undelivered> = lines.iter().map(|line| refused(line, 12, Some(NOW + 20))).collect();
    let checkpoint = Checkpoint { position: lines[2].seq, kept: dead.clone(), delivered: vec![] };
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap());
    assert_eq!(store.undelivered("s", true, 10).await.unwrap(), dead);
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), []);

    assert_eq!(store.replay("s", Some("e2"), NOW + 30).await.unwrap(), 1);
    assert_eq!(store.replay("s", Some("e2"), NOW + 31).await.unwrap(), 0, "it is no dead letter any more");
    let waits = Undelivered { attempts: 0, first_at: None, next_at: NOW + 30, dead_at: None, ..dead[1].clone() };
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), [waits]);
    assert_eq!(store.replay("s", None, NOW + 32).await.unwrap(), 2);
    assert_eq!(store.undelivered("s", true, 10).await.unwrap(), []);
}

pub async fn a_deleted_subscription_takes_what_waits_along(store: impl Store) {
    let lines = with_events(&store).await;
    let checkpoint = Checkpoint { position: lines[0].seq, kept: vec![refused(&lines[0], 1, None)], delivered: vec![] };
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap());
    assert!(store.delete_subscription("s").await.unwrap());
    assert!(!store.delete_subscription("s").await.unwrap());
    assert!(store.subscriptions(None).await.unwrap().is_empty());
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), []);
}

pub async fn what_is_deleted_for_its_age_is_no_longer_to_be_delivered(store: impl Store) {
    let lines = with_events(&store).await;
    let kept = vec![refused(&lines[0], 12, Some(NOW + 20)), refused(&lines[1], 1, None)];
    let checkpoint = Checkpoint { position: lines[1].seq, kept, delivered: vec![] };
    assert!(store.write_checkpoint("s", &checkpoint).await.unwrap());
    store.close_open_calls(ErrorCode::Vanished, NOW).await.unwrap();
    assert_eq!(store.prune(NOW, 9).await.unwrap().calls, 1);
    assert_eq!(store.undelivered("s", true, 10).await.unwrap(), []);
    assert_eq!(store.undelivered("s", false, 10).await.unwrap(), []);
    assert_eq!(store.delivery_position("s").await.unwrap(), Some(lines[1].seq));
}
