//! The test call over a fake wire: who speaks hears it a second later.

mod support;

use convene_model::PeerId;
use convene_model::media::{MaySend, MediaCommand, MediaEvent, TrackUse};
use std::time::Duration;
use support::{SMALL, World, all};

const STEP: Duration = Duration::from_millis(20);
const ECHO: PeerId = PeerId(900);

fn heard(world: &World, peer: PeerId) -> Vec<Vec<u8>> {
    world.clients[&peer].received.iter().map(|packet| packet.payload.clone()).collect()
}

/// Says one word of `count` packets.
fn say(world: &mut World, peer: PeerId, count: u8, word: u8) {
    for index in 0..count {
        world.send(peer, TrackUse::Microphone, vec![word, index, 0]);
        world.run(STEP);
    }
}

fn word(count: u8, word: u8) -> Vec<Vec<u8>> {
    (0..count).map(|index| vec![word, index, 0]).collect()
}

#[test]
fn who_speaks_hears_every_packet_in_order_a_second_later_and_the_echo_is_seen_to_speak() {
    let mut world = World::new();
    let ann = world.join(1, "test", SMALL, all());
    world.command(MediaCommand::Echo { peer: ann, echo: ECHO });
    say(&mut world, ann, 40, 1);
    assert!(heard(&world, ann).is_empty(), "0.8 s have passed");
    world.run(Duration::from_millis(300));
    let so_far = heard(&world, ann).len();
    assert!((4..=6).contains(&so_far), "1.1 s have passed: {so_far}");
    world.run(Duration::from_millis(800));
    assert_eq!(heard(&world, ann), word(40, 1));
    assert_eq!(world.clients[&ann].received[0].audio_level, Some(-30));
    let speaks = |peer| move |event: &MediaEvent| matches!(event, MediaEvent::SpeakingChanged { speaking, .. } if speaking.contains(&peer));
    assert!(world.events.iter().any(speaks(ECHO)));
    assert!(world.events.iter().any(speaks(ann)));
}

#[test]
fn what_is_said_while_muted_is_not_said_again_and_leaves_no_gap() {
    let mut world = World::new();
    let ann = world.join(1, "test", SMALL, all());
    world.command(MediaCommand::Echo { peer: ann, echo: ECHO });
    say(&mut world, ann, 5, 1);
    world.command(MediaCommand::SetMaySend { peer: ann, may_send: MaySend { microphone: false, ..all() } });
    say(&mut world, ann, 5, 2);
    world.command(MediaCommand::SetMaySend { peer: ann, may_send: all() });
    say(&mut world, ann, 5, 3);
    world.run(Duration::from_millis(1500));
    assert_eq!(heard(&world, ann), [word(5, 1), word(5, 3)].concat());
}

#[test]
fn an_echo_is_heard_in_its_own_call_alone_and_ends_with_its_peer() {
    let mut world = World::new();
    let ann = world.join(1, "test", SMALL, all());
    let ben = world.join(2, "other", SMALL, all());
    world.command(MediaCommand::Echo { peer: ann, echo: ECHO });
    world.command(MediaCommand::Echo { peer: PeerId(77), echo: PeerId(901) });
    say(&mut world, ann, 10, 1);
    world.run(Duration::from_millis(900));
    let before = heard(&world, ann).len();
    world.command(MediaCommand::Close { peer: ann });
    world.run(Duration::from_millis(1500));
    assert!(heard(&world, ann).len() <= before + 1);
    assert!(heard(&world, ben).is_empty());
}
