//! `POST /calling/callConnections/{callConnectionId}:play` and `:cancelAllMediaOperations`.

use super::*;
use crate::signaling::{Client, joined};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A WAV file of silence: so many samples of 16 kHz.
fn silence(samples: usize) -> Vec<u8> {
    let bytes = (samples * 2) as u32;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for half in [1_u16, 1] {
        file.extend(half.to_le_bytes());
    }
    for long in [16_000_u32, 32_000] {
        file.extend(long.to_le_bytes());
    }
    for half in [2_u16, 16] {
        file.extend(half.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.resize(44 + samples * 2, 0);
    file
}

/// A server of an app with files; counts what it is asked for.
struct Files {
    base: String,
    asked: Arc<AtomicUsize>,
}

impl Files {
    async fn start() -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let answer = move |Path(name): Path<String>| {
            counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match name.as_str() {
                    "short.wav" => silence(320).into_response(),
                    "long.wav" => silence(16_000 * 60).into_response(),
                    "huge.wav" => silence(8 * 1024 * 1024).into_response(),
                    "text.wav" => "hello".into_response(),
                    "moved.wav" => Redirect::to("short.wav").into_response(),
                    _ => Response::<_>::from((StatusCode::NOT_FOUND, "no").into_response()),
                }
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().route("/{name}", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, asked }
    }

    fn source(&self, name: &str) -> Value {
        json!({ "kind": "file", "file": { "uri": format!("{}/{name}", self.base) } })
    }
}

async fn somebody(server: &Server, app: &App<'_>) -> (String, Client) {
    let user = app.user().await;
    let mut client = Client::connect(server, &app.token(&user).await).await;
    client.ask(crate::signaling::group()).await;
    client.until(joined).await;
    (user, client)
}

async fn play(app: &App<'_>, path: &str, body: Value) -> Answer {
    ask(app, "POST", &format!("{path}:play"), &body).await
}

/// The next callback that tells of no people.
async fn told(endpoint: &Endpoint) -> (String, Value) {
    loop {
        let (name, data) = heard(endpoint).await;
        if name != "ParticipantsUpdated" {
            return (name, data);
        }
    }
}

#[tokio::test]
async fn a_file_is_played_and_waits_for_the_one_before_it() {
    let (server, endpoint, files) = (Server::dev().await, Endpoint::start().await, Files::start().await);
    let app = App::new(&server).await;
    let (user, _client) = somebody(&server, &app).await;
    let path = connected(&app, &endpoint).await;
    assert_eq!(told(&endpoint).await.0, "CallConnected");
    let everybody =
        json!({ "playSources": [files.source("short.wav"), files.source("short.wav")], "operationContext": "all" });
    assert_eq!(play(&app, &path, everybody).await.status, 202);
    let to = json!([{ "communicationUser": { "id": user } }]);
    let one = json!({ "playSources": [files.source("short.wav")], "playTo": to, "operationContext": "one" });
    assert_eq!(play(&app, &path, one).await.status, 202);
    for context in ["all", "one"] {
        for expected in ["PlayStarted", "PlayCompleted"] {
            let (name, data) = told(&endpoint).await;
            assert_eq!((name.as_str(), &data["operationContext"]), (expected, &json!(context)));
            assert_eq!(data["resultInformation"]["code"], json!(200));
        }
    }
    let listed = ask(&app, "GET", &format!("{path}/participants"), &Value::Null).await.json();
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(2), "whoever plays is on the roster");
}

#[tokio::test]
async fn what_plays_and_what_waits_is_canceled_or_cut_off() {
    let (server, endpoint, files) = (Server::dev().await, Endpoint::start().await, Files::start().await);
    let app = App::new(&server).await;
    let path = connected(&app, &endpoint).await;
    assert_eq!(told(&endpoint).await.0, "CallConnected");
    let long = |context: &str| {
        let sources = [files.source("long.wav")];
        json!({ "playSources": sources, "playOptions": { "loop": true }, "operationContext": context })
    };
    play(&app, &path, long("one")).await;
    assert_eq!(told(&endpoint).await.0, "PlayStarted");
    play(&app, &path, long("two")).await;
    let mut cut = long("three");
    cut["interruptCallMediaOperation"] = json!(true);
    assert_eq!(play(&app, &path, cut).await.status, 202);
    for (expected, context) in [("PlayCanceled", "one"), ("PlayCanceled", "two"), ("PlayStarted", "three")] {
        let (name, data) = told(&endpoint).await;
        assert_eq!((name.as_str(), &data["operationContext"]), (expected, &json!(context)));
    }
    let canceled = ask(&app, "POST", &format!("{path}:cancelAllMediaOperations"), &json!({})).await;
    assert_eq!((canceled.status, canceled.text.as_str()), (202, ""));
    let (name, data) = told(&endpoint).await;
    assert_eq!((name.as_str(), &data["resultInformation"]["subCode"]), ("PlayCanceled", &json!(8508)));
    assert_eq!(ask(&app, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(told(&endpoint).await.0, "CallDisconnected");
}

#[tokio::test]
async fn what_cannot_be_fetched_or_read_fails_with_the_codes_of_acs() {
    let (server, endpoint, files) = (Server::dev().await, Endpoint::start().await, Files::start().await);
    let app = App::new(&server).await;
    let path = connected(&app, &endpoint).await;
    assert_eq!(told(&endpoint).await.0, "CallConnected");
    let nowhere = json!({ "kind": "file", "file": { "uri": "http://127.0.0.1:9/a.wav" } });
    for (source, sub_code, why) in [
        (files.source("none.wav"), 8536, "its server answered 404"),
        (files.source("moved.wav"), 8536, "its server answered 303"),
        (files.source("huge.wav"), 8536, "length limit exceeded"),
        (nowhere, 8536, "refused"),
        (files.source("text.wav"), 8535, "it is no WAV file"),
    ] {
        let sources = [files.source("short.wav"), source];
        assert_eq!(play(&app, &path, json!({ "playSources": sources })).await.status, 202);
        let (name, data) = told(&endpoint).await;
        assert_eq!((name.as_str(), &data["failedPlaySourceIndex"]), ("PlayFailed", &json!(1)));
        let result = &data["resultInformation"];
        assert_eq!((&result["code"], &result["subCode"]), (&json!(400), &json!(sub_code)));
        assert!(text(&result["message"]).contains(why), "{result}");
    }
}

#[tokio::test]
async fn a_file_with_a_cache_id_is_fetched_once() {
    let (server, endpoint, files) = (Server::dev().await, Endpoint::start().await, Files::start().await);
    let app = App::new(&server).await;
    let path = connected(&app, &endpoint).await;
    assert_eq!(told(&endpoint).await.0, "CallConnected");
    let mut source = files.source("short.wav");
    for (id, asked) in [("jingle", 1), ("jingle", 1), ("other", 2), ("", 3), ("", 4)] {
        source["playSourceCacheId"] = json!(id);
        play(&app, &path, json!({ "playSources": [source] })).await;
        assert_eq!([told(&endpoint).await.0, told(&endpoint).await.0], ["PlayStarted", "PlayCompleted"]);
        assert_eq!(files.asked.load(Ordering::SeqCst), asked);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_by_name() {
    let (server, endpoint, files) = (Server::dev().await, Endpoint::start().await, Files::start().await);
    let app = App::new(&server).await;
    let path = connected(&app, &endpoint).await;
    let file = |uri: &str| json!({ "kind": "file", "file": { "uri": uri } });
    let many = vec![files.source("short.wav"); 11];
    for (body, why) in [
        (json!({ "playSources": [{ "kind": "text", "text": { "text": "Hello" } }] }), "no speech synthesis"),
        (json!({ "playSources": [{ "kind": "ssml", "ssml": { "ssmlText": "<speak/>" } }] }), "no speech synthesis"),
        (json!({ "playSources": [{ "kind": "file" }] }), "file.uri"),
        (json!({ "playSources": [file("ftp://a/b.wav")] }), "https://"),
        (json!({ "playSources": [file(&format!("https://a/{}", "b".repeat(2_048)))] }), "2048 bytes"),
        (json!({ "playSources": [] }), "1 to 10"),
        (json!({ "playSources": many }), "1 to 10"),
        (
            json!({ "playSources": [files.source("short.wav")], "playTo": [{ "rawId": "8:acs:r_nobody" }] }),
            "not in the call",
        ),
        (
            json!({ "playSources": [files.source("short.wav")], "playTo": [{ "phoneNumber": { "value": "+1" } }] }),
            "names no user",
        ),
        (
            json!({ "playSources": [files.source("short.wav")], "operationCallbackUri": "https://a/" }),
            "operationCallbackUri",
        ),
    ] {
        let refused = play(&app, &path, body).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains(why), "{}", refused.text);
    }
    let other = App::of_another_resource(&server).await;
    let body = json!({ "playSources": [files.source("short.wav")] });
    assert_eq!(play(&other, &path, body).await.status, 404);
    assert_eq!(ask(&other, "POST", &format!("{path}:cancelAllMediaOperations"), &json!({})).await.status, 404);
}
