//! Opus (RFC 6716). The only file that names the library.

use crate::{samples_a_second, samples_of_a_frame};
use convene_model::audio::PcmRate;
use ropus::{Application, Bitrate, Channels, DecodeMode};

/// The longest packet is 120 ms (RFC 6716 §3.2.5).
const FRAMES_OF_A_PACKET_MAX: usize = 6;
/// Bits a second of what is said: speech at 24 kHz is clear with it. Larger costs everybody who listens, smaller sounds like a telephone.
const BITS_A_SECOND: u32 = 32_000;
/// The largest packet of [`BITS_A_SECOND`] with room for the most that 20 ms may take (RFC 6716 §3.4).
const PACKET_MAX: usize = 1_275;
/// How much work the encoder does, 0 to 10. More: agents cost more. Less: speech sounds rougher.
const COMPLEXITY: u8 = 5;

/// Decodes one speaker.
pub struct Decoder {
    inner: ropus::Decoder,
    scratch: Vec<i16>,
}

impl Decoder {
    pub fn new(rate: PcmRate) -> Self {
        let hz = samples_a_second(rate) as u32;
        let inner = ropus::Decoder::new(hz, Channels::Mono).expect("16 and 24 kHz are Opus's own");
        Self { inner, scratch: vec![0; samples_of_a_frame(rate) * FRAMES_OF_A_PACKET_MAX] }
    }

    /// The samples of a packet; nothing of one that is none.
    pub fn decode(&mut self, packet: &[u8]) -> &[i16] {
        let decoded = self.inner.decode(packet, &mut self.scratch, DecodeMode::Normal);
        &self.scratch[..decoded.unwrap_or(0).min(self.scratch.len())]
    }

    /// What may have been in a packet of this many samples that is lost, told from those before.
    pub fn conceal(&mut self, samples: usize) -> &[i16] {
        let samples = samples.min(self.scratch.len());
        let decoded = self.inner.decode(&[], &mut self.scratch[..samples], DecodeMode::Normal);
        &self.scratch[..decoded.unwrap_or(0).min(samples)]
    }
}

/// Encodes what one agent says.
pub struct Encoder {
    inner: ropus::Encoder,
    scratch: [u8; PACKET_MAX],
}

impl Encoder {
    pub fn new(rate: PcmRate) -> Self {
        let hz = samples_a_second(rate) as u32;
        let bitrate = Bitrate::try_bits(BITS_A_SECOND).expect("within Opus's range");
        let builder = ropus::Encoder::builder(hz, Channels::Mono, Application::Voip);
        let inner = builder.bitrate(bitrate).complexity(COMPLEXITY).build().expect("16 and 24 kHz are Opus's own");
        Self { inner, scratch: [0; PACKET_MAX] }
    }

    /// The packet of one frame.
    pub fn encode(&mut self, pcm: &[i16]) -> &[u8] {
        let length = self.inner.encode(pcm, &mut self.scratch).expect("a frame of 20 ms, and room for any packet");
        &self.scratch[..length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_of;
    use crate::tone::{share, tone};

    #[test]
    fn a_tone_keeps_its_frequency() {
        for rate in [PcmRate::Hz16000, PcmRate::Hz24000] {
            let (hz, frame) = (samples_a_second(rate), samples_of_a_frame(rate));
            let (mut encoder, mut decoder) = (Encoder::new(rate), Decoder::new(rate));
            let said = tone(440.0, hz, frame * 50);
            let mut heard = Vec::new();
            for pcm in said.chunks(frame) {
                let packet = encoder.encode(pcm).to_vec();
                heard.extend_from_slice(decoder.decode(&packet));
            }
            assert_eq!(heard.len(), said.len());
            assert!(share(&heard[hz / 2..], 440.0, hz) > 0.9);
            assert!(share(&heard[hz / 2..], 900.0, hz) < 0.05);
            let bridged = decoder.conceal(frame);
            assert_eq!(bridged.len(), frame);
            assert!(level_of(bridged) > -20, "a loss goes on about as it was: {}", level_of(bridged));
        }
    }

    #[test]
    fn what_is_no_packet_is_nothing_and_breaks_nothing() {
        let mut decoder = Decoder::new(PcmRate::Hz16000);
        let mut state = 7_u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for round in 0..20_000 {
            let hostile: Vec<u8> = (0..round % 97).map(|_| byte()).collect();
            assert!(decoder.decode(&hostile).len() <= 320 * FRAMES_OF_A_PACKET_MAX);
        }
        let mut encoder = Encoder::new(PcmRate::Hz16000);
        let packet = encoder.encode(&tone(440.0, 16_000, 320)).to_vec();
        assert_eq!(decoder.decode(&packet).len(), 320);
    }
}
