//! Who somebody is and what their token allows: signing keys, access tokens (mint, verify, revoke), new users; and which
//! app's server a REST request comes from: access keys, signed requests, applications with their secrets and tokens.
//!
//! Pure: the time and the randomness are arguments. Whoever calls this keeps users and keys in a store.
//! Access tokens are JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037), with the claims that clients of Azure
//! Communication Services read.

mod access_key;
mod application;
mod claims;
mod client_credentials;
mod hmac;
mod import;
mod keyring;
mod mint;
pub mod oidc;
mod password;
mod push_key;
mod relay;
mod secret;
mod session;
mod user;
mod verify;

pub use access_key::{connection_string, host_name, new_access_key, new_resource, resource_with_id};
pub use application::{
    APP_TOKEN_SECONDS, AppClaims, AppTokenRequest, SECRET_SLOTS, app_still_valid, matching_secret, new_app_secret,
    new_application,
};
pub use client_credentials::{ClientCredentials, OauthRefused};
pub use hmac::{CLOCK_WINDOW_MS, SignatureRefused, SignedRequest, check_signature};
pub use import::{ImportError, read_import};
pub use keyring::{KeyRing, KeyRingError, new_signing_key};
pub use mint::{AccessToken, MintError, TokenRequest};
pub use password::{PASSWORD_MAX, PASSWORD_MIN, PasswordRefused, PasswordVerdict, hash_password, verify_password};
pub use push_key::{PushKey, new_push_seed};
pub use relay::{RelayCredentials, Relays};
pub use secret::secret_hash;
pub use session::{
    LINK_MS, SESSION_IDLE_MS, SESSION_MAX_MS, SESSION_NOTE_MS, clean_email, new_secret, new_session, session_holds,
};
pub use user::{NewUser, clean_display_name, new_user};
pub use verify::{Claims, TokenRefused, still_valid};
