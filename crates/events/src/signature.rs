//! How what is delivered is signed: Standard Webhooks 1.0.0 ("Signature scheme", symmetric `v1`).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a secret. The specification wants 24 to 64.
pub const SECRET_BYTES: usize = 32;

/// A secret as it is shown to the one who checks signatures with it.
pub fn shown_secret(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The value of the `webhook-signature` header. `seconds`: since 1970, as in `webhook-timestamp`.
pub fn signature(secret: &[u8], id: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: printf %s "<id>.<seconds>.<body>" | openssl dgst -sha256 -mac HMAC -macopt hexkey:<secret> -binary | base64
    #[test]
    fn a_signature_is_over_id_time_and_body() {
        let secret: Vec<u8> = (0..32).collect();
        let ours = signature(&secret, "msg_1", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(ours, "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0=");
        assert_eq!(shown_secret(&secret), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    }
}
