//! The lobby of group calls, and of calls that ring: who manages it, and who need not wait. Convene's own: in ACS everybody who knows a
//! group's id is in.

use crate::RawId;
use crate::record::CallTarget;
use std::collections::BTreeSet;

/// Who need not wait in the lobby of a group call, besides its hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupBypass {
    /// Nobody waits, unless a host puts them back.
    Everyone,
    /// Those who were named.
    Named,
    /// Everybody waits.
    Nobody,
}

impl GroupBypass {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Named, Self::Nobody];

    /// Its name in the REST API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Named => "named",
            Self::Nobody => "nobody",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

/// What an app's server said about a group call; or what a call that rings is, if it was started with a lobby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupCall {
    /// Whose group it is.
    pub resource: String,
    /// The group's id: a UUID in lower case.
    pub group_id: String,
    /// Who need not wait. `None`: it has no lobby, as in ACS.
    pub lobby: Option<GroupBypass>,
    /// Who never waits, and decides about those who do.
    pub hosts: BTreeSet<RawId>,
    /// Who need not wait where those do not who were named.
    pub bypassers: BTreeSet<RawId>,
    /// Raised with each change, also from deleting it to making it anew; 0 if nobody ever said anything.
    pub version: u64,
}

impl GroupCall {
    /// A group call without a lobby: nobody said anything about it.
    pub fn open(resource: &str, group_id: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            group_id: group_id.to_owned(),
            lobby: None,
            hosts: BTreeSet::new(),
            bypassers: BTreeSet::new(),
            version: 0,
        }
    }

    /// A call that rings and is to have a lobby, which `host` manages.
    pub fn hosted(resource: &str, group_id: &str, host: RawId) -> Self {
        let hosts = BTreeSet::from([host]);
        Self { lobby: Some(GroupBypass::Nobody), hosts, ..Self::open(resource, group_id) }
    }

    /// What its call is a session of.
    pub fn target(&self) -> CallTarget {
        CallTarget::Group { resource: self.resource.clone(), group_id: self.group_id.clone() }
    }
}

/// What becomes of calls from the users and servers of apps to users of the organization: its operator's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallsFromApps {
    /// They ring, and whoever answers is connected with whoever calls.
    #[default]
    Ring,
    /// They ring; whoever calls then waits until whoever answered lets them in.
    Lobby,
    /// There are none.
    Off,
}

impl CallsFromApps {
    /// Every value, by the name that it has in the configuration.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Ring, "ring"), (Self::Lobby, "lobby"), (Self::Off, "off")];

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_no_other() {
        for each in GroupBypass::ALL {
            assert_eq!(GroupBypass::parse(each.name()), Some(each));
        }
        for (value, name) in CallsFromApps::ALL {
            assert_eq!(CallsFromApps::parse(name), Some(value));
        }
        assert_eq!((GroupBypass::parse("Everyone"), CallsFromApps::parse("")), (None, None));
    }
}
