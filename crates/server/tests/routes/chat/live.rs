//! Real-time notifications: `/chat/config/realTimeNotifications`, trouter, socket.io, the registrar, and what comes on the socket.

use super::{NEWEST, Person, participant, path_of, refused};
use crate::client::{Answer, Server};
use crate::identities::{App, text};
use convene_identity::TokenRequest;
use convene_model::{RawId, Scope};
use convene_store::Store;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A client's socket.
pub struct Listener {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Listener {
    /// Goes the way of the published client, up to where the server says that it is connected.
    pub async fn of(person: &Person<'_>, endpoint: &str) -> Self {
        let grant = ask(person, "POST", &format!("/v4/a?cor_id=c&con_num=1_1&epid={endpoint}")).await;
        assert_eq!(grant.status, 200, "{}", grant.text);
        let session = session(person, endpoint).await;
        let mut listener = Self::open(person.server, &session).await.expect("an upgrade");
        assert_eq!(listener.hear().await.as_deref(), Some("1::"));
        let connected = "5:1::{\"name\":\"trouter.connected\",\"args\":[{\"ttl\":86400,\"dur\":\"0\"}]}";
        assert_eq!(listener.hear().await.as_deref(), Some(connected));
        let body = json!({ "clientDescription": { "appId": "AcsWeb" }, "registrationId": endpoint, "nodeId": "",
            "transports": { "TROUTER": [{ "context": "", "path": grant.json()["surl"], "ttl": 7200 }] } });
        let registered = send(person, "POST", "/chat/registrar/v3/registrations", &body.to_string()).await;
        assert_eq!(registered.status, 202, "{}", registered.text);
        listener
    }

    async fn open(server: &Server, session: &str) -> Result<Self, Error> {
        let url = format!("ws://{}/socket.io/1/websocket/{session}?v=v4&epid=x", server.address());
        Ok(Self { socket: connect_async(url).await?.0 })
    }

    /// The next text but for heartbeats; `None` once the server has closed.
    async fn hear(&mut self) -> Option<String> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) if text == "2::" => {}
                Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("an open socket");
    }

    /// The next event's body, and its frame's number; it is not answered.
    async fn event_unanswered(&mut self) -> (u64, Value) {
        let frame = self.hear().await.expect("the server speaks on");
        let request: Value = serde_json::from_str(frame.strip_prefix("3:::").expect("a message")).expect("JSON");
        assert_eq!(
            (&request["method"], request["url"].as_str().map(|url| url.starts_with("/chat/trouter/"))),
            (&json!("POST"), Some(true))
        );
        (request["id"].as_u64().expect("a number"), serde_json::from_str(&text(&request["body"])).expect("JSON"))
    }

    /// The next event's body.
    pub async fn event(&mut self) -> Value {
        let (id, body) = self.event_unanswered().await;
        self.answer(id).await;
        body
    }

    async fn answer(&mut self, id: u64) {
        self.say(&format!("3:::{{\"id\":{id},\"status\":200,\"headers\":{{}},\"body\":\"\"}}")).await;
    }

    /// Nothing is under way to it: what comes after a ping is its answer.
    pub async fn hears_nothing(&mut self) {
        self.say("5:9+::{\"name\":\"ping\"}").await;
        assert_eq!(self.hear().await.as_deref(), Some("6:::9+[\"pong\"]"));
    }

    /// The kinds of the events until now.
    pub async fn kinds(&mut self) -> Vec<u64> {
        self.say("5:9+::{\"name\":\"ping\"}").await;
        let mut kinds = Vec::new();
        loop {
            let frame = self.hear().await.expect("the server speaks on");
            if frame.starts_with("6:::") {
                return kinds;
            }
            let request: Value = serde_json::from_str(frame.strip_prefix("3:::").expect("a message")).expect("JSON");
            let body: Value = serde_json::from_str(&text(&request["body"])).expect("JSON");
            kinds.push(body["eventId"].as_u64().expect("a kind"));
            self.answer(request["id"].as_u64().expect("a number")).await;
        }
    }
}

async fn send(person: &Person<'_>, method: &str, target: &str, body: &str) -> Answer {
    let token = person.authorization.trim_start_matches("Bearer ");
    person.server.send(method, target, &[("X-Skypetoken", token)], body).await
}

async fn ask(person: &Person<'_>, method: &str, target: &str) -> Answer {
    send(person, method, target, "").await
}

