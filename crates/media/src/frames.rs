//! Packets in a stream of bytes: each with its length before it, in two bytes (RFC 4571 §2). Pure.

use std::collections::VecDeque;

/// Bytes of a received packet. Larger ones are no media, and whoever sends one is no client of ours.
const FRAME_MAX: usize = 2048;
/// Bytes of the length.
const LENGTH: usize = 2;

/// A packet was announced that is larger than any of media.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// The receiving side of one stream.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    /// The beginning of a packet whose end has not come: less than a whole one.
    begun: Vec<u8>,
}

impl Incoming {
    /// Takes the next bytes of the stream, and hands each packet that is whole to `sink`. Empty ones are left out: they only keep the
    /// connection open.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), TooLarge> {
        while !self.begun.is_empty() {
            let wanted = length_of(&self.begun)?.map_or(LENGTH, |length| LENGTH + length) - self.begun.len();
            let (next, rest) = bytes.split_at(wanted.min(bytes.len()));
            self.begun.extend_from_slice(next);
            bytes = rest;
            match length_of(&self.begun)? {
                Some(length) if self.begun.len() == LENGTH + length => {
                    give(&self.begun[LENGTH..], sink);
                    self.begun.clear();
                }
                Some(_) | None if bytes.is_empty() => return Ok(()),
                Some(_) | None => {}
            }
        }
        while let Some(length) = length_of(bytes)? {
            let Some(packet) = bytes.get(LENGTH..LENGTH + length) else { break };
            give(packet, sink);
            bytes = &bytes[LENGTH + length..];
        }
        self.begun.extend_from_slice(bytes);
        Ok(())
    }
}

fn give(packet: &[u8], sink: &mut impl FnMut(&[u8])) {
    if !packet.is_empty() {
        sink(packet);
    }
}

/// The length that stands at the beginning, if it is there.
fn length_of(bytes: &[u8]) -> Result<Option<usize>, TooLarge> {
    let Some(length) = bytes.first_chunk::<LENGTH>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes(*length));
    if length > FRAME_MAX { Err(TooLarge) } else { Ok(Some(length)) }
}

/// The sending side of one stream: packets that the kernel has not taken yet. Bounded, and only whole packets are left out.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    bytes: VecDeque<u8>,
}

impl Outgoing {
    /// Adds a packet, unless more than `at_most` bytes would wait then. Returns whether it was added.
    pub fn push(&mut self, packet: &[u8], at_most: usize) -> bool {
        let Ok(length) = u16::try_from(packet.len()) else { return false };
        if self.bytes.len() + LENGTH + packet.len() > at_most {
            return false;
        }
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(packet);
        true
    }

    /// The next bytes to send, some of them; empty if there are none.
    pub fn next(&self) -> &[u8] {
        self.bytes.as_slices().0
    }

    /// So many of [`next`](Self::next) were sent.
    pub fn sent(&mut self, count: usize) {
        self.bytes.drain(..count.min(self.bytes.len()));
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(packets: &[&[u8]]) -> Vec<u8> {
        let mut outgoing = Outgoing::default();
        assert!(packets.iter().all(|packet| outgoing.push(packet, usize::MAX)));
        outgoing.bytes.into()
    }

    fn received(pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, TooLarge> {
        let (mut incoming, mut packets) = (Incoming::default(), vec![]);
        for piece in pieces {
            incoming.push(piece, &mut |packet| packets.push(packet.to_vec()))?;
            assert!(incoming.begun.len() < LENGTH + FRAME_MAX);
        }
        Ok(packets)
    }

    #[test]
    fn packets_come_out_as_they_went_in_however_the_stream_is_cut() {
        let large = [7; FRAME_MAX];
        let packets: [&[u8]; 4] = [b"one", &large, b"", b"three"];
        let (stream, whole) = (stream(&packets), vec![b"one".to_vec(), large.to_vec(), b"three".to_vec()]);
        assert_eq!(received(&[&stream]), Ok(whole.clone()));
        for at in 0..stream.len() {
            assert_eq!(received(&[&stream[..at], &stream[at..]]), Ok(whole.clone()), "cut at {at}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(received(&bytes), Ok(whole));
    }

    #[test]
    fn a_length_beyond_that_of_media_is_refused_as_soon_as_it_stands_there() {
        let too_large = (FRAME_MAX as u16 + 1).to_be_bytes();
        assert_eq!(received(&[&too_large]), Err(TooLarge));
        assert_eq!(received(&[&too_large[..1], &too_large[1..]]), Err(TooLarge));
        assert_eq!(received(&[&[0, 1, 5, too_large[0], too_large[1]]]), Err(TooLarge));
        assert_eq!(received(&[b"GET / HTTP/1.1\r\n"]), Err(TooLarge));
    }

    #[test]
    fn what_waits_is_bounded_and_only_whole_packets_are_left_out() {
        let mut outgoing = Outgoing::default();
        assert!(outgoing.push(&[1; 6], 16) && outgoing.push(&[2; 6], 16));
        assert!(!outgoing.push(&[3], 16) && !outgoing.push(&[0; 70_000], usize::MAX));
        outgoing.sent(5);
        assert!(outgoing.push(&[4; 3], 16), "there is room again");
        let mut rest = vec![];
        while !outgoing.is_empty() {
            rest.extend_from_slice(outgoing.next());
            outgoing.sent(outgoing.next().len());
        }
        assert_eq!(rest, [1, 1, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 3, 4, 4, 4]);
    }
}
