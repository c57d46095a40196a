//! How one peer's media is: counted from plain packets and from what the peer reports. A packet costs a few additions.

use crate::layers::LAYERS_MAX;
use crate::packet::{Codec, IncomingPacket};
use convene_model::media::Source;
use convene_model::quality::{PeerMeasure, Spread, StreamMeasure};
use std::time::{Duration, Instant};

/// Over how long a stretch the greatest bitrate and loss are taken. Longer ones hide short troubles; in shorter ones a single lost
/// packet of a voice is a high share.
const STRETCH: Duration = Duration::from_secs(5);
/// A stretch that is shorter at the end says nothing of bitrate and loss, unless it is the only one.
const STRETCH_MIN: Duration = Duration::from_secs(1);
/// Without a packet for this long, nothing was sent: it does not count for the mean bitrate. Longer than a voice's pauses (400 ms).
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// Sequence numbers that are missing at once. More: the sender began anew (RFC 3550 Appendix A.1, MAX_DROPOUT).
const DROPOUT_MAX: i64 = 3000;
/// A timestamp that differs by more from the time of arrival began anew, and tells nothing of jitter. As in libwebrtc.
const TRANSIT_CHANGE_MAX_MS: u64 = 5000;

/// A figure's mean and maximum, while it is being gathered.
#[derive(Clone, Copy, Debug, Default)]
struct Gathered {
    sum: u64,
    count: u64,
    max: u32,
}

impl Gathered {
    fn add(&mut self, value: u32) {
        self.sum += u64::from(value);
        self.count += 1;
        self.max = self.max.max(value);
    }

    fn spread(self) -> Option<Spread> {
        self.sum.checked_div(self.count).map(|mean| Spread { mean: mean as u32, max: self.max })
    }
}

/// Packets and bytes over time.
#[derive(Clone, Copy, Debug)]
struct Volume {
    packets: u64,
    bytes: u64,
    /// How long something was sent.
    active: Duration,
    last: Instant,
    stretch_from: Instant,
    stretch_bytes: u64,
    peak: u32,
}

impl Volume {
    fn new(now: Instant) -> Volume {
        let active = Duration::ZERO;
        Volume { packets: 0, bytes: 0, active, last: now, stretch_from: now, stretch_bytes: 0, peak: 0 }
    }

    /// Counts packets. Returns whether a stretch ended before them.
    fn add(&mut self, packets: u64, bytes: u64, now: Instant) -> bool {
        let gap = now.saturating_duration_since(self.last);
        if gap < PAUSE_MIN {
            self.active += gap;
        }
        self.last = now;
        let ended = now.saturating_duration_since(self.stretch_from) >= STRETCH;
        if ended {
            self.end_stretch(now);
        }
        self.packets += packets;
        self.bytes += bytes;
        self.stretch_bytes += bytes;
        ended
    }

    fn end_stretch(&mut self, now: Instant) {
        let lasted = now.saturating_duration_since(self.stretch_from);
        self.peak = self.peak.max(bits_per_second(self.stretch_bytes, lasted));
        self.stretch_from = now;
        self.stretch_bytes = 0;
    }

    fn measure(mut self) -> StreamMeasure {
        let mean = bits_per_second(self.bytes, self.active);
        if self.last.saturating_duration_since(self.stretch_from) >= STRETCH_MIN {
            self.end_stretch(self.last);
        }
        let bitrate = Spread { mean, max: self.peak.max(mean) };
        StreamMeasure { packets: self.packets, bytes: self.bytes, bitrate, loss_ppm: None, jitter_us: None }
    }
}

fn bits_per_second(bytes: u64, lasted: Duration) -> u32 {
    let bits = u128::from(bytes) * 8 * 1000;
    bits.checked_div(lasted.as_millis()).map_or(0, |rate| u32::try_from(rate).unwrap_or(u32::MAX))
}

/// Of so many packets that were expected, this share did not come.
fn share_ppm(lost: u64, expected: u64) -> u32 {
    (lost * 1_000_000).checked_div(expected).map_or(0, |share| share as u32)
}

