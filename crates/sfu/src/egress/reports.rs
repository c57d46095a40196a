//! Sender reports, and what receivers' reports tell of the round trip (RFC 3550 §6.4).

use super::stream::Stream;
use std::time::{Duration, Instant};

/// Streams that one compound packet reports on: it stays below 1200 bytes with the longest names that the library gives.
pub(crate) const STREAMS_MAX: usize = 12;
/// A round trip that is longer was no round trip.
const ROUND_TRIP_MAX: Duration = Duration::from_secs(10);
/// What the wall clock is taken to show at a peer's beginning, in seconds since 1900: receivers compare the times of one peer's streams only,
/// and this crate has no clock.
const BEGINNING: u64 = 3_900_000_000;

/// Times as reports write them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// A clock for one peer.
    pub fn new(beginning: Instant) -> Clock {
        Clock(beginning)
    }

    /// The NTP timestamp: seconds in the upper, their fraction in the lower half.
    pub fn ntp(self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.0);
        let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
        (BEGINNING + since.as_secs()) << 32 | fraction
    }

    /// The round trip that a reception report tells of. `last` and `delay`: its fields LSR and DLSR.
    pub fn round_trip(self, now: Instant, last: u32, delay: u32) -> Option<Duration> {
        if last == 0 {
            return None;
        }
        let middle = (self.ntp(now) >> 16) as u32;
        let units = middle.wrapping_sub(last).wrapping_sub(delay);
        let round_trip = Duration::from_micros((u64::from(units) * 1_000_000) >> 16);
        (round_trip < ROUND_TRIP_MAX).then_some(round_trip)
    }
}

/// A compound packet: a sender report of each stream, and their names. Empty without streams.
pub(crate) fn compound(streams: &[&Stream], clock: Clock, now: Instant) -> Vec<u8> {
    let mut packet = vec![];
    let named = streams.iter().filter_map(|stream| Some((*stream, stream.report.last?)));
    let mut names = vec![];
    for (stream, (timestamp, at, rate)) in named {
        let since = now.saturating_duration_since(at).as_micros() * u128::from(rate) / 1_000_000;
        packet.extend_from_slice(&[0x80, 200, 0, 6]);
        packet.extend_from_slice(&stream.plan.ssrc.to_be_bytes());
        packet.extend_from_slice(&clock.ntp(now).to_be_bytes());
        packet.extend_from_slice(&timestamp.wrapping_add(since as u32).to_be_bytes());
        packet.extend_from_slice(&stream.report.packets.to_be_bytes());
        packet.extend_from_slice(&stream.report.octets.to_be_bytes());
        names.push((stream.plan.ssrc, stream.plan.cname.as_bytes()));
    }
    if !names.is_empty() {
        describe(&mut packet, &names);
    }
    packet
}

/// RFC 3550 §6.5: the canonical name of each stream.
fn describe(packet: &mut Vec<u8>, names: &[(u32, &[u8])]) {
    let start = packet.len();
    packet.extend_from_slice(&[0x80 | names.len() as u8, 202, 0, 0]);
    for (ssrc, name) in names {
        let name = &name[..name.len().min(255)];
        packet.extend_from_slice(&ssrc.to_be_bytes());
        packet.extend_from_slice(&[1, name.len() as u8]);
        packet.extend_from_slice(name);
        packet.push(0);
        packet.resize(packet.len().next_multiple_of(4), 0);
    }
    let words = ((packet.len() - start) / 4 - 1) as u16;
    packet[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_seconds_and_their_fraction() {
        let start = Instant::now();
        let clock = Clock::new(start);
        assert_eq!(clock.ntp(start), BEGINNING << 32);
        assert_eq!(clock.ntp(start + Duration::from_millis(1500)), (BEGINNING + 1) << 32 | 1 << 31);
    }

    #[test]
    fn the_round_trip_is_what_the_receiver_did_not_keep_the_report_for() {
        let start = Instant::now();
        let clock = Clock::new(start);
        let last = (clock.ntp(start) >> 16) as u32;
        let after = |ms| start + Duration::from_millis(ms);
        // It was kept for half a second.
        assert_eq!(clock.round_trip(after(750), last, 1 << 15), Some(Duration::from_millis(250)));
        assert_eq!(clock.round_trip(after(750), 0, 0), None, "no report had come");
        assert_eq!(clock.round_trip(after(250), last, 1 << 15), None, "kept for longer than since it was sent");
    }
}
