//! A back end's endpoint: it answers handshakes and events as a test says, and shows what came.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// What came.
pub struct Came {
    pub headers: HeaderMap,
    pub body: String,
}

impl Came {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("a header {name}")).to_str().expect("a text")
    }
}

struct Does {
    status: AtomicU16,
    handshake: Handshake,
    came: mpsc::UnboundedSender<Came>,
}

/// How a handshake is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    Right,
    /// For another origin, with another code.
    Wrong,
    /// Without the answer that counts.
    Without,
    /// The same, and Event Grid's validation is refused.
    Refused,
}

pub struct Endpoint {
    pub address: SocketAddr,
    does: Arc<Does>,
    came: Mutex<mpsc::UnboundedReceiver<Came>>,
}

impl Endpoint {
    pub async fn start() -> Self {
        Self::with(Handshake::Right).await
    }

    pub async fn with(handshake: Handshake) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, came) = mpsc::unbounded_channel();
        let does = Arc::new(Does { status: AtomicU16::new(204), handshake, came: sender });
        let router = Router::new().fallback(answer).with_state(does.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, does, came: Mutex::new(came) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/events?code=1", self.address)
    }

    /// Events are answered with this status from now on.
    pub fn answers(&self, status: u16) {
        self.does.status.store(status, Ordering::SeqCst);
    }

    /// The next event.
    pub async fn next(&self) -> Came {
        self.came.lock().await.recv().await.expect("the endpoint runs")
    }
}

async fn answer(State(does): State<Arc<Does>>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    if method == Method::OPTIONS {
        assert_eq!(headers["webhook-request-origin"], "localhost");
        return match does.handshake {
            Handshake::Right => [("WebHook-Allowed-Origin", "localhost")].into_response(),
            Handshake::Wrong => [("WebHook-Allowed-Origin", "elsewhere.example")].into_response(),
            Handshake::Without | Handshake::Refused => StatusCode::OK.into_response(),
        };
    }
    let body = String::from_utf8(body.to_vec()).expect("text");
    if headers.get("aeg-event-type").is_some_and(|kind| kind == "SubscriptionValidation") {
        let events: Value = serde_json::from_str(&body).expect("JSON");
        let code = match does.handshake {
            Handshake::Right => events[0]["data"]["validationCode"].clone(),
            Handshake::Wrong => json!("another"),
            Handshake::Without => {
                does.came.send(Came { headers, body }).expect("the test looks");
                return StatusCode::OK.into_response();
            }
            Handshake::Refused => return StatusCode::NOT_FOUND.into_response(),
        };
        return Json(json!({ "validationResponse": code })).into_response();
    }
    does.came.send(Came { headers, body }).expect("the test looks");
    StatusCode::from_u16(does.status.load(Ordering::SeqCst)).expect("a status").into_response()
}
