//! Real WebRTC clients against the SFU over a fake wire: what is forwarded to whom.

mod support;

use convene_model::PeerId;
use convene_model::media::{MaySend, MediaCommand, MediaEvent, SlotState, Source, TrackUse, Wish};
use std::time::Duration;
use support::{Received, SMALL, World, all, vp8};

const STEP: Duration = Duration::from_millis(20);

/// Sends a keyframe and then inter frames of a camera.
fn film(world: &mut World, peer: PeerId, track_use: TrackUse, frames: u16, tag: u8) {
    for frame in 0..frames {
        world.send(peer, track_use, vp8(100 + frame, 7, frame == 0, tag));
        world.run(STEP);
    }
}

fn video(world: &World, peer: PeerId) -> Vec<Received> {
    world.clients[&peer].received.iter().filter(|packet| packet.payload.len() == 10).cloned().collect()
}

fn tags(world: &World, peer: PeerId) -> Vec<u8> {
    video(world, peer).iter().map(|packet| packet.payload[9]).collect()
}

fn audio(world: &World, peer: PeerId) -> Vec<Vec<u8>> {
    let packets = world.clients[&peer].received.iter().filter(|packet| packet.payload.len() == 3);
    packets.map(|packet| packet.payload.clone()).collect()
}

#[test]
fn audio_and_video_cross_between_two_peers() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    world.subscribe(ann, &[(ben, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 5, 1);
    film(&mut world, ben, TrackUse::Camera, 5, 2);
    for _ in 0..4 {
        world.send(ann, TrackUse::Microphone, vec![1; 3]);
        world.send(ben, TrackUse::Microphone, vec![2; 3]);
        world.run(STEP);
    }
    assert_eq!(tags(&world, ben), [1; 5]);
    assert_eq!(tags(&world, ann), [2; 5]);
    assert_eq!(audio(&world, ben), vec![vec![1; 3]; 4]);
    assert_eq!(audio(&world, ann), vec![vec![2; 3]; 4]);
    let slot = &world.clients[&ben].mids(TrackUse::VideoSlot)[0];
    assert!(video(&world, ben).iter().all(|packet| &packet.mid == slot));
    let heard = world.clients[&ben].received.iter().find(|packet| packet.payload.len() == 3).unwrap();
    assert_eq!(heard.audio_level, Some(-30));
}

#[test]
fn what_a_peer_may_not_send_reaches_nobody() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, MaySend { microphone: false, camera: false, screen: true });
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera), (ann, Source::Screen)]);
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    film(&mut world, ann, TrackUse::Screen, 3, 9);
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    assert_eq!(tags(&world, ben), [9; 3]);
    assert!(audio(&world, ben).is_empty());

    world.command(MediaCommand::SetMaySend { peer: ann, may_send: all() });
    world.send(ann, TrackUse::Camera, vp8(103, 7, false, 1));
    film(&mut world, ann, TrackUse::Camera, 2, 3);
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    assert_eq!(tags(&world, ben), [9, 9, 9, 3, 3], "it begins with a keyframe");
    assert_eq!(audio(&world, ben).len(), 1);

    world.command(MediaCommand::SetMaySend { peer: ann, may_send: MaySend::default() });
    film(&mut world, ann, TrackUse::Camera, 2, 4);
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    assert_eq!((tags(&world, ben).len(), audio(&world, ben).len()), (5, 1));
}

#[test]
fn silence_of_a_muted_microphone_costs_next_to_nothing_and_the_first_word_is_there() {
    let mut world = World::new();
    let (ann, ben) = (world.join(1, "call", SMALL, all()), world.join(2, "call", SMALL, all()));
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    let mut seconds = vec![];
    for _ in 0..5 {
        let before = audio(&world, ben).len();
        for _ in 0..50 {
            world.send_at_level(ann, TrackUse::Microphone, vec![2; 3], Some(-127));
            world.run(STEP);
        }
        seconds.push(audio(&world, ben).len() - before);
    }
    assert!(seconds[0] == 50 && seconds[1] >= 45, "{seconds:?}");
    assert!(seconds[3..].iter().all(|packets| (2..=3).contains(packets)), "{seconds:?}");
    world.send(ann, TrackUse::Microphone, vec![3; 3]);
    world.run(STEP);
    assert_eq!(audio(&world, ben).last(), Some(&vec![3; 3]));
    let numbers: Vec<u64> = world.clients[&ben].received.iter().map(|packet| packet.sequence).collect();
    assert!(numbers.windows(2).all(|two| two[0] + 1 == two[1]), "nothing looks lost: {numbers:?}");
}

