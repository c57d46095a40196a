//! The test call's echo: what a peer says is kept for a second and said again.
//!
//! Payloads are kept as they came, so nothing is decoded. A pause in which the peer might not send leaves no gap in the sequence
//! numbers, since a receiver would ask for what never was.

use crate::packet::{Codec, IncomingPacket};
use convene_model::PeerId;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How much later it is said again. Longer ones make people talk into their own words, shorter ones sound like a room.
pub const DELAY: Duration = Duration::from_secs(1);
/// Packets that are kept: a second of the shortest that Opus has (2.5 ms). Smaller: such a sender is cut up. Larger: a hostile one costs
/// more memory.
const PACKETS_MAX: usize = 400;
/// Bytes that are kept, all packets together: three times a second at Opus's highest bitrate (510 kbit/s). See [`PACKETS_MAX`].
const BYTES_MAX: usize = 192 * 1024;

/// What one peer said in the last second.
#[derive(Debug)]
pub(crate) struct Echo {
    publisher: PeerId,
    kept: VecDeque<IncomingPacket>,
    bytes: usize,
    numbers: Numbers,
}

/// How the peer's sequence numbers become the echo's.
#[derive(Clone, Copy, Debug)]
enum Numbers {
    /// With the next packet, a run begins that follows directly on what was said before.
    Begin { next: u64 },
    /// `first`: the run's first, as the peer numbers it; `becomes`: as the echo does; `next`: after the newest.
    Run { first: u64, becomes: u64, next: u64 },
}

impl Echo {
    /// An echo that has heard nothing, and speaks as `publisher`.
    pub fn new(publisher: PeerId) -> Self {
        Self { publisher, kept: VecDeque::new(), bytes: 0, numbers: Numbers::Begin { next: 0 } }
    }

    /// As whom it speaks.
    pub fn publisher(&self) -> PeerId {
        self.publisher
    }

    /// The peer says something. What does not fit any more is not said again.
    pub fn hear(&mut self, packet: &IncomingPacket, now: Instant) {
        if packet.codec != Codec::Opus || packet.payload.is_empty() {
            return;
        }
        if self.kept.len() >= PACKETS_MAX || self.bytes + packet.payload.len() > BYTES_MAX {
            return;
        }
        let (first, becomes, next) = match self.numbers {
            Numbers::Begin { next } => (packet.sequence, next, next),
            Numbers::Run { first, becomes, next } => (first, becomes, next),
        };
        // One of before the pause, on a slow way.
        let Some(after_first) = packet.sequence.checked_sub(first) else { return };
        let sequence = becomes.wrapping_add(after_first);
        self.numbers = Numbers::Run { first, becomes, next: next.max(sequence.wrapping_add(1)) };
        self.bytes += packet.payload.len();
        self.kept.push_back(IncomingPacket { sequence, received_at: now, ..packet.clone() });
    }

    /// The peer may not send for a while.
    pub fn pause(&mut self) {
        if let Numbers::Run { next, .. } = self.numbers {
            self.numbers = Numbers::Begin { next };
        }
    }

    /// When something is to be said again.
    pub fn due_at(&self) -> Option<Instant> {
        self.kept.front().map(|packet| packet.received_at + DELAY)
    }

    /// What is to be said again by now, in the order and with the numbers in which it was heard, as arrived now.
    pub fn take_due(&mut self, now: Instant) -> Vec<IncomingPacket> {
        let mut due = vec![];
        while self.due_at().is_some_and(|at| at <= now)
            && let Some(packet) = self.kept.pop_front()
        {
            self.bytes -= packet.payload.len();
            due.push(IncomingPacket { received_at: now, ..packet });
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Extensions;

    fn packet(sequence: u64, bytes: usize) -> IncomingPacket {
        IncomingPacket {
            codec: Codec::Opus,
            sequence,
            timestamp: (sequence * 960) as u32,
            marker: false,
            received_at: Instant::now(),
            extensions: Extensions { audio_level: Some(-30), ..Extensions::default() },
            payload: vec![sequence as u8; bytes].into(),
        }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn numbers(packets: &[IncomingPacket]) -> Vec<(u64, u8)> {
        packets.iter().map(|packet| (packet.sequence, packet.payload[0])).collect()
    }

    #[test]
    fn each_packet_is_said_again_a_second_after_it_was_heard() {
        let start = Instant::now();
        let mut echo = Echo::new(PeerId(7));
        assert_eq!(echo.due_at(), None);
        for index in 0..50 {
            echo.hear(&packet(100 + index, 80), start + ms(20 * index));
        }
        assert_eq!(echo.due_at(), Some(start + DELAY));
        assert!(echo.take_due(start + DELAY - ms(1)).is_empty());
        let first = echo.take_due(start + DELAY + ms(40));
        assert_eq!(numbers(&first), [(0, 100), (1, 101), (2, 102)]);
        assert_eq!(first[2].timestamp, 102 * 960);
        assert_eq!(first[2].received_at, start + DELAY + ms(40));
        assert_eq!(first[2].extensions.audio_level, Some(-30));
        assert_eq!(echo.due_at(), Some(start + DELAY + ms(60)));
        assert_eq!(echo.take_due(start + ms(5000)).len(), 47);
        assert_eq!((echo.due_at(), echo.bytes), (None, 0));
    }

    #[test]
    fn what_came_out_of_order_or_not_at_all_is_said_again_so() {
        let start = Instant::now();
        let mut echo = Echo::new(PeerId(7));
        for sequence in [10, 12, 11, 15] {
            echo.hear(&packet(sequence, 80), start);
        }
        assert_eq!(numbers(&echo.take_due(start + DELAY)), [(0, 10), (2, 12), (1, 11), (5, 15)]);
    }

    #[test]
    fn a_pause_leaves_no_gap_in_the_numbers_and_what_comes_late_of_before_is_left_out() {
        let start = Instant::now();
        let mut echo = Echo::new(PeerId(7));
        echo.pause();
        echo.hear(&packet(10, 80), start);
        echo.hear(&packet(11, 80), start);
        echo.pause();
        echo.pause();
        echo.hear(&packet(90, 80), start + ms(900));
        echo.hear(&packet(12, 80), start + ms(900));
        echo.hear(&packet(91, 80), start + ms(920));
        assert_eq!(numbers(&echo.take_due(start + ms(3000))), [(0, 10), (1, 11), (2, 90), (3, 91)]);
    }

    #[test]
    fn neither_many_nor_large_packets_are_kept_without_bound() {
        let start = Instant::now();
        let mut many = Echo::new(PeerId(7));
        let mut large = Echo::new(PeerId(8));
        for sequence in 0..2000 {
            many.hear(&packet(sequence, 1), start);
            large.hear(&packet(sequence, 1200), start);
        }
        assert_eq!(many.take_due(start + DELAY).len(), PACKETS_MAX);
        assert_eq!(large.take_due(start + DELAY).len(), BYTES_MAX / 1200);
        many.hear(&packet(2000, 1), start + DELAY);
        assert_eq!(numbers(&many.take_due(start + DELAY * 2)), [(2000, 208)]);
    }

    #[test]
    fn only_sound_is_kept() {
        let start = Instant::now();
        let mut echo = Echo::new(PeerId(7));
        echo.hear(&IncomingPacket { codec: Codec::Vp8, ..packet(1, 80) }, start);
        echo.hear(&packet(2, 0), start);
        assert_eq!(echo.due_at(), None);
    }
}
