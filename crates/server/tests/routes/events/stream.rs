//! `GET /events`.

use super::call;
use crate::client::Server;
use crate::identities::{App, VERSION, error_code};
use crate::oauth2::{application, cli, token};
use crate::v1_0::online_meetings::{Organizer, bearer, live::organizer_in};
use convene_model::record::AccessKey;
use convene_server::admin::AdminCommand;
use convene_store::Store;
use serde_json::{Value, json};
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
        let last = last.map(|id| ("Last-Event-ID", id.to_owned()));
        Self::with(app.server, request.headers.into_iter().chain(last)).await
    }

    async fn with(server: &Server, headers: impl Iterator<Item = (&'static str, String)>) -> Self {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let mut text = format!("GET /events?{VERSION} HTTP/1.1\r\n");
        for (name, value) in headers {
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
async fn an_application_follows_the_organizations_meetings_until_its_secret_is_removed_and_nothing_of_resources() {
    let server = Server::dev().await;
    let application = application(&server, &["OnlineMeetingArtifact.Read.All"]).await;
    let authorization = bearer(&token(&server, &application).await);
    let headers = [("Host", "localhost".to_owned()), ("Authorization", authorization)];
    let mut follower = Follower::with(&server, headers.into_iter()).await;
    let _of_a_resource = call(&server).await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let _client = organizer_in(&organizer, &meeting).await;
    let (_, started) = follower.next().await;
    assert_eq!(started["type"], "Microsoft.Communication.CallStarted");
    assert_eq!((&started["source"], &started["data"]["meeting"]["id"]), (&json!("/onlineMeetings"), &meeting["id"]));
    assert_eq!(follower.next().await.1["type"], "Microsoft.Communication.CallParticipantAdded");

    let text = |name: &str| application[name].as_str().expect("a text").to_owned();
    let remove = AdminCommand::RemoveSecret { application: text("clientId"), secret: text("secretId") };
    cli(&server, remove).await;
    let another = organizer.make(json!({})).await;
    let _another = organizer_in(&organizer, &another).await;
    let mut rest = String::new();
    follower.stream.read_to_string(&mut rest).await.expect("the server closes it");
    assert!(!rest.contains("CallStarted"), "{rest}");
}

#[tokio::test]
async fn meetings_are_followed_by_nobody_but_applications_that_may() {
    let server = Server::dev().await;
    let (_, calling_token) = server.organizer().await;
    let reader = token(&server, &application(&server, &["OnlineMeetings.ReadWrite.All"]).await).await;
    for (token, status) in [(calling_token.as_str(), 401), ("nonsense", 401), (reader.as_str(), 403)] {
        let refused = server.get(&format!("/events?{VERSION}"), &[("Authorization", &bearer(token))]).await;
        assert_eq!(refused.status, status, "{}", refused.text);
    }
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
