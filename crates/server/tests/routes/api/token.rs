//! `/api/token` and `/api/dev/organizer` (DESIGN §5.10).

use crate::client::Server;
use convene_server::config::ServeSettings;

const CONVENIENCES: [&str; 2] = ["/api/token", "/api/dev/organizer"];

#[tokio::test]
async fn one_body_answers_every_way_in_which_samples_read_it() {
    let server = Server::dev().await;
    let json = server.get("/api/token?name=Ana", &[]).await.json();
    let token = &json["token"];
    assert!(token.as_str().is_some_and(|token| token.split('.').count() == 3));
    assert_eq!((&json["value"]["item2"]["token"], &json["item2"]["token"]), (token, token));
    let id = &json["user"]["communicationUserId"];
    assert!(id.as_str().is_some_and(|id| id.starts_with("8:acs:")));
    assert_eq!((&json["value"]["item1"]["id"], &json["item1"]["id"]), (id, id));
    assert_eq!(json["item2"]["expiresOn"], json["expiresOn"]);
    let again = server.get("/api/token", &[]).await.json();
    assert_ne!(&again["user"]["communicationUserId"], id, "each call makes a new user");
}

#[tokio::test]
async fn pages_of_this_machine_on_another_port_may_read_it() {
    let server = Server::dev().await;
    let answer = server.get("/api/token", &[("Origin", "http://localhost:3000")]).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "http://localhost:3000");
    let preflight = server.send("OPTIONS", "/api/token", &[("Origin", "http://localhost:3000")], "").await;
    assert_eq!((preflight.status, preflight.headers["access-control-allow-methods"].as_str()), (204, "GET"));
}

#[tokio::test]
async fn other_websites_and_other_hosts_get_nothing() {
    let server = Server::dev().await;
    for path in CONVENIENCES {
        for header in [
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Host", "rebound.example"),
            ("X-Forwarded-For", "203.0.113.9"),
            ("Forwarded", "for=203.0.113.9"),
        ] {
            let answer = server.get(path, &[header]).await;
            assert_eq!((answer.status, answer.text.as_str()), (404, ""), "{path} {header:?}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
    }
}

#[tokio::test]
async fn without_dev_there_are_no_conveniences() {
    let server = Server::start(ServeSettings::default()).await;
    for path in CONVENIENCES {
        assert_eq!(server.get(path, &[]).await.status, 404, "{path}");
    }
}
