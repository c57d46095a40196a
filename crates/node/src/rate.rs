//! How many requests somebody may send: so many a second, and more at once for those who were quiet.

use std::collections::BTreeMap;
use std::time::Duration;

/// Askers that are remembered. Larger: more memory for a widespread attack. Smaller: such an attack is forgotten sooner.
const ASKERS_MAX: usize = 10_000;

/// Seconds of quiet that can be made up for at once. Larger: longer bursts reach the store. Smaller: a nightly job has to wait.
const BURST_SECONDS: u32 = 5;

/// The generic cell rate algorithm: of each asker it keeps when all that they sent would be through at an even pace.
/// Source: ITU-T I.371, annex A.
#[derive(Debug)]
pub struct Rate<K> {
    gap: Duration,
    burst: Duration,
    even: BTreeMap<K, Duration>,
}

impl<K: Ord + Clone> Rate<K> {
    /// `per_second` requests of each asker; none is meant as one.
    pub fn per_second(per_second: u32) -> Self {
        let gap = Duration::from_secs(1) / per_second.max(1);
        Self { gap, burst: Duration::from_secs(u64::from(BURST_SECONDS)), even: BTreeMap::new() }
    }

    /// One more request.
    ///
    /// # Errors
    /// For how long the asker has to wait; the request does not count then.
    pub fn take(&mut self, asker: K, now: Duration) -> Result<(), Duration> {
        if self.even.len() >= ASKERS_MAX && !self.even.contains_key(&asker) {
            self.even.retain(|_, through| *through > now);
            if self.even.len() >= ASKERS_MAX {
                self.even.pop_first();
            }
        }
        let through = self.even.get(&asker).copied().unwrap_or(now).max(now) + self.gap;
        match through.checked_sub(now + self.burst) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                self.even.insert(asker, through);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ASKERS_MAX, Rate};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn after_five_seconds_of_requests_at_once_each_waits_for_its_turn() {
        let mut rate = Rate::per_second(10);
        assert!((0..50).all(|_| rate.take("a", SECOND).is_ok()));
        assert_eq!(rate.take("a", SECOND), Err(Duration::from_millis(100)));
        assert_eq!(rate.take("b", SECOND), Ok(()));
        let later = SECOND + Duration::from_millis(100);
        assert_eq!(rate.take("a", later), Ok(()));
        assert_eq!(rate.take("a", later), Err(Duration::from_millis(100)));
        assert!((0..50).all(|_| rate.take("a", 20 * SECOND).is_ok()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut rate = Rate::per_second(1);
        for asker in 0..2 * ASKERS_MAX {
            assert_eq!(rate.take(asker, SECOND), Ok(()));
        }
        assert_eq!(rate.even.len(), ASKERS_MAX);
    }
}
