//! A small OpenID Connect provider for the tests: it signs in whoever comes, as whom and how a test says.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_server::clock::wall_now;
use convene_server::oidc::OidcSettings;
use convene_server::secret::Secret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub const CLIENT: &str = "convene";
pub const SECRET: &str = "a secret & more: of the tests";

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// As it should be.
    Right,
    /// Not at all: `alg` is `none`.
    NotAtAll,
    /// By HMAC, with the public key as the secret.
    WithThePublicKey,
    /// By a key of somebody else, under the provider's own name for its key.
    ByAnother,
    /// By a key that is not published.
    ByAnUnknownKey,
}

/// What the provider does next.
#[derive(Clone)]
pub struct Does {
    /// What it says of who comes; instead of what it would say itself, `null` leaves a claim out.
    pub claims: Value,
    /// What its userinfo endpoint says.
    pub userinfo: Value,
    pub signing: Signing,
    /// Answers 503 to everything.
    pub is_down: bool,
    /// The issuer in its configuration, if it is a wrong one.
    pub issuer: Option<String>,
    /// An error instead of a code.
    pub error: Option<String>,
}

struct Grant {
    challenge: String,
    nonce: String,
    redirect_uri: String,
}

struct Shared {
    url: String,
    key: Mutex<(String, KeyPair)>,
    other: KeyPair,
    does: Mutex<Does>,
    codes: Mutex<BTreeMap<String, Grant>>,
    scopes: Mutex<Vec<String>>,
}

pub struct Provider(Arc<Shared>);

fn new_key() -> KeyPair {
    KeyPair::generate(KeySize::Rsa2048).expect("a key")
}

/// Olga of the organization.
pub fn olga() -> Value {
    json!({ "sub": "44cc0000-0000-4000-8000-00000000000a", "name": "Olga", "email": "olga@example.org", "email_verified": true })
}

impl Provider {
    /// One that signs Olga in.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let does = Does {
            claims: olga(),
            userinfo: Value::Null,
            signing: Signing::Right,
            is_down: false,
            issuer: None,
            error: None,
        };
        let shared = Arc::new(Shared {
            url,
            key: Mutex::new(("first".into(), new_key())),
            other: new_key(),
            does: Mutex::new(does),
            codes: Mutex::default(),
            scopes: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self(shared)
    }

    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Settings of a server that lets in people of example.org.
    pub fn settings(&self) -> OidcSettings {
        OidcSettings {
            issuer: Some(self.0.url.clone()),
            client_id: Some(CLIENT.into()),
            client_secret: Some(Secret::from(SECRET.to_owned())),
            label: Some("Example".into()),
            allowed_domain: vec!["example.org".into()],
            ..Default::default()
        }
    }

    /// Changes what it does.
    pub fn does(&self, change: impl FnOnce(&mut Does)) {
        change(&mut self.0.does.lock().expect("a lock"));
    }

    /// Says something else of who comes.
    pub fn says(&self, claim: &str, value: Value) {
        self.does(|does| does.claims[claim] = value);
    }

    /// Replaces its key.
    pub fn rotate(&self) {
        *self.0.key.lock().expect("a lock") = ("second".into(), new_key());
    }

    /// The scopes that were asked for last.
    pub fn scopes(&self) -> Vec<String> {
        self.0.scopes.lock().expect("a lock").clone()
    }

    /// A token of its own accord, with what it says now and this.
    pub fn token(&self, more: Value) -> String {
        self.0.signed(more)
    }
}

