//! When to ask an authority: at two thirds of a certificate's life, and after a failure later each time.

use crate::tls::CertificateFacts;
use convene_model::WallMs;
use serde::{Deserialize, Serialize};

const MINUTE_MS: WallMs = 60 * 1000;

/// The wait after the first failure, before its share of chance. Larger: a mistake costs more time. Smaller: Let's Encrypt refuses a
/// name after five failures within an hour.
const FIRST_WAIT_MS: WallMs = 10 * MINUTE_MS;

/// The longest wait. Larger: a certificate could expire meanwhile. Smaller: an authority is asked in vain more often.
const LONGEST_WAIT_MS: WallMs = 24 * 60 * MINUTE_MS;

/// The least time between two certificates. Larger: those that live for days only are renewed late. Smaller: a server whose clock is
/// wrong by months uses up what an authority gives for a name.
const APART_MS: WallMs = 24 * 60 * MINUTE_MS;

/// The failures since the last success; kept on disk, so that a server that is started again and again does not ask each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When to ask again.
    pub next_at: WallMs,
}

impl Failures {
    /// None: a certificate has come.
    pub fn none(now: WallMs) -> Self {
        Self { count: 0, next_at: now + APART_MS }
    }

    /// One more. `chance` is from 0 to 999; the authority may want a longer wait.
    pub fn one_more(self, now: WallMs, chance: u32, wanted_ms: Option<WallMs>) -> Self {
        let doubled = FIRST_WAIT_MS << self.count.min(10);
        let wait = doubled.min(LONGEST_WAIT_MS);
        // Between three and five quarters of it, so that many servers do not come back together.
        let wait = wait * 3 / 4 + wait / 2 * WallMs::from(chance) / 1000;
        Self { count: self.count.saturating_add(1), next_at: now + wait.max(wanted_ms.unwrap_or(0)) }
    }
}

/// When a certificate is to be renewed.
pub fn renew_at(certificate: &CertificateFacts) -> WallMs {
    let life = certificate.not_after_ms - certificate.not_before_ms;
    certificate.not_before_ms + life / 3 * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_renewed_after_two_thirds_of_its_life() {
        let names = ["meet.example.org".to_owned()].into();
        let certificate = CertificateFacts { names, issuer: String::new(), not_before_ms: 3_000, not_after_ms: 93_000 };
        assert_eq!(renew_at(&certificate), 63_000);
    }

    #[test]
    fn waits_grow_from_minutes_to_a_day_and_chance_spreads_them() {
        let waits = |chance| {
            let mut failures = Failures::default();
            let mut waits = vec![];
            for _ in 0..40 {
                failures = failures.one_more(1_000, chance, None);
                waits.push((failures.next_at - 1_000) / MINUTE_MS);
            }
            (waits, failures.count)
        };
        let (soonest, count) = waits(0);
        assert_eq!((&soonest[..4], soonest[39], count), (&[7, 15, 30, 60][..], 18 * 60, 40));
        assert_eq!(waits(500).0[..3], [10, 20, 40]);
        assert!(waits(999).0.iter().zip(soonest).all(|(latest, soonest)| *latest > soonest && *latest <= 30 * 60));
    }

    #[test]
    fn a_longer_wait_that_the_authority_wants_is_kept() {
        let day = 24 * 60 * MINUTE_MS;
        assert_eq!(Failures::default().one_more(5, 0, Some(7 * day)).next_at, 5 + 7 * day);
        assert_eq!(Failures::default().one_more(5, 500, Some(1)).next_at, 5 + FIRST_WAIT_MS);
    }
}
