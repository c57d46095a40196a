//! `/calling/callConnections/{callConnectionId}` and its participants.

use super::*;
use crate::signaling::{Client, joined};
use convene_protocol::{Event, ServerMessage};
use convene_store::Store;

/// A user of the app's in the group call.
async fn somebody(server: &Server, app: &App<'_>) -> (String, Client) {
    let user = app.user().await;
    let mut client = Client::connect(server, &app.token(&user).await).await;
    client.ask(crate::signaling::group()).await;
    client.until(joined).await;
    (user, client)
}

async fn ended(client: &mut Client) -> (u16, u32) {
    client
        .until(|message| match message {
            ServerMessage::Event { event: Event::Ended { end }, .. } => Some((end.reason.code, end.reason.sub_code)),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn an_app_lists_mutes_and_removes_participants() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (user, mut client) = somebody(&server, &app).await;
    let path = connected(&app, &endpoint).await;
    let participants = format!("{path}/participants");
    let identifier = json!({ "kind": "communicationUser", "rawId": user, "communicationUser": { "id": user } });
    let listed = ask(&app, "GET", &participants, &Value::Null).await;
    let seen = json!({ "identifier": identifier, "isMuted": false, "isOnHold": false });
    assert_eq!((listed.status, listed.json()), (200, json!({ "value": [seen] })));
    let one = format!("{participants}/{}", user.replace(':', "%3A"));
    assert_eq!(ask(&app, "GET", &one, &Value::Null).await.json(), seen);
    assert_eq!(ask(&app, "GET", &format!("{participants}/nobody"), &Value::Null).await.status, 404);

    let mute = json!({ "targetParticipants": [identifier], "operationContext": "quiet" });
    let muted = ask(&app, "POST", &format!("{participants}:mute"), &mute).await;
    assert_eq!((muted.status, muted.json()), (200, json!({ "operationContext": "quiet" })));
    assert_eq!(ask(&app, "GET", &one, &Value::Null).await.json()["isMuted"], json!(true));
    assert_eq!(names(&endpoint, 3).await, ["CallConnected", "ParticipantsUpdated", "ParticipantsUpdated"]);

    let remove = json!({ "participantToRemove": identifier, "operationContext": "out" });
    let removed = ask(&app, "POST", &format!("{participants}:remove"), &remove).await;
    assert_eq!((removed.status, removed.json()), (202, json!({ "operationContext": "out" })));
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["operationContext"]), ("RemoveParticipantSucceeded", &json!("out")));
    assert_eq!(data["participant"]["rawId"], json!(user));
    assert_eq!(ended(&mut client).await, (0, 5300));
    assert_eq!(names(&endpoint, 1).await, ["ParticipantsUpdated"]);
    assert_eq!(ask(&app, "POST", &format!("{participants}:remove"), &remove).await.status, 202);
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["resultInformation"]["code"]), ("RemoveParticipantFailed", &json!(404)));
}

#[tokio::test]
async fn hanging_up_ends_the_connection_and_terminating_the_call() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (_, mut client) = somebody(&server, &app).await;
    let path = connected(&app, &endpoint).await;
    assert_eq!(ask(&app, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(names(&endpoint, 3).await, ["CallConnected", "ParticipantsUpdated", "CallDisconnected"]);
    assert_eq!(ask(&app, "GET", &path, &Value::Null).await.status, 404);

    let path = connected(&app, &endpoint).await;
    assert_eq!(ask(&app, "POST", &format!("{path}:terminate"), &Value::Null).await.status, 204);
    assert_eq!(ended(&mut client).await, (0, 7000));
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["resultInformation"]["subCode"]), ("CallDisconnected", &json!(7000)));
    let store = &server.running.app.store;
    while !store.subscriptions(None).await.expect("the store answers").is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn another_resources_connection_answers_like_none() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let path = connected(&app, &endpoint).await;
    let remove = json!({ "participantToRemove": { "rawId": "8:acs:r_u" } });
    let mute = json!({ "targetParticipants": [{ "rawId": "8:acs:r_u" }] });
    for (method, end, body) in [
        ("GET", "", Value::Null),
        ("DELETE", "", Value::Null),
        ("POST", ":terminate", Value::Null),
        ("GET", "/participants", Value::Null),
        ("GET", "/participants/8%3Aacs%3Ar_u", Value::Null),
        ("POST", "/participants:remove", remove),
        ("POST", "/participants:mute", mute),
    ] {
        let theirs = ask(&other, method, &format!("{path}{end}"), &body).await;
        let none = ask(&other, method, &format!("/calling/callConnections/none{end}"), &body).await;
        assert_eq!((theirs.status, &theirs.text), (404, &none.text), "{method} {end}");
    }
    assert_eq!(ask(&app, "GET", &path, &Value::Null).await.status, 200);
}

#[tokio::test]
async fn callbacks_are_nothing_that_subscribers_hear_or_see() {
    let (server, endpoint, subscriber) = (Server::dev().await, Endpoint::start().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let wish = json!({ "endpoint": subscriber.url() }).to_string();
    let made = app.ask("POST", "/events/subscriptions", &wish).await;
    assert_eq!(made.status, 201, "{}", made.text);
    connected(&app, &endpoint).await;
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
    let listed = app.ask("GET", "/events/subscriptions", "").await.json();
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(1));
    // Had the subscriber been told of a callback, this would not be the first that it hears.
    let _somebody = somebody(&server, &app).await;
    assert_eq!(subscriber.next().await.json()["type"], "Microsoft.Communication.CallStarted");
}
