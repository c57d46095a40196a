//! `/chat/threads` and `/chat/threads/{thread}`.

use super::{NEWEST, Person, forbidden, participant, path_of, refused};
use crate::client::Server;
use crate::identities::{App, text};
use serde_json::{Value, json};

#[tokio::test]
async fn a_thread_is_created_with_its_creator_in_it_and_begins_with_who_is_in_it_and_its_topic() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let body = json!({
        "topic": "  Loan\u{202e} advice ", "metadata": { "case": "17" },
        "retentionPolicy": { "kind": "threadCreationDate", "deleteThreadAfterDays": 60 },
        "participants": [{ "communicationIdentifier": { "rawId": ben.id }, "displayName": "Ben" }],
    });
    let answer = ana.ask("POST", "/chat/threads", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let thread = answer.json()["chatThread"].clone();
    assert!(text(&thread["id"]).starts_with("19:") && text(&thread["id"]).ends_with("@thread.v2"));
    let by = json!({ "kind": "communicationUser", "rawId": ana.id, "communicationUser": { "id": ana.id } });
    assert_eq!((&thread["topic"], &thread["createdByCommunicationIdentifier"]), (&json!("Loan advice"), &by));
    assert_eq!((&thread["metadata"], &thread["retentionPolicy"]), (&body["metadata"], &body["retentionPolicy"]));
    assert_eq!(ben.get(&path_of(&thread)).await, thread);
    let messages = ben.get(&format!("{}/messages", path_of(&thread))).await["value"].clone();
    let kinds = |at: usize| (messages[at]["type"].clone(), messages[at]["sequenceId"].clone());
    assert_eq!(kinds(0), (json!("topicUpdated"), json!("2")));
    assert_eq!(kinds(1), (json!("participantAdded"), json!("1")));
    assert_eq!(messages[0]["content"], json!({ "topic": "Loan advice", "initiatorCommunicationIdentifier": by }));
    assert_eq!(messages[1]["content"]["participants"].as_array().map(Vec::len), Some(2));
    assert_eq!(messages[1].get("senderCommunicationIdentifier"), None);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_named() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let retention = |days: u32| json!({ "topic": "x", "retentionPolicy": { "kind": "threadCreationDate", "deleteThreadAfterDays": days } });
    for (body, target) in [
        (json!({}), "topic"),
        (json!({ "topic": " \u{202e}" }), "topic"),
        (json!({ "topic": "x".repeat(251) }), "topic"),
        (json!({ "topic": "x", "metadata": { "a": 1 } }), "metadata"),
        (json!({ "topic": "x", "metadata": { "a": "b".repeat(4096) } }), "metadata"),
        (retention(29), "retentionPolicy"),
        (retention(91), "retentionPolicy"),
        (json!({ "topic": "x", "participants": [{}] }), "participants[0].communicationIdentifier"),
        (
            json!({ "topic": "x", "participants": [participant("4:+15550100")] }),
            "participants[0].communicationIdentifier",
        ),
        (json!({ "topic": "x", "participants": vec![participant("8:acs:r_u"); 251] }), "participants"),
    ] {
        let answer = ana.ask("POST", "/chat/threads", &body).await;
        assert_eq!(refused(&answer), (400, "BadRequest".to_owned()), "{}", answer.text);
        assert_eq!(answer.json()["error"]["target"], target, "{}", answer.text);
    }
    let answer = ana.send("POST", &format!("/chat/threads?{NEWEST}"), &[], "[").await;
    assert_eq!(refused(&answer), (400, "BadRequest".to_owned()));
    assert_eq!(ana.get("/chat/threads").await, json!({ "value": [] }));
}

