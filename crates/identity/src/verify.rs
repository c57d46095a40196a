//! Verifying: an access token becomes claims, or is refused.

use crate::{KeyRing, claims::WireClaims};
use convene_model::{MeetingId, RawId, Scopes, WallMs, record::User};
use jsonwebtoken::{Algorithm, Validation, errors::ErrorKind};

/// A token's length in bytes. Larger: more work for whoever sends rubbish. Smaller: a long public URL (it stands in the
/// token) makes tokens that are refused. A usual token has 500.
pub(crate) const TOKEN_MAX: usize = 4096;

/// What a valid token says. Check [`still_valid`] too, before acting on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Whose token it is.
    pub user: RawId,
    /// What it allows.
    pub scopes: Scopes,
    /// The user's generation when it was issued.
    pub generation: u64,
    /// When it was issued; a whole second.
    pub issued_at: WallMs,
    /// When it expires; a whole second.
    pub expires_at: WallMs,
    /// The public URL of the server that issued it.
    pub issuer: String,
    /// The resource that it was issued for.
    pub resource_id: String,
    /// The only meeting that it is good for; `None` if it is bound to none.
    pub meeting: Option<MeetingId>,
}

/// Why a token is refused. Says nothing of what is in the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Not a token of the kind that this server issues.
    #[error("the access token cannot be read: send the token as it was issued, whole and without quotes")]
    Malformed,
    /// Signed with a key that this server does not know.
    #[error("the access token was signed with a key that this server does not know: get a token from this server")]
    UnknownKey,
    /// Changed after it was signed, or signed by somebody else.
    #[error("the access token's signature does not match: get a new token")]
    BadSignature,
    /// Its time is over.
    #[error("the access token has expired: get a new token")]
    Expired,
    /// The user is gone, or the user's tokens were revoked.
    #[error("the access token was revoked: get a new token")]
    Revoked,
}

impl KeyRing {
    /// Verifies a token's signature and expiry.
    ///
    /// The algorithm is always Ed25519: what the token's header says about it can only make the token refused.
    ///
    /// # Errors
    /// [`TokenRefused`], never [`TokenRefused::Revoked`]: that needs the user, see [`still_valid`].
    pub fn verify(&self, token: &str, now: WallMs) -> Result<Claims, TokenRefused> {
        if token.len() > TOKEN_MAX {
            return Err(TokenRefused::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefused::Malformed)?;
        let kid = header.kid.as_deref().ok_or(TokenRefused::UnknownKey)?;
        let key = self.verifying_keys.get(kid).ok_or(TokenRefused::UnknownKey)?;
        let decoded = jsonwebtoken::decode::<WireClaims>(token, key, &signature_only());
        let claims = decoded.map_err(|error| refused(&error))?.claims;
        let claims = read(claims)?;
        if now >= claims.expires_at { Err(TokenRefused::Expired) } else { Ok(claims) }
    }
}

/// Ed25519, and nothing that would ask the process's clock: expiry is checked against `now`.
pub(crate) fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// What the signature's check says.
pub(crate) fn refused(error: &jsonwebtoken::errors::Error) -> TokenRefused {
    match error.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => TokenRefused::BadSignature,
        _ => TokenRefused::Malformed,
    }
}

fn read(claims: WireClaims) -> Result<Claims, TokenRefused> {
    let user = RawId::parse(&format!("8:{}", claims.skypeid)).map_err(|_| TokenRefused::Malformed)?;
    let scopes = Scopes::parse(&claims.acs_scope).map_err(|_| TokenRefused::Malformed)?;
    let ms = |seconds: i64| seconds.checked_mul(1000).ok_or(TokenRefused::Malformed);
    Ok(Claims {
        user,
        scopes,
        generation: claims.generation,
        issued_at: ms(claims.iat)?,
        expires_at: ms(claims.exp)?,
        issuer: claims.iss,
        resource_id: claims.resource_id,
        meeting: claims.meeting.map(MeetingId),
    })
}

/// Checks a verified token against its user as the store has it now.
///
/// Revoking raises the user's generation, so it holds at once and a token issued within the same second after it is
/// valid again.
///
/// # Errors
/// [`TokenRefused::Revoked`] if the user is gone, is another one, or has a later generation.
pub fn still_valid(claims: &Claims, user: Option<&User>) -> Result<(), TokenRefused> {
    match user {
        Some(user) if user.id == claims.user && claims.generation >= user.generation => Ok(()),
        Some(_) | None => Err(TokenRefused::Revoked),
    }
}
