//! The header of an RTP packet as it is sent (RFC 3550 §5.1, RFC 8285 §4.2).

use crate::packet::{Extensions, Rotation};

/// Bytes of the longest header: the fixed one, and the four extensions with their own header and padding.
pub(crate) const HEADER_MAX: usize = 12 + 4 + 24;
/// The longest value that the one-byte form of a header extension takes (RFC 8285 §4.2).
const VALUE_MAX: usize = 16;
/// The largest id of that form.
const ID_MAX: u8 = 14;

/// The ids that an m-line's header extensions have there. `None`: the subscriber does not know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExtensionIds {
    /// RFC 8843 §15: which m-line a packet belongs to.
    pub mid: Option<u8>,
    /// RFC 6464.
    pub audio_level: Option<u8>,
    /// 3GPP TS 26.114 §7.4.5.
    pub rotation: Option<u8>,
    /// draft-holmer-rmcat-transport-wide-cc-extensions-01 §2.
    pub transport: Option<u8>,
}

/// What a header says beside SSRC and sequence number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub payload_type: u8,
    pub marker: bool,
    pub timestamp: u32,
    pub extensions: Extensions,
}

/// The numbers that a packet has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub ssrc: u32,
    pub sequence: u16,
    /// Its number among all packets to the subscriber.
    pub transport: Option<u16>,
}

/// Writes the header to the empty `packet`. `mid`: to be named there. Returns how long it is.
pub(crate) fn write(
    packet: &mut Vec<u8>,
    head: Head,
    Numbers { ssrc, sequence, transport }: Numbers,
    ids: ExtensionIds,
    mid: Option<&str>,
) -> usize {
    packet.extend_from_slice(&[0x80, head.payload_type & 0x7f | u8::from(head.marker) << 7]);
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&head.timestamp.to_be_bytes());
    packet.extend_from_slice(&ssrc.to_be_bytes());
    let extensions = packet.len();
    packet.extend_from_slice(&[0xbe, 0xde, 0, 0]);
    if let Some(mid) = mid {
        element(packet, ids.mid, mid.as_bytes());
    }
    if let Some(level) = head.extensions.audio_level {
        let voice = u8::from(head.extensions.voice_activity.unwrap_or(false)) << 7;
        element(packet, ids.audio_level, &[voice | level.unsigned_abs().min(127)]);
    }
    if let Some(rotation) = head.extensions.rotation {
        element(packet, ids.rotation, &[quarters(rotation)]);
    }
    if let Some(transport) = transport {
        element(packet, ids.transport, &transport.to_be_bytes());
    }
    if packet.len() == extensions + 4 {
        packet.truncate(extensions);
        return extensions;
    }
    packet.resize(packet.len().next_multiple_of(4), 0);
    let words = (packet.len() - extensions - 4) / 4;
    packet[extensions + 3] = words as u8;
    packet[0] |= 0x10;
    packet.len()
}

fn element(packet: &mut Vec<u8>, id: Option<u8>, value: &[u8]) {
    if let Some(id) = id.filter(|id| (1..=ID_MAX).contains(id))
        && (1..=VALUE_MAX).contains(&value.len())
    {
        packet.push(id << 4 | (value.len() - 1) as u8);
        packet.extend_from_slice(value);
    }
}

/// The two low bits of the octet: clockwise quarter turns to come back upright.
fn quarters(rotation: Rotation) -> u8 {
    match rotation {
        Rotation::Deg0 => 0,
        Rotation::Deg90 => 1,
        Rotation::Deg180 => 2,
        Rotation::Deg270 => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: ExtensionIds =
        ExtensionIds { mid: Some(4), audio_level: Some(1), rotation: Some(13), transport: Some(3) };

    fn head(extensions: Extensions) -> Head {
        Head { payload_type: 96, marker: true, timestamp: 0x0102_0304, extensions }
    }

    fn written(extensions: Extensions, ids: ExtensionIds, mid: Option<&str>) -> Vec<u8> {
        numbered(None, extensions, ids, mid)
    }

    fn numbered(transport: Option<u16>, extensions: Extensions, ids: ExtensionIds, mid: Option<&str>) -> Vec<u8> {
        let mut packet = vec![];
        let numbers = Numbers { ssrc: 0xa0b0_c0d0, sequence: 0x1122, transport };
        let length = write(&mut packet, head(extensions), numbers, ids, mid);
        assert_eq!(length, packet.len());
        assert!(length <= HEADER_MAX);
        packet
    }

    #[test]
    fn a_header_without_extensions_has_twelve_bytes() {
        let plain = [0x80, 0xe0, 0x11, 0x22, 1, 2, 3, 4, 0xa0, 0xb0, 0xc0, 0xd0];
        assert_eq!(written(Extensions::default(), IDS, None), plain);
        let rotated = Extensions { rotation: Some(Rotation::Deg90), ..Extensions::default() };
        assert_eq!(written(rotated, ExtensionIds::default(), Some("0")), plain, "what the subscriber does not know");
    }

    #[test]
    fn extensions_are_written_in_the_one_byte_form_and_padded() {
        let level = Extensions { audio_level: Some(-40), voice_activity: Some(true), rotation: None };
        assert_eq!(written(level, IDS, Some("7"))[12..], [0xbe, 0xde, 0, 1, 0x40, b'7', 0x10, 0x80 | 40]);
        let rotated = Extensions { rotation: Some(Rotation::Deg270), ..Extensions::default() };
        let packet = written(rotated, IDS, None);
        assert_eq!(packet[12..], [0xbe, 0xde, 0, 1, 0xd0, 3, 0, 0]);
        assert_eq!(packet[0], 0x90);
    }

    #[test]
    fn the_number_among_all_packets_has_two_bytes() {
        let packet = numbered(Some(0xfedc), Extensions::default(), IDS, None);
        assert_eq!(packet[12..], [0xbe, 0xde, 0, 1, 0x31, 0xfe, 0xdc, 0]);
        let unknown = ExtensionIds { transport: None, ..IDS };
        assert_eq!(numbered(Some(1), Extensions::default(), unknown, None).len(), 12);
    }

    #[test]
    fn the_longest_header_fits() {
        let all = Extensions { audio_level: Some(-127), voice_activity: None, rotation: Some(Rotation::Deg0) };
        assert_eq!(numbered(Some(7), all, IDS, Some("0123456789abcdef")).len(), HEADER_MAX);
        let no_room = written(Extensions::default(), IDS, Some("0123456789abcdefg"));
        assert_eq!(no_room.len(), 12);
    }
}
