//! The session's cookie, and what a request that changes something must come from.

use crate::hosts::{is_loopback_host, own_hosts};
use axum::http::{HeaderMap, HeaderValue, header};
use convene_identity::SESSION_MAX_MS;
use convene_identity::oidc::ATTEMPT_MS;

/// The cookie's name over https: browsers take it only with `Secure`, for this very host and all its paths.
const NAME: &str = "__Host-convene";
/// Its name on a development server over plain http, where there is no `Secure`.
const PLAIN_NAME: &str = "convene";

/// The name of the cookie of an attempt to sign in by a provider, over https and on a development server.
const ATTEMPT_NAME: &str = "__Host-convene-attempt";
const PLAIN_ATTEMPT_NAME: &str = "convene-attempt";

fn is_https(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

fn name(public_url: &str) -> &'static str {
    if is_https(public_url) { NAME } else { PLAIN_NAME }
}

/// Whether a session may be held at all: over https, or on loopback, where nobody listens.
pub fn may_sign_in(public_url: &str) -> bool {
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    is_https(public_url) || is_loopback_host(host)
}

/// The secret that a request carries.
pub fn secret_of<'a>(headers: &'a HeaderMap, public_url: &str) -> Option<&'a str> {
    values_of(headers, name(public_url)).find(|value| value.len() == 43)
}

fn values_of<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

/// The attempt to sign in by a provider that a request carries.
pub fn attempt_of<'a>(headers: &'a HeaderMap, public_url: &str) -> Option<&'a str> {
    values_of(headers, if is_https(public_url) { ATTEMPT_NAME } else { PLAIN_ATTEMPT_NAME }).next()
}

/// The `Set-Cookie` that begins an attempt, or without one ends it. `Lax`, since the provider sends the browser back.
pub fn set_attempt(value: Option<&str>, public_url: &str) -> Option<HeaderValue> {
    let (name, secure) = match is_https(public_url) {
        true => (ATTEMPT_NAME, "; Secure"),
        false => (PLAIN_ATTEMPT_NAME, ""),
    };
    let age = if value.is_some() { ATTEMPT_MS / 1000 } else { 0 };
    let value = value.unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")).ok()
}

/// The `Set-Cookie` that begins a session, or without a secret ends it.
pub fn set_cookie(secret: Option<&str>, public_url: &str) -> Option<HeaderValue> {
    let (name, secure) = (name(public_url), if is_https(public_url) { "; Secure" } else { "" });
    let age = if secret.is_some() { SESSION_MAX_MS / 1000 } else { 0 };
    let secret = secret.unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")).ok()
}

/// Whether a request that changes something comes from a page of this server. Browsers say where it comes from by
/// `Sec-Fetch-Site` and `Origin`; what says neither is no page.
pub fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some((scheme, host)) = text("origin").and_then(|origin| origin.split_once("://")) else { return false };
    let own_scheme = public_url.starts_with(&format!("{scheme}://"));
    own_scheme && (public_url.ends_with(&format!("://{host}")) || own_hosts(public_url).contains(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://meet.example.org";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts() {
        let text = set_cookie(Some("s"), URL).unwrap();
        assert_eq!(text, "__Host-convene=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure");
        let text = set_cookie(None, "http://localhost:8080").unwrap();
        assert_eq!(text, "convene=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
        assert!(may_sign_in(URL) && may_sign_in("http://localhost:8080") && may_sign_in("http://[::1]:80"));
        assert!(!may_sign_in("http://meet.example.org"));
    }

    #[test]
    fn only_pages_of_this_server_change_something() {
        let same = |pairs: &[_]| is_same_origin(&headers(pairs), URL);
        assert!(same(&[("sec-fetch-site", "same-origin")]) && same(&[("origin", URL)]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!is_same_origin(&headers(&[("sec-fetch-site", site), ("origin", URL)]), URL), "{site}");
        }
        for origin in
            ["null", "http://meet.example.org", "https://evil.example", "https://meet.example.org.evil.example"]
        {
            assert!(!is_same_origin(&headers(&[("origin", origin)]), URL), "{origin}");
        }
        assert!(!same(&[]));
        assert!(is_same_origin(&headers(&[("origin", "http://127.0.0.1:8080")]), "http://localhost:8080"));
    }
}
