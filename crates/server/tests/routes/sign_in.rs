//! `/sign-in/start` and `/sign-in/callback`: signing in by the organization's provider.

use crate::client::{Answer, Server};
use crate::provider::{Provider, Signing, olga};
use convene_model::RawId;
use convene_model::account::{AccountRole, Subject};
use convene_model::record::User;
use convene_server::config::ServeSettings;
use convene_server::oidc::OidcSettings;
use convene_store::Store;
use serde_json::{Value, json};

const OLGA: &str = "8:orgid:44cc0000-0000-4000-8000-00000000000a";

async fn start_with(oidc: OidcSettings) -> Server {
    Server::start(ServeSettings { oidc, ..Default::default() }).await
}

async fn start() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = start_with(provider.settings()).await;
    (provider, server)
}

/// A browser: it keeps cookies and follows no redirect by itself.
#[derive(Default)]
struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for line in &answer.set_cookies {
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            self.cookies.retain(|(known, _)| known != name);
            if !line.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    async fn open(&mut self, server: &Server, path: &str) -> Answer {
        let host = server.running.public_url.trim_start_matches("http://").to_owned();
        let answer = server.get(path, &[("Host", &host), ("Cookie", &self.cookie())]).await;
        self.keep(&answer);
        answer
    }

    /// To the provider and back: the path with the code, not opened yet.
    async fn ask_provider(&mut self, server: &Server, back_to: &str) -> String {
        let begun = self.open(server, &format!("/sign-in/start?return={back_to}")).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let back = crate::client::get_elsewhere(&begun.headers["location"]).await;
        assert_eq!(back.status, 302, "{}", back.text);
        let location = &back.headers["location"];
        location.strip_prefix(&server.running.public_url).unwrap_or_else(|| panic!("{location}")).to_owned()
    }

    async fn sign_in(&mut self, server: &Server) -> Answer {
        let callback = self.ask_provider(server, "/").await;
        self.open(server, &callback).await
    }

    async fn session(&mut self, server: &Server) -> Value {
        self.open(server, "/api/session").await.json()
    }
}

/// Refused with a sentence and a status; nobody is signed in.
async fn refused(server: &Server, status: u16, says: &str) {
    let mut browser = Browser::default();
    let answer = browser.sign_in(server).await;
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains(says), "{says}: {}", answer.text);
    assert!(browser.session(server).await["user"].is_null(), "{says}");
    assert!(!browser.cookie().contains("convene="), "{says}");
}

