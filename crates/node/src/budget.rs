//! How many requests a session may make.

use std::time::Duration;

/// A token bucket: full at first, refilled over time.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    tokens: u32,
    burst: u32,
    per_second: u32,
    refilled_at: Duration,
}

impl Budget {
    /// `burst` requests in a row, `per_second` over time.
    pub fn new(burst: u32, per_second: u32, now: Duration) -> Self {
        Self { tokens: burst, burst, per_second, refilled_at: now }
    }

    /// Takes one request's worth. False if there is none.
    pub fn take(&mut self, now: Duration) -> bool {
        let interval = Duration::from_secs(1) / self.per_second;
        let elapsed = now.saturating_sub(self.refilled_at);
        let earned = u32::try_from(elapsed.as_nanos() / interval.as_nanos()).unwrap_or(u32::MAX);
        if earned >= self.burst {
            *self = Self::new(self.burst, self.per_second, now);
        } else {
            self.tokens = (self.tokens + earned).min(self.burst);
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
    use convene_model::limits::{REQUESTS_BURST, REQUESTS_PER_SECOND};

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let at = Duration::from_secs;
        let mut budget = Budget::new(REQUESTS_BURST, REQUESTS_PER_SECOND, at(0));
        for _ in 0..REQUESTS_BURST {
            assert!(budget.take(at(0)));
        }
        assert!(!budget.take(at(0)));
        let after_a_second = (0..REQUESTS_BURST).filter(|_| budget.take(at(1))).count();
        assert_eq!(after_a_second, REQUESTS_PER_SECOND as usize);
        assert!((0..REQUESTS_BURST).all(|_| budget.take(at(1_000_000))));
    }
}
