//! What somebody decided about a person by name: a role, or that they may not send. It holds for as long as the call lives:
//! nobody sheds a hard mute, or a role, by leaving and coming again.

use crate::Person;
use convene_model::{RawId, Role};
use std::collections::BTreeMap;

/// How many people who left are remembered. Fewer: the oldest decisions are forgotten in a call that many pass through. More:
/// memory, some 100 bytes each.
pub(crate) const DECIDED_MAX: usize = 10_000;

/// What was decided about one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The role that was given by name.
    pub role: Option<Role>,
    pub audio_forbidden: bool,
    pub video_forbidden: bool,
}

/// What was decided about people who are not in the call now.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    about: BTreeMap<RawId, (u64, Decision)>,
    count: u64,
}

impl Decided {
    /// Keeps what was decided about somebody who leaves.
    pub fn keep(&mut self, user: RawId, decision: Decision) {
        if decision == Decision::default() {
            self.about.remove(&user);
            return;
        }
        self.count += 1;
        self.about.insert(user, (self.count, decision));
        if self.about.len() > DECIDED_MAX {
            let oldest = self.about.iter().min_by_key(|(_, (number, _))| *number).map(|(user, _)| user.clone());
            oldest.map(|user| self.about.remove(&user));
        }
    }

    /// What was decided about somebody who comes.
    pub fn about(&self, user: &RawId) -> Decision {
        self.about.get(user).map(|(_, decision)| *decision).unwrap_or_default()
    }

    /// The person with the role that was given by name, if one was.
    pub fn person(&self, user: &RawId, person: Person) -> Person {
        Person { role: self.about(user).role.unwrap_or(person.role), ..person }
    }

    /// Takes a role back that was given by name; what is forbidden stays so.
    pub fn forget_role(&mut self, user: &RawId) {
        let decision = Decision { role: None, ..self.about(user) };
        self.keep(user.clone(), decision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_decisions_the_oldest_is_forgotten() {
        let mut decided = Decided::default();
        let forbidden = Decision { audio_forbidden: true, ..Decision::default() };
        let user = |n: usize| RawId::communication_user("r", &n.to_string());
        (0..=DECIDED_MAX).for_each(|n| decided.keep(user(n), forbidden));
        assert_eq!(decided.about.len(), DECIDED_MAX);
        assert_eq!(decided.about(&user(0)), Decision::default());
        assert_eq!(decided.about(&user(1)), forbidden);
    }
}

/// Whether those who come may send; a manager who forbade it to all others is named.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    pub audio_by: Option<RawId>,
    pub video_by: Option<RawId>,
}