async fn session(person: &Person<'_>, endpoint: &str) -> String {
    let answer = ask(person, "GET", &format!("/socket.io/1/?v=v4&auth=true&epid={endpoint}&t=1")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let (session, rest) = answer.text.split_once(':').expect("a session");
    assert_eq!((rest, session.len()), ("70:70:websocket", 32));
    session.to_owned()
}

fn inner(body: &Value, name: &str) -> Value {
    serde_json::from_str(&text(&body[name]).replace("%25", "%")).expect("JSON in a text")
}

fn id_of(thread: &str) -> String {
    thread.trim_start_matches("/chat/threads/").replace("%3A", ":").replace("%40", "@")
}

#[tokio::test]
async fn a_client_is_told_where_to_go_by_the_name_under_which_it_came() {
    let server = Server::dev().await;
    let ana = Person::new(&App::new(&server).await).await;
    for path in ["/chat/config/realTimeNotifications", "//chat/config/realTimeNotifications"] {
        let answer =
            ana.send("GET", &format!("{path}?api-version=2024-09-01"), &[("Host", "app.example:81")], "").await;
        let expected = json!({ "trouterServiceUrl": "http://app.example:81",
            "registrarServiceUrl": "http://app.example:81/chat/registrar", "cloudType": "Public" });
        assert_eq!((answer.status, answer.json()), (200, expected), "{path}");
        let other = ana.send("GET", &format!("{path}?{NEWEST}"), &[], "").await;
        assert_eq!(refused(&other), (400, "UnsupportedApiVersion".to_owned()));
        let none = ana.send("GET", path, &[], "").await;
        assert_eq!(refused(&none), (400, "ApiVersionUnspecified".to_owned()));
    }
    let grant = ask(&ana, "POST", "/v4/a?epid=e-1").await.json();
    let origin = format!("http://{}", server.address());
    assert_eq!(grant["socketio"], format!("{origin}/"));
    assert_eq!((&grant["surl"], &grant["ccid"]), (&json!(format!("{origin}/chat/trouter/e-1/")), &json!("e-1")));
}

#[tokio::test]
async fn those_in_a_thread_hear_all_that_happens_in_it_in_its_order_and_nobody_else_hears_anything() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await);
    let mut hears = Listener::of(&ben, "b").await;
    let mut outside = Listener::of(&cleo, "c").await;
    let thread = ana.thread(&[&ben]).await;
    let id = id_of(&thread);

    let created = hears.event().await;
    assert_eq!(
        (&created["eventId"], &created["threadId"], &created["version"]),
        (&json!(257), &json!(id), &json!("1"))
    );
    assert_eq!(inner(&created, "createdBy")["participantId"], ana.id);
    assert_eq!(inner(&created, "properties"), json!({ "topic": "Loans" }));
    let mut people: Vec<String> =
        inner(&created, "members").as_array().expect("people").iter().map(|one| text(&one["participantId"])).collect();
    people.sort();
    let mut expected = vec![ana.id.clone(), ben.id.clone()];
    expected.sort();
    assert_eq!(people, expected);

    let body = json!({ "content": "hi", "senderDisplayName": "Ana", "metadata": { "k": "v" } });
    let sent = ana.ask("POST", &format!("{thread}/messages"), &body).await.json();
    let message = format!("{thread}/messages/{}", text(&sent["id"]));
    let received = hears.event().await;
    let shown = ana.get(&message).await;
    assert_eq!(
        received,
        json!({ "eventId": 200, "senderId": ana.id, "recipientMri": ben.id, "groupId": id, "messageId": sent["id"],
            "clientMessageId": "", "senderDisplayName": "Ana", "messageType": "Text", "messageBody": "hi",
            "version": sent["id"], "originalArrivalTime": shown["createdOn"], "acsChatMessageMetadata": "{\"k\":\"v\"}" })
    );

    assert_eq!(ana.ask("PATCH", &message, &json!({ "content": "ho" })).await.status, 204);
    let (edited, shown) = (hears.event().await, ana.get(&message).await);
    assert_eq!(
        (&edited["eventId"], &edited["messageBody"], &edited["edittime"]),
        (&json!(247), &json!("ho"), &shown["editedOn"])
    );
    assert_eq!(edited["version"], shown["version"]);

    assert_eq!(ana.ask("POST", &format!("{thread}/typing"), &json!({ "senderDisplayName": "Ana" })).await.status, 200);
    let typing = hears.event().await;
    assert_eq!(
        (&typing["eventId"], &typing["senderId"], &typing["senderDisplayName"]),
        (&json!(245), &json!(ana.id), &json!("Ana"))
    );

    assert_eq!(
        ana.ask("POST", &format!("{thread}/readReceipts"), &json!({ "chatMessageId": sent["id"] })).await.status,
        200
    );
    let read = hears.event().await;
    assert_eq!((&read["eventId"], &read["senderId"], &read["messageId"]), (&json!(246), &json!(ana.id), &sent["id"]));
    let horizon = text(&inner(&read, "messageBody")["consumptionhorizon"]);
    let read_on = horizon.split(';').nth(1).and_then(|ms| ms.parse().ok()).map(convene_model::rfc3339);
    let receipts = ben.get(&format!("{thread}/readReceipts")).await;
    assert_eq!(Value::from(read_on), receipts["value"][0]["readOn"]);
    // Who has read further than that says nothing new.
    assert_eq!(
        ana.ask("POST", &format!("{thread}/readReceipts"), &json!({ "chatMessageId": sent["id"] })).await.status,
        200
    );

    assert_eq!(ana.ask("DELETE", &message, &Value::Null).await.status, 204);
    let (deleted, shown) = (hears.event().await, ana.get(&message).await);
    assert_eq!(
        (&deleted["eventId"], deleted.get("messageBody"), &deleted["deletetime"]),
        (&json!(248), None, &shown["deletedOn"])
    );

    let change = json!({ "topic": "100%25", "metadata": { "a": "b%c" }, "retentionPolicy": { "kind": "threadCreationDate", "deleteThreadAfterDays": 30 } });
    assert_eq!(ana.ask("PATCH", &thread, &change).await.status, 204);
    let changed = hears.event().await;
    assert_eq!((&changed["eventId"], &inner(&changed, "editedBy")["participantId"]), (&json!(258), &json!(ana.id)));
    let policy = "{\"retentionPolicyType\":\"DeleteAfterCreationTime\",\"executeAfter\":\"30.00:00:00\"}";
    let expected = json!({ "topic": "100%25", "acsChatThreadMetadata": "{\"a\":\"b%c\"}", "retentionPolicy": policy });
    assert_eq!(inner(&changed, "properties"), expected);

    outside.hears_nothing().await;
    let people = json!({ "participants": [participant(&cleo.id)] });
    assert_eq!(ana.ask("POST", &format!("{thread}/participants/:add"), &people).await.status, 201);
    for listener in [&mut hears, &mut outside] {
        let added = listener.event().await;
        assert_eq!((&added["eventId"], &added["version"]), (&json!(260), &json!("3")));
        assert_eq!(inner(&added, "participantsAdded")[0]["participantId"], cleo.id);
    }
    assert_eq!(ana.ask("DELETE", &thread, &Value::Null).await.status, 204);
    for listener in [&mut hears, &mut outside] {
        let gone = listener.event().await;
        assert_eq!((&gone["eventId"], &gone["reason"]), (&json!(259), &json!("deletedByUser")));
        assert_eq!(inner(&gone, "deletedBy")["participantId"], ana.id);
        listener.hears_nothing().await;
    }
}

