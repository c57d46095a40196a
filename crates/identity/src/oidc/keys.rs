//! The provider's keys, and whether a token is one of the provider's for us, now.

use super::claims::ProviderClaims;
use convene_model::WallMs;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A token's length in bytes. Larger: more work for whoever sends rubbish. Smaller: people in many groups cannot sign in.
const TOKEN_MAX: usize = 32 * 1024;
/// How far the provider's clock may be off, in seconds. Larger: a stolen token is good for longer. Smaller: clocks that are a little
/// off keep people out.
const SKEW_SECONDS: i64 = 60;
/// What RSA keys may sign with, if the provider does not say which.
const RSA: [Algorithm; 6] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

struct Named {
    kid: Option<String>,
    key: DecodingKey,
    /// By the key, never by the token.
    algorithms: Vec<Algorithm>,
}

/// The keys that a provider signs with (RFC 7517).
pub struct ProviderKeys(Vec<Named>);

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// For whom it may be: one of these.
    pub audiences: &'a [String],
    /// For an ID token, the nonce of the attempt.
    pub nonce: Option<&'a str>,
}

/// Why a token of a provider is refused. Says nothing of what is in the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderTokenRefused {
    /// No JSON Web Token, or one without what each must say.
    #[error("it is no JSON Web Token with iss, aud, exp and sub")]
    Malformed,
    /// A key that the provider does not publish.
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    /// Not what that key signed, or another algorithm.
    #[error("its signature does not match the provider's key")]
    BadSignature,
    /// Of somebody else.
    #[error("its issuer is another one than the one that is configured")]
    WrongIssuer,
    /// For somebody else.
    #[error("it was issued for another application")]
    WrongAudience,
    /// Over.
    #[error("it has expired")]
    Expired,
    /// Too early.
    #[error("it is not valid yet: one of the two clocks is wrong")]
    NotYet,
    /// Of another attempt.
    #[error("it belongs to another sign-in")]
    WrongNonce,
}

impl ProviderKeys {
    /// Reads a JSON Web Key Set. Keys that cannot verify a signature are left out; `None` if there is no other.
    pub fn read(jwks: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_str(jwks).ok()?;
        let keys: Vec<Named> = set.keys.into_iter().filter_map(read_key).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key that a token names; the only key for a token that names none.
    fn find(&self, kid: Option<&str>) -> Option<&Named> {
        match (kid, self.0.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Verifies a token: its signature with the algorithm of the key, by whom it is, for whom, and its time.
    ///
    /// # Errors
    /// [`ProviderTokenRefused`]. After [`ProviderTokenRefused::UnknownKey`] it is worth fetching the keys anew.
    pub fn verify(
        &self,
        token: &str,
        expected: Expected<'_>,
        now: WallMs,
    ) -> Result<ProviderClaims, ProviderTokenRefused> {
        if token.len() > TOKEN_MAX {
            return Err(ProviderTokenRefused::Malformed);
        }
        // A header without a known algorithm, such as `none`, is none.
        let header = jsonwebtoken::decode_header(token).map_err(|_| ProviderTokenRefused::Malformed)?;
        let found = self.find(header.kid.as_deref()).ok_or(ProviderTokenRefused::UnknownKey)?;
        let decoded = jsonwebtoken::decode::<Map<String, Value>>(token, &found.key, &signature_only(&found.algorithms));
        let claims = decoded.map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => ProviderTokenRefused::BadSignature,
            _ => ProviderTokenRefused::Malformed,
        })?;
        let claims = ProviderClaims(claims.claims);
        check(&claims, expected, now / 1000)?;
        Ok(claims)
    }
}

fn read_key(value: Value) -> Option<Named> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let possible = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => RSA.to_vec(),
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => vec![Algorithm::ES256],
            EllipticCurve::P384 => vec![Algorithm::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => vec![Algorithm::EdDSA],
        // A symmetric key in a public set is known to everybody.
        _ => return None,
    };
    let algorithms = match jwk.common.key_algorithm {
        None => possible,
        Some(named) => {
            let named = Algorithm::try_from(named).ok()?;
            possible.into_iter().filter(|algorithm| *algorithm == named).collect()
        }
    };
    let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| !algorithms.is_empty())?;
    Some(Named { kid: jwk.common.key_id, key, algorithms })
}

