//! Loss, jitter and bitrates of made-up streams, against figures worked out by hand.

use super::*;
use crate::packet::Extensions;

struct Stream {
    start: Instant,
    quality: Quality,
}

impl Stream {
    fn new() -> Stream {
        let start = Instant::now();
        Stream { start, quality: Quality::new(start) }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// A voice's packet of 100 bytes, sent as number `sequence` of one each 20 ms, that comes at `ms`.
    fn voice(&mut self, sequence: u64, ms: u64) {
        self.packet(Source::Microphone, Codec::Opus, sequence, (sequence as u32).wrapping_mul(960), ms);
    }

    fn packet(&mut self, source: Source, codec: Codec, sequence: u64, timestamp: u32, ms: u64) {
        let packet = IncomingPacket {
            codec,
            sequence,
            timestamp,
            marker: true,
            received_at: self.at(ms),
            extensions: Extensions::default(),
            payload: vec![0; 100].into(),
        };
        self.quality.arrived(source, 0, &packet);
    }

    fn measure(&self, ms: u64) -> PeerMeasure {
        self.quality.measure(self.at(ms))
    }

    fn audio(&self) -> StreamMeasure {
        self.measure(60_000).received.audio.unwrap()
    }
}

#[test]
fn a_steady_voice_has_no_loss_no_jitter_and_its_bitrate() {
    let mut stream = Stream::new();
    (0..=1000).for_each(|n| stream.voice(n, n * 20));
    let audio = stream.audio();
    assert_eq!((audio.packets, audio.bytes), (1001, 100_100));
    // 100 bytes each 20 ms: 40 kbit/s, and one packet more than there are gaps.
    assert_eq!(audio.bitrate.mean, 40_040);
    assert_eq!(audio.bitrate.max, 40_040);
    assert_eq!(audio.loss_ppm, Some(Spread { mean: 0, max: 0 }));
    assert_eq!(audio.jitter_us, Some(Spread { mean: 0, max: 0 }));
}

#[test]
fn what_never_comes_is_lost_and_what_comes_late_is_not() {
    let mut stream = Stream::new();
    for n in 0..1000 {
        match n {
            // Ten in a row of the first stretch never come; one of the third comes 200 ms late.
            100..110 | 600 => {}
            610 => {
                stream.voice(610, 12_200);
                stream.voice(600, 12_200);
            }
            n => stream.voice(n, n * 20),
        }
    }
    let audio = stream.audio();
    assert_eq!(audio.packets, 990);
    // 10 of 1000, all of them among the first 250.
    assert_eq!(audio.loss_ppm, Some(Spread { mean: 10_000, max: 40_000 }));
    assert_eq!(audio.jitter_us.unwrap().max, 0, "a late packet says nothing of jitter");
}

#[test]
fn a_sender_that_begins_anew_has_lost_nothing() {
    let mut stream = Stream::new();
    (0..50).for_each(|n| stream.voice(n, n * 20));
    (0..50).for_each(|n| stream.voice(1_000_000 + n, 1000 + n * 20));
    (0..50).for_each(|n| stream.voice(70 + n, 2000 + n * 20));
    let audio = stream.audio();
    assert_eq!((audio.packets, audio.loss_ppm.unwrap().mean), (150, 0));
    assert_eq!(audio.jitter_us.unwrap().max, 0);
}

#[test]
fn jitter_is_that_of_rfc_3550() {
    let mut stream = Stream::new();
    // Every second packet comes 8 ms late, so each differs by 8 ms from the one before: the filter comes close to 8 ms.
    (0..500).for_each(|n| stream.voice(n, n * 20 + (n % 2) * 8));
    let jitter = stream.audio().jitter_us.unwrap();
    assert!((7900..=8000).contains(&jitter.max), "{jitter:?}");
    assert!((7000..jitter.max).contains(&jitter.mean), "{jitter:?}");

    let mut stream = Stream::new();
    stream.voice(0, 0);
    stream.voice(1, 36);
    // |D| = 16 ms, J = 0 + 16/16.
    assert_eq!(stream.audio().jitter_us, Some(Spread { mean: 1000, max: 1000 }));
}

#[test]
fn timestamps_wrap_around_and_packets_of_one_frame_count_once() {
    let mut stream = Stream::new();
    for n in 0..60_u64 {
        let timestamp = u32::MAX.wrapping_sub(90_000).wrapping_add(n as u32 * 3000);
        for part in 0..3 {
            // The parts of a frame come 1 ms apart.
            stream.packet(Source::Camera, Codec::Vp8, n * 3 + part, timestamp, n * 1000 / 30 + part);
        }
    }
    let video = stream.measure(3000).received.video.unwrap();
    assert_eq!(video.packets, 180);
    assert!(video.jitter_us.unwrap().max < 500, "only what milliseconds round off: {video:?}");
}

#[test]
fn a_pause_does_not_thin_the_bitrate_and_the_greatest_is_of_five_seconds() {
    let mut stream = Stream::new();
    (0..500).for_each(|n| stream.voice(n, n * 20));
    // Silent for half a minute, then twice as much for five seconds and more.
    (0..600).for_each(|n| stream.voice(500 + n, 40_000 + n * 10));
    let audio = stream.audio();
    // 1100 packets in 9.98 s and 5.99 s.
    assert_eq!(audio.bitrate.mean, 110_000 * 8 * 1000 / 15_970);
    assert!((80_000..=80_400).contains(&audio.bitrate.max), "{audio:?}");
}

#[test]
fn what_is_sent_is_counted_and_the_peers_reports_are_kept() {
    let mut stream = Stream::new();
    let report = |loss, jitter, ms: Option<u64>| Report { loss, jitter, round_trip: ms.map(Duration::from_millis) };
    stream.quality.reported(Source::Camera, report(Some(1.0), Some(1), None));
    for n in 0..100 {
        let now = stream.at(n * 10);
        stream.quality.sent(Source::Camera, 2, 1000, now);
    }
    stream.quality.sent(Source::Microphone, 0, 0, stream.at(0));
    stream.quality.reported(Source::Camera, report(Some(0.25), Some(900), Some(30)));
    stream.quality.reported(Source::Camera, report(Some(0.0), None, Some(50)));
    let measure = stream.measure(2000);
    assert_eq!(measure.rtt_us, Some(Spread { mean: 40_000, max: 50_000 }));
    assert_eq!((measure.sent.audio, measure.received.video), (None, None));
    let video = measure.sent.video.unwrap();
    assert_eq!((video.packets, video.bytes), (200, 100_000));
    assert_eq!(video.loss_ppm, Some(Spread { mean: 125_000, max: 250_000 }));
    assert_eq!(video.jitter_us, Some(Spread { mean: 10_000, max: 10_000 }));
}

#[test]
fn phases_count_from_the_opening() {
    let mut stream = Stream::new();
    stream.quality.connected(stream.at(120));
    stream.voice(0, 150);
    stream.quality.connected(stream.at(500));
    let measure = stream.measure(700);
    let phases = (measure.connected_ms, measure.first_packet_ms, measure.lasted_ms);
    assert_eq!(phases, (Some(120), Some(150), 700));
    let never = Quality::new(stream.start).measure(stream.at(20_000));
    assert_eq!((never.connected_ms, never.first_packet_ms, never.rtt_us), (None, None, None));
}
