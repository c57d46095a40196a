//! One subscriber's bandwidth: what its line carries, and what of it is for videos.
//!
//! The estimate comes from `bandwidth.rs`.

use std::time::{Duration, Instant};

/// What one voice needs with its headers, in bits per second.
pub const VOICE: u64 = 60_000;
/// How much of the estimate is used, in percent: repairs and reports need the rest.
const USED: u64 = 95;
/// A change of the estimate, in percent, by which the slots are chosen anew at once.
const CHANGE: u64 = 3;
/// How soon they are without that: rates of layers change, too.
pub const REVIEW: Duration = Duration::from_secs(1);

/// What is known of a line, and when it was last shared out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// In bits per second; `None`: not known, and no limit.
    estimate: Option<u64>,
    /// The estimate by which the slots were last chosen.
    applied: Option<u64>,
    due_at: Option<Instant>,
}

impl Budget {
    /// There is a new estimate. Returns whether it is worth choosing anew.
    pub fn estimated(&mut self, rate: u64) -> bool {
        self.estimate = Some(rate);
        self.applied.is_none_or(|applied| rate.abs_diff(applied) * 100 > applied * CHANGE)
    }

    /// What is there for videos while so many are heard.
    pub fn for_video(&self, voices: usize) -> Option<u64> {
        self.estimate.map(|estimate| (estimate * USED / 100).saturating_sub(voices as u64 * VOICE))
    }

    /// The slots were chosen now. `any`: whether there are any.
    pub fn aimed(&mut self, now: Instant, any: bool) {
        self.applied = self.estimate;
        self.due_at = (any && self.estimate.is_some()).then_some(now + REVIEW);
    }

    /// When they are to be chosen anew.
    pub fn due_at(&self) -> Option<Instant> {
        self.due_at
    }

    /// What the line would have to carry for the next better picture, with the voices.
    pub fn goal(&self, voices: usize, next: Option<u64>) -> Option<u64> {
        next.map(|next| (next + voices as u64 * VOICE) * 100 / USED + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_line_has_no_limit_and_is_not_looked_at_again() {
        let mut budget = Budget::default();
        budget.aimed(Instant::now(), true);
        assert_eq!((budget.for_video(3), budget.due_at()), (None, None));
    }

    #[test]
    fn voices_come_first() {
        let mut budget = Budget::default();
        assert!(budget.estimated(1_000_000));
        assert_eq!(budget.for_video(0), Some(950_000));
        assert_eq!(budget.for_video(2), Some(950_000 - 2 * VOICE));
        budget.estimated(60_000);
        assert_eq!(budget.for_video(2), Some(0));
    }

    #[test]
    fn small_changes_wait_for_the_next_review() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        budget.estimated(1_000_000);
        budget.aimed(now, true);
        assert_eq!(budget.due_at(), Some(now + REVIEW));
        assert!(!budget.estimated(1_030_000));
        assert!(budget.estimated(1_031_000));
        assert!(budget.estimated(960_000));
    }

    #[test]
    fn what_the_next_picture_needs_has_room_for_it_and_the_voices() {
        let mut budget = Budget::default();
        assert_eq!(budget.goal(3, None), None);
        let goal = budget.goal(2, Some(475_000)).expect("a goal");
        budget.estimated(goal);
        assert!(budget.for_video(2).is_some_and(|left| (475_000..480_000).contains(&left)), "{goal}");
    }
}
