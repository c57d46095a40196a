//! Real WebRTC clients on thin lines: who sees what when not everything fits.

mod support;

use convene_model::PeerId;
use convene_model::media::{Source, TrackUse};
use std::time::Duration;
use support::{LAYERED, Received, SMALL, World, all};

const STEP: Duration = Duration::from_millis(33);
const SIZES: [(u16, u16); 3] = [(320, 180), (640, 360), (1280, 720)];
/// Bytes of a frame of each layer: 150, 500 and 1,700 kbit/s at 30 frames a second.
const FRAMES: [usize; 3] = [600, 2_060, 7_050];
const SOUND: [u8; 100] = [7; 100];

/// Somebody with a camera in layers, who talks.
struct Talker {
    peer: PeerId,
    speaks: bool,
    frames: u16,
    asked: usize,
}

impl Talker {
    fn join(world: &mut World, id: u64) -> Talker {
        Talker { peer: world.join(id, "call", LAYERED, all()), speaks: true, frames: 0, asked: 0 }
    }

    fn frame(&mut self, world: &mut World) {
        let asked = world.clients[&self.peer].keyframe_requests.len();
        let is_key = self.frames == 0 || asked > self.asked;
        self.asked = asked;
        self.frames += 1;
        for (layer, whole) in FRAMES.into_iter().enumerate() {
            let mut left = whole;
            while left > 0 {
                let size = left.min(1_100);
                let packet = packet(self.peer, layer, self.frames, left == whole, is_key, size);
                world.send_layer(self.peer, layer, packet);
                left -= size;
            }
        }
        if self.speaks {
            world.send(self.peer, TrackUse::Microphone, SOUND.to_vec());
        }
    }
}

/// A packet of a VP8 frame; the first one says what the frame is.
fn packet(of: PeerId, layer: usize, number: u16, is_first: bool, is_key: bool, size: usize) -> Vec<u8> {
    let [high, low] = number.to_be_bytes();
    let (width, height) = SIZES[layer];
    let start = if is_first { 0x90 } else { 0x80 };
    let mut payload = vec![start, 0xe0, 0x80 | high, low, number as u8, 0, u8::from(!is_key), 0, 0, 0x9d, 0x01, 0x2a];
    payload.extend(width.to_le_bytes());
    payload.extend(height.to_le_bytes());
    payload.extend([layer as u8, of.0 as u8]);
    payload.resize(size.max(18), 0);
    payload
}

/// Lets them talk for so many seconds.
fn talk(world: &mut World, talkers: &mut [&mut Talker], seconds: u64) {
    let end = world.now + Duration::from_secs(seconds);
    while world.now < end {
        talkers.iter_mut().for_each(|talker| talker.frame(world));
        world.run(STEP);
    }
}

/// The layers of the videos that somebody received since, without repetitions; and how many voices' packets.
fn since(world: &World, peer: PeerId, before: usize) -> (Vec<u8>, usize) {
    let (sound, video): (Vec<&Received>, Vec<&Received>) =
        world.clients[&peer].received[before..].iter().partition(|packet| packet.payload == SOUND);
    let mut layers: Vec<u8> = video.iter().map(|packet| packet.payload[16]).collect();
    layers.dedup();
    (layers, sound.len())
}

/// The largest layer of one publisher that somebody received since.
fn largest(world: &World, peer: PeerId, before: usize, of: PeerId) -> u8 {
    let packets = world.clients[&peer].received[before..].iter().filter(|packet| packet.payload != SOUND);
    packets.filter(|packet| packet.payload[17] == of.0 as u8).map(|packet| packet.payload[16]).max().expect("video")
}

fn received(world: &World, peer: PeerId) -> usize {
    world.clients[&peer].received.len()
}

#[test]
fn a_thin_line_gets_the_layer_that_fits_and_a_wide_one_the_best() {
    let mut world = World::new();
    let mut ann = Talker::join(&mut world, 1);
    let (ben, cleo) = (world.join(2, "call", SMALL, all()), world.join(3, "call", SMALL, all()));
    world.narrow(ben, Some(900_000));
    for watcher in [ben, cleo] {
        world.subscribe(watcher, &[(ann.peer, Source::Camera)]);
    }
    talk(&mut world, &mut [&mut ann], 10);
    let (at_ben, at_cleo) = (received(&world, ben), received(&world, cleo));
    talk(&mut world, &mut [&mut ann], 5);
    let (layers, voices) = since(&world, ben, at_ben);
    assert_eq!(layers, [1], "on 0.9 Mbit/s");
    assert!(voices >= 145, "{voices} of 150 packets of sound");
    assert_eq!(since(&world, cleo, at_cleo).0, [2], "on a line without limit");

    world.narrow(ben, None);
    talk(&mut world, &mut [&mut ann], 10);
    let at_ben = received(&world, ben);
    talk(&mut world, &mut [&mut ann], 2);
    assert_eq!(since(&world, ben, at_ben).0, [2], "the line is wide by now");
}

#[test]
fn the_picture_follows_a_drop_within_five_seconds_and_comes_back() {
    let mut world = World::new();
    let mut ann = Talker::join(&mut world, 1);
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann.peer, Source::Camera)]);
    talk(&mut world, &mut [&mut ann], 5);
    world.narrow(ben, Some(300_000));
    talk(&mut world, &mut [&mut ann], 5);
    let before = received(&world, ben);
    talk(&mut world, &mut [&mut ann], 5);
    let (layers, voices) = since(&world, ben, before);
    assert_eq!(layers, [0]);
    assert!(voices >= 145, "{voices} of 150 packets of sound");
    world.narrow(ben, Some(5_000_000));
    talk(&mut world, &mut [&mut ann], 10);
    let before = received(&world, ben);
    talk(&mut world, &mut [&mut ann], 2);
    assert_eq!(since(&world, ben, before).0, [2]);
}

#[test]
fn sound_alone_is_left_on_the_thinnest_line() {
    let mut world = World::new();
    let mut ann = Talker::join(&mut world, 1);
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann.peer, Source::Camera)]);
    world.narrow(ben, Some(80_000));
    talk(&mut world, &mut [&mut ann], 30);
    let before = received(&world, ben);
    talk(&mut world, &mut [&mut ann], 5);
    let (layers, voices) = since(&world, ben, before);
    assert_eq!(layers, Vec::<u8>::new(), "no video");
    assert!(voices >= 135, "{voices} of 150 packets of sound");
}

#[test]
fn who_speaks_is_seen_well_before_the_others_are() {
    let mut world = World::new();
    let (mut ann, mut bob) = (Talker::join(&mut world, 1), Talker::join(&mut world, 2));
    let cleo = world.join(3, "call", SMALL, all());
    world.narrow(cleo, Some(1_000_000));
    world.subscribe(cleo, &[(ann.peer, Source::Camera), (bob.peer, Source::Camera)]);
    ann.speaks = false;
    talk(&mut world, &mut [&mut ann, &mut bob], 10);
    let before = received(&world, cleo);
    talk(&mut world, &mut [&mut ann, &mut bob], 4);
    assert_eq!(largest(&world, cleo, before, bob.peer), 1, "who speaks");
    assert_eq!(largest(&world, cleo, before, ann.peer), 0);
}
