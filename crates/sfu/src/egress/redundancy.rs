//! Voices over lossy lines: each packet carries the one before it once more (RFC 2198), for those who lose packets and can read that.
//!
//! A voice is never sent again on request: what comes a round trip later comes too late to be heard.

use std::sync::Arc;

/// The share of lost packets, in 256ths, from which on it is worth the bytes: 2 %.
const LOSS_MIN: u8 = 5;
/// Reports without a loss, one after the other, after which it ends. Fewer: it stops between two bursts of losses.
const CLEAN_REPORTS: u8 = 10;
/// The greatest distance of timestamps, and length of a block, that there is room for (RFC 2198 §3).
const DISTANCE_MAX: u32 = (1 << 14) - 1;
const LENGTH_MAX: usize = (1 << 10) - 1;

/// Bytes that the headers of two blocks take.
pub(crate) const HEADERS: usize = 5;

/// Whether one stream is sent twice, and what for.
#[derive(Debug, Default)]
pub(crate) struct Redundancy {
    /// Reports without a loss that are still needed to end it; 0: it is off.
    ends_after: u8,
    before: Option<Block>,
}

/// A packet as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub sequence: u64,
    pub timestamp: u32,
    pub payload: Arc<[u8]>,
}

impl Redundancy {
    /// The subscriber reported how much it lost, in 256ths.
    pub fn reported(&mut self, fraction_lost: u8) {
        self.ends_after = match fraction_lost {
            LOSS_MIN.. => CLEAN_REPORTS,
            0 => self.ends_after.saturating_sub(1),
            _ => self.ends_after,
        };
    }

    /// What to put before a packet: the headers of the block before it and of itself, and that block. `None`: it goes alone.
    /// `payload_type`: of what is in both.
    pub fn prefix(&mut self, packet: &Block, payload_type: u8) -> Option<([u8; HEADERS], Arc<[u8]>)> {
        let before = self.before.replace(packet.clone()).filter(|_| self.ends_after > 0)?;
        let (distance, length) = (packet.timestamp.wrapping_sub(before.timestamp), before.payload.len());
        let fits = before.sequence + 1 == packet.sequence && (1..=DISTANCE_MAX).contains(&distance);
        if !fits || !(1..=LENGTH_MAX).contains(&length) {
            return None;
        }
        let [_, high, middle, low] = ((distance << 10) | length as u32).to_be_bytes();
        Some(([0x80 | payload_type, high, middle, low, payload_type], before.payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(sequence: u64, timestamp: u32, length: usize) -> Block {
        Block { sequence, timestamp, payload: vec![sequence as u8; length].into() }
    }

    fn lossy() -> Redundancy {
        let mut redundancy = Redundancy::default();
        redundancy.reported(LOSS_MIN);
        redundancy
    }

    #[test]
    fn nothing_is_sent_twice_to_who_loses_little() {
        let mut redundancy = Redundancy::default();
        redundancy.reported(LOSS_MIN - 1);
        assert!(redundancy.prefix(&block(1, 960, 80), 111).is_none());
        assert!(redundancy.prefix(&block(2, 1920, 80), 111).is_none());
    }

    #[test]
    fn who_loses_packets_gets_each_with_the_one_before_it() {
        let mut redundancy = lossy();
        assert!(redundancy.prefix(&block(1, 960, 80), 111).is_none(), "nothing was before");
        let (headers, before) = redundancy.prefix(&block(2, 1920, 70), 111).unwrap();
        // A block of type 111 follows that is 960 units older and 80 bytes long; the last is of the same type.
        assert_eq!(headers, [0x80 | 111, 0x0f, 0x00, 80, 111]);
        assert_eq!(before[..], [1; 80]);
        let (headers, before) = redundancy.prefix(&block(3, 4800, 70), 111).unwrap();
        assert_eq!(headers, [0x80 | 111, 0x2d, 0x00, 70, 111]);
        assert_eq!(before[..], [2; 70]);
    }

    #[test]
    fn what_does_not_fit_or_follow_goes_alone() {
        for (first, second) in [
            (block(1, 960, 80), block(3, 1920, 80)),
            (block(1, 960, 80), block(2, 960, 80)),
            (block(1, 0, 80), block(2, DISTANCE_MAX + 1, 80)),
            (block(1, 960, LENGTH_MAX + 1), block(2, 1920, 80)),
            (block(1, 960, 0), block(2, 1920, 80)),
        ] {
            let mut redundancy = lossy();
            redundancy.prefix(&first, 111);
            assert!(redundancy.prefix(&second, 111).is_none(), "{first:?} {second:?}");
        }
        let mut redundancy = lossy();
        redundancy.prefix(&block(1, 0, LENGTH_MAX), 111);
        let (headers, _) = redundancy.prefix(&block(2, DISTANCE_MAX, 80), 111).unwrap();
        assert_eq!(headers, [0x80 | 111, 0xff, 0xff, 0xff, 111]);
    }

    #[test]
    fn it_ends_when_nothing_was_lost_for_a_while() {
        let mut redundancy = lossy();
        let mut sequence = 0;
        let mut is_on = |redundancy: &mut Redundancy| {
            sequence += 1;
            redundancy.prefix(&block(sequence, sequence as u32 * 960, 80), 111).is_some()
        };
        is_on(&mut redundancy);
        for _ in 0..CLEAN_REPORTS - 1 {
            redundancy.reported(0);
        }
        assert!(is_on(&mut redundancy));
        redundancy.reported(1);
        assert!(is_on(&mut redundancy), "a little loss keeps it as it is");
        redundancy.reported(0);
        assert!(!is_on(&mut redundancy));
    }
}
