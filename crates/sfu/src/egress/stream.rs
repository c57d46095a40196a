//! One stream to a subscriber: its own numbers, what it keeps for repairs, and what it reports.

use super::header::{self, ExtensionIds, HEADER_MAX, Head, Numbers};
use super::redundancy::{self, Block, Redundancy};
use super::sent::Sent;
use super::srtp::{Protector, TAG_MAX};
use crate::packet::{Extensions, OutgoingPacket, Vp8Rewrite};
use crate::vp8;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Packets kept for retransmission in one video stream: 1.4 s of a 1.5 Mbit/s camera. Fewer lose the repair of long round trips, more push
/// the working set out of the CPU's cache when there are hundreds of subscribers.
const KEPT_PACKETS: u64 = 256;
/// How long they are kept. Later a decoder has given up.
const KEPT_FOR: Duration = Duration::from_secs(2);
/// Share of retransmitted bytes above which resends are given up. Less stops repairs at the losses of ordinary wireless networks; without
/// any a receiver could double what is sent to it.
const RESEND_SHARE_MAX: f64 = 0.4;
/// Bytes that may be resent in any case: the first packets of a keyframe are lost before anything was sent.
const RESEND_FREE: f64 = 20_000.0;
/// A packet that is asked for again sooner than this was asked for twice, not lost twice.
const RESEND_AGAIN: Duration = Duration::from_millis(10);
/// Bytes before the payload of a retransmission: the original sequence number (RFC 4588 §4).
const OSN: usize = 2;

/// How a stream is negotiated.
#[derive(Clone, Debug)]
pub(crate) struct StreamPlan {
    pub mid: String,
    pub ssrc: u32,
    /// The SSRC of its retransmissions, if there are any.
    pub resend_ssrc: Option<u32>,
    /// The payload type of retransmissions by which padding goes out.
    pub padding_type: Option<u8>,
    pub cname: String,
    pub ids: ExtensionIds,
}

/// The payload types of a codec at the subscriber's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PayloadTypes {
    pub media: u8,
    /// Of its retransmissions.
    pub resend: Option<u8>,
    /// Of packets that carry the one before once more.
    pub redundant: Option<u8>,
}

/// One stream.
pub(crate) struct Stream {
    pub plan: StreamPlan,
    /// Whether the subscriber has reported on it, and so knows it without being told its m-line.
    pub is_known: bool,
    pub report: SenderCount,
    sent: Sent,
    kept: Vec<Option<Kept>>,
    next_resend: u64,
    redundancy: Redundancy,
    /// Bytes that were sent and resent lately; halved with each report.
    lately: (f64, f64),
}

/// What a sender report says (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SenderCount {
    pub packets: u32,
    pub octets: u32,
    /// The newest timestamp, when its packet came, and how many of its units are a second.
    pub last: Option<(u32, Instant, u32)>,
}

/// A packet that can be sent again.
struct Kept {
    sequence: u64,
    head: Head,
    resend_type: u8,
    payload: Arc<[u8]>,
    vp8: Option<Vp8Rewrite>,
    sent_at: Instant,
    resent_at: Option<Instant>,
}

impl Stream {
    /// A stream that has sent nothing.
    pub fn new(plan: StreamPlan) -> Stream {
        // Below 32,768, because receivers assume a rollover counter of 0 (RFC 3711 §3.3.1).
        let next_resend = u64::from(plan.resend_ssrc.unwrap_or(0) & 0x7fff);
        Stream {
            plan,
            is_known: false,
            report: SenderCount::default(),
            sent: Sent::new(),
            kept: vec![],
            next_resend,
            redundancy: Redundancy::default(),
            lately: (0.0, 0.0),
        }
    }

    /// Whether its packets have numbers among all packets to the subscriber.
    pub fn is_numbered(&self) -> bool {
        self.plan.ids.transport.is_some()
    }

    /// The datagram of a packet; `None` if it must not be sent. `transport`: its number among all packets.
    pub fn write(
        &mut self,
        packet: OutgoingPacket,
        transport: Option<u16>,
        types: PayloadTypes,
        protector: &Protector,
        now: Instant,
    ) -> Option<Vec<u8>> {
        if !self.sent.note(packet.sequence) {
            return None;
        }
        let OutgoingPacket { codec, sequence, timestamp, marker, received_at, extensions, payload, vp8 } = packet;
        let twice = types.redundant.and_then(|redundant| {
            let block = Block { sequence, timestamp, payload: payload.clone() };
            Some((redundant, self.redundancy.prefix(&block, types.media)?))
        });
        let payload_type = twice.as_ref().map_or(types.media, |(redundant, _)| *redundant);
        let head = Head { payload_type, marker, timestamp, extensions };
        let before = twice.as_ref().map_or(0, |(_, (_, before))| redundancy::HEADERS + before.len());
        let mut datagram = Vec::with_capacity(HEADER_MAX + before + payload.len() + TAG_MAX);
        let mid = Some(self.plan.mid.as_str()).filter(|_| !self.is_known);
        let numbers = Numbers { ssrc: self.plan.ssrc, sequence: sequence as u16, transport };
        let length = header::write(&mut datagram, head, numbers, self.plan.ids, mid);
        if let Some((_, (headers, before))) = &twice {
            datagram.extend_from_slice(headers);
            datagram.extend_from_slice(before);
        }
        write_payload(&mut datagram, &payload, vp8);
        protector.protect_rtp(&mut datagram, length, self.plan.ssrc, sequence)?;
        self.report.packets = self.report.packets.wrapping_add(1);
        self.report.octets = self.report.octets.wrapping_add((before + payload.len()) as u32);
        if self.sent.highest() == Some(sequence) {
            self.report.last = Some((timestamp, received_at, codec.clock_rate()));
        }
        self.lately.0 += payload.len() as f64;
        if let Some(resend_type) = types.resend.filter(|_| self.plan.resend_ssrc.is_some()) {
            if self.kept.is_empty() {
                self.kept.resize_with(KEPT_PACKETS as usize, || None);
            }
            let place = (sequence % KEPT_PACKETS) as usize;
            self.kept[place] = Some(Kept { sequence, head, resend_type, payload, vp8, sent_at: now, resent_at: None });
        }
        Some(datagram)
    }

