//! Real WebRTC clients with a camera in layers: which layer reaches whom, and that it stays one stream.

mod support;

use convene_model::PeerId;
use convene_model::media::{MediaCommand, MediaEvent, Source, TrackPlan, TrackUse};
use std::time::Duration;
use support::{LAYERED, LAYERS, Received, SMALL, World, all};

const STEP: Duration = Duration::from_millis(33);
const SIZES: [(u16, u16); 3] = [(320, 180), (640, 360), (1280, 720)];

/// A camera in layers that answers requests as a browser does: with keyframes of all layers that it sends.
struct Camera {
    peer: PeerId,
    frames: u16,
    asked: usize,
}

impl Camera {
    fn new(peer: PeerId) -> Camera {
        Camera { peer, frames: 0, asked: 0 }
    }

    /// Frames of these layers, 30 a second.
    fn film(&mut self, world: &mut World, layers: &[usize], frames: u16) {
        for _ in 0..frames {
            let asked = world.clients[&self.peer].keyframe_requests.len();
            let is_key = self.frames == 0 || asked > self.asked;
            self.asked = asked;
            self.frames += 1;
            for layer in layers {
                world.send_layer(self.peer, *layer, frame(*layer, self.frames, is_key));
            }
            world.run(STEP);
        }
    }
}

/// One packet: a VP8 frame with a picture id of the layer's own and, in a keyframe, its size.
fn frame(layer: usize, number: u16, is_key: bool) -> Vec<u8> {
    let [high, low] = (number + layer as u16 * 3000).to_be_bytes();
    let (width, height) = SIZES[layer];
    let mut payload = vec![0x90, 0xe0, 0x80 | high, low, number as u8, 0, u8::from(!is_key), 0, 0, 0x9d, 0x01, 0x2a];
    payload.extend(width.to_le_bytes());
    payload.extend(height.to_le_bytes());
    payload.push(layer as u8);
    payload
}

fn video(world: &World, peer: PeerId) -> &[Received] {
    &world.clients[&peer].received
}

/// The layers that arrived, without repetitions.
fn layers(packets: &[Received]) -> Vec<u8> {
    let mut layers: Vec<u8> = packets.iter().map(|packet| packet.payload[16]).collect();
    layers.dedup();
    layers
}

fn expect_one_stream(packets: &[Received]) {
    for pair in packets.windows(2) {
        let picture = |packet: &Received| u16::from_be_bytes([packet.payload[2] & 0x7f, packet.payload[3]]);
        assert_eq!((pair[1].ssrc, pair[1].sequence), (pair[0].ssrc, pair[0].sequence + 1));
        assert_eq!(picture(&pair[1]), picture(&pair[0]) + 1);
        assert_eq!(pair[1].payload[4], pair[0].payload[4].wrapping_add(1));
        // Where a layer stops, up to a second is missing.
        assert!((1..120_000).contains(&pair[1].timestamp.wrapping_sub(pair[0].timestamp)));
    }
}

#[test]
fn each_subscriber_gets_the_smallest_layer_that_is_as_large_as_what_it_shows() {
    let mut world = World::new();
    let ann = world.join(1, "call", LAYERED, all());
    let watchers: Vec<PeerId> = (2..6).map(|id| world.join(id, "call", SMALL, all())).collect();
    for (watcher, size) in watchers.iter().zip([Some((320, 180)), Some((400, 225)), Some((1280, 720)), None]) {
        world.show(*watcher, &size.map(|(width, height)| (ann, width, height)).into_iter().collect::<Vec<_>>());
        world.subscribe(*watcher, &[(ann, Source::Camera)]);
    }
    let mut camera = Camera::new(ann);
    camera.film(&mut world, &[0, 1, 2], 40);
    let last = |watcher: &PeerId| layers(&video(&world, *watcher)[30..]);
    assert_eq!(watchers.iter().map(last).collect::<Vec<_>>(), [[0], [1], [2], [2]]);
    watchers.iter().for_each(|watcher| expect_one_stream(video(&world, *watcher)));
    assert!(watchers.iter().all(|watcher| video(&world, *watcher).len() >= 40), "each frame once");
}

#[test]
fn a_tile_that_grows_gets_the_larger_layer_at_its_keyframe_without_a_gap() {
    let mut world = World::new();
    let ann = world.join(1, "call", LAYERED, all());
    let ben = world.join(2, "call", SMALL, all());
    world.show(ben, &[(ann, 320, 180)]);
    world.subscribe(ben, &[(ann, Source::Camera)]);
    let mut camera = Camera::new(ann);
    camera.film(&mut world, &[0, 1, 2], 40);
    world.client(ann).layer_requests.clear();
    let before = video(&world, ben).len();
    world.show(ben, &[(ann, 1000, 600)]);
    world.settle();
    assert_eq!(world.clients[&ann].layer_requests, [2], "a keyframe of the new layer is asked for at once");
    camera.asked = world.clients[&ann].keyframe_requests.len();
    camera.film(&mut world, &[0, 1, 2], 5);
    assert_eq!(layers(&video(&world, ben)[before..]), [0], "the old layer goes on until the keyframe is there");
    camera.film(&mut world, &[0, 1, 2], 20);
    assert_eq!(layers(&video(&world, ben)[before..]), [0, 2], "asked for again, it comes");
    expect_one_stream(video(&world, ben));
}

