//! What arrives at endpoints.

use super::endpoint::Endpoint;
use super::{PATH, call, subscribe, subscribed};
use crate::client::{Folder, Server};
use crate::identities::{App, text};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_model::subscription::{Checkpoint, Undelivered};
use convene_protocol::Request;
use convene_server::clock::wall_now;
use convene_server::config::ServeSettings;
use convene_store::Store;
use serde_json::json;

#[tokio::test]
async fn a_calls_events_arrive_in_order_and_signed() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (_, secret) = subscribed(&app, &endpoint).await;
    let mut client = call(&server).await;
    client.ask(Request::Leave {}).await;

    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("the prefix of a secret")).expect("base64");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut types = vec![];
    for _ in 0..4 {
        let came = endpoint.next().await;
        assert_eq!(came.header("content-type"), "application/cloudevents+json; charset=utf-8");
        let event = came.json();
        assert_eq!((&event["specversion"], came.header("webhook-id")), (&json!("1.0"), event["id"].as_str().unwrap()));
        let signed = format!("{}.{}.{}", came.header("webhook-id"), came.header("webhook-timestamp"), came.body);
        let tag = STANDARD.decode(came.header("webhook-signature").strip_prefix("v1,").expect("a version"));
        hmac::verify(&key, signed.as_bytes(), &tag.expect("base64"))
            .expect("it is signed with the subscription's secret");
        let seconds: i64 = came.header("webhook-timestamp").parse().expect("a number");
        assert!((wall_now() / 1000 - seconds).abs() < 60);
        types.push(text(&event["type"]));
    }
    let expected = ["CallStarted", "CallParticipantAdded", "CallParticipantRemoved", "CallEnded"];
    assert_eq!(types, expected.map(|name| format!("Microsoft.Communication.{name}")));
}

#[tokio::test]
async fn event_grid_subscribers_get_its_schema_and_only_the_types_that_they_want() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let types = ["Microsoft.Communication.CallParticipantAdded"];
    let wish = json!({ "endpoint": endpoint.url(), "schema": "eventGrid", "includedEventTypes": types });
    assert_eq!(subscribe(&app, wish).await.status, 201);
    let _client = call(&server).await;
    let came = endpoint.next().await;
    assert_eq!(came.header("aeg-event-type"), "Notification");
    let events = came.json();
    assert_eq!((&events[0]["eventType"], &events[0]["dataVersion"]), (&json!(types[0]), &json!("1.0")));
    assert_eq!(events[0]["data"]["displayName"], "Ana");
}

#[tokio::test]
async fn what_was_not_taken_before_the_server_was_killed_comes_again_with_its_id() {
    let folder = Folder::new();
    let database = folder.0.join("kept.db").display().to_string();
    let settings = || ServeSettings { dev: true, database: Some(database.clone().into()), ..Default::default() };
    let (server, endpoint) = (Server::start(settings()).await, Endpoint::start().await);
    subscribed(&App::new(&server).await, &endpoint).await;
    endpoint.answers(500);
    let client = call(&server).await;
    let first = endpoint.next().await.json();
    // It ends as a killed one does: without a word to anybody.
    server.running.app.store.close().await;
    drop((client, server));

    endpoint.answers(200);
    let _server = Server::start(settings()).await;
    assert_eq!(endpoint.next().await.json(), first);
    assert_eq!(endpoint.next().await.json()["type"], "Microsoft.Communication.CallParticipantAdded");
}

#[tokio::test]
async fn a_dead_letter_is_seen_with_its_reason_and_sent_again_when_somebody_asks() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (id, _) = subscribed(&app, &endpoint).await;
    let _client = call(&server).await;
    let event = endpoint.next().await.json();

    let store = &server.running.app.store;
    let line = store.outbox(0, 1).await.expect("the store answers").remove(0);
    let dead = Undelivered {
        line: line.clone(),
        attempts: 12,
        first_at: Some(0),
        next_at: 0,
        dead_at: Some(86_400_000),
        error: Some("the endpoint answered 500".to_owned()),
    };
    let checkpoint = Checkpoint { position: line.seq, kept: vec![dead], delivered: vec![] };
    assert!(store.write_checkpoint(&id, &checkpoint).await.expect("the store answers"));
    let path = format!("{PATH}/{id}/deadLetters");
    let listed = app.ask("GET", &path, "").await;
    let expected = json!([{
        "event": event, "attempts": 12, "firstAttemptOn": "1970-01-01T00:00:00.000Z", "deadSince": "1970-01-02T00:00:00.000Z",
        "lastError": "the endpoint answered 500",
    }]);
    assert_eq!((listed.status, &listed.json()["value"]), (200, &expected));

    let replay = format!("{path}/:replay");
    let none = app.ask("POST", &replay, r#"{"eventId":"nobodys"}"#).await;
    assert_eq!((none.status, &none.json()["replayed"]), (200, &json!(0)));
    let one = app.ask("POST", &replay, &json!({ "eventId": event["id"] }).to_string()).await;
    assert_eq!((one.status, &one.json()["replayed"]), (200, &json!(1)));
    loop {
        let came = endpoint.next().await.json();
        if came["id"] == event["id"] {
            assert_eq!(came, event);
            break;
        }
    }
    assert_eq!(app.ask("GET", &path, "").await.json()["value"], json!([]));
}

#[tokio::test]
async fn another_resources_calls_are_told_to_its_own_subscribers_only() {
    let (server, ours, theirs) = (Server::dev().await, Endpoint::start().await, Endpoint::start().await);
    let other = App::of_another_resource(&server).await;
    subscribed(&App::new(&server).await, &ours).await;
    subscribed(&other, &theirs).await;
    let user = other.user().await;
    let mut client = crate::signaling::Client::connect(&server, &other.token(&user).await).await;
    client.ask(crate::signaling::group()).await;
    client.until(crate::signaling::joined).await;
    let event = theirs.next().await.json();
    assert_eq!(event["source"], "/communicationServices/other");
    // Had our endpoint been told of it, this would not be the first that it hears.
    let _client = call(&server).await;
    let event = ours.next().await.json();
    assert_eq!(event["type"], "Microsoft.Communication.CallStarted");
    assert_ne!(event["source"], "/communicationServices/other");
}
