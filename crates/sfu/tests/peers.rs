//! The life of a peer: refusals, deadlines, and what strangers may not do.

mod support;

use convene_model::media::{LostReason, MaySend, MediaCommand, MediaEvent, TrackPlan, TrackUse};
use convene_model::{CallId, PeerId};
use convene_sfu::{Output, Sfu, SfuConfig};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use support::{SERVER, SMALL, World, all};

fn outputs(sfu: &mut Sfu) -> Vec<Output> {
    std::iter::from_fn(|| match sfu.poll_output() {
        Output::Timeout(_) => None,
        output => Some(output),
    })
    .collect()
}

#[test]
fn an_offer_that_is_none_is_refused_and_leaves_no_peer() {
    let now = Instant::now();
    let mut sfu =
        Sfu::new(SfuConfig { candidates: vec![SERVER.parse().unwrap()], estimates_bandwidth: true }, now).unwrap();
    let peer = PeerId(1);
    let open = |offer: &str| MediaCommand::Open {
        peer,
        call: CallId("call".into()),
        negotiation: 7,
        offer: offer.into(),
        tracks: vec![],
        may_send: MaySend::default(),
    };
    for offer in ["", "hello", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"] {
        sfu.handle_command(open(offer), now);
        let outputs = outputs(&mut sfu);
        assert!(
            matches!(&outputs[..], [Output::Event(MediaEvent::OfferRefused { negotiation: 7, .. })]),
            "{offer:?}: {outputs:?}"
        );
    }
    sfu.handle_command(MediaCommand::Negotiate { peer, negotiation: 8, offer: String::new(), tracks: vec![] }, now);
    assert!(matches!(&outputs(&mut sfu)[..], [Output::Event(MediaEvent::OfferRefused { negotiation: 8, .. })]));
}

#[test]
fn a_refused_further_offer_leaves_the_peer_as_it_was() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    let tracks = vec![TrackPlan { mid: "nowhere".into(), track_use: TrackUse::Camera }];
    let offer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n".to_string();
    world.command(MediaCommand::Negotiate { peer: ann, negotiation: 99, offer, tracks });
    assert!(world.events.iter().any(|e| matches!(e, MediaEvent::OfferRefused { negotiation: 99, .. })));
    world.send(ann, TrackUse::Microphone, vec![1; 3]);
    assert_eq!(world.clients[&ben].received.len(), 1);
}

#[test]
fn a_peer_that_never_connects_is_lost_after_twenty_seconds() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let offer = world.client(ann).offer_restart();
    let tracks = world.clients[&ann].tracks.clone();
    let started = world.now;
    world.events.clear();
    let (peer, call) = (PeerId(2), CallId("call".into()));
    world.command(MediaCommand::Open { peer, call, negotiation: 1, offer, tracks, may_send: all() });
    assert!(matches!(&world.events[..], [MediaEvent::Answered { .. }]), "{:?}", world.events);
    world.events.clear();
    world.run(Duration::from_millis(19_900));
    assert_eq!(world.events, []);
    world.run(Duration::from_millis(200));
    assert_eq!(world.events, [MediaEvent::Lost { peer, reason: LostReason::NoPath }]);
    assert!(world.now - started < Duration::from_secs(21));
}

#[test]
fn a_peer_whose_path_is_gone_is_lost_in_the_end() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    world.cut.push(world.clients[&ann].address);
    world.events.clear();
    world.run(Duration::from_secs(90));
    assert_eq!(world.events, [MediaEvent::Lost { peer: ann, reason: LostReason::NoPath }]);
    world.send(ben, TrackUse::Microphone, vec![2; 3]);
}

#[test]
fn datagrams_of_strangers_are_dropped_without_an_answer() {
    let mut world = World::new();
    let _ann = world.join(1, "call", SMALL, all());
    let stranger: SocketAddr = "203.0.113.9:999".parse().unwrap();
    let server: SocketAddr = SERVER.parse().unwrap();
    let hello = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let rtp = [0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3];
    // An ICE check that names nobody who is here.
    let mut stun = vec![0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42];
    stun.extend([9; 12]);
    stun.extend([0, 6, 0, 4, b'a', b':', b'b', b'c']);
    for datagram in [&hello[..], &rtp, &stun, &[], &[255; 40], &[0; 1500]] {
        world.sfu.handle_datagram(world.now, stranger, server, datagram);
    }
    let answers = outputs(&mut world.sfu);
    let to_stranger = answers.iter().filter(|o| matches!(o, Output::Transmit(t) if t.destination == stranger));
    assert_eq!(to_stranger.count(), 0);
}

