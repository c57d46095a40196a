//! Agents over a fake wire: peers whose sound the server codes, with real str0m clients around them.

mod support;

use convene_model::audio::AudioPacket;
use convene_model::media::{MaySend, MediaCommand, MediaEvent, TrackUse};
use convene_model::{CallId, PeerId};
use std::time::Duration;
use support::{SMALL, World, all};

const STEP: Duration = Duration::from_millis(20);
const BOT: PeerId = PeerId(900);

fn agent(world: &mut World, peer: PeerId, call: &str) {
    world.command(MediaCommand::Agent { peer, call: CallId(call.into()), may_send: all() });
}

fn packet(sequence: u64, word: u8) -> AudioPacket {
    let timestamp = sequence as u32 * 960;
    AudioPacket { sequence, timestamp, level: Some(-20), payload: vec![word, sequence as u8, 0].into() }
}

/// Lets the bot say one word of packets with these numbers.
fn speak(world: &mut World, peer: PeerId, numbers: std::ops::Range<u64>, word: u8) {
    for sequence in numbers {
        world.speak(peer, packet(sequence, word));
        world.run(STEP);
    }
}

fn heard_by(world: &World, peer: PeerId) -> Vec<Vec<u8>> {
    world.clients[&peer].received.iter().map(|packet| packet.payload.clone()).collect()
}

fn word(numbers: std::ops::Range<u8>, word: u8) -> Vec<Vec<u8>> {
    numbers.map(|number| vec![word, number, 0]).collect()
}

#[test]
fn an_agent_hears_everybody_of_its_call_once_it_may_and_nobody_else_and_not_itself() {
    let mut world = World::new();
    let (ann, ben) = (world.join(1, "call", SMALL, all()), world.join(2, "call", SMALL, all()));
    let eve = world.join(3, "other", SMALL, all());
    agent(&mut world, BOT, "call");
    world.send(ann, TrackUse::Microphone, vec![1, 0, 0]);
    world.run(STEP);
    assert_eq!(world.heard, [], "it does not hear yet");
    world.command(MediaCommand::SetHears { peer: BOT, hears: true });
    for (peer, word) in [(ann, 2), (ben, 3), (eve, 4)] {
        world.send(peer, TrackUse::Microphone, vec![word, 0, 0]);
        world.send(peer, TrackUse::Camera, vec![0x10, word, 0, 0, 0]);
        world.run(STEP);
    }
    speak(&mut world, BOT, 0..3, 5);
    let heard: Vec<_> =
        world.heard.iter().map(|heard| (heard.listener, heard.speaker, heard.packet.payload[0])).collect();
    assert_eq!(heard, [(BOT, ann, 2), (BOT, ben, 3)]);
    assert_eq!(world.heard[0].packet.level, Some(-30));
    assert!(world.heard[0].packet.sequence > 0);
    world.command(MediaCommand::SetHears { peer: BOT, hears: false });
    world.send(ann, TrackUse::Microphone, vec![6, 0, 0]);
    world.run(STEP);
    assert_eq!(world.heard.len(), 2);
}

#[test]
fn what_an_agent_says_is_heard_in_its_call_alone_and_it_is_seen_to_speak() {
    let mut world = World::new();
    let (ann, eve) = (world.join(1, "call", SMALL, all()), world.join(3, "other", SMALL, all()));
    agent(&mut world, BOT, "call");
    speak(&mut world, BOT, 0..40, 1);
    assert_eq!(heard_by(&world, ann), word(0..40, 1));
    assert_eq!(world.clients[&ann].received[0].audio_level, Some(-20));
    assert!(heard_by(&world, eve).is_empty());
    let speaks =
        |event: &MediaEvent| matches!(event, MediaEvent::SpeakingChanged { speaking, .. } if speaking.contains(&BOT));
    assert!(world.events.iter().any(speaks));
}

#[test]
fn what_an_agent_may_not_say_is_dropped_and_leaves_no_gap() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    agent(&mut world, BOT, "call");
    speak(&mut world, BOT, 0..5, 1);
    world.command(MediaCommand::SetMaySend { peer: BOT, may_send: MaySend { microphone: false, ..all() } });
    speak(&mut world, BOT, 5..10, 2);
    world.command(MediaCommand::SetMaySend { peer: BOT, may_send: all() });
    speak(&mut world, BOT, 10..15, 3);
    assert_eq!(heard_by(&world, ann), [word(0..5, 1), word(10..15, 3)].concat());
    let numbers: Vec<u64> = world.clients[&ann].received.iter().map(|packet| packet.sequence).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

#[test]
fn agents_hear_each_other_and_who_is_closed_neither_speaks_nor_hears() {
    let mut world = World::new();
    let other = PeerId(901);
    agent(&mut world, BOT, "call");
    agent(&mut world, other, "call");
    world.command(MediaCommand::SetHears { peer: other, hears: true });
    speak(&mut world, BOT, 0..2, 1);
    assert_eq!(world.heard.len(), 2);
    world.command(MediaCommand::Close { peer: BOT });
    speak(&mut world, BOT, 2..4, 2);
    assert_eq!(world.heard.len(), 2);
    let ann = world.join(1, "call", SMALL, all());
    world.command(MediaCommand::Close { peer: other });
    world.send(ann, TrackUse::Microphone, vec![1, 0, 0]);
    world.run(STEP);
    assert_eq!(world.heard.len(), 2);
    speak(&mut world, other, 0..2, 3);
    assert!(heard_by(&world, ann).is_empty());
}

#[test]
fn what_is_for_some_reaches_them_alone_and_is_no_gap_for_the_others() {
    let mut world = World::new();
    let (ann, ben) = (world.join(1, "call", SMALL, all()), world.join(2, "call", SMALL, all()));
    let (insider, outsider) = (PeerId(901), PeerId(902));
    for peer in [BOT, insider, outsider] {
        agent(&mut world, peer, "call");
    }
    for peer in [insider, outsider] {
        world.command(MediaCommand::SetHears { peer, hears: true });
    }
    speak(&mut world, BOT, 0..3, 1);
    for sequence in 3..6 {
        world.speak_to(BOT, packet(sequence, 2), Some(&[ann, insider]));
        world.run(STEP);
    }
    // To nobody, and both kinds in one batch.
    world.speak_to(BOT, packet(6, 3), Some(&[]));
    world.speak_to(BOT, packet(7, 4), Some(&[ben]));
    speak(&mut world, BOT, 8..10, 5);
    assert_eq!(heard_by(&world, ann), [word(0..3, 1), word(3..6, 2), word(8..10, 5)].concat());
    assert_eq!(heard_by(&world, ben), [word(0..3, 1), word(7..8, 4), word(8..10, 5)].concat());
    for client in [ann, ben] {
        let numbers: Vec<u64> = world.clients[&client].received.iter().map(|packet| packet.sequence).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    }
    let by = |listener| world.heard.iter().filter(move |heard| heard.listener == listener).count();
    assert_eq!((by(insider), by(outsider)), (8, 5));
}
