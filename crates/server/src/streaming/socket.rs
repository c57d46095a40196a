//! One app's WebSocket.

use super::coder::{Command, ToApp};
use super::frames::{self, FromApp, MESSAGE_MAX};
use crate::outbound::{HttpClient, Reach};
use axum::http::Uri;
use convene_model::audio::{StreamReport, StreamingOptions};
use convene_model::{CallId, ConnectionId, PeerId};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long connecting to an app may take. Longer: an app that is down is told of late. Shorter: slow ones count as down.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long an app may read nothing. Longer: a dead one is told of late. Shorter: one that is busy for a moment is cut off.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// How long the goodbye may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Frames that wait for one app: 5 s of mixed sound. More: a slow app costs memory, and hears what is long past. Fewer: each hiccup of its
/// network tears a hole.
const FRAMES_MAX: usize = 250;

const QUEUE_FULL: &str =
    "the app sent more audio than may wait to be said (two minutes). Send it at the pace of speech, or StopAudio first";

/// A stream that is to be.
pub struct Stream {
    pub number: u64,
    pub connection: ConnectionId,
    pub call: CallId,
    pub peer: PeerId,
    pub options: StreamingOptions,
    pub reach: Reach,
    pub outbound: HttpClient,
    pub coder: mpsc::Sender<Command>,
}

/// Forgets a stream, however its task ends.
struct Closing(u64, mpsc::Sender<Command>);

impl Drop for Closing {
    fn drop(&mut self) {
        let (number, coder) = (self.0, self.1.clone());
        tokio::spawn(async move { coder.send(Command::Close { number }).await.is_ok() });
    }
}

impl Stream {
    /// Connects and streams until it is stopped, the app ends it, or something breaks.
    pub async fn run(self, mut stop: mpsc::Receiver<()>, started: impl FnOnce()) -> StreamReport {
        let connecting = timeout(CONNECT_WITHIN, self.connect());
        let mut socket = match connecting.await {
            Ok(Ok(socket)) => socket,
            Ok(Err(why)) => return failed(&format!("the app's WebSocket cannot be opened: {why}")),
            Err(_) => {
                return failed(&format!("the app's WebSocket was not opened within {} s", CONNECT_WITHIN.as_secs()));
            }
        };
        let (sender, mut frames) = mpsc::channel(FRAMES_MAX);
        let first = frames::metadata(self.connection.as_str(), self.options.rate);
        if let Err(why) = send(&mut socket, first).await {
            return failed(&why);
        }
        let (peer, number, options) = (self.peer, self.number, self.options.clone());
        let _closing = Closing(number, self.coder.clone());
        if self.coder.send(Command::Open { peer, number, options, frames: sender }).await.is_err() {
            return failed("the server codes no audio any more");
        }
        started();
        loop {
            tokio::select! {
                _ = stop.recv() => {
                    // An app that does not answer is left.
                    let _silent = timeout(CLOSE_WITHIN, socket.close(None)).await;
                    return StreamReport::Stopped;
                }
                frame = frames.recv() => match frame {
                    Some(ToApp::QueueFull) => {
                        let _silent = timeout(CLOSE_WITHIN, socket.close(None)).await;
                        return failed(QUEUE_FULL);
                    }
                    Some(ToApp::Frame(frame)) => tokio::select! {
                        _ = stop.recv() => return StreamReport::Stopped,
                        sent = send(&mut socket, frame) => if let Err(why) = sent {
                            return failed(&why);
                        },
                    },
                    None => return failed("the server codes no audio any more"),
                },
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => if let Err(why) = self.take(&text).await {
                        let _silent = timeout(CLOSE_WITHIN, socket.close(None)).await;
                        return failed(&why);
                    },
                    Some(Ok(Message::Close(_))) | None => return StreamReport::Stopped,
                    Some(Ok(_)) => {}
                    Some(Err(Error::ConnectionClosed)) => return StreamReport::Stopped,
                    Some(Err(error)) => return failed(&format!("the app's WebSocket broke: {error}")),
                },
            }
        }
    }

    /// Takes what the app says. The error is a sentence.
    async fn take(&self, text: &str) -> Result<(), String> {
        let number = self.number;
        match frames::read(text)? {
            FromApp::Say(_) if !self.options.bidirectional => {
                Err("the app sent audio, but enableBidirectional was not asked for".to_owned())
            }
            FromApp::Say(pcm) => {
                let _stopping = self.coder.send(Command::Say { number, pcm }).await;
                Ok(())
            }
            FromApp::Stop => {
                let _stopping = self.coder.send(Command::Clear { number }).await;
                Ok(())
            }
            FromApp::Other => Ok(()),
        }
    }

    async fn connect(&self) -> Result<Socket, String> {
        let uri: Uri = self.options.url.parse().map_err(|error| format!("transportUrl is no URL: {error}"))?;
        let is_tls = uri.scheme_str() == Some("wss");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let host = uri.host().unwrap_or_default();
        let stream = self.outbound.connect(host, port, is_tls, self.reach).await.map_err(|error| error.to_string())?;
        let mut request = self.options.url.as_str().into_client_request().map_err(|error| error.to_string())?;
        for (name, value) in
            [("x-ms-call-connection-id", self.connection.as_str()), ("x-ms-call-correlation-id", self.call.as_str())]
        {
            let value = value.parse().map_err(|_| "an id is no header".to_owned())?;
            request.headers_mut().insert(name, value);
        }
        let config = WebSocketConfig::default().max_message_size(Some(MESSAGE_MAX)).max_frame_size(Some(MESSAGE_MAX));
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(socket, _)| socket).map_err(|error| error.to_string())
    }
}

type Socket = WebSocketStream<Box<dyn crate::outbound::Stream>>;

/// Sends a frame. The error is a sentence.
async fn send(socket: &mut Socket, frame: String) -> Result<(), String> {
    match timeout(SEND_WITHIN, socket.send(Message::text(frame))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("the app's WebSocket broke: {error}")),
        Err(_) => Err(format!("the app has read nothing for {} s", SEND_WITHIN.as_secs())),
    }
}

fn failed(why: &str) -> StreamReport {
    StreamReport::Failed(format!("{why}."))
}
