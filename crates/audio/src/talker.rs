//! What an agent says: PCM as fast as its app sends it, packets at the pace of speech.

use crate::opus::Encoder;
use crate::{level_of, samples_a_second, samples_of_a_frame};
use convene_model::audio::{AudioPacket, PcmRate};
use std::collections::VecDeque;

/// How many seconds of sound wait to be said. More: an app that sends too much costs memory. Fewer: long answers have to be sent slowly.
const QUEUE_SECONDS_MAX: usize = 120;
/// What RTP's clock counts in 20 ms (RFC 7587 §4.1: always 48 kHz).
const TIMESTAMPS_OF_A_FRAME: u32 = 960;

/// More waits to be said than may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueFull;

/// What an agent says.
pub struct Talker {
    rate: PcmRate,
    encoder: Encoder,
    queue: VecDeque<i16>,
    sequence: u64,
    timestamp: u32,
}

impl Talker {
    /// Says nothing yet.
    pub fn new(rate: PcmRate) -> Self {
        Self { rate, encoder: Encoder::new(rate), queue: VecDeque::new(), sequence: 0, timestamp: 0 }
    }

    /// Says this after all that waits.
    ///
    /// # Errors
    /// [`QueueFull`] if that is too much; nothing of it is said then.
    pub fn say(&mut self, pcm: &[i16]) -> Result<(), QueueFull> {
        if self.queue.len() + pcm.len() > samples_a_second(self.rate) * QUEUE_SECONDS_MAX {
            return Err(QueueFull);
        }
        self.queue.extend(pcm);
        Ok(())
    }

    /// Says nothing of what waits.
    pub fn clear(&mut self) {
        self.queue.clear();
    }

    /// The packet of these 20 ms, if anything is to be said.
    pub fn tick(&mut self) -> Option<AudioPacket> {
        self.timestamp = self.timestamp.wrapping_add(TIMESTAMPS_OF_A_FRAME);
        if self.queue.is_empty() {
            return None;
        }
        let frame = samples_of_a_frame(self.rate);
        let mut pcm: Vec<i16> = self.queue.drain(..frame.min(self.queue.len())).collect();
        pcm.resize(frame, 0);
        let payload = self.encoder.encode(&pcm).into();
        self.sequence += 1;
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        Some(AudioPacket { sequence, timestamp, level: Some(level_of(&pcm)), payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::tone;

    #[test]
    fn what_waits_is_said_at_the_pace_of_speech_and_a_pause_is_one_in_time_alone() {
        let mut talker = Talker::new(PcmRate::Hz24000);
        assert_eq!(talker.tick(), None);
        talker.say(&tone(440.0, 24_000, 480 + 10)).expect("room");
        let said = [talker.tick(), talker.tick(), talker.tick()].map(|said| said.map(|p| (p.sequence, p.timestamp)));
        assert_eq!(said, [Some((1, 1920)), Some((2, 2880)), None]);
        talker.say(&[0; 480]).expect("room");
        let packet = talker.tick().expect("a packet");
        assert_eq!((packet.sequence, packet.timestamp, packet.level), (3, 4800, Some(-127)));
    }

    #[test]
    fn what_is_taken_back_is_not_said_and_too_much_is_refused() {
        let mut talker = Talker::new(PcmRate::Hz16000);
        talker.say(&[0; 16_000]).expect("room");
        talker.clear();
        assert_eq!(talker.tick(), None);
        talker.say(&vec![0; 16_000 * QUEUE_SECONDS_MAX]).expect("room");
        assert_eq!(talker.say(&[0]), Err(QueueFull));
    }
}
