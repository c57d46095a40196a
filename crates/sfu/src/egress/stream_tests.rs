//! Tests of [`Stream`].

use super::super::srtp::{Profile, opened};
use super::*;
use crate::packet::{Codec, Extensions};

const TYPES: PayloadTypes = PayloadTypes { media: 96, resend: Some(97), redundant: None };

fn protector() -> Protector {
    Protector::new(Profile::Aes128Gcm, &(0..56).collect::<Vec<u8>>(), false).unwrap()
}

fn stream() -> Stream {
    let ids = ExtensionIds { mid: Some(4), ..ExtensionIds::default() };
    let cname = "name".to_string();
    let (ssrc, resend_ssrc, padding_type) = (0x0a0b_0c0d, Some(0x0102_0304), Some(97));
    Stream::new(StreamPlan { mid: "7".into(), ssrc, resend_ssrc, padding_type, cname, ids })
}

fn packet(sequence: u64, size: usize, at: Instant) -> OutgoingPacket {
    OutgoingPacket {
        codec: Codec::Vp8,
        sequence,
        timestamp: 3000,
        marker: false,
        received_at: at,
        extensions: Extensions::default(),
        payload: vec![sequence as u8; size].into(),
        vp8: None,
    }
}

/// A stream that the subscriber knows, with packets of 1000 bytes up to a sequence number.
fn sent(last: u64, at: Instant) -> (Stream, Protector) {
    let (mut stream, protector) = (stream(), protector());
    stream.is_known = true;
    for sequence in 0..=last {
        assert!(stream.write(packet(sequence, 1000, at), None, TYPES, &protector, at).is_some());
    }
    (stream, protector)
}

#[test]
fn a_packet_carries_its_payload_and_its_m_line_until_that_is_known() {
    let (mut stream, protector, now) = (stream(), protector(), Instant::now());
    let first = stream.write(packet(5, 100, now), None, TYPES, &protector, now).unwrap();
    assert_eq!(first[12..20], [0xbe, 0xde, 0, 1, 0x40, b'7', 0, 0]);
    assert_eq!(opened(&protector, &first, 20, 5), Some(vec![5; 100]));
    stream.is_known = true;
    let second = stream.write(packet(6, 100, now), None, TYPES, &protector, now).unwrap();
    assert_eq!(second[..4], [0x80, 96, 0, 6]);
    assert_eq!(second[8..12], [0x0a, 0x0b, 0x0c, 0x0d]);
    assert_eq!(opened(&protector, &second, 12, 6), Some(vec![6; 100]));
    assert_eq!((stream.report.packets, stream.report.octets), (2, 200));
}

#[test]
fn the_rollover_counter_goes_into_the_protection() {
    let (mut stream, protector, now) = (stream(), protector(), Instant::now());
    stream.is_known = true;
    let datagram = stream.write(packet(0x3_0005, 100, now), None, TYPES, &protector, now).unwrap();
    assert_eq!(datagram[2..4], [0, 5]);
    assert_eq!(opened(&protector, &datagram, 12, 0x3_0005), Some(vec![5; 100]));
    assert_eq!(opened(&protector, &datagram, 12, 5), None);
}

#[test]
fn no_sequence_number_is_protected_twice() {
    let now = Instant::now();
    let (mut stream, protector) = sent(9, now);
    assert!(stream.write(packet(9, 10, now), None, TYPES, &protector, now).is_none());
    assert!(stream.write(packet(3, 10, now), None, TYPES, &protector, now).is_none());
    assert!(stream.write(packet(10, 10, now), None, TYPES, &protector, now).is_some());
}

#[test]
fn the_numbers_of_the_slot_are_written_into_the_payload() {
    let (mut stream, protector, now) = (stream(), protector(), Instant::now());
    stream.is_known = true;
    let mut of_camera = packet(1, 0, now);
    of_camera.payload = vec![0x90, 0xc0, 0x12, 7, 9].into();
    of_camera.vp8 = Some(Vp8Rewrite { picture_id: Some(0x35), tl0_pic_idx: Some(8) });
    let datagram = stream.write(of_camera, None, TYPES, &protector, now).unwrap();
    assert_eq!(opened(&protector, &datagram, 12, 1), Some(vec![0x90, 0xc0, 0x35, 8, 9]));
    let repair = stream.resend(1, None, &protector, now).unwrap();
    assert_eq!(opened(&protector, &repair, 20, 0x0304), Some(vec![0, 1, 0x90, 0xc0, 0x35, 8, 9]));
}

#[test]
fn a_lost_packet_is_repaired_under_the_resend_ssrc() {
    let now = Instant::now();
    let (mut stream, protector) = sent(20, now);
    let repair = stream.resend(17, None, &protector, now).unwrap();
    assert_eq!(repair[1] & 0x7f, 97);
    assert_eq!(repair[2..4], [0x03, 0x04], "numbers of its own, from below 32,768");
    assert_eq!(repair[8..12], [1, 2, 3, 4]);
    let payload = opened(&protector, &repair, 20, 0x0304).unwrap();
    assert_eq!(payload, [&[0, 17][..], &[17; 1000]].concat());
    assert_eq!(stream.resend(18, None, &protector, now).unwrap()[2..4], [0x03, 0x05]);
}

