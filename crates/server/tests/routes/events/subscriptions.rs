//! Who may subscribe what.

use super::endpoint::{Endpoint, Handshake};
use super::{PATH, subscribe, subscribed};
use crate::client::Server;
use crate::identities::{App, error_code, text};
use convene_server::config::ServeSettings;
use serde_json::json;

#[tokio::test]
async fn a_subscription_is_made_listed_read_and_deleted_and_shows_its_secret_once() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let made = subscribe(&app, json!({ "endpoint": endpoint.url(), "meetings": true })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut made = made.json();
    assert!(text(&made["secret"]).starts_with("whsec_"));
    made.as_object_mut().expect("an object").remove("secret");
    assert_eq!((&made["schema"], &made["meetings"]), (&json!("cloudEvents"), &json!(true)));
    let path = format!("{PATH}/{}", text(&made["id"]));
    assert_eq!(app.ask("GET", PATH, "").await.json(), json!({ "value": [made] }));
    assert_eq!(app.ask("GET", &path, "").await.json(), made);

    let other = App::of_another_resource(&server).await;
    assert_eq!(other.ask("GET", PATH, "").await.json(), json!({ "value": [] }));
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/deadLetters")),
        ("POST", format!("{path}/deadLetters/:replay")),
    ] {
        let refused = other.ask(method, &path, "").await;
        assert_eq!((refused.status, error_code(&refused).as_str()), (404, "NotFound"), "{method} {path}");
    }

    assert_eq!(app.ask("DELETE", &path, "").await.status, 204);
    assert_eq!(app.ask("DELETE", &path, "").await.status, 404);
    assert_eq!(app.ask("GET", PATH, "").await.json(), json!({ "value": [] }));
}

#[tokio::test]
async fn an_endpoint_that_does_not_say_that_it_wants_events_gets_none() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    for (handshake, said) in [(Handshake::Wrong, "validationResponse"), (Handshake::Refused, "404")] {
        let endpoint = Endpoint::with(handshake).await;
        for (schema, word) in [("cloudEvents", "WebHook-Allowed-Origin"), ("eventGrid", said)] {
            let refused = subscribe(&app, json!({ "endpoint": endpoint.url(), "schema": schema })).await;
            assert_eq!((refused.status, error_code(&refused).as_str()), (400, "BadRequest"));
            assert!(text(&refused.json()["error"]["message"]).contains(word), "{}", refused.text);
        }
    }
    assert_eq!(app.ask("GET", PATH, "").await.json(), json!({ "value": [] }));
}

#[tokio::test]
async fn an_event_grid_endpoint_that_answers_without_the_code_gets_events_once_somebody_opens_the_link() {
    let (server, endpoint) = (Server::dev().await, Endpoint::with(Handshake::Without).await);
    let app = App::new(&server).await;
    let made = subscribe(&app, json!({ "endpoint": endpoint.url(), "schema": "eventGrid" })).await;
    assert_eq!(
        (made.status, &made.json()["provisioningState"]),
        (201, &json!("AwaitingManualAction")),
        "{}",
        made.text
    );
    let mut waiting = made.json();
    waiting.as_object_mut().expect("an object").remove("secret").expect("it is shown once");
    let path = format!("{PATH}/{}", text(&waiting["id"]));
    assert_eq!(app.ask("GET", PATH, "").await.json(), json!({ "value": [waiting] }));
    assert_eq!(app.ask("GET", &path, "").await.json(), waiting);

    let validation = endpoint.next().await.json();
    let link = text(&validation[0]["data"]["validationUrl"]);
    let link = link.strip_prefix(&server.running.public_url).expect("a link to this server");
    let _before = super::call(&server).await;
    let wrong = server.get(&format!("{path}/validate?code=another"), &[]).await;
    let nobodys = server.get(&format!("{PATH}/nobodys/validate?code=another"), &[]).await;
    assert_eq!((wrong.status, &wrong.text), (404, &nobodys.text));
    assert_eq!(server.get(link, &[]).await.status, 200);
    assert_eq!(server.get(link, &[]).await.status, 404, "it is opened once");
    assert_eq!(app.ask("GET", &path, "").await.json()["provisioningState"], "Succeeded");

    let _after = super::call(&server).await;
    let came = endpoint.next().await;
    assert_eq!(came.header("aeg-event-type"), "Notification");
    assert_eq!(came.json()[0]["eventType"], "Microsoft.Communication.CallParticipantAdded", "from now on");
}

