//! `POST /calling/callConnections:answer`, `:redirect` and `:reject`.

use super::*;
use crate::signaling::joined;
use convene_model::RawId;
use convene_protocol::{Event, Request, ServerMessage};
use convene_store::Store;

const ANSWER: &str = "/calling/callConnections:answer";
const REDIRECT: &str = "/calling/callConnections:redirect";
const REJECT: &str = "/calling/callConnections:reject";
const INCOMING: &str = "Microsoft.Communication.IncomingCall";

impl Somebody {
    /// Calls somebody; gives the call's id.
    async fn call(&mut self, user: &str) -> String {
        let users = vec![RawId::parse(user).expect("a raw id")];
        self.client.ask(Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false }).await;
        self.client.until(joined).await
    }

    /// Who comes next: the user, and under which name.
    async fn comes(&mut self) -> (String, String) {
        self.client
            .until(|message| match message {
                ServerMessage::Event { event: Event::ParticipantJoined { participant }, .. } => {
                    Some((participant.user.to_string(), participant.display_name))
                }
                _ => None,
            })
            .await
    }
}

/// An endpoint that is told of calls that ring, and of nothing else.
async fn told_of_calls(app: &App<'_>, schema: &str) -> Endpoint {
    let endpoint = Endpoint::start().await;
    let wish = json!({ "endpoint": endpoint.url(), "schema": schema, "includedEventTypes": [INCOMING] });
    let answer = app.ask("POST", "/events/subscriptions", &wish.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    endpoint
}

/// What the next call that rings is answered by.
async fn context(events: &Endpoint) -> String {
    let event = events.next().await.json();
    assert_eq!(event["type"], json!(INCOMING));
    text(&event["data"]["incomingCallContext"])
}

#[tokio::test]
async fn an_app_is_told_of_a_call_in_either_schema_and_answers_it_for_a_user_without_a_page() {
    let (server, callbacks) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (events, grid) = (told_of_calls(&app, "cloudEvents").await, told_of_calls(&app, "eventGrid").await);
    let (mut ana, ben) = (Somebody::new(&server, &app).await, app.user().await);
    let call = ana.call(&ben).await;

    let event = events.next().await.json();
    let subject = format!("/caller/{}/recipient/{ben}", ana.id);
    assert_eq!((&event["type"], &event["subject"]), (&json!(INCOMING), &json!(subject)));
    let data = &event["data"];
    let context = text(&data["incomingCallContext"]);
    let expected = json!({
        "to": identifier(&ben), "from": identifier(&ana.id), "callerDisplayName": "Ana", "serverCallId": call,
        "correlationId": call, "incomingCallContext": context,
    });
    assert_eq!(data, &expected);
    let in_grid = grid.next().await.json();
    assert_eq!((&in_grid[0]["eventType"], &in_grid[0]["data"]), (&json!(INCOMING), &expected));

    let body = json!({ "incomingCallContext": context, "callbackUri": callbacks.url(), "operationContext": "mine",
        "answeredBy": { "id": ben }, "displayName": "Desk" });
    let answered = ask(&app, "POST", ANSWER, &body).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    let connection = answered.json();
    let expected = json!({
        "callConnectionId": connection["callConnectionId"], "serverCallId": call, "correlationId": call,
        "targets": [identifier(&ben)], "callConnectionState": "connected", "callbackUri": callbacks.url(),
        "source": identifier(&ana.id), "sourceDisplayName": "Ana", "answeredBy": { "id": ben },
    });
    assert_eq!(connection, expected);
    assert_eq!(ana.comes().await, (ben.clone(), "Desk".to_owned()));
    let (name, data) = heard(&callbacks).await;
    assert_eq!((name.as_str(), &data["operationContext"]), ("CallConnected", &json!("mine")));
    let (name, data) = heard(&callbacks).await;
    let who: Vec<&Value> = data["participants"].as_array().expect("a list").iter().collect();
    assert_eq!((name.as_str(), who.len()), ("ParticipantsUpdated", 2));

    let late = ask(&app, "POST", ANSWER, &body).await;
    assert_eq!((late.status, error_code(&late).as_str()), (404, "NotFound"), "{}", late.text);
    ana.client.ask(Request::Leave {}).await;
    let (name, data) = heard(&callbacks).await;
    assert_eq!((name.as_str(), &data["resultInformation"]["subCode"]), ("CallDisconnected", &json!(5003)));
}

#[tokio::test]
async fn an_app_that_hangs_up_ends_the_call_that_it_answered() {
    let (server, callbacks) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let events = told_of_calls(&app, "cloudEvents").await;
    let (mut ana, mut ben) = (Somebody::new(&server, &app).await, Somebody::new(&server, &app).await);
    ana.call(&ben.id).await;
    let ring = ben.rings().await;
    let body = json!({ "incomingCallContext": context(&events).await, "callbackUri": callbacks.url() }).to_string();
    let request = app
        .sign("POST", &format!("{ANSWER}?{NEWEST}"), &body)
        .header("repeatability-request-id", "0aa5cc1d-25ff-4caf-b6a0-f34bbc2875ba")
        .header("repeatability-first-sent", httpdate::fmt_http_date(std::time::SystemTime::now()));
    let (first, second) = (app.send(&request).await, app.send(&request).await);
    assert_eq!((first.status, second.status, first.json()), (200, 200, second.json()));
    assert_eq!(ben.rings_no_more().await, (487, 10003));
    ben.client.ask(Request::Accept { ring: ring.ring, display_name: "Ben".into(), muted: true }).await;
    let refused = |message| match message {
        ServerMessage::Response { error: Some(error), .. } => Some(error.code),
        _ => None,
    };
    assert_eq!(ben.client.until(refused).await, 404);
    assert_eq!(ask(&app, "DELETE", &path_of(&first.json()), &Value::Null).await.status, 204);
    assert_eq!(ana.ended().await, (0, 5003));
    assert_eq!(names(&callbacks, 3).await, ["CallConnected", "ParticipantsUpdated", "CallDisconnected"]);
}

#[tokio::test]
async fn a_call_is_redirected_to_somebody_else_and_no_request_rings_twice() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let events = told_of_calls(&app, "cloudEvents").await;
    let (mut ana, mut ben, mut cora) =
        (Somebody::new(&server, &app).await, Somebody::new(&server, &app).await, Somebody::new(&server, &app).await);
    let call = ana.call(&ben.id).await;
    let body = json!({ "incomingCallContext": context(&events).await, "target": identifier(&cora.id) }).to_string();
    let request = app
        .sign("POST", &format!("{REDIRECT}?{NEWEST}"), &body)
        .header("repeatability-request-id", "0aa5cc1d-25ff-4caf-b6a0-f34bbc2875bb")
        .header("repeatability-first-sent", httpdate::fmt_http_date(std::time::SystemTime::now()));
    for _ in 0..2 {
        let answer = app.send(&request).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    }
    assert_eq!(ben.rings_no_more().await, (0, 7015));
    let ring = cora.rings().await;
    assert_eq!((&ring.call_id.0, ring.display_name.as_str()), (&call, "Ana"));
    assert_eq!(context(&events).await, ring.ring.0, "whose app may answer, too");
    cora.client.ask(Request::Accept { ring: ring.ring, display_name: "Cora".into(), muted: true }).await;
    assert_eq!(ana.comes().await, (cora.id.clone(), "Cora".to_owned()));
}

