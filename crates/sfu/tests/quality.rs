//! What is measured of peers, over real connections.

mod support;

use convene_model::media::{MaySend, MediaCommand, Source, TrackUse};
use convene_model::quality::Spread;
use std::time::Duration;
use support::{SMALL, World, all, vp8};

/// Ann speaks and shows herself for so many fifths of a second, Ben watches.
fn talk(world: &mut World, times: u16) {
    let (ann, ben) = (world.join(1, "call", SMALL, all()), world.join(2, "call", SMALL, all()));
    world.subscribe(ben, &[(ann, Source::Camera)]);
    for n in 0..times {
        world.send(ann, TrackUse::Microphone, vec![7; 50]);
        world.send(ann, TrackUse::Camera, vp8(n, n as u8, n == 0, 1));
        world.run(Duration::from_millis(200));
    }
    for peer in [ann, ben] {
        world.command(MediaCommand::Close { peer });
        world.command(MediaCommand::Close { peer });
    }
}

#[test]
fn both_ways_are_counted_and_the_receiver_gives_the_round_trip() {
    let mut world = World::new();
    talk(&mut world, 100);
    let measures: Vec<_> = world.measures.values().copied().collect();
    let [ann, ben] = measures[..] else { panic!("{measures:?}") };
    let (voice, camera) = (ann.received.audio.unwrap(), ann.received.video.unwrap());
    assert_eq!((voice.packets, voice.bytes, camera.packets, camera.bytes), (100, 5000, 100, 1000));
    assert_eq!(voice.loss_ppm, Some(Spread::default()));
    assert_eq!(voice.bitrate.mean, 5000 * 8 * 10 / 198);
    assert_eq!((ann.received.screen, ann.sent.audio, ann.rtt_us), (None, None, None));
    let (voice, camera) = (ben.sent.audio.unwrap(), ben.sent.video.unwrap());
    assert_eq!((voice.packets, voice.bytes, camera.packets), (100, 5000, 100));
    assert_eq!(voice.loss_ppm, Some(Spread::default()), "as Ben reports");
    assert!(ben.received.audio.is_none() && ben.first_packet_ms.is_none());
    assert!(ben.rtt_us.is_some_and(|rtt| rtt.max < 1000), "the wire takes no time: {:?}", ben.rtt_us);
    assert!(ann.connected_ms.unwrap() <= ann.first_packet_ms.unwrap() && ann.lasted_ms >= 20_000, "{ann:?}");
}

#[test]
fn a_lost_voice_packet_is_lost_and_a_lost_picture_comes_again() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    for n in 0..50 {
        for track in [TrackUse::Microphone, TrackUse::Camera] {
            world.lose_next = (n == 20).then(|| world.clients[&ann].address);
            world.send(ann, track, if track == TrackUse::Camera { vp8(n, n as u8, n == 0, 1) } else { vec![7; 50] });
            assert_eq!(world.lose_next, None);
        }
        world.run(Duration::from_millis(20));
    }
    world.run(Duration::from_secs(1));
    world.command(MediaCommand::Close { peer: ann });
    let received = world.measures[&ann].received;
    let (voice, camera) = (received.audio.unwrap(), received.video.unwrap());
    assert_eq!((voice.packets, voice.loss_ppm.unwrap().mean), (49, 20_000));
    assert_eq!((camera.packets, camera.loss_ppm.unwrap().mean), (50, 0));
}

#[test]
fn what_a_peer_may_not_send_is_counted_all_the_same() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, MaySend::default());
    world.send(ann, TrackUse::Microphone, vec![7; 50]);
    world.command(MediaCommand::Close { peer: ann });
    assert_eq!(world.measures[&ann].received.audio.unwrap().packets, 1);
}

#[test]
fn a_peer_that_never_connects_is_measured_before_it_is_lost() {
    let mut world = World::new();
    let ann = world.open(1, "call", SMALL, all());
    world.cut.push(world.clients[&ann].address);
    world.run(Duration::from_secs(21));
    let measure = world.measures[&ann];
    assert_eq!((measure.connected_ms, measure.received.audio), (None, None));
    assert!((20_000..=20_100).contains(&measure.lasted_ms), "{measure:?}");
}
