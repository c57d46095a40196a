//! How much each leg may send to others beside media: bytes of its own, and bytes to all receivers together.

use convene_model::limits::{DATA_BYTES_BURST, DATA_BYTES_PER_SECOND, DATA_FAN_OUT_BURST, DATA_FAN_OUT_PER_SECOND};
use convene_model::{ErrorCode, ParticipantId};
use std::collections::BTreeMap;
use std::time::Duration;

/// A bucket of bytes, or of something else that is counted: full at first, refilled over time.
#[derive(Debug)]
pub(crate) struct Bucket {
    bytes: u64,
    burst: u64,
    per_second: u64,
    refilled_at: Duration,
}

impl Bucket {
    pub fn full(burst: u64, per_second: u64, now: Duration) -> Self {
        Self { bytes: burst, burst, per_second, refilled_at: now }
    }

    /// Takes so much, if that is in it.
    pub fn take(&mut self, bytes: u64, now: Duration) -> bool {
        self.refill(now);
        let is_enough = self.bytes >= bytes;
        if is_enough {
            self.bytes -= bytes;
        }
        is_enough
    }

    fn refill(&mut self, now: Duration) {
        let elapsed = now.saturating_sub(self.refilled_at).as_millis();
        let earned = u64::try_from(elapsed).unwrap_or(u64::MAX).saturating_mul(self.per_second) / 1000;
        if earned > 0 {
            self.bytes = self.bytes.saturating_add(earned).min(self.burst);
            self.refilled_at = now;
        }
    }
}

#[derive(Debug)]
struct Flow {
    sent: Bucket,
    fanned_out: Bucket,
}

/// What each leg may still send.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    of: BTreeMap<ParticipantId, Flow>,
}

impl Flows {
    /// Takes `bytes` to so many `receivers` from what `leg` may send.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyRequests`] if it is more than the leg may send now. Nothing is taken then.
    pub fn take(
        &mut self,
        leg: &ParticipantId,
        bytes: usize,
        receivers: usize,
        now: Duration,
    ) -> Result<(), ErrorCode> {
        let flow = self.of.entry(leg.clone()).or_insert_with(|| Flow {
            sent: Bucket::full(DATA_BYTES_BURST, DATA_BYTES_PER_SECOND, now),
            fanned_out: Bucket::full(DATA_FAN_OUT_BURST, DATA_FAN_OUT_PER_SECOND, now),
        });
        let all = bytes as u64 * receivers as u64;
        flow.sent.refill(now);
        flow.fanned_out.refill(now);
        if flow.sent.bytes < bytes as u64 || flow.fanned_out.bytes < all {
            return Err(ErrorCode::TooManyRequests);
        }
        flow.sent.bytes -= bytes as u64;
        flow.fanned_out.bytes -= all;
        Ok(())
    }

    /// Forgets all of whom `is_in` is false.
    pub fn keep(&mut self, is_in: impl Fn(&ParticipantId) -> bool) {
        self.of.retain(|leg, _| is_in(leg));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let leg = ParticipantId("a".into());
        let mut flows = Flows::default();
        let at = |millis: u64| Duration::from_millis(millis);
        assert_eq!(flows.take(&leg, DATA_BYTES_BURST as usize, 1, at(0)), Ok(()));
        assert_eq!(flows.take(&leg, 1, 1, at(0)), Err(ErrorCode::TooManyRequests));
        assert_eq!(flows.take(&leg, DATA_BYTES_PER_SECOND as usize, 1, at(1000)), Ok(()));
        assert_eq!(flows.take(&leg, 1, 1, at(1000)), Err(ErrorCode::TooManyRequests));
        assert_eq!(flows.take(&ParticipantId("b".into()), 1, 1, at(1000)), Ok(()));
    }

    #[test]
    fn what_goes_to_many_is_counted_for_each_of_them() {
        let leg = ParticipantId("a".into());
        let mut flows = Flows::default();
        let receivers = DATA_FAN_OUT_BURST as usize / 1000;
        assert_eq!(flows.take(&leg, 1000, receivers, Duration::ZERO), Ok(()));
        assert_eq!(flows.take(&leg, 1000, 2, Duration::ZERO), Err(ErrorCode::TooManyRequests));
        flows.keep(|_| false);
        assert_eq!(flows.take(&leg, 1000, 2, Duration::ZERO), Ok(()));
    }
}
