//! Groups outgoing datagrams so that the kernel takes many in one call.
//!
//! Datagrams of one size to one destination that follow each other become one send with UDP segmentation (GSO); only the
//! last of them may be smaller.

use convene_sfu::Transmit;

/// Segments of one send; the kernel's own limit is 64 (`UDP_MAX_SEGMENTS`).
const SEGMENTS_MAX: usize = 44;
/// Bytes of one send: what fits into one IPv6 datagram with its UDP header.
const SEND_BYTES_MAX: usize = 65_000;
/// Sends of one system call. More gain nothing measurable and keep the first one waiting.
pub(super) const SENDS_MAX: usize = 64;
/// Datagrams of one system call. More of them leave the CPU's cache before they are sent (512 cost 4 % at 100 subscribers),
/// fewer cost system calls.
pub(super) const DATAGRAMS_MAX: usize = 96;

/// A send: some datagrams of the batch in one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Send {
    /// Index of the first datagram.
    pub first: usize,
    /// How many datagrams.
    pub count: usize,
    /// The size of all but the last.
    pub segment: usize,
    bytes: usize,
    is_closed: bool,
}

/// Datagrams that wait for the next system call.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The datagrams in order.
    pub datagrams: Vec<Transmit>,
    /// How they are grouped, in order.
    pub sends: Vec<Send>,
}

impl Batch {
    /// Adds a datagram; it joins the send before it if `may_segment` and it fits.
    pub fn push(&mut self, datagram: Transmit, may_segment: bool) {
        let size = datagram.bytes.len();
        let first = self.datagrams.len();
        if may_segment
            && let Some(send) = self.sends.last_mut()
            && !send.is_closed
            && self.datagrams[send.first].destination == datagram.destination
            && self.datagrams[send.first].local == datagram.local
            && size <= send.segment
            && send.count < SEGMENTS_MAX
            && send.bytes + size <= SEND_BYTES_MAX
        {
            send.count += 1;
            send.bytes += size;
            send.is_closed = size < send.segment;
        } else {
            self.sends.push(Send { first, count: 1, segment: size, bytes: size, is_closed: size == 0 });
        }
        self.datagrams.push(datagram);
    }

    /// Whether it is time for the system call.
    pub fn is_full(&self) -> bool {
        self.sends.len() >= SENDS_MAX || self.datagrams.len() >= DATAGRAMS_MAX
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.datagrams.clear();
        self.sends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_sfu::Protocol;

    fn datagram(port: u16, size: usize) -> Transmit {
        let address = |port| ([127, 0, 0, 1], port).into();
        let (destination, local) = (address(port), address(4580));
        Transmit { protocol: Protocol::Udp, destination, local, bytes: vec![0; size] }
    }

    fn grouped(datagrams: &[(u16, usize)]) -> Vec<(usize, usize, usize)> {
        let mut batch = Batch::default();
        for (port, size) in datagrams {
            batch.push(datagram(*port, *size), true);
        }
        batch.sends.iter().map(|send| (send.first, send.count, send.segment)).collect()
    }

    #[test]
    fn equal_datagrams_to_one_destination_become_one_send() {
        assert_eq!(grouped(&[(1, 1100), (1, 1100), (1, 1100)]), [(0, 3, 1100)]);
    }

    #[test]
    fn a_smaller_one_ends_a_send_and_a_larger_one_begins_another() {
        assert_eq!(grouped(&[(1, 1100), (1, 900), (1, 900), (1, 1000)]), [(0, 2, 1100), (2, 1, 900), (3, 1, 1000)]);
    }

    #[test]
    fn another_destination_begins_another_send() {
        assert_eq!(grouped(&[(1, 50), (2, 50), (1, 50)]), [(0, 1, 50), (1, 1, 50), (2, 1, 50)]);
    }

    #[test]
    fn a_send_is_bounded_in_segments_and_bytes() {
        assert_eq!(grouped(&[(1, 10); 50]), [(0, 44, 10), (44, 6, 10)]);
        assert_eq!(grouped(&[(1, 20_000); 4]), [(0, 3, 20_000), (3, 1, 20_000)]);
    }

    #[test]
    fn without_segmentation_every_datagram_is_a_send() {
        let mut batch = Batch::default();
        for _ in 0..3 {
            batch.push(datagram(1, 10), false);
        }
        assert_eq!(batch.sends.len(), 3);
    }
}
