//! Secrets that are kept only as a hash.

use aws_lc_rs::digest::{SHA256, digest};
use std::fmt::Write as _;

/// The SHA-256 hash (FIPS 180-4) of a secret, in lower-case hexadecimal. For secrets with the randomness of a key, not for
/// passwords.
pub fn secret_hash(secret: &str) -> String {
    let hash = digest(&SHA256, secret.as_bytes());
    hash.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::secret_hash;

    #[test]
    fn the_hash_is_the_standards_own_example() {
        assert_eq!(secret_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
