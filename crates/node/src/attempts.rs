//! How often somebody may try: joins of meetings that were not found, knocks, and visitors' tokens are counted by the address that they
//! were asked from, knocks by their meeting or room, too.

use convene_model::record::CallTarget;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Failed joins of one address within [`WINDOW`]. Larger: passcodes are guessed faster. Smaller: an office behind one
/// address is locked out by a few typing errors.
const FAILURES_MAX: u32 = 30;

/// Joins of guests from one address that do not lead straight in, within [`WINDOW`]. Larger: one person fills lobbies and rings their
/// bells all the time. Smaller: a class behind one address cannot come to its lesson.
const KNOCKS_OF_ADDRESS_MAX: u32 = 100;

/// The same at one meeting or room, from everywhere. Larger: whoever has many addresses keeps its lobby busy. Smaller: they keep its guests out
/// sooner. Twice its places let everybody try again once.
const KNOCKS_AT_PLACE_MAX: u32 = 2 * convene_model::limits::LOBBY_MAX as u32;

/// The time within which failures count together.
const WINDOW: Duration = Duration::from_secs(300);

/// Addresses, or meetings, that are remembered. Larger: more memory for a widespread attack. Smaller: such an attack is forgotten sooner.
const ADDRESSES_MAX: usize = 10_000;

/// Attempts by address, or by what else is counted, within five minutes from the first.
#[derive(Debug)]
pub struct Attempts<K = IpAddr> {
    max: u32,
    failures: BTreeMap<K, (Duration, u32)>,
}

/// Failed joins.
impl Default for Attempts {
    fn default() -> Self {
        Self::at_most(FAILURES_MAX)
    }
}

impl<K: Ord + Clone> Attempts<K> {
    /// Up to `max` attempts.
    pub fn at_most(max: u32) -> Self {
        Self { max, failures: BTreeMap::new() }
    }

    /// One more.
    pub fn failed(&mut self, address: K, now: Duration) {
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
    pub fn exhausted(&self, address: K, now: Duration) -> bool {
        self.wait(address, now).is_some()
    }

    /// For how long the address has to wait; `None` if it need not.
    pub fn wait(&self, address: K, now: Duration) -> Option<Duration> {
        let (since, count) = self.failures.get(&address)?;
        let passed = now.saturating_sub(*since);
        (*count >= self.max && passed < WINDOW).then(|| WINDOW - passed)
    }
}

/// Joins of guests that did not lead straight in.
#[derive(Debug)]
pub(crate) struct Knocks {
    of_address: Attempts<IpAddr>,
    at_place: Attempts<CallTarget>,
}

impl Default for Knocks {
    fn default() -> Self {
        Self { of_address: Attempts::at_most(KNOCKS_OF_ADDRESS_MAX), at_place: Attempts::at_most(KNOCKS_AT_PLACE_MAX) }
    }
}

impl Knocks {
    /// One more. A loopback address is a reverse proxy's: who is behind it is not known, and only where they knock counts.
    pub fn count(&mut self, address: IpAddr, place: CallTarget, now: Duration) {
        if !address.is_loopback() {
            self.of_address.failed(address, now);
        }
        self.at_place.failed(place, now);
    }

    /// Whether the address has to wait, or everybody at this meeting or room.
    pub fn exhausted(&self, address: IpAddr, place: &CallTarget, now: Duration) -> bool {
        self.of_address.exhausted(address, now) || self.at_place.exhausted(place.clone(), now)
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
    fn everybody_who_knocks_too_often_at_one_meeting_has_to_wait() {
        let at = Duration::from_secs;
        let place = |id: &str| CallTarget::Meeting(convene_model::MeetingId(id.into()));
        let (meeting, other) = (place("a"), place("b"));
        let mut knocks = Knocks::default();
        for number in 0..KNOCKS_AT_PLACE_MAX {
            let address = IpAddr::from((0xcb00_7100 + number).to_be_bytes());
            assert!(!knocks.exhausted(address, &meeting, at(1)));
            knocks.count(address, meeting.clone(), at(1));
        }
        let fresh = IpAddr::from([198, 51, 100, 1]);
        assert!(knocks.exhausted(fresh, &meeting, at(2)) && !knocks.exhausted(fresh, &other, at(2)));
        assert!(!knocks.exhausted(fresh, &meeting, at(301)));
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
