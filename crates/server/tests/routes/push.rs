//! `/push`: browsers that are called although no page of theirs is open.

use crate::client::{Answer, Server};
use crate::signaling::Client;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use convene_identity::{NewUser, TokenRequest, new_user};
use convene_model::record::User;
use convene_model::{RingId, Scope};
use convene_protocol::{Event, Request, ServerMessage};
use convene_server::clock::{OsRandom, wall_now};
use convene_server::config::ServeSettings;
use convene_store::Store as _;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint as _;
use web_push_native::{Auth, decrypt};

/// A browser's keys, and its push service.
struct Browser {
    secret: SecretKey,
    auth: [u8; 16],
    url: String,
    status: Arc<AtomicU16>,
    came: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

#[derive(Clone)]
struct Service(Arc<AtomicU16>, mpsc::UnboundedSender<(HeaderMap, Bytes)>);

impl Browser {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/message/1", listener.local_addr().expect("an address"));
        let (sender, came) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(201));
        let router = Router::new().fallback(take).with_state(Service(status.clone(), sender));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let secret = SecretKey::from_slice(&[7; 32]).expect("a key");
        Self { secret, auth: [9; 16], url, status, came }
    }

    fn subscription(&self) -> Value {
        let public = self.secret.public_key().to_encoded_point(false);
        let keys =
            json!({ "p256dh": URL_SAFE_NO_PAD.encode(public.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(self.auth) });
        json!({ "endpoint": self.url, "expirationTime": null, "keys": keys })
    }

    async fn next(&mut self) -> (HeaderMap, Value) {
        let (headers, body) = self.came.recv().await.expect("the push service runs");
        let text = decrypt(body.to_vec(), &self.secret, &Auth::from(self.auth)).expect("encrypted for this browser");
        (headers, serde_json::from_slice(&text).expect("JSON"))
    }
}

async fn take(State(Service(status, came)): State<Service>, headers: HeaderMap, body: Bytes) -> StatusCode {
    came.send((headers, body)).expect("the test looks");
    StatusCode::from_u16(status.load(Ordering::SeqCst)).expect("a status")
}

async fn person(server: &Server) -> User {
    let resource = server.running.app.settings.resource_id.clone();
    let user = new_user(NewUser::Communication { resource }, Some("Ana"), &mut OsRandom, wall_now());
    server.running.app.store.insert_user(&user).await.expect("a new user");
    user
}

fn token(server: &Server, user: &User, scope: Scope) -> String {
    let app = &server.running.app;
    let request = TokenRequest {
        user,
        scopes: &[scope].into_iter().collect(),
        lifetime_minutes: 60,
        issuer: &app.public_url,
        resource_id: &app.settings.resource_id,
        meeting: None,
    };
    app.keys.mint(&request, wall_now()).expect("a token").token
}

async fn ask(server: &Server, method: &str, token: &str, body: &Value) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    server.send(method, "/push/devices", &headers, &body.to_string()).await
}

async fn call(server: &Server, caller: &User, callee: &User) -> Client {
    let mut client = Client::connect(server, &token(server, caller, Scope::Voip)).await;
    let users = vec![callee.id.clone()];
    client.ask(Request::StartCall { users, display_name: "Ana".into(), muted: false, lobby: false }).await;
    client
}

async fn end(client: &mut Client) -> (u16, u32) {
    client
        .until(|message| match message {
            ServerMessage::Event { event: Event::Ended { end }, .. } => Some((end.reason.code, end.reason.sub_code)),
            _ => None,
        })
        .await
}

