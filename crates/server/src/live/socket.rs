//! The WebSocket of socket.io 0.9: frames in, frames out, and whether the other side still lives. What frames mean is the hub's to know.

use super::Live;
use crate::app::AppState;
use crate::drive::{Frame, OUTBOX};
use crate::http::error::ApiError;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use convene_directory::chat::live::{ConnectionId, Hub, LiveRefused};
use convene_store::Store;
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval};

/// The longest message of a client: it sends answers and pings alone. Larger: hostile clients cost memory. Smaller: answers with headers
/// of a proxy's do not fit.
const MESSAGE_MAX: usize = 16 * 1024;

/// How often the server sends a heartbeat, which clients answer by themselves.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(20);

/// A socket that says nothing for this long is gone. Longer: dead ones cost more. Shorter: a tab that sleeps is cut off.
const SILENCE_MAX: Duration = Duration::from_secs(65);

/// Upgrades `GET /socket.io/1/websocket/{session}`.
pub async fn upgrade<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(session): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    let (outbox, frames) = mpsc::channel(OUTBOX);
    let live = app.live.clone();
    let connection = live.open(&session, outbox)?;
    tracing::debug!(connection = connection.0, "a chat client listens");
    let lost = live.clone();
    Ok(upgrade
        .max_message_size(MESSAGE_MAX)
        .max_frame_size(MESSAGE_MAX)
        .on_failed_upgrade(move |_| lost.act(|hub, now| hub.closed(connection, now)))
        .on_upgrade(move |socket| serve(socket, connection, live, frames)))
}

async fn serve(socket: WebSocket, connection: ConnectionId, live: Arc<Live>, mut frames: mpsc::Receiver<Frame>) {
    let (mut sink, mut stream) = socket.split();
    let mut heartbeat = interval(HEARTBEAT_EVERY);
    let mut heard = Instant::now();
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
                    live.act(|hub: &mut Hub, now| hub.heard(connection, text.as_str(), now));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => heard = Instant::now(),
                Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => break,
            },
            _ = heartbeat.tick() => {
                if heard.elapsed() > SILENCE_MAX || sink.send(Message::Text("2::".into())).await.is_err() {
                    break;
                }
            }
        }
    }
    live.act(|hub, now| hub.closed(connection, now));
}

impl From<LiveRefused> for ApiError {
    fn from(refused: LiveRefused) -> Self {
        let (status, code) = match refused {
            LiveRefused::NotAnEndpoint | LiveRefused::NotAPacket => (StatusCode::BAD_REQUEST, "BadRequest"),
            LiveRefused::TooManyEndpoints => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests"),
            LiveRefused::NoSession | LiveRefused::NoEndpoint => (StatusCode::NOT_FOUND, "NotFound"),
        };
        Self::Told { status, code, message: refused.to_string(), target: None }
    }
}
