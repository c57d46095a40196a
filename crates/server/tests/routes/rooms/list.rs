//! `GET /rooms`.

use super::{NEWEST, make, pages};
use crate::client::Server;
use crate::identities::App;
use convene_server::config::ServeSettings;
use serde_json::{Value, json};

#[tokio::test]
async fn a_resources_rooms_are_listed_page_by_page_the_newest_first() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let mut made = Vec::new();
    for _ in 0..120 {
        made.push(make(&app, json!({})).await);
    }
    let pages = pages(&app, &format!("/rooms?{NEWEST}")).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    let listed: Vec<Value> = pages.into_iter().flatten().collect();
    assert!(listed.is_sorted_by(|a, b| a["createdAt"].as_str() >= b["createdAt"].as_str()));
    let ids = |rooms: &[Value]| {
        let mut ids: Vec<String> = rooms.iter().map(|room| room["id"].to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&listed), ids(&made));
}

#[tokio::test]
async fn a_link_goes_on_where_the_client_came_from_and_by_tls_where_it_came_by_tls() {
    let by_proxy =
        ServeSettings { trusted_proxy: vec!["127.0.0.1".parse().expect("an address")], ..Default::default() };
    let server = Server::start(by_proxy).await;
    let app = App::new(&server).await;
    for _ in 0..51 {
        make(&app, json!({})).await;
    }
    let list = app.sign("GET", &format!("/rooms?{NEWEST}"), "");
    let plain = app.send(&list).await.json()["nextLink"].as_str().map(str::to_owned).expect("a link");
    assert!(plain.starts_with(&format!("http://{}/rooms?", app.host)), "{plain}");
    let proxied = app.send(&list.clone().header("X-Forwarded-Proto", "https")).await.json();
    let proxied = proxied["nextLink"].as_str().expect("a link");
    assert!(proxied.starts_with(&format!("https://{}/rooms?", app.host)), "{proxied}");
}

#[tokio::test]
async fn nobody_but_a_trusted_proxy_says_that_a_client_came_by_tls() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    for _ in 0..51 {
        make(&app, json!({})).await;
    }
    let list = app.sign("GET", &format!("/rooms?{NEWEST}"), "").header("X-Forwarded-Proto", "https");
    let list = list.header("X-Forwarded-Host", "meet.example.org");
    let link = app.send(&list).await.json()["nextLink"].as_str().map(str::to_owned).expect("a link");
    assert!(link.starts_with(&format!("http://{}/rooms?", app.host)), "{link}");
}

#[tokio::test]
async fn a_page_that_this_server_did_not_make_gets_400() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    for after in ["", "17", "x-99199690362660524", "17-1", "-1-99199690362660524"] {
        let answer = app.send(&app.sign("GET", &format!("/rooms?{NEWEST}&after={after}"), "")).await;
        assert_eq!(super::bad_request(&answer).as_deref(), Some("after"), "{after}");
    }
}
