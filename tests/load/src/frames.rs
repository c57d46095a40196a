//! The frames that are sent: packets of equal size with a VP8 descriptor, so that the SFU treats them as video.

/// Packets of one frame.
pub const PACKETS_PER_FRAME: usize = 6;
/// Bytes of RTP payload in each packet.
pub const PAYLOAD: usize = 1100;
/// Frames per second of video time.
pub const FRAMES_PER_SECOND: u32 = 30;
/// RTP timestamp units from frame to frame.
pub const TICKS_PER_FRAME: u32 = 90_000 / FRAMES_PER_SECOND;

/// Where the frame number and the packet number stand in a payload.
const NUMBER_AT: usize = 8;

/// The payload of one packet: VP8 descriptor (RFC 7741 §4.2) with a 15-bit picture id and TL0PICIDX, payload header, frame
/// number, packet number, filler.
pub fn payload(frame: u32, packet: usize, is_key: bool) -> Vec<u8> {
    let [high, low] = (frame as u16 & 0x7fff).to_be_bytes();
    let starts_partition = if packet == 0 { 0x10 } else { 0 };
    let mut bytes = vec![0x5a; PAYLOAD];
    bytes[..7].copy_from_slice(&[0x80 | starts_partition, 0xe0, 0x80 | high, low, frame as u8, 0, u8::from(!is_key)]);
    bytes[NUMBER_AT..NUMBER_AT + 4].copy_from_slice(&frame.to_be_bytes());
    bytes[NUMBER_AT + 4] = packet as u8;
    bytes
}

/// Frame and packet number of a received payload, if it is whole and what was sent.
pub fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    let frame = bytes.get(NUMBER_AT..NUMBER_AT + 4)?;
    let packet = usize::from(*bytes.get(NUMBER_AT + 4)?);
    let is_whole = bytes.len() == PAYLOAD && bytes[NUMBER_AT + 5..].iter().all(|byte| *byte == 0x5a);
    is_whole.then_some((u32::from_be_bytes(frame.try_into().ok()?), packet))
}
