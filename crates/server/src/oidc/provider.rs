//! The provider itself: what it publishes, fetched when it is first needed and anew when it changed, and the exchange of a code.

use super::settings::{OidcConfig, may_be_asked};
use crate::outbound::{ClientError, HttpClient, Reply};
use axum::http::HeaderValue;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_identity::oidc::{Expected, ProviderClaims, ProviderKeys, ProviderTokenRefused, SignInAttempt};
use convene_model::WallMs;
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_rustls::rustls;

/// What was fetched is good for so long. Larger: keys that the provider has withdrawn are taken for longer. Smaller: it is asked more
/// often.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// For a key that is not known it is asked again at most once in so long. Larger: a new key of the provider's is known later. Smaller:
/// tokens with invented keys make more work.
const AGAIN: Duration = Duration::from_secs(5);

/// What the provider publishes of itself (OpenID Connect Discovery §3), the part that is used.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

struct Known {
    metadata: Metadata,
    keys: ProviderKeys,
    fetched_at: Instant,
}

/// Why the provider could not be made use of.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer, or not as a provider does. The text is for the log.
    #[error("{0}")]
    Down(String),
    /// It said no to a code: its error code (RFC 6749 §5.2).
    #[error("the provider refused the code: {0}")]
    Refused(String),
    /// Its token is not taken.
    #[error("the provider's token is not taken: {0}")]
    Token(#[from] ProviderTokenRefused),
}

/// The tokens that a code was exchanged for. Has no `Debug`: they are secrets.
#[derive(Deserialize)]
pub struct TokensOf {
    id_token: String,
    access_token: Option<String>,
}

/// The provider.
pub struct Provider {
    /// What is configured of it.
    pub config: OidcConfig,
    client: HttpClient,
    known: Mutex<Option<Arc<Known>>>,
    fetching: tokio::sync::Mutex<Option<(Instant, String)>>,
    /// When it was last asked for a key that was not known.
    asked_again: Mutex<Option<Instant>>,
}

impl Provider {
    /// Knows nothing yet, and asks nobody.
    ///
    /// # Errors
    /// If a configured root is no certificate.
    pub fn new(config: OidcConfig) -> Result<Self, rustls::Error> {
        let client = HttpClient::new(&config.roots)?;
        Ok(Self {
            config,
            client,
            known: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
            asked_again: Mutex::default(),
        })
    }

