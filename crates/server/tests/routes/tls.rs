//! HTTP and TLS on one port.

use crate::client::Server;
use convene_protocol::{ClientMessage, Hello, ServerMessage, decode_server, encode_client};
use convene_server::config::ServeSettings;
use convene_server::tls::ca_file;
use futures_util::{SinkExt, StreamExt};
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

/// A connection of a client that trusts the CA of `trusted`.
async fn connect(server: &Server, trusted: &Server, name: &'static str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_file(ca_file(&trusted.folder)).expect("the CA's file");
    roots.add(ca).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address()).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).expect("a name"), stream).await
}

async fn get(mut stream: TlsStream<TcpStream>, path: &str, host: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server closes TLS as it should");
    String::from_utf8(answer).expect("text")
}

#[tokio::test]
async fn one_port_answers_http_and_tls_under_each_of_its_names() {
    let settings = ServeSettings { public_url: Some("https://meet.example.org".into()), ..Default::default() };
    let server = Server::start(settings).await;
    assert_eq!(server.get("/healthz", &[]).await.text, "ok\n");
    for name in ["localhost", "127.0.0.1", "::1", "meet.example.org"] {
        let answer = get(connect(&server, &server, name).await.expect(name), "/healthz", name).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");
    }
    assert!(connect(&server, &server, "other.example.org").await.is_err(), "a name that is not the server's");
}

#[tokio::test]
async fn each_server_has_a_ca_of_its_own() {
    let (server, other) =
        (Server::start(ServeSettings::default()).await, Server::start(ServeSettings::default()).await);
    let error = connect(&server, &other, "localhost").await.expect_err("another server's CA");
    assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
}

#[tokio::test]
async fn the_development_conveniences_know_who_asks_over_tls_too() {
    let server = Server::dev().await;
    let ask =
        async |host| get(connect(&server, &server, "localhost").await.expect("trusted"), "/api/token", host).await;
    assert!(ask("localhost").await.starts_with("HTTP/1.1 200"));
    assert!(ask("rebound.example").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn a_websocket_works_over_tls() {
    let server = Server::dev().await;
    let token = server.get("/api/token", &[]).await.json()["token"].as_str().expect("a token").to_owned();
    let stream = connect(&server, &server, "localhost").await.expect("trusted");
    let url = format!("wss://localhost:{}/signaling", server.address().port());
    let (mut socket, _) = client_async(url, stream).await.expect("an upgrade");
    let hello = ClientMessage::Hello(Hello { versions: vec![1], token, client: "test 1".into() });
    socket.send(Message::text(encode_client(&hello))).await.expect("an open socket");
    loop {
        if let Message::Text(text) = socket.next().await.expect("the server speaks").expect("a frame") {
            assert!(matches!(decode_server(&text), Ok(ServerMessage::Welcome { .. })), "{text}");
            break;
        }
    }
}

#[tokio::test]
async fn what_is_neither_http_nor_tls_is_closed_and_others_are_served() {
    let server = Server::start(ServeSettings::default()).await;
    let mut silent = TcpStream::connect(server.address()).await.expect("the server listens");
    for rubbish in [&b"\x16\x03\x01\x00\x05rubbish"[..], b"\x00\x01\x02\r\n\r\n", b"\x16"] {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        stream.write_all(rubbish).await.expect("the server reads");
        stream.shutdown().await.expect("half closed");
        let mut answer = Vec::new();
        // A reset says no as well as an answer does.
        let _reset = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{answer:?}");
    }
    assert_eq!(server.get("/healthz", &[]).await.status, 200);
    silent.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("still open");
    let mut answer = String::new();
    silent.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with("ok\n"), "{answer}");
}