#[test]
fn nothing_is_sent_of_what_is_hidden_until_it_is_shown_again() {
    let mut world = World::new();
    let ann = world.join(1, "call", LAYERED, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    let mut camera = Camera::new(ann);
    camera.film(&mut world, &[0, 1, 2], 30);
    let before = video(&world, ben).len();
    world.show(ben, &[(ann, 0, 0)]);
    world.settle();
    world.client(ann).keyframe_requests.clear();
    camera.asked = 0;
    camera.film(&mut world, &[0, 1, 2], 60);
    assert_eq!(video(&world, ben).len(), before);
    assert_eq!(world.clients[&ann].keyframe_requests, [], "nobody needs a keyframe");
    assert!(
        !world.events.iter().any(|event| matches!(event, MediaEvent::SlotsChanged { slots, .. } if slots.is_empty()))
    );
    world.show(ben, &[(ann, 320, 180)]);
    world.settle();
    assert_eq!(world.clients[&ann].keyframe_requests, [TrackUse::Camera]);
    camera.film(&mut world, &[0, 1, 2], 5);
    assert_eq!(video(&world, ben).len(), before + 5);
    assert_eq!(layers(&video(&world, ben)[before..]), [0]);
    let (last, first) = (&video(&world, ben)[before - 1], &video(&world, ben)[before]);
    assert_eq!(first.sequence, last.sequence + 1);
}

#[test]
fn a_layer_that_stops_gives_way_to_the_next_smaller_one_and_comes_back() {
    let mut world = World::new();
    let ann = world.join(1, "call", LAYERED, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    let mut camera = Camera::new(ann);
    camera.film(&mut world, &[0, 1, 2], 30);
    assert_eq!(layers(&video(&world, ben)[3..]), [2]);
    let before = video(&world, ben).len();
    camera.film(&mut world, &[0, 1], 60);
    assert_eq!(layers(&video(&world, ben)[before..]), [1]);
    assert!(video(&world, ben).len() >= before + 25, "for a second nothing, then the next one");
    let before = video(&world, ben).len();
    camera.film(&mut world, &[0, 1, 2], 60);
    assert_eq!(layers(&video(&world, ben)[before..]), [1, 2]);
    expect_one_stream(video(&world, ben));
}

#[test]
fn a_packet_that_is_lost_after_a_change_of_layers_is_repaired_on_either_side() {
    let mut world = World::new();
    let ann = world.join(1, "call", LAYERED, all());
    let ben = world.join(2, "call", SMALL, all());
    world.show(ben, &[(ann, 320, 180)]);
    world.subscribe(ben, &[(ann, Source::Camera)]);
    let mut camera = Camera::new(ann);
    camera.film(&mut world, &[0, 1, 2], 30);
    world.show(ben, &[(ann, 1280, 720)]);
    camera.film(&mut world, &[0, 1, 2], 30);
    assert_eq!(layers(video(&world, ben)), [0, 2]);
    world.lose_next = Some(world.clients[&ben].address);
    camera.film(&mut world, &[0, 1, 2], 10);
    world.lose_next = Some(world.clients[&ann].address);
    camera.film(&mut world, &[2], 10);
    assert_eq!(world.lose_next, None);
    world.run(Duration::from_millis(300));
    let mut sequences: Vec<u64> = video(&world, ben).iter().map(|packet| packet.sequence).collect();
    sequences.sort_unstable();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
    assert!(sequences.len() >= 80, "{}", sequences.len());
}

#[test]
fn more_layers_than_are_taken_are_refused_before_a_peer_is_made() {
    let mut world = World::new();
    let ann = world.open(1, "call", LAYERED, all());
    let tracks = vec![TrackPlan { mid: "0".into(), track_use: TrackUse::Camera }];
    let rids: String = LAYERS.iter().chain(&["x"]).map(|rid| format!("a=rid:{rid} send\r\n")).collect();
    let offer =
        format!("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=sendonly\r\n{rids}a=simulcast:send q;h;f;x\r\n");
    world.events.clear();
    world.command(MediaCommand::Negotiate { peer: ann, negotiation: 9, offer, tracks });
    let [MediaEvent::OfferRefused { negotiation: 9, reason, .. }] = &world.events[..] else {
        panic!("{:?}", world.events)
    };
    assert!(reason.contains("4 layers; at most 3"), "{reason}");
    assert!(world.sfu.has_peer(ann), "it is as before");
}
