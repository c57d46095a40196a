//! One speaker: packets come in as the network lets them, frames of sound go out at a steady pace.

use crate::opus::Decoder;
use crate::samples_of_a_frame;
use convene_model::audio::{AudioPacket, PcmRate};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the first packet after a pause waits for those behind it. Longer: later sound. Shorter: holes where the network is uneven.
const TARGET: Duration = Duration::from_millis(60);
/// Packets that wait at most, however short they are: [`LATE_MAX`] of the shortest. More: a hostile sender costs memory. Fewer: bursts of short
/// ones are cut.
const WAITING_MAX: usize = 160;
/// How much sound waits at most, in units of 48 kHz: 400 ms. More: after a burst of the network everything is heard that much later. Less: bursts
/// are cut.
const LATE_MAX: u32 = 48 * 400;
/// Lost packets in a row that are concealed. More of them sound like a robot; what is missing then is silence.
const CONCEALED_MAX: u64 = 5;
/// A sequence number this far from what is expected is that of another stream.
const JUMP: u64 = 1_000;

/// At this level, in dBov, and below it sound counts as silence.
pub const SILENT_DBOV: i8 = -60;

/// Whether there is anything to be heard in a packet; what does not tell its level may be loud.
pub fn is_loud(packet: &AudioPacket) -> bool {
    packet.level.is_none_or(|level| level > SILENT_DBOV)
}

/// What one speaker says.
pub struct Speaker {
    decoder: Decoder,
    frame: usize,
    /// By sequence number: the timestamp, and the payload.
    waiting: BTreeMap<u64, (u32, Arc<[u8]>)>,
    /// The packet that is decoded next.
    next: Option<u64>,
    /// Decoded, and not given out yet.
    pcm: VecDeque<i16>,
    /// Since when sound is to be given out, or when it begins.
    plays_at: Option<Instant>,
    concealed: u64,
    heard_at: Instant,
    /// When something that is no silence was heard last.
    loud_at: Instant,
}

impl Speaker {
    pub fn new(rate: PcmRate, now: Instant) -> Self {
        Self {
            decoder: Decoder::new(rate),
            frame: samples_of_a_frame(rate),
            waiting: BTreeMap::new(),
            next: None,
            pcm: VecDeque::new(),
            plays_at: None,
            concealed: 0,
            heard_at: now,
            loud_at: now,
        }
    }

    /// When something was heard last.
    pub fn heard_at(&self) -> Instant {
        self.heard_at
    }

    /// When something that is no silence was heard last.
    pub fn loud_at(&self) -> Instant {
        self.loud_at
    }

    /// A packet came. What is too late is dropped, and the oldest of what waits for too long.
    pub fn hear(&mut self, packet: &AudioPacket, now: Instant) {
        self.heard_at = now;
        if is_loud(packet) {
            self.loud_at = now;
        }
        let newest = self.waiting.keys().next_back().copied().or(self.next);
        if newest.is_some_and(|newest| packet.sequence.abs_diff(newest) > JUMP) {
            self.waiting.clear();
            self.next = None;
        }
        if self.next.is_some_and(|next| packet.sequence < next) {
            return;
        }
        self.waiting.insert(packet.sequence, (packet.timestamp, packet.payload.clone()));
        while self.waits_too_long() {
            self.waiting.pop_first();
            self.next = self.waiting.keys().next().copied();
        }
        self.plays_at.get_or_insert(now + TARGET);
    }

    fn waits_too_long(&self) -> bool {
        let first = self.waiting.first_key_value().map(|(_, (timestamp, _))| *timestamp);
        let last = self.waiting.last_key_value().map(|(_, (timestamp, _))| *timestamp);
        let span = first.zip(last).map_or(0, |(first, last)| last.wrapping_sub(first));
        self.waiting.len() > WAITING_MAX || (span > LATE_MAX && span < u32::MAX / 2)
    }

    /// The next frame, if anything is being said.
    pub fn take_frame(&mut self, now: Instant) -> Option<Vec<i16>> {
        if self.plays_at.is_none_or(|at| now < at) {
            return None;
        }
        while self.pcm.len() < self.frame {
            if !self.decode_next() {
                break;
            }
        }
        if self.pcm.is_empty() {
            self.plays_at = None;
            return None;
        }
        let mut frame: Vec<i16> = self.pcm.drain(..self.frame.min(self.pcm.len())).collect();
        frame.resize(self.frame, 0);
        Some(frame)
    }

    /// Decodes or conceals one packet; returns whether there was anything.
    fn decode_next(&mut self) -> bool {
        let Some(first) = self.waiting.keys().next().copied() else { return false };
        let next = *self.next.get_or_insert(first);
        if let Some((_, payload)) = self.waiting.remove(&next) {
            self.next = Some(next + 1);
            self.concealed = 0;
            self.pcm.extend(self.decoder.decode(&payload));
            return true;
        }
        if self.concealed >= CONCEALED_MAX {
            self.concealed = 0;
            self.next = Some(first);
            return true;
        }
        self.concealed += 1;
        self.next = Some(next + 1);
        self.pcm.extend(self.decoder.conceal(self.frame));
        true
    }
}
