//! What a subscriber's slot does to the packets that pass through it.
//!
//! A slot keeps its SSRC for life and changes its source without SDP, so towards the receiver the numbers of all sources
//! must read as one stream: sequence numbers and timestamps go on where the last source stopped, and so do the VP8 picture
//! id and TL0PICIDX (RFC 7741 §4.2). After a change nothing passes until a packet at which a decoder can start.

use crate::packet::{Codec, IncomingPacket, OutgoingPacket, Vp8Rewrite};
use crate::vp8;
use std::time::Instant;

/// Continues one outgoing stream over changing sources.
#[derive(Clone, Debug)]
pub struct Rewriter {
    /// The sequence number of the next packet if it follows directly. Below 65,536 at first, because receivers assume a
    /// rollover counter of 0 (RFC 3711 §3.3.1).
    next_sequence: u64,
    flow: Option<Flow>,
    last: Option<Last>,
}

/// The source that passes now, and what to add to its numbers.
#[derive(Clone, Copy, Debug)]
struct Flow {
    codec: Codec,
    first_sequence: u64,
    sequence_offset: u64,
    time_offset: u32,
    picture_offset: u16,
    tl0_offset: u8,
    /// The first packet of a new audio source begins a talkspurt (RFC 3551 §4.1).
    fresh: bool,
}

/// The newest numbers that went out.
#[derive(Clone, Copy, Debug)]
struct Last {
    timestamp: u32,
    sent_at: Instant,
    picture_id: u16,
    tl0_pic_idx: u8,
}

impl Rewriter {
    /// A slot that has sent nothing. Only the low 15 bits of `seed` count.
    pub fn new(seed: u16) -> Rewriter {
        Rewriter { next_sequence: u64::from(seed & 0x7fff), flow: None, last: None }
    }

    /// The source changes, or goes on after a gap: wait for a packet at which a decoder can start.
    pub fn restart(&mut self) {
        self.flow = None;
    }

    /// Whether packets are held back until a decoder can start.
    pub fn is_waiting(&self) -> bool {
        self.flow.is_none()
    }

    /// The packet as this slot sends it, or `None` if it must not pass.
    pub fn forward(&mut self, packet: &IncomingPacket) -> Option<OutgoingPacket> {
        if self.flow.is_some_and(|flow| flow.codec != packet.codec) {
            self.flow = None;
        }
        let descriptor = match packet.codec {
            Codec::Vp8 => vp8::Descriptor::parse(&packet.payload),
            Codec::Opus | Codec::H264 { .. } => None,
        };
        let flow = match self.flow {
            Some(flow) => flow,
            None if packet.is_entry_point() => self.begin(packet, descriptor),
            None => return None,
        };
        if packet.sequence < flow.first_sequence {
            return None;
        }
        let sequence = packet.sequence.wrapping_add(flow.sequence_offset);
        let timestamp = packet.timestamp.wrapping_add(flow.time_offset);
        let vp8 = descriptor.and_then(|d| flow.rewrite(d));
        self.flow = Some(Flow { fresh: false, ..flow });
        if sequence >= self.next_sequence {
            self.next_sequence = sequence + 1;
            self.remember(packet, timestamp, descriptor, vp8);
        }
        Some(OutgoingPacket {
            codec: packet.codec,
            sequence,
            timestamp,
            marker: packet.marker || (flow.fresh && packet.codec == Codec::Opus),
            received_at: packet.received_at,
            extensions: packet.extensions,
            payload: packet.payload.clone(),
            vp8,
        })
    }

    /// Lays the new source's numbers directly after the last ones.
    fn begin(&mut self, packet: &IncomingPacket, descriptor: Option<vp8::Descriptor>) -> Flow {
        let picture_id = descriptor.and_then(|d| d.picture_id).map_or(0, |id| id.value);
        let tl0 = descriptor.and_then(|d| d.tl0_pic_idx).unwrap_or(0);
        let (time_offset, picture_offset, tl0_offset) = match self.last {
            None => (0, 0, 0),
            Some(last) => {
                let pause = packet.received_at.saturating_duration_since(last.sent_at).as_micros();
                let units = (pause * u128::from(packet.codec.clock_rate()) / 1_000_000).max(1) as u32;
                (
                    last.timestamp.wrapping_add(units).wrapping_sub(packet.timestamp),
                    last.picture_id.wrapping_add(1).wrapping_sub(picture_id),
                    last.tl0_pic_idx.wrapping_add(1).wrapping_sub(tl0),
                )
            }
        };
        Flow {
            codec: packet.codec,
            first_sequence: packet.sequence,
            sequence_offset: self.next_sequence.wrapping_sub(packet.sequence),
            time_offset,
            picture_offset,
            tl0_offset,
            fresh: true,
        }
    }

    fn remember(
        &mut self,
        packet: &IncomingPacket,
        timestamp: u32,
        descriptor: Option<vp8::Descriptor>,
        vp8: Option<Vp8Rewrite>,
    ) {
        let before = self.last;
        let sent_picture = vp8.and_then(|v| v.picture_id).or(descriptor.and_then(|d| d.picture_id).map(|id| id.value));
        let sent_tl0 = vp8.and_then(|v| v.tl0_pic_idx).or(descriptor.and_then(|d| d.tl0_pic_idx));
        self.last = Some(Last {
            timestamp,
            sent_at: packet.received_at,
            picture_id: sent_picture.unwrap_or(before.map_or(0, |last| last.picture_id)),
            tl0_pic_idx: sent_tl0.unwrap_or(before.map_or(0, |last| last.tl0_pic_idx)),
        });
    }
}

impl Flow {
    /// What changes in the payload descriptor; nothing for a slot's first source, whose payloads then pass untouched.
    fn rewrite(&self, descriptor: vp8::Descriptor) -> Option<Vp8Rewrite> {
        if self.picture_offset == 0 && self.tl0_offset == 0 {
            return None;
        }
        Some(Vp8Rewrite {
            picture_id: descriptor.picture_id.map(|id| id.value.wrapping_add(self.picture_offset) & id.mask),
            tl0_pic_idx: descriptor.tl0_pic_idx.map(|tl0| tl0.wrapping_add(self.tl0_offset)),
        })
    }
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;
