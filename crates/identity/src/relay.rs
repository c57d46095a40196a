//! Credentials for TURN servers that share a secret with this one, good for a time (draft-uberti-behave-turn-rest-00; coturn's
//! `use-auth-secret`).

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use convene_model::{RawId, WallMs};
use std::fmt;

/// For how long they are good after the token has expired, in milliseconds: allocations of calls that go on are refreshed with them.
const AFTER_TOKEN_MS: WallMs = 60 * 60 * 1000;

/// The operator's TURN servers.
#[derive(Clone)]
pub struct Relays {
    urls: Vec<String>,
    secret: Vec<u8>,
}

/// What one client signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayCredentials {
    /// When it ends, in seconds since 1970, and whose it is.
    pub username: String,
    /// By the shared secret.
    pub credential: String,
}

impl Relays {
    /// TURN servers at `urls` (RFC 7065) that know `secret`.
    pub fn new(urls: Vec<String>, secret: &str) -> Relays {
        Relays { urls, secret: secret.as_bytes().to_vec() }
    }

    /// Where they are.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Credentials of `user` whose token expires at `expires_at`.
    pub fn credentials(&self, user: &RawId, expires_at: WallMs) -> RelayCredentials {
        let username = format!("{}:{user}", (expires_at + AFTER_TOKEN_MS) / 1000);
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let credential = STANDARD.encode(sign(&key, username.as_bytes()));
        RelayCredentials { username, credential }
    }
}

/// Without the secret.
impl fmt::Debug for Relays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relays").field("urls", &self.urls).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_those_of_the_draft() {
        let user = RawId::parse("8:acs:11111111-1111-4111-8111-111111111111_22222222-2222-4222-8222-222222222222");
        let user = user.expect("a raw id");
        let relays = Relays::new(vec!["turn:turn.example.org".into()], "north");
        let credentials = relays.credentials(&user, 1_767_308_400_999);
        assert_eq!(credentials.username, format!("1767312000:{user}"));
        // printf 1767312000:8:acs:… | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(credentials.credential, "r4I4e278q4SDlW/9SSuzTT7J+mg=");
        assert!(!format!("{relays:?}").contains("north"));
    }
}
