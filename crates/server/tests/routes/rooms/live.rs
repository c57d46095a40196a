//! What an app's server does to a room holds for its call at once (DESIGN §5.4).

use super::{ask, list_path, make, path};
use crate::client::Server;
use crate::identities::App;
use crate::signaling::Client;
use convene_model::{Capability, Role};
use convene_protocol::{Event, JoinTarget, Reply, Request, ServerMessage};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn join(room: &Value) -> Request {
    let target = JoinTarget::Room { room_id: super::text(&room["id"]) };
    Request::Join { target, display_name: "Ana".into(), muted: false }
}

/// What became of a join: the role, or code and sub code.
async fn joins(server: &Server, token: &str, room: &Value) -> (Client, Result<Role, (u16, u32)>) {
    let mut client = Client::connect(server, token).await;
    client.ask(join(room)).await;
    let outcome = client
        .until(|message| match message {
            ServerMessage::Response { reply: Some(Reply::Joined { call }), .. } => Some(Ok(call.role)),
            ServerMessage::Response { error: Some(error), .. } => Some(Err((error.code, error.sub_code))),
            _ => None,
        })
        .await;
    (client, outcome)
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
async fn only_the_invited_come_in_and_an_unknown_room_is_not_found() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (app.user().await, app.user().await);
    let room = make(&app, json!({ "participants": { ana.as_str(): { "role": "Collaborator" } } })).await;
    assert_eq!(joins(&server, &app.token(&ana).await, &room).await.1, Ok(Role::Collaborator));
    assert_eq!(joins(&server, &app.token(&ben).await, &room).await.1, Err((403, 5828)));
    let unknown = json!({ "id": super::UNKNOWN });
    assert_eq!(joins(&server, &app.token(&ana).await, &unknown).await.1, Err((404, 5732)));
    let other = App::of_another_resource(&server).await;
    let theirs = make(&other, json!({ "convene": { "lobby": true } })).await;
    assert_eq!(joins(&server, &app.token(&ana).await, &theirs).await.1, Err((404, 5732)));
}

#[tokio::test]
async fn a_changed_role_a_removal_and_a_deletion_hold_within_a_second() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (app.user().await, app.user().await);
    let people = json!({ ana.as_str(): { "role": "Presenter" }, ben.as_str(): { "role": "Attendee" } });
    let room = make(&app, json!({ "participants": people })).await;
    let (mut a, _) = joins(&server, &app.token(&ana).await, &room).await;
    let (mut b, _) = joins(&server, &app.token(&ben).await, &room).await;

    let since = Instant::now();
    let consumer = json!({ "participants": { ben.as_str(): { "role": "Consumer" } } });
    assert_eq!(ask(&app, "PATCH", &list_path(&room), &consumer).await.status, 200);
    let change = b
        .until(|message| match message {
            ServerMessage::Event { event: Event::CapabilitiesChanged { role, capabilities, .. }, .. } => {
                Some((role, capabilities))
            }
            _ => None,
        })
        .await;
    assert_eq!(change, (Role::Consumer, vec![Capability::RaiseHand, Capability::UseReactions]));

    let removal = json!({ "participants": { ben.as_str(): null } });
    assert_eq!(ask(&app, "PATCH", &list_path(&room), &removal).await.status, 200);
    assert_eq!(ended(&mut b).await, (0, 5317));
    assert_eq!(joins(&server, &app.token(&ben).await, &room).await.1, Err((403, 5828)));

    assert_eq!(ask(&app, "DELETE", &path(&room), &Value::Null).await.status, 204);
    assert_eq!(ended(&mut a).await, (0, 4097));
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    assert_eq!(joins(&server, &app.token(&ana).await, &room).await.1, Err((404, 5732)));
}

#[tokio::test]
async fn a_call_ends_by_itself_when_the_rooms_time_is_over() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = app.user().await;
    let soon = std::time::SystemTime::now() + Duration::from_millis(1500);
    let until = soon.duration_since(std::time::SystemTime::UNIX_EPOCH).expect("after 1970").as_millis() as i64;
    let people = json!({ ana.as_str(): { "role": "Presenter" } });
    let body = json!({ "validUntil": convene_model::rfc3339(until), "participants": people });
    let room = make(&app, body).await;
    let (mut a, outcome) = joins(&server, &app.token(&ana).await, &room).await;
    assert_eq!(outcome, Ok(Role::Presenter));
    assert_eq!(ended(&mut a).await, (0, 5829));
    assert_eq!(joins(&server, &app.token(&ana).await, &room).await.1, Err((403, 5829)));
}
