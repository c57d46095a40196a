//! WAV files (RIFF/WAVE): 16 bit PCM, one channel or two, of apps' servers. What they hold is hostile.

use std::fmt;

/// The rates that files may have, in samples a second.
pub const RATES: [u32; 5] = [8_000, 16_000, 24_000, 44_100, 48_000];

const PCM: u16 = 1;
/// The format is told by the sub-format behind it.
const EXTENSIBLE: u16 = 0xfffe;

/// The sound of a file: one channel, 16 bit. There is at least one sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Samples a second, one of [`RATES`].
    pub rate: u32,
    /// The samples.
    pub pcm: Vec<i16>,
}

/// Why a file cannot be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unplayable {
    /// It does not begin as WAV files do.
    NoWav,
    /// Its sound comes without, or before, what says how to read it.
    NoFormat,
    /// It is coded in another way than by PCM.
    Coding(u16),
    /// It has another number of channels.
    Channels(u16),
    /// Its samples have another number of bits.
    Bits(u16),
    /// It has another rate.
    Rate(u32),
    /// There is not one sample in it.
    Empty,
}

impl fmt::Display for Unplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWav => write!(f, "it is no WAV file"),
            Self::NoFormat => write!(f, "its WAV header says nothing of its format"),
            Self::Coding(code) => write!(f, "it is a WAV file of coding {code}, not of PCM"),
            Self::Channels(count) => write!(f, "it has {count} channels, not one or two"),
            Self::Bits(count) => write!(f, "its samples have {count} bits, not 16"),
            Self::Rate(rate) => write!(f, "it has {rate} samples a second, not 8000, 16000, 24000, 44100 or 48000"),
            Self::Empty => write!(f, "there is no sound in it"),
        }
    }
}

/// What a `fmt ` chunk says, once it is known that it can be read.
#[derive(Clone, Copy)]
struct Format {
    rate: u32,
    channels: usize,
}

impl Sound {
    /// Reads a WAV file. Two channels become one. A file that was cut off is read as far as it goes; so is one whose header does not
    /// tell its length, as those are that were written into a pipe.
    ///
    /// # Errors
    /// [`Unplayable`], which says what is wrong with it.
    pub fn of_wav(file: &[u8]) -> Result<Self, Unplayable> {
        let (Some(b"RIFF"), Some(b"WAVE")) = (file.get(..4), file.get(8..12)) else { return Err(Unplayable::NoWav) };
        let mut rest = &file[12..];
        let mut format = None;
        while let Some((name, size)) = header(rest) {
            let body = &rest[8..];
            let chunk = &body[..size.min(body.len())];
            match name {
                b"fmt " => format = Some(read_format(chunk)?),
                b"data" => return read_data(chunk, format.ok_or(Unplayable::NoFormat)?),
                _ => {}
            }
            // Chunks begin at even places.
            rest = body.get(size.saturating_add(size % 2)..).unwrap_or_default();
        }
        Err(if format.is_some() { Unplayable::Empty } else { Unplayable::NoFormat })
    }
}

/// The name and the size of the chunk at the beginning.
fn header(rest: &[u8]) -> Option<(&[u8], usize)> {
    Some((rest.get(..4)?, usize::try_from(long(rest.get(4..8)?)).unwrap_or(usize::MAX)))
}

fn read_format(chunk: &[u8]) -> Result<Format, Unplayable> {
    if chunk.len() < 16 {
        return Err(Unplayable::NoFormat);
    }
    let (coding, channels, rate, bits) = (short(chunk), short(&chunk[2..]), long(&chunk[4..]), short(&chunk[14..]));
    let coding = if coding == EXTENSIBLE && chunk.len() >= 26 { short(&chunk[24..]) } else { coding };
    if coding != PCM {
        return Err(Unplayable::Coding(coding));
    }
    if !(1..=2).contains(&channels) {
        return Err(Unplayable::Channels(channels));
    }
    if bits != 16 {
        return Err(Unplayable::Bits(bits));
    }
    if !RATES.contains(&rate) {
        return Err(Unplayable::Rate(rate));
    }
    Ok(Format { rate, channels: usize::from(channels) })
}

fn read_data(chunk: &[u8], Format { rate, channels }: Format) -> Result<Sound, Unplayable> {
    let sample = |frame: &[u8]| {
        let sum: i32 = frame.chunks_exact(2).map(|each| i32::from(short(each) as i16)).sum();
        (sum / channels as i32) as i16
    };
    let pcm: Vec<i16> = chunk.chunks_exact(2 * channels).map(sample).collect();
    if pcm.is_empty() { Err(Unplayable::Empty) } else { Ok(Sound { rate, pcm }) }
}

/// Two bytes at the beginning, which are there.
fn short(bytes: &[u8]) -> u16 {
    u16::from_le_bytes([bytes[0], bytes[1]])
}

