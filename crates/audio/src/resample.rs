//! From the rate of a file to the rate of the coder: a windowed sinc for each of the places that a sample may have between two others
//! (Smith and Gossett, "A flexible sampling-rate conversion method", ICASSP 1984).

use std::f64::consts::PI;

/// How many zeros of the sinc are used to each side. More: more work for each sample. Fewer: what is too high for the lower rate is heard
/// as something else.
const ZEROS: f64 = 16.0;
/// Where the filter begins to cut off, as a share of what the lower rate can have. Higher: more of the heights, and more that is wrong.
const EDGE: f64 = 0.9;

/// Gives the samples of a sound as they would be at another rate. Has no state: any of them can be asked for.
pub struct Resampler {
    /// So many samples come out …
    up: usize,
    /// … for so many.
    down: usize,
    /// How many samples to each side count.
    half: usize,
    /// For each place between two samples the weights of those around it.
    weights: Vec<f32>,
}

impl Resampler {
    /// From `from` samples a second to `to`. Neither may be 0.
    pub fn new(from: u32, to: u32) -> Self {
        let common = gcd(from, to);
        let (up, down) = ((to / common) as usize, (from / common) as usize);
        let narrower = (f64::from(to) / f64::from(from)).min(1.0);
        let half = (ZEROS / narrower).ceil() as usize;
        let mut weights = Vec::with_capacity(up * half * 2);
        for place in 0..up {
            let between = place as f64 / up as f64;
            let of_place: Vec<f64> = (0..2 * half)
                .map(|at| weight(at as f64 + 1.0 - half as f64 - between, half as f64, narrower))
                .collect();
            // What stays the same is to come out as it is.
            let sum: f64 = of_place.iter().sum();
            weights.extend(of_place.iter().map(|weight| (weight / sum) as f32));
        }
        Self { up, down, half, weights }
    }

    /// How many samples come out of so many; at least one of one.
    pub fn length(&self, samples: usize) -> usize {
        (samples * self.up).div_ceil(self.down)
    }

    /// The `index`-th sample that comes out. Beyond both ends there is silence.
    pub fn sample(&self, pcm: &[i16], index: usize) -> i16 {
        if self.up == self.down {
            return pcm.get(index).copied().unwrap_or_default();
        }
        let (at, place) = (index * self.down / self.up, index * self.down % self.up);
        let weights = &self.weights[place * 2 * self.half..][..2 * self.half];
        // The first sample that counts is `half - 1` before the one at or before the place.
        let skipped = (self.half - 1).saturating_sub(at);
        let first = (at + skipped + 1).saturating_sub(self.half);
        let around = pcm.get(first..).unwrap_or_default();
        let sum: f32 = weights[skipped..].iter().zip(around).map(|(weight, sample)| weight * f32::from(*sample)).sum();
        sum.round() as i16
    }
}

/// The weight of a sample at this distance: a sinc under a Blackman window.
fn weight(distance: f64, half: f64, narrower: f64) -> f64 {
    let edge = EDGE * narrower;
    let angle = PI * distance * edge;
    let sinc = if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
    let at = (distance / half).clamp(-1.0, 1.0) * PI;
    sinc * (0.42 + 0.5 * at.cos() + 0.08 * (2.0 * at).cos())
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_of;
    use crate::tone::{share, tone};
    use crate::wav::RATES;

    const TO: u32 = 24_000;

    fn resampled(pcm: &[i16], from: u32) -> Vec<i16> {
        let resampler = Resampler::new(from, TO);
        (0..resampler.length(pcm.len())).map(|index| resampler.sample(pcm, index)).collect()
    }

    #[test]
    fn a_tone_of_each_rate_keeps_its_length_its_frequency_and_its_level() {
        for from in RATES {
            for hz in [100.0, 440.0, 1_000.0, 3_000.0] {
                let out = resampled(&tone(hz, from as usize, from as usize), from);
                assert_eq!(out.len(), TO as usize);
                let middle = &out[2_400..21_600];
                assert!(share(middle, hz, TO as usize) > 0.999, "{from} {hz}: {}", share(middle, hz, TO as usize));
                assert_eq!(level_of(middle), level_of(&tone(hz, from as usize, from as usize)), "{from} {hz}");
            }
        }
    }

    #[test]
    fn what_is_too_high_for_the_coder_is_not_heard_as_something_else() {
        for from in [44_100, 48_000] {
            for hz in [14_000.0, 15_000.0, 20_000.0] {
                let out = resampled(&tone(hz, from as usize, from as usize), from);
                assert!(level_of(&out[2_400..21_600]) <= -60, "{from} {hz}: {}", level_of(&out[2_400..21_600]));
            }
        }
    }

    #[test]
    fn the_loudest_stays_the_loudest_and_ends_are_no_trouble() {
        assert_eq!(resampled(&[i16::MAX; 4_000], 8_000)[6_000], i16::MAX);
        assert_eq!(resampled(&[i16::MIN; 4_000], 44_100)[1_000], i16::MIN);
        assert_eq!(resampled(&[100], 24_000), [100]);
        assert_eq!(resampled(&[100], 48_000).len(), 1);
        assert_eq!(Resampler::new(48_000, TO).sample(&[100], 1_000), 0);
    }
}
