//! Scopes of access tokens.
//!
//! Source: ACS Identity REST, `CommunicationIdentityTokenScope`; `meetings` is Convene's own.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// One thing that a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Everything in chat.
    #[serde(rename = "chat")]
    Chat,
    /// Chat, but neither create, delete nor update threads.
    #[serde(rename = "chat.join")]
    ChatJoin,
    /// As `chat.join`, and neither add nor remove participants.
    #[serde(rename = "chat.join.limited")]
    ChatJoinLimited,
    /// Everything in calling.
    #[serde(rename = "voip")]
    Voip,
    /// Join calls that go on already, but start none.
    #[serde(rename = "voip.join")]
    VoipJoin,
    /// Manage one's own meetings. Only for users of the organization; never together with calling.
    #[serde(rename = "meetings")]
    Meetings,
}

/// A text that names no scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScope(pub String);

impl fmt::Display for InvalidScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        write!(f, "unknown scope {:?}: use some of {}", self.0, known.join(", "))
    }
}

impl std::error::Error for InvalidScope {}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 6] =
        [Scope::Chat, Scope::ChatJoin, Scope::ChatJoinLimited, Scope::Voip, Scope::VoipJoin, Scope::Meetings];

    /// The scope's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Chat => "chat",
            Scope::ChatJoin => "chat.join",
            Scope::ChatJoinLimited => "chat.join.limited",
            Scope::Voip => "voip",
            Scope::VoipJoin => "voip.join",
            Scope::Meetings => "meetings",
        }
    }

    /// Reads one scope's name.
    ///
    /// # Errors
    /// [`InvalidScope`] if there is no such scope.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| InvalidScope(text.to_owned()))
    }
}

/// A set of scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Reads a list separated by commas or spaces, as the `acsScope` claim and the CLI's `--scope` have it.
    ///
    /// # Errors
    /// [`InvalidScope`] for the first name that is no scope.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        text.split([',', ' ']).filter(|part| !part.is_empty()).map(Scope::parse).collect::<Result<_, _>>().map(Self)
    }

    /// True if nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if `scope` itself is in the set.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// May join calls (`voip` or `voip.join`).
    pub fn may_join_calls(&self) -> bool {
        self.has(Scope::Voip) || self.has(Scope::VoipJoin)
    }

    /// May read and write in chat threads (`chat`, `chat.join` or `chat.join.limited`).
    pub fn may_chat(&self) -> bool {
        self.may_change_chat_members() || self.has(Scope::ChatJoinLimited)
    }

    /// May add and remove participants of chat threads (`chat` or `chat.join`).
    pub fn may_change_chat_members(&self) -> bool {
        self.may_manage_chats() || self.has(Scope::ChatJoin)
    }

    /// May create, change and delete chat threads (`chat`).
    pub fn may_manage_chats(&self) -> bool {
        self.has(Scope::Chat)
    }

    /// May start calls (`voip`).
    pub fn may_start_calls(&self) -> bool {
        self.has(Scope::Voip)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_commas_and_spaces_and_written_with_commas() {
        assert_eq!(Scopes::parse("voip,chat").unwrap().to_string(), "chat,voip");
        assert_eq!(Scopes::parse("voip chat").unwrap(), Scopes::parse("chat,voip").unwrap());
        assert_eq!(Scopes::parse("voip,fly"), Err(InvalidScope("fly".into())));
    }

    #[test]
    fn joining_is_less_than_starting() {
        let joins = Scopes::parse("voip.join").unwrap();
        assert!(joins.may_join_calls() && !joins.may_start_calls());
        assert!(!Scopes::parse("chat,meetings").unwrap().may_join_calls());
    }

    #[test]
    fn each_scope_of_chat_allows_less_than_the_one_before() {
        let allowed = |text: &str| {
            let scopes = Scopes::parse(text).unwrap();
            (scopes.may_manage_chats(), scopes.may_change_chat_members(), scopes.may_chat())
        };
        assert_eq!(allowed("chat"), (true, true, true));
        assert_eq!(allowed("chat.join"), (false, true, true));
        assert_eq!(allowed("chat.join.limited"), (false, false, true));
        assert_eq!(allowed("voip,meetings"), (false, false, false));
    }
}
