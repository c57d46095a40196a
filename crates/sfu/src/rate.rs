//! How many bits a second of something come.

use std::time::{Duration, Instant};

/// How long is counted before the rate is taken. Longer: a change is seen late. Shorter: each keyframe looks like one.
pub const WINDOW: Duration = Duration::from_millis(500);
/// Bytes on the wire beside a packet's payload: RTP header and extensions, authentication, UDP and IPv4.
const OVERHEAD: usize = 60;

/// A rate in bits per second, averaged over about a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    began: Option<Instant>,
    bytes: u64,
    known: Option<u64>,
}

impl Rate {
    /// A packet with so many bytes of payload came.
    pub fn add(&mut self, at: Instant, payload: usize) {
        let began = *self.began.get_or_insert(at);
        let elapsed = at.saturating_duration_since(began);
        if elapsed >= WINDOW {
            let measured = self.bytes * 8_000_000 / elapsed.as_micros().max(1) as u64;
            self.known = Some(self.known.map_or(measured, |known| u64::midpoint(known, measured)));
            (self.began, self.bytes) = (Some(at), 0);
        }
        self.bytes += (payload + OVERHEAD) as u64;
    }

    /// What was measured; nothing before the first [`WINDOW`] is over.
    pub fn bits_per_second(&self) -> Option<u64> {
        self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_has_the_rate_of_its_packets_with_their_headers() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        for packet in 0..25 {
            rate.add(start + Duration::from_millis(20) * packet, 940);
        }
        assert_eq!(rate.bits_per_second(), None);
        rate.add(start + WINDOW, 940);
        assert_eq!(rate.bits_per_second(), Some(25 * 1000 * 8 * 2));
    }

    #[test]
    fn a_change_is_followed_and_a_keyframe_does_not_last() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        let mut at = start;
        let mut film = |rate: &mut Rate, payload, packets| {
            for _ in 0..packets {
                rate.add(at, payload);
                at += Duration::from_millis(20);
            }
        };
        film(&mut rate, 190, 51);
        assert_eq!(rate.bits_per_second(), Some(100_000));
        film(&mut rate, 10_000, 1);
        film(&mut rate, 190, 150);
        assert!(rate.bits_per_second().is_some_and(|rate| (100_000..110_000).contains(&rate)), "{rate:?}");
        film(&mut rate, 2_440, 150);
        assert!(rate.bits_per_second().is_some_and(|rate| (930_000..=1_000_000).contains(&rate)), "{rate:?}");
    }
}
