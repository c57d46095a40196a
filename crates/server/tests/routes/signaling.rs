//! `/signaling`: the WebSocket.

use crate::client::Server;
use convene_model::record::JournalRow;
use convene_protocol::{
    ClientMessage, Event, Hello, JoinTarget, Reply, Request, ServerMessage, decode_server, encode_client,
};
use convene_store::Store;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    requests: u32,
}

impl Client {
    /// A client that was welcomed.
    pub async fn connect(server: &Server, token: &str) -> Self {
        let mut client = Self::hello(server, token).await;
        client.until(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(())).await;
        client
    }

    pub async fn hello(server: &Server, token: &str) -> Self {
        let mut client = Self::open(server).await;
        let hello = Hello { versions: vec![1], token: token.into(), client: "test 1".into() };
        client.say(&ClientMessage::Hello(hello)).await;
        client
    }

    async fn open(server: &Server) -> Self {
        let url = format!("ws://{}/signaling", server.address());
        Self { socket: connect_async(url).await.expect("an upgrade").0, requests: 0 }
    }

    async fn say(&mut self, message: &ClientMessage) {
        self.socket.send(Message::text(encode_client(message))).await.expect("an open socket");
    }

    pub async fn ask(&mut self, request: Request) {
        self.ask_as(1, request).await;
    }

    /// The same, of the call with this handle.
    pub async fn ask_as(&mut self, call: u32, request: Request) {
        self.requests += 1;
        self.say(&ClientMessage::Request { id: self.requests, call, request }).await;
    }

    /// The next message; `None` once the server has closed.
    pub async fn hear(&mut self) -> Option<ServerMessage> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => return Some(decode_server(&text).expect("a message")),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Reads until a message fits.
    pub async fn until<T>(&mut self, fits: impl Fn(ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.hear().await.expect("the server speaks on");
            if let Some(found) = fits(message) {
                return found;
            }
        }
    }
}

pub fn group() -> Request {
    let target = JoinTarget::Group { group_id: "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11".into() };
    Request::Join { target, display_name: "Ana".into(), muted: false }
}

pub async fn app_token(server: &Server) -> String {
    server.get("/api/token", &[]).await.json()["token"].as_str().expect("a token").to_owned()
}

pub fn joined(message: ServerMessage) -> Option<String> {
    match message {
        ServerMessage::Response { reply: Some(Reply::Joined { call }), .. } => Some(call.call_id.0),
        _ => None,
    }
}

#[tokio::test]
async fn a_bad_token_is_told_why_and_the_socket_closes() {
    let server = Server::dev().await;
    let mut client = Client::hello(&server, "nonsense").await;
    let Some(ServerMessage::Goodbye { error }) = client.hear().await else { panic!("no goodbye") };
    assert_eq!((error.code, error.sub_code), (401, 10009));
    assert_eq!(client.hear().await, None);
}

#[tokio::test]
async fn what_a_client_is_told_of_a_join_stands_in_the_journal_and_the_outbox_already() {
    let server = Server::dev().await;
    let mut client = Client::connect(&server, &app_token(&server).await).await;
    client.ask(group()).await;
    let call = convene_model::CallId(client.until(joined).await);
    let journal = server.running.app.store.journal_of(&call).await.expect("the store answers");
    assert!(
        matches!(
            journal[..],
            [JournalRow::CallStarted { .. }, JournalRow::ChatOpened { .. }, JournalRow::Joined { .. }]
        ),
        "{journal:?}"
    );
    let outbox = server.running.app.store.outbox(0, 10).await.expect("the store answers");
    let types: Vec<&str> = outbox.iter().map(|line| line.event.event_type.as_str()).collect();
    assert_eq!(types, ["Microsoft.Communication.CallStarted", "Microsoft.Communication.CallParticipantAdded"]);
}

#[tokio::test]
async fn a_client_that_closes_its_socket_leaves_its_call() {
    let server = Server::dev().await;
    let mut stays = Client::connect(&server, &app_token(&server).await).await;
    stays.ask(group()).await;
    stays.until(joined).await;
    let mut breaks = Client::connect(&server, &app_token(&server).await).await;
    breaks.ask(group()).await;
    breaks.until(joined).await;
    breaks.socket.close(Some(CloseFrame { code: CloseCode::Away, reason: "".into() })).await.expect("an open socket");
    let reason = stays
        .until(|message| match message {
            ServerMessage::Event { event: Event::ParticipantLeft { reason, .. }, .. } => Some(reason),
            _ => None,
        })
        .await;
    assert_eq!((reason.code, reason.sub_code), (0, 4521));
}

#[tokio::test]
async fn an_offer_that_is_no_sdp_is_refused_and_the_call_goes_on() {
    let server = Server::dev().await;
    let mut client = Client::connect(&server, &app_token(&server).await).await;
    client.ask(group()).await;
    client.until(joined).await;
    client.ask(Request::Negotiate { offer: "this is no SDP".into(), tracks: vec![] }).await;
    let error = client
        .until(|message| match message {
            ServerMessage::Response { id: 2, error, .. } => error,
            _ => None,
        })
        .await;
    assert_eq!((error.code, error.name.as_str()), (488, "offerRefused"), "{}", error.message);
    client.ask(Request::SetMuted { muted: true }).await;
    client.until(|message| matches!(message, ServerMessage::Response { id: 3, error: None, .. }).then_some(())).await;
}

#[tokio::test]
async fn stopping_the_server_ends_the_call_with_a_clear_code_and_writes_it_down() {
    let server = Server::dev().await;
    let mut client = Client::connect(&server, &app_token(&server).await).await;
    client.ask(group()).await;
    let call = convene_model::CallId(client.until(joined).await);
    let store = server.running.app.store.clone();
    let told = tokio::spawn(async move {
        client
            .until(|message| match message {
                ServerMessage::Event { event: Event::Ended { end }, .. } => Some(end.reason),
                _ => None,
            })
            .await
    });
    server.running.stop().await;
    let reason = told.await.expect("the client was told");
    assert_eq!(reason.name, "serverStopping");
    let journal = store.journal_of(&call).await.expect("the store answers");
    assert!(matches!(journal.last(), Some(JournalRow::CallEnded { .. })), "{journal:?}");
}
