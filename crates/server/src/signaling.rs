//! The WebSocket at `/signaling`: frames in, frames out, and whether the other side still lives. What frames mean is the
//! node's to know.

use crate::app::AppState;
use crate::drive::{Arrival, Frame, OUTBOX};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use convene_model::SessionId;
use convene_model::limits::MESSAGE_MAX;
use convene_store::Store;
use futures_util::{SinkExt, StreamExt};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval};

/// How often the server pings. Browsers answer by themselves, also in tabs that sleep.
const PING_EVERY: Duration = Duration::from_secs(5);

/// A WebSocket that says nothing for this long is gone. Longer: dead guests stay on the roster. Shorter: a short network
/// drop ends a call.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// Upgrades `GET /signaling`.
pub async fn upgrade<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let session = app.next_session();
    upgrade
        .max_message_size(MESSAGE_MAX)
        .max_frame_size(MESSAGE_MAX)
        .on_upgrade(move |socket| serve(socket, session, peer.ip(), app.arrivals.clone()))
}

async fn serve(socket: WebSocket, session: SessionId, address: IpAddr, arrivals: mpsc::Sender<Arrival>) {
    let (outbox, mut frames) = mpsc::channel(OUTBOX);
    if arrivals.send(Arrival::Opened { session, address, outbox }).await.is_err() {
        return;
    }
    let (mut sink, mut stream) = socket.split();
    let mut ping = interval(PING_EVERY);
    let mut heard = Instant::now();
    let mut by_client = false;
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Text(text)) => {
                    if sink.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Frame::Close) | None => {
                    let reason = CloseFrame { code: 1000, reason: "".into() };
                    let _gone = sink.send(Message::Close(Some(reason))).await;
                    break;
                }
            },
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    heard = Instant::now();
                    let text = text.as_str().to_owned();
                    if arrivals.send(Arrival::Message { session, text }).await.is_err() {
                        break;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => heard = Instant::now(),
                // A tab that is closed says so; a network that is gone does not.
                Some(Ok(Message::Close(frame))) => {
                    by_client = frame.is_some();
                    break;
                }
                Some(Ok(Message::Binary(_)) | Err(_)) | None => break,
            },
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE_MAX || sink.send(Message::Ping(Default::default())).await.is_err() {
                    break;
                }
            }
        }
    }
    // When the control task is gone, the process is ending.
    let _ending = arrivals.send(Arrival::Closed { session, by_client }).await;
}
