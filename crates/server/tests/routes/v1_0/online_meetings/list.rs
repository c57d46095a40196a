//! `GET /v1.0/me/onlineMeetings`, page by page.

use super::{Organizer, PATH};
use crate::client::Server;
use serde_json::json;

#[tokio::test]
async fn following_the_next_links_gives_every_meeting_once_the_newest_first() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(organizer.make(json!({ "subject": format!("Number {number}") })).await["id"].clone());
    }
    let (mut listed, mut path) = (Vec::new(), format!("{PATH}?$top=2"));
    let mut pages = 0;
    loop {
        let page = organizer.ask("GET", &path, "").await.json();
        listed.extend(page["value"].as_array().expect("a list").iter().map(|meeting| meeting["id"].clone()));
        pages += 1;
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        path = next.strip_prefix(&server.running.public_url).expect("a link of this server").to_owned();
    }
    assert_eq!((pages, listed.len()), (3, 5));
    listed.sort_by_key(ToString::to_string);
    made.sort_by_key(ToString::to_string);
    assert_eq!(listed, made);
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    for query in ["$top=0", "$top=1000", "%24top=x", "$skiptoken=%27%20OR%201"] {
        let answer = organizer.ask("GET", &format!("{PATH}?{query}"), "").await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_filter_gives_the_one_meeting_that_it_names_if_that_is_the_askers() {
    let server = Server::dev().await;
    let (organizer, other) = (Organizer::new(&server).await, Organizer::new(&server).await);
    let meeting = organizer.make(json!({ "subject": "Wanted" })).await;
    organizer.make(json!({ "subject": "Another" })).await;
    let link = meeting["joinWebUrl"].as_str().expect("a link");
    let digits = meeting["joinMeetingIdSettings"]["joinMeetingId"].as_str().expect("digits");
    let encoded = link.replace('%', "%25").replace('&', "%26");
    let filters = [
        format!("JoinWebUrl%20eq%20'{link}'"),
        format!("JoinWebUrl%20eq%20'{encoded}'"),
        format!("joinMeetingIdSettings/joinMeetingId%20eq%20'{digits}'"),
    ];
    for filter in &filters {
        let path = format!("{PATH}?$filter={filter}");
        let found = organizer.ask("GET", &path, "").await;
        assert_eq!((found.status, found.json()), (200, json!({ "value": [meeting] })), "{filter}");
        let of_another = other.ask("GET", &path, "").await;
        assert_eq!((of_another.status, of_another.json()), (200, json!({ "value": [] })), "{filter}");
    }
    for filter in [
        "JoinWebUrl%20eq%20'https://other.example/meet/123456789012345'",
        "joinMeetingIdSettings/joinMeetingId%20eq%20'1'",
    ] {
        let none = organizer.ask("GET", &format!("{PATH}?$filter={filter}"), "").await;
        assert_eq!(none.json(), json!({ "value": [] }), "{filter}");
    }
    for filter in ["subject%20eq%20'Wanted'", "JoinWebUrl", ""] {
        let refused = organizer.ask("GET", &format!("{PATH}?$filter={filter}"), "").await;
        assert_eq!(refused.status, 400, "{filter}");
        assert!(refused.text.contains("joinMeetingIdSettings/joinMeetingId eq"), "{}", refused.text);
    }
}

#[tokio::test]
async fn the_next_link_selects_the_same() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    for _ in 0..2 {
        organizer.make(json!({})).await;
    }
    let first = organizer.ask("GET", &format!("{PATH}?$top=1&$select=id"), "").await.json();
    let next = first["@odata.nextLink"].as_str().expect("a link");
    let second = organizer.ask("GET", next.strip_prefix(&server.running.public_url).expect("of this server"), "").await;
    let second = second.json();
    assert_eq!(second["@odata.nextLink"], json!(null));
    for page in [&first, &second] {
        let entry = page["value"][0].as_object().expect("a meeting");
        assert_eq!(entry.keys().collect::<Vec<_>>(), ["id"]);
    }
}