async fn ring(client: &mut Client) -> RingId {
    client
        .until(|message| match message {
            ServerMessage::Rings { ring } => Some(ring.ring),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_closed_page_is_called_by_a_message_that_its_browser_alone_can_read() {
    let server = Server::dev().await;
    let (ana, ben) = (person(&server).await, person(&server).await);
    let mut browser = Browser::start().await;
    let bens = token(&server, &ben, Scope::Voip);
    assert_eq!(ask(&server, "POST", &bens, &browser.subscription()).await.status, 204);

    let _caller = call(&server, &ana, &ben).await;
    let (headers, message) = browser.next().await;
    let key = server.get("/push/key", &[]).await.json();
    let key = key["publicKey"].as_str().expect("a key");
    let authorization = headers["authorization"].to_str().expect("a text");
    assert!(authorization.starts_with("vapid t=") && authorization.ends_with(&format!(", k={key}")), "{authorization}");
    assert_eq!(
        (&headers["urgency"], &headers["content-encoding"]),
        (&"high".parse().unwrap(), &"aes128gcm".parse().unwrap())
    );
    assert_eq!((&message["type"], &message["displayName"]), (&json!("Convene.IncomingCall"), &json!("Ana")));
    assert_eq!(message["caller"]["rawId"], ana.id.as_str());

    let mut page = Client::connect(&server, &bens).await;
    let ring = ring(&mut page).await;
    assert_eq!(message["ring"], ring.as_str());
    page.ask(Request::Decline { ring }).await;
    let (_, over) = browser.next().await;
    assert_eq!((&over["type"], &over["reason"]["code"]), (&json!("Convene.IncomingCallOver"), &json!(603)));
}

#[tokio::test]
async fn who_took_the_browser_back_whose_browser_is_gone_or_whose_tokens_are_revoked_is_unreachable() {
    let server = Server::dev().await;
    let (ana, ben) = (person(&server).await, person(&server).await);
    let mut browser = Browser::start().await;
    let bens = token(&server, &ben, Scope::Voip);
    let store = &server.running.app.store;
    ask(&server, "POST", &bens, &browser.subscription()).await;
    assert_eq!(ask(&server, "DELETE", &bens, &json!({ "endpoint": browser.url })).await.status, 204);
    assert_eq!(end(&mut call(&server, &ana, &ben).await).await, (480, 10037));

    browser.status.store(410, Ordering::SeqCst);
    ask(&server, "POST", &bens, &browser.subscription()).await;
    assert_eq!(end(&mut call(&server, &ana, &ben).await).await, (480, 10037));
    browser.next().await;
    assert_eq!(end(&mut call(&server, &ana, &ben).await).await, (480, 10037));

    browser.status.store(201, Ordering::SeqCst);
    ask(&server, "POST", &bens, &browser.subscription()).await;
    store.increase_generation(&ben.id).await.expect("revoked");
    assert_eq!(end(&mut call(&server, &ana, &ben).await).await, (480, 10037));
    assert!(browser.came.try_recv().is_err(), "no message is sent after those");
    assert_eq!(ask(&server, "POST", &bens, &browser.subscription()).await.status, 401);
}

#[tokio::test]
async fn a_subscription_that_cannot_be_used_is_refused_with_a_sentence() {
    let server = Server::dev().await;
    let (browser, ana) = (Browser::start().await, person(&server).await);
    let good = browser.subscription();
    let with = |pointer: &str, value: &str| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("a member") = json!(value);
        bad
    };
    let anas = token(&server, &ana, Scope::Voip);
    for (body, word) in [
        (json!({}), "endpoint"),
        (with("/endpoint", "push.example"), "https"),
        (with("/endpoint", "ftp://push.example/"), "https"),
        (with("/endpoint", &format!("https://push.example/{}", "x".repeat(2048))), "longer"),
        (with("/keys/p256dh", "BP4z"), "p256dh"),
        (with("/keys/p256dh", &URL_SAFE_NO_PAD.encode([4; 65])), "p256dh"),
        (with("/keys/auth", "AAAA"), "auth"),
    ] {
        let answer = ask(&server, "POST", &anas, &body).await;
        let text = answer.json()["error"]["message"].to_string();
        assert_eq!(answer.status, 400, "{body}");
        assert!(text.contains(word), "{body}: {text}");
    }
    assert_eq!(ask(&server, "POST", "no token", &good).await.status, 401);
    assert_eq!(ask(&server, "POST", &token(&server, &ana, Scope::VoipJoin), &good).await.status, 403);
    assert_eq!(ask(&server, "POST", &anas, &good).await.status, 204);
}

#[tokio::test]
async fn a_server_that_is_not_for_development_sends_nothing_to_private_addresses() {
    let server = Server::start(ServeSettings::default()).await;
    let (ana, ben) = (person(&server).await, person(&server).await);
    let mut browser = Browser::start().await;
    let bens = token(&server, &ben, Scope::Voip);
    assert_eq!(ask(&server, "POST", &bens, &browser.subscription()).await.status, 400);
    let mut private = browser.subscription();
    private["endpoint"] = json!(browser.url.replace("http://", "https://"));
    assert_eq!(ask(&server, "POST", &bens, &private).await.status, 204);
    assert_eq!(end(&mut call(&server, &ana, &ben).await).await, (480, 10037));
    assert!(browser.came.try_recv().is_err());
}