impl Shared {
    fn signed(&self, more: Value) -> String {
        let does = self.does.lock().expect("a lock").clone();
        let now = wall_now() / 1000;
        let mut claims = json!({ "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300 });
        for (name, value) in more.as_object().into_iter().chain(does.claims.as_object()).flatten() {
            claims[name] = value.clone();
        }
        let claims = claims.as_object_mut().expect("an object");
        claims.retain(|_, value| !value.is_null());
        let key = self.key.lock().expect("a lock");
        let (alg, kid) = match does.signing {
            Signing::Right | Signing::ByAnother => ("RS256", key.0.as_str()),
            Signing::NotAtAll => ("none", key.0.as_str()),
            Signing::WithThePublicKey => ("HS256", key.0.as_str()),
            Signing::ByAnUnknownKey => ("RS256", "unknown"),
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&json!({ "alg": alg, "kid": kid })), part(&json!(claims)));
        let rsa = |key: &KeyPair| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("signed");
            signature
        };
        let signature = match does.signing {
            Signing::Right => rsa(&key.1),
            Signing::NotAtAll => vec![],
            Signing::WithThePublicKey => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, key.1.public_key().as_ref());
                hmac::sign(&secret, text.as_bytes()).as_ref().to_vec()
            }
            Signing::ByAnother | Signing::ByAnUnknownKey => rsa(&self.other),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn fields(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

async fn configuration(State(shared): State<Arc<Shared>>) -> Response {
    let does = shared.does.lock().expect("a lock").clone();
    if does.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let url = &shared.url;
    let mut text = json!({
        "issuer": does.issuer.unwrap_or_else(|| url.clone()),
        "authorization_endpoint": format!("{url}/authorize?theme=dark"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
    });
    if !does.userinfo.is_null() {
        text["userinfo_endpoint"] = json!(format!("{url}/userinfo"));
    }
    Json(text).into_response()
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let key = shared.key.lock().expect("a lock");
    let public = key.1.public_key();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({ "keys": [
        { "kty": "RSA", "use": "enc", "kid": "of another use", "n": "AQAB", "e": "AQAB", "alg": "RSA-OAEP-256" },
        { "kty": "oct", "kid": "symmetric", "k": "c2VjcmV0" },
        {
            "kty": "RSA", "use": "sig", "kid": key.0,
            "n": text(public.modulus().big_endian_without_leading_zero()),
            "e": text(public.exponent().big_endian_without_leading_zero()),
        },
    ] }))
}

async fn authorize(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let mut given = fields(&query.unwrap_or_default());
    let mut take = |name: &str| given.remove(name).unwrap_or_default();
    assert_eq!(
        (take("response_type"), take("client_id"), take("theme")),
        ("code".into(), CLIENT.into(), "dark".into())
    );
    assert_eq!(take("code_challenge_method"), "S256");
    *shared.scopes.lock().expect("a lock") = take("scope").split(' ').map(str::to_owned).collect();
    let (redirect_uri, state) = (take("redirect_uri"), take("state"));
    let grant = Grant { challenge: take("code_challenge"), nonce: take("nonce"), redirect_uri: redirect_uri.clone() };
    let said = match &shared.does.lock().expect("a lock").error {
        Some(error) => format!("error={error}"),
        None => {
            let mut codes = shared.codes.lock().expect("a lock");
            let code = format!("code-{}", codes.len());
            codes.insert(code.clone(), grant);
            format!("code={code}")
        }
    };
    (StatusCode::FOUND, [(header::LOCATION, format!("{redirect_uri}?{said}&state={state}"))]).into_response()
}

async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET))));
    if headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some(&basic) {
        return refuse("invalid_client");
    }
    let given = fields(&String::from_utf8_lossy(&body));
    let grant = shared.codes.lock().expect("a lock").remove(&given["code"]);
    // The place of a code that was used stays taken.
    shared.codes.lock().expect("a lock").insert(
        format!("used {}", given["code"]),
        Grant { challenge: String::new(), nonce: String::new(), redirect_uri: String::new() },
    );
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, given["code_verifier"].as_bytes()));
    match grant {
        Some(grant) if grant.redirect_uri == given["redirect_uri"] && grant.challenge == challenge => {
            let id_token = shared.signed(json!({ "nonce": grant.nonce }));
            Json(json!({ "token_type": "Bearer", "access_token": "opaque", "id_token": id_token })).into_response()
        }
        Some(_) | None => refuse("invalid_grant"),
    }
}

async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer != Some("Bearer opaque") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(shared.does.lock().expect("a lock").userinfo.clone()).into_response()
}
