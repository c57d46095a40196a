//! One attempt to sign in: what binds the provider's answer to the browser that asked.
//!
//! All of it comes from one secret, which the browser keeps in a cookie: so nothing is kept on the server, and the answer is
//! good in that browser alone (RFC 6749 §10.12, RFC 7636, OpenID Connect Core §15.5.2).

use crate::session::new_secret;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_model::{Random, WallMs};

/// How long somebody may take at the provider, in milliseconds. Larger: a browser left behind goes on for longer. Smaller: who looks
/// for a second factor is too late.
pub const ATTEMPT_MS: i64 = 10 * 60 * 1000;
/// The longest path to come back to, in bytes. Larger: a larger cookie. Smaller: a long join link leads home instead.
const RETURN_MAX: usize = 1024;
/// A secret of [`new_secret`], in characters.
const SECRET_LENGTH: usize = 43;

/// One attempt. Has no `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAttempt {
    secret: String,
    begun_at: WallMs,
    /// The page of this server to come back to: a path.
    pub return_to: String,
}

impl SignInAttempt {
    /// A new one, which comes back to `return_to`, or home if that is no page of this server.
    pub fn new(return_to: &str, random: &mut dyn Random, now: WallMs) -> Self {
        let return_to = own_page(return_to).unwrap_or("/").to_owned();
        Self { secret: new_secret(random), begun_at: now, return_to }
    }

    /// The cookie's value.
    pub fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.secret, self.begun_at, URL_SAFE_NO_PAD.encode(&self.return_to))
    }

    /// Reads the cookie's value; `None` if it is none, or its time is over.
    pub fn from_cookie(value: &str, now: WallMs) -> Option<Self> {
        let mut parts = value.split('.');
        let (secret, begun_at, path) = (parts.next()?, parts.next()?.parse::<WallMs>().ok()?, parts.next()?);
        let path = String::from_utf8(URL_SAFE_NO_PAD.decode(path).ok()?).ok()?;
        let age = now.checked_sub(begun_at)?;
        let fits = secret.len() == SECRET_LENGTH && parts.next().is_none() && (0..ATTEMPT_MS).contains(&age);
        let return_to = own_page(&path)?.to_owned();
        fits.then(|| Self { secret: secret.to_owned(), begun_at, return_to })
    }

    fn derived(&self, what: &str) -> String {
        URL_SAFE_NO_PAD.encode(sign(&Key::new(HMAC_SHA256, self.secret.as_bytes()), what.as_bytes()))
    }

    /// `state`: the provider gives it back.
    pub fn state(&self) -> String {
        self.derived("state")
    }

    /// `nonce`: stands in the ID token.
    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// `code_verifier`: proves that the code's exchange comes from who asked for it.
    pub fn verifier(&self) -> String {
        self.derived("code_verifier")
    }

    /// `code_challenge` of the method `S256`.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier().as_bytes()))
    }

    /// Whether a `state` belongs to this attempt.
    pub fn is_state(&self, state: &str) -> bool {
        verify_slices_are_equal(self.state().as_bytes(), state.as_bytes()).is_ok()
    }
}

/// A path, if it is one of the pages to which somebody may be sent after signing in: home and join links. Never another host.
pub fn own_page(path: &str) -> Option<&str> {
    let plain = path.len() <= RETURN_MAX && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let known = path == "/" || path.starts_with("/l/meetup-join/") || path.starts_with("/meet/");
    (plain && known).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn an_attempt_is_read_back_from_its_cookie_within_ten_minutes() {
        let attempt = SignInAttempt::new("/meet/123?p=x", &mut Fixed(1), 1000);
        let read = |now| SignInAttempt::from_cookie(&attempt.to_cookie(), now);
        assert!(read(1000) == Some(attempt.clone()) && read(1000 + ATTEMPT_MS - 1) == Some(attempt.clone()));
        assert!(read(1000 + ATTEMPT_MS).is_none() && read(999).is_none());
        for value in ["", "a.b.c", "..", &format!("{}.x", attempt.to_cookie())] {
            assert!(SignInAttempt::from_cookie(value, 1000).is_none(), "{value}");
        }
    }

    #[test]
    fn state_nonce_and_verifier_differ_from_each_other_and_from_those_of_another_attempt() {
        let (one, other) = (SignInAttempt::new("/", &mut Fixed(1), 0), SignInAttempt::new("/", &mut Fixed(2), 0));
        let all = [one.state(), one.nonce(), one.verifier(), one.challenge(), other.state(), other.nonce()];
        for (at, text) in all.iter().enumerate() {
            assert!(text.len() == 43 && !all[at + 1..].contains(text), "{at}");
            assert!(!one.to_cookie().contains(text.as_str()));
        }
        assert!(one.is_state(&one.state()) && !one.is_state(&other.state()) && !one.is_state(""));
        let hash = digest(&SHA256, one.verifier().as_bytes());
        assert_eq!(one.challenge(), URL_SAFE_NO_PAD.encode(hash));
    }

    #[test]
    fn nobody_is_sent_to_another_host_after_signing_in() {
        for path in ["/", "/meet/123456789?p=pass", "/l/meetup-join/19%3ameeting_x/0?context=%7b%7d"] {
            assert_eq!(own_page(path), Some(path));
        }
        let long = format!("/meet/{}", "1".repeat(RETURN_MAX));
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/meet/1",
            "/api/session",
            "/meet/\\evil",
            "/meet/1\r\nX: y",
            "/meet/ 1",
            "/sign-in",
            &long,
        ] {
            assert_eq!(own_page(path), None, "{path}");
            assert_eq!(SignInAttempt::new(path, &mut Fixed(1), 0).return_to, "/");
        }
    }
}
