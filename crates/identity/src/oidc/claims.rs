//! What a provider says of somebody.

use serde_json::{Map, Value};

/// The claims of a verified token. Has no `Debug`: they are about a person.
#[derive(Clone)]
pub struct ProviderClaims(pub(super) Map<String, Value>);

impl ProviderClaims {
    /// A claim that is a text, and not an empty one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.find(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Whether a claim is there.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some_and(|value| !value.is_null())
    }

    /// Whether a claim is true. Some providers write it as a text.
    pub fn is_true(&self, name: &str) -> bool {
        match self.find(name) {
            Some(Value::Bool(value)) => *value,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    /// Whether a claim is this text, or a list with it.
    pub fn includes(&self, name: &str, wanted: &str) -> bool {
        match self.find(name) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Array(list)) => list.iter().any(|value| value.as_str() == Some(wanted)),
            _ => false,
        }
    }

    /// A claim by its name; a name with dots that is none itself leads into objects, as `realm_access.roles` does.
    fn find(&self, name: &str) -> Option<&Value> {
        if let Some(value) = self.0.get(name) {
            return Some(value);
        }
        let mut parts = name.split('.');
        let first = self.0.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.as_object()?.get(part))
    }

    /// Adds what the provider's userinfo endpoint says (OpenID Connect Core §5.3), where the token says nothing. `None` if that is about
    /// somebody else.
    pub fn with_userinfo(mut self, userinfo: &str) -> Option<Self> {
        let said: Map<String, Value> = serde_json::from_str(userinfo).ok()?;
        if said.get("sub").and_then(Value::as_str) != Some(self.text("sub")?) {
            return None;
        }
        // An address and whether it is verified belong together.
        let of_another = self.has("email") && self.0.get("email") != said.get("email");
        for (name, value) in said {
            if !(of_another && name == "email_verified") {
                self.0.entry(name).or_insert(value);
            }
        }
        Some(self)
    }

    /// The application that the token was issued to: `azp` of ID tokens, `client_id` (RFC 9068) or `appid` of access tokens, or else the
    /// one audience.
    pub fn application(&self) -> Option<&str> {
        let named = ["azp", "client_id", "appid"].into_iter().find_map(|name| self.text(name));
        named.or_else(|| match self.0.get("aud")? {
            Value::String(text) => Some(text.as_str()),
            Value::Array(list) => match list.as_slice() {
                [one] => one.as_str(),
                _ => None,
            },
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> ProviderClaims {
        ProviderClaims(value.as_object().expect("an object").clone())
    }

    #[test]
    fn a_claim_is_found_by_its_name_or_by_a_path_into_objects() {
        let claims = claims(json!({ "realm_access": { "roles": ["a", "b"] }, "groups": "a", "x.y": "z", "n": 1 }));
        assert!(claims.includes("realm_access.roles", "b") && !claims.includes("realm_access.roles", "c"));
        assert!(claims.includes("groups", "a") && claims.includes("x.y", "z") && !claims.includes("n", "1"));
        assert!(
            !claims.includes("realm_access.none", "a") && !claims.includes("groups.a", "a") && !claims.includes("", "")
        );
    }

    #[test]
    fn userinfo_adds_to_the_token_and_changes_nothing_in_it() {
        let token = claims(json!({ "sub": "s", "email": "a@example.org" }));
        let whole =
            token.clone().with_userinfo(r#"{"sub":"s","email":"evil@example.org","name":"Olga"}"#).expect("the same");
        assert_eq!((whole.text("email"), whole.text("name")), (Some("a@example.org"), Some("Olga")));
        let unverified = token.clone().with_userinfo(r#"{"sub":"s","email":"evil@example.org","email_verified":true}"#);
        assert!(!unverified.expect("the same").is_true("email_verified"), "another address was verified");
        let verified = token.clone().with_userinfo(r#"{"sub":"s","email":"a@example.org","email_verified":true}"#);
        assert!(verified.expect("the same").is_true("email_verified"));
        for other in [r#"{"sub":"t"}"#, "{}", "rubbish"] {
            assert!(token.clone().with_userinfo(other).is_none(), "{other}");
        }
    }

    #[test]
    fn the_application_of_a_token_is_who_it_was_issued_to() {
        assert_eq!(claims(json!({ "aud": ["api"], "azp": "app" })).application(), Some("app"));
        assert_eq!(claims(json!({ "aud": "api", "appid": "app" })).application(), Some("app"));
        assert_eq!(claims(json!({ "aud": ["app"] })).application(), Some("app"));
        assert_eq!(claims(json!({ "aud": ["app", "api"] })).application(), None);
        assert_eq!(claims(json!({})).application(), None);
    }
}
