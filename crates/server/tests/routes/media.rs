//! Media on the port of HTTP and TLS.

use crate::client::Server;
use crate::tls::connect;
use convene_server::config::ServeSettings;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// A plain STUN binding request (RFC 8489) as a frame (RFC 4571).
fn binding_request() -> Vec<u8> {
    let mut frame = vec![0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    frame.extend([7; 12]);
    frame
}

/// The first bytes that come back.
async fn first_of_answer<const COUNT: usize>(stream: &mut (impl AsyncRead + Unpin)) -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    stream.read_exact(&mut bytes).await.expect("an answer");
    bytes
}

async fn asks_for_health(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> bool {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("it reads");
    first_of_answer::<12>(&mut stream).await == *b"HTTP/1.1 200"
}

#[tokio::test]
async fn the_port_of_http_and_tls_takes_media_too_even_if_its_first_bytes_come_apart() {
    let server = Server::start(ServeSettings::default()).await;
    let mut media = TcpStream::connect(server.address()).await.expect("the server listens");
    media.set_nodelay(true).expect("a socket");
    let request = binding_request();
    media.write_all(&request[..1]).await.expect("it reads");
    assert!(asks_for_health(TcpStream::connect(server.address()).await.expect("it listens")).await);
    assert!(asks_for_health(connect(&server, &server, "localhost").await.expect("trusted")).await);
    media.write_all(&request[1..]).await.expect("it reads");
    // An answer of 32 bytes: a binding success.
    assert_eq!(first_of_answer::<4>(&mut media).await, [0, 32, 1, 1]);

    let at_media_port = server.running.app.config.media_listen;
    let mut media = TcpStream::connect(at_media_port).await.expect("it listens at the same number over TCP");
    media.write_all(&request).await.expect("it reads");
    assert_eq!(first_of_answer::<4>(&mut media).await, [0, 32, 1, 1]);
}

#[tokio::test]
async fn without_media_over_tcp_no_port_takes_it() {
    let server = Server::start(ServeSettings { no_media_tcp: true, ..Default::default() }).await;
    let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
    stream.write_all(&binding_request()).await.expect("it reads");
    assert_eq!(first_of_answer::<12>(&mut stream).await, *b"HTTP/1.1 400");
    assert!(TcpStream::connect(server.running.app.config.media_listen).await.is_err());
}

#[tokio::test]
async fn where_http_and_media_have_one_number_that_port_takes_both() {
    // A port that is free for both, and that nobody else takes meanwhile.
    let (server, address) = loop {
        let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = probe.local_addr().expect("bound");
        if std::net::UdpSocket::bind(address).is_ok() {
            drop(probe);
            let listen = Some(address.to_string());
            break (Server::at_one_port(ServeSettings { listen, ..Default::default() }).await, address);
        }
    };
    assert_eq!(server.running.app.config.media_listen, address);
    let mut media = TcpStream::connect(address).await.expect("it listens");
    media.write_all(&binding_request()).await.expect("it reads");
    assert_eq!(first_of_answer::<4>(&mut media).await, [0, 32, 1, 1]);
    assert!(asks_for_health(TcpStream::connect(address).await.expect("it listens")).await);
}
