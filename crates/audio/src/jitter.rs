//! One speaker: packets come in as the network lets them, frames of sound go out at a steady pace.

use crate::opus::Decoder;
use crate::samples_of_a_frame;
use convene_model::audio::{AudioPacket, PcmRate};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the first packet after a pause waits for those behind it. Longer: later sound. Shorter: holes where the network is uneven.
const TARGET: Duration = Duration::from_millis(60);
/// Packets that wait at most: a second of those that browsers send. More: sound that comes too late is kept; fewer: bursts are cut.
const WAITING_MAX: usize = 50;
/// Lost packets in a row that are concealed. More of them sound like a robot; what is missing then is silence.
const CONCEALED_MAX: u64 = 5;
/// A sequence number this far from what is expected is that of another stream.
const JUMP: u64 = 1_000;

/// What one speaker says.
pub struct Speaker {
    decoder: Decoder,
    frame: usize,
    waiting: BTreeMap<u64, Arc<[u8]>>,
    /// The packet that is decoded next.
    next: Option<u64>,
    /// Decoded, and not given out yet.
    pcm: VecDeque<i16>,
    /// Since when sound is to be given out, or when it begins.
    plays_at: Option<Instant>,
    concealed: u64,
    heard_at: Instant,
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
        }
    }

    /// When something was heard last.
    pub fn heard_at(&self) -> Instant {
        self.heard_at
    }

    /// A packet came. What is too late is dropped.
    pub fn hear(&mut self, packet: &AudioPacket, now: Instant) {
        self.heard_at = now;
        let newest = self.waiting.keys().next_back().copied().or(self.next);
        if newest.is_some_and(|newest| packet.sequence.abs_diff(newest) > JUMP) {
            self.waiting.clear();
            self.next = None;
        }
        if self.next.is_some_and(|next| packet.sequence < next) {
            return;
        }
        self.waiting.insert(packet.sequence, packet.payload.clone());
        if self.waiting.len() > WAITING_MAX {
            self.waiting.pop_first();
            self.next = self.waiting.keys().next().copied();
        }
        self.plays_at.get_or_insert(now + TARGET);
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
        if let Some(payload) = self.waiting.remove(&next) {
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