#[tokio::test]
async fn who_is_removed_hears_of_that_and_of_nothing_after_it_and_who_comes_hears_of_nothing_before() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let message = ana.write(&thread, "before").await;
    let mut old = Listener::of(&ben, "b").await;
    let mut new = Listener::of(&cleo, "c").await;
    let later = json!({ "participants": [{ "communicationIdentifier": { "communicationUser": { "id": cleo.id } },
        "shareHistoryTime": "2099-01-01T00:00:00Z" }] });
    assert_eq!(ana.ask("POST", &format!("{thread}/participants/:add"), &later).await.status, 201);
    assert_eq!(ana.ask("PATCH", &message, &json!({ "content": "changed" })).await.status, 204);
    ana.write(&thread, "secret").await;
    assert_eq!(
        ana.ask("POST", &format!("{thread}/participants/:remove"), &json!({ "rawId": ben.id })).await.status,
        204
    );
    ana.write(&thread, "after").await;
    assert_eq!(ana.ask("POST", &format!("{thread}/typing"), &json!({})).await.status, 200);
    assert_eq!(ana.ask("PATCH", &thread, &json!({ "topic": "x" })).await.status, 204);
    assert_eq!(old.kinds().await, [260, 247, 200, 261]);
    // Messages from before the history that is shared with her are not hers; the rest is.
    assert_eq!(new.kinds().await, [260, 261, 245, 258]);
    assert_eq!(refused(&ben.ask("POST", &format!("{thread}/typing"), &json!({})).await).0, 403);
}