#[tokio::test]
async fn a_rejected_call_ends_for_the_caller_with_the_codes_of_acs() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let events = told_of_calls(&app, "cloudEvents").await;
    let (mut ana, ben) = (Somebody::new(&server, &app).await, app.user().await);
    for (reason, code) in [(None, 603), (Some("none"), 603), (Some("busy"), 486), (Some("forbidden"), 403)] {
        ana.call(&ben).await;
        let mut body = json!({ "incomingCallContext": context(&events).await });
        if let Some(reason) = reason {
            body["callRejectReason"] = json!(reason);
        }
        assert_eq!(ask(&app, "POST", REJECT, &body).await.status, 204);
        assert_eq!(ana.ended().await, (code, 0));
        assert_eq!(ask(&app, "POST", REJECT, &body).await.status, 404);
    }
}

#[tokio::test]
async fn whoever_has_no_device_is_unreachable_where_no_subscription_names_calls_that_ring() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let everything = json!({ "endpoint": endpoint.url() }).to_string();
    assert_eq!(app.ask("POST", "/events/subscriptions", &everything).await.status, 201);
    let _theirs = told_of_calls(&other, "cloudEvents").await;
    let (mut ana, ben) = (Somebody::new(&server, &app).await, app.user().await);
    ana.call(&ben).await;
    assert_eq!(ana.ended().await, (480, 10037));
}

#[tokio::test]
async fn only_the_resource_of_whom_it_rings_at_answers_and_unknown_calls_are_refused_alike() {
    let (server, callbacks) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let events = told_of_calls(&app, "cloudEvents").await;
    let (mut ana, ben) = (Somebody::new(&server, &app).await, app.user().await);
    ana.call(&ben).await;
    let context = context(&events).await;
    let (url, target) = (callbacks.url(), identifier("8:acs:r_u"));
    for path in [ANSWER, REDIRECT, REJECT] {
        let body = |context: &str| json!({ "incomingCallContext": context, "callbackUri": url, "target": target });
        let (theirs, never) =
            (ask(&other, "POST", path, &body(&context)).await, ask(&app, "POST", path, &body("none")).await);
        assert_eq!((theirs.status, &theirs.text), (404, &never.text), "{path}");
        assert_eq!(server.send("POST", path, &[], "{}").await.status, 401);
    }
    let kept = server.running.app.store.subscriptions(None).await.expect("the store answers");
    assert_eq!(kept.len(), 1, "what is refused leaves no callbacks behind");
    let body = json!({ "incomingCallContext": context, "callbackUri": url });
    assert_eq!(ask(&app, "POST", ANSWER, &body).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_with_the_reason() {
    let (server, callbacks) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let url = callbacks.url();
    let phone = json!({ "kind": "phoneNumber", "rawId": "4:+1555", "phoneNumber": { "value": "+1555" } });
    for (path, body, word) in [
        (ANSWER, json!({ "callbackUri": url }), "incomingCallContext"),
        (ANSWER, json!({ "incomingCallContext": "x", "callbackUri": "x" }), "http or https"),
        (
            ANSWER,
            json!({ "incomingCallContext": "x", "callbackUri": url, "answeredBy": { "id": "8:acs:other_u" } }),
            "answeredBy is no user of this resource",
        ),
        (
            ANSWER,
            json!({ "incomingCallContext": "x", "callbackUri": url, "transcriptionOptions": {} }),
            "transcriptionOptions",
        ),
        (
            ANSWER,
            json!({ "incomingCallContext": "x", "callbackUri": url, "mediaStreamingOptions": {} }),
            "transportType",
        ),
        (REDIRECT, json!({ "incomingCallContext": "x", "target": phone }), "no telephone network"),
        (REDIRECT, json!({ "incomingCallContext": "x" }), "target"),
        (REJECT, json!({ "incomingCallContext": "x", "callRejectReason": "tired" }), "none, busy or forbidden"),
    ] {
        let refused = ask(&app, "POST", path, &body).await;
        assert_eq!((refused.status, error_code(&refused).as_str()), (400, "BadRequest"), "{body}");
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
}
