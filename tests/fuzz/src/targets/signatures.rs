//! Signed requests: a signature over any form that clients sign is taken, and nothing that was signed can be changed.
//!
//! The input is read as `form, place, target, NUL, host, NUL, body`.

use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_identity::{SignedRequest, check_signature};
use convene_model::{WallMs, record::AccessKey};
use percent_encoding::percent_decode_str;

pub const WORDS: &[&[u8]] = &[
    b"/identities/8%3Aacs%3Ar_u",
    b"?api-version=2023-10-01",
    b"%25",
    b"%",
    b"+",
    b"&",
    b"=",
    b"\0",
    b"%ff",
    b"?",
    b"%3A",
];

const DATE: &str = "Mon, 23 Nov 2026 08:30:53 GMT";
/// The same second.
const NOW: WallMs = 1_795_422_653_000;
const METHODS: [&str; 4] = ["GET", "POST", "DELETE", "PATCH"];

fn key() -> AccessKey {
    AccessKey(b"a key for tests".to_vec())
}

fn rewritten(target: &str) -> String {
    match target.split_once('?') {
        Some((path, query)) => {
            let pairs = form_urlencoded::parse(query.as_bytes());
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        }
        None => target.to_owned(),
    }
}

fn decoded(target: &str) -> String {
    percent_decode_str(target).decode_utf8_lossy().into_owned()
}

fn without_colons(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    format!("{}{query}", path.replace(':', "%3A"))
}

pub fn run(data: &[u8]) {
    let [form, place, rest @ ..] = data else { return };
    let text = String::from_utf8_lossy(rest);
    let mut parts = text.splitn(3, '\0');
    let mut part = || parts.next().unwrap_or("");
    let (target, host, body) = (format!("/{}", part()), part().to_owned(), part().as_bytes().to_vec());
    let method = METHODS[usize::from(form / 4) % METHODS.len()];
    let forms = |target: &str| [target.to_owned(), rewritten(target), decoded(target), without_colons(target)];
    let signed = forms(&target)[usize::from(form % 4)].clone();
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, &body));
    let over = format!("{method}\n{signed}\n{DATE};{host};{hash}");
    let tag = STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key().0), over.as_bytes()));
    let authorization = format!("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={tag}");
    let request = SignedRequest {
        method,
        target: &target,
        host: &host,
        date: Some(DATE),
        content_hash: Some(&hash),
        authorization: Some(&authorization),
        body: &body,
    };
    let check = |request: &SignedRequest<'_>| check_signature(request, &[key()], NOW);
    assert_eq!(check(&request), Ok(()), "{target:?} signed as {signed:?}");
    assert!(check_signature(&request, &[AccessKey(b"another key".to_vec())], NOW).is_err());

    let place = usize::from(*place);
    let other = METHODS[(usize::from(form / 4) + 1) % METHODS.len()];
    assert!(check(&SignedRequest { method: other, ..request }).is_err(), "another method");
    if let Some(host) = changed(&host, place) {
        assert!(check(&SignedRequest { host: &host, ..request }).is_err(), "{host:?} as the host");
    }
    let date = changed(DATE, place).expect("a date is not empty");
    assert!(check(&SignedRequest { date: Some(&date), ..request }).is_err(), "{date:?} as the date");
    let other = changed(&hash, place).expect("a hash is not empty");
    assert!(check(&SignedRequest { content_hash: Some(&other), ..request }).is_err(), "another hash");
    let other = authorization.replace(&tag, &changed(&tag, place).expect("a signature is not empty"));
    assert!(check(&SignedRequest { authorization: Some(&other), ..request }).is_err(), "another signature");
    let mut longer = body.clone();
    longer.insert(place.min(body.len()), b'x');
    assert!(check(&SignedRequest { body: &longer, ..request }).is_err(), "another body");
    if let Some(other) = changed(&target, place) {
        // Two spellings of one target are the same to the clients that sign another spelling than they send.
        let same = rewritten(&other) == rewritten(&target) || decoded(&other) == decoded(&target);
        let taken = check(&SignedRequest { target: &other, ..request }).is_ok();
        assert!(!taken || same || forms(&other).contains(&signed), "{other:?} was taken for {target:?}");
    }
}

/// The text with one character changed.
fn changed(text: &str, place: usize) -> Option<String> {
    let count = text.chars().count();
    let at = place % count.max(1);
    let change = |(index, c): (usize, char)| if index == at { if c == 'A' { 'B' } else { 'A' } } else { c };
    (count > 0).then(|| text.chars().enumerate().map(change).collect())
}
