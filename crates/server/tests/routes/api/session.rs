//! `/api/session`: signing in and out by a password.

use crate::client::{Answer, Server};
use crate::signaling::{Client, group, joined};
use convene_identity::{new_session, secret_hash};
use convene_model::account::{Account, AccountRole, PasswordLink};
use convene_model::record::User;
use convene_model::{RawId, WallMs};
use convene_protocol::ServerMessage;
use convene_server::clock::{OsRandom, wall_now};
use convene_server::config::ServeSettings;
use convene_store::Store;
use serde_json::json;
use std::time::{Duration, Instant};

const PASSWORD: &str = "a few words in a row";

async fn start() -> Server {
    Server::start(ServeSettings::default()).await
}

/// A page of the server asks, with the session of this cookie.
async fn page(server: &Server, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie)];
    server.send(method, path, &headers, body).await
}

/// An account whose password the link with this secret sets.
async fn account(server: &Server, name: &str, secret: &str) -> RawId {
    let now = wall_now();
    let user =
        User { id: RawId::organization_user(name), display_name: Some("Olga".into()), generation: 0, created_at: now };
    let account = Account {
        user: user.id.clone(),
        email: Some(format!("{name}@example.org")),
        local: true,
        role: AccountRole::Organizer,
        password: None,
        disabled: false,
        created_at: now,
    };
    let store = &server.running.app.store;
    store.insert_account(&user, &account, None).await.expect("a new account");
    let link = PasswordLink { hash: secret_hash(secret), user: user.id.clone(), expires_at: now + 60_000 };
    store.insert_password_link(&link).await.expect("a new link");
    user.id
}

async fn set_password(server: &Server, secret: &str, password: &str) -> Answer {
    let body = json!({ "secret": secret, "password": password }).to_string();
    page(server, "POST", "/api/session/password", "", &body).await
}

async fn sign_in(server: &Server, email: &str, password: &str, cookie: &str) -> Answer {
    let body = json!({ "email": email, "password": password }).to_string();
    page(server, "POST", "/api/session", cookie, &body).await
}

/// What a browser sends back of `Set-Cookie`.
fn cookie(answer: &Answer) -> String {
    answer.headers["set-cookie"].split(';').next().expect("a pair").to_owned()
}

