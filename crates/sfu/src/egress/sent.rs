//! Which sequence numbers of a stream were sent, so that none is protected twice.

/// How far behind the newest a late packet may come: more than what a publisher's own repairs take.
const BEHIND_MAX: u64 = 1024;
/// Sequence numbers with their rollover counter have 48 bits (RFC 3711 §3.3.1): one that is larger would be another's.
const SEQUENCE_MAX: u64 = (1 << 48) - 1;

/// The newest sequence number of a stream and those shortly before it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    highest: Option<u64>,
    /// A bit for each sequence number modulo [`BEHIND_MAX`].
    bits: [u64; (BEHIND_MAX / 64) as usize],
}

impl Sent {
    /// Nothing was sent.
    pub fn new() -> Sent {
        Sent { highest: None, bits: [0; (BEHIND_MAX / 64) as usize] }
    }

    /// The newest.
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Notes a sequence number. `false`: it was sent before, or it is so old that nobody knows, and must not be sent.
    pub fn note(&mut self, sequence: u64) -> bool {
        let first = self.highest.map_or(sequence, |highest| highest + 1);
        if sequence > SEQUENCE_MAX || sequence + BEHIND_MAX <= self.highest.unwrap_or(0) {
            return false;
        }
        for skipped in first.max((sequence + 1).saturating_sub(BEHIND_MAX))..=sequence {
            *self.word(skipped) &= !Sent::bit(skipped);
        }
        self.highest = self.highest.max(Some(sequence));
        let is_new = *self.word(sequence) & Sent::bit(sequence) == 0;
        *self.word(sequence) |= Sent::bit(sequence);
        is_new
    }

    fn word(&mut self, sequence: u64) -> &mut u64 {
        &mut self.bits[(sequence % BEHIND_MAX / 64) as usize]
    }

    fn bit(sequence: u64) -> u64 {
        1 << (sequence % 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_passes_once() {
        let mut sent = Sent::new();
        assert!([5, 6, 8, 7].into_iter().all(|sequence| sent.note(sequence)));
        assert!(![5, 6, 7, 8].into_iter().any(|sequence| sent.note(sequence)));
        assert_eq!(sent.highest(), Some(8));
    }

    #[test]
    fn what_is_too_old_to_be_known_does_not_pass() {
        let mut sent = Sent::new();
        assert!(sent.note(5000));
        assert!(!sent.note(5000 - BEHIND_MAX));
        assert!(sent.note(5001 - BEHIND_MAX));
    }

    #[test]
    fn what_has_more_bits_than_an_index_does_not_pass() {
        let mut sent = Sent::new();
        assert!(!sent.note(u64::MAX));
        assert!(!sent.note(SEQUENCE_MAX + 1));
        assert!(sent.note(SEQUENCE_MAX));
    }

    #[test]
    fn a_jump_forgets_what_lies_between() {
        let mut sent = Sent::new();
        for sequence in 0..BEHIND_MAX {
            assert!(sent.note(sequence));
        }
        assert!(sent.note(10 * BEHIND_MAX + 3));
        assert!((1..BEHIND_MAX).all(|behind| sent.note(10 * BEHIND_MAX + 3 - behind)));
        assert!(!sent.note(9 * BEHIND_MAX + 3));
    }

    #[test]
    fn it_agrees_with_a_plain_list_over_many_orders() {
        let (mut sent, mut known) = (Sent::new(), std::collections::BTreeSet::new());
        let mut state: u64 = 7;
        for at in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let sequence = 3000 + at / 2 + (state >> 33) % 300;
            let expected = sequence + BEHIND_MAX > known.last().copied().unwrap_or(0) && known.insert(sequence);
            assert_eq!(sent.note(sequence), expected, "{sequence}");
        }
    }
}
