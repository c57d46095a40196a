//! What a back end sends to get a token: OAuth 2.0 client credentials (RFC 6749 §4.4), with the secret in the body or in the header
//! (§2.3.1).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::BTreeMap;
use std::fmt;

/// The suffix of a scope that means "all that the application may".
const DEFAULT_SCOPE: &str = "/.default";

/// A request for a token, read but not yet checked. Has no `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCredentials {
    /// Which application it says it is.
    pub client_id: String,
    /// What it shows for it.
    pub client_secret: String,
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OauthRefused {
    /// A parameter is missing, stands there twice, or cannot be read.
    InvalidRequest(&'static str),
    /// No such application, or not its secret: both are said alike.
    InvalidClient(&'static str),
    /// Not `client_credentials`.
    UnsupportedGrantType,
    /// A scope that is none of this server's.
    InvalidScope,
}

impl OauthRefused {
    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient(_) => "invalid_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
        }
    }
}

/// What is wrong and what to do, in a sentence.
impl fmt::Display for OauthRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidRequest(why) | Self::InvalidClient(why) => why,
            Self::UnsupportedGrantType => "This server gives tokens for grant_type=client_credentials only. Send that.",
            Self::InvalidScope => {
                "The scope is none of this server's. Send <the server's URL>/.default, which stands for all that the application may."
            }
        })
    }
}

impl std::error::Error for OauthRefused {}

const NO_CREDENTIALS: &str =
    "The request names no application. Send client_id and client_secret in the body, or as HTTP Basic.";
const BAD_BASIC: &str = "The Authorization header cannot be read. Send 'Basic <base64 of client_id:client_secret>'.";
const TWICE: &str = "A parameter stands in the body twice. Send each one once.";
const BOTH: &str = "The secret stands in the header and in the body. Send it in one of them.";
const ASSERTION: &str = "Assertions are not taken. Send the application's client_secret.";
const NO_GRANT: &str =
    "The body names no grant_type. Send grant_type=client_credentials as a form (application/x-www-form-urlencoded).";

impl ClientCredentials {
    /// Reads a request: the `Authorization` header, if there is one, and the form of the body. `is_ours` says whether the URL that a
    /// scope begins with is this server's, or one that clients send by habit. A request without a scope asks for all.
    ///
    /// # Errors
    /// [`OauthRefused`] for the first thing that is wrong.
    pub fn read(
        authorization: Option<&str>,
        body: &[u8],
        is_ours: &dyn Fn(&str) -> bool,
    ) -> Result<Self, OauthRefused> {
        let mut form: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            // A parameter without a value counts as left out (§3.2).
            if !value.is_empty() && form.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(OauthRefused::InvalidRequest(TWICE));
            }
        }
        match form.get("grant_type").map(String::as_str) {
            Some("client_credentials") => {}
            Some(_) => return Err(OauthRefused::UnsupportedGrantType),
            None => return Err(OauthRefused::InvalidRequest(NO_GRANT)),
        }
        let scopes = form.get("scope").map_or("", String::as_str);
        if !scopes.split(' ').filter(|scope| !scope.is_empty()).all(|scope| is_known(scope, is_ours)) {
            return Err(OauthRefused::InvalidScope);
        }
        if form.contains_key("client_assertion") {
            return Err(OauthRefused::InvalidClient(ASSERTION));
        }
        let (id, secret) = (form.remove("client_id"), form.remove("client_secret"));
        match (authorization, id, secret) {
            (Some(_), _, Some(_)) => Err(OauthRefused::InvalidRequest(BOTH)),
            (Some(header), id, None) => {
                let own = basic(header).ok_or(OauthRefused::InvalidClient(BAD_BASIC))?;
                match id {
                    Some(id) if id != own.client_id => Err(OauthRefused::InvalidRequest(BOTH)),
                    Some(_) | None => Ok(own),
                }
            }
            (None, Some(client_id), Some(client_secret)) => Ok(Self { client_id, client_secret }),
            (None, _, _) => Err(OauthRefused::InvalidClient(NO_CREDENTIALS)),
        }
    }
}

fn is_known(scope: &str, is_ours: &dyn Fn(&str) -> bool) -> bool {
    scope == ".default" || scope.strip_suffix(DEFAULT_SCOPE).is_some_and(is_ours)
}

/// `Basic <base64 of id:secret>`, both form-encoded before (§2.3.1).
fn basic(header: &str) -> Option<ClientCredentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(String::from)
    };
    Some(ClientCredentials { client_id: decoded(id)?, client_secret: decoded(secret)? })
}
