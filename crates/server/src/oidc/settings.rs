//! What is configured of the provider.

use crate::config::ConfigError;
use crate::hosts::is_loopback_host;
use crate::secret::Secret;
use clap::Args;
use convene_identity::oidc::{AdmissionRules, Domains};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// What is asked for in any case (OpenID Connect Core §5.4).
const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// The settings; in the configuration file they stand in the table `[oidc]`, without `oidc-` and with `_`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[command(next_help_heading = "Sign-in by an OpenID Connect provider")]
pub struct OidcSettings {
    /// The provider's issuer URL, under which its /.well-known/openid-configuration lies
    #[arg(id = "oidc_issuer", long = "oidc-issuer", value_name = "URL")]
    pub issuer: Option<String>,
    /// The id of this server at the provider; its redirect URI there is PUBLIC_URL/sign-in/callback
    #[arg(id = "oidc_client_id", long = "oidc-client-id", value_name = "ID")]
    pub client_id: Option<String>,
    /// The file with the client secret; without a secret the server is a public client
    #[arg(id = "oidc_client_secret_file", long = "oidc-client-secret-file", value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// The client secret itself, better in the environment, since everybody on the machine can read command lines
    #[arg(
        id = "oidc_client_secret",
        long = "oidc-client-secret",
        value_name = "SECRET",
        env = "CONVENE_OIDC_CLIENT_SECRET",
        hide_env_values = true
    )]
    pub client_secret: Option<Secret>,
    /// What the button says after "Sign in with" [default: the issuer's host]
    #[arg(id = "oidc_label", long = "oidc-label", value_name = "NAME")]
    pub label: Option<String>,
    /// Domain of the verified e-mail addresses that are let in, or * for everybody whom the provider knows; may be given more than once
    #[arg(id = "oidc_allowed_domain", long = "oidc-allowed-domain", value_name = "DOMAIN")]
    pub allowed_domain: Vec<String>,
    /// The claim with people's roles, such as roles, groups or realm_access.roles
    #[arg(id = "oidc_roles_claim", long = "oidc-roles-claim", value_name = "CLAIM")]
    pub roles_claim: Option<String>,
    /// What stands in it for organizers [default: who is let in is one]
    #[arg(id = "oidc_organizer_value", long = "oidc-organizer-value", value_name = "VALUE")]
    pub organizer_value: Option<String>,
    /// What stands in it for administrators
    #[arg(id = "oidc_admin_value", long = "oidc-admin-value", value_name = "VALUE")]
    pub admin_value: Option<String>,
    /// The claim that names a person for good [default: sub]; oid for Microsoft Entra
    #[arg(id = "oidc_subject_claim", long = "oidc-subject-claim", value_name = "CLAIM")]
    pub subject_claim: Option<String>,
    /// A further scope to ask for; may be given more than once
    #[arg(id = "oidc_scope", long = "oidc-scope", value_name = "SCOPE")]
    pub scope: Vec<String>,
    /// Another audience whose tokens apps may exchange for access tokens of their users; may be given more than once
    #[arg(id = "oidc_audience", long = "oidc-audience", value_name = "AUDIENCE")]
    pub audience: Vec<String>,
    /// A file with certificates (PEM) to believe the provider by, beside those of the system
    #[arg(id = "oidc_ca_file", long = "oidc-ca-file", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// Who this server is there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: Option<Secret>,
    /// What the button says.
    pub label: String,
    /// Who is let in.
    pub rules: AdmissionRules,
    /// What is asked for.
    pub scope: String,
    /// For whom a token may be that is exchanged.
    pub audiences: Vec<String>,
    /// Whose certificates are believed beside the system's.
    pub roots: Vec<CertificateDer<'static>>,
}