#[tokio::test]
async fn others_users_cannot_be_in_a_thread_and_the_answer_says_who() {
    let server = Server::dev().await;
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let (ana, stranger) = (Person::new(&app).await, Person::new(&other).await);
    let foreign = [stranger.id.as_str(), "8:orgid:0000", "8:teamsvisitor:0000"];
    let participants: Vec<Value> = foreign.iter().map(|id| participant(id)).collect();
    let made = ana.ask("POST", "/chat/threads", &json!({ "topic": "x", "participants": participants })).await.json();
    let told = |json: &Value| -> Vec<(String, String)> {
        let told = json["invalidParticipants"].as_array().expect("a list");
        told.iter().map(|one| (text(&one["code"]), text(&one["target"]))).collect()
    };
    let expected: Vec<(String, String)> = foreign.iter().map(|id| ("403".to_owned(), (*id).to_owned())).collect();
    assert_eq!(told(&made), expected);
    let thread = path_of(&made["chatThread"]);
    let added = ana.ask("POST", &format!("{thread}/participants/:add"), &json!({ "participants": participants })).await;
    assert_eq!((added.status, told(&added.json())), (201, expected));
    assert_eq!(ana.get(&format!("{thread}/participants")).await["value"].as_array().map(Vec::len), Some(1));
    // An organizer of meetings is of no resource.
    let (_, calling) = server.organizer().await;
    let authorization = format!("Bearer {calling}");
    let answer = server
        .send("POST", &format!("/chat/threads?{NEWEST}"), &[("Authorization", &authorization)], r#"{"topic":"x"}"#)
        .await;
    assert_eq!(refused(&answer), forbidden());
}

#[tokio::test]
async fn a_request_that_is_sent_again_makes_one_thread_and_is_answered_alike() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let target = format!("/chat/threads?{NEWEST}");
    let named = [("repeatability-request-id", "218768ce-d550-448d-8d60-44ca6ba37027")];
    let body = r#"{"topic":"x"}"#;
    let (a, b, c) = tokio::join!(
        ana.send("POST", &target, &named, body),
        ana.send("POST", &target, &named, body),
        ana.send("POST", &target, &named, body),
    );
    assert_eq!((a.status, a.headers["repeatability-result"].as_str()), (201, "accepted"));
    assert_eq!((&b.text, &c.text), (&a.text, &a.text));
    assert_eq!(ana.get("/chat/threads").await["value"].as_array().map(Vec::len), Some(1));
    let another = ana.send("POST", &target, &named, r#"{"topic":"y"}"#).await;
    assert_eq!(refused(&another), (412, "PreconditionFailed".to_owned()));
    assert_eq!(another.headers["repeatability-result"], "rejected");
    // Another user's names are its own.
    let theirs = ben.send("POST", &target, &named, body).await;
    assert!(theirs.status == 201 && theirs.text != a.text);
}

#[tokio::test]
async fn threads_are_listed_page_by_page_those_that_were_made_last_first() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(ana.thread(&[]).await);
    }
    let pages = ana.pages("/chat/threads?maxPageSize=3").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    let mut listed: Vec<String> = pages.concat().iter().map(path_of).collect();
    let times: Vec<String> = pages.concat().iter().map(|one| text(&one["lastMessageReceivedOn"])).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    made.sort();
    listed.sort();
    assert_eq!(listed, made);
    assert_eq!(ana.get("/chat/threads?startTime=2099-01-01T00%3A00%3A00Z").await, json!({ "value": [] }));
    for bad in ["maxPageSize=0", "maxPageSize=x", "startTime=soon", "after=x", "after=-1"] {
        let answer = ana.ask("GET", &format!("/chat/threads?{bad}"), &Value::Null).await;
        assert_eq!(refused(&answer), (400, "BadRequest".to_owned()), "{bad}");
    }
}

#[tokio::test]
async fn a_thread_is_changed_in_what_is_said_and_a_new_topic_is_told_in_it() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let change = async |body: Value| assert_eq!(ben.ask("PATCH", &thread, &body).await.status, 204, "{body}");
    change(json!({ "metadata": { "a": "1", "b": "2" } })).await;
    change(json!({ "topic": "Mortgages", "metadata": { "a": null, "c": "3" } })).await;
    change(json!({ "retentionPolicy": { "kind": "none" } })).await;
    change(json!({})).await;
    let shown = ana.get(&thread).await;
    assert_eq!(shown["topic"], "Mortgages");
    assert_eq!(
        (&shown["metadata"], &shown["retentionPolicy"]),
        (&json!({ "b": "2", "c": "3" }), &json!({ "kind": "none" }))
    );
    let messages = ana.get(&format!("{thread}/messages")).await["value"].clone();
    assert_eq!(messages.as_array().map(Vec::len), Some(3));
    assert_eq!(messages[0]["content"]["topic"], "Mortgages");
    assert_eq!(messages[0]["content"]["initiatorCommunicationIdentifier"]["rawId"], ben.id);
}

#[tokio::test]
async fn a_deleted_thread_is_gone_for_everybody() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    assert_eq!(ben.ask("DELETE", &thread, &Value::Null).await.status, 204);
    for person in [&ana, &ben] {
        assert_eq!(refused(&person.ask("GET", &thread, &Value::Null).await), forbidden());
        assert_eq!(person.get("/chat/threads").await, json!({ "value": [] }));
    }
}