#[test]
fn two_calls_never_mix() {
    let mut world = World::new();
    let ann = world.join(1, "one", SMALL, all());
    let ben = world.join(2, "two", SMALL, all());
    let cas = world.join(3, "one", SMALL, all());
    world.events.clear();
    world.subscribe(ben, &[(ann, Source::Camera), (cas, Source::Camera)]);
    world.subscribe(cas, &[(ben, Source::Camera), (ann, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    film(&mut world, ben, TrackUse::Camera, 3, 2);
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    world.send(ben, TrackUse::Microphone, vec![2; 3]);
    world.run(STEP);
    assert!(world.clients[&ben].received.is_empty());
    assert_eq!(tags(&world, cas), [1; 3]);
    assert_eq!(audio(&world, cas), [vec![1; 3]]);
    assert!(world.clients[&ann].received.is_empty(), "nobody hears themself");
    assert!(!world.events.iter().any(|event| matches!(event, MediaEvent::SlotsChanged { peer, .. } if *peer == ben)));
}

#[test]
fn another_source_in_a_slot_continues_its_stream() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    let cas = world.join(3, "call", SMALL, all());
    world.subscribe(cas, &[(ann, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 4, 1);
    world.send(ben, TrackUse::Camera, vp8(900, 60, true, 2));
    world.client(ben).keyframe_requests.clear();

    world.subscribe(cas, &[(ben, Source::Camera)]);
    world.settle();
    assert_eq!(world.clients[&ben].keyframe_requests, [TrackUse::Camera], "a keyframe is asked for at once");
    world.send(ben, TrackUse::Camera, vp8(901, 61, false, 2));
    assert_eq!(tags(&world, cas), [1; 4], "nothing passes before the keyframe");
    world.send(ben, TrackUse::Camera, vp8(902, 62, true, 2));
    world.run(STEP);
    world.send(ben, TrackUse::Camera, vp8(903, 63, false, 2));
    world.run(STEP);

    let seen = video(&world, cas);
    assert_eq!(tags(&world, cas), [1, 1, 1, 1, 2, 2]);
    assert!(seen.iter().all(|packet| packet.ssrc == seen[0].ssrc && packet.mid == seen[0].mid));
    assert!(seen.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    assert!(seen.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) < 90_000));
    let pictures: Vec<u16> = seen.iter().map(|p| u16::from_be_bytes([p.payload[2] & 0x7f, p.payload[3]])).collect();
    assert_eq!(pictures, [100, 101, 102, 103, 104, 105]);
}

#[test]
fn a_keyframe_request_of_a_subscriber_reaches_the_publisher_once() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let watchers: Vec<PeerId> = (2..5).map(|id| world.join(id, "call", SMALL, all())).collect();
    for watcher in &watchers {
        world.subscribe(*watcher, &[(ann, Source::Camera)]);
    }
    film(&mut world, ann, TrackUse::Camera, 60, 1);
    world.client(ann).keyframe_requests.clear();
    for watcher in &watchers {
        let (mid, now) = (world.clients[watcher].mids(TrackUse::VideoSlot)[0].clone(), world.now);
        world.client(*watcher).request_keyframe(&mid, now);
        world.settle();
    }
    assert_eq!(world.clients[&ann].keyframe_requests.len(), 1);
    world.run(Duration::from_millis(450));
    assert_eq!(world.clients[&ann].keyframe_requests.len(), 2, "repeated until a keyframe comes");
    film(&mut world, ann, TrackUse::Camera, 1, 1);
    world.run(Duration::from_secs(2));
    assert_eq!(world.clients[&ann].keyframe_requests.len(), 2);
}

#[test]
fn who_newly_watches_a_camera_or_a_screen_has_a_keyframe_asked_for_at_once() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let (ben, cas) = (world.join(2, "call", SMALL, all()), world.join(3, "call", SMALL, all()));
    for (track_use, source, tag) in [(TrackUse::Camera, Source::Camera, 1), (TrackUse::Screen, Source::Screen, 9)] {
        film(&mut world, ann, track_use, 3, tag);
        for watcher in [ben, cas] {
            world.client(ann).keyframe_requests.clear();
            world.subscribe(watcher, &[(ann, source)]);
            world.settle();
            assert_eq!(world.clients[&ann].keyframe_requests, [track_use], "before any packet of it passes");
            let before = tags(&world, watcher).len();
            world.send(ann, track_use, vp8(200, 7, false, tag));
            assert_eq!(tags(&world, watcher).len(), before, "nothing passes before the keyframe");
            film(&mut world, ann, track_use, 40, tag);
            assert_eq!(tags(&world, watcher).len(), before + 40);
        }
    }
}

#[test]
fn who_watches_before_the_connection_is_up_has_the_keyframe_asked_for_when_it_is() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    world.client(ann).keyframe_requests.clear();
    let ben = world.open(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    assert!(world.events.iter().any(|event| matches!(event, MediaEvent::SlotsChanged { peer, .. } if *peer == ben)));
    assert_eq!(world.clients[&ann].keyframe_requests, [], "a keyframe would be lost now");
    world.run_until(|world| world.events.contains(&MediaEvent::Connected { peer: ben }));
    world.settle();
    assert_eq!(world.clients[&ann].keyframe_requests, [TrackUse::Camera], "at once, not when the next packet comes");
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    assert_eq!(tags(&world, ben), [1; 3]);
}

#[test]
fn a_new_voice_takes_the_slot_of_the_quietest_at_once_and_one_that_is_hardly_louder_does_not() {
    let mut world = World::new();
    let peers: Vec<PeerId> = (1..=4).map(|id| world.join(id, "call", SMALL, all())).collect();
    let listener = peers[3];
    let speak = |world: &mut World, levels: [i8; 3]| {
        for _ in 0..50 {
            for (peer, level) in peers[..3].iter().zip(levels) {
                world.send_at_level(*peer, TrackUse::Microphone, vec![peer.0 as u8; 3], Some(level));
            }
            world.run(STEP);
        }
        let heard = audio(world, listener);
        heard[heard.len() - 20..].iter().map(|payload| payload[0]).collect::<std::collections::BTreeSet<u8>>()
    };
    assert_eq!(speak(&mut world, [-30, -40, -127]), [1, 2].into());
    assert_eq!(speak(&mut world, [-30, -40, -36]), [1, 2].into(), "a little louder is no reason to cut somebody off");
    assert_eq!(speak(&mut world, [-127, -40, -30]), [2, 3].into());
}

#[test]
fn closing_a_publisher_empties_the_slots_of_others() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    let cas = world.join(3, "call", SMALL, all());
    world.subscribe(cas, &[(ann, Source::Camera), (ben, Source::Camera)]);
    world.events.clear();
    world.command(MediaCommand::Close { peer: ann });
    let mid = world.clients[&cas].mids(TrackUse::VideoSlot)[1].clone();
    let wish = Some(Wish { publisher: ben, source: Source::Camera });
    assert_eq!(world.events, [MediaEvent::SlotsChanged { peer: cas, slots: vec![SlotState { mid, wish }] }]);
    film(&mut world, ann, TrackUse::Camera, 2, 1);
    assert!(world.clients[&cas].received.is_empty());
}

