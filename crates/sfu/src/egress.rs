//! What is sent to one subscriber: our own packets, from the publisher's payload straight into the datagram.
//!
//! The WebRTC library does ICE, DTLS and what comes in; the SSRCs of the slots are ours alone, so that no packet is ever protected by both.

mod header;
pub(crate) mod keys;
mod redundancy;
mod reports;
mod sent;
mod srtp;
mod stream;

use crate::bandwidth::{Bandwidth, Padding};
use crate::demux::{Address, Protocol};
use crate::interface::Transmit;
use crate::packet::OutgoingPacket;
use crate::quality::Report;
use keys::KeySlot;
use reports::{Clock, STREAMS_MAX, compound};
use srtp::Protector;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use stream::Stream;

pub(crate) use header::ExtensionIds;
pub(crate) use stream::{PayloadTypes, StreamPlan};

/// How often streams that send are reported on. Receivers keep sound and picture together by it, and measure the round trip.
const REPORTS_EVERY: Duration = Duration::from_secs(1);

/// The way of a peer's packets: from which of our candidates to where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub protocol: Protocol,
    pub destination: SocketAddr,
    pub local: SocketAddr,
}

/// What a receiver reported of one stream (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reception {
    pub ssrc: u32,
    /// In 256ths, since the report before.
    pub fraction_lost: u8,
    pub jitter: u32,
    /// LSR and DLSR.
    pub last_report: (u32, u32),
}

/// The streams to one subscriber.
pub(crate) struct Egress {
    keys: KeySlot,
    protector: Option<Protector>,
    path: Option<Path>,
    streams: Vec<Stream>,
    clock: Clock,
    report_at: Option<Instant>,
    /// What the line carries, if that is to be found out.
    bandwidth: Option<Bandwidth>,
    /// Whether any stream can be padded.
    can_pad: bool,
    ready: Vec<Transmit>,
}

impl Egress {
    /// For a peer whose handshake leaves its keys in `keys`. `bandwidth`: what finds out what its line carries.
    pub fn new(keys: KeySlot, bandwidth: Option<Bandwidth>, now: Instant) -> Egress {
        let (streams, ready) = (vec![], vec![]);
        let (clock, report_at, can_pad) = (Clock::new(now), None, false);
        Egress { keys, protector: None, path: None, streams, clock, report_at, bandwidth, can_pad, ready }
    }

    /// Where packets go from now on.
    pub fn set_path(&mut self, path: Path, now: Instant) {
        let before = self.path.replace(path);
        if before.is_some_and(|before| before != path) {
            self.bandwidth.iter_mut().for_each(|bandwidth| bandwidth.changed_way(now));
        }
    }

    /// Whether packets go to that address.
    pub fn leads_to(&self, (protocol, source): Address) -> bool {
        self.path.is_some_and(|path| (path.protocol, path.destination) == (protocol, source))
    }

    /// Takes over how a stream is negotiated; one with the same SSRC goes on. Returns what to name it by in [`send`](Self::send).
    pub fn declare(&mut self, plan: StreamPlan) -> usize {
        let known = self.position(plan);
        self.can_pad = self.streams.iter().any(Stream::can_pad);
        known
    }

    fn position(&mut self, plan: StreamPlan) -> usize {
        match self.streams.iter().position(|stream| stream.plan.ssrc == plan.ssrc) {
            Some(known) => {
                self.streams[known].plan = plan;
                known
            }
            None => {
                self.streams.push(Stream::new(plan));
                self.streams.len() - 1
            }
        }
    }

    /// All streams, for the library to answer an offer with the SSRCs that they have.
    pub fn plans(&self) -> impl Iterator<Item = &StreamPlan> {
        self.streams.iter().map(|stream| &stream.plan)
    }

    /// Makes a packet ready. Returns whether it was: not before the handshake is over, nor twice.
    pub fn send(&mut self, stream: usize, packet: OutgoingPacket, types: PayloadTypes, now: Instant) -> bool {
        let Some(path) = self.path else { return false };
        if self.protector.is_none() {
            self.protector = self.keys.take();
        }
        let (Some(protector), Some(stream)) = (&self.protector, self.streams.get_mut(stream)) else { return false };
        let mut bandwidth = self.bandwidth.as_mut().filter(|_| stream.is_numbered());
        // A line that loses because it is full loses more by what is sent twice.
        let is_full = bandwidth.as_ref().is_some_and(|bandwidth| bandwidth.was_full_lately(now));
        let types = PayloadTypes { redundant: types.redundant.filter(|_| !is_full), ..types };
        let number = bandwidth.as_ref().map(|bandwidth| bandwidth.next_sequence());
        let Some(bytes) = stream.write(packet, number, types, protector, now) else { return false };
        bandwidth.iter_mut().for_each(|bandwidth| bandwidth.sent(bytes.len(), now));
        self.report_at.get_or_insert(now);
        self.ready.push(path.transmit(bytes));
        true
    }

