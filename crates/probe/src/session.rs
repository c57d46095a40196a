//! The client's side of the signaling protocol, as far as a call without a browser needs it.

use convene_model::ParticipantId;
use convene_model::media::{Source, TrackPlan};
use convene_protocol::{
    CallView, ClientMessage, ErrorBody, Hello, JoinTarget, Reply, Request, ServerMessage, VERSIONS, VideoWish,
    decode_server, encode_client,
};
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// The handle of the one call of a session.
const CALL: u32 = 1;

/// Why signaling did not go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No connection.
    #[error("no connection to {0}: {1}")]
    Unreachable(SocketAddr, std::io::Error),
    /// The WebSocket.
    #[error("the WebSocket failed: {0}")]
    Socket(#[from] Box<tungstenite::Error>),
    /// It was closed.
    #[error("the server closed the WebSocket without a word")]
    Closed,
    /// What the server said is not of this protocol.
    #[error("{0}")]
    Unreadable(#[from] convene_protocol::DecodeError),
    /// The server refused.
    #[error("the server refused ({}/{} {}): {}", .0.code, .0.sub_code, .0.name, .0.message)]
    Refused(ErrorBody),
    /// The server answered another question.
    #[error("the server answered with {0}")]
    Unexpected(String),
}

/// A session that was welcomed.
pub struct Session {
    socket: WebSocketStream<TcpStream>,
    requests: u32,
}

impl Session {
    /// Opens a session at the server's HTTP port.
    ///
    /// # Errors
    /// [`SessionError`] if it is not there, or does not take the token.
    pub async fn open(http: SocketAddr, token: &str) -> Result<Session, SessionError> {
        let unreachable = |error| SessionError::Unreachable(http, error);
        let stream = TcpStream::connect(http).await.map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        let (socket, _) = client_async(format!("ws://{http}/signaling"), stream).await.map_err(Box::new)?;
        let mut session = Session { socket, requests: 0 };
        let client = concat!("convene-probe ", env!("CARGO_PKG_VERSION")).to_owned();
        let hello = Hello { versions: VERSIONS.to_vec(), token: token.to_owned(), client };
        session.say(&ClientMessage::Hello(hello)).await?;
        match session.hear().await? {
            ServerMessage::Welcome { .. } => Ok(session),
            ServerMessage::Goodbye { error } => Err(SessionError::Refused(error)),
            other => Err(SessionError::Unexpected(format!("{other:?}"))),
        }
    }

    /// Joins a group call, unmuted.
    ///
    /// # Errors
    /// [`SessionError`] if it is refused.
    pub async fn join_group(&mut self, group_id: &str, name: &str) -> Result<CallView, SessionError> {
        self.join(JoinTarget::Group { group_id: group_id.to_owned() }, name).await
    }

    /// Joins a meeting that lets this user in at once, unmuted.
    ///
    /// # Errors
    /// [`SessionError`] if it is refused, or if the way leads through the lobby.
    pub async fn join_meeting(&mut self, link: &str, name: &str) -> Result<CallView, SessionError> {
        self.join(JoinTarget::MeetingLink { link: link.to_owned() }, name).await
    }

    async fn join(&mut self, target: JoinTarget, name: &str) -> Result<CallView, SessionError> {
        match self.ask(Request::Join { target, display_name: name.to_owned(), muted: false }).await? {
            Reply::Joined { call } => Ok(call),
            other => Err(SessionError::Unexpected(format!("{other:?}"))),
        }
    }

    /// Sends an offer; gives the answer.
    ///
    /// # Errors
    /// [`SessionError`] if it is refused.
    pub async fn negotiate(&mut self, offer: String, tracks: Vec<TrackPlan>) -> Result<String, SessionError> {
        match self.ask(Request::Negotiate { offer, tracks }).await? {
            Reply::Answer { answer } => Ok(answer),
            other => Err(SessionError::Unexpected(format!("{other:?}"))),
        }
    }

    /// Says that the camera is sent.
    ///
    /// # Errors
    /// [`SessionError`] if it is refused.
    pub async fn publish_camera(&mut self) -> Result<(), SessionError> {
        self.ask(Request::Publish { source: Source::Camera }).await.map(|_| ())
    }

    /// Wishes for somebody's camera.
    ///
    /// # Errors
    /// [`SessionError`] if it is refused.
    pub async fn subscribe_to_camera(&mut self, of: &ParticipantId) -> Result<(), SessionError> {
        self.subscribe_to_cameras(std::slice::from_ref(of)).await
    }

    /// Wishes for these people's cameras, and for no others.
    ///
    /// # Errors
    /// [`SessionError`] if it is refused.
    pub async fn subscribe_to_cameras(&mut self, of: &[ParticipantId]) -> Result<(), SessionError> {
        let wish = |id: &ParticipantId| VideoWish { participant_id: id.clone(), source: Source::Camera, shown: None };
        self.ask(Request::Subscribe { videos: of.iter().map(wish).collect() }).await.map(|_| ())
    }

    /// Leaves the call and closes the session.
    ///
    /// # Errors
    /// [`SessionError`] if the connection is gone.
    pub async fn leave(mut self) -> Result<(), SessionError> {
        self.ask(Request::Leave {}).await?;
        let away = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        Ok(self.socket.close(Some(away)).await.map_err(Box::new)?)
    }

    /// Stays in the call and reads what comes, until the server closes.
    pub async fn stay(mut self) -> SessionError {
        loop {
            if let Err(error) = self.hear().await {
                return error;
            }
        }
    }

    async fn ask(&mut self, request: Request) -> Result<Reply, SessionError> {
        self.requests += 1;
        let asked = self.requests;
        self.say(&ClientMessage::Request { id: asked, call: CALL, request }).await?;
        loop {
            match self.hear().await? {
                ServerMessage::Response { id, reply: Some(reply), .. } if id == asked => return Ok(reply),
                ServerMessage::Response { id, error: Some(error), .. } if id == asked => {
                    return Err(SessionError::Refused(error));
                }
                ServerMessage::Goodbye { error } => return Err(SessionError::Refused(error)),
                _ => {}
            }
        }
    }

    async fn say(&mut self, message: &ClientMessage) -> Result<(), SessionError> {
        Ok(self.socket.send(Message::text(encode_client(message))).await.map_err(Box::new)?)
    }

    async fn hear(&mut self) -> Result<ServerMessage, SessionError> {
        loop {
            match self.socket.next().await {
                None | Some(Ok(Message::Close(_))) => return Err(SessionError::Closed),
                Some(Err(error)) => return Err(Box::new(error).into()),
                Some(Ok(Message::Text(text))) => return Ok(decode_server(&text)?),
                // Pings are answered below this.
                Some(Ok(_)) => {}
            }
        }
    }
}
