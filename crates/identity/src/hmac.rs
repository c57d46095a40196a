//! Signed requests: whether a REST request was signed with one of a resource's access keys.
//!
//! Source: Azure Communication Services, "Authenticate: access key" (HMAC-SHA256), and the requests that its published
//! clients send: not all of them sign the same form of the target, see [`signed_targets`].

use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_model::{WallMs, record::AccessKey};
use percent_encoding::percent_decode_str;
use std::time::UNIX_EPOCH;

/// How far `x-ms-date` may be from the server's time, in milliseconds (15 minutes). Larger: a captured request can be
/// sent again for longer. Smaller: servers with a bad clock are refused.
pub const CLOCK_WINDOW_MS: i64 = 15 * 60 * 1000;

/// The headers that are signed, in the one order that there is.
const SIGNED_HEADERS: &str = "x-ms-date;host;x-ms-content-sha256";

/// A request as it came in. A header that is missing, or is no text, is `None`.
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// Path and query, as they stood in the request line.
    pub target: &'a str,
    /// `Host`, with the port if there was one.
    pub host: &'a str,
    /// `x-ms-date` (RFC 9110 §5.6.7).
    pub date: Option<&'a str>,
    /// `x-ms-content-sha256`, base64.
    pub content_hash: Option<&'a str>,
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// The body, whole.
    pub body: &'a [u8],
}

/// Why a request is not taken as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefused {
    /// Not signed at all, or in another way.
    #[error(
        "The request is not signed. Sign it with an access key: Authorization 'HMAC-SHA256 \
         SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64>', with the headers x-ms-date and \
         x-ms-content-sha256."
    )]
    Unsigned,
    /// `x-ms-date` is no date.
    #[error("The header x-ms-date cannot be read. Write it as 'Mon, 23 Nov 2026 08:30:53 GMT'.")]
    UnreadableDate,
    /// `x-ms-date` is too far from now.
    #[error(
        "The header x-ms-date differs from the server's time by more than 15 minutes. Set the clock and try again."
    )]
    WrongClock,
    /// The body is not the one that was signed.
    #[error("The body is not the one whose SHA-256 stands in x-ms-content-sha256. Sign the body as it is sent.")]
    BodyChanged,
    /// None of the keys made this signature over this request.
    #[error(
        "The signature does not fit this request and the resource's access keys. Check the connection string \
         (`convene connection-string` prints it), and that a proxy passes Host and path on unchanged."
    )]
    WrongSignature,
}

/// Checks that one of `keys` signed the request, lately, with this very body.
///
/// The signature carries no nonce, so a request can be sent again within [`CLOCK_WINDOW_MS`]; clients' own retries, which
/// are signed alike within a second, look the same.
///
/// # Errors
/// [`SignatureRefused`] for the first thing that is wrong.
pub fn check_signature(request: &SignedRequest<'_>, keys: &[AccessKey], now: WallMs) -> Result<(), SignatureRefused> {
    let (Some(date), Some(content_hash)) = (request.date, request.content_hash) else {
        return Err(SignatureRefused::Unsigned);
    };
    let signature = request.authorization.and_then(read_authorization).ok_or(SignatureRefused::Unsigned)?;
    let signed_at = read_date(date).ok_or(SignatureRefused::UnreadableDate)?;
    if signed_at.abs_diff(now) > CLOCK_WINDOW_MS.unsigned_abs() {
        return Err(SignatureRefused::WrongClock);
    }
    if content_hash != STANDARD.encode(digest::digest(&digest::SHA256, request.body)) {
        return Err(SignatureRefused::BodyChanged);
    }
    let fits = signed_targets(request.target).iter().any(|target| {
        let text = format!("{}\n{target}\n{date};{};{content_hash}", request.method, request.host);
        keys.iter().any(|key| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &key.0);
            // Compares in constant time.
            hmac::verify(&key, text.as_bytes(), &signature).is_ok()
        })
    });
    if fits { Ok(()) } else { Err(SignatureRefused::WrongSignature) }
}

/// The signature of `HMAC-SHA256 SignedHeaders=…&Signature=<base64>`.
fn read_authorization(text: &str) -> Option<Vec<u8>> {
    let (scheme, parameters) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("HMAC-SHA256") {
        return None;
    }
    let (headers, signature) = parameters.trim().split_once('&')?;
    let headers = headers.strip_prefix("SignedHeaders=")?;
    if !headers.eq_ignore_ascii_case(SIGNED_HEADERS) {
        return None;
    }
    STANDARD.decode(signature.strip_prefix("Signature=")?).ok()
}

fn read_date(text: &str) -> Option<WallMs> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    WallMs::try_from(since.as_millis()).ok()
}

/// The forms of a target that clients sign, the most usual first:
/// as it is sent (nearly all); with the query written anew as the web's `URLSearchParams` does (JavaScript, when it
/// follows a link whose query has other characters than letters and digits); percent-decoded (Python's rooms client, and
/// Python over aiohttp); with the colons of the path encoded (Python's call automation client over aiohttp, which signs raw ids
/// encoded and sends them plain).
fn signed_targets(target: &str) -> Vec<String> {
    let mut forms = vec![target.to_owned()];
    if let Some((path, query)) = target.split_once('?') {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        forms.push(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") });
    }
    forms.push(percent_decode_str(target).decode_utf8_lossy().into_owned());
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    forms.push(format!("{}{query}", path.replace(':', "%3A")));
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_clients_sign_are_the_sent_the_rewritten_the_decoded_and_the_one_without_colons() {
        assert_eq!(signed_targets("/identities?api-version=2023-10-01"), ["/identities?api-version=2023-10-01"]);
        assert_eq!(
            signed_targets("/rooms?$skip=a b~:/&x"),
            ["/rooms?$skip=a b~:/&x", "/rooms?%24skip=a+b%7E%3A%2F&x=", "/rooms?$skip=a b~:/&x"],
            "no colon of the path"
        );
        assert_eq!(
            signed_targets("/identities/8%3Aacs%3Ar_u/:revokeAccessTokens?api-version=1"),
            [
                "/identities/8%3Aacs%3Ar_u/:revokeAccessTokens?api-version=1",
                "/identities/8:acs:r_u/:revokeAccessTokens?api-version=1",
                "/identities/8%3Aacs%3Ar_u/%3ArevokeAccessTokens?api-version=1"
            ]
        );
        assert_eq!(signed_targets("/a?"), ["/a?", "/a", "/a?"]);
    }

    #[test]
    fn what_is_no_authorization_of_this_kind_is_none() {
        let good = format!("HMAC-SHA256 SignedHeaders={SIGNED_HEADERS}&Signature=AAAA");
        assert_eq!(read_authorization(&good), Some(vec![0, 0, 0]));
        for text in [
            "",
            "HMAC-SHA256",
            "HMAC-SHA256 ",
            "Bearer AAAA",
            "HMAC-SHA256 SignedHeaders=host&Signature=AAAA",
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=%%%%",
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256",
            "HMAC-SHA256 Signature=AAAA&SignedHeaders=x-ms-date;host;x-ms-content-sha256",
        ] {
            assert_eq!(read_authorization(text), None, "{text}");
        }
    }
}
