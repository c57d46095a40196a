//! Signed requests as clients send them: taken as they are, refused when anything about them is changed.

use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_identity::{CLOCK_WINDOW_MS, SignatureRefused, SignedRequest, check_signature};
use convene_model::{WallMs, record::AccessKey};

/// A request that the published JavaScript client (communication-identity 1.3.1) sent, with a key for tests.
const KEY: &str = "c2VjcmV0LWtleS1mb3ItdGVzdGluZy1vbmx5ISEhISE=";
const BODY: &[u8] = br#"{"createTokenWithScopes":["chat","voip"],"expiresInMinutes":60}"#;
const CAPTURED: SignedRequest<'static> = SignedRequest {
    method: "POST",
    target: "/identities?api-version=2023-10-01",
    host: "localhost:18081",
    date: Some("Mon, 23 Nov 2026 08:30:53 GMT"),
    content_hash: Some("jENEeifYNCidF9FcfXJ54WzhK3ED/2UrQyA4+oWOZKc="),
    authorization: Some(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=TBjRBAnGs3/pLznrbaqUyMEFjOUzubP0qVgJByIWTD0=",
    ),
    body: BODY,
};

/// 2026-11-23T08:30:53Z.
const SENT_AT: WallMs = 1_795_422_653_000;

fn key() -> AccessKey {
    AccessKey(STANDARD.decode(KEY).unwrap())
}

fn other_key() -> AccessKey {
    AccessKey(vec![7; 64])
}

/// Signs `signed` as the target, whatever is sent.
fn authorization(method: &str, signed: &str, host: &str, date: &str, body: &[u8]) -> (String, String) {
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, body));
    let text = format!("{method}\n{signed}\n{date};{host};{hash}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key().0), text.as_bytes());
    let header =
        format!("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={}", STANDARD.encode(tag));
    (header, hash)
}

fn check(request: &SignedRequest<'_>) -> Result<(), SignatureRefused> {
    check_signature(request, &[key(), other_key()], SENT_AT)
}

#[test]
fn the_captured_request_is_taken_with_either_key_of_two() {
    assert_eq!(check_signature(&CAPTURED, &[key(), other_key()], SENT_AT), Ok(()));
    assert_eq!(check_signature(&CAPTURED, &[other_key(), key()], SENT_AT), Ok(()));
    assert_eq!(check_signature(&CAPTURED, &[other_key()], SENT_AT), Err(SignatureRefused::WrongSignature));
    assert_eq!(check_signature(&CAPTURED, &[], SENT_AT), Err(SignatureRefused::WrongSignature));
}

#[test]
fn nothing_of_a_signed_request_can_be_changed() {
    let changed = [
        SignedRequest { method: "PUT", ..CAPTURED },
        SignedRequest { target: "/identities?api-version=2022-10-01", ..CAPTURED },
        SignedRequest { target: "/rooms?api-version=2023-10-01", ..CAPTURED },
        SignedRequest { host: "localhost:18082", ..CAPTURED },
        SignedRequest { date: Some("Mon, 23 Nov 2026 08:30:54 GMT"), ..CAPTURED },
    ];
    for request in changed {
        assert_eq!(check(&request), Err(SignatureRefused::WrongSignature));
    }
    let larger = br#"{"createTokenWithScopes":["chat","voip"],"expiresInMinutes":1440}"#;
    assert_eq!(check(&SignedRequest { body: larger, ..CAPTURED }), Err(SignatureRefused::BodyChanged));
    let (_, hash) = authorization("POST", "/", "h", "d", larger);
    let both = SignedRequest { body: larger, content_hash: Some(&hash), ..CAPTURED };
    assert_eq!(check(&both), Err(SignatureRefused::WrongSignature));
}

#[test]
fn what_is_missing_or_unreadable_is_refused() {
    for request in [
        SignedRequest { date: None, ..CAPTURED },
        SignedRequest { content_hash: None, ..CAPTURED },
        SignedRequest { authorization: None, ..CAPTURED },
        SignedRequest { authorization: Some("Bearer x"), ..CAPTURED },
    ] {
        assert_eq!(check(&request), Err(SignatureRefused::Unsigned));
    }
    for date in ["", "now", "2026-11-23T08:30:53Z", "Mon, 99 Nov 2026 08:30:53 GMT"] {
        let request = SignedRequest { date: Some(date), ..CAPTURED };
        assert_eq!(check(&request), Err(SignatureRefused::UnreadableDate), "{date}");
    }
}

#[test]
fn a_request_is_taken_for_a_quarter_of_an_hour_either_way() {
    let at = |now| check_signature(&CAPTURED, &[key()], now);
    for now in [SENT_AT - CLOCK_WINDOW_MS, SENT_AT, SENT_AT + CLOCK_WINDOW_MS] {
        assert_eq!(at(now), Ok(()));
    }
    for now in [SENT_AT - CLOCK_WINDOW_MS - 1, SENT_AT + CLOCK_WINDOW_MS + 1, WallMs::MIN, WallMs::MAX] {
        assert_eq!(at(now), Err(SignatureRefused::WrongClock));
    }
}

/// Each pair: what is sent, what the client signs.
#[test]
fn each_form_of_the_target_that_clients_sign_is_taken() {
    let user = "8%3Aacs%3A11111111-2222-3333-4444-555555555555_00000000-aaaa-bbbb-cccc-dddddddddddd";
    let path = format!("/identities/{user}/:issueAccessToken?api-version=2023-10-01");
    let pairs = [
        (path.clone(), path.clone()),
        (path.clone(), path.replace("%3A", ":")),
        ("/rooms?$skip=1&api-version=2025-03-13".into(), "/rooms?%24skip=1&api-version=2025-03-13".into()),
        (
            "/chat/threads?startTime=2026-01-01T00%3A00%3A00.000Z".into(),
            "/chat/threads?startTime=2026-01-01T00:00:00.000Z".into(),
        ),
        ("/rooms?token=a%20b~c".into(), "/rooms?token=a+b%7Ec".into()),
    ];
    for (sent, signed) in pairs {
        let date = CAPTURED.date.unwrap();
        let (header, hash) = authorization("GET", &signed, "localhost:8080", date, b"");
        let request = SignedRequest {
            method: "GET",
            target: &sent,
            host: "localhost:8080",
            date: Some(date),
            content_hash: Some(&hash),
            authorization: Some(&header),
            body: b"",
        };
        assert_eq!(check(&request), Ok(()), "{sent} signed as {signed}");
        let other = SignedRequest { target: "/rooms/another", ..request };
        assert_eq!(check(&other), Err(SignatureRefused::WrongSignature), "{signed}");
    }
}

#[test]
fn the_hash_of_an_empty_body_is_the_one_that_clients_send() {
    let (_, hash) = authorization("GET", "/", "h", "d", b"");
    assert_eq!(hash, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn rubbish_is_refused_without_a_panic() {
    for target in ["", "?", "??", "%", "%ff%fe", "/a?%zz=&&==", "\u{0}", "/é?é"] {
        let request = SignedRequest { target, host: "\u{0}", ..CAPTURED };
        assert_eq!(check(&request), Err(SignatureRefused::WrongSignature), "{target:?}");
    }
}