async fn is_in(server: &Server, cookie: &str) -> bool {
    let answer = page(server, "GET", "/api/session", cookie, "").await;
    assert_eq!((answer.status, answer.headers["cache-control"].as_str()), (200, "no-store"));
    !answer.json()["user"].is_null()
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_the_password_signs_in() {
    let server = start().await;
    account(&server, "olga", "secret").await;
    let shown = page(&server, "POST", "/api/session/link", "", r#"{"secret":"secret"}"#).await;
    assert_eq!(shown.json(), json!({ "email": "olga@example.org" }));
    let short = set_password(&server, "secret", "elevenchars").await;
    assert_eq!(short.status, 400);
    assert!(short.text.contains("12 characters"), "{}", short.text);
    let set = set_password(&server, "secret", PASSWORD).await;
    assert_eq!(set.status, 200, "{}", set.text);
    assert!(is_in(&server, &cookie(&set)).await);
    assert_eq!(set_password(&server, "secret", "another few words").await.status, 404);
    assert_eq!(page(&server, "POST", "/api/session/link", "", r#"{"secret":"secret"}"#).await.status, 404);
    let answer = sign_in(&server, " OLGA@example.org", PASSWORD, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(
        answer.json()["user"],
        json!({ "id": "8:orgid:olga", "displayName": "Olga", "email": "olga@example.org", "role": "organizer" })
    );
    let set = &answer.headers["set-cookie"];
    assert!(set.contains("; Path=/; HttpOnly; SameSite=Lax; ") && !set.contains("Secure"), "{set}");
    let kept =
        server.running.app.store.session(cookie(&answer).trim_start_matches("convene=")).await.expect("the store");
    assert!(kept.is_none(), "the secret itself is nowhere in the store");
}

#[tokio::test]
async fn over_https_the_cookie_has_its_prefix_and_over_plain_http_elsewhere_nobody_signs_in() {
    let https =
        Server::start(ServeSettings { public_url: Some("https://meet.example.org".into()), ..Default::default() })
            .await;
    account(&https, "olga", "secret").await;
    let set = set_password(&https, "secret", PASSWORD).await;
    let line = &set.headers["set-cookie"];
    assert!(line.starts_with("__Host-convene=") && line.ends_with("; Secure"), "{line}");
    assert!(is_in(&https, &cookie(&set)).await);
    assert!(!is_in(&https, cookie(&set).trim_start_matches("__Host-")).await, "only the name with the prefix counts");
    let http =
        Server::start(ServeSettings { public_url: Some("http://meet.example.org".into()), ..Default::default() }).await;
    account(&http, "olga", "secret").await;
    let refused = set_password(&http, "secret", PASSWORD).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("https") && !refused.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_a_shut_account_answer_alike() {
    let server = start().await;
    let user = account(&server, "olga", "secret").await;
    account(&server, "otto", "none yet").await;
    set_password(&server, "secret", PASSWORD).await;
    let wrong = sign_in(&server, "olga@example.org", "some other words", "").await;
    assert_eq!(wrong.status, 401);
    for (email, password) in [("nobody@example.org", PASSWORD), ("otto@example.org", PASSWORD), ("rubbish", PASSWORD)] {
        let answer = sign_in(&server, email, password, "").await;
        assert_eq!((answer.status, answer.text), (401, wrong.text.clone()), "{email}");
    }
    assert!(server.running.app.store.disable_account(&user, true).await.expect("the store"));
    let answer = sign_in(&server, "olga@example.org", PASSWORD, "").await;
    assert_eq!((answer.status, answer.text), (401, wrong.text.clone()));
}

#[tokio::test]
async fn guessing_a_password_has_to_stop_also_for_the_right_one() {
    let server = start().await;
    account(&server, "olga", "secret").await;
    set_password(&server, "secret", PASSWORD).await;
    for _ in 0..10 {
        assert_eq!(sign_in(&server, "olga@example.org", "some other words", "").await.status, 401);
    }
    let answer = sign_in(&server, "olga@example.org", PASSWORD, "").await;
    assert_eq!(answer.status, 429);
    assert!(answer.headers["retry-after"].parse::<u64>().is_ok_and(|seconds| seconds <= 301));
    assert_eq!(sign_in(&server, "other@example.org", PASSWORD, "").await.status, 401);
}

#[tokio::test]
async fn what_changes_something_is_refused_from_every_other_site() {
    let server = start().await;
    account(&server, "olga", "secret").await;
    let set = set_password(&server, "secret", PASSWORD).await;
    let session = cookie(&set);
    let routes = [
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("POST", "/api/session/token"),
        ("POST", "/api/session/signOutEverywhere"),
        ("POST", "/api/session/link"),
        ("POST", "/api/session/password"),
    ];
    let credentials = json!({ "email": "olga@example.org", "password": PASSWORD, "secret": "secret" }).to_string();
    for (method, path) in routes {
        let elsewhere = [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "https://evil.example"),
            ("X-None", ""),
        ];
        for header in elsewhere {
            let answer = server.send(method, path, &[header, ("Cookie", &session)], &credentials).await;
            assert_eq!(answer.status, 403, "{method} {path} {header:?}");
            assert!(!answer.headers.contains_key("set-cookie"), "{method} {path} {header:?}");
        }
    }
    assert!(is_in(&server, &session).await);
}

#[tokio::test]
async fn signing_in_makes_a_new_secret_and_ends_the_browsers_former_session() {
    let server = start().await;
    account(&server, "olga", "secret").await;
    let first = cookie(&set_password(&server, "secret", PASSWORD).await);
    let brought = format!("convene={}", "a".repeat(43));
    let second = cookie(&sign_in(&server, "olga@example.org", PASSWORD, &brought).await);
    assert_ne!(second, brought);
    assert!(!is_in(&server, &brought).await);
    let third = cookie(&sign_in(&server, "olga@example.org", PASSWORD, &first).await);
    assert!(!is_in(&server, &first).await && is_in(&server, &second).await && is_in(&server, &third).await);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let server = start().await;
    account(&server, "olga", "secret").await;
    let one = cookie(&set_password(&server, "secret", PASSWORD).await);
    let other = cookie(&sign_in(&server, "olga@example.org", PASSWORD, "").await);
    let answer = page(&server, "DELETE", "/api/session", &one, "").await;
    assert_eq!((answer.status, answer.headers["set-cookie"].contains("Max-Age=0")), (204, true));
    assert!(!is_in(&server, &one).await && is_in(&server, &other).await);
    assert_eq!(page(&server, "POST", "/api/session/token", &one, "").await.status, 401);
}

#[tokio::test]
async fn signing_out_everywhere_ends_sessions_tokens_and_live_calls_within_a_second() {
    let server = start().await;
    account(&server, "olga", "secret").await;
    let one = cookie(&set_password(&server, "secret", PASSWORD).await);
    let other = cookie(&sign_in(&server, "olga@example.org", PASSWORD, "").await);
    let tokens = page(&server, "POST", "/api/session/token", &other, "").await.json();
    let text = |name: &str| tokens[name].as_str().expect("a text").to_owned();
    let bearer = format!("Bearer {}", text("meetingsToken"));
    let headers = [("Authorization", bearer.as_str())];
    let meetings = || server.get("/v1.0/me/onlineMeetings", &headers);
    assert_eq!(meetings().await.status, 200);
    let mut live = Client::connect(&server, &text("token")).await;
    live.ask(group()).await;
    live.until(joined).await;

    let since = Instant::now();
    assert_eq!(page(&server, "POST", "/api/session/signOutEverywhere", &one, "").await.status, 204);
    let goodbye = live
        .until(|message| match message {
            ServerMessage::Goodbye { error } => Some(error),
            _ => None,
        })
        .await;
    assert_eq!((goodbye.code, goodbye.sub_code), (401, 10009));
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    assert!(!is_in(&server, &one).await && !is_in(&server, &other).await);
    assert_eq!(meetings().await.status, 401);
}

#[tokio::test]
async fn a_session_ends_when_it_was_not_used_for_long_or_is_old() {
    const HOUR: WallMs = 60 * 60 * 1000;
    let server = start().await;
    let user = account(&server, "olga", "secret").await;
    let now = wall_now();
    for (age, unused, holds) in [(1, 1, true), (13, 11, true), (13, 13, false), (24 * 8, 1, false)] {
        let (secret, mut session) = new_session(user.clone(), &mut OsRandom, now - age * HOUR);
        session.seen_at = now - unused * HOUR;
        server.running.app.store.insert_session(&session, None).await.expect("the store");
        assert_eq!(is_in(&server, &format!("convene={secret}")).await, holds, "{age} {unused}");
    }
}
