//! Finding the start of a keyframe in H.264 RTP payloads (RFC 6184 §5).

use crate::layers::PictureSize;
use crate::sps;

const NAL_SPS: u8 = 7;
const NAL_STAP_A: u8 = 24;
const NAL_FU_A: u8 = 28;

/// Whether a packet carries a sequence parameter set, which browsers send at the start of every keyframe. A decoder that
/// joins in needs it, so an IDR slice alone doesn't count.
pub fn starts_keyframe(payload: &[u8]) -> bool {
    parameter_set(payload).is_some()
}

/// The size of the keyframe that begins with this packet, if it says so.
pub fn picture_size(payload: &[u8]) -> Option<PictureSize> {
    sps::picture_size(parameter_set(payload)?)
}

/// The NAL unit of the sequence parameter set; of one in fragments only what stands in the first.
fn parameter_set(payload: &[u8]) -> Option<&[u8]> {
    match payload.first()? & 0x1f {
        NAL_SPS => Some(payload),
        NAL_STAP_A => aggregated_parameter_set(&payload[1..]),
        NAL_FU_A => {
            payload.get(1..).filter(|unit| unit.first().is_some_and(|fu| fu & 0x80 != 0 && fu & 0x1f == NAL_SPS))
        }
        _ => None,
    }
}

/// Walks the aggregation units: two bytes of size, then a NAL unit (RFC 6184 §5.7.1).
fn aggregated_parameter_set(mut units: &[u8]) -> Option<&[u8]> {
    while let [high, low, rest @ ..] = units {
        let size = usize::from(u16::from_be_bytes([*high, *low]));
        let (unit, after) = rest.split_at_checked(size)?;
        if unit.first().is_some_and(|header| header & 0x1f == NAL_SPS) {
            return Some(unit);
        }
        units = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_set_starts_a_keyframe_alone_or_aggregated() {
        assert!(starts_keyframe(&[0x67, 0x42]));
        assert!(starts_keyframe(&[0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68]));
        assert!(starts_keyframe(&[0x78, 0, 1, 0x09, 0, 2, 0x67, 0x42]));
    }

    #[test]
    fn slices_fragments_and_cut_aggregates_do_not() {
        assert!(!starts_keyframe(&[]));
        assert!(!starts_keyframe(&[0x65, 1, 2]));
        assert!(!starts_keyframe(&[0x7c, 0x85, 1]));
        assert!(!starts_keyframe(&[0x41, 1]));
        assert!(!starts_keyframe(&[0x78, 0, 9, 0x67]));
        assert!(!starts_keyframe(&[0x78, 0]));
    }
}
