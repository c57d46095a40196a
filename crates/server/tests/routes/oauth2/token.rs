//! `POST /{tenant}/oauth2/v2.0/token`.

use super::{application, cli, form, token};
use crate::client::Server;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_server::admin::AdminCommand;
use serde_json::{Value, json};

const PATH: &str = "/organizations/oauth2/v2.0/token";
const WRITE: &str = "OnlineMeetings.ReadWrite.All";

fn claims(token: &str) -> Value {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON")
}

#[tokio::test]
async fn an_application_gets_a_token_for_an_hour_with_its_permissions_as_roles() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let organization = made["tenantId"].as_str().unwrap();
    let url = &server.running.public_url;
    let scope = format!("scope={}%2F.default", url.replace(':', "%3A").replace('/', "%2F"));
    for tenant in ["organizations", "common", organization] {
        let body = format!("{}&{scope}", form(&made));
        let answer = server.send("POST", &format!("/{tenant}/oauth2/v2.0/token"), &[], &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(
            (answer.headers["cache-control"].as_str(), answer.headers["pragma"].as_str()),
            ("no-store", "no-cache")
        );
        let json = answer.json();
        assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("Bearer"), &json!(3600)));
        let claims = claims(json["access_token"].as_str().unwrap());
        assert_eq!((&claims["roles"], &claims["appid"]), (&json!([WRITE]), &made["clientId"]));
        assert_eq!(claims["iss"], format!("{url}/{organization}/v2.0"));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    }
}

#[tokio::test]
async fn the_secret_may_come_as_http_basic() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let pair = format!("{}:{}", made["clientId"].as_str().unwrap(), made["clientSecret"].as_str().unwrap());
    let basic = format!("Basic {}", STANDARD.encode(pair));
    let headers = [("Authorization", basic.as_str())];
    let answer = server.send("POST", PATH, &headers, "grant_type=client_credentials").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_application_are_answered_alike() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let id = made["clientId"].as_str().unwrap();
    let ask = |id: &str| format!("grant_type=client_credentials&client_id={id}&client_secret=wrong");
    let wrong = server.send("POST", PATH, &[], &ask(id)).await;
    let unknown = server.send("POST", PATH, &[], &ask("00000000-0000-4000-8000-000000000000")).await;
    assert_eq!((wrong.status, &wrong.text), (401, &unknown.text));
    assert_eq!((unknown.status, &wrong.json()["error"]), (401, &json!("invalid_client")));
    assert!(wrong.headers["www-authenticate"].starts_with("Basic realm="));
    assert!(wrong.json()["error_description"].as_str().unwrap().contains("convene app"), "{}", wrong.text);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_as_the_standard_names_it() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let good = form(&made);
    for (path, body, status, name) in [
        (PATH, String::new(), 400, "invalid_request"),
        (PATH, "grant_type=password".into(), 400, "unsupported_grant_type"),
        (PATH, format!("{good}&scope=https%3A%2F%2Fother.example%2F.default"), 400, "invalid_scope"),
        (PATH, "grant_type=client_credentials".into(), 401, "invalid_client"),
        ("/00000000-0000-4000-8000-000000000000/oauth2/v2.0/token", good.clone(), 400, "invalid_tenant"),
    ] {
        let answer = server.send("POST", path, &[], &body).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(name)), "{body}: {}", answer.text);
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    let sign_in = server.get("/organizations/oauth2/v2.0/authorize?client_id=x", &[]).await;
    assert_eq!((sign_in.status, &sign_in.json()["error"]), (400, &json!("unsupported_response_type")));
}

#[tokio::test]
async fn after_thirty_wrong_secrets_an_address_waits_even_with_the_right_one() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let wrong = "grant_type=client_credentials&client_id=guess&client_secret=wrong";
    for _ in 0..30 {
        assert_eq!(server.send("POST", PATH, &[], wrong).await.status, 401);
    }
    for body in [wrong, &form(&made)] {
        let answer = server.send("POST", PATH, &[], body).await;
        assert_eq!((answer.status, &answer.json()["error"]), (429, &json!("temporarily_unavailable")));
        assert!(answer.headers["retry-after"].parse::<u64>().is_ok_and(|seconds| (1..=301).contains(&seconds)));
    }
}

#[tokio::test]
async fn secrets_rotate_without_a_pause_and_a_token_ends_with_its_secret_or_its_application() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let id = made["clientId"].as_str().unwrap().to_owned();
    let organizer = cli(&server, AdminCommand::CreateUser { organizer: true, name: "Olga".into() }).await;
    let path = format!("/v1.0/users/{}/onlineMeetings", organizer["id"].as_str().unwrap());
    let status = async |token: &str| server.get(&path, &[("Authorization", &format!("Bearer {token}"))]).await.status;
    let first = token(&server, &made).await;
    let added = cli(&server, AdminCommand::AddSecret { application: id.clone() }).await;
    let second = token(&server, &added).await;
    assert_eq!((status(&first).await, status(&second).await), (200, 200));
    let secret = made["secretId"].as_str().unwrap().to_owned();
    cli(&server, AdminCommand::RemoveSecret { application: id.clone(), secret }).await;
    assert_eq!((status(&first).await, status(&second).await), (401, 200));
    assert_eq!(server.send("POST", PATH, &[], &form(&made)).await.status, 401);
    cli(&server, AdminCommand::DeleteApplication { application: id }).await;
    assert_eq!(status(&second).await, 401);
}

#[tokio::test]
async fn a_client_finds_the_token_endpoint_by_discovery() {
    let server = Server::dev().await;
    let made = application(&server, &[WRITE]).await;
    let organization = made["tenantId"].as_str().unwrap();
    let path = format!("/{organization}/v2.0/.well-known/openid-configuration");
    let found = server.get(&path, &[]).await.json();
    let own = |path: &str| json!(format!("{}{path}", server.running.public_url));
    assert_eq!(found["token_endpoint"], own(&format!("/{organization}/oauth2/v2.0/token")));
    assert_eq!(found["issuer"], own(&format!("/{organization}/v2.0")));
    assert_eq!(found["jwks_uri"], own("/.well-known/jwks.json"));
    assert_eq!(server.get("/other/v2.0/.well-known/openid-configuration", &[]).await.status, 400);
}
