//! `/teamsUser/:exchangeAccessToken`.

use crate::client::{Answer, Server};
use crate::identities::{App, error_code};
use crate::provider::{CLIENT, Provider, Signing, olga};
use crate::signaling::{Client, group, joined};
use convene_model::RawId;
use convene_server::config::ServeSettings;
use convene_server::oidc::OidcSettings;
use convene_store::Store;
use serde_json::{Value, json};

const OID: &str = "44cc0000-0000-4000-8000-00000000000a";
const OLGA: &str = "8:orgid:44cc0000-0000-4000-8000-00000000000a";

async fn start_with(oidc: OidcSettings) -> Server {
    Server::start(ServeSettings { oidc, ..Default::default() }).await
}

async fn exchange(server: &Server, body: Value) -> Answer {
    App::new(server).await.ask("POST", "/teamsUser/:exchangeAccessToken", &body.to_string()).await
}

async fn bring(server: &Server, token: &str) -> Answer {
    exchange(server, json!({ "token": token, "appId": CLIENT, "userId": OID })).await
}

#[tokio::test]
async fn somebody_of_the_organization_gets_a_calling_token_of_their_own() {
    let provider = Provider::start().await;
    let server = start_with(provider.settings()).await;
    let answer = bring(&server, &provider.token(json!({}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    assert_eq!(json.as_object().expect("an object").keys().collect::<Vec<_>>(), ["expiresOn", "token"]);
    let token = json["token"].as_str().expect("a token");
    let claims = server.running.app.keys.verify(token, convene_server::clock::wall_now()).expect("one of ours");
    assert_eq!((claims.user.as_str(), claims.scopes.to_string().as_str()), (OLGA, "chat,voip"));
    let mut live = Client::connect(&server, token).await;
    live.ask(group()).await;
    live.until(joined).await;
    assert_eq!(bring(&server, &provider.token(json!({}))).await.status, 200);
    assert_eq!(server.running.app.store.accounts().await.expect("the store").len(), 1, "the same person");
}

#[tokio::test]
async fn a_token_that_does_not_prove_this_person_for_this_app_now_is_refused() {
    let provider = Provider::start().await;
    let server = start_with(provider.settings()).await;
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another app")),
        ("exp", json!(1_700_000_000)),
        ("nbf", json!(4_000_000_000_u64)),
    ] {
        provider.says(claim, value);
        let answer = bring(&server, &provider.token(json!({}))).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (401, "Unauthorized"), "{claim}");
        provider.does(|does| does.claims = olga());
    }
    for signing in [Signing::NotAtAll, Signing::WithThePublicKey, Signing::ByAnother, Signing::ByAnUnknownKey] {
        provider.does(|does| does.signing = signing);
        let answer = bring(&server, &provider.token(json!({}))).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (401, "Unauthorized"));
    }
    provider.does(|does| does.signing = Signing::Right);
    assert_eq!(bring(&server, "aad").await.status, 401);
    let good = provider.token(json!({}));
    for body in [
        json!({ "token": good, "appId": "another app", "userId": OID }),
        json!({ "token": good, "appId": CLIENT, "userId": "44cc0000-0000-4000-8000-00000000000b" }),
    ] {
        let answer = exchange(&server, body).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (403, "Forbidden"), "{}", answer.text);
    }
    for body in
        [json!({}), json!({ "token": good, "appId": CLIENT }), json!({ "token": "", "appId": CLIENT, "userId": OID })]
    {
        let answer = exchange(&server, body).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (400, "BadRequest"));
        assert!(!answer.text.contains(&good), "an error quotes no token");
    }
    assert!(server.running.app.store.accounts().await.expect("the store").is_empty(), "nobody got an account");
}

#[tokio::test]
async fn the_rules_of_signing_in_hold_for_who_has_no_account_yet_and_a_shut_account_stays_shut() {
    let provider = Provider::start().await;
    let server = start_with(provider.settings()).await;
    provider.says("email", json!("olga@evil.example"));
    let answer = bring(&server, &provider.token(json!({}))).await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (403, "Forbidden"));
    assert!(answer.text.contains("no domain that may sign in here"), "{}", answer.text);
    provider.does(|does| does.claims = olga());
    assert_eq!(bring(&server, &provider.token(json!({}))).await.status, 200);
    // Access tokens say less than ID tokens: who is known needs no address.
    provider.says("email", Value::Null);
    assert_eq!(bring(&server, &provider.token(json!({}))).await.status, 200);
    server.running.app.store.disable_account(&RawId::parse(OLGA).expect("an id"), true).await.expect("the store");
    assert_eq!(bring(&server, &provider.token(json!({}))).await.status, 403);
}

#[tokio::test]
async fn access_tokens_for_a_configured_audience_are_taken_with_the_app_that_asked_for_them() {
    let provider = Provider::start().await;
    let oidc = OidcSettings { audience: vec!["https://calls.example".into()], ..provider.settings() };
    let server = start_with(oidc).await;
    provider.says("aud", json!(["https://calls.example"]));
    provider.says("azp", json!("phone app"));
    let token = provider.token(json!({}));
    assert_eq!(bring(&server, &token).await.status, 403);
    let answer = exchange(&server, json!({ "token": token, "appId": "phone app", "userId": OID })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn without_a_provider_or_while_it_is_down_the_answer_says_so() {
    let server = start_with(OidcSettings::default()).await;
    let answer = bring(&server, "aad").await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (403, "Forbidden"));
    assert!(answer.text.contains("--oidc-issuer"), "{}", answer.text);
    let provider = Provider::start().await;
    let server = start_with(provider.settings()).await;
    provider.does(|does| does.is_down = true);
    let answer = bring(&server, &provider.token(json!({}))).await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (503, "ServiceUnavailable"));
    provider.does(|does| does.is_down = false);
    assert_eq!(bring(&server, &provider.token(json!({}))).await.status, 200);
    let unsigned = server.send("POST", "/teamsUser/:exchangeAccessToken?api-version=2023-10-01", &[], "{}").await;
    assert_eq!(unsigned.status, 401);
}
