//! A VP8 clip to send: read from an IVF file, cut into packets.

use crate::frames::PAYLOAD;
use std::io;

/// Bytes of the file's header, and of the one before each frame.
const HEADER: usize = 32;
const FRAME_HEADER: usize = 12;

/// Encoded frames, the first of them a keyframe.
pub struct Clip {
    /// One after the other.
    pub frames: Vec<Vec<u8>>,
    /// Of video time.
    pub frames_per_second: u32,
}

impl Clip {
    /// Reads an IVF file: `DKIF`, version, size of the header, codec, size of the picture, time base as rate and scale, number of
    /// frames; each frame by its size and time. All numbers are little-endian.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] if it is not whole, is not VP8, or does not begin with a keyframe.
    pub fn from_ivf(bytes: &[u8]) -> io::Result<Clip> {
        let (header, mut rest) = bytes.split_at_checked(HEADER).ok_or_else(|| wrong("it ends in its header"))?;
        if &header[..4] != b"DKIF" || &header[8..12] != b"VP80" {
            return Err(wrong("it is no IVF file with VP8"));
        }
        let (rate, scale) = (number(&header[16..20]), number(&header[20..24]));
        if rate == 0 || scale == 0 || rate / scale == 0 {
            return Err(wrong("its time base is less than one frame in a second"));
        }
        let mut frames = vec![];
        while !rest.is_empty() {
            let (head, after) =
                rest.split_at_checked(FRAME_HEADER).ok_or_else(|| wrong("it ends in a frame's header"))?;
            let size = number(&head[..4]) as usize;
            let (frame, next) = after.split_at_checked(size).ok_or_else(|| wrong("it ends in a frame"))?;
            frames.push(frame.to_vec());
            rest = next;
        }
        // RFC 6386 §9.1: the lowest bit of the first byte is 0 in keyframes.
        match frames.first().and_then(|frame| frame.first()) {
            Some(first) if first & 1 == 0 => Ok(Clip { frames, frames_per_second: rate / scale }),
            _ => Err(wrong("it does not begin with a keyframe")),
        }
    }

    /// RTP timestamp units from frame to frame.
    pub fn ticks_per_frame(&self) -> u32 {
        90_000 / self.frames_per_second
    }

    /// A frame as RTP payloads, each with a descriptor (RFC 7741 §4.2): a 15-bit picture id, and TL0PICIDX.
    pub fn packets(&self, frame: usize, picture: u32) -> Vec<Vec<u8>> {
        let [high, low] = (picture as u16 & 0x7fff).to_be_bytes();
        let chunks = self.frames[frame].chunks(PAYLOAD).enumerate();
        let packet = |(index, chunk): (usize, &[u8])| {
            let starts_partition = if index == 0 { 0x10 } else { 0 };
            let mut bytes = vec![0x80 | starts_partition, 0xe0, 0x80 | high, low, picture as u8, 0];
            bytes.extend_from_slice(chunk);
            bytes
        };
        chunks.map(packet).collect()
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn wrong(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the clip cannot be sent: {why}"))
}
