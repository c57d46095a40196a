//! A back end that knows by events alone who is in which call (`samples/who-is-in`), held against what is so, through random joins,
//! leaves, lost connections, admissions and rejections, and two kills of the server.

mod process;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::{Router, http::StatusCode};
use convene_model::RawId;
use convene_protocol::{
    ClientMessage, Event, Hello, JoinTarget, Reply, Request, ServerMessage, decode_server, encode_client,
};
use convene_store::{AnyStore, Database, Store};
use futures_util::{SinkExt, StreamExt};
use process::{Folder, json, run};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const STEPS: usize = 500;
const KILLS: [usize; 2] = [170, 340];
const PEOPLE: usize = 24;
const GROUPS: [&str; 2] = ["6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11", "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c12"];

/// How often those who are in a call say so, while they wait for the last events; and how often at most.
const HEARTBEAT: Duration = Duration::from_secs(4);
const PINGS: usize = 30;

/// splitmix64, by its published constants.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// A process, killed at the end.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// A process that has said in a line that it is ready.
fn ready(command: &mut Command) -> Running {
    let mut running = Running(command.stdout(Stdio::piped()).spawn().expect("it starts"));
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    assert!(line.to_lowercase().contains("ready"), "{line}");
    running
}

fn serve(data: &Path, port: u16) -> Running {
    let listen = format!("127.0.0.1:{port}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_convene"));
    command.args(["serve", "--dev", "--listen", &listen, "--media-listen", "127.0.0.1:0", "--data"]).arg(data);
    ready(command.stderr(Stdio::null()))
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("an address").port()
}

async fn get(port: u16, path: &str) -> Value {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("it answers");
    let (from, to) = (text.find(['{', '[']).expect("JSON"), text.rfind(['}', ']']).expect("JSON"));
    serde_json::from_str(&text[from..=to]).expect("JSON")
}

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    requests: u32,
}

/// What a request led to.
enum Led {
    In { call: String, secret: String },
    Waits,
    Done,
    Refused,
}

impl Client {
    async fn connect(port: u16, token: &str) -> Self {
        let url = format!("ws://127.0.0.1:{port}/signaling");
        let mut client = Self { socket: connect_async(url).await.expect("an upgrade").0, requests: 0 };
        let hello = Hello { versions: vec![1], token: token.to_owned(), client: "test 1".to_owned() };
        client.say(&ClientMessage::Hello(hello)).await;
        client.until(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(())).await;
        client
    }

    async fn say(&mut self, message: &ClientMessage) {
        self.socket.send(Message::text(encode_client(message))).await.expect("an open socket");
    }

    async fn until<T>(&mut self, fits: impl Fn(ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.socket.next().await.expect("the server speaks on").expect("an open socket");
            if let Message::Text(text) = message
                && let Some(found) = fits(decode_server(&text).expect("a message"))
            {
                return found;
            }
        }
    }

    async fn ask(&mut self, request: Request) -> Led {
        self.requests += 1;
        let ours = self.requests;
        self.say(&ClientMessage::Request { id: ours, call: 1, request }).await;
        self.until(|message| match message {
            ServerMessage::Response { id, reply, .. } if id == ours => Some(match reply {
                Some(Reply::Joined { call }) => Led::In { call: call.call_id.0, secret: call.resume_secret },
                Some(Reply::Waiting { .. }) => Led::Waits,
                Some(_) => Led::Done,
                None => Led::Refused,
            }),
            _ => None,
        })
        .await
    }
}

enum Where {
    Out,
    Waits(Client),
    In {
        client: Client,
        call: String,
        secret: String,
    },
    /// Its connection is lost, and it does not come back.
    Gone,
}

struct Person {
    user: RawId,
    token: String,
    at: Where,
}

impl Person {
    async fn new(port: u16, path: &str) -> Self {
        let made = get(port, path).await;
        let user =
            made["user"]["communicationUserId"].as_str().or(made["user"]["id"].as_str()).or(made["userId"].as_str());
        let user = RawId::parse(user.unwrap_or_else(|| panic!("a user in {made}"))).expect("a raw id");
        Self { user, token: made["token"].as_str().expect("a token").to_owned(), at: Where::Out }
    }

    async fn join(&mut self, port: u16, target: JoinTarget) {
        let mut client = Client::connect(port, &self.token).await;
        let led = client.ask(Request::Join { target, display_name: "Ana".to_owned(), muted: false }).await;
        self.at = match led {
            Led::In { call, secret } => Where::In { client, call, secret },
            Led::Waits => Where::Waits(client),
            Led::Done | Led::Refused => Where::Out,
        };
    }

