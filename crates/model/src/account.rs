//! Durable records of those who sign in: accounts, how a provider names them, sessions, one-time links.

use crate::record::User;
use crate::{RawId, WallMs};
use std::fmt;

/// What somebody who signs in may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountRole {
    /// May not sign in here: somebody of the organization, proven by its provider, who has no role.
    Member,
    /// Has meetings.
    Organizer,
    /// An organizer, named as an administrator.
    Admin,
}

impl AccountRole {
    /// All.
    pub const ALL: [Self; 3] = [Self::Member, Self::Organizer, Self::Admin];

    /// Its name, as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Organizer => "organizer",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it lets somebody sign in.
    pub fn may_sign_in(self) -> bool {
        match self {
            Self::Member => false,
            Self::Organizer | Self::Admin => true,
        }
    }
}

/// A user of the organization who signs in, by a password or by the organization's provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub user: RawId,
    /// The e-mail address in lower case.
    pub email: Option<String>,
    /// Whether it is signed into by `email` and a password. Only then is the address unique.
    pub local: bool,
    /// What it may do.
    pub role: AccountRole,
    /// The password's hash in PHC form; `None` until one is set, and for accounts of a provider.
    pub password: Option<String>,
    /// Whether it is shut.
    pub disabled: bool,
    /// When it was made.
    pub created_at: WallMs,
}

/// Shows no hash and no address.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("user", &self.user).field("role", &self.role).finish_non_exhaustive()
    }
}

/// How a provider names somebody: the same pair is always the same person (OpenID Connect Core §5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// The person.
    pub subject: String,
}

/// A session of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// The hash of its secret.
    pub hash: String,
    /// Whose.
    pub user: RawId,
    /// When it began.
    pub created_at: WallMs,
    /// When it was last used.
    pub seen_at: WallMs,
}

/// A session, and whose it is, as they are at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: SessionRecord,
    /// The account.
    pub account: Account,
    /// The user.
    pub user: User,
}

/// A link with which a password is set once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordLink {
    /// The hash of its secret.
    pub hash: String,
    /// Whose password.
    pub user: RawId,
    /// Until when.
    pub expires_at: WallMs,
}
