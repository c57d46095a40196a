//! What holds of every operation of the OpenAPI document, whatever is asked: nothing makes the server fail, and nothing of other
//! people's rooms, users and meetings is said. The requests come from a fixed row of numbers, so a failure comes back.

use crate::chat::Person;
use crate::client::{Answer, Server};
use crate::identities::{App, Request, text};
use crate::provider::{CLIENT, Provider, olga};
use crate::rooms;
use convene_server::config::ServeSettings;
use serde_json::{Map, Value, json};

/// Requests of each operation.
const ROUNDS: u64 = 60;

/// What only the other resource and the other organizer know. Whoever reads one of these has read what is not theirs.
const MARK: &str = "markofanother";

/// Values that parsers stumble over, as they stand in a path or a query: encoded.
const ODD: &[&str] = &[
    "",
    "0",
    "-1",
    "%00",
    "%ff%fe",
    "..%2F..%2Fetc",
    "%F0%9F%90%99",
    "%25",
    "'%20or%20'1'%3D'1",
    "99199690362660524",
    "18446744073709551616",
    "null",
    "8%3Aacs%3A",
    "8%3Aorgid%3A",
    "MSo%3D",
    "{id}",
    "2025-03-13",
    "2021-03-07",
    "joinWebUrl%20eq%20'x'",
    "a,b,c",
    "true",
    "%22%5C%22",
];

/// The same of headers and of values in bodies.
const ODD_TEXTS: &[&str] = &[
    "",
    " ",
    "null",
    "-1",
    "2025-13-45T99:99:99Z",
    "9999-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
    "8:acs:x",
    "Presenter",
    "\u{202e}\u{0}",
    "{}",
    "1e999",
];

/// Names that some body has, so that more than the first check is reached.
const NAMES: &[&str] = &[
    "scopes",
    "createTokenWithScopes",
    "expiresInMinutes",
    "customId",
    "validFrom",
    "validUntil",
    "pstnDialOutEnabled",
    "participants",
    "role",
    "subject",
    "startDateTime",
    "endDateTime",
    "externalId",
    "lobbyBypassSettings",
    "scope",
    "isDialInBypassEnabled",
    "allowedPresenters",
    "link",
    "meetingId",
    "passcode",
    "identity",
    "topic",
    "content",
    "type",
    "metadata",
    "senderDisplayName",
    "retentionPolicy",
    "communicationIdentifier",
    "rawId",
    "chatMessageId",
    "shareHistoryTime",
];

struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        // splitmix64, by its published constants.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.next() & 1 == 0),
            2 => json!(self.next() as i64),
            3 => json!(self.below(2000)),
            4 => json!(1e300),
            5 => json!(self.pick(ODD_TEXTS)),
            6 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => Value::Object(
                (0..self.below(5)).map(|_| (self.pick(NAMES).to_owned(), self.value(depth - 1))).collect::<Map<_, _>>(),
            ),
        }
    }

    fn body(&mut self) -> String {
        let mut text = self.value(3).to_string();
        match self.below(8) {
            0 => String::new(),
            1 => "[".repeat(10_000),
            2 => "grant_type=client_credentials&client_id=x&client_secret=y&scope=z".to_owned(),
            3 => {
                let end = (0..=self.below(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                text.truncate(end);
                text
            }
            _ => text,
        }
    }
}

/// An operation: method, path with its parameters in braces, names of its query parameters, and who signs it.
struct Operation {
    method: String,
    path: String,
    query: Vec<String>,
    signed_by_key: bool,
}

async fn operations(server: &Server) -> Vec<Operation> {
    let document = server.get("/openapi.json", &[]).await.json();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|one| one["in"] == "query").map(|one| text(&one["name"])).collect();
            // An answer without an end: tests of its own read it.
            if operation["responses"]["200"]["content"].get("text/event-stream").is_some() {
                continue;
            }
            let signed_by_key = operation["security"].to_string().contains("accessKey");
            found.push(Operation { method: method.to_uppercase(), path: path.clone(), query, signed_by_key });
        }
    }
    assert!(found.len() >= 37, "{} operations", found.len());
    found
}

