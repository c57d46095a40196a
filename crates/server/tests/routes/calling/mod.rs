//! `/calling`: call automation for apps' servers.

mod answer;
mod connect;
mod connection;
mod create;
mod handing;
mod people;
mod play;
mod records;
mod tones;

use crate::client::{Answer, Folder, Server};
use crate::events::endpoint::Endpoint;
use crate::identities::{App, error_code, text};
use convene_server::config::ServeSettings;
use people::{Somebody, identifier};
use serde_json::{Value, json};

pub const NEWEST: &str = "api-version=2026-03-12";
pub const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";
pub const CONNECT: &str = "/calling/callConnections:connect";

pub async fn ask(app: &App<'_>, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    app.send(&app.sign(method, &format!("{path}?{NEWEST}"), &body)).await
}

pub fn group() -> Value {
    json!({ "kind": "groupCallLocator", "groupCallId": GROUP })
}

pub async fn connect(app: &App<'_>, endpoint: &Endpoint, locator: Value) -> Answer {
    let body = json!({ "callLocator": locator, "callbackUri": endpoint.url(), "operationContext": "mine" });
    ask(app, "POST", CONNECT, &body).await
}

/// The path of a new connection to the group call.
pub async fn connected(app: &App<'_>, endpoint: &Endpoint) -> String {
    let answer = connect(app, endpoint, group()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    path_of(&answer.json())
}

pub fn path_of(connection: &Value) -> String {
    format!("/calling/callConnections/{}", text(&connection["callConnectionId"]))
}

/// The next callback: its name without the prefix that all have, and its data.
pub async fn heard(endpoint: &Endpoint) -> (String, Value) {
    let events = endpoint.next().await.json();
    assert_eq!(events.as_array().map(Vec::len), Some(1), "{events}");
    let event = &events[0];
    assert_eq!((&event["specversion"], &event["source"]), (&json!("1.0"), &event["subject"]));
    let name = text(&event["type"]);
    let name = name.strip_prefix("Microsoft.Communication.").expect("a type of ACS's").to_owned();
    let subject = format!("calling/callConnections/{}", text(&event["data"]["callConnectionId"]));
    assert_eq!(event["subject"], json!(subject));
    (name, event["data"].clone())
}

/// The next callbacks' names.
pub async fn names(endpoint: &Endpoint, count: usize) -> Vec<String> {
    let mut names = Vec::new();
    for _ in 0..count {
        names.push(heard(endpoint).await.0);
    }
    names
}