#[tokio::test]
async fn somebody_of_the_organization_signs_in_comes_back_and_may_make_meetings() {
    let (provider, server) = start().await;
    let mut browser = Browser::default();
    assert_eq!(browser.session(&server).await["provider"], json!({ "label": "Example" }));
    let callback = browser.ask_provider(&server, "/meet/123%3Fp=x").await;
    assert_eq!(provider.scopes(), ["openid", "profile", "email"]);
    let attempt = browser.cookies.iter().find(|(name, _)| name == "convene-attempt");
    assert!(attempt.is_some(), "{:?}", browser.cookies);
    let answer = browser.open(&server, &callback).await;
    assert_eq!((answer.status, answer.headers["location"].as_str()), (303, "/meet/123?p=x"), "{}", answer.text);
    let session = answer.set_cookies.iter().find(|line| line.starts_with("convene=")).expect("a session");
    assert!(session.contains("; Path=/; HttpOnly; SameSite=Lax; "), "{session}");
    assert!(!browser.cookie().contains("convene-attempt"), "an attempt is used once");
    assert_eq!(
        browser.session(&server).await["user"],
        json!({ "id": OLGA, "displayName": "Olga", "email": "olga@example.org", "role": "organizer" })
    );
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Cookie", &browser.cookie())];
    let tokens = server.send("POST", "/api/session/token", &headers, "").await.json();
    let bearer = format!("Bearer {}", tokens["meetingsToken"].as_str().expect("a token"));
    let made =
        server.send("POST", "/v1.0/me/onlineMeetings", &[("Authorization", &bearer)], r#"{"subject":"S"}"#).await;
    assert_eq!(made.status, 201, "{}", made.text);

    let mut other = Browser::default();
    other.sign_in(&server).await;
    assert_eq!(other.session(&server).await["user"]["id"], OLGA, "the same person, the same account");
    assert_eq!(server.running.app.store.accounts().await.expect("the store").len(), 1);
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Cookie", &other.cookie())];
    assert_eq!(server.send("POST", "/api/session/signOutEverywhere", &headers, "").await.status, 204);
    assert!(browser.session(&server).await["user"].is_null() && other.session(&server).await["user"].is_null());
}

#[tokio::test]
async fn an_answer_counts_only_in_the_browser_that_asked_and_once() {
    let (_provider, server) = start().await;
    let (mut attacker, mut victim) = (Browser::default(), Browser::default());
    let callback = attacker.ask_provider(&server, "/").await;
    let none = victim.open(&server, &callback).await;
    assert_eq!(none.status, 400, "without a cookie: {}", none.text);
    victim.ask_provider(&server, "/").await;
    let other = victim.open(&server, &callback).await;
    assert_eq!(other.status, 400, "with the cookie of another attempt: {}", other.text);
    assert!(other.text.contains("not begun in this browser"), "{}", other.text);
    assert!(victim.session(&server).await["user"].is_null());
    let without = callback.split("&state=").next().expect("a code").to_owned();
    assert_eq!(attacker.open(&server, &without).await.status, 400, "without a state");

    let kept = attacker.cookie();
    assert_eq!(attacker.open(&server, &callback).await.status, 303);
    assert_eq!(attacker.open(&server, &callback).await.status, 400, "the attempt is over");
    let host = server.running.public_url.trim_start_matches("http://").to_owned();
    let replayed = server.get(&callback, &[("Host", &host), ("Cookie", &kept)]).await;
    assert_eq!(replayed.status, 403, "the code was used: {}", replayed.text);
    assert!(
        replayed.text.contains("invalid_grant") && replayed.set_cookies.iter().all(|line| line.contains("Max-Age=0"))
    );
}

#[tokio::test]
async fn an_id_token_that_is_not_the_providers_for_this_sign_in_now_signs_nobody_in() {
    let (provider, server) = start().await;
    let cases: [(&str, Value, &str); 9] = [
        ("nonce", json!("of another"), "belongs to another sign-in"),
        ("nonce", Value::Null, "belongs to another sign-in"),
        ("iss", json!("https://evil.example"), "its issuer is another one"),
        ("aud", json!("another app"), "issued for another application"),
        ("aud", json!(["convene", "another app"]), "issued for another application"),
        ("azp", json!("another app"), "issued for another application"),
        ("exp", json!(1_700_000_000), "it has expired"),
        ("iat", json!(4_000_000_000_u64), "not valid yet"),
        ("exp", Value::Null, "no JSON Web Token"),
    ];
    for (claim, value, says) in cases {
        provider.says(claim, value);
        refused(&server, 403, says).await;
        provider.does(|does| does.claims = olga());
    }
    for (signing, says) in [
        (Signing::NotAtAll, "no JSON Web Token"),
        (Signing::WithThePublicKey, "signature does not match"),
        (Signing::ByAnother, "signature does not match"),
        (Signing::ByAnUnknownKey, "a key that the provider does not publish"),
    ] {
        provider.does(|does| does.signing = signing);
        refused(&server, 403, says).await;
    }
    provider.does(|does| does.signing = Signing::Right);
    assert_eq!(Browser::default().sign_in(&server).await.status, 303);
    assert_eq!(server.running.app.store.accounts().await.expect("the store").len(), 1, "nobody else got an account");
}

#[tokio::test]
async fn only_verified_addresses_of_the_allowed_domains_sign_in() {
    let (provider, server) = start().await;
    provider.says("email_verified", json!(false));
    refused(&server, 403, "has not verified your e-mail address olga@example.org").await;
    provider.does(|does| does.claims = olga());
    provider.says("email", json!("olga@evil.example"));
    refused(&server, 403, "olga@evil.example is of no domain that may sign in").await;
    provider.says("email", json!("<script>@evil.example"));
    refused(&server, 403, "&lt;script&gt;@evil.example").await;
    provider.says("email", Value::Null);
    refused(&server, 403, "no e-mail address of yours").await;
    assert!(server.running.app.store.accounts().await.expect("the store").is_empty());
}

#[tokio::test]
async fn who_is_no_longer_let_in_loses_the_role_and_every_session_at_once() {
    let (provider, server) = start().await;
    let mut browser = Browser::default();
    browser.sign_in(&server).await;
    assert_eq!(browser.session(&server).await["user"]["id"], OLGA);
    provider.says("email", json!("olga@left.example"));
    refused(&server, 403, "olga@left.example").await;
    assert!(browser.session(&server).await["user"].is_null());
    provider.says("email", json!("olga@example.org"));
    assert_eq!(browser.sign_in(&server).await.status, 303);
    let user = RawId::parse(OLGA).expect("an id");
    server.running.app.store.disable_account(&user, true).await.expect("the store");
    refused(&server, 403, "Your account on this server is shut").await;
}

#[tokio::test]
async fn roles_come_from_the_claim_and_follow_it() {
    let provider = Provider::start().await;
    let oidc = OidcSettings {
        allowed_domain: vec![],
        roles_claim: Some("realm_access.roles".into()),
        organizer_value: Some("host".into()),
        admin_value: Some("boss".into()),
        scope: vec!["roles".into()],
        ..provider.settings()
    };
    let server = start_with(oidc).await;
    refused(&server, 403, "no role that lets you sign in").await;
    assert_eq!(provider.scopes(), ["openid", "profile", "email", "roles"]);
    let role = async || {
        let mut browser = Browser::default();
        browser.sign_in(&server).await;
        browser.session(&server).await["user"]["role"].clone()
    };
    provider.says("realm_access", json!({ "roles": ["host"] }));
    assert_eq!(role().await, "organizer");
    provider.says("realm_access", json!({ "roles": ["host", "boss"] }));
    assert_eq!(role().await, "admin");
    provider.says("realm_access", json!({ "roles": [] }));
    refused(&server, 403, "no role that lets you sign in").await;
    let account = server.running.app.store.account(&RawId::parse(OLGA).expect("an id")).await.expect("the store");
    assert_eq!(account.expect("an account").role, AccountRole::Member);
}

#[tokio::test]
async fn what_the_token_leaves_out_comes_from_the_userinfo_endpoint() {
    let (provider, server) = start().await;
    provider.does(|does| {
        does.claims = json!({ "sub": "otto" });
        does.userinfo = json!({ "sub": "somebody else", "email": "otto@example.org", "email_verified": true });
    });
    refused(&server, 502, "Example cannot be reached or does not answer as it should").await;
    provider.does(|does| does.userinfo["sub"] = json!("otto"));
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&server).await.status, 303);
    let user = browser.session(&server).await["user"].clone();
    assert_eq!(
        (user["displayName"].as_str(), user["email"].as_str()),
        (Some("otto@example.org"), Some("otto@example.org"))
    );
    let id = user["id"].as_str().expect("an id");
    assert!(id.starts_with("8:orgid:") && !id.contains("otto"), "{id}");
}

