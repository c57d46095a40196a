//! Users of the app in tests of calls, by the signaling protocol.

use crate::client::Server;
use crate::identities::App;
use crate::signaling::{Client, joined};
use convene_model::RingId;
use convene_protocol::{Event, Request, RingView, ServerMessage};
use serde_json::{Value, json};

/// A user of the app's, with a device that is connected.
pub struct Somebody {
    pub id: String,
    pub client: Client,
}

impl Somebody {
    pub async fn new(server: &Server, app: &App<'_>) -> Self {
        let id = app.user().await;
        let client = Client::connect(server, &app.token(&id).await).await;
        Self { id, client }
    }

    pub async fn rings(&mut self) -> RingView {
        self.client
            .until(|message| match message {
                ServerMessage::Rings { ring } => Some(ring),
                _ => None,
            })
            .await
    }

    pub async fn accept(&mut self, ring: RingId) -> String {
        self.client.ask(Request::Accept { ring, display_name: "Ben".into(), muted: true }).await;
        self.client.until(joined).await
    }

    /// Why it rings no more.
    pub async fn rings_no_more(&mut self) -> (u16, u32) {
        self.client
            .until(|message| match message {
                ServerMessage::RingOver { reason, .. } => Some((reason.code, reason.sub_code)),
                _ => None,
            })
            .await
    }

    /// How this client's first call ends.
    pub async fn ended(&mut self) -> (u16, u32) {
        self.client
            .until(|message| match message {
                ServerMessage::Event { call: 1, event: Event::Ended { end } } => {
                    Some((end.reason.code, end.reason.sub_code))
                }
                _ => None,
            })
            .await
    }

    pub fn identifier(&self) -> Value {
        identifier(&self.id)
    }
}

/// A user as ACS's bodies have them.
pub fn identifier(id: &str) -> Value {
    json!({ "kind": "communicationUser", "rawId": id, "communicationUser": { "id": id } })
}
