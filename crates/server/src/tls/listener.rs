//! One port for HTTP, TLS and media over TCP: the first byte of a connection tells which. A TLS record of the type `handshake` begins
//! with 0x16 (RFC 8446 §5.1), an HTTP method with a letter, and a framed STUN request with the upper byte of its length (RFC 4571 §2).

use super::places::{Place, Places};
use super::served::ACME_TLS;
use crate::bounds::Bounds;
use convene_media::TcpEntrance;
use std::io::{self, ErrorKind, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const TLS_HANDSHAKE: u8 = 0x16;

/// Media begins with a STUN request, which is shorter than 512 bytes.
const MEDIA_UP_TO: u8 = 0x01;

/// Connections that have not said yet what they are. When there are so many, further ones wait in the kernel. Larger: more
/// memory for a hostile crowd. Smaller: it keeps others out sooner.
const OPENING_MAX: usize = 1024;

/// How long to wait when no connection can be accepted, for example for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(500);

/// A listener for all of them.
pub struct OnePort {
    opened: mpsc::Receiver<(Connection, SocketAddr)>,
    accepting: JoinHandle<()>,
}

/// A connection, after its handshake.
pub struct Connection {
    stream: Stream,
    /// Held as long as the connection lives, also after it became a WebSocket.
    _place: Option<Place>,
}

enum Stream {
    /// HTTP.
    Plain(TcpStream),
    /// HTTP over TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

/// What a connection turned out to be.
enum Opened {
    /// Of HTTP.
    Http(Stream),
    /// Of media; nothing was read of it.
    Media(TcpStream),
    /// For a challenge alone, which ends with the handshake (RFC 8737 §4).
    Challenge,
}

impl Connection {
    /// Whether it is TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }
}

impl OnePort {
    /// Begins to accept. Connections of `proxies` are not counted by their address: they carry everybody's. Those of media go to `media`,
    /// which counts them itself.
    pub fn start(
        listener: TcpListener,
        acceptor: TlsAcceptor,
        bounds: &Bounds,
        proxies: Vec<IpAddr>,
        media: Option<TcpEntrance>,
    ) -> Self {
        let (ready, opened) = mpsc::channel(64);
        let places = Places::new(bounds.connections_per_address, proxies);
        let accepting = tokio::spawn(accept(listener, acceptor, bounds.open_within, places, media, ready));
        Self { opened, accepting }
    }

    /// The next connection that said what it is.
    pub async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.opened.recv().await {
            Some(connection) => connection,
            // The accepting task runs as long as this value lives; when the runtime ends, nobody waits any more.
            None => std::future::pending().await,
        }
    }
}

/// Stops accepting; what was accepted goes on.
impl Drop for OnePort {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    open_within: Duration,
    places: Places,
    media: Option<TcpEntrance>,
    ready: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let opening = Arc::new(Semaphore::new(OPENING_MAX));
    loop {
        let Ok(permit) = opening.clone().acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        // Whoever has too many is closed without a word: a word costs more than the connection.
        let Ok(place) = places.take(peer.ip()) else { continue };
        let (acceptor, media, ready) = (acceptor.clone(), media.clone(), ready.clone());
        tokio::spawn(async move {
            let _permit = permit;
            match timeout(open_within, open(stream, &acceptor, media.is_some())).await {
                Ok(Ok(Opened::Http(stream))) => {
                    // If nobody takes it, the server has stopped.
                    let _stopped = ready.send((Connection { stream, _place: place }, peer)).await;
                }
                Ok(Ok(Opened::Media(stream))) => {
                    if let (Some(media), Ok(stream)) = (media, stream.into_std()) {
                        media.enter(stream);
                    }
                }
                Ok(Ok(Opened::Challenge)) => tracing::debug!("a certificate authority looked at a challenge"),
                Ok(Err(error)) => tracing::debug!(%error, "a connection was given up"),
                Err(_) => tracing::debug!("a connection said nothing in time"),
            }
        });
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Finds out what a connection is.
async fn open(stream: TcpStream, acceptor: &TlsAcceptor, takes_media: bool) -> io::Result<Opened> {
    // Small frames should not wait for each other.
    stream.set_nodelay(true)?;
    let mut first = [0u8];
    if stream.peek(&mut first).await? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if takes_media && first[0] <= MEDIA_UP_TO {
        return Ok(Opened::Media(stream));
    }
    if first[0] != TLS_HANDSHAKE {
        return Ok(Opened::Http(Stream::Plain(stream)));
    }
    let mut stream = acceptor.accept(stream).await?;
    if stream.get_ref().1.alpn_protocol() == Some(ACME_TLS) {
        stream.shutdown().await?;
        return Ok(Opened::Challenge);
    }
    Ok(Opened::Http(Stream::Tls(Box::new(stream))))
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
            Stream::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::WallClock;
    use crate::tls::{Served, acceptor, certificate_names};
    use tokio::io::AsyncReadExt;

    /// A port of its own, and its address.
    async fn port(name: &str, bounds: Bounds, proxies: Vec<IpAddr>) -> (OnePort, SocketAddr) {
        let data = std::env::temp_dir().join(format!("convene-one-port-{name}-{}", std::process::id()));
        let served = Served::start(&data, &certificate_names([]), None, &WallClock::default()).unwrap();
        std::fs::remove_dir_all(&data).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (OnePort::start(listener, acceptor(Arc::new(served)).unwrap(), &bounds, proxies, None), address)
    }

    async fn connect_and_say(address: SocketAddr, word: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(word).await.unwrap();
        stream
    }

    /// Waits until the other end has closed, with or without a word.
    async fn closed(stream: &mut TcpStream) {
        let mut rest = Vec::new();
        let _alert = stream.read_to_end(&mut rest).await;
    }

    #[tokio::test]
    async fn connections_that_say_nothing_or_stop_in_the_handshake_are_closed_and_hold_nobody_up() {
        let bounds = Bounds { open_within: Duration::from_millis(200), ..Bounds::default() };
        let (mut port, address) = port("silent", bounds, vec![]).await;
        let mut silent = connect_and_say(address, b"").await;
        let mut halfway = connect_and_say(address, &[TLS_HANDSHAKE, 3, 1]).await;
        let plain = connect_and_say(address, b"GET").await;
        let (connection, peer) = port.accept().await;
        assert!(!connection.is_tls());
        assert_eq!(peer, plain.local_addr().unwrap());
        closed(&mut silent).await;
        closed(&mut halfway).await;
    }

    #[tokio::test]
    async fn an_address_has_so_many_connections_and_no_more_until_one_of_them_ends() {
        let bounds = Bounds { connections_per_address: 2, ..Bounds::default() };
        let (mut port, address) = port("places", bounds, vec![]).await;
        let _streams = [connect_and_say(address, b"GET").await, connect_and_say(address, b"GET").await];
        let (first, _) = port.accept().await;
        let (_second, _) = port.accept().await;
        closed(&mut TcpStream::connect(address).await.unwrap()).await;
        drop(first);
        let fourth = connect_and_say(address, b"GET").await;
        assert_eq!(port.accept().await.1, fourth.local_addr().unwrap());
    }

    #[tokio::test]
    async fn a_trusted_proxy_has_as_many_connections_as_it_needs() {
        let bounds = Bounds { connections_per_address: 1, ..Bounds::default() };
        let (mut port, address) = port("proxy", bounds, vec!["127.0.0.1".parse().unwrap()]).await;
        let _streams = [connect_and_say(address, b"GET").await, connect_and_say(address, b"GET").await];
        let _accepted = [port.accept().await, port.accept().await];
    }
}