#[tokio::test]
async fn a_server_starts_without_its_provider_and_signs_in_as_soon_as_that_answers() {
    let (provider, server) = start().await;
    provider.does(|does| does.is_down = true);
    let down = Browser::default().open(&server, "/sign-in/start").await;
    assert_eq!(down.status, 502);
    assert!(down.text.contains("Example cannot be reached"), "{}", down.text);
    provider.does(|does| (does.is_down, does.issuer) = (false, Some("https://evil.example".into())));
    assert_eq!(Browser::default().open(&server, "/sign-in/start").await.status, 502, "another issuer's configuration");
    provider.does(|does| does.issuer = None);
    assert_eq!(Browser::default().sign_in(&server).await.status, 303);
    provider.rotate();
    assert_eq!(Browser::default().sign_in(&server).await.status, 303, "with a new key");
    provider.does(|does| does.error = Some("access_denied".into()));
    refused(&server, 403, "Example did not sign you in: access_denied").await;
}

#[tokio::test]
async fn nobody_is_led_to_another_site_or_signed_in_where_it_is_not_safe() {
    let (provider, server) = start().await;
    for path in ["https://evil.example", "//evil.example", "/%5Cevil.example", "/api/session", ""] {
        let mut browser = Browser::default();
        let callback = browser.ask_provider(&server, path).await;
        assert_eq!(browser.open(&server, &callback).await.headers["location"], "/", "{path}");
    }
    let loopback = format!("127.0.0.1:{}", server.address().port());
    let moved = server.get("/sign-in/start?return=/meet/1", &[("Host", &loopback)]).await;
    let own = format!("{}/sign-in/start?return=%2Fmeet%2F1", server.running.public_url);
    assert_eq!((moved.status, moved.headers["location"].clone()), (303, own), "cookies are kept by the host's name");

    let http = ServeSettings {
        public_url: Some("http://meet.example.org".into()),
        oidc: provider.settings(),
        ..Default::default()
    };
    assert_eq!(Server::start(http).await.get("/sign-in/start", &[]).await.status, 403);
    let https = ServeSettings {
        public_url: Some("https://meet.example.org".into()),
        oidc: provider.settings(),
        ..Default::default()
    };
    let begun = Server::start(https).await.get("/sign-in/start", &[]).await;
    let attempt = &begun.set_cookies[0];
    assert!(attempt.starts_with("__Host-convene-attempt=") && attempt.ends_with("; Secure"), "{attempt}");
    assert!(begun.headers["location"].contains("redirect_uri=https%3A%2F%2Fmeet.example.org%2Fsign-in%2Fcallback"));
    let none = start_with(OidcSettings::default()).await;
    assert_eq!(none.get("/sign-in/start", &[]).await.status, 404);
    assert!(none.get("/api/session", &[]).await.json()["provider"].is_null());
}

