//! How much one client may ask for.

use crate::client::{Answer, Server};
use crate::identities::{App, error_code};
use convene_server::config::ServeSettings;

/// More than a burst of five at one a second.
const MANY: usize = 100;

async fn server(trusted: &[&str]) -> Server {
    let trusted_proxy = trusted.iter().map(|address| address.parse().expect("an address")).collect();
    Server::start(ServeSettings { requests_per_second: Some(1), trusted_proxy, ..Default::default() }).await
}

fn assert_told_to_wait(answer: &Answer) {
    assert_eq!((answer.status, answer.headers["retry-after"].as_str()), (429, "1"), "{}", answer.text);
    assert_eq!(answer.json()["error"]["code"], "tooManyRequests");
}

/// Asks until there is another answer than the first ones.
async fn until_told_to_wait(server: &Server, headers: &[(&str, &str)]) -> Answer {
    for round in 0..MANY {
        let answer = server.get("/healthz", headers).await;
        if answer.status != 200 {
            assert!(round >= 5, "refused after {round} requests");
            return answer;
        }
    }
    panic!("{MANY} requests were answered");
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_again_and_still_gets_the_pages() {
    let server = server(&[]).await;
    assert_told_to_wait(&until_told_to_wait(&server, &[]).await);
    for _ in 0..10 {
        assert_eq!(server.get("/", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn nobody_but_a_trusted_proxy_speaks_for_other_addresses() {
    let proxied = server(&["127.0.0.1"]).await;
    assert_told_to_wait(&until_told_to_wait(&proxied, &[("X-Forwarded-For", "198.51.100.1")]).await);
    assert_eq!(proxied.get("/healthz", &[("X-Forwarded-For", "198.51.100.2")]).await.status, 200);

    // What a client says of itself gives it no further burst: one more may pass, when a second is over in the meantime.
    let direct = server(&["10.0.0.1"]).await;
    assert_told_to_wait(&until_told_to_wait(&direct, &[("X-Forwarded-For", "198.51.100.1")]).await);
    let mut passed = 0;
    while direct.get("/healthz", &[("X-Forwarded-For", "198.51.100.2")]).await.status == 200 {
        passed += 1;
    }
    assert!(passed < 5, "{passed} more were let through");
}

#[tokio::test]
async fn the_key_of_a_resource_is_limited_wherever_its_requests_come_from() {
    let server = server(&["127.0.0.1"]).await;
    let app = App::new(&server).await;
    for round in 0..MANY {
        let from = format!("198.51.100.{round}");
        let request = app.sign("POST", "/identities?api-version=2023-10-01", "").header("X-Forwarded-For", from);
        let answer = app.send(&request).await;
        if answer.status != 201 {
            assert!(round >= 5, "refused after {round} requests");
            return assert_told_to_wait(&answer);
        }
    }
    panic!("{MANY} requests were answered");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let answer = app.ask("POST", "/identities", &"x".repeat(70_000)).await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (413, "RequestEntityTooLarge"), "{}", answer.text);
}