#[test]
fn what_is_gone_not_sent_or_just_repaired_is_not_sent_again() {
    let now = Instant::now();
    let (mut stream, protector) = sent(300, now);
    assert!(stream.resend(44, None, &protector, now).is_none(), "256 packets are kept");
    assert!(stream.resend(45, None, &protector, now).is_some());
    assert!(stream.resend(301, None, &protector, now).is_none(), "never sent");
    assert!(stream.resend(45, None, &protector, now + Duration::from_millis(9)).is_none());
    assert!(stream.resend(45, None, &protector, now + Duration::from_millis(10)).is_some());
    assert!(stream.resend(46, None, &protector, now + KEPT_FOR).is_none(), "a decoder has given up");
}

#[test]
fn repairs_are_a_bounded_share_of_what_is_sent() {
    let now = Instant::now();
    let (mut stream, protector) = sent(255, now);
    let repaired = (0..=255).filter(|lost| stream.resend(*lost, None, &protector, now).is_some()).count();
    // 40 % of 256 packets, and 20 packets that are always free.
    assert_eq!(repaired, 122);
}

#[test]
fn a_stream_without_a_resend_ssrc_keeps_and_repairs_nothing() {
    let now = Instant::now();
    let (mut stream, protector) = sent(3, now);
    assert_eq!(stream.kept.len(), KEPT_PACKETS as usize);
    stream.plan.resend_ssrc = None;
    assert!(stream.resend(2, None, &protector, now).is_none());
    let mut voice = Stream::new(StreamPlan { resend_ssrc: None, ..stream.plan.clone() });
    assert!(voice.write(packet(0, 100, now), None, TYPES, &protector, now).is_some());
    assert!(voice.kept.is_empty());
}

#[test]
fn a_stream_that_pauses_lets_go_of_what_it_kept() {
    let now = Instant::now();
    let (mut stream, _) = sent(3, now);
    stream.age(now + Duration::from_secs(1));
    assert!(!stream.kept.is_empty());
    stream.age(now + KEPT_FOR);
    assert!(stream.kept.is_empty());
}

#[test]
fn a_voice_on_a_lossy_line_is_sent_twice() {
    let (mut stream, protector, now) = (stream(), protector(), Instant::now());
    let types = PayloadTypes { redundant: Some(63), ..TYPES };
    stream.reported(13);
    let mut voice = |sequence: u64| {
        let timestamp = sequence as u32 * 960;
        let packet = OutgoingPacket { codec: Codec::Opus, timestamp, ..packet(sequence, 3, now) };
        let datagram = stream.write(packet, None, types, &protector, now).unwrap();
        (datagram[1] & 0x7f, opened(&protector, &datagram, 12, sequence).unwrap())
    };
    assert_eq!(voice(1), (96, vec![1; 3]));
    assert_eq!(voice(2), (63, vec![0x80 | 96, 0x0f, 0, 3, 96, 1, 1, 1, 2, 2, 2]));
    assert_eq!(voice(4), (96, vec![4; 3]));
    assert_eq!(stream.report.octets, 3 + 11 + 3, "what is sent twice is counted too");
}

#[test]
fn lost_numbers_are_looked_for_before_the_newest() {
    assert_eq!(extended(5, 0x2_0007), Some(0x2_0005));
    assert_eq!(extended(0xfffe, 0x2_0007), Some(0x1_fffe));
    assert_eq!(extended(9, 7), None);
}

#[test]
fn padding_has_numbers_of_retransmissions_and_says_how_long_it_is() {
    let now = Instant::now();
    let (mut stream, protector) = sent(3, now);
    stream.plan.ids.transport = Some(3);
    assert!(stream.can_pad());
    stream.resend(2, Some(8), &protector, now).unwrap();
    let padding = stream.pad(200, 9, &protector).unwrap();
    assert_eq!(padding[..4], [0xb0, 97, 0x03, 0x05], "a header extension, and padding");
    assert_eq!(padding[8..12], [1, 2, 3, 4]);
    assert_eq!(padding[12..24], [0xbe, 0xde, 0, 2, 0x40, b'7', 0x31, 0, 9, 0, 0, 0]);
    assert_eq!(opened(&protector, &padding, 24, 0x0305), Some([&[0; 199][..], &[200]].concat()));
    assert_eq!(stream.resend(3, None, &protector, now).unwrap()[2..4], [0x03, 0x06], "no number is used twice");
    stream.plan.resend_ssrc = None;
    assert!(!stream.can_pad() && stream.pad(200, 10, &protector).is_none());
}
