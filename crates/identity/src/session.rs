//! Sessions of browsers and one-time links: how long they are good for.

use crate::secret_hash;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_model::account::{SessionRecord, SignedIn};
use convene_model::{Random, RawId, WallMs};

/// A session that was not used for so long has ended, in milliseconds. Larger: a browser left behind is good for longer.
/// Smaller: people sign in more often.
pub const SESSION_IDLE_MS: i64 = 12 * 60 * 60 * 1000;
/// A session ends after so long in any case, in milliseconds.
pub const SESSION_MAX_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Use is noted once in so many milliseconds. Larger: the idle time is less exact. Smaller: more writes.
pub const SESSION_NOTE_MS: i64 = 60 * 1000;
/// How long a one-time link is good for, in milliseconds. Larger: a mail read by others later still opens it. Smaller: it is
/// over before its owner reads it.
pub const LINK_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// A new secret of 256 bits, in base64url; only its [`secret_hash`] is kept.
pub fn new_secret(random: &mut dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new session: its secret, for the cookie, and its record.
pub fn new_session(user: RawId, random: &mut dyn Random, now: WallMs) -> (String, SessionRecord) {
    let secret = new_secret(random);
    let hash = secret_hash(&secret);
    (secret, SessionRecord { hash, user, created_at: now, seen_at: now })
}

/// Whether a session holds: neither idle nor alive for too long, and of an account that may sign in.
pub fn session_holds(signed_in: &SignedIn, now: WallMs) -> bool {
    let session = &signed_in.session;
    let fresh = now - session.seen_at < SESSION_IDLE_MS && now - session.created_at < SESSION_MAX_MS;
    fresh && !signed_in.account.disabled && signed_in.account.role.may_sign_in()
}

/// An e-mail address as it is compared: without space around it, in lower case. `None` if it is none.
pub fn clean_email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, domain) = text.rsplit_once('@')?;
    let fits = !name.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::account::{Account, AccountRole};
    use convene_model::record::User;

    fn signed_in(created_at: i64, seen_at: i64) -> SignedIn {
        let user = RawId::organization_user("u");
        SignedIn {
            session: SessionRecord { hash: "h".into(), user: user.clone(), created_at, seen_at },
            account: Account {
                user: user.clone(),
                email: None,
                local: true,
                role: AccountRole::Organizer,
                password: None,
                disabled: false,
                created_at: 0,
            },
            user: User { id: user, display_name: None, generation: 0, created_at: 0 },
        }
    }

    #[test]
    fn a_session_ends_when_it_is_idle_or_old_or_its_account_is_shut_or_loses_its_role() {
        assert!(session_holds(&signed_in(0, 0), SESSION_IDLE_MS - 1));
        assert!(!session_holds(&signed_in(0, 0), SESSION_IDLE_MS));
        assert!(session_holds(&signed_in(0, SESSION_MAX_MS - 1), SESSION_MAX_MS - 1));
        assert!(!session_holds(&signed_in(0, SESSION_MAX_MS - 1), SESSION_MAX_MS));
        let mut shut = signed_in(0, 0);
        shut.account.disabled = true;
        let mut member = signed_in(0, 0);
        member.account.role = AccountRole::Member;
        assert!(!session_holds(&shut, 1) && !session_holds(&member, 1));
    }

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(clean_email(" Olga@Example.ORG ").as_deref(), Some("olga@example.org"));
        for none in ["", "olga", "@example.org", "olga@", "olga@example", "ol ga@example.org", "olga@.org"] {
            assert_eq!(clean_email(none), None, "{none:?}");
        }
    }
}