#[tokio::test]
async fn an_imported_user_is_the_person_of_its_id_and_an_account_that_is_there_is_never_taken_over() {
    let (provider, server) = start().await;
    let store = &server.running.app.store;
    let imported = User { id: RawId::parse(OLGA).expect("an id"), display_name: None, generation: 3, created_at: 1 };
    store.insert_user(&imported).await.expect("a new user");
    let mut browser = Browser::default();
    browser.sign_in(&server).await;
    assert_eq!(browser.session(&server).await["user"]["id"], OLGA);
    let kept = store.user(&imported.id).await.expect("the store");
    assert_eq!(kept, Some(User { display_name: Some("Olga".into()), ..imported.clone() }));

    let other = Provider::start().await;
    let folder = server.folder.clone();
    let second = start_with(other.settings()).await;
    let account = store.account(&imported.id).await.expect("the store").expect("an account");
    let subject = Subject { issuer: "https://former.example".into(), subject: "x".into() };
    let user = User { created_at: 1, ..imported };
    second.running.app.store.insert_account(&user, &account, Some(&subject)).await.expect("a new account");
    let mut browser = Browser::default();
    browser.sign_in(&second).await;
    let id = browser.session(&second).await["user"]["id"].clone();
    assert_ne!(id, OLGA, "an account of another provider with the same id stays its owner's");
    assert!(folder.exists() && provider.url() != other.url());
}
