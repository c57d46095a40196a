//! The media plane's entry: whose a datagram is, what happens to one that is nobody's, and what is read of payloads.

use crate::demux::{ADDRESSES_MAX, Address, Demux, Protocol, is_stun};
use crate::packet::{Codec, Extensions, IncomingPacket};
use crate::support::{SERVER, SMALL, World, all};
use crate::{h264, vp8};
use convene_model::PeerId;
use convene_model::media::TrackUse;
use convene_sfu::Output;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

pub const WORDS: &[&[u8]] = &[
    &[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42],
    &[1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42],
    &[0, 6, 0, 9],
    b"annie:remote",
    b"benny:remote",
    &[0, 8, 0, 20],
    &[22, 254, 253],
    &[0x90, 111, 0, 1],
    &[0xbe, 0xde, 0, 1],
    &[0x81, 200, 0, 6],
    &[0x80, 0x28],
    &[0xff, 0xff],
];

const ANN: PeerId = PeerId(1);
const BEN: PeerId = PeerId(2);

/// VP8 and H.264 payloads: nothing behind what a payload announces is looked at.
pub fn payloads(data: &[u8]) {
    let longer = [data, &[0x67; 64]].concat();
    if let Some(descriptor) = vp8::Descriptor::parse(data) {
        assert_eq!(vp8::Descriptor::parse(&longer), Some(descriptor), "more bytes behind it change nothing");
        assert_eq!(descriptor.starts_keyframe(&longer), descriptor.starts_keyframe(data));
        if let Some(id) = descriptor.picture_id {
            assert!(id.value <= id.mask);
        }
    }
    if h264::starts_keyframe(data) {
        assert!(h264::starts_keyframe(&longer), "what starts a keyframe starts it with more behind it, too");
    }
    for codec in [Codec::Opus, Codec::Vp8, Codec::H264 { packetization_mode: 1, profile: 0x42 }] {
        let packet = IncomingPacket {
            codec,
            sequence: 1,
            timestamp: 1,
            marker: true,
            received_at: Instant::now(),
            extensions: Extensions::default(),
            payload: data.into(),
        };
        assert!(!(packet.is_entry_point() && data.is_empty()));
        assert!(packet.picture_size().is_none() || packet.is_entry_point(), "only keyframes say their size");
    }
}

/// Whose a datagram is: nobody's but the peer's whose name it has at the right place; and addresses are the last peer's that proved them.
pub fn demux(data: &[u8]) {
    let mut demux = Demux::default();
    demux.set_ufrag(ANN, "annie".into());
    demux.set_ufrag(BEN, "benny".into());
    let found = demux.by_request(data);
    let has = |name: &[u8]| data.windows(name.len()).any(|window| window == name);
    match found {
        Some(ANN) => assert!(is_stun(data) && has(b"annie:")),
        Some(BEN) => assert!(is_stun(data) && has(b"benny:")),
        Some(other) => panic!("{other} has no name"),
        None => {}
    }
    if found.is_some() {
        let longer = [data, b"\0\x06\0\x0cbenny:remote"].concat();
        assert_eq!(demux.by_request(&longer), None, "a message with something behind it is not whole");
    }

    let mut known: BTreeMap<Address, PeerId> = BTreeMap::new();
    let mut order: Vec<(PeerId, Address)> = vec![];
    for &byte in data {
        let (peer, address) = (PeerId(u64::from(byte & 3)), address(u16::from(byte >> 3)));
        if byte & 4 == 0 {
            demux.learn(peer, address);
            if known.insert(address, peer) != Some(peer) {
                order.retain(|(_, other)| *other != address);
                order.push((peer, address));
                let own: Vec<Address> = order.iter().filter(|(p, _)| *p == peer).map(|(_, a)| *a).collect();
                if own.len() > ADDRESSES_MAX {
                    known.remove(&own[0]);
                    order.retain(|(_, other)| *other != own[0]);
                }
            }
        } else {
            demux.remove(peer);
            known.retain(|_, owner| *owner != peer);
            order.retain(|(owner, _)| *owner != peer);
        }
    }
    for number in 0..32 {
        let address = address(number);
        assert_eq!(demux.by_address(address), known.get(&address).copied(), "{address:?}");
    }
}

/// Of two numbers that follow each other, one is over UDP, and the other the same over TCP.
fn address(number: u16) -> Address {
    let protocol = if number.is_multiple_of(2) { Protocol::Udp } else { Protocol::Tcp };
    (protocol, SocketAddr::from(([192, 0, 2, 1], number / 2)))
}

thread_local! {
    static CALL: RefCell<Option<(World, u32)>> = const { RefCell::new(None) };
}

/// A STUN binding request whose attributes may all be ignored: the only thing that strangers are answered.
fn is_plain_binding(data: &[u8]) -> bool {
    let mut rest = data.get(20..).unwrap_or_default();
    while let [kind, _, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if *kind < 0x80 || rest.len() < 4 + length {
            return false;
        }
        rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
    }
    is_stun(data) && data[..2] == [0, 1] && rest.is_empty()
}

/// Datagrams from a stranger, and under the address of somebody who is connected: none ends a connection, changes who is heard, or is
/// answered to the stranger, but for plain STUN binding requests. The first byte says how many bytes each has.
pub fn datagrams(data: &[u8]) {
    CALL.with_borrow_mut(|call| {
        let (world, rounds) = call.get_or_insert_with(|| {
            let mut world = World::new();
            world.join(1, "call", SMALL, all());
            world.join(2, "call", SMALL, all());
            world.events.clear();
            (world, 0)
        });
        let stranger: SocketAddr = "203.0.113.9:999".parse().expect("an address");
        let server: SocketAddr = SERVER.parse().expect("an address");
        let own = world.clients[&ANN].address;
        let [length, rest @ ..] = data else { return };
        for (at, datagram) in rest.chunks(usize::from(*length).max(1)).enumerate() {
            let source = if at % 2 == 0 { stranger } else { own };
            if at % 4 < 2 {
                world.sfu.handle_datagram(world.now, source, server, datagram);
            } else {
                world.sfu.handle_frame(world.now, source, server, datagram);
            }
            loop {
                match world.sfu.poll_output() {
                    Output::Timeout(_) => break,
                    Output::Event(event) => panic!("{event:?} after {datagram:?} from {source}"),
                    Output::Transmit(transmit) if transmit.destination == stranger => {
                        let answer = &transmit.bytes;
                        assert!(is_plain_binding(datagram), "an answer to {datagram:?}");
                        assert!(answer[..2] == [1, 1] && answer.len() <= datagram.len() + 24, "{answer:?}");
                    }
                    Output::Transmit(_) | Output::Heard(_) => {}
                }
            }
        }
        assert!(world.sfu.has_peer(ANN) && world.sfu.has_peer(BEN));
        *rounds += 1;
        if rounds.is_multiple_of(64) {
            for (from, to) in [(ANN, BEN), (BEN, ANN)] {
                let before = world.clients[&to].received.len();
                world.send(from, TrackUse::Microphone, vec![1; 3]);
                assert_eq!(world.clients[&to].received.len(), before + 1, "{to} still hears {from}");
                world.client(to).received.clear();
            }
        }
    });
}