    /// The subscriber misses packets of a stream.
    pub fn lost(&mut self, ssrc: u32, lost: impl Iterator<Item = u16>, now: Instant) {
        let Egress { protector: Some(protector), path: Some(path), streams, ready, bandwidth, .. } = self else {
            return;
        };
        let Some(stream) = streams.iter_mut().find(|stream| stream.plan.ssrc == ssrc) else { return };
        let mut bandwidth = bandwidth.as_mut().filter(|_| stream.is_numbered());
        for lost in lost {
            let number = bandwidth.as_ref().map(|bandwidth| bandwidth.next_sequence());
            let Some(bytes) = stream.resend(lost, number, protector, now) else { continue };
            bandwidth.iter_mut().for_each(|bandwidth| bandwidth.sent(bytes.len(), now));
            ready.push(path.transmit(bytes));
        }
    }

    /// Whether packets are given the numbers by which it is found out what the line carries.
    pub fn counts(&self) -> bool {
        self.bandwidth.is_some()
    }

    /// What the line carries, if that is news.
    pub fn news(&mut self) -> Option<u64> {
        self.bandwidth()?.news()
    }

    /// What finds out what the line carries: nothing where no stream's packets have the numbers that it needs.
    pub fn bandwidth(&mut self) -> Option<&mut Bandwidth> {
        self.bandwidth.as_mut().filter(|_| self.streams.iter().any(Stream::is_numbered))
    }

    /// The subscriber reported on a stream. `None` if it is none of ours, or that of repairs.
    pub fn reported(&mut self, reception: Reception, now: Instant) -> Option<Report> {
        let stream = self.streams.iter_mut().find(|stream| stream.plan.ssrc == reception.ssrc)?;
        stream.reported(reception.fraction_lost);
        let (last, delay) = reception.last_report;
        Some(Report {
            loss: Some(f32::from(reception.fraction_lost) / 256.0),
            jitter: Some(reception.jitter),
            round_trip: self.clock.round_trip(now, last, delay),
        })
    }

    /// When [`tick`](Self::tick) is needed.
    pub fn due_at(&self) -> Option<Instant> {
        // Nothing can be sent before there are keys and a way, so nothing is due.
        let can_send = self.can_pad && self.protector.is_some() && self.path.is_some();
        let probe = self.bandwidth.as_ref().filter(|_| can_send).and_then(Bandwidth::due_at);
        self.report_at.into_iter().chain(probe).min()
    }

    /// Makes what is due ready.
    pub fn tick(&mut self, now: Instant) {
        self.pad(now);
        self.report(now);
    }

    /// Padding, to find out whether the line carries more.
    fn pad(&mut self, now: Instant) {
        let Egress { protector: Some(protector), path: Some(path), streams, ready, bandwidth: Some(bandwidth), .. } =
            self
        else {
            return;
        };
        // Preferably beside packets that came before.
        let by = |stream: &&mut Stream| (stream.can_pad(), stream.report.last.is_some());
        let Some(stream) = streams.iter_mut().max_by_key(by).filter(|stream| stream.can_pad()) else { return };
        let Padding { packets, bytes } = bandwidth.due_padding(now);
        for _ in 0..packets {
            let Some(datagram) = stream.pad(bytes, bandwidth.next_sequence(), protector) else { return };
            bandwidth.sent(datagram.len(), now);
            ready.push(path.transmit(datagram));
        }
    }

    /// Streams that pause are not reported on.
    fn report(&mut self, now: Instant) {
        let Egress { protector: Some(protector), path: Some(path), streams, ready, clock, report_at, .. } = self else {
            return;
        };
        if report_at.is_none_or(|at| at > now) {
            return;
        }
        let sends = |stream: &&Stream| {
            let last = stream.report.last;
            last.is_some_and(|(_, at, _)| now.saturating_duration_since(at) < REPORTS_EVERY * 2)
        };
        let sending: Vec<&Stream> = streams.iter().filter(sends).collect();
        for some in sending.chunks(STREAMS_MAX) {
            let mut packet = compound(some, *clock, now);
            if let Some(first) = some.first()
                && protector.protect_rtcp(&mut packet, first.plan.ssrc).is_some()
            {
                ready.push(path.transmit(packet));
            }
        }
        *report_at = (!sending.is_empty()).then_some(now + REPORTS_EVERY);
        streams.iter_mut().for_each(|stream| stream.age(now));
    }

    /// What is ready to be sent.
    pub fn take_ready(&mut self) -> std::vec::Drain<'_, Transmit> {
        self.ready.drain(..)
    }
}

impl Path {
    fn transmit(&self, bytes: Vec<u8>) -> Transmit {
        Transmit { protocol: self.protocol, destination: self.destination, local: self.local, bytes }
    }
}

#[cfg(test)]
#[path = "egress_tests.rs"]
mod tests;
