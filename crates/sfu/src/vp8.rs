//! The VP8 payload descriptor (RFC 7741 §4.2), as far as forwarding needs it.

use crate::layers::PictureSize;
use crate::packet::Vp8Rewrite;

/// The fields of one packet's payload descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The picture id.
    pub picture_id: Option<PictureId>,
    /// TL0PICIDX: counts frames of the lowest temporal layer.
    pub tl0_pic_idx: Option<u8>,
    /// Whether the packet is the first of its frame's first partition.
    starts_frame: bool,
    /// Where the VP8 payload header begins.
    header_at: usize,
}

/// A picture id and how many bits it is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureId {
    /// The id.
    pub value: u16,
    /// 0x7f for the 7-bit form, 0x7fff for the 15-bit form.
    pub mask: u16,
}

impl Descriptor {
    /// Reads the descriptor at the start of an RTP payload; `None` if the payload is too short for what it announces.
    pub fn parse(payload: &[u8]) -> Option<Descriptor> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut next = || {
            let byte = payload.get(at).copied();
            at += 1;
            byte
        };
        let mut picture_id = None;
        let mut tl0_pic_idx = None;
        if first & 0x80 != 0 {
            let present = next()?;
            if present & 0x80 != 0 {
                let high = next()?;
                picture_id = Some(if high & 0x80 != 0 {
                    PictureId { value: u16::from(high & 0x7f) << 8 | u16::from(next()?), mask: 0x7fff }
                } else {
                    PictureId { value: u16::from(high), mask: 0x7f }
                });
            }
            if present & 0x40 != 0 {
                tl0_pic_idx = Some(next()?);
            }
            if present & 0x30 != 0 {
                next()?;
            }
        }
        if at >= payload.len() {
            return None;
        }
        Some(Descriptor { picture_id, tl0_pic_idx, starts_frame: first & 0x17 == 0x10, header_at: at })
    }

    /// Whether this packet begins a keyframe: first partition's start, and the P bit of the payload header is 0
    /// (RFC 7741 §4.3). `payload` is the one that was parsed.
    pub fn starts_keyframe(&self, payload: &[u8]) -> bool {
        self.starts_frame && payload.get(self.header_at).is_some_and(|header| header & 1 == 0)
    }

    /// The size of the keyframe that begins with this packet (RFC 6386 §9.1): three bytes of tag, three of start code, then width and
    /// height of 14 bits each. `payload` is the one that was parsed.
    pub fn picture_size(&self, payload: &[u8]) -> Option<PictureSize> {
        if !self.starts_keyframe(payload) {
            return None;
        }
        match payload.get(self.header_at + 3..self.header_at + 10)? {
            [0x9d, 0x01, 0x2a, width_low, width_high, height_low, height_high] => {
                let side = |low: &u8, high: &u8| u16::from_le_bytes([*low, *high]) & 0x3fff;
                Some(PictureSize::new(side(width_low, width_high), side(height_low, height_high)))
            }
            _ => None,
        }
    }
}

