//! `GET /events`.

use super::call;
use crate::client::Server;
use crate::identities::{App, VERSION, error_code};
use convene_model::record::AccessKey;
use convene_store::Store;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A client of the stream.
struct Follower {
    stream: TcpStream,
    text: String,
}

impl Follower {
    async fn start(app: &App<'_>, last: Option<&str>) -> Self {
        let request = app.sign("GET", &format!("/events?{VERSION}"), "");
        let mut stream = TcpStream::connect(app.server.address()).await.expect("the server listens");
        let mut text = format!("GET {} HTTP/1.1\r\n", request.target);
        let last = last.map(|id| ("Last-Event-ID", id.to_owned()));
        for (name, value) in request.headers.into_iter().chain(last) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{text}\r\n").as_bytes()).await.expect("the server reads");
        let mut follower = Self { stream, text: String::new() };
        let head = follower.until("\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
        follower
    }

    async fn until(&mut self, end: &str) -> String {
        loop {
            if let Some((head, rest)) = self.text.split_once(end) {
                let head = head.to_owned();
                self.text = rest.to_owned();
                return head;
            }
            let mut bytes = [0; 4096];
            let read = self.stream.read(&mut bytes).await.expect("an open connection");
            assert!(read > 0, "the stream goes on");
            self.text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }

    /// The next event: its id and its data.
    async fn next(&mut self) -> (String, Value) {
        let event = self.until("\n\n").await;
        let field =
            |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).expect("a field").trim().to_owned();
        (field("id:"), serde_json::from_str(&field("data:")).expect("JSON"))
    }
}

#[tokio::test]
async fn events_are_followed_as_they_happen_and_from_where_one_was() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let mut follower = Follower::start(&app, None).await;
    let _client = call(&server).await;
    let (first, started) = follower.next().await;
    let (second, added) = follower.next().await;
    assert_eq!((started["id"].as_str(), added["id"].as_str()), (Some(first.as_str()), Some(second.as_str())));
    assert_eq!(started["type"], "Microsoft.Communication.CallStarted");
    assert_eq!(added["type"], "Microsoft.Communication.CallParticipantAdded");
    let mut again = Follower::start(&app, Some(&first)).await;
    assert_eq!(again.next().await, (second, added));
}

#[tokio::test]
async fn a_stream_ends_before_the_next_event_once_a_key_is_replaced() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let mut follower = Follower::start(&app, None).await;
    let new = AccessKey(vec![7; 64]);
    let store = &server.running.app.store;
    assert!(store.replace_access_keys(&app.resource.id, [Some(&new), None]).await.expect("it answers"));
    let _client = call(&server).await;
    let mut rest = String::new();
    follower.stream.read_to_string(&mut rest).await.expect("the server closes it");
    assert!(!rest.contains("CallStarted"), "{rest}");
}

#[tokio::test]
async fn an_event_that_nobody_knows_is_no_place_to_go_on_from() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let request = app.sign("GET", &format!("/events?{VERSION}"), "").header("Last-Event-ID", "nobodys");
    let refused = app.send(&request).await;
    assert_eq!((refused.status, error_code(&refused).as_str()), (400, "BadRequest"));
    assert_eq!(server.get("/events", &[]).await.status, 401);
}
