//! The media plane with WebRTC clients over real sockets.

use convene_load::client::Shape;
use convene_load::forwarding::{Call, Pace, Server};
use convene_load::scenario::{self, SCENARIOS, Scenario, Sent};
use std::net::Ipv4Addr;

const SMALL: Shape = Shape { audio_slots: 1, video_slots: 1, screen_slots: 1 };

#[test]
fn every_packet_of_a_burst_reaches_every_subscriber_whole_and_in_order() {
    let mut call = Call::connect(Server::LOOPBACK, 5, 5, SMALL).unwrap();
    let measured = call.run(50, Pace::Closed).unwrap();
    assert_eq!(measured.problems, Vec::<String>::new());
    assert_eq!(measured.packets, 50 * 6 * 5);
    assert!(call.batching().0 > 0.5, "bursts go out in segments: {:?}", call.batching());
}

#[test]
fn a_socket_on_every_address_answers_from_the_one_that_was_asked() {
    let server =
        Server { listen: Ipv4Addr::UNSPECIFIED, address: Ipv4Addr::new(127, 0, 0, 2), estimates_bandwidth: true };
    let mut call = Call::connect(server, 2, 2, SMALL).unwrap();
    let measured = call.run(10, Pace::Closed).unwrap();
    assert_eq!(measured.problems, Vec::<String>::new());
}

#[test]
fn in_a_meeting_everybody_gets_every_packet_of_everybody_else_in_order() {
    let camera = Sent::Camera { packets: 2, bytes: 500 };
    let meeting = Scenario { name: "small", senders: 4, listeners: 2, sent: camera, ..SCENARIOS[0] };
    let outcome = scenario::run(meeting, 1).unwrap();
    // 30 frames of 2 packets, from three to each of four, and from four to each of two.
    assert_eq!(outcome.packets, (30 * 2 * (4 * 3 + 2 * 4), 30 * 2 * (4 * 3 + 2 * 4)));
    assert_eq!(outcome.out_of_order, 0);
    assert_eq!(outcome.delays.len() as u64, outcome.packets.0, "each packet's sender is known");
}

#[test]
fn of_ten_who_speak_five_are_heard() {
    let voices = Scenario { name: "voices", senders: 10, listeners: 3, sent: Sent::Voice, ..SCENARIOS[0] };
    let outcome = scenario::run(voices, 1).unwrap();
    assert_eq!(outcome.packets, (50 * 5 * 13, 50 * 5 * 13));
    assert_eq!(outcome.out_of_order, 0);
}
