//! Tests of the media plane's life; what it forwards is tested in `convene-sfu`.

use super::*;
use convene_model::media::MaySend;
use convene_model::{CallId, PeerId};
use std::net::{Ipv4Addr, Ipv6Addr};

fn start(listen: &str) -> io::Result<(MediaPlane, mpsc::Receiver<MediaEvent>)> {
    let (events, receiver) = mpsc::channel(16);
    let public_addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let plane = MediaPlane::start(
        MediaConfig { listen: listen.parse().unwrap(), public_addresses, tcp: None, estimates_bandwidth: false },
        events,
    )?;
    Ok((plane, receiver))
}

fn open(peer: u64) -> MediaCommand {
    MediaCommand::Open {
        peer: PeerId(peer),
        call: CallId("call".into()),
        negotiation: 1,
        offer: "nonsense".into(),
        tracks: vec![],
        may_send: MaySend::default(),
    }
}

#[tokio::test]
async fn a_command_is_answered_by_its_event_and_stopping_ends_both_threads() {
    let (plane, mut events) = start("127.0.0.1:0").unwrap();
    plane.send(open(1)).await;
    let event = events.recv().await;
    assert!(matches!(event, Some(MediaEvent::OfferRefused { negotiation: 1, .. })), "{event:?}");
    plane.stop();
    assert_eq!(events.recv().await, None);
    plane.send(open(2)).await;
    plane.stop();
}

#[tokio::test]
async fn it_listens_on_ipv6_and_hears_ipv4_there_too() {
    let (events, _receiver) = mpsc::channel(16);
    let public_addresses = vec![IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let plane = MediaPlane::start(
        MediaConfig { listen: "[::]:0".parse().unwrap(), public_addresses, tcp: None, estimates_bandwidth: false },
        events,
    )
    .unwrap();
    let port = plane.local_addr().port();
    for (from, to) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1")] {
        let socket = std::net::UdpSocket::bind(from).unwrap();
        let before = plane.counters().received;
        socket.send_to(b"hello", (to.parse::<IpAddr>().unwrap(), port)).unwrap();
        while plane.counters().received == before {
            tokio::task::yield_now().await;
        }
    }
}

#[test]
fn a_taken_port_is_reported_with_what_to_do() {
    let (plane, _events) = start("127.0.0.1:0").unwrap();
    let error = start(&plane.local_addr().to_string()).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let message = error.to_string();
    assert!(message.contains(&plane.local_addr().to_string()) && message.contains("--media-listen"), "{message}");
}

#[test]
fn without_an_address_to_announce_it_does_not_start() {
    let (events, _receiver) = mpsc::channel(1);
    let config = MediaConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        public_addresses: vec![],
        tcp: None,
        estimates_bandwidth: false,
    };
    let message = MediaPlane::start(config, events).err().unwrap().to_string();
    assert!(message.contains("--public-address"), "{message}");
}