/// What comes from the peer, of one kind.
#[derive(Clone, Copy, Debug)]
struct Incoming {
    volume: Volume,
    /// Each layer has numbers of its own.
    layers: [Option<Numbers>; LAYERS_MAX],
    /// Packets that were expected and that did not come, when the stretch began.
    before: (u64, u64),
    worst_loss: u32,
    jitters: Gathered,
}

/// The numbers of one stream's packets.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    highest: u64,
    expected: u64,
    lost: u64,
    /// The last packet that began a new timestamp: when it came, and its timestamp.
    last_timed: (Instant, u32),
    /// In microseconds, 16 times as large (RFC 3550 Appendix A.8).
    jitter: u64,
}

impl Incoming {
    fn new(now: Instant) -> Incoming {
        let (layers, jitters) = ([None; LAYERS_MAX], Gathered::default());
        Incoming { volume: Volume::new(now), layers, before: (0, 0), worst_loss: 0, jitters }
    }

    fn arrived(&mut self, layer: usize, packet: &IncomingPacket) {
        if self.volume.add(1, packet.payload.len() as u64, packet.received_at) {
            self.end_stretch();
        }
        match &mut self.layers[layer] {
            Some(numbers) => {
                if let Some(jitter) = numbers.arrived(packet) {
                    self.jitters.add(jitter);
                }
            }
            none => *none = Some(Numbers::new(packet)),
        }
    }

    /// Packets of all layers that were expected, and that did not come.
    fn counted(&self) -> (u64, u64) {
        self.layers.iter().flatten().fold((0, 0), |sum, layer| (sum.0 + layer.expected, sum.1 + layer.lost))
    }

    fn end_stretch(&mut self) {
        let now = self.counted();
        let (expected, lost) = (now.0 - self.before.0, now.1.saturating_sub(self.before.1));
        self.worst_loss = self.worst_loss.max(share_ppm(lost, expected));
        self.before = now;
    }

    fn measure(mut self) -> StreamMeasure {
        let (expected, lost) = self.counted();
        let mean = share_ppm(lost, expected);
        if self.volume.last.saturating_duration_since(self.volume.stretch_from) >= STRETCH_MIN {
            self.end_stretch();
        }
        let loss = Spread { mean, max: self.worst_loss.max(mean) };
        StreamMeasure { loss_ppm: Some(loss), jitter_us: self.jitters.spread(), ..self.volume.measure() }
    }
}

impl Numbers {
    fn new(packet: &IncomingPacket) -> Numbers {
        let last_timed = (packet.received_at, packet.timestamp);
        Numbers { highest: packet.sequence, expected: 1, lost: 0, last_timed, jitter: 0 }
    }

    /// Counts a packet. Returns the jitter, in microseconds, if it tells of it.
    fn arrived(&mut self, packet: &IncomingPacket) -> Option<u32> {
        let ahead = packet.sequence.wrapping_sub(self.highest) as i64;
        match ahead {
            1..DROPOUT_MAX => {
                self.expected += ahead as u64;
                self.lost += ahead as u64 - 1;
                self.highest = packet.sequence;
                return self.time(packet);
            }
            0 => {}
            // It comes late, and was counted as lost.
            _ if (-DROPOUT_MAX..0).contains(&ahead) => self.lost = self.lost.saturating_sub(1),
            _ => {
                self.expected += 1;
                self.highest = packet.sequence;
                self.last_timed = (packet.received_at, packet.timestamp);
            }
        }
        None
    }

    /// The interarrival jitter (RFC 3550 §6.4.1), of the first packets of frames: the others carry the same timestamp.
    fn time(&mut self, packet: &IncomingPacket) -> Option<u32> {
        let (last_at, last_timestamp) = self.last_timed;
        if packet.timestamp == last_timestamp {
            return None;
        }
        self.last_timed = (packet.received_at, packet.timestamp);
        let rate = u64::from(packet.codec.clock_rate());
        // Timestamps wrap around; between two packets they go forward or back by less than half of their range.
        let ticks = i64::from(packet.timestamp.wrapping_sub(last_timestamp) as i32);
        let sent_us = ticks * 1_000_000 / rate as i64;
        let arrived_us = packet.received_at.saturating_duration_since(last_at).as_micros() as i64;
        let change = arrived_us.abs_diff(sent_us);
        if change > TRANSIT_CHANGE_MAX_MS * 1000 {
            return None;
        }
        self.jitter = (self.jitter + change).saturating_sub((self.jitter + 8) >> 4);
        Some((self.jitter >> 4) as u32)
    }
}

