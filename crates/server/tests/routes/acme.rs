//! Certificates from an authority: Pebble, the small one that Let's Encrypt tests its clients with, on loopback.

use crate::client::{Folder, Server};
use crate::tls::{connect, connect_to, get, shown};
use convene_server::config::ServeSettings;
use convene_server::data::Data;
use convene_server::serve::{Running, start};
use convene_server::tls::CertificateFacts;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

const NAME: &str = "meet.example.org";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A port that is free now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// Answers every question for an address with 127.0.0.1.
async fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut question = [0u8; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question).await {
            let question = &question[..length];
            let name_end = 12 + question[12..].iter().position(|byte| *byte == 0).expect("a name");
            let is_for_ipv4 = question[name_end + 1..name_end + 3] == [0, 1];
            // RFC 1035 §4: the question again, and one address if it was asked for.
            let mut answer = question[..2].to_vec();
            answer.extend([0x81, 0x80, 0, 1, 0, u8::from(is_for_ipv4), 0, 0, 0, 0]);
            answer.extend(&question[12..name_end + 5]);
            if is_for_ipv4 {
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            socket.send_to(&answer, from).await.expect("sent");
        }
    });
    address
}

/// The ports and the certificate of an authority, which need not run yet.
struct Authority {
    folder: Folder,
    port: u16,
    management: u16,
    /// Where it looks whether a name is the server's; on the internet that is 443.
    tls_port: u16,
    certificate: CertificateDer<'static>,
}

/// It runs.
struct Pebble {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Authority {
    fn new() -> Self {
        let folder = Folder::new();
        let key = KeyPair::generate().expect("a key");
        let names = ["localhost", "127.0.0.1"].map(str::to_owned).to_vec();
        let certificate = CertificateParams::new(names).expect("names").self_signed(&key).expect("signed");
        fs::write(folder.0.join("pebble.pem"), certificate.pem()).expect("written");
        fs::write(folder.0.join("pebble-key.pem"), key.serialize_pem()).expect("written");
        let certificate = certificate.der().clone();
        Self { folder, port: free_port(), management: free_port(), tls_port: free_port(), certificate }
    }

    async fn start(&self) -> Pebble {
        let file = |name: &str| self.folder.0.join(name);
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": file("pebble.pem"),
            "privateKey": file("pebble-key.pem"),
            "httpPort": free_port(),
            "tlsPort": self.tls_port,
        }});
        fs::write(file("config.json"), config.to_string()).expect("written");
        let mut child = Command::new("pebble")
            .arg("-config")
            .arg(file("config.json"))
            .args(["-dnsserver", &name_server().await.to_string()])
            // Each name is looked at again, at once, and no nonce is refused at random.
            .envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_AUTHZREUSE", "0"), ("PEBBLE_WFE_NONCEREJECT", "0")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("pebble runs; `scripts/setup.sh servers` installs it");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        lines.find(|line| line.contains("ACME directory available at")).expect("it starts");
        // It says so before it listens.
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert_eq!(child.try_wait().expect("a child"), None, "pebble ended");
            tokio::task::yield_now().await;
        }
        let log = Arc::<Mutex<Vec<String>>>::default();
        let kept = log.clone();
        std::thread::spawn(move || lines.for_each(|line| kept.lock().expect("no panic").push(line)));
        Pebble { child, log }
    }

    /// The root of what it signs.
    async fn root(&self) -> CertificateDer<'static> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.management));
        let stream = connect_to(address, self.certificate.clone(), "localhost", Duration::ZERO).await.expect("pebble");
        let answer = get(stream, "/roots/0", "localhost").await;
        CertificateDer::from_pem_slice(answer.as_bytes()).expect("a root")
    }

    fn settings(&self) -> ServeSettings {
        ServeSettings {
            listen: Some(format!("127.0.0.1:{}", self.tls_port)),
            media_listen: Some("127.0.0.1:0".into()),
            public_address: vec!["127.0.0.1".parse().expect("an address")],
            acme_domain: vec![NAME.into()],
            acme_email: Some("admin@example.org".into()),
            acme_directory: Some(format!("https://localhost:{}/dir", self.port)),
            acme_ca: Some(self.folder.0.join("pebble.pem")),
            acme_agree_terms: true,
            ..Default::default()
        }
    }

    /// A server with this authority on a folder, which the one before has just left.
    async fn server(&self, folder: &Path) -> Running {
        let config = self.settings().check(folder.to_owned()).expect("good settings");
        let data = loop {
            match Data::open(folder, None).await {
                Ok(data) => break data,
                Err(convene_server::data::DataError::Locked(_)) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        };
        start(config, data).await.expect("it starts")
    }
}

