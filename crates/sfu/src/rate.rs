//! How many bits a second of something come.

use std::time::{Duration, Instant};

/// How long is counted before the rate is taken. Longer: a change is seen late. Shorter: each keyframe looks like one.
pub const WINDOW: Duration = Duration::from_millis(500);
/// Bytes on the wire beside a packet's payload: RTP header and extensions, authentication, UDP and IPv4.
const OVERHEAD: usize = 60;

/// Which part of the difference to what is less now is forgotten in each [`WINDOW`]. Smaller: pictures become better too early, and worse
/// again. Larger: late.
const FORGETS: u64 = 10;

/// A rate in bits per second, averaged over about a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    began: Option<Instant>,
    bytes: u64,
    known: Option<u64>,
    usual: u64,
}

impl Rate {
    /// A packet with so many bytes of payload came.
    pub fn add(&mut self, at: Instant, payload: usize) {
        let began = *self.began.get_or_insert(at);
        let elapsed = at.saturating_duration_since(began);
        if elapsed >= WINDOW {
            let measured = self.bytes * 8_000_000 / elapsed.as_micros().max(1) as u64;
            let known = self.known.map_or(measured, |known| u64::midpoint(known, measured));
            self.known = Some(known);
            self.usual = known.max(self.usual - self.usual.saturating_sub(known) / FORGETS);
            (self.began, self.bytes) = (Some(at), 0);
        }
        self.bytes += (payload + OVERHEAD) as u64;
    }

    /// What it is when more comes than now: a camera that shows little for a while shows more again. It follows what is less within seconds.
    pub fn usual(&self) -> Option<u64> {
        self.known.map(|_| self.usual)
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
    fn what_is_usual_follows_more_at_once_and_less_slowly() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        assert_eq!(rate.usual(), None);
        let mut film = |payload, from: u32, seconds: u32| {
            (0..seconds * 50)
                .for_each(|packet| rate.add(start + Duration::from_millis(20) * (from * 50 + packet), payload));
            rate.usual().expect("a rate")
        };
        assert!(film(940, 0, 2) >= 399_000);
        assert!((300_000..400_000).contains(&film(190, 2, 2)));
        assert!((100_000..150_000).contains(&film(190, 4, 15)));
        assert!(film(940, 19, 10) >= 399_000);
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
