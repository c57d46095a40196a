//! A running server in a folder of its own, and the plainest HTTP client.

use convene_server::bounds::Bounds;
use convene_server::config::{Config, ServeSettings};
use convene_server::data::Data;
use convene_server::serve::{Running, start};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

static FOLDERS: AtomicU32 = AtomicU32::new(0);

pub struct Server {
    pub running: Running,
    pub folder: PathBuf,
}

pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// All of them, as they came.
    pub set_cookies: Vec<String>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Server {
    pub async fn dev() -> Self {
        Self::start(ServeSettings { dev: true, ..Default::default() }).await
    }

    pub async fn start(settings: ServeSettings) -> Self {
        Self::bounded(settings, Bounds::default()).await
    }

    /// With media at the number that `settings` have for HTTP.
    pub async fn at_one_port(settings: ServeSettings) -> Self {
        let media_listen = settings.listen.clone();
        Self::bounded(ServeSettings { media_listen, ..settings }, Bounds::default()).await
    }

    /// With other bounds than the settings allow, so that nobody waits for long ones.
    pub async fn bounded(settings: ServeSettings, bounds: Bounds) -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("convene-routes-{}-{number}", std::process::id()));
        let settings = ServeSettings {
            listen: settings.listen.or(Some("127.0.0.1:0".into())),
            media_listen: settings.media_listen.or(Some("127.0.0.1:0".into())),
            public_address: vec!["127.0.0.1".parse().expect("an address")],
            ..settings
        };
        let config = Config { bounds, ..settings.check(folder.clone()).expect("good settings") };
        let data = Data::open(&folder, config.database.as_ref()).await.expect("a fresh data folder");
        let running = start(config, data).await.expect("a free port");
        Self { running, folder }
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.push_str(&format!("Host: {}\r\n", self.address()));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(body);
        exchange(self.address(), &request).await
    }

    /// A meetings token of a fresh organizer, and the organizer's calling token.
    pub async fn organizer(&self) -> (String, String) {
        let json = self.get("/api/dev/organizer?name=Olga", &[]).await.json();
        let text = |name: &str| json[name].as_str().expect("a text").to_owned();
        (text("meetingsToken"), text("token"))
    }
}

/// A folder for files of a test's own.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("convene-files-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a test leaves behind in the temporary folder harms nobody.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What a test leaves behind in the temporary folder harms nobody.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

/// Gets a URL of another server on this machine.
pub async fn get_elsewhere(url: &str) -> Answer {
    let (authority, target) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL");
    let request = format!("GET /{target} HTTP/1.1\r\nConnection: close\r\nHost: {authority}\r\n\r\n");
    exchange(authority.parse().expect("an address"), &request).await
}

async fn exchange(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("the server answers");
    parse(&String::from_utf8_lossy(&bytes))
}

fn parse(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let set_cookies = headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.clone());
    let (set_cookies, status) = (set_cookies.collect(), status.expect("a status"));
    Answer { status, headers: headers.into_iter().collect(), set_cookies, text: body.to_owned() }
}