    /// Those who say nothing for long are taken for gone.
    async fn stay(&mut self) {
        if let Where::In { client, .. } | Where::Waits(client) = &mut self.at {
            client.say(&ClientMessage::Ping {}).await;
            client.until(|message| matches!(message, ServerMessage::Pong {}).then_some(())).await;
        }
    }

    async fn resume(&mut self, port: u16, secret: String) {
        let mut client = Client::connect(port, &self.token).await;
        let led = client.ask(Request::Resume { secret }).await;
        let Led::In { call, secret } = led else { panic!("{} is still in the call", self.user) };
        self.at = Where::In { client, call, secret };
    }
}

async fn step(people: &mut [Person], organizer: &mut Person, port: u16, link: &str, numbers: &mut Numbers) {
    let person = &mut people[numbers.below(PEOPLE)];
    match std::mem::replace(&mut person.at, Where::Out) {
        Where::Gone => person.at = Where::Gone,
        Where::Out => {
            let target = match numbers.below(4) {
                at @ (0 | 1) => JoinTarget::Group { group_id: GROUPS[at].to_owned() },
                _ => JoinTarget::MeetingLink { link: link.to_owned() },
            };
            person.join(port, target).await;
        }
        Where::Waits(mut client) => {
            let Where::In { client: chair, .. } = &mut organizer.at else { panic!("the organizer is in the meeting") };
            let user = person.user.clone();
            match numbers.below(4) {
                0 => drop(client.ask(Request::Leave {}).await),
                1 => drop(chair.ask(Request::Reject { user }).await),
                _ => {
                    assert!(matches!(chair.ask(Request::Admit { user }).await, Led::Done));
                    let (call, secret) = client
                        .until(|message| match message {
                            ServerMessage::Event { event: Event::Admitted { call }, .. } => {
                                Some((call.call_id.0, call.resume_secret))
                            }
                            _ => None,
                        })
                        .await;
                    person.at = Where::In { client, call, secret };
                }
            }
        }
        Where::In { mut client, call, secret } => match numbers.below(8) {
            0 | 1 => person.at = Where::In { client, call, secret },
            2 => {
                // The connection is cut, and comes back.
                drop(client);
                person.resume(port, secret).await;
            }
            3 if numbers.below(4) == 0 => {
                drop(client);
                person.at = Where::Gone;
            }
            _ => drop(client.ask(Request::Leave {}).await),
        },
    }
}

async fn come_back(people: &mut [Person], organizer: &mut Person, port: u16, lost: usize, numbers: &mut Numbers) {
    for person in people.iter_mut().chain([organizer]) {
        match std::mem::replace(&mut person.at, Where::Out) {
            Where::In { secret, .. } if numbers.below(100) >= lost || person.user.as_str().starts_with("8:orgid:") => {
                person.resume(port, secret).await;
            }
            Where::In { .. } | Where::Gone => person.at = Where::Gone,
            Where::Out | Where::Waits(_) => {}
        }
    }
}

/// Who is in which call, and who waits.
type Truth = (BTreeMap<String, BTreeSet<String>>, BTreeSet<String>);

fn truth(people: &[Person], organizer: &Person) -> Truth {
    let mut truth = Truth::default();
    for person in people.iter().chain([organizer]) {
        let user = person.user.as_str().to_owned();
        match &person.at {
            Where::In { call, .. } => drop(truth.0.entry(call.clone()).or_default().insert(user)),
            Where::Waits(_) => drop(truth.1.insert(user)),
            Where::Out | Where::Gone => {}
        }
    }
    truth
}

async fn known(sample: u16) -> Truth {
    let calls = get(sample, "/calls").await;
    let mut known = Truth::default();
    let ids = |people: &Value| -> Vec<String> {
        people.as_array().expect("a list").iter().map(|who| who["id"].as_str().expect("an id").to_owned()).collect()
    };
    for call in calls.as_array().expect("a list") {
        known
            .0
            .insert(call["id"].as_str().expect("an id").to_owned(), ids(&call["participants"]).into_iter().collect());
        known.1.extend(ids(&call["waiting"]));
    }
    known
}

/// Takes every event, and shows it to the test.
async fn endpoint() -> (u16, mpsc::UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (came, shown) = mpsc::unbounded_channel();
    let router = Router::new().fallback(take).with_state(came);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, shown)
}