/// Writes new values into the descriptor at the start of an RTP payload, each as wide as the one that is there. What is not there, or cut
/// off, stays as it is.
pub fn rewrite(payload: &mut [u8], Vp8Rewrite { picture_id, tl0_pic_idx }: Vp8Rewrite) {
    let [first, present, rest @ ..] = payload else { return };
    if *first & 0x80 == 0 {
        return;
    }
    let mut at = 0;
    if *present & 0x80 != 0 {
        match (rest, picture_id) {
            ([high, low, ..], id) if *high & 0x80 != 0 => {
                if let Some([new_high, new_low]) = id.map(u16::to_be_bytes) {
                    (*high, *low) = (0x80 | new_high, new_low);
                }
                at = 2;
            }
            ([short, ..], id) => {
                *short = id.map_or(*short, |id| id as u8 & 0x7f);
                at = 1;
            }
            ([], _) => return,
        }
    }
    if *present & 0x40 != 0
        && let (Some(tl0), Some(new)) = (payload.get_mut(2 + at), tl0_pic_idx)
    {
        *tl0 = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_values_are_as_wide_as_the_old_ones() {
        let rewritten = |payload: &[u8], picture_id, tl0_pic_idx| {
            let mut payload = payload.to_vec();
            rewrite(&mut payload, Vp8Rewrite { picture_id, tl0_pic_idx });
            payload
        };
        assert_eq!(
            rewritten(&[0x90, 0xe0, 0x92, 0x34, 7, 0, 9], Some(0x5678), Some(8)),
            [0x90, 0xe0, 0xd6, 0x78, 8, 0, 9]
        );
        assert_eq!(rewritten(&[0x90, 0xc0, 0x12, 7, 9], Some(0x35), Some(8)), [0x90, 0xc0, 0x35, 8, 9]);
        assert_eq!(rewritten(&[0x90, 0x40, 7, 9], Some(0x35), Some(8)), [0x90, 0x40, 8, 9], "no picture id");
        assert_eq!(rewritten(&[0x90, 0xe0, 0x92, 0x34, 7, 0, 9], None, None), [0x90, 0xe0, 0x92, 0x34, 7, 0, 9]);
        assert_eq!(rewritten(&[0x10, 0xe0, 0x92, 0x34], Some(1), Some(1)), [0x10, 0xe0, 0x92, 0x34], "no descriptor");
        for cut in [&[0x90][..], &[0x90, 0xe0], &[0x90, 0xe0, 0x92], &[0x90, 0xe0, 0x92, 0x34]] {
            assert_eq!(rewritten(cut, Some(1), Some(1)).len(), cut.len());
        }
    }

    #[test]
    fn a_descriptor_without_extensions_is_one_byte() {
        let keyframe = [0x10, 0x00, 1, 2];
        let parsed = Descriptor::parse(&keyframe).unwrap();
        assert_eq!((parsed.picture_id, parsed.tl0_pic_idx), (None, None));
        assert!(parsed.starts_keyframe(&keyframe));
        let inter = [0x10, 0x01, 1, 2];
        assert!(!Descriptor::parse(&inter).unwrap().starts_keyframe(&inter));
    }

    #[test]
    fn picture_ids_of_both_widths_are_read() {
        let long = [0x90, 0xe0, 0x92, 0x34, 0x07, 0x00, 0x00];
        let parsed = Descriptor::parse(&long).unwrap();
        assert_eq!(parsed.picture_id, Some(PictureId { value: 0x1234, mask: 0x7fff }));
        assert_eq!(parsed.tl0_pic_idx, Some(7));
        assert!(parsed.starts_keyframe(&long));
        let short = [0x90, 0x80, 0x12, 0x01];
        assert_eq!(Descriptor::parse(&short).unwrap().picture_id, Some(PictureId { value: 0x12, mask: 0x7f }));
    }

    #[test]
    fn only_the_first_packet_of_a_keyframe_starts_it() {
        let middle = [0x80, 0x80, 0x12, 0x00];
        assert!(!Descriptor::parse(&middle).unwrap().starts_keyframe(&middle));
        let second_partition = [0x91, 0x80, 0x12, 0x00];
        assert!(!Descriptor::parse(&second_partition).unwrap().starts_keyframe(&second_partition));
    }

    #[test]
    fn the_size_of_a_keyframe_is_read_without_its_scaling_bits() {
        let size = |payload: &[u8]| Descriptor::parse(payload).and_then(|d| d.picture_size(payload));
        let keyframe = [0x10, 0x50, 1, 2, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x01, 9];
        assert_eq!(size(&keyframe), Some(PictureSize::new(640, 360)));
        for length in 0..11 {
            assert_eq!(size(&keyframe[..length]), None, "{length} bytes");
        }
        let inter = [0x10, 0x51, 1, 2, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 9];
        assert_eq!(size(&inter), None);
        let wrong_code = [0x10, 0x50, 1, 2, 0x9d, 0x01, 0x2b, 0x80, 0x02, 0x68, 0x01, 9];
        assert_eq!(size(&wrong_code), None);
    }

    #[test]
    fn every_cut_of_a_descriptor_is_refused() {
        let whole = [0x90, 0xf0, 0x92, 0x34, 0x07, 0x20];
        for length in 0..=whole.len() {
            assert_eq!(Descriptor::parse(&whole[..length]), None, "{length} bytes");
        }
    }
}
