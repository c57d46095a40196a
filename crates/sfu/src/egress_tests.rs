//! Tests of [`Egress`].

use super::*;
use crate::packet::{Codec, Extensions};
use srtp::Profile;

const TYPES: PayloadTypes = PayloadTypes { media: 111, resend: None, redundant: None };

fn path() -> Path {
    let address = |port| ([127, 0, 0, 1], port).into();
    Path { protocol: Protocol::Udp, destination: address(5000), local: address(4580) }
}

fn plan(ssrc: u32) -> StreamPlan {
    let ids = ExtensionIds::default();
    StreamPlan { mid: "1".into(), ssrc, resend_ssrc: None, padding_type: None, cname: "voices".into(), ids }
}

fn packet(sequence: u64, at: Instant) -> OutgoingPacket {
    OutgoingPacket {
        codec: Codec::Opus,
        sequence,
        timestamp: 960,
        marker: false,
        received_at: at,
        extensions: Extensions::default(),
        payload: vec![1, 2, 3].into(),
        vp8: None,
    }
}

/// An egress with a way and keys, and one stream.
fn ready(now: Instant) -> Egress {
    let mut egress = Egress::new(KeySlot::filled(Profile::Aes128CmSha1, vec![7; 60]), None, now);
    egress.set_path(path(), now);
    egress.declare(plan(0x0a0b_0c0d));
    egress
}

#[test]
fn nothing_is_sent_without_a_way_or_before_the_handshake_is_over() {
    let now = Instant::now();
    let mut egress = Egress::new(KeySlot::default(), None, now);
    egress.declare(plan(1));
    assert!(!egress.send(0, packet(0, now), TYPES, now), "no way");
    egress.set_path(path(), now);
    assert!(!egress.send(0, packet(0, now), TYPES, now), "no keys");
    assert_eq!(egress.take_ready().count(), 0);
    assert!(ready(now).send(0, packet(0, now), TYPES, now));
}

#[test]
fn what_is_sent_goes_the_way_that_was_set_last() {
    let now = Instant::now();
    let mut egress = ready(now);
    assert!(egress.send(0, packet(0, now), TYPES, now));
    let elsewhere = Path { protocol: Protocol::Tcp, destination: ([127, 0, 0, 2], 9).into(), ..path() };
    egress.set_path(elsewhere, now);
    assert!(egress.send(0, packet(1, now), TYPES, now));
    let ways: Vec<_> = egress.take_ready().map(|transmit| (transmit.protocol, transmit.destination)).collect();
    assert_eq!(ways, [(Protocol::Udp, path().destination), (Protocol::Tcp, elsewhere.destination)]);
    assert!(egress.leads_to((Protocol::Tcp, elsewhere.destination)));
    assert!(!egress.leads_to((Protocol::Udp, elsewhere.destination)));
}

#[test]
fn a_stream_goes_on_when_it_is_negotiated_again() {
    let now = Instant::now();
    let mut egress = ready(now);
    assert!(egress.send(0, packet(0, now), TYPES, now));
    assert_eq!(egress.declare(plan(0x0a0b_0c0d)), 0);
    assert!(!egress.send(0, packet(0, now), TYPES, now), "its numbers are known");
    assert_eq!(egress.declare(plan(2)), 1);
    assert_eq!(egress.plans().map(|plan| plan.ssrc).collect::<Vec<_>>(), [0x0a0b_0c0d, 2]);
}

#[test]
fn reports_begin_with_the_first_packet_and_end_with_the_stream() {
    let now = Instant::now();
    let mut egress = ready(now);
    assert_eq!(egress.due_at(), None);
    egress.send(0, packet(0, now), TYPES, now);
    assert_eq!(egress.due_at(), Some(now));
    assert_eq!(egress.take_ready().count(), 1);
    egress.tick(now);
    assert_eq!(egress.take_ready().count(), 1, "a report");
    assert_eq!(egress.due_at(), Some(now + REPORTS_EVERY));
    egress.tick(now + REPORTS_EVERY / 2);
    assert_eq!(egress.take_ready().count(), 0, "not yet");
    egress.tick(now + REPORTS_EVERY);
    assert_eq!(egress.take_ready().count(), 1);
    egress.tick(now + REPORTS_EVERY * 2);
    assert_eq!(egress.take_ready().count(), 0, "it pauses");
    assert_eq!(egress.due_at(), None);
}

#[test]
fn a_report_tells_the_time_of_what_was_sent_and_its_name() {
    let now = Instant::now();
    let mut stream = Stream::new(plan(0x0a0b_0c0d));
    stream.report = stream::SenderCount { packets: 3, octets: 500, last: Some((960, now, 48_000)) };
    let report = compound(&[&stream], Clock::new(now), now + Duration::from_millis(20));
    assert_eq!(report[..8], [0x80, 200, 0, 6, 0x0a, 0x0b, 0x0c, 0x0d]);
    assert_eq!(report[16..28], [0, 0, 0x07, 0x80, 0, 0, 0, 3, 0, 0, 0x01, 0xf4], "20 ms later: 1920");
    assert_eq!(report[28..36], [0x81, 202, 0, 4, 0x0a, 0x0b, 0x0c, 0x0d]);
    assert_eq!(report[36..], *b"\x01\x06voices\0\0\0\0");
    assert!(compound(&[], Clock::new(now), now).is_empty());
}

