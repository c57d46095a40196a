//! `/chat/threads/{thread}/participants`.

use super::{Person, forbidden, participant, refused};
use crate::client::Server;
use crate::identities::{App, text};
use serde_json::{Value, json};

async fn ids(person: &Person<'_>, thread: &str) -> Vec<String> {
    let people = person.get(&format!("{thread}/participants")).await;
    people["value"]
        .as_array()
        .expect("people")
        .iter()
        .map(|one| text(&one["communicationIdentifier"]["rawId"]))
        .collect()
}

#[tokio::test]
async fn people_are_added_once_with_what_is_said_of_them_and_removed() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[]).await;
    let mut said = participant(&ben.id);
    said["displayName"] = json!("Ben");
    said["metadata"] = json!({ "k": "v" });
    said["shareHistoryTime"] = json!("2026-01-01T00:00:00.000Z");
    let add = format!("{thread}/participants/:add");
    let added = ana.ask("POST", &add, &json!({ "participants": [said] })).await;
    assert_eq!((added.status, added.json()), (201, json!({ "invalidParticipants": [] })));
    // Who is in it stays as they are.
    assert_eq!(ana.ask("POST", &add, &json!({ "participants": [participant(&ben.id)] })).await.status, 201);
    let people = ben.get(&format!("{thread}/participants")).await["value"].clone();
    let found = people.as_array().expect("people").iter().find(|one| one["communicationIdentifier"]["rawId"] == ben.id);
    let found = found.expect("Ben is in it");
    for name in ["displayName", "metadata", "shareHistoryTime"] {
        assert_eq!(found[name], said[name], "{name}");
    }
    let remove = format!("{thread}/participants/:remove");
    let body = json!({ "communicationUser": { "id": ben.id } });
    for _ in 0..2 {
        assert_eq!(ana.ask("POST", &remove, &body).await.status, 204);
    }
    assert_eq!(refused(&ben.ask("GET", &thread, &Value::Null).await), forbidden());
    let kinds: Vec<String> = ana.get(&format!("{thread}/messages")).await["value"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|one| text(&one["type"]))
        .collect();
    assert_eq!(kinds, ["participantRemoved", "participantAdded", "topicUpdated", "participantAdded"]);
    for body in [json!({}), json!({ "rawId": "nobody" })] {
        assert_eq!(refused(&ana.ask("POST", &remove, &body).await), (400, "BadRequest".to_owned()));
        assert_eq!(refused(&ana.ask("POST", &add, &body).await), (400, "BadRequest".to_owned()));
    }
}

#[tokio::test]
async fn somebody_leaves_and_with_the_last_one_the_thread_goes() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let remove = format!("{thread}/participants/:remove");
    assert_eq!(ana.ask("POST", &remove, &json!({ "rawId": ana.id })).await.status, 204);
    assert_eq!(ids(&ben, &thread).await, std::slice::from_ref(&ben.id));
    assert_eq!(ben.ask("POST", &remove, &json!({ "rawId": ben.id })).await.status, 204);
    assert_eq!(refused(&ben.ask("GET", &thread, &Value::Null).await), forbidden());
}

#[tokio::test]
async fn a_thread_takes_250_people_and_lists_them_page_by_page() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let thread = ana.thread(&[]).await;
    let resource = &app.resource.id;
    let many = |from: usize, until: usize| -> Value {
        let people: Vec<Value> = (from..until).map(|at| participant(&format!("8:acs:{resource}_{at:04}"))).collect();
        json!({ "participants": people })
    };
    let add = format!("{thread}/participants/:add");
    assert_eq!(ana.ask("POST", &add, &many(0, 249)).await.status, 201);
    let answer = ana.ask("POST", &add, &many(249, 250)).await;
    assert_eq!(refused(&answer), (400, "BadRequest".to_owned()));
    let pages = ana.pages(&format!("{thread}/participants")).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
    let listed: Vec<String> = pages.concat().iter().map(|one| text(&one["communicationIdentifier"]["rawId"])).collect();
    assert!(listed.is_sorted_by(|a, b| a < b));
    let skipped = ana.get(&format!("{thread}/participants?skip=248")).await;
    assert_eq!(skipped["value"], json!(pages.concat()[248..]));
}
