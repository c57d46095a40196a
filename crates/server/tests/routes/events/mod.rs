//! `/events`: webhooks, dead letters and the stream.

mod chat;
mod delivery;
pub mod endpoint;
mod stream;
mod subscriptions;

use crate::client::{Answer, Server};
use crate::identities::{App, text};
use crate::signaling::{Client, app_token, group, joined};
use endpoint::Endpoint;
use serde_json::{Value, json};

const PATH: &str = "/events/subscriptions";

async fn subscribe(app: &App<'_>, body: Value) -> Answer {
    app.ask("POST", PATH, &body.to_string()).await
}

/// A subscription of everything that happens in the resource; its id and secret.
async fn subscribed(app: &App<'_>, endpoint: &Endpoint) -> (String, String) {
    let answer = subscribe(app, json!({ "endpoint": endpoint.url() })).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    (text(&answer.json()["id"]), text(&answer.json()["secret"]))
}

/// Somebody joins a group call of the default resource, which so begins.
async fn call(server: &Server) -> Client {
    let mut client = Client::connect(server, &app_token(server).await).await;
    client.ask(group()).await;
    client.until(joined).await;
    client
}