    fn kept(&self, within: Duration) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone().filter(|known| known.fetched_at.elapsed() < within)
    }

    /// What it publishes, not older than `within`. Those who ask at the same time share one answer, or one failure.
    async fn known(&self, within: Duration) -> Result<Arc<Known>, ProviderError> {
        if let Some(known) = self.kept(within) {
            return Ok(known);
        }
        let since = Instant::now();
        let mut failed = self.fetching.lock().await;
        if let Some(known) = self.kept(within) {
            return Ok(known);
        }
        if let Some((at, why)) = failed.as_ref().filter(|(at, _)| *at >= since) {
            tracing::debug!(age = ?at.elapsed(), "the provider was just asked in vain");
            return Err(ProviderError::Down(why.clone()));
        }
        match self.fetch().await {
            Ok(known) => {
                let known = Arc::new(known);
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
                *failed = None;
                Ok(known)
            }
            Err(why) => {
                tracing::warn!(issuer = self.config.issuer, why, "the OpenID provider cannot be used");
                *failed = Some((Instant::now(), why.clone()));
                Err(ProviderError::Down(why))
            }
        }
    }

    async fn fetch(&self) -> Result<Known, String> {
        let issuer = &self.config.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let text = good(&url, self.client.get(&url, None).await)?;
        let metadata: Metadata =
            serde_json::from_str(&text).map_err(|error| format!("{url} is no provider's configuration: {error}"))?;
        if metadata.issuer != *issuer {
            return Err(format!("{url} names another issuer, {:?}: write it so in --oidc-issuer", metadata.issuer));
        }
        let wrong = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri]
            .into_iter()
            .chain(&metadata.userinfo_endpoint)
            .find(|endpoint| !may_be_asked(endpoint));
        if let Some(wrong) = wrong {
            return Err(format!("{url} names {wrong:?}, which is neither https nor on this machine"));
        }
        let set = good(&metadata.jwks_uri, self.client.get(&metadata.jwks_uri, None).await)?;
        let keys =
            ProviderKeys::read(&set).ok_or_else(|| format!("{} has no key that can be used", metadata.jwks_uri))?;
        Ok(Known { metadata, keys, fetched_at: Instant::now() })
    }

    /// Where to send a browser.
    ///
    /// # Errors
    /// [`ProviderError::Down`].
    pub async fn authorization_url(
        &self,
        attempt: &SignInAttempt,
        redirect_uri: &str,
    ) -> Result<String, ProviderError> {
        let known = self.known(FRESH).await?;
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &self.config.scope),
            ("state", &attempt.state()),
            ("nonce", &attempt.nonce()),
            ("code_challenge", &attempt.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        let endpoint = &known.metadata.authorization_endpoint;
        Ok(format!("{endpoint}{}{query}", if endpoint.contains('?') { '&' } else { '?' }))
    }

    /// Exchanges a code.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn exchange(
        &self,
        code: &str,
        attempt: &SignInAttempt,
        redirect_uri: &str,
    ) -> Result<TokensOf, ProviderError> {
        let known = self.known(FRESH).await?;
        let verifier = attempt.verifier();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &verifier),
        ];
        let methods = &known.metadata.token_endpoint_auth_methods_supported;
        let supports = |method: &str| methods.iter().any(|supported| supported == method);
        let mut authorization = None;
        match &self.config.client_secret {
            None => fields.push(("client_id", &self.config.client_id)),
            Some(secret) if supports("client_secret_post") && !supports("client_secret_basic") => {
                fields.extend([("client_id", self.config.client_id.as_str()), ("client_secret", secret.expose())]);
            }
            // RFC 6749 §2.3.1: both are encoded as in forms first.
            Some(secret) => {
                let pair = format!("{}:{}", encoded(&self.config.client_id), encoded(secret.expose()));
                let value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)));
                authorization = Some(value.map_err(|error| ProviderError::Down(error.to_string()))?);
            }
        }
        let endpoint = &known.metadata.token_endpoint;
        let reply = self.client.post(endpoint, authorization, form(&fields)).await;
        let reply = reply.map_err(|error| ProviderError::Down(format!("{endpoint}: {error}")))?;
        match reply.status {
            200 => serde_json::from_str(&reply.text)
                .map_err(|_| ProviderError::Down(format!("{endpoint} answered without an ID token"))),
            400 | 401 => Err(ProviderError::Refused(error_code(&reply.text))),
            status => Err(ProviderError::Down(format!("{endpoint} answered {status}"))),
        }
    }

    /// What the tokens say of who signed in; from the userinfo endpoint what the ID token does not say.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn who(
        &self,
        tokens: &TokensOf,
        attempt: &SignInAttempt,
        now: WallMs,
    ) -> Result<ProviderClaims, ProviderError> {
        let nonce = attempt.nonce();
        let audiences = [self.config.client_id.clone()];
        let expected = Expected { issuer: &self.config.issuer, audiences: &audiences, nonce: Some(&nonce) };
        let claims = self.verify(&tokens.id_token, expected, now).await?;
        let wanted = ["email", "name"].into_iter().chain(self.config.rules.roles_claim.as_deref());
        let is_whole = wanted.into_iter().all(|claim| claims.has(claim));
        let known = self.known(FRESH).await?;
        let (Some(endpoint), Some(token), false) = (&known.metadata.userinfo_endpoint, &tokens.access_token, is_whole)
        else {
            return Ok(claims);
        };
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
        let bearer = bearer.map_err(|error| ProviderError::Down(error.to_string()))?;
        let said = good(endpoint, self.client.get(endpoint, Some(bearer)).await).map_err(ProviderError::Down)?;
        let whole = claims.with_userinfo(&said);
        whole.ok_or_else(|| ProviderError::Down(format!("{endpoint} speaks of somebody else")))
    }

    /// What a token says that an app's server brings.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn verify_for_app(&self, token: &str, now: WallMs) -> Result<ProviderClaims, ProviderError> {
        let expected = Expected { issuer: &self.config.issuer, audiences: &self.config.audiences, nonce: None };
        self.verify(token, expected, now).await
    }

    fn may_ask_again(&self) -> bool {
        let mut asked = self.asked_again.lock().unwrap_or_else(PoisonError::into_inner);
        let may = asked.is_none_or(|at| at.elapsed() >= AGAIN);
        if may {
            *asked = Some(Instant::now());
        }
        may
    }

    /// Verifies by the keys that are known, and by those that are new if the token's is not among them.
    async fn verify(&self, token: &str, expected: Expected<'_>, now: WallMs) -> Result<ProviderClaims, ProviderError> {
        let verdict = self.known(FRESH).await?.keys.verify(token, expected, now);
        match verdict {
            Err(ProviderTokenRefused::UnknownKey) if self.may_ask_again() => {
                Ok(self.known(Duration::ZERO).await?.keys.verify(token, expected, now)?)
            }
            verdict => Ok(verdict?),
        }
    }
}

/// The text of an answer that says yes.
fn good(url: &str, reply: Result<Reply, ClientError>) -> Result<String, String> {
    match reply {
        Ok(Reply { status: 200, text, .. }) => Ok(text),
        Ok(Reply { status, .. }) => Err(format!("{url} answered {status}")),
        Err(error) => Err(format!("{url}: {error}")),
    }
}

/// The error's code, if it is one; the rest of what is said could be anything.
fn error_code(text: &str) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let code = serde_json::from_str::<Refusal>(text).map(|refusal| refusal.error).unwrap_or_default();
    let plain: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(60).collect();
    if plain.is_empty() { "no reason given".to_owned() } else { plain }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
