//! One port for HTTP and TLS: the first byte of a connection tells which (a TLS record of the type `handshake` begins with
//! 0x16, RFC 8446 §5.1; no HTTP method does).

use axum::serve::Listener;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const TLS_HANDSHAKE: u8 = 0x16;

/// How long a connection may take until its first byte and, if it is TLS, its handshake have come. Larger: silent
/// connections cost more memory. Smaller: slow networks are cut off.
pub const OPEN_WITHIN: Duration = Duration::from_secs(10);

/// Connections that have not come that far. When there are so many, further ones wait in the kernel. Larger: more memory
/// for a hostile crowd. Smaller: it keeps others out sooner.
const OPENING_MAX: usize = 1024;

/// How long to wait when no connection can be accepted, for example for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(500);

/// A listener for both.
pub struct OnePort {
    address: SocketAddr,
    opened: mpsc::Receiver<(Connection, SocketAddr)>,
    accepting: JoinHandle<()>,
}

/// A connection, after its handshake.
pub enum Connection {
    /// HTTP.
    Plain(TcpStream),
    /// HTTP over TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl OnePort {
    /// Begins to accept; gives up connections that take longer than `open_within` to say what they are.
    ///
    /// # Errors
    /// If the listener's address cannot be told.
    pub fn start(listener: TcpListener, acceptor: TlsAcceptor, open_within: Duration) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (ready, opened) = mpsc::channel(64);
        let accepting = tokio::spawn(accept(listener, acceptor, open_within, ready));
        Ok(Self { address, opened, accepting })
    }
}

/// Stops accepting; what was accepted goes on.
impl Drop for OnePort {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for OnePort {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.opened.recv().await {
            Some(connection) => connection,
            // The accepting task runs as long as this value lives; when the runtime ends, nobody waits any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    open_within: Duration,
    ready: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(OPENING_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let _place = place;
            match timeout(open_within, open(stream, &acceptor)).await {
                Ok(Ok(connection)) => {
                    // If nobody takes it, the server has stopped.
                    let _stopped = ready.send((connection, peer)).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "a connection was given up"),
                Err(_) => tracing::debug!("a connection said nothing in time"),
            }
        });
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn open(stream: TcpStream, acceptor: &TlsAcceptor) -> io::Result<Connection> {
    // Small frames should not wait for each other.
    stream.set_nodelay(true)?;
    let mut first = [0u8];
    if stream.peek(&mut first).await? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if first[0] == TLS_HANDSHAKE {
        acceptor.accept(stream).await.map(|stream| Connection::Tls(Box::new(stream)))
    } else {
        Ok(Connection::Plain(stream))
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{acceptor, certificate_names};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn connections_that_say_nothing_or_stop_in_the_handshake_are_closed_and_hold_nobody_up() {
        let data = std::env::temp_dir().join(format!("convene-one-port-{}", std::process::id()));
        let acceptor = acceptor(&data, &certificate_names([]), 1_790_000_000_000).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut port = OnePort::start(listener, acceptor, Duration::from_millis(200)).unwrap();
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut halfway = TcpStream::connect(address).await.unwrap();
        halfway.write_all(&[TLS_HANDSHAKE, 3, 1]).await.unwrap();
        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(b"GET").await.unwrap();
        let (connection, peer) = port.accept().await;
        assert!(matches!(connection, Connection::Plain(_)));
        assert_eq!(peer, plain.local_addr().unwrap());
        for stream in [&mut silent, &mut halfway] {
            let mut rest = Vec::new();
            // Closed with or without a word; nothing was asked.
            let _alert = stream.read_to_end(&mut rest).await;
        }
        std::fs::remove_dir_all(&data).unwrap();
    }
}
