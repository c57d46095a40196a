//! `/chat/threads/{thread}/readReceipts` and `/typing`.

use super::{Person, refused};
use crate::client::Server;
use crate::identities::{App, text};
use serde_json::{Value, json};

#[tokio::test]
async fn a_receipt_says_up_to_which_message_somebody_has_read_and_never_goes_back() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let id = |path: String| path.rsplit('/').next().expect("an id").to_owned();
    let (first, second) = (id(ana.write(&thread, "1").await), id(ana.write(&thread, "2").await));
    let path = format!("{thread}/readReceipts");
    for (person, message) in [(&ben, &first), (&ben, &second), (&ben, &first), (&ana, &first)] {
        let answer = person.ask("POST", &path, &json!({ "chatMessageId": message })).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
    let mut found: Vec<(String, String)> = ana.get(&path).await["value"]
        .as_array()
        .expect("receipts")
        .iter()
        .map(|one| (text(&one["senderCommunicationIdentifier"]["rawId"]), text(&one["chatMessageId"])))
        .collect();
    found.sort();
    let mut expected = vec![(ana.id.clone(), first.clone()), (ben.id.clone(), second)];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(ana.pages(&format!("{path}?maxPageSize=1")).await.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let unknown = ben.ask("POST", &path, &json!({ "chatMessageId": "1" })).await;
    assert_eq!(refused(&unknown), (404, "NotFound".to_owned()));
    assert_eq!(refused(&ben.ask("POST", &path, &json!({})).await), (400, "BadRequest".to_owned()));
}

#[tokio::test]
async fn typing_is_taken_with_a_name_without_one_and_without_a_body() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let path = format!("{}/typing", ana.thread(&[]).await);
    for body in [Value::Null, json!({}), json!({ "senderDisplayName": "Ana" })] {
        let answer = ana.ask("POST", &path, &body).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
    let answer = ana.ask("POST", &path, &json!({ "senderDisplayName": 7 })).await;
    assert_eq!(refused(&answer), (400, "BadRequest".to_owned()));
}