/// Nothing that would ask the process's clock.
fn signature_only(algorithms: &[Algorithm]) -> Validation {
    let mut validation = Validation { algorithms: algorithms.to_vec(), ..Validation::default() };
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// OpenID Connect Core §3.1.3.7, but for the signature.
fn check(claims: &ProviderClaims, expected: Expected<'_>, now: i64) -> Result<(), ProviderTokenRefused> {
    use ProviderTokenRefused::{Expired, Malformed, NotYet, WrongAudience, WrongIssuer, WrongNonce};
    let seconds = |name: &str| claims.0.get(name).and_then(Value::as_f64).map(|at| at as i64);
    if claims.text("iss").ok_or(Malformed)? != expected.issuer {
        return Err(WrongIssuer);
    }
    claims.text("sub").ok_or(Malformed)?;
    if !expected.audiences.iter().any(|audience| claims.includes("aud", audience)) {
        return Err(WrongAudience);
    }
    if seconds("exp").ok_or(Malformed)?.saturating_add(SKEW_SECONDS) <= now {
        return Err(Expired);
    }
    let begins = ["iat", "nbf"].into_iter().filter_map(seconds).max();
    if begins.is_some_and(|begins| begins > now.saturating_add(SKEW_SECONDS)) {
        return Err(NotYet);
    }
    let Some(nonce) = expected.nonce else { return Ok(()) };
    if claims.text("nonce") != Some(nonce) {
        return Err(WrongNonce);
    }
    // Of an ID token for several, the one that it was issued to must be named.
    let several = claims.0.get("aud").and_then(Value::as_array).is_some_and(|list| list.len() > 1);
    match claims.text("azp") {
        Some(party) if !expected.audiences.iter().any(|audience| audience == party) => Err(WrongAudience),
        None if several => Err(WrongAudience),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::json;

    const NOW: WallMs = 1_800_000_000_000;

    fn part(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn text(header: Value) -> String {
        let claims = json!({ "iss": "https://login", "aud": "app", "sub": "s", "exp": NOW / 1000 + 1 });
        format!("{}.{}", part(header.to_string()), part(claims.to_string()))
    }

    fn verify(key: Value, token: &str) -> Option<Result<(), ProviderTokenRefused>> {
        let keys = ProviderKeys::read(&json!({ "keys": [key] }).to_string())?;
        let audiences = ["app".to_owned()];
        let expected = Expected { issuer: "https://login", audiences: &audiences, nonce: None };
        Some(keys.verify(token, expected, NOW).map(|_| ()))
    }

    #[test]
    fn keys_of_elliptic_curves_sign_with_their_own_algorithm_and_no_other() {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": part(x), "y": part(y) });
        let with = |name: &str, value: &str| {
            let mut jwk = jwk.clone();
            jwk[name] = json!(value);
            jwk
        };
        let signed = |text: String| {
            let signature = key.sign(&SystemRandom::new(), text.as_bytes()).expect("signed");
            format!("{text}.{}", part(signature))
        };
        let token = signed(text(json!({ "alg": "ES256", "kid": "k" })));
        assert_eq!(verify(jwk.clone(), &token), Some(Ok(())));
        assert_eq!(verify(with("alg", "ES256"), &token), Some(Ok(())));
        assert_eq!(verify(jwk.clone(), &signed(text(json!({ "alg": "ES256" })))), Some(Ok(())), "the only key");
        for alg in ["RS256", "HS256", "EdDSA"] {
            let token = signed(text(json!({ "alg": alg, "kid": "k" })));
            assert_eq!(verify(jwk.clone(), &token), Some(Err(ProviderTokenRefused::BadSignature)), "{alg}");
        }
        let unknown = signed(text(json!({ "alg": "ES256", "kid": "l" })));
        assert_eq!(verify(jwk.clone(), &unknown), Some(Err(ProviderTokenRefused::UnknownKey)));
        assert_eq!(verify(with("alg", "ES384"), &token), None, "a key for another algorithm");
        assert_eq!(verify(with("use", "enc"), &token), None, "a key for encryption");

        let key = Ed25519KeyPair::generate().expect("a key");
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": part(key.public_key()) });
        let text = text(json!({ "alg": "EdDSA", "kid": "k" }));
        let token = format!("{text}.{}", part(key.sign(text.as_bytes())));
        assert_eq!(verify(jwk, &token), Some(Ok(())));
    }
}
