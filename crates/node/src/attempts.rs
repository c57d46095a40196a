//! How often an address may try: joins of meetings that were not found, and visitors' tokens, are counted by where they were
//! asked from.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Failed joins of one address within [`WINDOW`]. Larger: passcodes are guessed faster. Smaller: an office behind one
/// address is locked out by a few typing errors.
const FAILURES_MAX: u32 = 30;

/// The time within which failures count together.
const WINDOW: Duration = Duration::from_secs(300);

/// Addresses that are remembered. Larger: more memory for a widespread attack. Smaller: such an attack is forgotten sooner.
const ADDRESSES_MAX: usize = 10_000;

/// Attempts by address, within five minutes from the first.
#[derive(Debug)]
pub struct Attempts {
    max: u32,
    failures: BTreeMap<IpAddr, (Duration, u32)>,
}

/// Failed joins.
impl Default for Attempts {
    fn default() -> Self {
        Self::at_most(FAILURES_MAX)
    }
}

impl Attempts {
    /// Up to `max` attempts.
    pub fn at_most(max: u32) -> Self {
        Self { max, failures: BTreeMap::new() }
    }

    /// One more.
    pub fn failed(&mut self, address: IpAddr, now: Duration) {
        if self.failures.len() >= ADDRESSES_MAX && !self.failures.contains_key(&address) {
            self.failures.retain(|_, (since, _)| now.saturating_sub(*since) < WINDOW);
            if self.failures.len() >= ADDRESSES_MAX {
                self.failures.pop_first();
            }
        }
        let (since, count) = self.failures.entry(address).or_insert((now, 0));
        if now.saturating_sub(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
    }

    /// Whether the address has to wait.
    pub fn exhausted(&self, address: IpAddr, now: Duration) -> bool {
        self.wait(address, now).is_some()
    }

    /// For how long the address has to wait; `None` if it need not.
    pub fn wait(&self, address: IpAddr, now: Duration) -> Option<Duration> {
        let (since, count) = self.failures.get(&address)?;
        let passed = now.saturating_sub(*since);
        (*count >= self.max && passed < WINDOW).then(|| WINDOW - passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_guesses_has_to_wait_and_others_need_not() {
        let at = Duration::from_secs;
        let (guesser, other) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let mut attempts = Attempts::default();
        for _ in 0..FAILURES_MAX {
            assert!(!attempts.exhausted(guesser, at(1)));
            attempts.failed(guesser, at(1));
        }
        assert!(attempts.exhausted(guesser, at(300)) && !attempts.exhausted(other, at(300)));
        assert_eq!(attempts.wait(guesser, at(300)), Some(at(1)));
        assert!(!attempts.exhausted(guesser, at(301)));
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut attempts = Attempts::default();
        for number in 0..2 * ADDRESSES_MAX as u32 {
            attempts.failed(IpAddr::from(number.to_be_bytes()), Duration::ZERO);
        }
        assert_eq!(attempts.failures.len(), ADDRESSES_MAX);
    }
}
