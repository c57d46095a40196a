//! Tests of [`Rewriter`]: one outgoing stream over changing sources.

use super::*;
use crate::packet::Extensions;
use std::time::Duration;

const H264: Codec = Codec::H264 { packetization_mode: 1, profile: 0x42 };

fn packet(codec: Codec, sequence: u64, timestamp: u32, received_at: Instant, payload: &[u8]) -> IncomingPacket {
    IncomingPacket {
        codec,
        sequence,
        timestamp,
        marker: false,
        received_at,
        extensions: Extensions::default(),
        payload: payload.into(),
    }
}

fn vp8(sequence: u64, timestamp: u32, at: Instant, picture: u16, tl0: u8, key: bool) -> IncomingPacket {
    let [high, low] = picture.to_be_bytes();
    packet(Codec::Vp8, sequence, timestamp, at, &[0x90, 0xe0, 0x80 | high, low, tl0, 0, u8::from(!key), 9])
}

#[test]
fn nothing_passes_before_a_keyframe() {
    let at = Instant::now();
    let mut slot = Rewriter::new(100);
    assert!(slot.forward(&vp8(5, 900, at, 1, 1, false)).is_none());
    assert!(slot.is_waiting());
    let sent = slot.forward(&vp8(6, 1000, at, 2, 2, true)).unwrap();
    assert_eq!((sent.sequence, sent.timestamp, sent.vp8), (100, 1000, None));
    assert!(!slot.is_waiting());
}

#[test]
fn a_new_source_goes_on_where_the_last_one_stopped() {
    let start = Instant::now();
    let mut slot = Rewriter::new(7);
    slot.forward(&vp8(5000, 90_000, start, 500, 40, true)).unwrap();
    slot.forward(&vp8(5001, 93_000, start, 501, 41, false)).unwrap();
    slot.restart();
    let later = start + Duration::from_millis(100);
    assert!(slot.forward(&vp8(77, 1_000_000, later, 9, 3, false)).is_none());
    let first = slot.forward(&vp8(78, 1_003_000, later, 10, 4, true)).unwrap();
    assert_eq!((first.sequence, first.timestamp), (9, 93_000 + 9_000));
    assert_eq!(first.vp8, Some(Vp8Rewrite { picture_id: Some(502), tl0_pic_idx: Some(42) }));
    let second = slot.forward(&vp8(79, 1_006_000, later, 11, 5, false)).unwrap();
    assert_eq!((second.sequence, second.timestamp), (10, 93_000 + 12_000));
    assert_eq!(second.vp8, Some(Vp8Rewrite { picture_id: Some(503), tl0_pic_idx: Some(43) }));
}

#[test]
fn gaps_and_late_packets_keep_their_places() {
    let at = Instant::now();
    let mut slot = Rewriter::new(0);
    let mut sent = |sequence, key| slot.forward(&vp8(sequence, 0, at, 1, 1, key)).map(|packet| packet.sequence);
    assert_eq!(sent(1000, true), Some(0));
    assert_eq!(sent(1003, false), Some(3));
    assert_eq!(sent(1001, false), Some(1));
    assert_eq!(sent(1004, false), Some(4));
    assert_eq!(sent(999, true), None, "older than the packet at which the source began");
}

#[test]
fn picture_ids_wrap_within_their_own_width() {
    let at = Instant::now();
    let mut slot = Rewriter::new(0);
    slot.forward(&vp8(1, 0, at, 0x7fff, 255, true)).unwrap();
    slot.restart();
    let sent = slot.forward(&vp8(1, 0, at, 300, 9, true)).unwrap();
    assert_eq!(sent.vp8, Some(Vp8Rewrite { picture_id: Some(0), tl0_pic_idx: Some(0) }));
    slot.restart();
    let narrow = packet(Codec::Vp8, 1, 0, at, &[0x90, 0x80, 0x05, 0x00, 9]);
    let sent = slot.forward(&narrow).unwrap();
    assert_eq!(sent.vp8, Some(Vp8Rewrite { picture_id: Some(1), tl0_pic_idx: None }));
}

#[test]
fn timestamps_never_stand_still_over_a_change() {
    let at = Instant::now();
    let mut slot = Rewriter::new(0);
    slot.forward(&vp8(1, 500, at, 1, 1, true)).unwrap();
    slot.restart();
    assert_eq!(slot.forward(&vp8(1, 80_000, at, 1, 1, true)).unwrap().timestamp, 501);
}

#[test]
fn audio_passes_at_once_and_marks_its_first_packet() {
    let at = Instant::now();
    let mut slot = Rewriter::new(0);
    let first = slot.forward(&packet(Codec::Opus, 10, 960, at, &[1])).unwrap();
    let second = slot.forward(&packet(Codec::Opus, 11, 1920, at, &[1])).unwrap();
    assert_eq!((first.marker, second.marker), (true, false));
    slot.restart();
    let later = at + Duration::from_millis(20);
    let other = slot.forward(&packet(Codec::Opus, 900, 5, later, &[1])).unwrap();
    assert_eq!((other.sequence, other.timestamp, other.marker), (2, 1920 + 960, true));
}

#[test]
fn a_change_of_codec_waits_for_a_keyframe_too() {
    let at = Instant::now();
    let mut slot = Rewriter::new(0);
    slot.forward(&vp8(1, 0, at, 1, 1, true)).unwrap();
    assert!(slot.forward(&packet(H264, 2, 3000, at, &[0x41, 1])).is_none());
    assert_eq!(slot.forward(&packet(H264, 3, 6000, at, &[0x67, 1])).unwrap().sequence, 1);
}

#[test]
fn the_first_sequence_number_is_below_the_first_rollover() {
    let mut slot = Rewriter::new(u16::MAX);
    let sent = slot.forward(&packet(Codec::Opus, 1 << 40, 0, Instant::now(), &[1])).unwrap();
    assert_eq!(sent.sequence, 0x7fff);
}
