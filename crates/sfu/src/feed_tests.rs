//! Tests of [`Feed`]: one outgoing stream over changing layers.

use super::*;
use crate::packet::{Codec, Extensions};
use std::time::{Duration, Instant};

/// The layers of one camera, each with numbers of its own.
struct Camera {
    start: Instant,
    frames: u32,
}

impl Camera {
    fn new() -> Camera {
        Camera { start: Instant::now(), frames: 0 }
    }

    /// The next frame, in all layers, two packets each; 30 a second.
    fn frame(&mut self, keys: [bool; 3]) -> Vec<(usize, IncomingPacket)> {
        self.frames += 1;
        let (number, at) = (self.frames, self.start + Duration::from_millis(u64::from(self.frames) * 33));
        let packets = keys.into_iter().enumerate().flat_map(|(layer, key)| {
            [true, false].map(|first| {
                let base = [100_000, 7, 65_000][layer];
                let picture = [12u16, 0x7ffe, 9000][layer].wrapping_add(number as u16) & 0x7fff;
                let [high, low] = picture.to_be_bytes();
                let start = if first { 0x90 } else { 0x80 };
                let tl0 = [1u8, 254, 77][layer].wrapping_add(number as u8);
                let packet = IncomingPacket {
                    codec: Codec::Vp8,
                    sequence: base + u64::from(number) * 2 + u64::from(!first),
                    timestamp: [1u32, 4_000_000_000, 77_777][layer].wrapping_add(number * 3000),
                    marker: !first,
                    received_at: at,
                    extensions: Extensions::default(),
                    payload: [start, 0xe0, 0x80 | high, low, tl0, 0, u8::from(!key || !first), layer as u8].into(),
                };
                (layer, packet)
            })
        });
        packets.collect()
    }
}

#[derive(Default)]
struct Seen {
    layers: Vec<u8>,
    sent: Vec<OutgoingPacket>,
}

fn play(feed: &mut Feed, seen: &mut Seen, packets: Vec<(usize, IncomingPacket)>) {
    for (layer, packet) in packets {
        if let Some(sent) = feed.forward(layer, &packet) {
            assert!(feed.takes(layer));
            seen.layers.push(sent.payload[7]);
            seen.sent.push(sent);
        }
    }
}

/// Every frame twice, as its two packets.
fn layers(seen: &Seen) -> Vec<u8> {
    assert!(seen.layers.chunks(2).all(|pair| pair[0] == pair[1]), "{:?}", seen.layers);
    seen.layers.iter().step_by(2).copied().collect()
}

/// Sequence numbers without a gap, timestamps and picture ids that go on.
fn expect_one_stream(sent: &[OutgoingPacket]) {
    let picture = |packet: &OutgoingPacket| {
        let own = u16::from_be_bytes([packet.payload[2] & 0x7f, packet.payload[3]]);
        packet.vp8.and_then(|vp8| vp8.picture_id).unwrap_or(own)
    };
    let tl0 = |packet: &OutgoingPacket| packet.vp8.and_then(|vp8| vp8.tl0_pic_idx).unwrap_or(packet.payload[4]);
    for pair in sent.windows(2) {
        let same_frame = u16::from(pair[0].timestamp == pair[1].timestamp);
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!(step <= 3001 && (step > 0 || same_frame == 1), "{step}");
        assert_eq!(picture(&pair[1]).wrapping_sub(picture(&pair[0])) & 0x7fff, 1 - same_frame);
        assert_eq!(tl0(&pair[1]).wrapping_sub(tl0(&pair[0])), 1 - same_frame as u8);
    }
}

const NONE: [bool; 3] = [false; 3];
const ALL: [bool; 3] = [true; 3];

