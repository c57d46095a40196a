//! What is not signed with a key of the resource, for this very request, now, gets nothing.

use super::{App, HOUR, Request, error_code, op, path};
use crate::client::Server;
use convene_model::record::AccessKey;
use convene_server::config::ServeSettings;
use std::time::SystemTime;

const TARGET: &str = "/identities?api-version=2023-10-01";
const BODY: &str = r#"{"createTokenWithScopes":["voip"]}"#;

async fn refusal(app: &App<'_>, request: &Request) -> String {
    let answer = app.send(request).await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (401, "Unauthorized"), "{}", answer.text);
    assert!(!answer.text.contains("8:acs:"));
    answer.json()["error"]["message"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn either_of_the_two_keys_is_valid_and_no_other() {
    let server = Server::start(ServeSettings::default()).await;
    let mut app = App::new(&server).await;
    for key in app.resource.access_keys.clone() {
        app.key = key;
        assert_eq!(app.send(&app.sign("POST", TARGET, BODY)).await.status, 201);
    }
    app.key = AccessKey(vec![9; 64]);
    let said = refusal(&app, &app.sign("POST", TARGET, BODY)).await;
    assert!(said.contains("convene connection-string"), "{said}");
}

#[tokio::test]
async fn a_request_signed_too_early_or_too_late_is_refused() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let (now, quarter) = (SystemTime::now(), HOUR / 4);
    for at in [now - HOUR, now + HOUR, now - quarter - HOUR / 60, now + quarter + HOUR / 60] {
        let said = refusal(&app, &app.sign_at("POST", TARGET, BODY, at)).await;
        assert!(said.contains("15 minutes"), "{said}");
    }
    for at in [now - HOUR / 5, now + HOUR / 5] {
        assert_eq!(app.send(&app.sign_at("POST", TARGET, BODY, at)).await.status, 201);
    }
}

#[tokio::test]
async fn a_tampered_request_is_refused() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let signed = app.sign("POST", TARGET, BODY);
    let larger = r#"{"createTokenWithScopes":["chat"]}"#;
    let other_body = Request { body: larger.into(), ..signed.clone() };
    assert!(refusal(&app, &other_body).await.contains("x-ms-content-sha256"));
    let (_, hash) = app.sign("POST", TARGET, larger).headers.swap_remove(2);
    for request in [
        other_body.header("x-ms-content-sha256", hash),
        Request { target: "/identities?api-version=2022-10-01".into(), ..signed.clone() },
        signed.clone().header("Host", "localhost:1"),
        signed.clone().header("x-ms-date", httpdate::fmt_http_date(SystemTime::now() + HOUR / 60)),
    ] {
        refusal(&app, &request).await;
    }
    assert_eq!(app.send(&signed).await.status, 201, "the request itself is good");
}

#[tokio::test]
async fn a_signature_over_another_path_or_method_is_refused() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let (mine, other) = (app.user().await, app.user().await);
    let signed = app.sign("POST", &op(&mine, "revokeAccessTokens"), "");
    refusal(&app, &Request { target: op(&other, "revokeAccessTokens"), ..signed.clone() }).await;
    refusal(&app, &Request { target: path(&mine), method: "DELETE".into(), ..signed }).await;
}

#[tokio::test]
async fn a_request_that_is_not_signed_is_told_how_to_sign() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let signed = app.sign("POST", TARGET, BODY);
    for request in [
        signed.clone().without("Authorization"),
        signed.clone().without("x-ms-date"),
        signed.clone().without("x-ms-content-sha256"),
        signed.clone().header("Authorization", "Bearer x.y.z"),
    ] {
        assert!(refusal(&app, &request).await.contains("HMAC-SHA256"));
    }
    assert!(refusal(&app, &signed.header("x-ms-date", "today")).await.contains("x-ms-date"));
}

#[tokio::test]
async fn the_host_chooses_the_resource_and_an_unknown_one_means_the_default() {
    let server = Server::start(ServeSettings::default()).await;
    let (mut app, mut other) = (App::new(&server).await, App::of_another_resource(&server).await);
    assert!(other.user().await.starts_with("8:acs:other_"));
    app.host = "unheard.example".into();
    assert!(app.user().await.starts_with(&format!("8:acs:{}_", app.resource.id)));
    // A key is good for its own resource only.
    app.host = "other.example".into();
    refusal(&app, &app.sign("POST", TARGET, BODY)).await;
    other.host = "localhost".into();
    refusal(&other, &other.sign("POST", TARGET, BODY)).await;
}

#[tokio::test]
async fn what_clients_sign_in_another_form_than_they_send_is_taken() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let user = app.user().await;
    let sent = format!("{}?api-version=2023-10-01", op(&user, "revokeAccessTokens"));
    let decoded = app.sign("POST", &sent.replace("%3A", ":"), "");
    assert_eq!(app.send(&Request { target: sent, ..decoded }).await.status, 204);
    let rewritten = app.sign("POST", "/identities?api-version=2023-10-01&x=%7E+%24", "");
    let sent = "/identities?api-version=2023-10-01&x=~%20$".to_owned();
    assert_eq!(app.send(&Request { target: sent, ..rewritten }).await.status, 201);
}
