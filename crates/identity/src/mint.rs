//! Minting: a user and scopes become a signed access token.

use crate::{KeyRing, claims::SCP_CHAT, claims::WireClaims};
use convene_model::{IdentifierKind, MeetingId, Scope, Scopes, WallMs, limits::TOKEN_MINUTES, record::User};
use jsonwebtoken::{Algorithm, Header};
use std::fmt;

/// What a token is asked for.
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// For whom.
    pub user: &'a User,
    /// To do what.
    pub scopes: &'a Scopes,
    /// For how long, in minutes; within [`TOKEN_MINUTES`].
    pub lifetime_minutes: u32,
    /// The server's public URL; clients find the server by it.
    pub issuer: &'a str,
    /// The resource that issues it.
    pub resource_id: &'a str,
    /// The only meeting that it is good for. A visitor's token always names one.
    pub meeting: Option<&'a MeetingId>,
}

/// A signed access token. Whoever holds it is its user until it expires or is revoked.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The token, a JSON Web Token in compact form (RFC 7515 §7.1).
    pub token: String,
    /// When it stops to be valid: a whole second, at most one second earlier than the lifetime asked for.
    pub expires_at: WallMs,
}

/// Shows when it expires, never the token.
impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("token", &"[redacted]").field("expires_at", &self.expires_at).finish()
    }
}

/// Why no token was minted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// No scope was asked for.
    #[error("a token needs at least one scope: use some of chat, chat.join, chat.join.limited, voip, voip.join")]
    NoScopes,
    /// Shorter or longer than a token may live.
    #[error("a token cannot live for {minutes} minutes: use {} to {}", TOKEN_MINUTES.start(), TOKEN_MINUTES.end())]
    LifetimeOutOfRange {
        /// The lifetime asked for.
        minutes: u32,
    },
    /// `meetings` manages meetings; a token that is handed to a calling client must not be able to.
    #[error("the scope meetings cannot be combined with others: issue one token for it and another for calling")]
    MeetingsNotAlone,
    /// Only users of the organization have meetings.
    #[error("only a user of the organization (8:orgid:...) can get the scope meetings")]
    MeetingsForOutsider,
    /// An anonymous guest comes to one meeting, and to nothing else.
    #[error("the token of an anonymous guest is bound to one meeting: open the meeting's join link to get one")]
    VisitorUnbound,
    /// The key could not sign.
    #[error("the signing key could not sign the token; check the server's signing keys")]
    SigningFailed,
}

impl KeyRing {
    /// Mints an access token, valid from `now`.
    ///
    /// # Errors
    /// [`MintError`] if the request asks for what no token may have.
    pub fn mint(&self, request: &TokenRequest<'_>, now: WallMs) -> Result<AccessToken, MintError> {
        check(request)?;
        let TokenRequest { user, scopes, .. } = *request;
        let issued = now.div_euclid(1000);
        let expires = issued + i64::from(request.lifetime_minutes) * 60;
        let may_chat = [Scope::Chat, Scope::ChatJoin, Scope::ChatJoinLimited].into_iter().any(|s| scopes.has(s));
        let claims = WireClaims {
            iss: request.issuer.to_owned(),
            skypeid: user.id.skype_id().to_owned(),
            scp: may_chat.then_some(SCP_CHAT),
            csi: issued.to_string(),
            exp: expires,
            iat: issued,
            acs_scope: scopes.to_string(),
            resource_id: request.resource_id.to_owned(),
            generation: user.generation,
            meeting: request.meeting.map(|meeting| meeting.as_str().to_owned()),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.signing_kid.clone());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing_key).map_err(|_| MintError::SigningFailed)?;
        Ok(AccessToken { token, expires_at: expires * 1000 })
    }
}

fn check(request: &TokenRequest<'_>) -> Result<(), MintError> {
    let scopes = request.scopes;
    if scopes.is_empty() {
        return Err(MintError::NoScopes);
    }
    if !TOKEN_MINUTES.contains(&request.lifetime_minutes) {
        return Err(MintError::LifetimeOutOfRange { minutes: request.lifetime_minutes });
    }
    if scopes.has(Scope::Meetings) {
        if *scopes != Scopes::from_iter([Scope::Meetings]) {
            return Err(MintError::MeetingsNotAlone);
        }
        if request.user.id.kind() != IdentifierKind::OrganizationUser {
            return Err(MintError::MeetingsForOutsider);
        }
    }
    if request.user.id.kind() == IdentifierKind::Visitor && request.meeting.is_none() {
        return Err(MintError::VisitorUnbound);
    }
    Ok(())
}
