//! The keys that sign and verify access tokens, and what of them is public.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_model::{Random, WallMs, hex_id, record::SigningKeyRecord};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Random bytes of a `kid`. Larger: longer tokens. Smaller: two keys could get the same name.
const KID_BYTES: usize = 8;

/// The signing keys of a server. The newest signs, all of them verify: so a key can be replaced while tokens that the
/// former one signed live on.
pub struct KeyRing {
    pub(crate) signing_kid: String,
    pub(crate) signing_key: EncodingKey,
    pub(crate) verifying_keys: BTreeMap<String, DecodingKey>,
    jwks: String,
}

/// Why no key ring can be made of the given keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no key at all.
    #[error("there is no signing key; make one with new_signing_key, store it, and try again")]
    Empty,
    /// Two keys have the same `kid`, so a token could not say which one signed it.
    #[error("two signing keys have the kid {kid}; remove one of them from the store")]
    DuplicateKid {
        /// The `kid`.
        kid: String,
    },
    /// A seed that is no key.
    #[error("the signing key {kid} cannot be used; remove it from the store, tokens that it signed become invalid")]
    Unusable {
        /// The `kid`.
        kid: String,
    },
}

/// One public key (RFC 7517, RFC 8037 §2).
#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'static str,
    crv: &'static str,
    kid: &'a str,
    x: String,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
}

#[derive(Serialize)]
struct Jwks<'a> {
    keys: Vec<Jwk<'a>>,
}

/// Makes a key for signing access tokens (Ed25519), named by a random `kid`.
pub fn new_signing_key(random: &mut dyn Random, now: WallMs) -> SigningKeyRecord {
    let kid = hex_id(random, KID_BYTES);
    let mut seed = [0u8; 32];
    random.fill(&mut seed);
    SigningKeyRecord { kid, seed, created_at: now }
}

impl KeyRing {
    /// Takes the keys of a server, in any order. The one with the latest `created_at` signs; of several made in the
    /// same millisecond the one with the greatest `kid`, so that every process chooses the same.
    ///
    /// # Errors
    /// [`KeyRingError`] if there is no key, if two have one name, or if one cannot be used.
    pub fn new(mut records: Vec<SigningKeyRecord>) -> Result<KeyRing, KeyRingError> {
        records.sort_by(|a, b| (b.created_at, &b.kid).cmp(&(a.created_at, &a.kid)));
        let newest = records.first().ok_or(KeyRingError::Empty)?;
        let unusable = |record: &SigningKeyRecord| KeyRingError::Unusable { kid: record.kid.clone() };
        let pair_of =
            |record: &SigningKeyRecord| Ed25519KeyPair::from_seed_unchecked(&record.seed).map_err(|_| unusable(record));

        let private = pair_of(newest)?.to_pkcs8().map_err(|_| unusable(newest))?;
        let mut verifying_keys = BTreeMap::new();
        let mut keys = Vec::new();
        for record in &records {
            let pair = pair_of(record)?;
            let public = pair.public_key().as_ref();
            if verifying_keys.insert(record.kid.clone(), DecodingKey::from_ed_der(public)).is_some() {
                return Err(KeyRingError::DuplicateKid { kid: record.kid.clone() });
            }
            let x = URL_SAFE_NO_PAD.encode(public);
            keys.push(Jwk { kty: "OKP", crv: "Ed25519", kid: &record.kid, x, usage: "sig", alg: "EdDSA" });
        }
        Ok(KeyRing {
            signing_kid: newest.kid.clone(),
            signing_key: EncodingKey::from_ed_der(private.as_ref()),
            verifying_keys,
            jwks: serde_json::to_string(&Jwks { keys }).expect("text fields always serialize"),
        })
    }

    /// The public keys as a JSON Web Key Set (RFC 7517 §5), newest first: what `/.well-known/jwks.json` answers.
    pub fn jwks(&self) -> String {
        self.jwks.clone()
    }
}

/// Shows the names of the keys, never the keys.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("kids", &self.verifying_keys.keys().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}
