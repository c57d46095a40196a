//! Who somebody is and what their token allows: signing keys, access tokens (mint, verify, revoke), new users.
//!
//! Pure: the time and the randomness are arguments. Whoever calls this keeps users and keys in a store.
//! Access tokens are JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037), with the claims that clients of Azure
//! Communication Services read.

mod claims;
mod keyring;
mod mint;
mod user;
mod verify;

pub use keyring::{KeyRing, KeyRingError, new_signing_key};
pub use mint::{AccessToken, MintError, TokenRequest};
pub use user::{NewUser, clean_display_name, new_user};
pub use verify::{Claims, TokenRefused, still_valid};