#[test]
fn the_layer_changes_only_at_a_keyframe_of_the_wanted_one_and_the_numbers_go_on() {
    let (mut camera, mut feed, mut seen) = (Camera::new(), Feed::new(0x7ffe), Seen::default());
    feed.aim_at(Some(0));
    play(&mut feed, &mut seen, camera.frame(NONE));
    assert_eq!((seen.sent.len(), feed.current(), feed.waits_for()), (0, None, Some(0)));
    play(&mut feed, &mut seen, camera.frame(ALL));
    play(&mut feed, &mut seen, camera.frame(NONE));
    assert_eq!(feed.waits_for(), None);
    feed.aim_at(Some(2));
    assert_eq!((feed.current(), feed.waits_for()), (Some(0), Some(2)));
    play(&mut feed, &mut seen, camera.frame(NONE));
    play(&mut feed, &mut seen, camera.frame([true, true, false]));
    assert_eq!(feed.waits_for(), Some(2), "keyframes of others change nothing");
    play(&mut feed, &mut seen, camera.frame([false, false, true]));
    assert_eq!((feed.current(), feed.waits_for()), (Some(2), None));
    play(&mut feed, &mut seen, camera.frame(NONE));
    feed.aim_at(Some(1));
    play(&mut feed, &mut seen, camera.frame(NONE));
    play(&mut feed, &mut seen, camera.frame(ALL));
    play(&mut feed, &mut seen, camera.frame(NONE));
    // At a change, the frame of both layers passes: the one that went on, and the keyframe.
    assert_eq!(layers(&seen), [0, 0, 0, 0, 0, 2, 2, 2, 1, 1]);
    expect_one_stream(&seen.sent);
}

#[test]
fn a_larger_layer_that_begins_with_a_keyframe_follows_the_smaller_one_within_the_same_frame() {
    let (mut camera, mut feed, mut seen) = (Camera::new(), Feed::new(1), Seen::default());
    feed.aim_at(Some(2));
    play(&mut feed, &mut seen, camera.frame(ALL));
    play(&mut feed, &mut seen, camera.frame(NONE));
    assert_eq!(layers(&seen), [0, 2, 2], "the smallest comes first, and is better than nothing");
    expect_one_stream(&seen.sent);
}

#[test]
fn what_is_hidden_sends_nothing_and_begins_again_with_a_keyframe() {
    let (mut camera, mut feed, mut seen) = (Camera::new(), Feed::new(1), Seen::default());
    feed.aim_at(Some(1));
    play(&mut feed, &mut seen, camera.frame([false, true, false]));
    feed.aim_at(None);
    assert_eq!((feed.current(), feed.waits_for(), feed.takes(0), feed.takes(1)), (None, None, false, false));
    play(&mut feed, &mut seen, camera.frame(ALL));
    assert_eq!(seen.sent.len(), 2);
    feed.aim_at(Some(1));
    play(&mut feed, &mut seen, camera.frame(NONE));
    assert_eq!((seen.sent.len(), feed.waits_for()), (2, Some(1)));
    play(&mut feed, &mut seen, camera.frame([false, true, false]));
    assert_eq!(layers(&seen), [1, 1]);
    let (before, after) = (&seen.sent[1], &seen.sent[2]);
    assert_eq!(after.sequence, before.sequence + 1);
    assert_eq!(after.timestamp.wrapping_sub(before.timestamp), 99 * 90, "the pause is in the timestamps");
}

#[test]
fn packets_of_the_layer_before_do_not_pass_after_the_change() {
    let (mut camera, mut feed, mut seen) = (Camera::new(), Feed::new(1), Seen::default());
    feed.aim_at(Some(0));
    play(&mut feed, &mut seen, camera.frame([true, false, false]));
    let late: Vec<_> = camera.frame(NONE).into_iter().filter(|(layer, _)| *layer == 0).collect();
    feed.aim_at(Some(1));
    play(&mut feed, &mut seen, camera.frame([false, true, false]).split_off(2));
    play(&mut feed, &mut seen, late);
    assert_eq!(layers(&seen), [0, 1]);
}

#[test]
fn another_publication_waits_for_its_keyframe() {
    let (mut camera, mut feed, mut seen) = (Camera::new(), Feed::new(1), Seen::default());
    feed.aim_at(Some(0));
    play(&mut feed, &mut seen, camera.frame(ALL));
    feed.restart();
    play(&mut feed, &mut seen, camera.frame(NONE));
    assert_eq!((seen.sent.len(), feed.waits_for()), (2, Some(0)));
    play(&mut feed, &mut seen, camera.frame(ALL));
    assert_eq!(seen.sent.len(), 4);
}
