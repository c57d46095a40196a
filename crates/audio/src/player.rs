//! Files that are played: sounds become packets at the pace of speech.

use crate::opus::Encoder;
use crate::resample::Resampler;
use crate::wav::Sound;
use crate::{level_of, samples_a_second, samples_of_a_frame};
use convene_model::audio::{AudioPacket, PcmRate};
use std::sync::Arc;

/// At which rate files are coded, whatever theirs is.
const RATE: PcmRate = PcmRate::Hz24000;

/// Sounds, one after the other.
pub struct Player {
    parts: Vec<Part>,
    looped: bool,
    /// Which part is next, and which of its samples.
    part: usize,
    sample: usize,
    encoder: Encoder,
}

struct Part {
    sound: Arc<Sound>,
    resampler: Resampler,
    length: usize,
}

impl Player {
    /// Plays these, once or for ever.
    pub fn new(sounds: Vec<Arc<Sound>>, looped: bool) -> Self {
        let part = |sound: Arc<Sound>| {
            let resampler = Resampler::new(sound.rate, samples_a_second(RATE) as u32);
            Part { length: resampler.length(sound.pcm.len()), resampler, sound }
        };
        let parts: Vec<Part> = sounds.into_iter().map(part).filter(|part| part.length > 0).collect();
        Self { parts, looped, part: 0, sample: 0, encoder: Encoder::new(RATE) }
    }

    /// The packet of these 20 ms, with numbers that mean nothing yet; nothing once all is played.
    pub fn tick(&mut self) -> Option<AudioPacket> {
        let frame = samples_of_a_frame(RATE);
        let mut pcm: Vec<i16> = std::iter::from_fn(|| self.next_sample()).take(frame).collect();
        if pcm.is_empty() {
            return None;
        }
        pcm.resize(frame, 0);
        let payload = self.encoder.encode(&pcm).into();
        Some(AudioPacket { sequence: 0, timestamp: 0, level: Some(level_of(&pcm)), payload })
    }

    fn next_sample(&mut self) -> Option<i16> {
        if self.looped && self.part == self.parts.len() {
            self.part = 0;
        }
        let part = self.parts.get(self.part)?;
        let sample = part.resampler.sample(&part.sound.pcm, self.sample);
        self.sample += 1;
        if self.sample == part.length {
            (self.part, self.sample) = (self.part + 1, 0);
        }
        Some(sample)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opus::Decoder;
    use crate::tone::{share, tone};

    fn sound(rate: u32, hz: f64, samples: usize) -> Arc<Sound> {
        Arc::new(Sound { rate, pcm: tone(hz, rate as usize, samples) })
    }

    fn heard(player: &mut Player, frames: usize) -> Vec<i16> {
        let mut decoder = Decoder::new(RATE);
        let packets = std::iter::from_fn(|| player.tick()).take(frames);
        packets.flat_map(|packet| decoder.decode(&packet.payload).to_vec()).collect()
    }

    #[test]
    fn sounds_of_any_rate_are_heard_one_after_the_other_and_then_there_is_nothing() {
        let mut player = Player::new(vec![sound(16_000, 440.0, 16_000), sound(48_000, 1_000.0, 48_000)], false);
        let all = heard(&mut player, 1_000);
        assert_eq!(all.len(), 48_000);
        assert!(share(&all[2_400..21_600], 440.0, 24_000) > 0.9);
        assert!(share(&all[26_400..45_600], 1_000.0, 24_000) > 0.9);
        assert_eq!(player.tick(), None);
    }

    #[test]
    fn what_is_looped_never_ends_even_if_it_is_one_sample_and_nothing_is_nothing() {
        let mut player = Player::new(vec![sound(8_000, 440.0, 4_000)], true);
        let all = heard(&mut player, 200);
        assert_eq!(all.len(), 200 * 480);
        assert!(share(&all[72_000..], 440.0, 24_000) > 0.9);
        assert_eq!(heard(&mut Player::new(vec![sound(44_100, 440.0, 1)], true), 3).len(), 3 * 480);
        assert_eq!(Player::new(vec![], true).tick(), None);
    }

    #[test]
    fn the_last_frame_is_filled_up() {
        let mut player = Player::new(vec![sound(24_000, 440.0, 481)], false);
        assert_eq!(std::iter::from_fn(|| player.tick()).count(), 2);
    }
}