impl Pebble {
    fn orders(&self) -> usize {
        let log = self.log.lock().expect("no panic");
        log.iter().filter(|line| line.contains("POST /order-plz")).count()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Waits until there is another certificate for the public than `old`.
async fn another(running: &Running, old: Option<&CertificateFacts>) -> CertificateFacts {
    let mut changes = running.served.changes();
    let another = async {
        loop {
            match running.served.public() {
                Some(public) if Some(&public) != old => return public,
                _ => changes.changed().await.expect("the server runs"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), another).await.expect("the authority gives one")
}

fn kept(folder: &Path, name: &str) -> PathBuf {
    folder.join("tls/acme").join(name)
}

fn asked(folder: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(kept(folder, "asked.json")).ok()?).ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_got_renewed_without_losing_a_connection_and_kept_over_a_restart() {
    let (authority, folder) = (Authority::new(), Folder::new());
    let pebble = authority.start().await;
    let running = authority.server(&folder.0).await;
    assert_eq!(running.public_url, format!("https://{NAME}"));
    let first = another(&running, None).await;
    assert_eq!(first.names.iter().collect::<Vec<_>>(), [NAME]);
    let root = authority.root().await;
    let stays = connect_to(running.address, root.clone(), NAME, Duration::ZERO).await.expect("the authority's root");
    let shown_first = shown(&stays);
    for name in ["certificate.pem", &format!("account-localhost-{}.json", authority.port)] {
        let mode = fs::metadata(kept(&folder.0, name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }

    // Pebble's certificates live for five years.
    running.app.config.wall.put_forward(DAY * 365 * 4);
    running.look_at_certificates();
    another(&running, Some(&first)).await;
    let renewed = connect_to(running.address, root.clone(), NAME, Duration::ZERO).await.expect("the same authority");
    let shown_renewed = shown(&renewed);
    assert_ne!(shown_renewed, shown_first);
    assert!(get(stays, "/healthz", NAME).await.starts_with("HTTP/1.1 200"), "the old connection goes on");
    assert_eq!(pebble.orders(), 2);

    running.stop().await;
    running.app.store.close().await;
    drop(running);
    let running = authority.server(&folder.0).await;
    let again = connect_to(running.address, root, NAME, Duration::ZERO).await.expect("the kept certificate");
    assert_eq!(shown(&again), shown_renewed);
    assert!(get(again, "/healthz", NAME).await.starts_with("HTTP/1.1 200"));
    assert_eq!(pebble.orders(), 2, "no new order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_authority_the_server_serves_what_it_has_and_asks_again_later_or_when_it_is_told_to() {
    let authority = Authority::new();
    let server = Server::start(authority.settings()).await;
    let asked = async {
        loop {
            match asked(&server.folder) {
                Some(asked) => return asked,
                None => tokio::task::yield_now().await,
            }
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(30), asked).await.expect("it failed and remembers it");
    assert_eq!(asked["count"], 1);
    let wait = asked["next_at"].as_i64().expect("a time") - convene_server::clock::wall_now();
    assert!((6 * 60_000..13 * 60_000).contains(&wait), "{wait} ms");
    assert_eq!(server.get("/healthz", &[]).await.status, 200);
    assert!(connect(&server, &server, "localhost").await.is_ok(), "the local CA's certificate");
    assert_eq!(server.running.served.public(), None);

    let _pebble = authority.start().await;
    server.running.look_at_certificates();
    another(&server.running, None).await;
    let root = authority.root().await;
    assert!(connect_to(server.address(), root, NAME, Duration::ZERO).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_elsewhere_gets_no_certificate_and_is_not_asked_for_again_at_once() {
    let authority = Authority { tls_port: free_port(), ..Authority::new() };
    let pebble = authority.start().await;
    // The authority looks at a port where nobody listens.
    let settings = ServeSettings { listen: Some("127.0.0.1:0".into()), ..authority.settings() };
    let server = Server::start(settings).await;
    let failed = async {
        while asked(&server.folder).is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), failed).await.expect("it failed and remembers it");
    assert_eq!(asked(&server.folder).expect("kept")["count"], 1);
    assert_eq!((server.running.served.public(), pebble.orders()), (None, 1));
}