impl OidcSettings {
    /// `self` where it says something, `file` elsewhere.
    pub fn or(self, file: Self) -> Self {
        let pick = |own: Vec<String>, other: Vec<String>| if own.is_empty() { other } else { own };
        // A secret of the command line is not to meet a file's of the configuration.
        let has_secret = self.client_secret.is_some() || self.client_secret_file.is_some();
        let (secret, secret_file) = if has_secret {
            (self.client_secret, self.client_secret_file)
        } else {
            (file.client_secret, file.client_secret_file)
        };
        Self {
            issuer: self.issuer.or(file.issuer),
            client_id: self.client_id.or(file.client_id),
            client_secret_file: secret_file,
            client_secret: secret,
            label: self.label.or(file.label),
            allowed_domain: pick(self.allowed_domain, file.allowed_domain),
            roles_claim: self.roles_claim.or(file.roles_claim),
            organizer_value: self.organizer_value.or(file.organizer_value),
            admin_value: self.admin_value.or(file.admin_value),
            subject_claim: self.subject_claim.or(file.subject_claim),
            scope: pick(self.scope, file.scope),
            audience: pick(self.audience, file.audience),
            ca_file: self.ca_file.or(file.ca_file),
        }
    }

    /// Checks everything; `None` if no provider is configured.
    ///
    /// # Errors
    /// [`ConfigError`] for the first setting that cannot be used, or that lacks another one.
    pub fn check(self) -> Result<Option<OidcConfig>, ConfigError> {
        let Some(issuer) = self.issuer.clone() else { return self.nothing_else().map(|()| None) };
        check_issuer(&issuer)?;
        let client_id = self.client_id.clone().filter(|id| !id.is_empty()).ok_or_else(|| {
            ConfigError("--oidc-issuer needs --oidc-client-id: register this server at the provider.".to_owned())
        })?;
        let rules = self.rules()?;
        let label = self.label.clone().filter(|label| !label.trim().is_empty());
        let host = issuer.split_once("://").map_or("", |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
        let audiences = [client_id.clone()].into_iter().chain(self.audience.clone()).collect();
        let scopes = SCOPES.map(str::to_owned).into_iter().chain(self.scope.clone());
        Ok(Some(OidcConfig {
            label: label.unwrap_or_else(|| host.to_owned()),
            client_id,
            client_secret: self.secret()?,
            rules,
            scope: scopes.collect::<Vec<_>>().join(" "),
            audiences,
            roots: self.ca_file.as_deref().map(read_roots).transpose()?.unwrap_or_default(),
            issuer,
        }))
    }

    /// Nothing may be configured of a provider that is not named. A secret may lie in the environment for all that.
    fn nothing_else(&self) -> Result<(), ConfigError> {
        let texts = [&self.client_id, &self.label, &self.roles_claim, &self.organizer_value, &self.admin_value];
        let lists = [&self.allowed_domain, &self.scope, &self.audience];
        let files = [&self.client_secret_file, &self.ca_file];
        let some = texts.iter().any(|text| text.is_some())
            || self.subject_claim.is_some()
            || lists.iter().any(|list| !list.is_empty())
            || files.iter().any(|file| file.is_some());
        if some {
            return Err(ConfigError(
                "the --oidc options mean nothing without --oidc-issuer. Give the provider's URL.".to_owned(),
            ));
        }
        Ok(())
    }

    fn rules(&self) -> Result<AdmissionRules, ConfigError> {
        if self.roles_claim.is_none() && (self.organizer_value.is_some() || self.admin_value.is_some()) {
            return Err(ConfigError(
                "--oidc-organizer-value and --oidc-admin-value need --oidc-roles-claim: the claim that they stand in."
                    .to_owned(),
            ));
        }
        let domains: Vec<String> = self.allowed_domain.iter().map(|domain| domain.trim().to_lowercase()).collect();
        if let Some(wrong) =
            domains.iter().find(|domain| *domain != "*" && (!domain.contains('.') || domain.contains(['@', '*', ' '])))
        {
            return Err(ConfigError(format!(
                "--oidc-allowed-domain {wrong:?} is no domain. Write example.org, or * for everybody."
            )));
        }
        let domains = match domains.iter().any(|domain| domain == "*") {
            true => Domains::All,
            false if domains.is_empty() && self.organizer_value.is_some() => Domains::All,
            false if domains.is_empty() => {
                return Err(ConfigError(
                    "who may sign in by the provider is not said: give --oidc-allowed-domain example.org, or --oidc-roles-claim \
                     with --oidc-organizer-value, or --oidc-allowed-domain '*' for everybody whom the provider knows."
                        .to_owned(),
                ));
            }
            false => Domains::Of(domains.into_iter().collect()),
        };
        Ok(AdmissionRules {
            subject_claim: self.subject_claim.clone().unwrap_or_else(|| "sub".to_owned()),
            domains,
            roles_claim: self.roles_claim.clone(),
            organizer_value: self.organizer_value.clone(),
            admin_value: self.admin_value.clone(),
        })
    }

    fn secret(&self) -> Result<Option<Secret>, ConfigError> {
        let file = self.client_secret_file.as_deref();
        Secret::given(self.client_secret.clone(), file, "client secret", "oidc-client-secret")
    }
}

fn check_issuer(issuer: &str) -> Result<(), ConfigError> {
    if may_be_asked(issuer) && !issuer.contains(['?', '#', ' ']) {
        return Ok(());
    }
    Err(ConfigError(format!(
        "--oidc-issuer {issuer:?} cannot be used. Write it as https://login.example.org/realm, as the provider's own \
         configuration says; http is for a provider on this machine alone."
    )))
}

/// Whether a provider's URL may be asked: over https, or on this machine.
pub(super) fn may_be_asked(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let plain = !host.is_empty() && !authority.contains(['@', '\\', ' ']);
    plain && (scheme == "https" || scheme == "http" && is_loopback_host(host))
}

fn read_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let wrong = |why: String| ConfigError(format!("--oidc-ca-file {} cannot be used: {why}.", path.display()));
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let found = found.map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() { Err(wrong("it has no certificate".to_owned())) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> OidcSettings {
        OidcSettings {
            issuer: Some("https://login.example.org/realm".into()),
            client_id: Some("convene".into()),
            allowed_domain: vec!["Example.org".into()],
            ..Default::default()
        }
    }

    fn why(settings: OidcSettings) -> String {
        settings.check().expect_err("a refusal").0
    }

    #[test]
    fn a_provider_needs_an_issuer_a_client_and_a_word_on_who_may_sign_in() {
        assert!(OidcSettings::default().check().is_ok_and(|config| config.is_none()));
        let config = settings().check().ok().flatten().expect("a provider");
        assert_eq!((config.label.as_str(), config.scope.as_str()), ("login.example.org", "openid profile email"));
        assert_eq!(config.rules.domains, Domains::Of(["example.org".to_owned()].into()));
        assert!(why(OidcSettings { issuer: None, ..settings() }).contains("--oidc-issuer"));
        assert!(why(OidcSettings { client_id: None, ..settings() }).contains("--oidc-client-id"));
        assert!(why(OidcSettings { allowed_domain: vec![], ..settings() }).contains("who may sign in"));
        assert!(why(OidcSettings { allowed_domain: vec!["a@b.c".into()], ..settings() }).contains("no domain"));
        assert!(why(OidcSettings { admin_value: Some("x".into()), ..settings() }).contains("--oidc-roles-claim"));
        for issuer in ["login.example.org", "http://login.example.org", "https://a@b", "https://", "https://a?b"] {
            assert!(
                why(OidcSettings { issuer: Some(issuer.into()), ..settings() }).contains("cannot be used"),
                "{issuer}"
            );
        }
    }

    #[test]
    fn a_secret_comes_from_one_place_and_nothing_shows_it() {
        let secret = OidcSettings { client_secret: Some(Secret::from("hidden".to_owned())), ..settings() };
        let shown = format!("{secret:?} {:?}", secret.clone().check());
        assert!(!shown.contains("hidden"), "{shown}");
        let both = OidcSettings { client_secret_file: Some("none".into()), ..secret };
        assert!(why(both).contains("two client secrets"));
        assert!(why(OidcSettings { client_secret_file: Some("/none".into()), ..settings() }).contains("/none"));
    }
}