/// What there is of an app, an organizer, and of others, whose ids are known and whose data is not.
struct Scene<'a> {
    app: App<'a>,
    token: String,
    /// A user of the app, for chat.
    person: Person<'a>,
    /// Ids of one's own and of others, encoded.
    ids: Vec<String>,
    /// A connection of the app's, and one of another's.
    connections: [String; 2],
    /// A thread of one's own and one of others, and a message in each.
    chats: [[String; 2]; 2],
    /// What is exchanged for a token of somebody of the organization.
    proof: String,
}

/// A development server whose organization has a provider.
async fn start() -> (Provider, Server) {
    let provider = Provider::start().await;
    // All of these come from one address, on a quick machine more of them a second than one client may send.
    let requests_per_second = Some(1_000_000);
    let settings = ServeSettings { dev: true, requests_per_second, oidc: provider.settings(), ..Default::default() };
    (provider, Server::start(settings).await)
}

async fn meeting(server: &Server, token: &str, subject: &str) -> Value {
    let authorization = format!("Bearer {token}");
    let body =
        json!({ "subject": subject, "startDateTime": "2030-01-01T10:00:00Z", "endDateTime": "2030-01-01T11:00:00Z" });
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let answer = server.send("POST", "/v1.0/me/onlineMeetings", &headers, &body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn scene<'a>(server: &'a Server, provider: &Provider) -> Scene<'a> {
    let (app, other) = (App::new(server).await, App::of_another_resource(server).await);
    let own_user = app.user().await;
    let own_room = rooms::make(&app, json!({ "participants": { &own_user: { "role": "Presenter" } } })).await;
    let guest = format!("8:acs:other_{MARK}");
    let other_room = rooms::make(&other, json!({ "participants": { &guest: { "role": "Presenter" } } })).await;
    let other_user = other.user().await;
    let (token, _) = server.organizer().await;
    let (other_token, _) = server.organizer().await;
    let own_meeting = meeting(server, &token, "Mine").await;
    let other_meeting = meeting(server, &other_token, MARK).await;
    let (person, stranger) = (Person::new(&app).await, Person::new(&other).await);
    let (own_thread, other_thread) = (person.thread(&[]).await, stranger.thread(&[]).await);
    let (own_message, other_message) =
        (person.write(&own_thread, "Mine").await, stranger.write(&other_thread, MARK).await);
    let last = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
    let organizer = |meeting: &Value| text(&meeting["participants"]["organizer"]["identity"]["user"]["id"]);
    let ids = [
        own_user,
        other_user,
        text(&own_room["id"]),
        text(&other_room["id"]),
        text(&own_meeting["id"]),
        text(&other_meeting["id"]),
        organizer(&own_meeting),
        organizer(&other_meeting),
        person.id.clone(),
    ];
    let chats = [[last(&own_thread), last(&other_thread)], [last(&own_message), last(&other_message)]];
    let ids = ids
        .iter()
        .map(|id| id.replace(':', "%3A").replace('=', "%3D").replace('+', "%2B").replace('/', "%2F"))
        .collect();
    let olga = olga()["sub"].clone();
    let proof = json!({ "token": provider.token(json!({})), "appId": CLIENT, "userId": olga }).to_string();
    let connections = [connection(&app, "").await, connection(&other, MARK).await];
    Scene { app, token, person, ids, connections, chats, proof }
}

