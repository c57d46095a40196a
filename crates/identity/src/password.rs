//! Passwords of local accounts: Argon2id (RFC 9106), kept in PHC form with its parameters, so that they can be changed.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use convene_model::Random;

/// Memory, in KiB. Larger: guessing costs more, and so does each sign-in. Smaller: the reverse.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;

/// The shortest password, in characters. Larger: people write them down. Smaller: they are guessed. No kinds of characters are
/// asked for: length is what counts (NIST SP 800-63B §3.1.1).
pub const PASSWORD_MIN: usize = 12;
/// The longest, in bytes. Larger: more work for whoever sends rubbish. Smaller: long sentences are refused.
pub const PASSWORD_MAX: usize = 1024;

/// Why a password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short.
    #[error(
        "The password is too short: use {PASSWORD_MIN} characters or more. A few words in a row are easy to remember."
    )]
    Short,
    /// Too long.
    #[error("The password is too long: use at most {PASSWORD_MAX} bytes.")]
    Long,
    /// The algorithm refused; its parameters are wrong.
    #[error("The password could not be kept. Try again.")]
    NotHashed,
}

/// What came of comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// It is the one.
    Right,
    /// It is the one, and was kept with other parameters than those of today: keep it anew.
    RightRehash,
    /// It is not.
    Wrong,
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a new password with a salt of its own.
///
/// # Errors
/// [`PasswordRefused`] if it is too short or too long.
pub fn hash_password(password: &str, random: &mut dyn Random) -> Result<String, PasswordRefused> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(PasswordRefused::Short);
    }
    if password.len() > PASSWORD_MAX {
        return Err(PasswordRefused::Long);
    }
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let hash = hasher().and_then(|hasher| hasher.hash_password_with_salt(password.as_bytes(), &salt).ok());
    hash.map(|hash| hash.to_string()).ok_or(PasswordRefused::NotHashed)
}

/// Compares a password with a kept hash. Without one, or with one that cannot be read, it is wrong after the same work, so that
/// the time does not tell whether there is an account.
pub fn verify_password(password: &str, kept: Option<&str>) -> PasswordVerdict {
    let Some(hasher) = hasher() else { return PasswordVerdict::Wrong };
    let password = if password.len() > PASSWORD_MAX { "" } else { password };
    let Some(hash) = kept.and_then(|kept| PasswordHash::new(kept).ok()) else {
        let mut unused = [0; 32];
        // Only its duration counts.
        let _same_work = hasher.hash_password_into(password.as_bytes(), &[0; 16], &mut unused);
        return PasswordVerdict::Wrong;
    };
    if hasher.verify_password(password.as_bytes(), &hash).is_err() {
        return PasswordVerdict::Wrong;
    }
    let same = Params::try_from(&hash)
        .is_ok_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES));
    let same = same && hash.algorithm.as_str() == Algorithm::Argon2id.as_str();
    if same { PasswordVerdict::Right } else { PasswordVerdict::RightRehash }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Random for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    const GOOD: &str = "a few words in a row";

    #[test]
    fn the_parameters_stand_in_what_is_kept() {
        let kept = hash_password(GOOD, &mut Fixed).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(verify_password(GOOD, Some(&kept)), PasswordVerdict::Right);
        assert_eq!(verify_password("a few words in a rov", Some(&kept)), PasswordVerdict::Wrong);
        assert_eq!(verify_password(GOOD, None), PasswordVerdict::Wrong);
        assert_eq!(verify_password(GOOD, Some("rubbish")), PasswordVerdict::Wrong);
    }

    #[test]
    fn a_hash_with_other_parameters_is_right_and_to_be_kept_anew() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let kept = weak.hash_password_with_salt(GOOD.as_bytes(), &[1; 16]).unwrap().to_string();
        assert_eq!(verify_password(GOOD, Some(&kept)), PasswordVerdict::RightRehash);
    }

    #[test]
    fn only_the_length_of_a_password_is_looked_at() {
        assert_eq!(hash_password("elevenchars", &mut Fixed), Err(PasswordRefused::Short));
        assert_eq!(hash_password(&"x".repeat(PASSWORD_MAX + 1), &mut Fixed), Err(PasswordRefused::Long));
        assert!(hash_password("twelve chars", &mut Fixed).is_ok());
    }
}