#[tokio::test]
async fn what_was_not_answered_comes_again_in_its_order_when_the_client_is_back_and_what_was_answered_does_not() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let mut first = Listener::of(&ben, "tab").await;
    for number in 0..3 {
        ana.write(&thread, &number.to_string()).await;
    }
    assert_eq!(first.event().await["messageBody"], "0");
    let (unanswered, body) = first.event_unanswered().await;
    assert_eq!(body["messageBody"], "1");
    first.hears_nothing_but_one().await;
    drop(first);
    for number in 3..6 {
        ana.write(&thread, &number.to_string()).await;
    }
    let mut second = Listener::of(&ben, "tab").await;
    for number in 1..6 {
        let (id, body) = second.event_unanswered().await;
        assert_eq!((id, &body["messageBody"]), (unanswered + number - 1, &json!(number.to_string())));
        second.answer(id).await;
    }
    second.hears_nothing().await;
    // A second socket of the same endpoint takes the place of the first; another endpoint has its own.
    let mut third = Listener::of(&ben, "tab").await;
    assert_eq!((second.hear().await.as_deref(), second.hear().await), (Some("0:::dup"), None));
    let mut other = Listener::of(&ben, "other").await;
    ana.write(&thread, "6").await;
    for listener in [&mut third, &mut other] {
        assert_eq!(listener.event().await["messageBody"], "6");
        listener.hears_nothing().await;
    }
    // Who unregisters is not remembered.
    assert_eq!(ask(&ben, "DELETE", "/chat/registrar/v3/registrations/tab").await.status, 204);
    assert_eq!(third.hear().await.as_deref(), Some("0:::{\"reason\":\"unregistered\"}"));
    ana.write(&thread, "7").await;
    Listener::of(&ben, "tab").await.hears_nothing().await;
}

impl Listener {
    async fn hears_nothing_but_one(&mut self) {
        let (_, body) = self.event_unanswered().await;
        assert_eq!(body["messageBody"], "2");
        self.hears_nothing().await;
    }
}

#[tokio::test]
async fn a_message_is_told_only_once_it_can_be_read_and_those_of_many_writers_come_in_the_order_of_the_thread() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let mut hears = Listener::of(&ben, "b").await;
    let writes = (0..24).map(|number| {
        let (by, thread) = (if number % 2 == 0 { &ana } else { &ben }, thread.clone());
        async move { by.write(&thread, &number.to_string()).await }
    });
    futures_util::future::join_all(writes).await;
    let mut heard = Vec::new();
    for _ in 0..24 {
        let body = hears.event().await;
        let seen = ben.get(&format!("{thread}/messages/{}", text(&body["messageId"]))).await;
        assert_eq!(seen["content"]["message"], body["messageBody"]);
        heard.push(body["messageId"].clone());
    }
    let listed = ben.get(&format!("{thread}/messages")).await;
    let mut written: Vec<Value> = listed["value"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|one| one["type"] == "text")
        .map(|one| one["id"].clone())
        .collect();
    written.reverse();
    assert_eq!(heard, written);
}

#[tokio::test]
async fn without_a_valid_token_for_chat_nothing_is_told() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (calls, writes) = (Person::with_scope(&app, "voip").await, Person::with_scope(&app, "chat.join.limited").await);
    let body = json!({ "registrationId": "e" }).to_string();
    for (method, target) in [
        ("GET", "/chat/config/realTimeNotifications?api-version=2024-09-01"),
        ("POST", "/v4/a?epid=e"),
        ("GET", "/socket.io/1/?epid=e"),
        ("POST", "/chat/registrar/v3/registrations"),
        ("DELETE", "/chat/registrar/v3/registrations/e"),
    ] {
        for headers in [vec![], vec![("X-Skypetoken", "a.b.c")], vec![("Authorization", "Bearer a.b.c")]] {
            let answer = server.send(method, target, &headers, &body).await;
            assert_eq!(refused(&answer), (401, "Unauthorized".to_owned()), "{method} {target} {headers:?}");
        }
        assert_eq!(
            refused(&send(&calls, method, target, &body).await),
            (403, "Forbidden".to_owned()),
            "{method} {target}"
        );
    }
    Listener::of(&writes, "e").await.hears_nothing().await;
    for session in ["0", &"0".repeat(32), "%00", &"x".repeat(2000)] {
        assert!(
            matches!(Listener::open(&server, session).await, Err(Error::Http(answer)) if answer.status() == 404),
            "{session}"
        );
    }
    // A session opens one socket.
    let once = session(&writes, "e").await;
    let _open = Listener::open(&server, &once).await.expect("an upgrade");
    assert!(matches!(Listener::open(&server, &once).await, Err(Error::Http(answer)) if answer.status() == 404));
}

