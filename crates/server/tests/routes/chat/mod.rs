//! `/chat`: what apps' users ask for, with an access token.

mod call;
mod live;
mod meeting;
mod messages;
mod participants;
mod receipts;
mod threads;
mod told;

use crate::client::{Answer, Server};
use crate::identities::{App, error_code, text};
use serde_json::{Value, json};

pub const NEWEST: &str = "api-version=2025-03-15";

/// A thread that there is not.
pub const UNKNOWN: &str = "/chat/threads/19%3Anever%40thread.v2";

/// A user of an app, with a token.
pub struct Person<'a> {
    pub server: &'a Server,
    pub id: String,
    pub authorization: String,
}

impl<'a> Person<'a> {
    pub async fn new(app: &App<'a>) -> Self {
        Self::with_scope(app, "chat").await
    }

    pub async fn with_scope(app: &App<'a>, scope: &str) -> Self {
        let body = json!({ "createTokenWithScopes": [scope] }).to_string();
        let made = app.ask("POST", "/identities", &body).await.json();
        let authorization = format!("Bearer {}", text(&made["accessToken"]["token"]));
        Self { server: app.server, id: text(&made["identity"]["id"]), authorization }
    }

    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let and = if path.contains('?') { '&' } else { '?' };
        self.send(method, &format!("{path}{and}{NEWEST}"), &[], &body).await
    }

    pub async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("Authorization", self.authorization.as_str())];
        all.extend_from_slice(headers);
        self.server.send(method, target, &all, body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// The path of a new thread with `others` in it.
    pub async fn thread(&self, others: &[&Person<'_>]) -> String {
        let others: Vec<Value> = others.iter().map(|other| participant(&other.id)).collect();
        let answer = self.ask("POST", "/chat/threads", &json!({ "topic": "Loans", "participants": others })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        path_of(&answer.json()["chatThread"])
    }

    /// The path of a new message in a thread.
    pub async fn write(&self, thread: &str, content: &str) -> String {
        let answer = self.ask("POST", &format!("{thread}/messages"), &json!({ "content": content })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        format!("{thread}/messages/{}", text(&answer.json()["id"]))
    }

    /// Follows a list to its end; each page's values.
    pub async fn pages(&self, first: &str) -> Vec<Vec<Value>> {
        let (mut target, mut pages) =
            (format!("{first}{}{NEWEST}", if first.contains('?') { '&' } else { '?' }), Vec::new());
        loop {
            let answer = self.send("GET", &target, &[], "").await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let json = answer.json();
            pages.push(json["value"].as_array().expect("values").clone());
            let Some(next) = json["nextLink"].as_str() else { return pages };
            let origin = format!("http://{}", self.server.address());
            target = next.strip_prefix(&origin).unwrap_or_else(|| panic!("{next} is not at {origin}")).to_owned();
        }
    }
}

pub fn participant(id: &str) -> Value {
    json!({ "communicationIdentifier": { "communicationUser": { "id": id } } })
}

pub fn path_of(thread: &Value) -> String {
    format!("/chat/threads/{}", text(&thread["id"]).replace(':', "%3A").replace('@', "%40"))
}

/// Status and code of a refusal.
pub fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, error_code(answer))
}

pub fn forbidden() -> (u16, String) {
    (403, "Forbidden".to_owned())
}

/// Every operation on a thread.
fn operations(thread: &str, message: &str, user: &str) -> Vec<(&'static str, String, Value)> {
    let at = |rest: &str| format!("{thread}/{rest}");
    vec![
        ("GET", thread.to_owned(), Value::Null),
        ("PATCH", thread.to_owned(), json!({ "topic": "x" })),
        ("GET", at("messages"), Value::Null),
        ("POST", at("messages"), json!({ "content": "x" })),
        ("GET", at(&format!("messages/{message}")), Value::Null),
        ("PATCH", at(&format!("messages/{message}")), json!({ "content": "x" })),
        ("DELETE", at(&format!("messages/{message}")), Value::Null),
        ("GET", at("participants"), Value::Null),
        ("POST", at("participants/:add"), json!({ "participants": [participant(user)] })),
        ("POST", at("participants/:remove"), json!({ "rawId": user })),
        ("POST", at("typing"), json!({})),
        ("POST", at("readReceipts"), json!({ "chatMessageId": message })),
        ("GET", at("readReceipts"), Value::Null),
        ("DELETE", thread.to_owned(), Value::Null),
    ]
}

#[tokio::test]
async fn a_thread_that_somebody_is_not_in_answers_as_one_that_never_was_and_stays_as_it_is() {
    let server = Server::dev().await;
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let (ana, ben, cleo, stranger) =
        (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await, Person::new(&other).await);
    let thread = ana.thread(&[&cleo]).await;
    let message = ana.write(&thread, "hi").await.rsplit('/').next().expect("an id").to_owned();
    let removal = json!({ "communicationUser": { "id": cleo.id } });
    assert_eq!(ana.ask("POST", &format!("{thread}/participants/:remove"), &removal).await.status, 204);
    let (before, people) =
        (ana.get(&format!("{thread}/messages")).await, ana.get(&format!("{thread}/participants")).await);
    for outsider in [&ben, &cleo, &stranger] {
        let (theirs, none) = (operations(&thread, &message, &outsider.id), operations(UNKNOWN, &message, &outsider.id));
        for ((method, path, body), (_, never, _)) in theirs.into_iter().zip(none) {
            let (there, nowhere) =
                (outsider.ask(method, &path, &body).await, outsider.ask(method, &never, &body).await);
            assert_eq!(refused(&there), forbidden(), "{method} {path}");
            assert_eq!(there.text, nowhere.text, "{method} {path}");
        }
        assert_eq!(outsider.get("/chat/threads").await, json!({ "value": [] }));
    }
    for id in ["%00", "19%3A%00", &"x".repeat(300), "%F0%9F%98%80"] {
        assert_eq!(refused(&ben.ask("GET", &format!("/chat/threads/{id}"), &Value::Null).await), forbidden(), "{id}");
    }
    assert_eq!(ana.get(&format!("{thread}/messages")).await, before);
    assert_eq!(ana.get(&format!("{thread}/participants")).await, people);
}

#[tokio::test]
async fn a_token_opens_what_its_scope_says_and_none_opens_nothing() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    for (scope, manages, adds, chats) in [
        ("chat", true, true, true),
        ("chat.join", false, true, true),
        ("chat.join.limited", false, false, true),
        ("voip", false, false, false),
    ] {
        let ben = Person::with_scope(&app, scope).await;
        let thread = ana.thread(&[&ben]).await;
        let message = ben.ask("POST", &format!("{thread}/messages"), &json!({ "content": "x" })).await;
        assert_eq!(message.status == 201, chats, "{scope}");
        let message = if chats { text(&message.json()["id"]) } else { "1".to_owned() };
        let made = ben.ask("POST", "/chat/threads", &json!({ "topic": "x" })).await;
        assert_eq!(made.status, if manages { 201 } else { 403 }, "{scope}");
        for (method, path, body) in operations(&thread, &message, &ana.id) {
            let allowed = match (method, path.as_str()) {
                ("PATCH" | "DELETE", path) if path == thread => manages,
                (_, path) if path.contains("/:") => adds,
                _ => chats,
            };
            let answer = ben.ask(method, &path, &body).await;
            if allowed {
                assert!(answer.status < 300, "{scope}: {method} {path}: {}", answer.text);
            } else {
                assert_eq!(refused(&answer), forbidden(), "{scope}: {method} {path}");
            }
        }
    }
    let thread = ana.thread(&[]).await;
    for (method, path, body) in operations(&thread, "1", &ana.id) {
        let target = format!("{path}?{NEWEST}");
        for headers in [vec![], vec![("Authorization", "Bearer a.b.c")]] {
            let answer = server.send(method, &target, &headers, &body.to_string()).await;
            assert_eq!(refused(&answer), (401, "Unauthorized".to_owned()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_any_more_and_a_deleted_user_is_in_no_thread() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben, &cleo]).await;
    assert_eq!(app.ask("POST", &crate::identities::op(&ben.id, "revokeAccessTokens"), "").await.status, 204);
    assert_eq!(refused(&ben.ask("GET", &thread, &Value::Null).await), (401, "Unauthorized".to_owned()));
    assert_eq!(app.ask("DELETE", &crate::identities::path(&cleo.id), "").await.status, 204);
    let people = ana.get(&format!("{thread}/participants")).await;
    let mut ids: Vec<String> = people["value"]
        .as_array()
        .expect("people")
        .iter()
        .map(|one| text(&one["communicationIdentifier"]["rawId"]))
        .collect();
    ids.sort();
    let mut expected = vec![ana.id.clone(), ben.id.clone()];
    expected.sort();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_version_is_required_and_older_ones_know_less() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = Person::new(&app).await;
    let body = json!({ "topic": "x", "metadata": { "a": "b" }, "retentionPolicy": { "kind": "none" } }).to_string();
    for (version, known) in [("2021-03-07", false), ("2024-03-07", false), ("2025-03-15", true)] {
        let made = ana.send("POST", &format!("/chat/threads?api-version={version}"), &[], &body).await;
        let thread = made.json()["chatThread"].clone();
        let shown = ana.send("GET", &format!("{}?{NEWEST}", path_of(&thread)), &[], "").await.json();
        assert_eq!((made.status, thread.get("metadata").is_some()), (201, known), "{version}");
        assert_eq!((shown.get("metadata").is_some(), shown.get("retentionPolicy").is_some()), (known, known));
    }
    let none = ana.send("GET", "/chat/threads", &[], "").await;
    assert_eq!(refused(&none), (400, "ApiVersionUnspecified".to_owned()));
    let unknown = ana.send("GET", "/chat/threads?api-version=2020-01-01", &[], "").await;
    assert_eq!(refused(&unknown), (400, "UnsupportedApiVersion".to_owned()));
}

/// Whoever is not in the thread is answered as if it never was.
pub async fn is_out(person: &Person<'_>, thread: &str) {
    let all = operations(thread, "1", &person.id).into_iter().zip(operations(UNKNOWN, "1", &person.id));
    for ((method, path, body), (_, never, _)) in all {
        let (there, nowhere) = (person.ask(method, &path, &body).await, person.ask(method, &never, &body).await);
        assert_eq!((there.status, &there.text), (403, &nowhere.text), "{method} {path}");
    }
    assert_eq!(person.get("/chat/threads").await, json!({ "value": [] }));
}
