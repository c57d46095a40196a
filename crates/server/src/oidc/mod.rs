//! The organization's OpenID Connect provider: what is configured of it, how it is asked, and whose account its word means.
//! Which tokens are taken and who is let in: `convene_identity::oidc`.

mod people;
mod provider;
mod settings;

pub use people::{NotKnown, person_of};
pub use provider::{Provider, ProviderError, TokensOf};
pub use settings::{OidcConfig, OidcSettings};