#[tokio::test]
async fn a_subscription_that_waits_can_be_deleted_and_counts() {
    let (server, endpoint) = (Server::dev().await, Endpoint::with(Handshake::Without).await);
    let app = App::new(&server).await;
    let wish = json!({ "endpoint": endpoint.url(), "schema": "eventGrid" });
    let first = subscribe(&app, wish.clone()).await.json();
    for _ in 1..20 {
        assert_eq!(subscribe(&app, wish.clone()).await.status, 201);
    }
    assert!(subscribe(&app, wish.clone()).await.text.contains("at most 20"));
    let path = format!("{PATH}/{}", text(&first["id"]));
    let other = App::of_another_resource(&server).await;
    assert_eq!(other.ask("DELETE", &path, "").await.status, 404);
    assert_eq!(app.ask("DELETE", &path, "").await.status, 204);
    assert_eq!(app.ask("GET", &path, "").await.status, 404);
    assert_eq!(subscribe(&app, wish).await.status, 201);
}

#[tokio::test]
async fn what_cannot_be_subscribed_is_refused_with_the_reason() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    for (wish, word) in [
        (json!({}), "endpoint"),
        (json!({ "endpoint": endpoint.url(), "schema": "xml" }), "cloudEvents or eventGrid"),
        (json!({ "endpoint": endpoint.url(), "includedEventTypes": ["Sms"] }), "Microsoft.Communication.CallStarted"),
        (json!({ "endpoint": "nowhere" }), "http or https"),
        (json!({ "endpoint": endpoint.url(), "filter": {} }), "filter"),
    ] {
        let refused = subscribe(&app, wish.clone()).await;
        assert_eq!((refused.status, error_code(&refused).as_str()), (400, "BadRequest"), "{wish}");
        assert!(text(&refused.json()["error"]["message"]).contains(word), "{}", refused.text);
    }
    for _ in 0..20 {
        subscribed(&app, &endpoint).await;
    }
    let refused = subscribe(&app, json!({ "endpoint": endpoint.url() })).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("at most 20"), "{}", refused.text);
}

#[tokio::test]
async fn an_app_reaches_no_private_address_through_the_server_and_hears_of_no_meetings() {
    let (server, endpoint) = (Server::start(ServeSettings::default()).await, Endpoint::start().await);
    let app = App::new(&server).await;
    let port = endpoint.address.port();
    for (endpoint, word) in [
        (endpoint.url(), "encrypted"),
        (format!("https://127.0.0.1:{port}/"), "public internet"),
        (format!("https://localhost:{port}/"), "public internet"),
        (format!("https://[::1]:{port}/"), "public internet"),
        (format!("https://[::ffff:127.0.0.1]:{port}/"), "public internet"),
    ] {
        let refused = subscribe(&app, json!({ "endpoint": endpoint })).await;
        assert_eq!(refused.status, 400, "{endpoint}");
        assert!(text(&refused.json()["error"]["message"]).contains(word), "{}", refused.text);
    }
    let refused = subscribe(&app, json!({ "endpoint": "https://app.example/", "meetings": true })).await;
    assert_eq!((refused.status, error_code(&refused).as_str()), (403, "Forbidden"));
    let unsigned = server.send("POST", PATH, &[], "{}").await;
    assert_eq!(unsigned.status, 401);
}
