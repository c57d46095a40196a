//! `/chat/threads/{thread}/messages`.

use super::{Person, forbidden, participant, refused};
use crate::client::Server;
use crate::identities::{App, text};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_is_read_by_others_as_it_was_written_and_its_sender_is_who_the_token_says() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let body = json!({
        "content": "<b>5 < 6</b>\n\u{1f600}", "senderDisplayName": "Ana\u{202e}", "metadata": { "k": "v" },
        "senderCommunicationIdentifier": { "rawId": ben.id },
    });
    let sent = ana.ask("POST", &format!("{thread}/messages"), &body).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let id = text(&sent.json()["id"]);
    let message = ben.get(&format!("{thread}/messages/{id}")).await;
    assert_eq!((&message["type"], &message["content"]["message"]), (&json!("text"), &body["content"]));
    assert_eq!(message["senderCommunicationIdentifier"]["rawId"], ana.id);
    assert_eq!((&message["senderDisplayName"], &message["metadata"]), (&json!("Ana"), &body["metadata"]));
    assert_eq!((&message["id"], &message["version"], &message["sequenceId"]), (&json!(id), &json!(id), &json!("3")));
    assert_eq!(ben.get(&format!("{thread}/messages")).await["value"][0], message);
}

#[tokio::test]
async fn html_is_sanitized_when_it_is_written_and_when_it_is_changed() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let thread = ana.thread(&[]).await;
    let body = json!({ "content": "<p onclick=x>a<script>alert(1)</script></p>", "type": "html" });
    let id = text(&ana.ask("POST", &format!("{thread}/messages"), &body).await.json()["id"]);
    let path = format!("{thread}/messages/{id}");
    let shown = ana.get(&path).await;
    assert_eq!((&shown["type"], &shown["content"]["message"]), (&json!("html"), &json!("<p>a</p>")));
    let changed = ana.ask("PATCH", &path, &json!({ "content": "<img src=x onerror=y>b" })).await;
    assert_eq!((changed.status, &ana.get(&path).await["content"]["message"]), (204, &json!("b")));
}

#[tokio::test]
async fn what_cannot_be_a_message_is_refused_and_named() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let thread = ana.thread(&[]).await;
    for (body, target) in [
        (json!({}), "content"),
        (json!({ "content": "" }), "content"),
        (json!({ "content": 1 }), "content"),
        (json!({ "content": "<script>x</script>", "type": "html" }), "content"),
        (json!({ "content": "x", "type": "topicUpdated" }), "type"),
        (json!({ "content": "x", "metadata": { "a": "b".repeat(4096) } }), "metadata"),
    ] {
        let answer = ana.ask("POST", &format!("{thread}/messages"), &body).await;
        assert_eq!(refused(&answer), (400, "BadRequest".to_owned()), "{body}");
        assert_eq!(answer.json()["error"]["target"], target);
    }
    let largest = json!({ "content": "x".repeat(28 * 1024) });
    assert_eq!(ana.ask("POST", &format!("{thread}/messages"), &largest).await.status, 201);
    let larger = json!({ "content": "x".repeat(28 * 1024 + 1) });
    let answer = ana.ask("POST", &format!("{thread}/messages"), &larger).await;
    assert_eq!(refused(&answer), (413, "RequestEntityTooLarge".to_owned()));
}

#[tokio::test]
async fn only_its_sender_changes_and_deletes_a_message_and_a_deleted_one_keeps_its_place_alone() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let path = ana.write(&thread, "first").await;
    let (edit, none) = (json!({ "content": "second", "metadata": { "a": "b" } }), Value::Null);
    assert_eq!(refused(&ben.ask("PATCH", &path, &edit).await), forbidden());
    assert_eq!(refused(&ben.ask("DELETE", &path, &none).await), forbidden());
    assert_eq!(ana.ask("PATCH", &path, &edit).await.status, 204);
    let edited = ben.get(&path).await;
    assert_eq!((&edited["content"]["message"], &edited["metadata"]), (&edit["content"], &edit["metadata"]));
    let version = |message: &Value| text(&message["version"]).parse::<i64>().expect("a number");
    let id = text(&edited["id"]).parse::<i64>().expect("a number");
    assert!(version(&edited) > id && edited.get("editedOn").is_some());
    for _ in 0..2 {
        assert_eq!(ana.ask("DELETE", &path, &none).await.status, 204);
    }
    let deleted = ben.get(&path).await;
    assert!(version(&deleted) > version(&edited) && deleted.get("deletedOn").is_some());
    assert_eq!((deleted.get("content"), deleted.get("metadata")), (None, None));
    assert_eq!(deleted["sequenceId"], edited["sequenceId"]);
    assert_eq!(refused(&ana.ask("PATCH", &path, &edit).await), (404, "NotFound".to_owned()));
    // What the thread says itself is nobody's.
    let own = text(&ana.get(&format!("{thread}/messages")).await["value"][1]["id"]);
    assert_eq!(refused(&ana.ask("DELETE", &format!("{thread}/messages/{own}"), &none).await), forbidden());
    for id in ["1", "x", "-1", "99999999999999999999"] {
        let answer = ana.ask("GET", &format!("{thread}/messages/{id}"), &none).await;
        assert_eq!(refused(&answer), (404, "NotFound".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn messages_written_at_once_are_listed_in_the_order_of_their_places_past_two_pages() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    for _ in 0..5 {
        tokio::join!(
            ana.write(&thread, "a"),
            ben.write(&thread, "b"),
            ana.write(&thread, "c"),
            ben.write(&thread, "d")
        );
    }
    let pages = ben.pages(&format!("{thread}/messages?maxPageSize=8")).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [8, 8, 6]);
    let number = |one: &Value, name: &str| text(&one[name]).parse::<i64>().expect("a number");
    let places: Vec<i64> = pages.concat().iter().map(|one| number(one, "sequenceId")).collect();
    assert_eq!(places, (1..=22).rev().collect::<Vec<_>>());
    let ids: Vec<i64> = pages.concat().iter().map(|one| number(one, "id")).collect();
    assert!(ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    let since = text(&pages[1][0]["createdOn"]).replace(':', "%3A");
    let newer = ben.pages(&format!("{thread}/messages?maxPageSize=4&startTime={since}")).await.concat();
    assert_eq!(newer, pages.concat()[..newer.len()]);
    assert!(newer.len() >= 9 && newer.iter().all(|one| text(&one["createdOn"]) >= text(&pages[1][0]["createdOn"])));
}

#[tokio::test]
async fn what_was_written_before_the_history_that_is_shared_is_not_there_for_a_newcomer() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[]).await;
    let secret = ana.write(&thread, "secret").await;
    let mut newcomer = participant(&ben.id);
    newcomer["shareHistoryTime"] = json!("2099-01-01T00:00:00Z");
    let body = json!({ "participants": [newcomer, participant(&cleo.id)] });
    assert_eq!(ana.ask("POST", &format!("{thread}/participants/:add"), &body).await.status, 201);
    assert_eq!(ben.get(&format!("{thread}/messages")).await, json!({ "value": [] }));
    assert_eq!(refused(&ben.ask("GET", &secret, &Value::Null).await), (404, "NotFound".to_owned()));
    let id = secret.rsplit('/').next().expect("an id");
    let receipt = ben.ask("POST", &format!("{thread}/readReceipts"), &json!({ "chatMessageId": id })).await;
    assert_eq!(refused(&receipt), (404, "NotFound".to_owned()));
    assert_eq!(cleo.get(&secret).await["content"]["message"], "secret");
}