async fn take(
    State(came): State<mpsc::UnboundedSender<Value>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method == Method::OPTIONS {
        return [("webhook-allowed-origin", headers["webhook-request-origin"].clone())].into_response();
    }
    came.send(serde_json::from_slice(&body).expect("JSON")).expect("the test looks");
    StatusCode::NO_CONTENT.into_response()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_back_end_knows_by_events_alone_who_is_in_which_call() {
    let folder = Folder::new();
    let (port, sample, mut numbers) = (free_port().await, free_port().await, Numbers(7));
    let mut server = serve(&folder.0, port);
    let printed = run(&folder.0, &["connection-string"]).stdout;
    let connection_string = String::from_utf8(printed).expect("text").trim().to_owned();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/who-is-in/server.mjs");
    let mut node = Command::new("node");
    let ca = String::from_utf8(run(&folder.0, &["ca"]).stdout).expect("text");
    node.arg(script).env("CONNECTION_STRING", connection_string).env("PORT", sample.to_string());
    let node = node.env("NODE_EXTRA_CA_CERTS", ca.trim());
    let _back_end = ready(node);
    let (ours, mut shown) = endpoint().await;
    let url = format!("http://127.0.0.1:{ours}/");
    let made = json(&folder.0, &["subscription", "create", "--endpoint", &url, "--meetings"]);
    assert_eq!(json(&folder.0, &["subscription", "list"]).as_array().map(Vec::len), Some(2));

    let mut organizer = Person::new(port, "/api/dev/organizer").await;
    let meeting = json(
        &folder.0,
        &[
            "meeting",
            "create",
            "--organizer",
            organizer.user.as_str(),
            "--subject",
            "Advice",
            "--lobby",
            "organization",
        ],
    );
    let link = meeting["joinWebUrl"].as_str().expect("a link").to_owned();
    organizer.join(port, JoinTarget::MeetingLink { link: link.clone() }).await;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(Person::new(port, "/api/token").await);
    }
    for at in 0..STEPS {
        if KILLS.contains(&at) {
            drop(server);
            server = serve(&folder.0, port);
            // Those who are lost are out a minute later.
            let lost = if at == KILLS[0] { 25 } else { 0 };
            come_back(&mut people, &mut organizer, port, lost, &mut numbers).await;
        }
        step(&mut people, &mut organizer, port, &link, &mut numbers).await;
    }

    let expected = truth(&people, &organizer);
    let (mut came, mut last) = (Vec::new(), known(sample).await);
    for _ in 0..PINGS {
        while let Ok(next) = tokio::time::timeout(HEARTBEAT, shown.recv()).await {
            came.push(next.expect("the endpoint runs"));
        }
        for person in people.iter_mut().chain([&mut organizer]) {
            person.stay().await;
        }
        last = known(sample).await;
        if last == expected {
            break;
        }
    }
    assert_eq!(last, expected);
    let store = AnyStore::open_to_look(&Database::File(folder.0.join("convene.db"))).await.expect("a store");
    let outbox = store.outbox(0, u32::MAX).await.expect("the store answers");
    let all: BTreeSet<String> = outbox.iter().map(|line| line.event.id.clone()).collect();
    let mut first: BTreeMap<String, Value> = BTreeMap::new();
    let mut order: BTreeMap<String, Vec<String>> = BTreeMap::new();
    loop {
        for event in came.drain(..) {
            let id = event["id"].as_str().expect("an id").to_owned();
            if let Some(former) = first.get(&id) {
                assert_eq!(*former, event, "what comes twice is the same");
                continue;
            }
            order
                .entry(event["data"]["serverCallId"].as_str().expect("a call").to_owned())
                .or_default()
                .push(id.clone());
            first.insert(id, event);
        }
        if first.len() >= all.len() {
            break;
        }
        came.push(shown.recv().await.expect("the endpoint runs"));
    }
    assert_eq!(first.keys().cloned().collect::<BTreeSet<_>>(), all, "no event is lost, and none is invented");
    for (call, came) in order {
        let sent = outbox
            .iter()
            .filter(|line| line.event.of.call().is_some_and(|of| of.as_str() == call))
            .map(|line| line.event.id.clone());
        assert_eq!(came, sent.collect::<Vec<_>>(), "the order of {call}");
    }
    let id = made["id"].as_str().expect("an id");
    assert_eq!(json(&folder.0, &["subscription", "dead-letters", id]), Value::Array(vec![]));
    assert_eq!(json(&folder.0, &["subscription", "replay", id])["replayed"], 0);
    assert_eq!(json(&folder.0, &["subscription", "delete", id])["deleted"], true);
}
