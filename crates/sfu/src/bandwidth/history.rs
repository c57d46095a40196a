//! What was sent, until the receiver has said whether it came.

use std::collections::VecDeque;

/// Packets that are waited for at most. Whoever says nothing of so many says nothing.
const WAITING_MAX: usize = 4096;
/// Bytes of IPv4 and UDP headers, which lines carry too.
pub(super) const HEADERS: usize = 28;

/// A packet. Times are in microseconds: of sending by our clock, of arrival by the receiver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub sent: i64,
    /// `None`: it has not come.
    pub arrived: Option<i64>,
    /// With headers.
    pub bytes: u64,
    /// The probe that it was sent in.
    pub probe: Option<u16>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    sent: i64,
    bytes: u16,
    /// 0: none.
    probe: u16,
}

/// Packets in the order of their transport-wide sequence numbers.
#[derive(Debug, Default)]
pub(crate) struct History {
    waiting: VecDeque<Option<Entry>>,
    /// The number of the first of them.
    oldest: u64,
}

impl History {
    /// The number of the next packet.
    pub fn next_sequence(&self) -> u16 {
        (self.oldest + self.waiting.len() as u64) as u16
    }

    /// The number of the oldest packet that is waited for.
    pub fn oldest(&self) -> u64 {
        self.oldest
    }

    /// Whether more is waited for than anybody who tells at all leaves untold.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING_MAX
    }

    /// The next packet was sent; `bytes`: of the datagram's payload.
    pub fn note(&mut self, at: i64, bytes: usize, probe: Option<u16>) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
            self.oldest += 1;
        }
        let bytes = (bytes + HEADERS).min(usize::from(u16::MAX)) as u16;
        self.waiting.push_back(Some(Entry { sent: at, bytes, probe: probe.unwrap_or(0) }));
    }

    /// A packet that the receiver tells of, once.
    pub fn take(&mut self, sequence: u64) -> Option<Packet> {
        let index = usize::try_from(sequence.checked_sub(self.oldest)?).ok()?;
        let Entry { sent, bytes, probe } = self.waiting.get_mut(index)?.take()?;
        Some(Packet { sent, arrived: None, bytes: bytes.into(), probe: (probe > 0).then_some(probe) })
    }

    /// Nothing is waited for that was sent before this one.
    pub fn forget_before(&mut self, sequence: u64) {
        let known = sequence.saturating_sub(self.oldest).min(self.waiting.len() as u64);
        self.waiting.drain(..known as usize);
        self.oldest += known;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_told_of_once() {
        let mut history = History::default();
        (0..3).for_each(|at| history.note(at, 1000, (at == 1).then_some(7)));
        assert_eq!(history.take(1), Some(Packet { sent: 1, arrived: None, bytes: 1028, probe: Some(7) }));
        assert_eq!(history.take(1), None);
        assert_eq!(history.take(3), None, "not sent");
        assert_eq!(history.take(0).and_then(|packet| packet.probe), None);
    }

    #[test]
    fn what_is_forgotten_keeps_its_numbers() {
        let mut history = History::default();
        (0..70_000_u64).for_each(|at| {
            assert_eq!(history.next_sequence(), at as u16);
            history.note(at as i64, 100, None);
            history.forget_before(at);
        });
        assert_eq!((history.oldest(), history.waiting.len()), (69_999, 1));
        assert_eq!(history.take(69_998), None);
        history.forget_before(1_000_000);
        assert_eq!((history.oldest(), history.next_sequence()), (70_000, 4464));
    }

    #[test]
    fn who_says_nothing_costs_no_more_than_so_much() {
        let mut history = History::default();
        (0..10_000).for_each(|at| history.note(at, 100, None));
        assert!(history.is_full());
        assert_eq!(history.waiting.len(), WAITING_MAX);
        assert_eq!(history.take(9_999).map(|packet| packet.sent), Some(9_999));
    }
}
