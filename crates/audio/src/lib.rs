//! Sound: the Opus packets of a call become PCM that an app can use, and PCM becomes Opus packets.
//!
//! Pure and sans-I/O: whoever drives it calls `tick` once every [`FRAME`], on a thread that may spend time on coding.

mod jitter;
mod listener;
mod numbering;
mod opus;
mod player;
mod resample;
mod talker;
mod wav;

pub use listener::{Frame, Listener};
pub use numbering::Numbering;
pub use player::Player;
pub use talker::{QueueFull, Talker};
pub use wav::{RATES, Sound, Unplayable};

use convene_model::audio::PcmRate;
use std::time::Duration;

/// How much sound one tick hears and says.
pub const FRAME: Duration = Duration::from_millis(20);

/// Frames a second.
const FRAMES_A_SECOND: usize = 50;

/// Samples a second.
pub fn samples_a_second(rate: PcmRate) -> usize {
    match rate {
        PcmRate::Hz16000 => 16_000,
        PcmRate::Hz24000 => 24_000,
    }
}

/// Samples of one [`FRAME`].
pub fn samples_of_a_frame(rate: PcmRate) -> usize {
    samples_a_second(rate) / FRAMES_A_SECOND
}

/// How loud samples are in dBov, 0 the loudest and −127 silence (RFC 6464 §3).
pub fn level_of(pcm: &[i16]) -> i8 {
    if pcm.is_empty() {
        return -127;
    }
    let power = pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64;
    let level = 10.0 * (power / f64::from(i16::MAX).powi(2)).log10();
    level.clamp(-127.0, 0.0) as i8
}

#[cfg(test)]
pub(crate) mod tone {
    //! Tones, and how much of one is in a sound.

    /// A sine of this many samples, at half of what is loudest.
    pub fn tone(hz: f64, rate: usize, samples: usize) -> Vec<i16> {
        let at = |index: usize| (std::f64::consts::TAU * hz * index as f64 / rate as f64).sin();
        (0..samples).map(|index| (at(index) * 16_000.0) as i16).collect()
    }

    /// The share of the power that is at this frequency, 0 to 1 (the algorithm of Goertzel).
    pub fn share(pcm: &[i16], hz: f64, rate: usize) -> f64 {
        let coefficient = 2.0 * (std::f64::consts::TAU * hz / rate as f64).cos();
        let (mut one, mut two, mut power) = (0.0, 0.0, 0.0);
        for sample in pcm {
            let value = f64::from(*sample);
            (one, two) = (value + coefficient * one - two, one);
            power += value * value;
        }
        let at = one * one + two * two - coefficient * one * two;
        if power == 0.0 { 0.0 } else { at / (power * pcm.len() as f64 / 2.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_that_of_the_power() {
        assert_eq!(level_of(&[]), -127);
        assert_eq!(level_of(&[0; 320]), -127);
        assert_eq!(level_of(&[i16::MAX; 320]), 0);
        assert_eq!(level_of(&tone::tone(400.0, 16_000, 320)), -9);
    }
}
