//! `PUT`, `GET` and `DELETE /convene/groupCalls/{groupId}`, and what they mean for those who join.

use crate::client::{Answer, Server};
use crate::identities::{App, error_code, text};
use crate::signaling::Client;
use convene_protocol::{Event, JoinTarget, Reply, Request, ServerMessage};
use serde_json::{Value, json};

const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";

fn path(group: &str) -> String {
    format!("/convene/groupCalls/{group}")
}

async fn put(app: &App<'_>, body: &Value) -> Answer {
    app.ask("PUT", &path(GROUP), &body.to_string()).await
}

/// Joins, and says how it went: `joined`, `waiting`, or the error's name.
async fn join(server: &Server, token: &str) -> (Client, String) {
    let mut client = Client::connect(server, token).await;
    let target = JoinTarget::Group { group_id: GROUP.into() };
    client.ask(Request::Join { target, display_name: "Somebody".into(), muted: false }).await;
    let outcome = client
        .until(|message| match message {
            ServerMessage::Response { reply: Some(Reply::Joined { .. }), .. } => Some("joined".to_owned()),
            ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. } => Some("waiting".to_owned()),
            ServerMessage::Response { error: Some(error), .. } => Some(error.name),
            _ => None,
        })
        .await;
    (client, outcome)
}

async fn admitted(client: &mut Client) {
    client
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Admitted { .. }, .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn a_lobby_is_set_read_changed_and_taken_away_by_its_resource_alone() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (app.user().await, app.user().await);
    let none = app.ask("GET", &path(GROUP), "").await;
    assert_eq!((none.status, none.text.contains("PUT the same path")), (404, true), "{}", none.text);
    let set = put(&app, &json!({ "lobby": { "bypass": "named" }, "hosts": [ana], "bypassers": [ben] })).await;
    let expected = json!({ "groupId": GROUP, "lobby": { "bypass": "named" }, "hosts": [ana], "bypassers": [ben] });
    assert_eq!((set.status, set.json()), (200, expected.clone()));
    let spelled = app.ask("GET", &path(&GROUP.to_uppercase()), "").await;
    assert_eq!(spelled.json(), expected, "however the id is written");
    let other = App::of_another_resource(&server).await;
    assert_eq!(other.ask("GET", &path(GROUP), "").await.status, 404);
    assert_eq!(other.ask("DELETE", &path(GROUP), "").await.status, 204);
    let changed = put(&app, &json!({ "lobby": {}, "hosts": [ben] })).await.json();
    let expected = json!({ "groupId": GROUP, "lobby": { "bypass": "nobody" }, "hosts": [ben], "bypassers": [] });
    assert_eq!(changed, expected, "a PUT says all of it");
    assert_eq!(app.ask("DELETE", &path(GROUP), "").await.status, 204);
    assert_eq!(app.ask("DELETE", &path(GROUP), "").await.status, 204);
    assert_eq!(app.ask("GET", &path(GROUP), "").await.status, 404);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_named() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = app.user().await;
    for (body, target) in [
        (json!({}), "lobby"),
        (json!({ "lobby": { "bypass": "friends" }, "hosts": [ana] }), "lobby.bypass"),
        (json!({ "lobby": {}, "hosts": [] }), "hosts"),
        (json!({ "lobby": {}, "hosts": ["8:acs:other_a"] }), "hosts"),
        (json!({ "lobby": {}, "hosts": [ana], "bypassers": [ana] }), "bypassers"),
    ] {
        let answer = put(&app, &body).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (400, "BadRequest"), "{body}");
        assert_eq!(text(&answer.json()["error"]["target"]), target, "{body}");
    }
    let answer = app.ask("PUT", &path("6f2e"), &json!({ "lobby": {}, "hosts": [ana] }).to_string()).await;
    assert_eq!((answer.status, answer.text.contains("A group id is a UUID")), (400, true), "{}", answer.text);
    let unsigned = server.send("GET", &path(GROUP), &[], "").await;
    assert_eq!(unsigned.status, 401);
}

#[tokio::test]
async fn others_than_hosts_wait_and_a_change_holds_for_the_call_that_goes_on() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, gus) = (app.user().await, app.user().await, app.user().await);
    assert_eq!(put(&app, &json!({ "lobby": {}, "hosts": [ana] })).await.status, 200);
    let (mut guest, outcome) = join(&server, &app.token(&gus).await).await;
    assert_eq!(outcome, "waiting");
    let (mut host, outcome) = join(&server, &app.token(&ana).await).await;
    assert_eq!(outcome, "joined");
    host.ask(Request::Admit { user: convene_model::RawId::parse(&gus).expect("a user") }).await;
    admitted(&mut guest).await;
    let (mut next, outcome) = join(&server, &app.token(&ben).await).await;
    assert_eq!(outcome, "waiting");
    let named = json!({ "lobby": { "bypass": "named" }, "hosts": [ana], "bypassers": [ben] });
    assert_eq!(put(&app, &named).await.status, 200);
    admitted(&mut next).await;
    let (mut last, outcome) = join(&server, &app.token(&app.user().await).await).await;
    assert_eq!(outcome, "waiting");
    assert_eq!(app.ask("DELETE", &path(GROUP), "").await.status, 204);
    admitted(&mut last).await;
}
