//! The numbers of one agent's packets, whatever says them: for those who hear it they are one stream (RFC 3550 §5.1).

use crate::FRAME;
use convene_model::audio::AudioPacket;
use std::time::{Duration, Instant};

/// What RTP's clock counts in 20 ms (RFC 7587 §4.1: always 48 kHz).
const TIMESTAMPS_OF_A_FRAME: u32 = 960;
/// A tick that comes later than this after the last one comes after a pause, in which nothing was ticked.
const PAUSE: Duration = Duration::from_millis(400);

/// Counts an agent's packets, and the time between them.
pub struct Numbering {
    sequence: u64,
    timestamp: u32,
    ticked_at: Instant,
}

impl Numbering {
    /// Nothing was said yet.
    pub fn new(now: Instant) -> Self {
        Self { sequence: 0, timestamp: 0, ticked_at: now }
    }

    /// 20 ms go by, or a pause has ended.
    pub fn tick(&mut self, now: Instant) {
        let gone = now.saturating_duration_since(self.ticked_at);
        let frames = if gone > PAUSE { gone.as_millis() / FRAME.as_millis() } else { 1 };
        self.timestamp = self.timestamp.wrapping_add((frames as u32).wrapping_mul(TIMESTAMPS_OF_A_FRAME));
        self.ticked_at = now;
    }

    /// The packet of this tick.
    pub fn number(&mut self, packet: AudioPacket) -> AudioPacket {
        self.sequence += 1;
        AudioPacket { sequence: self.sequence, timestamp: self.timestamp, ..packet }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any moment to count from will do")]
mod tests {
    use super::*;

    #[test]
    fn packets_follow_each_other_and_pauses_are_pauses_in_time_alone() {
        let start = Instant::now();
        let mut numbering = Numbering::new(start);
        let packet = AudioPacket { sequence: 77, timestamp: 77, level: None, payload: [1_u8].as_slice().into() };
        let mut said = Vec::new();
        for (at, speaks) in [(20, true), (41, true), (59, false), (80, true), (1_080, true)] {
            numbering.tick(start + Duration::from_millis(at));
            if speaks {
                let packet = numbering.number(packet.clone());
                said.push((packet.sequence, packet.timestamp));
            }
        }
        assert_eq!(said, [(1, 960), (2, 1_920), (3, 3_840), (4, 51_840)]);
    }
}