/// What is sent to the peer, of one kind.
#[derive(Clone, Copy, Debug)]
struct Outgoing {
    volume: Volume,
    losses: Gathered,
    jitters: Gathered,
}

/// What a receiver reported of one stream that is sent to it, since the last report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// The share of packets that were lost, 0 to 1, if it is known.
    pub loss: Option<f32>,
    /// The jitter, in units of the codec's clock.
    pub jitter: Option<u32>,
    /// The round trip, if it could be measured.
    pub round_trip: Option<Duration>,
}

/// The quality of one peer's media, from its opening on.
#[derive(Clone, Debug)]
pub struct Quality {
    opened_at: Instant,
    connected_at: Option<Instant>,
    first_packet_at: Option<Instant>,
    round_trips: Gathered,
    incoming: [Option<Incoming>; 3],
    outgoing: [Option<Outgoing>; 3],
}

fn index(source: Source) -> usize {
    match source {
        Source::Microphone => 0,
        Source::Camera => 1,
        Source::Screen => 2,
    }
}

impl Quality {
    /// Of a peer that was just opened.
    pub fn new(now: Instant) -> Quality {
        Quality {
            opened_at: now,
            connected_at: None,
            first_packet_at: None,
            round_trips: Gathered::default(),
            incoming: [None; 3],
            outgoing: [None; 3],
        }
    }

    /// The peer is connected.
    pub fn connected(&mut self, now: Instant) {
        self.connected_at.get_or_insert(now);
    }

    /// A packet of a layer came.
    pub fn arrived(&mut self, source: Source, layer: usize, packet: &IncomingPacket) {
        self.first_packet_at.get_or_insert(packet.received_at);
        let incoming = self.incoming[index(source)].get_or_insert_with(|| Incoming::new(packet.received_at));
        incoming.arrived(layer, packet);
    }

    /// Packets were sent.
    pub fn sent(&mut self, source: Source, packets: u64, bytes: u64, now: Instant) {
        if packets > 0 {
            let new =
                || Outgoing { volume: Volume::new(now), losses: Gathered::default(), jitters: Gathered::default() };
            self.outgoing[index(source)].get_or_insert_with(new).volume.add(packets, bytes, now);
        }
    }

    /// The peer reported on a stream that is sent to it.
    pub fn reported(&mut self, source: Source, report: Report) {
        let Some(outgoing) = &mut self.outgoing[index(source)] else { return };
        if let Some(loss) = report.loss {
            outgoing.losses.add((f64::from(loss.clamp(0.0, 1.0)) * 1e6) as u32);
        }
        if let Some(jitter) = report.jitter {
            let codec = if source == Source::Microphone { Codec::Opus } else { Codec::Vp8 };
            let us = u64::from(jitter) * 1_000_000 / u64::from(codec.clock_rate());
            outgoing.jitters.add(u32::try_from(us).unwrap_or(u32::MAX));
        }
        if let Some(round_trip) = report.round_trip {
            self.round_trips.add(u32::try_from(round_trip.as_micros()).unwrap_or(u32::MAX));
        }
    }

    /// The whole of it, at the peer's end.
    pub fn measure(&self, now: Instant) -> PeerMeasure {
        let since = |at: Instant| at.saturating_duration_since(self.opened_at).as_millis() as u64;
        let mut measure = PeerMeasure {
            lasted_ms: since(now),
            connected_ms: self.connected_at.map(since),
            first_packet_ms: self.first_packet_at.map(since),
            rtt_us: self.round_trips.spread(),
            ..PeerMeasure::default()
        };
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            *measure.received.of_mut(source) = self.incoming[index(source)].map(Incoming::measure);
            *measure.sent.of_mut(source) = self.outgoing[index(source)].map(|sent| StreamMeasure {
                loss_ppm: sent.losses.spread(),
                jitter_us: sent.jitters.spread(),
                ..sent.volume.measure()
            });
        }
        measure
    }
}

#[cfg(test)]
#[path = "quality_tests.rs"]
mod tests;
