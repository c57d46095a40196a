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
