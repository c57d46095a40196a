//! The key by which push services know this server: "Voluntary Application Server Identification (VAPID) for Web Push" (RFC 8292).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_model::{Random, WallMs};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::fmt;

/// How long a signed authorization is good. RFC 8292 §2 allows a day. Longer: one that is stolen is good for longer. Shorter: a push service
/// whose clock is wrong refuses it.
const LIFETIME_MS: WallMs = 12 * 60 * 60 * 1000;

/// A key pair of P-256.
pub struct PushKey {
    signing: EncodingKey,
    public: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

/// Makes the seed of a key.
pub fn new_push_seed(random: &mut dyn Random) -> [u8; 32] {
    let mut seed = [0; 32];
    loop {
        random.fill(&mut seed);
        // All but one of four thousand million numbers of this length are private keys.
        if PushKey::from_seed(&seed).is_some() {
            return seed;
        }
    }
}

impl PushKey {
    /// The key of a seed; `None` for what is no private key of P-256.
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let private = PrivateKey::from_private_key(&ECDH_P256, seed).ok()?;
        let public = private.compute_public_key().ok()?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, seed, public.as_ref()).ok()?;
        let signing = EncodingKey::from_ec_der(pair.to_pkcs8v1().ok()?.as_ref());
        Some(Self { signing, public: URL_SAFE_NO_PAD.encode(public.as_ref()) })
    }

    /// The public key, as `PushManager.subscribe` takes it for `applicationServerKey`: an uncompressed point in base64url.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The header `Authorization` of a message (RFC 8292 §3). `audience`: the origin of the push service. `contact`: a URL at which the push
    /// service finds who runs this server, `https:` or `mailto:`.
    ///
    /// # Errors
    /// If it cannot be signed, which has not been seen.
    pub fn authorization(
        &self,
        audience: &str,
        contact: &str,
        now: WallMs,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims { aud: audience, exp: (now + LIFETIME_MS).div_euclid(1000), sub: contact };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.signing)?;
        Ok(format!("vapid t={token}, k={}", self.public))
    }
}

/// Shows the public key alone.
impl fmt::Debug for PushKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushKey").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use serde_json::Value;

    /// The example of RFC 8292 §2.4 has this public key; its private one is not given, so another pair is used: RFC 8291 appendix A.
    const SEED: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const PUBLIC: &str = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

    fn key() -> PushKey {
        let seed = URL_SAFE_NO_PAD.decode(SEED).unwrap();
        PushKey::from_seed(&seed.try_into().unwrap()).unwrap()
    }

    #[test]
    fn a_seed_gives_the_public_key_that_belongs_to_it() {
        assert_eq!(key().public(), PUBLIC);
        assert!(PushKey::from_seed(&[0; 32]).is_none());
        assert!(PushKey::from_seed(&[0xff; 32]).is_none(), "larger than the order of the curve");
    }

    #[test]
    fn an_authorization_is_signed_for_one_push_service_and_half_a_day() {
        let header = key().authorization("https://push.example", "https://calls.example", 1_000_500).unwrap();
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(public, PUBLIC);
        let point = URL_SAFE_NO_PAD.decode(public).unwrap();
        let verifying = DecodingKey::from_ec_der(&point);
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&["https://push.example"]);
        validation.validate_exp = false;
        let claims = decode::<Value>(token, &verifying, &validation).unwrap().claims;
        assert_eq!(claims["exp"], 1000 + 43_200);
        assert_eq!(claims["sub"], "https://calls.example");
        validation.set_audience(&["https://other.example"]);
        assert!(decode::<Value>(token, &verifying, &validation).is_err());
    }
}
