//! Whom a provider's word lets in, and as what.

use super::claims::ProviderClaims;
use crate::session::clean_email;
use crate::user::clean_display_name;
use convene_model::account::{AccountRole, Subject};
use convene_model::{Random, RawId, uuid_v4};
use std::collections::BTreeSet;

/// The longest subject that is kept, in bytes (OpenID Connect Core §2).
const SUBJECT_MAX: usize = 255;

/// Whose e-mail addresses are let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domains {
    /// Everybody whom the provider knows, with or without an address.
    All,
    /// Those with a verified address of one of these domains (lower case).
    Of(BTreeSet<String>),
}

/// The rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmissionRules {
    /// The claim that names a person for good: `sub`, or what the provider has for all its applications in common.
    pub subject_claim: String,
    /// Whose addresses are let in.
    pub domains: Domains,
    /// The claim with the roles; without it everybody is an organizer.
    pub roles_claim: Option<String>,
    /// What stands in it for organizers; without it everybody who is let in is one.
    pub organizer_value: Option<String>,
    /// What stands in it for administrators.
    pub admin_value: Option<String>,
}

/// Somebody, as the provider proves.
#[derive(Clone, PartialEq, Eq)]
pub struct Proven {
    /// How the provider names them.
    pub subject: Subject,
    /// The address in lower case, if the provider has verified it.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// What they may do here.
    pub role: AccountRole,
}

/// Why somebody is not let in. For them to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// No name that lasts.
    #[error(
        "The provider did not say who you are: its token lacks {0}. Whoever runs this server can choose another claim with --oidc-subject-claim."
    )]
    NoSubject(String),
    /// No address.
    #[error(
        "The provider said no e-mail address of yours, and this server admits people by theirs. Add one to your account there, and sign in again."
    )]
    NoEmail,
    /// Not verified.
    #[error("The provider has not verified your e-mail address {0}. Verify it there, and sign in again.")]
    EmailNotVerified(String),
    /// Another domain.
    #[error(
        "Your address {0} is of no domain that may sign in here. Sign in with an account of the organization, or ask whoever runs this server to allow yours."
    )]
    DomainNotAllowed(String),
    /// No role.
    #[error(
        "Your account at the provider has no role that lets you sign in here. Ask whoever manages it for the role of an organizer."
    )]
    NoRole,
}

impl AdmissionRules {
    /// Who it is, if they belong here. Somebody without a role is [`AccountRole::Member`].
    ///
    /// # Errors
    /// [`NotAdmitted`].
    pub fn admit(&self, claims: &ProviderClaims, issuer: &str) -> Result<Proven, NotAdmitted> {
        let subject = self.subject(claims, issuer)?;
        let email = claims.text("email").and_then(clean_email);
        let verified = claims.is_true("email_verified");
        if let Domains::Of(domains) = &self.domains {
            let email = email.as_deref().ok_or(NotAdmitted::NoEmail)?;
            if !verified {
                return Err(NotAdmitted::EmailNotVerified(email.to_owned()));
            }
            let of = email.rsplit_once('@').map(|(_, domain)| domain);
            if !of.is_some_and(|domain| domains.contains(domain)) {
                return Err(NotAdmitted::DomainNotAllowed(email.to_owned()));
            }
        }
        let name = ["name", "preferred_username"].into_iter().find_map(|claim| claims.text(claim));
        let name = name.map(clean_display_name).filter(|name| !name.is_empty());
        let email = email.filter(|_| verified);
        Ok(Proven { subject, name: name.or_else(|| email.clone()), email, role: self.role(claims) })
    }

    /// How the provider names them.
    ///
    /// # Errors
    /// [`NotAdmitted::NoSubject`].
    pub fn subject(&self, claims: &ProviderClaims, issuer: &str) -> Result<Subject, NotAdmitted> {
        let subject = claims.text(&self.subject_claim).filter(|subject| subject.len() <= SUBJECT_MAX);
        let subject = subject.ok_or_else(|| NotAdmitted::NoSubject(self.subject_claim.clone()))?;
        Ok(Subject { issuer: issuer.to_owned(), subject: subject.to_owned() })
    }

