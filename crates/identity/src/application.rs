//! Applications: back ends that ask in their own name. Their secrets, and their access tokens.
//!
//! A token of an application is another kind of token than a user's: its type stands in its header (RFC 9068 §2.1), its claims have
//! nothing of a user's, and each kind is refused where the other is asked for.

use crate::verify::{TOKEN_MAX, signature_only};
use crate::{AccessToken, KeyRing, MintError, TokenRefused, secret_hash};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_model::{
    AppPermission, Random, WallMs, clean_text,
    limits::DISPLAY_NAME_MAX,
    record::{AppSecret, Application},
    uuid_v4,
};
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long a token of an application lives, in seconds. Larger: whoever steals one has it for longer. Smaller: more requests for tokens.
pub const APP_TOKEN_SECONDS: i64 = 60 * 60;

/// Random bytes of a secret (256 bits): it is guarded by nothing but that nobody can guess it.
const SECRET_BYTES: usize = 32;

/// The header's type of an application's token.
const TOKEN_TYPE: &str = "at+jwt";

/// The places for secrets: one in use, one for the time in which it is replaced.
pub const SECRET_SLOTS: u8 = 2;

#[derive(Serialize, Deserialize)]
struct WireAppClaims {
    /// `<endpoint>/<organization>/v2.0`.
    iss: String,
    /// The server's endpoint.
    aud: String,
    /// The application, as its own subject.
    sub: String,
    /// The application.
    appid: String,
    /// The organization.
    tid: String,
    /// What it may do.
    roles: Vec<String>,
    /// The id of the secret that it was given for.
    secret: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    ver: String,
}

/// What a valid token of an application says. Check [`app_still_valid`] too, before acting on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppClaims {
    /// The application's client id.
    pub application: String,
    /// The id of the secret that the token was given for.
    pub secret: String,
}

/// What a token of an application is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AppTokenRequest<'a> {
    /// For which one.
    pub application: &'a Application,
    /// For which of its secrets.
    pub secret: &'a AppSecret,
    /// Who issues it: `<endpoint>/<organization>/v2.0`.
    pub issuer: &'a str,
    /// The server's endpoint: where it may be used.
    pub audience: &'a str,
    /// The organization.
    pub organization: &'a str,
}

/// Makes an application without a secret.
pub fn new_application(
    name: &str,
    permissions: BTreeSet<AppPermission>,
    random: &mut dyn Random,
    now: WallMs,
) -> Application {
    let name = clean_text(name, DISPLAY_NAME_MAX);
    Application { id: uuid_v4(random), name, permissions, secrets: vec![], created_at: now }
}

/// Makes a further secret for an application: what is kept, and the secret itself, which nobody can read again. `None` if both places
/// are taken.
pub fn new_app_secret(of: &Application, random: &mut dyn Random, now: WallMs) -> Option<(AppSecret, String)> {
    let slot = (0..SECRET_SLOTS).find(|slot| of.secrets.iter().all(|secret| secret.slot != *slot))?;
    let mut bytes = [0u8; SECRET_BYTES];
    random.fill(&mut bytes);
    let text = URL_SAFE_NO_PAD.encode(bytes);
    Some((AppSecret { id: uuid_v4(random), slot, hash: secret_hash(&text), created_at: now }, text))
}

/// Which of the application's secrets `given` is. Hashes are compared: how long that takes says nothing of the secret.
pub fn matching_secret<'a>(of: &'a Application, given: &str) -> Option<&'a AppSecret> {
    let hash = secret_hash(given);
    of.secrets.iter().find(|secret| secret.hash == hash)
}

/// Checks a verified token against its application as the store has it now: a token ends with its secret.
///
/// # Errors
/// [`TokenRefused::Revoked`] if the application or the secret is gone.
pub fn app_still_valid(claims: &AppClaims, application: Option<&Application>) -> Result<(), TokenRefused> {
    match application {
        Some(of) if of.id == claims.application && of.secrets.iter().any(|secret| secret.id == claims.secret) => Ok(()),
        Some(_) | None => Err(TokenRefused::Revoked),
    }
}

impl KeyRing {
    /// Mints an access token for an application, valid from `now` for [`APP_TOKEN_SECONDS`].
    ///
    /// # Errors
    /// [`MintError::SigningFailed`].
    pub fn mint_app(&self, request: &AppTokenRequest<'_>, now: WallMs) -> Result<AccessToken, MintError> {
        let issued = now.div_euclid(1000);
        let expires = issued + APP_TOKEN_SECONDS;
        let of = request.application;
        let claims = WireAppClaims {
            iss: request.issuer.to_owned(),
            aud: request.audience.to_owned(),
            sub: of.id.clone(),
            appid: of.id.clone(),
            tid: request.organization.to_owned(),
            roles: of.permissions.iter().map(|permission| permission.as_str().to_owned()).collect(),
            secret: request.secret.id.clone(),
            exp: expires,
            iat: issued,
            nbf: issued,
            ver: "2.0".to_owned(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(self.signing_kid.clone());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing_key).map_err(|_| MintError::SigningFailed)?;
        Ok(AccessToken { token, expires_at: expires * 1000 })
    }

    /// Verifies the type, signature and expiry of an application's token. As for users, no algorithm is taken from the token.
    ///
    /// # Errors
    /// [`TokenRefused`], never [`TokenRefused::Revoked`]: that needs the application, see [`app_still_valid`]. Every token of another
    /// type is [`TokenRefused::Malformed`].
    pub fn verify_app(&self, token: &str, now: WallMs) -> Result<AppClaims, TokenRefused> {
        if token.len() > TOKEN_MAX {
            return Err(TokenRefused::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefused::Malformed)?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(TokenRefused::Malformed);
        }
        let kid = header.kid.as_deref().ok_or(TokenRefused::UnknownKey)?;
        let key = self.verifying_keys.get(kid).ok_or(TokenRefused::UnknownKey)?;
        let decoded = jsonwebtoken::decode::<WireAppClaims>(token, key, &signature_only());
        let claims = decoded.map_err(|error| crate::verify::refused(&error))?.claims;
        if now.div_euclid(1000) >= claims.exp {
            return Err(TokenRefused::Expired);
        }
        Ok(AppClaims { application: claims.appid, secret: claims.secret })
    }
}
