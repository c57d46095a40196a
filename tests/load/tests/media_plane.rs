//! The media plane with WebRTC clients over real sockets.

use convene_load::client::Shape;
use convene_load::forwarding::{Call, Pace, Server};
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
