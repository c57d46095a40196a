//! `/v1.0/me/onlineMeetings`.

mod answers;
mod attendance;
mod change;
mod create_or_get;
mod list;
pub mod live;

use crate::client::{Answer, Server};
use serde_json::{Value, json};

const PATH: &str = "/v1.0/me/onlineMeetings";

/// Code and message of an error: the rest of it is another one each time.
pub fn said(answer: &Answer) -> (Value, Value) {
    let error = answer.json()["error"].clone();
    (error["code"].clone(), error["message"].clone())
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// An organizer and the organizer's meetings token.
pub struct Organizer<'a> {
    pub server: &'a Server,
    pub calling_token: String,
    pub id: String,
    authorization: String,
}

impl<'a> Organizer<'a> {
    pub async fn new(server: &'a Server) -> Self {
        let (meetings, calling_token) = server.organizer().await;
        let organizer = Self { server, calling_token, id: String::new(), authorization: bearer(&meetings) };
        let meeting = organizer.make(json!({})).await;
        assert_eq!(organizer.ask("DELETE", &path_of(&meeting), "").await.status, 204);
        let id = meeting["participants"]["organizer"]["identity"]["user"]["id"].as_str().expect("an id").to_owned();
        Self { id, ..organizer }
    }

    pub async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.server.send(method, path, &[("Authorization", &self.authorization)], body).await
    }

    pub async fn make(&self, body: Value) -> Value {
        let answer = self.ask("POST", PATH, &body.to_string()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    pub async fn change(&self, meeting: &Value, body: Value) -> Answer {
        self.ask("PATCH", &path_of(meeting), &body.to_string()).await
    }
}

pub fn path_of(meeting: &Value) -> String {
    format!("{PATH}/{}", meeting["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_meeting_is_created_read_and_listed_by_its_organizer() {
    let server = Server::dev().await;
    let (meetings, _) = server.organizer().await;
    let authorization = bearer(&meetings);
    let headers = [("Authorization", authorization.as_str())];
    let body = r#"{"subject":"Weekly","lobbyBypassSettings":{"scope":"everyone"}}"#;
    let made = server.send("POST", PATH, &headers, body).await;
    let meeting = made.json();
    assert_eq!(
        (made.status, &meeting["subject"], &meeting["lobbyBypassSettings"]["scope"]),
        (201, &"Weekly".into(), &"everyone".into())
    );
    let url = meeting["joinWebUrl"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/l/meetup-join/19%3ameeting_", server.running.public_url)), "{url}");
    let read = server.get(&format!("{PATH}/{}", meeting["id"].as_str().unwrap()), &headers).await;
    assert_eq!(read.json(), meeting);
    assert_eq!(server.get(PATH, &headers).await.json()["value"][0], meeting);
}

#[tokio::test]
async fn others_meetings_are_not_found_and_not_listed() {
    let server = Server::dev().await;
    let (mine, _) = server.organizer().await;
    let (other, _) = server.organizer().await;
    let made = server.send("POST", PATH, &[("Authorization", &bearer(&mine))], "{}").await.json();
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let answer = server.get(&path, &[("Authorization", &bearer(&other))]).await;
    let unknown = server.get(&format!("{PATH}/0000"), &[("Authorization", &bearer(&other))]).await;
    assert_eq!((answer.status, said(&answer)), (404, said(&unknown)));
    assert_eq!(server.get(PATH, &[("Authorization", &bearer(&other))]).await.json()["value"], serde_json::json!([]));
}

#[tokio::test]
async fn without_a_token_401_and_with_a_calling_token_403() {
    let server = Server::dev().await;
    let (_, calling) = server.organizer().await;
    assert_eq!(server.get(PATH, &[]).await.status, 401);
    assert_eq!(server.send("POST", PATH, &[("Authorization", "Bearer x.y.z")], "{}").await.status, 401);
    let refused = server.send("POST", PATH, &[("Authorization", &bearer(&calling))], "{}").await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("scope meetings"));
}

#[tokio::test]
async fn a_body_that_cannot_be_used_is_refused_with_the_reason() {
    let server = Server::dev().await;
    let (meetings, _) = server.organizer().await;
    let authorization = bearer(&meetings);
    for body in ["", "[1", r#"{"lobbyBypassSettings":{"scope":"nobody"}}"#] {
        let answer = server.send("POST", PATH, &[("Authorization", &authorization)], body).await;
        assert_eq!(answer.status, 400, "{body}");
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("The body is no onlineMeeting") || message.contains("lobbyBypassSettings.scope"));
    }
}
