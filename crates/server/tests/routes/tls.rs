//! HTTP and TLS on one port.

use crate::client::{Folder, Server};
use convene_protocol::{ClientMessage, Hello, ServerMessage, decode_server, encode_client};
use convene_server::admin::AdminCommand;
use convene_server::bounds::Bounds;
use convene_server::config::ServeSettings;
use convene_server::control;
use convene_server::data::control_socket;
use convene_server::tls::ca_file;
use futures_util::{SinkExt, StreamExt};
use rcgen::{CertificateParams, KeyPair};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

/// Between two looks at certificates.
const SOON: Duration = Duration::from_millis(10);

/// A connection of a client that trusts the CA of `trusted`.
pub async fn connect(server: &Server, trusted: &Server, name: &'static str) -> std::io::Result<TlsStream<TcpStream>> {
    let ca = CertificateDer::from_pem_file(ca_file(&trusted.folder)).expect("the CA's file");
    connect_trusting(server, ca, name).await
}

/// A client whose clock is ahead, as the server's is that was put forward.
#[derive(Debug)]
struct Ahead(Duration);

impl TimeProvider for Ahead {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(UnixTime::now().as_secs()) + self.0))
    }
}

/// A connection of a client that trusts one CA, or one certificate.
pub async fn connect_trusting(
    server: &Server,
    ca: CertificateDer<'static>,
    name: &'static str,
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_later(server, ca, name, Duration::ZERO).await
}

/// A connection of a client that trusts one CA, and whose clock is ahead.
pub async fn connect_later(
    server: &Server,
    ca: CertificateDer<'static>,
    name: &'static str,
    ahead: Duration,
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_to(server.address(), ca, name, ahead).await
}

/// The same, to any address.
pub async fn connect_to(
    address: SocketAddr,
    ca: CertificateDer<'static>,
    name: &'static str,
    ahead: Duration,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(ca).expect("a certificate");
    let config = ClientConfig::builder_with_details(Arc::new(default_provider()), Arc::new(Ahead(ahead)))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).expect("a name"), stream).await
}

/// The certificate that the server has shown.
pub fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    let chain = stream.get_ref().1.peer_certificates().expect("a certificate");
    chain[0].clone().into_owned()
}

/// Writes a certificate for a name with its key into two files, and returns the certificate.
fn write_own(folder: &Path, name: &str) -> CertificateDer<'static> {
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec![name.to_owned()]).expect("a name").self_signed(&key).expect("signed");
    // The two are changed one after the other, as everybody does it.
    std::fs::write(folder.join("own-key.pem"), key.serialize_pem()).expect("written");
    std::fs::write(folder.join("own.pem"), certificate.pem()).expect("written");
    certificate.der().clone()
}

pub async fn get(mut stream: TlsStream<TcpStream>, path: &str, host: &str) -> String {
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
async fn an_own_certificate_is_served_under_its_name_and_replaced_when_its_files_change_while_connections_go_on() {
    let files = Folder::new();
    let old = write_own(&files.0, "meet.example.org");
    let settings = ServeSettings {
        tls_cert: Some(files.0.join("own.pem")),
        tls_key: Some(files.0.join("own-key.pem")),
        ..Default::default()
    };
    let server = Server::bounded(settings, Bounds { look_every: SOON, ..Bounds::default() }).await;
    let stays = connect_trusting(&server, old.clone(), "meet.example.org").await.expect("the own certificate");
    assert_eq!(shown(&stays), old);
    assert!(connect(&server, &server, "localhost").await.is_ok(), "the local CA's certificate is still there");

    let mut changes = server.running.served.changes();
    let new = write_own(&files.0, "meet.example.org");
    changes.changed().await.expect("the server runs");
    let stream = connect_trusting(&server, new.clone(), "meet.example.org").await.expect("the new certificate");
    assert_eq!(shown(&stream), new);
    assert!(get(stays, "/healthz", "meet.example.org").await.starts_with("HTTP/1.1 200"), "the old connection goes on");
}

#[tokio::test]
async fn the_local_certificate_is_renewed_before_it_expires_while_the_server_runs_and_connections_go_on() {
    let bounds = Bounds { renew_every: SOON, ..Bounds::default() };
    let server = Server::bounded(ServeSettings::default(), bounds).await;
    let stays = connect(&server, &server, "localhost").await.expect("trusted");
    let mut changes = server.running.served.changes();
    let later = Duration::from_secs(300 * 24 * 60 * 60);
    server.running.app.config.wall.put_forward(later);
    changes.changed().await.expect("the server runs");
    let ca = CertificateDer::from_pem_file(ca_file(&server.folder)).expect("the CA's file");
    let renewed = connect_later(&server, ca, "localhost", later).await.expect("the same CA");
    assert_ne!(shown(&renewed), shown(&stays));
    assert!(get(stays, "/healthz", "localhost").await.starts_with("HTTP/1.1 200"), "the old connection goes on");
}

#[tokio::test]
async fn a_resources_host_is_served_at_once() {
    let server = Server::start(ServeSettings::default()).await;
    let host = "shop.example.org";
    assert!(connect(&server, &server, host).await.is_err());
    let mut changes = server.running.served.changes();
    let command = AdminCommand::CreateResource { id: None, hosts: vec![host.into()], default: false };
    control::ask(&control_socket(&server.folder), &command).await.expect("it listens").expect("it is done");
    changes.changed().await.expect("the server runs");
    assert!(get(connect(&server, &server, host).await.expect(host), "/healthz", host).await.ends_with("ok\n"));
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
