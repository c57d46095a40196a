//! `/rooms`: what apps' servers ask for, signed with an access key.

mod change;
mod create;
mod list;
mod live;
mod participants;

use crate::client::Answer;
use crate::identities::{App, Request, error_code, text};
use serde_json::{Value, json};

pub const NEWEST: &str = "api-version=2025-03-13";

/// An id that no room has.
pub const UNKNOWN: &str = "99199690362660524";

pub async fn ask(app: &App<'_>, method: &str, path: &str, body: &Value) -> Answer {
    ask_text(app, method, path, &if body.is_null() { String::new() } else { body.to_string() }).await
}

pub async fn ask_text(app: &App<'_>, method: &str, path: &str, body: &str) -> Answer {
    app.send(&app.sign(method, &format!("{path}?{NEWEST}"), body)).await
}

/// A room of which only this is said.
pub async fn make(app: &App<'_>, body: Value) -> Value {
    let answer = ask(app, "POST", "/rooms", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

pub fn path(room: &Value) -> String {
    format!("/rooms/{}", text(&room["id"]))
}

pub fn list_path(room: &Value) -> String {
    format!("{}/participants", path(room))
}

/// An id of the app's resource.
pub fn user(app: &App<'_>, name: &str) -> String {
    format!("8:acs:{}_{name}", app.resource.id)
}

/// Follows a list to its end; each page's values.
pub async fn pages(app: &App<'_>, first: &str) -> Vec<Vec<Value>> {
    let (mut target, mut pages) = (first.to_owned(), Vec::new());
    loop {
        let answer = app.send(&app.sign("GET", &target, "")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let json = answer.json();
        pages.push(json["value"].as_array().expect("values").clone());
        let Some(next) = json["nextLink"].as_str() else { return pages };
        let origin = format!("http://{}", app.host);
        target = next.strip_prefix(&origin).unwrap_or_else(|| panic!("{next} is not at {origin}")).to_owned();
        let query = target.split_once('?').expect("a query").1;
        let safe = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        assert!(query.split(['&', '=']).all(safe), "{query}");
    }
}

/// What the answer's error is about, after checking its code.
pub fn bad_request(answer: &Answer) -> Option<String> {
    assert_eq!((answer.status, error_code(answer).as_str()), (400, "BadRequest"), "{}", answer.text);
    answer.json()["error"]["target"].as_str().map(str::to_owned)
}

/// Every operation on a room's path.
pub fn operations(path: &str) -> [(&'static str, String, Value); 5] {
    let list = format!("{path}/participants");
    [
        ("GET", path.to_owned(), Value::Null),
        ("PATCH", path.to_owned(), json!({})),
        ("GET", list.clone(), Value::Null),
        ("PATCH", list, json!({ "participants": {} })),
        ("DELETE", path.to_owned(), Value::Null),
    ]
}

#[tokio::test]
async fn another_resources_room_answers_as_one_that_never_was_and_stays_as_it_is() {
    let server = crate::client::Server::dev().await;
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let room = make(&app, json!({})).await;
    let unknown = format!("/rooms/{UNKNOWN}");
    for ((method, theirs, body), (_, none, _)) in operations(&path(&room)).into_iter().zip(operations(&unknown)) {
        let (forbidden, never) = (ask(&other, method, &theirs, &body).await, ask(&other, method, &none, &body).await);
        assert_eq!((forbidden.status, &forbidden.text), (never.status, &never.text), "{method} {theirs}");
        assert_eq!(forbidden.status, if method == "DELETE" { 204 } else { 404 });
        if method != "DELETE" {
            assert_eq!(error_code(&forbidden), "NotFound");
        }
    }
    assert_eq!(ask(&app, "GET", &path(&room), &Value::Null).await.json(), room);
    assert_eq!(pages(&other, &format!("/rooms?{NEWEST}")).await, [Vec::<Value>::new()]);
}

#[tokio::test]
async fn what_is_no_rooms_id_gets_400_from_every_operation() {
    let server = crate::client::Server::dev().await;
    let app = App::new(&server).await;
    for id in ["123", "invalid_id", "991996903626605240", "9919969036266052x", "%00"] {
        for (method, path, body) in operations(&format!("/rooms/{id}")) {
            let answer = ask(&app, method, &path, &body).await;
            assert_eq!((answer.status, error_code(&answer).as_str()), (400, "BadRequest"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_unsigned_request_gets_401_and_one_without_a_known_version_400() {
    let server = crate::client::Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({})).await;
    let unsigned = |request: Request| request.without("Authorization");
    for (method, path, body) in operations(&path(&room)) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = app.send(&unsigned(app.sign(method, &format!("{path}?{NEWEST}"), &body))).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (401, "Unauthorized"), "{method} {path}");
        let none = app.send(&app.sign(method, &path, &body)).await;
        assert_eq!((none.status, error_code(&none).as_str()), (400, "ApiVersionUnspecified"), "{method} {path}");
        for version in ["2022-02-01", "2025-03-13-preview", "", "ApiVersion.V2099_01_01"] {
            let answer = app.send(&app.sign(method, &format!("{path}?api-version={version}"), &body)).await;
            assert_eq!((answer.status, error_code(&answer).as_str()), (400, "UnsupportedApiVersion"), "{version}");
        }
    }
    for version in ["2023-06-14", "2024-04-15", "2025-03-13", "ApiVersion.V2025_03_13"] {
        let answer = app.send(&app.sign("GET", &format!("{}?api-version={version}", path(&room)), "")).await;
        let knows = version != "2023-06-14";
        assert_eq!((answer.status, answer.json().get("pstnDialOutEnabled").is_some()), (200, knows), "{version}");
    }
}