#[tokio::test]
async fn when_a_token_ends_or_is_revoked_its_connection_ends_and_what_was_kept_is_gone() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let mut revoked = Listener::of(&ben, "b").await;
    ana.write(&thread, "kept").await;
    revoked.event_unanswered().await;
    let waiting = session(&ben, "w").await;
    assert_eq!(app.ask("POST", &crate::identities::op(&ben.id, "revokeAccessTokens"), "").await.status, 204);
    assert_eq!(revoked.hear().await.as_deref(), Some("0:::{\"reason\":\"unauthorized\"}"));
    assert_eq!(revoked.hear().await, None);
    assert!(Listener::open(&server, &waiting).await.is_err(), "a session of a revoked token");
    assert_eq!(ask(&ben, "POST", "/v4/a?epid=b").await.status, 401);

    let issue = json!({ "scopes": ["chat"] }).to_string();
    let token =
        text(&app.ask("POST", &crate::identities::op(&ben.id, "issueAccessToken"), &issue).await.json()["token"]);
    let again = Person { server: &server, id: ben.id.clone(), authorization: format!("Bearer {token}") };
    Listener::of(&again, "b").await.hears_nothing().await;

    // A token that ends in two seconds.
    let user = server
        .running
        .app
        .store
        .user(&RawId::parse(&ben.id).expect("an id"))
        .await
        .expect("the store")
        .expect("a user");
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("time").as_millis()).expect("a time");
    let request = TokenRequest {
        user: &user,
        scopes: &[Scope::Chat].into_iter().collect(),
        lifetime_minutes: 60,
        issuer: &server.running.public_url,
        resource_id: user.id.resource().expect("a resource"),
        meeting: None,
    };
    let minted = server.running.app.keys.mint(&request, now - 60 * 60 * 1000 + 3000).expect("a token");
    let short = Person { server: &server, id: ben.id.clone(), authorization: format!("Bearer {}", minted.token) };
    let mut ends = Listener::of(&short, "s").await;
    let last = tokio::time::timeout(Duration::from_secs(10), ends.hear()).await.expect("the end of the token");
    assert_eq!(last.as_deref(), Some("0:::{\"reason\":\"unauthorized\"}"));
    assert_eq!(ends.hear().await, None);
}

#[tokio::test]
async fn one_user_listens_with_so_many_endpoints_and_who_is_away_longest_makes_place() {
    let server = Server::dev().await;
    let ana = Person::new(&App::new(&server).await).await;
    let mut open = Vec::new();
    for number in 0..16 {
        open.push(Listener::of(&ana, &format!("e{number}")).await);
    }
    let turned_away = ask(&ana, "GET", "/socket.io/1/?epid=e16").await;
    assert_eq!(refused(&turned_away), (429, "TooManyRequests".to_owned()));
    open[3].say("0::").await;
    assert_eq!(open[3].hear().await, None);
    Listener::of(&ana, "e16").await.hears_nothing().await;
    let body = json!({ "registrationId": "e3" }).to_string();
    assert_eq!(send(&ana, "POST", "/chat/registrar/v3/registrations", &body).await.status, 404);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_ends_at_most_its_own_connection() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    for query in ["", "?epid=", "?epid=a%2Fb", "?epid=%22", &format!("?epid={}", "x".repeat(65))] {
        for (method, path) in [("POST", "/v4/a"), ("GET", "/socket.io/1/")] {
            assert_eq!(
                refused(&ask(&ana, method, &format!("{path}{query}")).await),
                (400, "BadRequest".to_owned()),
                "{query}"
            );
        }
    }
    for body in ["", "[]", "{}", "{\"registrationId\":1}", "{\"registrationId\":\"a b\"}"] {
        assert_eq!(refused(&send(&ana, "POST", "/chat/registrar/v3/registrations", body).await).0, 400, "{body}");
    }
    let mut quiet = Listener::of(&ben, "quiet").await;
    for text in ["nonsense", "3:::{}", "9::", "5:1+::[]"] {
        let mut loud = Listener::of(&ben, "loud").await;
        loud.say(text).await;
        assert_eq!(loud.hear().await.as_deref(), Some("0:::{\"reason\":\"bad packet\"}"), "{text}");
        assert_eq!(loud.hear().await, None);
    }
    let mut long = Listener::of(&ben, "long").await;
    long.say(&"x".repeat(17 * 1024)).await;
    assert_eq!(long.hear().await, None);
    // Answers to what was never asked.
    for text in ["3:::{\"id\":99,\"status\":200}", "6:::4+[]", "2::"] {
        quiet.say(text).await;
    }
    ana.write(&thread, "hi").await;
    assert_eq!(quiet.event().await["messageBody"], "hi");
}

