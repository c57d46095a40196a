//! How many requests a session may make.

use convene_model::limits::{REQUESTS_BURST, REQUESTS_PER_SECOND};
use std::time::Duration;

/// A token bucket: full at first, refilled over time.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    tokens: u32,
    refilled_at: Duration,
}

impl Budget {
    pub fn new(now: Duration) -> Self {
        Self { tokens: REQUESTS_BURST, refilled_at: now }
    }

    /// Takes one request's worth. False if there is none.
    pub fn take(&mut self, now: Duration) -> bool {
        let interval = Duration::from_secs(1) / REQUESTS_PER_SECOND;
        let elapsed = now.saturating_sub(self.refilled_at);
        let earned = u32::try_from(elapsed.as_nanos() / interval.as_nanos()).unwrap_or(u32::MAX);
        if earned >= REQUESTS_BURST {
            *self = Self::new(now);
        } else {
            self.tokens = (self.tokens + earned).min(REQUESTS_BURST);
            self.refilled_at += interval * earned;
        }
        if self.tokens == 0 {
            return false;
        }
        self.tokens -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let at = Duration::from_secs;
        let mut budget = Budget::new(at(0));
        for _ in 0..REQUESTS_BURST {
            assert!(budget.take(at(0)));
        }
        assert!(!budget.take(at(0)));
        let after_a_second = (0..REQUESTS_BURST).filter(|_| budget.take(at(1))).count();
        assert_eq!(after_a_second, REQUESTS_PER_SECOND as usize);
        assert!((0..REQUESTS_BURST).all(|_| budget.take(at(1_000_000))));
    }
}