#[test]
fn more_slots_come_by_a_further_offer_and_fill_with_waiting_wishes() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    let cas = world.join(3, "call", SMALL, all());
    let dan = world.join(4, "call", SMALL, all());
    world.subscribe(dan, &[(ann, Source::Camera), (ben, Source::Camera), (cas, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    film(&mut world, cas, TrackUse::Camera, 3, 3);
    assert_eq!(tags(&world, dan), [1, 1, 1]);
    let offer = world.client(dan).offer(&[TrackUse::VideoSlot]);
    world.events.clear();
    world.negotiate(dan, offer);
    let in_order = matches!(&world.events[..], [MediaEvent::Answered { .. }, MediaEvent::SlotsChanged { slots, .. }] if slots.len() == 3);
    assert!(in_order, "the slot is reported after the answer that makes it: {:?}", world.events);
    film(&mut world, cas, TrackUse::Camera, 3, 3);
    world.send(ann, TrackUse::Camera, vp8(103, 7, false, 1));
    assert_eq!(tags(&world, dan), [1, 1, 1, 3, 3, 3, 1]);
    let seen = video(&world, dan);
    let first: Vec<&Received> = seen.iter().filter(|packet| packet.payload[9] == 1).collect();
    assert!(first.iter().all(|packet| packet.ssrc == first[0].ssrc), "the older slot keeps its SSRC");
}

#[test]
fn an_ice_restart_goes_on_without_a_gap() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    let offer = world.client(ann).offer_restart();
    world.negotiate(ann, offer);
    for frame in 0..100 {
        world.send(ann, TrackUse::Camera, vp8(103 + frame, 7, false, 1));
        world.run(STEP);
    }
    assert_eq!(tags(&world, ben).len(), 103);
    world.run(Duration::from_secs(60));
    assert!(!world.events.iter().any(|event| matches!(event, MediaEvent::Lost { .. })), "{:?}", world.events);
}

#[test]
fn after_a_change_of_network_an_ice_restart_brings_the_media_back() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    world.subscribe(ann, &[(ben, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    film(&mut world, ben, TrackUse::Camera, 3, 2);
    let old = world.clients[&ann].address;
    world.cut.push(old);
    world.client(ann).move_to("198.51.100.7:7777".parse().unwrap());
    film(&mut world, ben, TrackUse::Camera, 1, 2);
    assert_eq!(tags(&world, ann).len(), 3, "the old path is dead");
    let offer = world.client(ann).offer_restart();
    world.negotiate(ann, offer);
    world.run(Duration::from_secs(3));
    film(&mut world, ann, TrackUse::Camera, 3, 1);
    film(&mut world, ben, TrackUse::Camera, 3, 2);
    assert!(tags(&world, ben).len() >= 6 && tags(&world, ann).len() >= 6, "both ways on the new path");
    assert!(!world.events.iter().any(|event| matches!(event, MediaEvent::Lost { .. })));
}

#[test]
fn who_only_watches_gets_the_media_in_another_network_at_once() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ann, &[(ben, Source::Camera)]);
    film(&mut world, ben, TrackUse::Camera, 3, 2);
    let old = world.clients[&ann].address;
    world.cut.push(old);
    world.client(ann).move_to("198.51.100.7:7777".parse().unwrap());
    let offer = world.client(ann).offer_restart();
    world.negotiate(ann, offer);
    // The library has nothing to say to Ann by itself in this time.
    world.run(Duration::from_millis(150));
    film(&mut world, ben, TrackUse::Camera, 3, 2);
    assert_eq!(tags(&world, ann).len(), 6);
}

#[test]
fn who_speaks_is_reported_and_silence_too() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let _ben = world.join(2, "call", SMALL, all());
    world.events.clear();
    for _ in 0..50 {
        world.send_at_level(ann, TrackUse::Microphone, vec![1; 3], Some(-30));
        world.run(STEP);
    }
    world.run(Duration::from_secs(2));
    let speaking: Vec<Vec<PeerId>> = world
        .events
        .iter()
        .filter_map(|event| match event {
            MediaEvent::SpeakingChanged { speaking, .. } => Some(speaking.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(speaking, [vec![ann], vec![]]);
}

#[test]
fn with_more_speakers_than_slots_the_loudest_are_heard() {
    let mut world = World::new();
    let peers: Vec<PeerId> = (1..=4).map(|id| world.join(id, "call", SMALL, all())).collect();
    let listener = peers[3];
    for _ in 0..60 {
        for (peer, level) in peers[..3].iter().zip([-90, -30, -40]) {
            world.send_at_level(*peer, TrackUse::Microphone, vec![peer.0 as u8; 3], Some(level));
        }
        world.run(STEP);
    }
    let heard = audio(&world, listener);
    let late: std::collections::BTreeSet<u8> = heard[heard.len() - 20..].iter().map(|payload| payload[0]).collect();
    assert_eq!(late, [2, 3].into());
}

#[test]
fn a_packet_lost_on_either_side_is_repaired() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 5, 1);
    for lost in [world.clients[&ann].address, world.clients[&ben].address] {
        world.lose_next = Some(lost);
        for frame in 0..10 {
            world.send(ann, TrackUse::Camera, vp8(105 + frame, 7, false, 1));
            world.run(STEP);
        }
        assert_eq!(world.lose_next, None);
        world.run(Duration::from_millis(300));
    }
    let mut sequences: Vec<u64> = video(&world, ben).iter().map(|packet| packet.sequence).collect();
    sequences.sort_unstable();
    assert_eq!(sequences.len(), 25);
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
}

#[test]
fn another_kind_of_slot_or_another_call_gets_nothing_of_the_one_before() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Camera)]);
    film(&mut world, ann, TrackUse::Camera, 2, 1);
    world.subscribe(ben, &[(ann, Source::Screen)]);
    film(&mut world, ann, TrackUse::Camera, 2, 1);
    film(&mut world, ann, TrackUse::Screen, 2, 9);
    assert_eq!(tags(&world, ben), [1, 1, 9, 9]);
    let screen_slot = &world.clients[&ben].mids(TrackUse::ScreenSlot)[0];
    assert!(video(&world, ben)[2..].iter().all(|packet| &packet.mid == screen_slot));
    world.command(MediaCommand::Close { peer: ben });
    world.clients.remove(&ben);
    let ben = world.join(5, "other", SMALL, all());
    world.subscribe(ben, &[(ann, Source::Screen)]);
    film(&mut world, ann, TrackUse::Screen, 3, 9);
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    assert!(world.clients[&ben].received.is_empty());
}

#[test]
fn a_peer_that_does_not_hear_gets_no_audio_until_it_does_again() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    let say = |world: &mut World, word: u8| {
        for _ in 0..3 {
            world.send(ann, TrackUse::Microphone, vec![word; 3]);
            world.send(ben, TrackUse::Microphone, vec![word; 3]);
            world.run(STEP);
        }
    };
    say(&mut world, 1);
    world.command(MediaCommand::SetHears { peer: ben, hears: false });
    say(&mut world, 2);
    world.command(MediaCommand::SetHears { peer: ben, hears: true });
    say(&mut world, 3);
    assert_eq!(audio(&world, ben), [vec![vec![1; 3]; 3], vec![vec![3; 3]; 3]].concat());
    assert_eq!(audio(&world, ann).len(), 9, "the other hears as before");
}