#[tokio::test]
async fn a_client_that_answers_nothing_is_disconnected_and_told_what_it_lost_when_it_is_back() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    let mut deaf = Listener::of(&ben, "deaf").await;
    let long = "x".repeat(26 * 1024);
    // A mebibyte is kept: 38 of these.
    for _ in 0..39 {
        ana.write(&thread, &long).await;
    }
    let mut last = String::new();
    while let Some(text) = deaf.hear().await {
        last = text;
    }
    assert_eq!(last, "0:::{\"reason\":\"too slow\"}");
    let session = session(&ben, "deaf").await;
    let mut back = Listener::open(&server, &session).await.expect("an upgrade");
    let (_one, _connected) = (back.hear().await, back.hear().await);
    let lost = "5:::{\"name\":\"trouter.message_loss\",\"args\":[{\"droppedIndicators\":[{\"tag\":\"messaging\",\"etag\":\"1\"}]}]}";
    assert_eq!(back.hear().await.as_deref(), Some(lost));
    assert_eq!(back.kinds().await, [200; 38]);
}

#[tokio::test]
async fn pages_of_other_origins_may_ask_for_chat_without_credentials_and_for_nothing_else() {
    let server = Server::dev().await;
    let ana = Person::new(&App::new(&server).await).await;
    let origin = ("Origin", "https://app.example");
    for (method, path) in [
        ("POST", "/chat/threads"),
        ("PATCH", "/chat/threads/19%3Ax%40thread.v2"),
        ("DELETE", "/chat/threads/19%3Ax%40thread.v2/messages/1"),
        ("GET", "//chat/config/realTimeNotifications"),
        ("POST", "/v4/a"),
        ("GET", "/socket.io/1/"),
        ("DELETE", "/chat/registrar/v3/registrations/e"),
        ("POST", "/api/visitors"),
    ] {
        let wanted = "authorization, content-type,x-ms-client-request-id, X-Skypetoken, repeatability-request-id, cookie, x-evil";
        let headers = [origin, ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", wanted)];
        let answer = server.send("OPTIONS", path, &headers, "").await;
        let header = |name: &str| answer.headers.get(name).map(String::as_str);
        assert_eq!((answer.status, header("access-control-allow-origin")), (204, Some("*")), "{path}");
        assert_eq!(header("access-control-allow-methods"), Some("GET, POST, PATCH, DELETE"));
        let allowed = "authorization, content-type, x-ms-client-request-id, x-skypetoken, repeatability-request-id";
        assert_eq!(
            (header("access-control-allow-headers"), header("access-control-allow-credentials")),
            (Some(allowed), None)
        );
    }
    let thread = ana.send("POST", &format!("/chat/threads?{NEWEST}"), &[origin], "{\"topic\":\"x\"}").await;
    let refusal =
        server.send("GET", &format!("{}?{NEWEST}", path_of(&thread.json()["chatThread"])), &[origin], "").await;
    for answer in [&thread, &refusal] {
        assert_eq!(
            answer.headers.get("access-control-allow-origin").map(String::as_str),
            Some("*"),
            "{}",
            answer.status
        );
    }
    for path in ["/identities", "/rooms", "/v1.0/me/onlineMeetings", "/api/token", "/api/session", "/healthz"] {
        for method in ["OPTIONS", "GET"] {
            let answer = server.send(method, path, &[origin, ("Access-Control-Request-Method", "GET")], "").await;
            assert_eq!(answer.headers.get("access-control-allow-origin"), None, "{method} {path}");
        }
    }
}