#[test]
fn reports_of_many_streams_stay_below_a_datagram() {
    let now = Instant::now();
    let mut egress = Egress::new(KeySlot::filled(Profile::Aes256Gcm, vec![7; 88]), None, now);
    egress.set_path(path(), now);
    for index in 0..49 {
        let cname = "a name as long as libraries give".into();
        assert_eq!(egress.declare(StreamPlan { cname, ..plan(index + 1) }), index as usize);
        egress.send(index as usize, packet(0, now), TYPES, now);
    }
    assert_eq!(egress.take_ready().count(), 49);
    egress.tick(now);
    let reports: Vec<_> = egress.take_ready().map(|transmit| transmit.bytes.len()).collect();
    assert_eq!(reports.len(), 49_usize.div_ceil(STREAMS_MAX));
    assert!(reports.iter().all(|length| *length < 1200), "{reports:?}");
}

#[test]
fn a_reception_report_is_that_of_a_stream_of_ours() {
    let now = Instant::now();
    let mut egress = ready(now);
    let last = (Clock::new(now).ntp(now) >> 16) as u32;
    let reception = Reception { ssrc: 0x0a0b_0c0d, fraction_lost: 64, jitter: 9, last_report: (last, 0) };
    let report = egress.reported(reception, now + Duration::from_millis(500)).unwrap();
    assert_eq!(
        (report.loss, report.jitter, report.round_trip),
        (Some(0.25), Some(9), Some(Duration::from_millis(500)))
    );
    assert_eq!(egress.reported(Reception { ssrc: 5, ..reception }, now), None);
}

/// An egress that finds out what its line carries, with a voice and a camera.
fn counting(now: Instant) -> Egress {
    let keys = KeySlot::filled(Profile::Aes128CmSha1, vec![7; 60]);
    let mut egress = Egress::new(keys, Some(Bandwidth::new(now)), now);
    egress.set_path(path(), now);
    let ids = ExtensionIds { transport: Some(3), ..ExtensionIds::default() };
    egress.declare(StreamPlan { ids, ..plan(1) });
    egress.declare(StreamPlan { ids, resend_ssrc: Some(12), padding_type: Some(97), ..plan(2) });
    egress
}

/// The numbers among all packets of what is ready, which stands in the only extension.
fn numbers(egress: &mut Egress) -> Vec<u16> {
    let number = |bytes: &[u8]| (bytes[16] == 0x31).then(|| u16::from_be_bytes([bytes[17], bytes[18]]));
    egress.take_ready().filter_map(|transmit| number(&transmit.bytes)).collect()
}

#[test]
fn packets_are_numbered_over_all_streams() {
    let now = Instant::now();
    let mut egress = counting(now);
    let video = PayloadTypes { media: 96, resend: Some(97), redundant: None };
    for sequence in 0..3 {
        egress.send(0, packet(sequence, now), TYPES, now);
        egress.send(1, OutgoingPacket { codec: Codec::Vp8, ..packet(sequence, now) }, video, now);
    }
    assert!(!egress.send(0, packet(2, now), TYPES, now), "twice");
    assert_eq!(numbers(&mut egress), [0, 1, 2, 3, 4, 5]);
    egress.streams[1].is_known = true;
    egress.lost(2, [1].into_iter(), now);
    assert_eq!(egress.take_ready().count(), 1, "a repair");
    egress.send(0, packet(9, now), TYPES, now);
    assert_eq!(numbers(&mut egress), [7]);
}

#[test]
fn without_something_to_find_out_nothing_is_padded_nor_waited_for() {
    let now = Instant::now();
    let mut egress = counting(now);
    assert_eq!(egress.due_at(), None);
    egress.send(0, packet(0, now), TYPES, now);
    let due = egress.due_at();
    egress.bandwidth().unwrap().want(Some(9_000_000), now);
    assert_eq!(egress.due_at(), Some(now));
    egress.tick(now);
    assert!(egress.take_ready().count() > 1, "a report and padding");
    assert!(due.is_some());
    let mut voices = ready(now);
    voices.bandwidth = Some(Bandwidth::new(now));
    assert!(voices.bandwidth().is_none(), "its receiver tells nothing");
    assert_eq!(voices.news(), None);
}

#[test]
fn a_full_line_is_not_given_voices_twice() {
    let now = Instant::now();
    let types = PayloadTypes { redundant: Some(63), ..TYPES };
    let types_sent = |bandwidth: Bandwidth, now: Instant| {
        let mut egress = counting(now);
        egress.bandwidth = Some(bandwidth);
        egress.reported(Reception { ssrc: 1, fraction_lost: 64, jitter: 0, last_report: (0, 0) }, now);
        egress.send(0, packet(0, now), types, now);
        egress.send(0, OutgoingPacket { timestamp: 1920, ..packet(1, now) }, types, now);
        egress.take_ready().map(|transmit| transmit.bytes[1] & 0x7f).collect::<Vec<_>>()
    };
    assert_eq!(types_sent(Bandwidth::new(now), now), [111, 63]);
    assert_eq!(types_sent(Bandwidth::filled(now), now), [111, 111]);
    let later = now + Duration::from_secs(11);
    assert_eq!(types_sent(Bandwidth::filled(now), later), [111, 63]);
}

#[test]
fn nothing_is_due_before_anything_can_be_sent() {
    let now = Instant::now();
    let mut egress = counting(now);
    egress.bandwidth().unwrap().want(Some(9_000_000), now);
    assert_eq!(egress.due_at(), None, "what stays due would be looked at for ever");
    egress.send(0, packet(0, now), TYPES, now);
    assert_eq!(egress.due_at(), Some(now));
}