/// Four bytes at the beginning, which are there.
fn long(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk, padded as it has to be.
    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = (body.len() as u32).to_le_bytes();
        let padding: &[u8] = if body.len() % 2 == 1 { &[0] } else { &[] };
        [name, size.as_slice(), body, padding].concat()
    }

    fn format(coding: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
        let block = channels * (bits / 8);
        let parts = [coding.to_le_bytes(), channels.to_le_bytes()].concat();
        let speed = [rate.to_le_bytes(), (rate * u32::from(block)).to_le_bytes()].concat();
        let end = [block.to_le_bytes(), bits.to_le_bytes()].concat();
        chunk(b"fmt ", &[parts, speed, end].concat())
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let body = chunks.concat();
        [b"RIFF", (body.len() as u32 + 4).to_le_bytes().as_slice(), b"WAVE", &body].concat()
    }

    fn samples(pcm: &[i16]) -> Vec<u8> {
        chunk(b"data", &pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>())
    }

    #[test]
    fn the_sound_is_read_wherever_it_stands_and_two_channels_become_one() {
        let plain = file(&[format(1, 1, 16_000, 16), samples(&[1, -2, 3])]);
        assert_eq!(Sound::of_wav(&plain), Ok(Sound { rate: 16_000, pcm: vec![1, -2, 3] }));
        let list = chunk(b"LIST", b"odd");
        let stereo = file(&[list.clone(), format(1, 2, 44_100, 16), list, samples(&[10, 20, -32_768, -32_768, 7])]);
        assert_eq!(Sound::of_wav(&stereo), Ok(Sound { rate: 44_100, pcm: vec![15, -32_768] }));
        let mut extensible = format(EXTENSIBLE, 1, 8_000, 16);
        extensible.extend([22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0]);
        extensible[4] = 28;
        assert_eq!(Sound::of_wav(&file(&[extensible, samples(&[5])])).map(|sound| sound.pcm), Ok(vec![5]));
    }

    #[test]
    fn a_file_that_is_cut_off_or_does_not_know_its_length_is_read_as_far_as_it_goes() {
        let mut piped = file(&[format(1, 1, 24_000, 16), samples(&[1, 2, 3])]);
        let at = piped.len() - 10;
        piped[at..at + 4].copy_from_slice(&[0xff; 4]);
        assert_eq!(Sound::of_wav(&piped).map(|sound| sound.pcm), Ok(vec![1, 2, 3]));
        assert_eq!(Sound::of_wav(&piped[..piped.len() - 3]).map(|sound| sound.pcm), Ok(vec![1]));
        assert_eq!(Sound::of_wav(&piped[..at + 4]), Err(Unplayable::Empty));
    }

    #[test]
    fn what_cannot_be_played_is_named() {
        let of =
            |coding, channels, rate, bits| Sound::of_wav(&file(&[format(coding, channels, rate, bits), samples(&[1])]));
        assert_eq!(of(3, 1, 16_000, 16), Err(Unplayable::Coding(3)));
        assert_eq!(of(EXTENSIBLE, 1, 16_000, 16), Err(Unplayable::Coding(EXTENSIBLE)));
        assert_eq!(of(1, 0, 16_000, 16), Err(Unplayable::Channels(0)));
        assert_eq!(of(1, 6, 16_000, 16), Err(Unplayable::Channels(6)));
        assert_eq!(of(1, 1, 16_000, 8), Err(Unplayable::Bits(8)));
        assert_eq!(of(1, 1, 22_050, 16), Err(Unplayable::Rate(22_050)));
        assert_eq!(Sound::of_wav(&file(&[samples(&[1]), format(1, 1, 16_000, 16)])), Err(Unplayable::NoFormat));
        assert_eq!(Sound::of_wav(&file(&[chunk(b"fmt ", &[1, 0])])), Err(Unplayable::NoFormat));
        assert_eq!(Sound::of_wav(&file(&[format(1, 1, 16_000, 16)])), Err(Unplayable::Empty));
        assert_eq!(Sound::of_wav(&file(&[format(1, 2, 16_000, 16), samples(&[1])])), Err(Unplayable::Empty));
        for no_wav in [b"".as_slice(), b"RIFF", b"RIFF\0\0\0\0WAV", b"ID3\x04aaaaaaaaaaaaaaaa"] {
            assert_eq!(Sound::of_wav(no_wav), Err(Unplayable::NoWav));
        }
        assert_eq!(
            Unplayable::Rate(22_050).to_string(),
            "it has 22050 samples a second, not 8000, 16000, 24000, 44100 or 48000"
        );
    }

    #[test]
    fn no_bytes_break_it() {
        let plain = file(&[format(1, 2, 48_000, 16), chunk(b"LIST", b"odd"), samples(&[1, -2, 3, 4])]);
        for at in 0..plain.len() {
            for byte in [0, 1, 2, 0x7f, 0x80, 0xff] {
                let mut broken = plain.clone();
                broken[at] = byte;
                for end in [at, plain.len()] {
                    if let Ok(sound) = Sound::of_wav(&broken[..end]) {
                        assert!(!sound.pcm.is_empty() && sound.pcm.len() * 2 <= broken.len());
                    }
                }
            }
        }
    }
}
