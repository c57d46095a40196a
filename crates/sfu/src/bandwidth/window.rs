//! Packets of a short while, and how late the quickest of them came.

use super::history::Packet;

/// How long a window is, in microseconds. Shorter: a receiver that was busy for a moment looks like a full line. Longer: a full line is seen
/// late.
const LENGTH: i64 = 200_000;
/// Packets without which a window says nothing.
const PACKETS_MIN: u32 = 5;
/// How long the quickest packet is remembered, in microseconds: until clocks have run apart by as much as matters, and longer than a queue
/// stands.
const REMEMBERED: i64 = 20_000_000;
/// A receiver's clock that jumps back by more has begun anew.
const JUMP: i64 = 60_000_000;

/// The packets of a while, in the order in which they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    packets: u32,
    sent: Span,
    arrived: Span,
    quickest: Option<i64>,
}

/// From when until when so many bytes passed a place; `first`: those that the time begins with, and which do not count.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    at: Option<(i64, i64)>,
    first: u64,
    bytes: u64,
}

impl Span {
    fn add(&mut self, at: i64, bytes: u64) {
        self.bytes += bytes;
        match &mut self.at {
            None => (self.at, self.first) = (Some((at, at)), bytes),
            Some((from, until)) => {
                if at < *from {
                    (*from, self.first) = (at, bytes);
                }
                *until = at.max(*until);
            }
        }
    }

    /// In bits per second; without a length it is as much as one likes.
    fn rate(&self) -> Option<u64> {
        let (from, until) = self.at?;
        Some((self.bytes - self.first) * 8_000_000 / (until - from).max(1) as u64)
    }
}

impl Window {
    /// Adds a packet. Returns whether the window is whole.
    pub fn add(&mut self, packet: &Packet) -> bool {
        self.sent.add(packet.sent, packet.bytes);
        if let Some(arrived) = packet.arrived {
            self.packets += 1;
            self.arrived.add(arrived, packet.bytes);
            let late = arrived - packet.sent;
            self.quickest = Some(self.quickest.map_or(late, |quickest| quickest.min(late)));
        }
        let length = self.sent.at.map_or(0, |(from, until)| until - from);
        length >= LENGTH && self.packets >= PACKETS_MIN
    }

    /// How late the quickest packet came, by two clocks.
    pub fn quickest(&self) -> Option<i64> {
        self.quickest
    }

    /// When its first packet was sent.
    pub fn first_sent(&self) -> i64 {
        self.sent.at.map_or(0, |(from, _)| from)
    }

    /// When its last packet was sent.
    pub fn last_sent(&self) -> i64 {
        self.sent.at.map_or(0, |(_, until)| until)
    }

    /// Bits per second that came.
    pub fn arrival_rate(&self) -> Option<u64> {
        self.arrived.rate()
    }

    /// Bits per second that were sent.
    pub fn sent_rate(&self) -> Option<u64> {
        self.sent.rate()
    }
}

/// How late packets are that wait for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Base {
    /// Since when, and the quickest since then.
    current: Option<(i64, i64)>,
    /// The quickest of the time before.
    before: Option<i64>,
}

impl Base {
    /// From now on so late is not late.
    pub fn from(quickest: i64, at: i64) -> Base {
        Base { current: Some((at, quickest)), before: None }
    }

    /// How much later the quickest packets of a window came than those that wait for nothing.
    pub fn queue(&mut self, quickest: i64, at: i64) -> i64 {
        if self.known().is_some_and(|known| quickest < known - JUMP) {
            *self = Base::default();
        }
        match &mut self.current {
            Some((since, least)) if at - *since < REMEMBERED / 2 => *least = quickest.min(*least),
            current => self.before = current.replace((at, quickest)).map(|(_, least)| least),
        }
        quickest - self.known().unwrap_or(quickest)
    }

    fn known(&self) -> Option<i64> {
        let current = self.current.map(|(_, least)| least);
        current.into_iter().chain(self.before).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sent: i64, arrived: i64) -> Packet {
        Packet { sent, arrived: Some(arrived), bytes: 1000, probe: None }
    }

    #[test]
    fn a_window_is_whole_after_its_time_and_with_enough_packets() {
        let mut window = Window::default();
        assert!((0..4).all(|at| !window.add(&packet(at * 100_000, at * 100_000))), "too few packets");
        assert!(window.add(&packet(400_000, 400_000)));
        let mut many = Window::default();
        assert!((0..100).all(|at| !many.add(&packet(at * 1_000, at * 1_000))), "too short a time");
    }

    #[test]
    fn rates_are_those_of_what_follows_the_first_packet() {
        let mut window = Window::default();
        (0..5).for_each(|at| {
            window.add(&packet(at * 10_000, 7_000_000 + at * 20_000));
        });
        assert_eq!(window.sent_rate(), Some(800_000));
        assert_eq!(window.arrival_rate(), Some(400_000));
        assert_eq!(window.quickest(), Some(7_000_000));
    }

    #[test]
    fn what_comes_at_once_came_as_fast_as_one_likes() {
        let mut window = Window::default();
        (0..5).for_each(|at| {
            window.add(&packet(at * 50_000, 900_000));
        });
        assert!(window.arrival_rate().is_some_and(|rate| rate > 1_000_000_000));
    }

    #[test]
    fn what_was_lost_was_sent_all_the_same() {
        let mut window = Window::default();
        window.add(&Packet { arrived: None, ..packet(0, 0) });
        window.add(&packet(10_000, 10_000));
        assert_eq!((window.first_sent(), window.packets), (0, 1));
    }

    #[test]
    fn the_queue_is_what_comes_on_top_of_the_quickest_of_the_last_while() {
        let mut base = Base::default();
        assert_eq!(base.queue(50_000, 0), 0);
        assert_eq!(base.queue(80_000, 1_000_000), 30_000);
        assert_eq!(base.queue(40_000, 2_000_000), 0);
        assert_eq!(base.queue(80_000, 11_000_000), 40_000, "of the time before");
        assert_eq!(base.queue(80_000, 22_000_000), 0, "long ago");
    }

    #[test]
    fn a_clock_that_begins_anew_makes_no_queue() {
        let mut base = Base::default();
        base.queue(1_000_000_000, 0);
        assert_eq!(base.queue(5_000, 1_000_000), 0);
        assert_eq!(base.queue(6_000, 2_000_000), 1_000);
    }
}