    fn role(&self, claims: &ProviderClaims) -> AccountRole {
        let Some(claim) = &self.roles_claim else { return AccountRole::Organizer };
        let has = |value: &String| claims.includes(claim, value);
        match (&self.admin_value, &self.organizer_value) {
            (Some(admin), _) if has(admin) => AccountRole::Admin,
            (_, None) => AccountRole::Organizer,
            (_, Some(organizer)) if has(organizer) => AccountRole::Organizer,
            (_, Some(_)) => AccountRole::Member,
        }
    }
}

/// The raw id of somebody new: the provider's own id if that is a UUID, so that apps that know people by it find them.
pub fn raw_id_of(subject: &Subject, random: &mut dyn Random) -> RawId {
    let text = subject.subject.to_ascii_lowercase();
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    RawId::organization_user(&if is_uuid { text } else { uuid_v4(random) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn rules() -> AdmissionRules {
        AdmissionRules {
            subject_claim: "sub".into(),
            domains: Domains::Of(["example.org".to_owned()].into()),
            roles_claim: None,
            organizer_value: None,
            admin_value: None,
        }
    }

    fn admit(rules: &AdmissionRules, claims: Value) -> Result<Proven, NotAdmitted> {
        rules.admit(&ProviderClaims(claims.as_object().expect("an object").clone()), "https://login.example.org")
    }

    #[test]
    fn only_verified_addresses_of_the_allowed_domains_are_let_in() {
        let person = |email: &str, verified: Value| json!({ "sub": "s", "email": email, "email_verified": verified });
        let proven = admit(&rules(), person("Olga@Example.ORG", json!(true))).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(proven.email.as_deref(), Some("olga@example.org"));
        assert_eq!((proven.name.as_deref(), proven.role), (Some("olga@example.org"), AccountRole::Organizer));
        let why = |claims| admit(&rules(), claims).err().expect("a refusal");
        assert_eq!(why(person("o@example.org", json!(false))), NotAdmitted::EmailNotVerified("o@example.org".into()));
        assert_eq!(
            why(json!({ "sub": "s", "email": "o@example.org" })),
            NotAdmitted::EmailNotVerified("o@example.org".into())
        );
        for email in ["o@evil.example", "o@sub.example.org", "o@example.org.evil.example", "o@example.org@evil.example"]
        {
            assert_eq!(why(person(email, json!(true))), NotAdmitted::DomainNotAllowed(email.into()));
        }
        assert_eq!(why(json!({ "sub": "s", "email_verified": true })), NotAdmitted::NoEmail);
        assert_eq!(why(json!({ "email": "o@example.org" })), NotAdmitted::NoSubject("sub".into()));
    }

    #[test]
    fn where_everybody_is_let_in_an_address_that_is_not_verified_is_not_kept() {
        let all = AdmissionRules { domains: Domains::All, ..rules() };
        let proven = admit(&all, json!({ "sub": "s", "email": "o@evil.example", "name": " Olga " })).expect("let in");
        assert_eq!((proven.email, proven.name.as_deref()), (None, Some("Olga")));
    }

    #[test]
    fn roles_come_from_the_claim() {
        let role = |organizer: Option<&str>, has: Value| {
            let rules = AdmissionRules {
                domains: Domains::All,
                roles_claim: Some("realm_access.roles".into()),
                organizer_value: organizer.map(str::to_owned),
                admin_value: Some("boss".into()),
                ..rules()
            };
            admit(&rules, json!({ "sub": "s", "realm_access": { "roles": has } })).expect("let in").role
        };
        assert_eq!(role(Some("host"), json!(["x", "host"])), AccountRole::Organizer);
        assert_eq!(role(Some("host"), json!(["boss"])), AccountRole::Admin);
        assert_eq!(role(Some("host"), json!(["x"])), AccountRole::Member);
        assert_eq!(role(None, json!([])), AccountRole::Organizer);
    }

    #[test]
    fn a_uuid_of_the_providers_is_the_raw_id() {
        struct Fixed;
        impl Random for Fixed {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.fill(7);
            }
        }
        let id = |subject: &str| raw_id_of(&Subject { issuer: String::new(), subject: subject.into() }, &mut Fixed);
        assert_eq!(id("44CC0000-0000-4000-8000-00000000000A").as_str(), "8:orgid:44cc0000-0000-4000-8000-00000000000a");
        for other in ["olga", "44cc0000-0000-4000-8000-00000000000_", "44cc00000000-4000-8000-00000000000aaa", ""] {
            assert_eq!(id(other).as_str(), "8:orgid:07070707-0707-4707-8707-070707070707", "{other}");
        }
    }
}