/// A new connection to a group call of the resource's.
async fn connection(app: &App<'_>, context: &str) -> String {
    let locator = crate::calling::group();
    let body = json!({ "callLocator": locator, "callbackUri": "http://127.0.0.1:9/", "operationContext": context });
    let answer = app.ask("POST", "/calling/callConnections:connect", &body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    text(&answer.json()["callConnectionId"])
}

impl Scene<'_> {
    /// Another connection, in the place of one that is over.
    async fn renew_connection(&mut self) {
        let path = format!("/calling/callConnections/{}", self.connections[0]);
        if self.app.ask("GET", &path, "").await.status == 404 {
            self.connections[0] = connection(&self.app, "").await;
        }
    }

    /// Another thread of one's own, in the place of one that may be deleted.
    async fn renew_thread(&mut self) {
        let thread = self.person.thread(&[]).await;
        let message = self.person.write(&thread, "Mine").await;
        for (kind, path) in [thread, message].iter().enumerate() {
            self.chats[kind][0] = path.rsplit('/').next().expect("an id").to_owned();
        }
    }

    fn request(&self, operation: &Operation, numbers: &mut Numbers) -> Request {
        let place = numbers.below(4);
        let mut value = |odd: usize| match numbers.below(4) < odd {
            true => numbers.pick(ODD).to_owned(),
            false => self.ids[numbers.below(self.ids.len())].clone(),
        };
        let mut target = String::new();
        for part in operation.path.split_inclusive('}') {
            let (plain, parameter) = part.split_once('{').map_or((part, None), |(plain, name)| (plain, Some(name)));
            target.push_str(plain);
            match parameter {
                None => {}
                // There are few of these among all ids: most requests would end at the thread's door.
                Some("thread}") if place > 0 => target.push_str(&self.chats[0][usize::from(place == 1)]),
                Some("message}") if place > 0 => target.push_str(&self.chats[1][usize::from(place == 1)]),
                Some("groupId}") if place > 0 => target.push_str("6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11"),
                Some("callConnectionId}") if place > 0 => target.push_str(&self.connections[usize::from(place == 1)]),
                Some(_) => target.push_str(&value(1)),
            }
        }
        let mut separator = '?';
        for name in &operation.query {
            let value = match (name.as_str(), numbers.below(4)) {
                ("api-version", 1..) if operation.path.starts_with("/rooms") => "2025-03-13".to_owned(),
                ("api-version", 1..) if operation.path.starts_with("/chat") => "2025-03-15".to_owned(),
                ("api-version", 1..) => "2023-10-01".to_owned(),
                (_, 0) => numbers.pick(ODD).to_owned(),
                ("from" | "to", 1) => "2026-11-26T09:40:00Z".to_owned(),
                ("maxPageSize", 1) => "10".to_owned(),
                (_, 1) => self.ids[numbers.below(self.ids.len())].clone(),
                _ => continue,
            };
            target.push_str(&format!("{separator}{name}={value}"));
            separator = '&';
        }
        let body = match operation.method.as_str() {
            "GET" | "DELETE" => String::new(),
            _ if operation.path.starts_with("/teamsUser/") && numbers.below(2) == 0 => self.proof.clone(),
            _ if operation.path.starts_with("/convene/") && numbers.below(2) == 0 => {
                format!(r#"{{"lobby":{{"bypass":"nobody"}},"hosts":["8:acs:{}_host"]}}"#, self.app.resource.id)
            }
            _ => numbers.body(),
        };
        let request = match operation.signed_by_key {
            true => self.app.sign(&operation.method, &target, &body),
            false => {
                let authorization = match operation.path.starts_with("/chat") {
                    true => self.person.authorization.clone(),
                    false => format!("Bearer {}", self.token),
                };
                let headers = vec![("Host", self.app.host.clone()), ("Authorization", authorization)];
                Request { method: operation.method.clone(), target, headers, body }
            }
        };
        let odd: String = numbers.pick(ODD_TEXTS).chars().filter(|one| !one.is_control()).collect();
        match numbers.below(8) {
            0 => request.header("Content-Type", odd),
            1 => request.header("Repeatability-Request-ID", odd).header("Repeatability-First-Sent", "never"),
            2 => request.header("Authorization", odd),
            3 => request
                .header("Accept-Language", odd)
                .header("X-Forwarded-Proto", "gopher")
                .header("X-Forwarded-For", "::"),
            4 => request.header("x-ms-date", odd),
            _ => request.header("Content-Type", "application/json"),
        }
    }
}

#[tokio::test]
async fn no_request_makes_the_server_fail_or_say_what_is_anothers() {
    let (provider, server) = start().await;
    let mut scene = scene(&server, &provider).await;
    let (mut good, mut asked) = (0, 0);
    for operation in operations(&server).await {
        if operation.path.starts_with("/chat") {
            scene.renew_thread().await;
        }
        for round in 0..ROUNDS {
            if operation.path.starts_with("/calling") {
                scene.renew_connection().await;
            }
            let mut numbers = Numbers(round * 1_000 + asked);
            let request = scene.request(&operation, &mut numbers);
            let answer = scene.app.send(&request).await;
            let shown =
                format!("{} {} {}: {} {}", request.method, request.target, request.body, answer.status, answer.text);
            assert!(answer.status < 500, "{shown}");
            assert!(!answer.text.contains(MARK), "{shown}");
            (good, asked) = (good + u64::from(answer.status < 300), asked + 1);
        }
    }
    // Were all of them refused at the door, nothing behind it would have been tried.
    assert!(good * 10 > asked, "{good} of {asked} were carried out");
    let answer = server.get("/healthz", &[]).await;
    assert_eq!(answer.status, 200);
}

/// Status and body, with the id that was asked for and what differs from request to request left out.
fn told(answer: &Answer, id: &str) -> (u16, String) {
    let mut json = answer.json();
    if let Some(error) = json["error"].as_object_mut() {
        error.remove("innerError");
    }
    (answer.status, json.to_string().replace(id, "ID").replace(&id.replace("%3A", ":"), "ID"))
}

#[tokio::test]
async fn an_id_of_another_and_an_id_of_nobody_are_answered_alike() {
    let (provider, server) = start().await;
    let scene = scene(&server, &provider).await;
    let nobody = "8%3Aacs%3A00000000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000000";
    let room = json!({ "pstnDialOutEnabled": true }).to_string();
    let scopes = json!({ "scopes": ["voip"] }).to_string();
    let (user, meeting) = (&scene.ids[1], &scene.ids[5]);
    let cases = [
        ("POST", format!("/identities/{user}/:issueAccessToken?api-version=2023-10-01"), user, nobody, scopes.as_str()),
        ("POST", format!("/identities/{user}/:revokeAccessTokens?api-version=2023-10-01"), user, nobody, ""),
        ("DELETE", format!("/identities/{user}?api-version=2023-10-01"), user, nobody, ""),
        ("GET", format!("/rooms/{}?api-version=2025-03-13", scene.ids[3]), &scene.ids[3], rooms::UNKNOWN, ""),
        (
            "PATCH",
            format!("/rooms/{}?api-version=2025-03-13", scene.ids[3]),
            &scene.ids[3],
            rooms::UNKNOWN,
            room.as_str(),
        ),
        ("DELETE", format!("/rooms/{}?api-version=2025-03-13", scene.ids[3]), &scene.ids[3], rooms::UNKNOWN, ""),
        (
            "GET",
            format!("/rooms/{}/participants?api-version=2025-03-13", scene.ids[3]),
            &scene.ids[3],
            rooms::UNKNOWN,
            "",
        ),
    ];
    for (method, target, id, unknown, body) in cases {
        let forbidden = scene.app.send(&scene.app.sign(method, &target, body)).await;
        let missing = scene.app.send(&scene.app.sign(method, &target.replace(id.as_str(), unknown), body)).await;
        if forbidden.text.is_empty() {
            assert_eq!((forbidden.status, missing.status, missing.text.as_str()), (204, 204, ""), "{method} {target}");
            continue;
        }
        assert_eq!(told(&forbidden, id), told(&missing, unknown), "{method} {target}");
    }
    let last = meeting.len() - 1;
    let unknown = format!("{}{}", &meeting[..last], if meeting.ends_with('A') { 'B' } else { 'A' });
    let authorization = format!("Bearer {}", scene.token);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    for (method, body) in [("GET", ""), ("PATCH", r#"{"subject":"Hers"}"#), ("DELETE", "")] {
        let at = |id: &str| format!("/v1.0/me/onlineMeetings/{id}");
        let forbidden = server.send(method, &at(meeting), &headers, body).await;
        let missing = server.send(method, &at(&unknown), &headers, body).await;
        assert_eq!(forbidden.status, 404, "{}", forbidden.text);
        assert_eq!(told(&forbidden, meeting), told(&missing, &unknown), "{method}");
    }
}
