//! The picture's size in an H.264 sequence parameter set (ITU-T H.264 §7.3.2.1.1).

use crate::layers::PictureSize;

/// Profiles whose parameter sets say more of colours (§7.3.2.1.1).
const HIGH_PROFILES: [u8; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Reference frames in one cycle that a parameter set may name (§7.4.2.1.1).
const CYCLE_MAX: u32 = 255;

/// The size that a NAL unit with a parameter set announces; `None` if it is cut off, or has scaling lists, which browsers do not send.
pub fn picture_size(unit: &[u8]) -> Option<PictureSize> {
    let bytes = without_emulation(unit.get(1..)?);
    let mut bits = Bits { bytes: &bytes, at: 0 };
    let profile = bits.take(8)? as u8;
    bits.take(16)?;
    bits.unsigned()?;
    let mut chroma_format = 1;
    if HIGH_PROFILES.contains(&profile) {
        chroma_format = bits.unsigned()?;
        if chroma_format == 3 {
            bits.take(1)?;
        }
        bits.unsigned()?;
        bits.unsigned()?;
        bits.take(1)?;
        if bits.take(1)? == 1 {
            return None;
        }
    }
    bits.unsigned()?;
    skip_picture_order(&mut bits)?;
    bits.unsigned()?;
    bits.take(1)?;
    let width = bits.unsigned()?.checked_add(1)?.checked_mul(16)?;
    let map_units = bits.unsigned()?.checked_add(1)?;
    let frames_only = bits.take(1)?;
    let height = map_units.checked_mul(16 * (2 - frames_only))?;
    if frames_only == 0 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let (mut across, mut down) = (0u32, 0u32);
    if bits.take(1)? == 1 {
        let crop = [bits.unsigned()?, bits.unsigned()?, bits.unsigned()?, bits.unsigned()?];
        let (unit_x, unit_y) =
            (if matches!(chroma_format, 1 | 2) { 2 } else { 1 }, if chroma_format == 1 { 2 } else { 1 });
        across = crop[0].checked_add(crop[1])?.checked_mul(unit_x)?;
        down = crop[2].checked_add(crop[3])?.checked_mul(unit_y * (2 - frames_only))?;
    }
    let side = |whole: u32, cut: u32| u16::try_from(whole.checked_sub(cut)?).ok();
    Some(PictureSize::new(side(width, across)?, side(height, down)?))
}

fn skip_picture_order(bits: &mut Bits) -> Option<()> {
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?;
        }
        1 => {
            bits.take(1)?;
            bits.unsigned()?;
            bits.unsigned()?;
            let cycle = bits.unsigned()?;
            for _ in 0..cycle.min(CYCLE_MAX) {
                bits.unsigned()?;
            }
        }
        _ => {}
    }
    Some(())
}

/// What stands in the unit once the bytes are left out that keep start codes out of it (§7.4.1).
fn without_emulation(unit: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        bytes.push(byte);
    }
    bytes
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// An Exp-Golomb number (§9.1); signed ones are as long.
    fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes bits as text, and numbers in Exp-Golomb.
    fn unit(profile: u8, fields: &[&str]) -> Vec<u8> {
        let mut bits = String::new();
        for field in fields {
            match field.strip_prefix('u') {
                Some(number) => {
                    let number: u32 = number.parse().unwrap();
                    let text = format!("{:b}", number + 1);
                    bits += &"0".repeat(text.len() - 1);
                    bits += &text;
                }
                None => bits += field,
            }
        }
        bits += "1";
        bits += &"0".repeat((8 - bits.len() % 8) % 8);
        let mut bytes = vec![0x67, profile, 0, 30];
        bytes.extend(
            bits.as_bytes().chunks(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()),
        );
        bytes
    }

    #[test]
    fn the_size_is_read_with_what_is_cut_off() {
        // id, log2_max_frame_num, order type 0 and its bits, references, gaps, 40 x 23 macroblocks, frames only, direct, cropping by 4.
        let baseline =
            unit(66, &["u0", "u0", "u0", "u0", "u1", "0", "u39", "u22", "1", "1", "1", "u0", "u0", "u0", "u4"]);
        assert_eq!(picture_size(&baseline), Some(PictureSize::new(640, 360)));
        let uncut = unit(66, &["u0", "u0", "u2", "u1", "0", "u19", "u11", "1", "1", "0"]);
        assert_eq!(picture_size(&uncut), Some(PictureSize::new(320, 192)));
    }

    #[test]
    fn high_profiles_and_other_orders_of_pictures_are_read_too() {
        // chroma 4:2:0, 8 bits, no scaling lists; order type 1 with a cycle of two.
        let fields = ["u0", "u1", "u0", "u0", "0", "0", "u0", "u1", "0", "u0", "u0", "u2", "u3", "u4"];
        let rest = ["u1", "0", "u119", "u67", "1", "1", "1", "u0", "u0", "u0", "u4"];
        let high = unit(100, &[&fields[..], &rest[..]].concat());
        assert_eq!(picture_size(&high), Some(PictureSize::new(1920, 1080)));
        assert_eq!(picture_size(&unit(100, &["u0", "u1", "u0", "u0", "0", "1", "u0"])), None, "scaling lists");
    }

    #[test]
    fn bytes_against_start_codes_are_left_out() {
        assert_eq!(without_emulation(&[1, 0, 0, 3, 0, 0, 3, 1, 3]), [1, 0, 0, 0, 0, 1, 3]);
    }

    #[test]
    fn what_is_cut_off_or_impossible_has_no_size() {
        let whole = unit(66, &["u0", "u0", "u0", "u0", "u1", "0", "u39", "u22", "1", "1", "1", "u0", "u0", "u0", "u4"]);
        for length in 0..whole.len() - 1 {
            assert_eq!(picture_size(&whole[..length]), None, "{length} bytes");
        }
        let cut_away = unit(66, &["u0", "u0", "u2", "u1", "0", "u0", "u0", "1", "1", "1", "u9", "u9", "u0", "u0"]);
        assert_eq!(picture_size(&cut_away), None);
        assert_eq!(picture_size(&[0x67, 66, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
