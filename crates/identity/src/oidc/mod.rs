//! Signing in by an OpenID Connect provider (OpenID Connect Core 1.0): what the browser is sent to the provider with, whether a
//! token of the provider is taken, and whom it lets in.
//!
//! Nothing here speaks with a provider: the caller fetches its keys and exchanges its codes.

mod admission;
mod attempt;
mod claims;
mod keys;

pub use admission::{AdmissionRules, Domains, NotAdmitted, Proven, raw_id_of};
pub use attempt::{ATTEMPT_MS, SignInAttempt, own_page};
pub use claims::ProviderClaims;
pub use keys::{Expected, ProviderKeys, ProviderTokenRefused};
