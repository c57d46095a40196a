//! The threads of group calls and rooms: who is in them follows the call, from its beginning to its end.

use super::live::Listener;
use super::{Person, is_out, path_of, refused};
use crate::client::Server;
use crate::identities::{App, text};
use crate::rooms;
use crate::signaling::{Client, group};
use convene_model::RawId;
use convene_protocol::{Event, JoinTarget, Reply, Request, ServerMessage};
use convene_server::config::ServeSettings;
use serde_json::{Value, json};

/// Somebody who calls and chats, with what the call says of its thread.
async fn join(person: &Person<'_>, request: Request) -> (Client, Option<Option<String>>) {
    let mut client = Client::connect(person.server, person.authorization.trim_start_matches("Bearer ")).await;
    client.ask(request).await;
    let told = client
        .until(|message| match message {
            ServerMessage::Response { reply: Some(Reply::Joined { call }), .. } => {
                Some(Some(call.thread_id.map(|thread| thread.0)))
            }
            ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. } => Some(None),
            _ => None,
        })
        .await;
    (client, told)
}

async fn ended(client: &mut Client) {
    client
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Ended { .. }, .. }).then_some(()))
        .await;
}

async fn person<'a>(app: &App<'a>) -> Person<'a> {
    let body = json!({ "createTokenWithScopes": ["chat", "voip"] }).to_string();
    let made = app.ask("POST", "/identities", &body).await.json();
    let authorization = format!("Bearer {}", text(&made["accessToken"]["token"]));
    Person { server: app.server, id: text(&made["identity"]["id"]), authorization }
}

async fn texts(person: &Person<'_>, thread: &str) -> Vec<String> {
    let listed = person.get(&format!("{thread}/messages")).await;
    let all = listed["value"].as_array().expect("messages").iter();
    all.filter(|one| one["type"] == "text").map(|one| text(&one["content"]["message"])).collect()
}

#[tokio::test]
async fn a_group_calls_people_write_to_each_other_from_joining_to_leaving() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (person(&app).await, person(&app).await, person(&app).await);
    let mut hears = Listener::of(&ben, "b").await;
    let (mut anas, told) = join(&ana, group()).await;
    let id = told.flatten().expect("a thread");
    let thread = path_of(&json!({ "id": id }));
    ana.write(&thread, "before").await;
    is_out(&ben, &thread).await;
    hears.hears_nothing().await;

    let (mut bens, told) = join(&ben, group()).await;
    assert_eq!(told, Some(Some(id.clone())));
    let added = hears.event().await;
    assert_eq!((&added["eventId"], &added["threadId"]), (&json!(260), &json!(id)));
    ana.write(&thread, "hello").await;
    assert_eq!(hears.event().await["messageBody"], "hello");
    assert_eq!(texts(&ben, &thread).await, ["hello"], "what was written before is not theirs to read");
    assert_eq!(ben.get("/chat/threads").await["value"][0]["id"], json!(id));
    // Who is in it is the call's to say.
    for (method, path, body) in [
        ("POST", format!("{thread}/participants/:add"), json!({ "participants": [super::participant(&cleo.id)] })),
        ("POST", format!("{thread}/participants/:remove"), json!({ "rawId": ana.id })),
        ("PATCH", thread.clone(), json!({ "topic": "x" })),
        ("DELETE", thread.clone(), Value::Null),
    ] {
        let answer = ben.ask(method, &path, &body).await;
        assert_eq!((refused(&answer).0, answer.text.contains("This is a call's chat thread")), (403, true), "{path}");
    }

    bens.ask(Request::Leave {}).await;
    ended(&mut bens).await;
    assert_eq!(hears.event().await["eventId"], 261);
    is_out(&ben, &thread).await;
    anas.ask(Request::Leave {}).await;
    ended(&mut anas).await;
    is_out(&ana, &thread).await;
    // The next call of the group has a thread of its own.
    let (_calling, told) = join(&cleo, group()).await;
    let next = told.flatten().expect("a thread");
    assert_ne!(next, id);
    assert_eq!(texts(&cleo, &path_of(&json!({ "id": next }))).await, [] as [&str; 0]);
}

#[tokio::test]
async fn somebody_in_a_rooms_lobby_gets_nothing_of_its_chat() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, gina) = (person(&app).await, person(&app).await);
    let people = json!({ ana.id.as_str(): { "role": "Presenter" } });
    let room = rooms::make(&app, json!({ "participants": people, "convene": { "lobby": true } })).await;
    let target = JoinTarget::Room { room_id: text(&room["id"]) };
    let request = || Request::Join { target: target.clone(), display_name: "Somebody".into(), muted: false };
    let (mut calling, told) = join(&ana, request()).await;
    let thread = path_of(&json!({ "id": told.flatten().expect("a thread") }));
    let mut hears = Listener::of(&gina, "g").await;
    let (mut waiting, told) = join(&gina, request()).await;
    assert_eq!(told, None, "she waits");
    ana.write(&thread, "secret").await;
    is_out(&gina, &thread).await;
    hears.hears_nothing().await;

    calling.ask(Request::Admit { user: RawId::parse(&gina.id).expect("an id") }).await;
    let admitted = waiting
        .until(|message| match message {
            ServerMessage::Event { event: Event::Admitted { call }, .. } => Some(call.thread_id),
            _ => None,
        })
        .await;
    assert_eq!(admitted.map(|thread| path_of(&json!({ "id": thread.as_str() }))), Some(thread.clone()));
    gina.write(&thread, "hello").await;
    assert_eq!(texts(&gina, &thread).await, ["hello"]);
    calling.ask(Request::Remove { user: RawId::parse(&gina.id).expect("an id") }).await;
    ended(&mut waiting).await;
    is_out(&gina, &thread).await;
}

#[tokio::test]
async fn a_server_that_was_told_so_has_no_chat_in_its_calls() {
    let server = Server::start(ServeSettings { dev: true, no_call_chat: true, ..Default::default() }).await;
    let app = App::new(&server).await;
    let ana = person(&app).await;
    let (_calling, told) = join(&ana, group()).await;
    assert_eq!(told, Some(None));
    assert_eq!(ana.get("/chat/threads").await, json!({ "value": [] }));
}