#[test]
fn a_plain_binding_request_of_a_stranger_is_answered_from_the_address_that_was_asked() {
    let mut world = World::new();
    let (stranger, asked): (SocketAddr, SocketAddr) = ("203.0.113.9:999".parse().unwrap(), SERVER.parse().unwrap());
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    world.sfu.handle_datagram(world.now, stranger, asked, &request);
    let answers = outputs(&mut world.sfu);
    let [Output::Transmit(answer)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((answer.destination, answer.local), (stranger, asked));
    assert_eq!((&answer.bytes[..2], answer.bytes.len()), (&[1, 1][..], 32));
}

#[test]
fn a_guessed_username_without_the_password_gets_nothing() {
    let mut world = World::new();
    let stranger: SocketAddr = "203.0.113.9:999".parse().unwrap();
    let server: SocketAddr = SERVER.parse().unwrap();
    let ann = world.join(1, "call", SMALL, all());
    let ufrag = world.events.iter().find_map(|event| match event {
        MediaEvent::Answered { answer, .. } => answer.lines().find_map(|l| l.strip_prefix("a=ice-ufrag:")),
        _ => None,
    });
    let username = format!("{}:else", ufrag.unwrap().trim());
    let padded = username.len().next_multiple_of(4);
    let mut request = vec![0, 1];
    request.extend((padded as u16 + 4 + 24).to_be_bytes());
    request.extend([0x21, 0x12, 0xa4, 0x42]);
    request.extend([9; 12]);
    request.extend([0, 6]);
    request.extend((username.len() as u16).to_be_bytes());
    request.extend(username.as_bytes());
    request.resize(20 + 4 + padded, 0);
    request.extend([0, 8, 0, 20]);
    request.extend([0xab; 20]);
    world.sfu.handle_datagram(world.now, stranger, server, &request);
    let answers = outputs(&mut world.sfu);
    assert!(!answers.iter().any(|o| matches!(o, Output::Transmit(t) if t.destination == stranger)), "{answers:?}");
    let hello = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    world.sfu.handle_datagram(world.now, stranger, server, &hello);
    assert_eq!(outputs(&mut world.sfu), []);
    assert!(world.clients[&ann].is_connected);
}

/// A small generator of numbers, so that a failing run can be repeated.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }

    /// A datagram that begins like STUN, DTLS, RTP or RTCP, or like nothing.
    fn datagram(&mut self) -> Vec<u8> {
        let starts: [&[u8]; 6] = [
            &[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42],
            &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 5, 0, 40, 1, 0, 0, 28, 0, 0],
            &[23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 5, 0, 40],
            &[0x90, 96, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xbe, 0xde, 0, 1],
            &[0x81, 200, 0, 6, 1, 2, 3, 4],
            &[],
        ];
        let mut bytes = starts[self.next() % starts.len()].to_vec();
        let length = self.next() % 300;
        bytes.extend((0..length).map(|_| self.next() as u8));
        for _ in 0..self.next() % 3 {
            let at = self.next() % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = self.next() as u8;
            }
        }
        bytes
    }
}

#[test]
fn noise_from_anywhere_ends_no_connection() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let ben = world.join(2, "call", SMALL, all());
    let server: SocketAddr = SERVER.parse().unwrap();
    let sources = [world.clients[&ann].address, "203.0.113.9:999".parse().unwrap()];
    let mut noise = Noise(7);
    for round in 0..20_000 {
        let datagram = noise.datagram();
        world.sfu.handle_datagram(world.now, sources[round % 2], server, &datagram);
        for output in outputs(&mut world.sfu) {
            assert!(!matches!(output, Output::Event(_)), "{output:?} after {datagram:?}");
        }
    }
    world.run(Duration::from_secs(1));
    for (from, to) in [(ann, ben), (ben, ann)] {
        world.send(from, TrackUse::Microphone, vec![1; 3]);
        assert_eq!(world.clients[&to].received.len(), 1);
    }
}

#[test]
fn an_offer_with_any_damage_is_answered_or_refused() {
    let mut world = World::new();
    let ann = world.join(1, "call", SMALL, all());
    let offer = world.client(ann).offer_restart();
    let tracks = world.clients[&ann].tracks.clone();
    let mut noise = Noise(11);
    for id in 0..600 {
        let mut lines: Vec<Vec<u8>> = offer.split("\r\n").map(|line| line.as_bytes().to_vec()).collect();
        for _ in 0..=noise.next() % 3 {
            let at = noise.next() % lines.len();
            match noise.next() % 3 {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[noise.next() % lines.len()].clone()),
                _ => {
                    let character = noise.next();
                    let length = lines[at].len().max(1);
                    if let Some(byte) = lines[at].get_mut(character % length) {
                        *byte = b' ' + (noise.next() % 95) as u8;
                    }
                }
            }
        }
        let offer = String::from_utf8(lines.join(&b"\r\n"[..])).unwrap();
        let (peer, call) = (PeerId(100 + id), CallId("damaged".into()));
        world.events.clear();
        world.command(MediaCommand::Open {
            peer,
            call,
            negotiation: 5,
            offer,
            tracks: tracks.clone(),
            may_send: all(),
        });
        let replies = world.events.iter().filter(|event| {
            matches!(
                event,
                MediaEvent::Answered { negotiation: 5, .. } | MediaEvent::OfferRefused { negotiation: 5, .. }
            )
        });
        assert_eq!(replies.count(), 1);
        world.command(MediaCommand::Close { peer });
    }
}