    /// The datagram that repairs a lost packet (RFC 4588); `None` if it is gone, was just sent, or too much is asked for.
    pub fn resend(
        &mut self,
        lost: u16,
        transport: Option<u16>,
        protector: &Protector,
        now: Instant,
    ) -> Option<Vec<u8>> {
        let ssrc = self.plan.resend_ssrc?;
        let sequence = extended(lost, self.sent.highest()?)?;
        let kept = self.kept.get_mut((sequence % KEPT_PACKETS) as usize)?.as_mut()?;
        let is_young = now.saturating_duration_since(kept.sent_at) < KEPT_FOR;
        let is_again = kept.resent_at.is_some_and(|at| now.saturating_duration_since(at) < RESEND_AGAIN);
        let bytes = kept.payload.len() as f64;
        let is_too_much = self.lately.1 + bytes > self.lately.0 * RESEND_SHARE_MAX + RESEND_FREE;
        if kept.sequence != sequence || !is_young || is_again || is_too_much {
            return None;
        }
        kept.resent_at = Some(now);
        self.lately.1 += bytes;
        let own = self.next_resend;
        self.next_resend += 1;
        let head = Head { payload_type: kept.resend_type, ..kept.head };
        let mut datagram = Vec::with_capacity(HEADER_MAX + OSN + kept.payload.len() + TAG_MAX);
        let numbers = Numbers { ssrc, sequence: own as u16, transport };
        let length = header::write(&mut datagram, head, numbers, self.plan.ids, Some(&self.plan.mid));
        datagram.extend_from_slice(&lost.to_be_bytes());
        write_payload(&mut datagram, &kept.payload, kept.vp8);
        protector.protect_rtp(&mut datagram, length, ssrc, own)?;
        Some(datagram)
    }

    /// Whether [`pad`](Self::pad) can.
    pub fn can_pad(&self) -> bool {
        self.plan.resend_ssrc.is_some() && self.plan.padding_type.is_some() && self.is_numbered()
    }

    /// A datagram of padding alone (RFC 3550 §5.1), of so many bytes, among the retransmissions, where a number may be without a picture.
    pub fn pad(&mut self, bytes: u8, transport: u16, protector: &Protector) -> Option<Vec<u8>> {
        let (ssrc, payload_type) = (self.plan.resend_ssrc?, self.plan.padding_type?);
        let own = self.next_resend;
        self.next_resend += 1;
        let timestamp = self.report.last.map_or(0, |(timestamp, ..)| timestamp);
        let head = Head { payload_type, marker: false, timestamp, extensions: Extensions::default() };
        let mut datagram = Vec::with_capacity(HEADER_MAX + usize::from(bytes) + TAG_MAX);
        let numbers = Numbers { ssrc, sequence: own as u16, transport: Some(transport) };
        let length = header::write(&mut datagram, head, numbers, self.plan.ids, Some(&self.plan.mid));
        datagram[0] |= 0x20;
        datagram.resize(length + usize::from(bytes.max(1)), 0);
        datagram[length + usize::from(bytes.max(1)) - 1] = bytes.max(1);
        protector.protect_rtp(&mut datagram, length, ssrc, own)?;
        Some(datagram)
    }

    /// The subscriber reported on the stream: what it lost, in 256ths.
    pub fn reported(&mut self, fraction_lost: u8) {
        self.is_known = true;
        self.redundancy.reported(fraction_lost);
    }

    /// A second or so is over: what is no longer of use is let go.
    pub fn age(&mut self, now: Instant) {
        self.lately.0 /= 2.0;
        self.lately.1 /= 2.0;
        if self.report.last.is_none_or(|(_, at, _)| now.saturating_duration_since(at) >= KEPT_FOR) {
            self.kept = vec![];
        }
    }
}

/// The payload with the slot's own numbers in it.
fn write_payload(datagram: &mut Vec<u8>, payload: &[u8], vp8: Option<Vp8Rewrite>) {
    let start = datagram.len();
    datagram.extend_from_slice(payload);
    if let Some(rewrite) = vp8 {
        vp8::rewrite(&mut datagram[start..], rewrite);
    }
}

/// The sequence number that ends with these 16 bits and is nearest before the newest; `None` if there is none.
fn extended(low: u16, highest: u64) -> Option<u64> {
    highest.checked_sub(u64::from((highest as u16).wrapping_sub(low)))
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
