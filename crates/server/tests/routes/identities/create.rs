//! `POST /identities`.

use super::{App, VERSION, error_code, text};
use crate::client::Server;
use convene_server::config::ServeSettings;
use serde_json::json;

#[tokio::test]
async fn a_user_is_created_without_a_body_in_the_resource_of_the_key() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    for body in
        ["", "{}", r#"{"createTokenWithScopes":null,"expiresInMinutes":null}"#, r#"{"createTokenWithScopes":[]}"#]
    {
        let answer = app.ask("POST", "/identities", body).await;
        let json = answer.json();
        assert_eq!(answer.status, 201, "{body}");
        let id = text(&json["identity"]["id"]);
        assert!(id.starts_with(&format!("8:acs:{}_", app.resource.id)), "{id}");
        assert_eq!(json, json!({ "identity": { "id": id } }), "no token without scopes");
        assert_eq!(answer.headers["x-ms-client-request-id"], "0aa5cc1d-25ff-4caf-b6a0-f34bbc2875b8");
        assert_eq!(answer.headers["x-ms-request-id"].len(), 36);
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(!answer.headers.contains_key("x-ms-error-code"));
    }
    assert_ne!(app.user().await, app.user().await);
}

#[tokio::test]
async fn a_user_is_created_with_a_token_that_allows_what_was_asked_for() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let body = r#"{"createTokenWithScopes":["chat","voip.join"],"expiresInMinutes":60}"#;
    let answer = app.ask("POST", "/identities", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let json = answer.json();
    let keys = &server.running.app.keys;
    let now = convene_server::clock::wall_now();
    let claims = keys.verify(&text(&json["accessToken"]["token"]), now).expect("a good token");
    assert_eq!(
        (claims.user.as_str(), claims.scopes.to_string().as_str()),
        (text(&json["identity"]["id"]).as_str(), "chat,voip.join")
    );
    assert_eq!(claims.expires_at - claims.issued_at, 3_600_000);
    assert_eq!(text(&json["accessToken"]["expiresOn"]), convene_model::rfc3339(claims.expires_at));
}

#[tokio::test]
async fn a_request_that_cannot_be_carried_out_is_refused_and_makes_no_user() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    for body in [
        "{",
        "[]",
        r#"{"createTokenWithScopes":"voip"}"#,
        r#"{"createTokenWithScopes":["fly"]}"#,
        r#"{"createTokenWithScopes":["meetings"]}"#,
        r#"{"createTokenWithScopes":["voip"],"expiresInMinutes":59}"#,
        r#"{"createTokenWithScopes":["voip"],"expiresInMinutes":1441}"#,
        r#"{"createTokenWithScopes":["voip"],"expiresInMinutes":-1}"#,
        r#"{"expiresInMinutes":5}"#,
    ] {
        let answer = app.ask("POST", "/identities", body).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (400, "BadRequest"), "{body}: {}", answer.text);
        assert!(!answer.text.contains("8:acs:"), "{}", answer.text);
    }
}

#[tokio::test]
async fn every_version_of_the_api_is_taken_and_what_is_none_is_not() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    for query in [
        "?api-version=2021-03-07",
        "?api-version=2022-10-01",
        &format!("?{VERSION}"),
        "?api-version=2025-06-30-preview",
        "",
    ] {
        let answer = app.send(&app.sign("POST", &format!("/identities{query}"), "")).await;
        assert_eq!(answer.status, 201, "{query}: {}", answer.text);
    }
    let answer = app.send(&app.sign("POST", "/identities?api-version=latest", "")).await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (400, "BadRequest"));
}
