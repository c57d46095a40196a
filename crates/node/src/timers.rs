//! One table of everything that is due.

use convene_model::{CallId, SessionId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a timer is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    /// The session has not said hello, or its token expires.
    Session(SessionId),
    /// The call wants to know the time.
    Call(CallId),
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeMap<TimerKey, Duration>,
    queue: BTreeSet<(Duration, TimerKey)>,
}

impl Timers {
    /// Sets, moves or (with `None`) removes a timer.
    pub fn set(&mut self, key: TimerKey, at: Option<Duration>) {
        if let Some(old) = self.due.remove(&key) {
            self.queue.remove(&(old, key.clone()));
        }
        if let Some(at) = at {
            self.due.insert(key.clone(), at);
            self.queue.insert((at, key));
        }
    }

    pub fn next(&self) -> Option<Duration> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Takes one timer that is due.
    pub fn pop_due(&mut self, now: Duration) -> Option<TimerKey> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = self.queue.pop_first()?;
        self.due.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_timer_is_due_once_at_its_new_time() {
        let at = Duration::from_secs;
        let key = TimerKey::Session(SessionId(1));
        let mut timers = Timers::default();
        timers.set(key.clone(), Some(at(1)));
        timers.set(key.clone(), Some(at(3)));
        assert_eq!(timers.next(), Some(at(3)));
        assert_eq!(timers.pop_due(at(2)), None);
        assert_eq!(timers.pop_due(at(3)), Some(key));
        assert_eq!(timers.pop_due(at(9)), None);
        assert_eq!(timers.next(), None);
    }
}
