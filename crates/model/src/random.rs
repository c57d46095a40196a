//! Randomness as an argument, so that pure code stays repeatable.

use std::fmt::Write as _;

/// A source of random bytes. The server passes the operating system's; a simulation passes a seeded one.
pub trait Random {
    /// Fills `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// A random UUID, version 4 (RFC 9562 §5.4), in lower case with dashes.
pub fn uuid_v4(random: &mut dyn Random) -> String {
    let mut bytes = [0u8; 16];
    random.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// `bytes` random bytes in lower-case hexadecimal.
pub fn hex_id(random: &mut dyn Random, bytes: usize) -> String {
    let mut buffer = vec![0u8; bytes];
    random.fill(&mut buffer);
    buffer.iter().fold(String::with_capacity(bytes * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_uuid_carries_its_version_and_variant() {
        assert_eq!(uuid_v4(&mut Fixed(0xff)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid_v4(&mut Fixed(0)), "00000000-0000-4000-8000-000000000000");
        assert_eq!(hex_id(&mut Fixed(0xab), 3), "ababab");
    }
}
