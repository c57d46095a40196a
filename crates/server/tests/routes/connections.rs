//! What one connection may take, by http and by TLS alike.

use crate::client::Server;
use crate::tls::connect;
use convene_server::bounds::Bounds;
use convene_server::config::ServeSettings;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// By http, and by TLS.
const BOTH: [bool; 2] = [false, true];

async fn open(server: &Server, tls: bool) -> Box<dyn Stream> {
    if tls {
        return Box::new(connect(server, server, "localhost").await.expect("trusted"));
    }
    Box::new(TcpStream::connect(server.address()).await.expect("the server listens"))
}

/// What comes until the server closes.
async fn rest(mut stream: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    // It may close without the last word of TLS.
    let _closed = stream.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).expect("text")
}

async fn answer_to(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    rest(stream).await
}

fn head_within(within: Duration) -> Bounds {
    Bounds { head_within: within, ..Bounds::default() }
}

#[tokio::test]
async fn headers_that_are_too_large_or_too_many_are_refused_with_431() {
    let server = Server::start(ServeSettings::default()).await;
    let request = |headers: &str| format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    let long = |bytes: usize| format!("x-long: {}\r\n", "x".repeat(bytes));
    let many = |count: usize| (0..count).map(|n| format!("x-{n}: x\r\n")).collect::<String>();
    for (headers, status) in [
        (long(16 * 1024), "HTTP/1.1 200"),
        (long(33 * 1024), "HTTP/1.1 431"),
        (many(98), "HTTP/1.1 200"),
        (many(99), "HTTP/1.1 431"),
    ] {
        for tls in BOTH {
            let answer = answer_to(open(&server, tls).await, &request(&headers)).await;
            assert!(answer.starts_with(status), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_request_whose_headers_come_too_slowly_ends_its_connection() {
    let server = Server::bounded(ServeSettings::default(), head_within(Duration::from_millis(200))).await;
    for tls in BOTH {
        assert_eq!(answer_to(open(&server, tls).await, "GET /healthz HTTP/1.1\r\nHost: x\r\nx-slow: ").await, "");
    }
    assert_eq!(server.get("/healthz", &[]).await.status, 200);
}

#[tokio::test]
async fn a_byte_now_and_then_buys_no_time() {
    let server = Server::bounded(ServeSettings::default(), head_within(Duration::from_millis(200))).await;
    for tls in BOTH {
        let mut stream = open(&server, tls).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nx-slow: ").await.expect("the server reads");
        let mut dripping = tokio::time::interval(Duration::from_millis(10));
        // Until the server is gone, which a write says, or a read.
        loop {
            dripping.tick().await;
            let mut byte = [0u8];
            let read = tokio::time::timeout(Duration::from_millis(1), stream.read(&mut byte)).await;
            if read.is_ok() || stream.write_all(b"x").await.is_err() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request_and_closed_when_none_comes() {
    let server = Server::bounded(ServeSettings::default(), head_within(Duration::from_millis(500))).await;
    for tls in BOTH {
        let mut stream = open(&server, tls).await;
        for _ in 0..2 {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the server reads");
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\n\r\nok\n") {
                assert_ne!(stream.read_buf(&mut answer).await.expect("an answer"), 0, "{answer:?}");
            }
        }
        assert_eq!(rest(stream).await, "", "closed without a word");
    }
}

#[tokio::test]
async fn an_address_that_has_all_its_connections_gets_no_further_one() {
    let settings = ServeSettings { connections_per_address: Some(1), ..Default::default() };
    let bounds = settings.clone().check("data".into()).expect("good settings").bounds;
    assert_eq!(bounds.connections_per_address, 1);
    let server = Server::bounded(settings, bounds).await;
    let mut only = TcpStream::connect(server.address()).await.expect("the server listens");
    only.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the server reads");
    only.readable().await.expect("an answer");
    let further = TcpStream::connect(server.address()).await.expect("the kernel answers");
    assert_eq!(rest(further).await, "", "closed without a word");
}
