//! `POST /v1.0/me/onlineMeetings/createOrGet`.

use super::{Organizer, PATH, path_of, said};
use crate::client::{Answer, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn create_or_get(organizer: &Organizer<'_>, body: Value) -> Answer {
    organizer.ask("POST", &format!("{PATH}/createOrGet"), &body.to_string()).await
}

#[tokio::test]
async fn the_first_time_makes_the_meeting_and_every_other_time_gives_it_as_it_is() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let made = create_or_get(&organizer, json!({ "externalId": "order 7", "subject": "Weekly" })).await;
    assert_eq!((made.status, &made.json()["externalId"]), (201, &json!("order 7")), "{}", made.text);
    let again = create_or_get(&organizer, json!({ "externalId": "order 7", "subject": "Other" })).await;
    assert_eq!((again.status, again.json()), (200, made.json()));
    let other = create_or_get(&organizer, json!({ "externalId": "order 8" })).await;
    assert_eq!(other.status, 201);
    assert_eq!(organizer.ask("DELETE", &path_of(&made.json()), "").await.status, 204);
    let anew = create_or_get(&organizer, json!({ "externalId": "order 7" })).await;
    assert_eq!(anew.status, 201);
    assert_ne!(anew.json()["id"], made.json()["id"]);
}

#[tokio::test]
async fn an_external_id_is_the_organizers_own() {
    let server = Server::dev().await;
    let (one, other) = (Organizer::new(&server).await, Organizer::new(&server).await);
    let (first, second) = (
        create_or_get(&one, json!({ "externalId": "same" })).await,
        create_or_get(&other, json!({ "externalId": "same" })).await,
    );
    assert_eq!([first.status, second.status], [201, 201]);
    assert_ne!(first.json()["id"], second.json()["id"]);
}

#[tokio::test]
async fn of_many_at_once_one_makes_the_meeting_and_the_others_get_it() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let ask = || create_or_get(&organizer, json!({ "externalId": "same", "subject": "Weekly" }));
    let (a, b, c, d, e, f, g, h) = tokio::join!(ask(), ask(), ask(), ask(), ask(), ask(), ask(), ask());
    let answers = [a, b, c, d, e, f, g, h];
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let got = answers.iter().filter(|answer| answer.status == 200).count();
    let ids: BTreeSet<String> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
    assert_eq!((made, got, ids.len()), (1, 7, 1));
    assert_eq!(organizer.ask("GET", PATH, "").await.json()["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_an_external_id_nothing_is_made() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    for body in [json!({}), json!({ "externalId": "" }), json!({ "externalId": "x", "subjekt": "typed wrong" })] {
        let answer = create_or_get(&organizer, body).await;
        assert_eq!((answer.status, said(&answer).0), (400, json!("BadRequest")), "{}", answer.text);
    }
    let plain = organizer.ask("POST", PATH, r#"{"externalId":"x"}"#).await;
    assert!(said(&plain).1.as_str().unwrap().contains("createOrGet"), "{}", plain.text);
    assert_eq!(organizer.ask("GET", PATH, "").await.json()["value"], json!([]));
}
