//! Whose datagram it is: by source address, or for a STUN binding request by the username fragment in it. The same number over UDP and
//! over TCP are two addresses.
//!
//! An address becomes a peer's only after that peer's ICE agent has verified a binding request from it with the peer's
//! own password (RFC 8445 §7.3); until then nothing but STUN is taken from it.

use convene_model::PeerId;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Addresses remembered for one peer. A client with many interfaces pings from all of them; a larger value helps only
/// clients that change address often without an ICE restart.
pub const ADDRESSES_MAX: usize = 16;

const MAGIC_COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();
const BINDING_REQUEST: u16 = 0x0001;
/// RFC 8489 §14.3.
pub const ATTRIBUTE_USERNAME: u16 = 0x0006;

/// By what a datagram goes: as it is, or as a frame of a TCP connection (RFC 4571).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// Where a datagram comes from.
pub type Address = (Protocol, SocketAddr);

/// The two ways from a datagram to its peer.
#[derive(Clone, Debug, Default)]
pub struct Demux {
    by_address: BTreeMap<Address, PeerId>,
    by_ufrag: BTreeMap<String, PeerId>,
    addresses: BTreeMap<PeerId, Vec<Address>>,
}

impl Demux {
    /// Makes `ufrag` the one of `peer`; an older one of the same peer ends.
    pub fn set_ufrag(&mut self, peer: PeerId, ufrag: String) {
        self.by_ufrag.retain(|_, owner| *owner != peer);
        self.by_ufrag.insert(ufrag, peer);
    }

    /// Whose address it is.
    pub fn by_address(&self, source: Address) -> Option<PeerId> {
        self.by_address.get(&source).copied()
    }

    /// Whose username fragment a STUN binding request names.
    pub fn by_request(&self, datagram: &[u8]) -> Option<PeerId> {
        self.by_ufrag.get(local_ufrag(datagram)?).copied()
    }

    /// `peer` has verified a binding request from `source`.
    pub fn learn(&mut self, peer: PeerId, source: Address) {
        if let Some(before) = self.by_address.insert(source, peer) {
            if before == peer {
                return;
            }
            self.addresses.entry(before).or_default().retain(|address| *address != source);
        }
        let known = self.addresses.entry(peer).or_default();
        known.push(source);
        if known.len() > ADDRESSES_MAX {
            let oldest = known.remove(0);
            self.by_address.remove(&oldest);
        }
    }

    /// Forgets an address.
    pub fn forget(&mut self, source: Address) {
        if let Some(known) = self.by_address.remove(&source).and_then(|peer| self.addresses.get_mut(&peer)) {
            known.retain(|address| *address != source);
        }
    }

    /// Forgets a peer.
    pub fn remove(&mut self, peer: PeerId) {
        self.by_ufrag.retain(|_, owner| *owner != peer);
        for address in self.addresses.remove(&peer).unwrap_or_default() {
            self.by_address.remove(&address);
        }
    }
}

/// Whether a datagram is STUN (RFC 7983 §7).
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.len() >= 20 && datagram[0] < 4 && datagram[4..8] == MAGIC_COOKIE
}

/// The attributes of a STUN binding request, if the datagram is one and whole.
pub fn binding_request(datagram: &[u8]) -> Option<&[u8]> {
    if !is_stun(datagram) || read_u16(datagram, 0)? != BINDING_REQUEST {
        return None;
    }
    let attributes = &datagram[20..];
    (attributes.len() == usize::from(read_u16(datagram, 2)?)).then_some(attributes)
}

/// Kinds and values of STUN attributes (RFC 8489 §14), up to the first that is cut off.
pub fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, length) = (read_u16(bytes, 0)?, usize::from(read_u16(bytes, 2)?));
        let value = bytes.get(4..4 + length)?;
        bytes = bytes.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

/// The receiver's part of a binding request's USERNAME, `receiver:sender` (RFC 8445 §7.2.2).
fn local_ufrag(datagram: &[u8]) -> Option<&str> {
    let (_, username) = attributes(binding_request(datagram)?).find(|(kind, _)| *kind == ATTRIBUTE_USERNAME)?;
    std::str::from_utf8(username).ok()?.split_once(':').map(|(local, _)| local)
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: PeerId = PeerId(1);
    const BEN: PeerId = PeerId(2);

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = vec![];
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend((value.len() as u16).to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut datagram = BINDING_REQUEST.to_be_bytes().to_vec();
        datagram.extend((body.len() as u16).to_be_bytes());
        datagram.extend(MAGIC_COOKIE);
        datagram.extend([7; 12]);
        datagram.extend(body);
        datagram
    }

    fn address(port: u16) -> Address {
        (Protocol::Udp, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    #[test]
    fn a_binding_request_finds_its_peer_by_the_first_part_of_the_username() {
        let mut demux = Demux::default();
        demux.set_ufrag(ANN, "annie".into());
        let datagram = request(&[(0x8022, b"odd"), (ATTRIBUTE_USERNAME, b"annie:remote")]);
        assert_eq!(demux.by_request(&datagram), Some(ANN));
        assert_eq!(demux.by_request(&request(&[(ATTRIBUTE_USERNAME, b"remote:annie")])), None);
        assert_eq!(demux.by_request(&request(&[])), None);
    }

    #[test]
    fn an_ice_restart_ends_the_older_username() {
        let mut demux = Demux::default();
        demux.set_ufrag(ANN, "old".into());
        demux.set_ufrag(ANN, "new".into());
        assert_eq!(demux.by_request(&request(&[(ATTRIBUTE_USERNAME, b"old:x")])), None);
        assert_eq!(demux.by_request(&request(&[(ATTRIBUTE_USERNAME, b"new:x")])), Some(ANN));
    }

    #[test]
    fn cut_and_odd_datagrams_are_nobodys() {
        let mut demux = Demux::default();
        demux.set_ufrag(ANN, "annie".into());
        let whole = request(&[(ATTRIBUTE_USERNAME, b"annie:remote")]);
        for length in 0..whole.len() {
            assert_eq!(demux.by_request(&whole[..length]), None, "{length} bytes");
        }
        let mut response = whole.clone();
        response[0] = 1;
        assert_eq!(demux.by_request(&response), None);
    }

    #[test]
    fn an_address_goes_to_the_peer_that_verified_it_last() {
        let mut demux = Demux::default();
        demux.learn(ANN, address(1));
        demux.learn(BEN, address(1));
        assert_eq!(demux.by_address(address(1)), Some(BEN));
        demux.remove(ANN);
        assert_eq!(demux.by_address(address(1)), Some(BEN));
        demux.remove(BEN);
        assert_eq!(demux.by_address(address(1)), None);
    }

    #[test]
    fn the_same_number_over_udp_and_over_tcp_are_two_addresses_and_one_is_forgotten_alone() {
        let (udp, tcp) = (address(1), (Protocol::Tcp, address(1).1));
        let mut demux = Demux::default();
        demux.learn(ANN, udp);
        assert_eq!(demux.by_address(tcp), None);
        demux.learn(BEN, tcp);
        assert_eq!((demux.by_address(udp), demux.by_address(tcp)), (Some(ANN), Some(BEN)));
        demux.forget(tcp);
        assert_eq!((demux.by_address(udp), demux.by_address(tcp)), (Some(ANN), None));
        demux.learn(ANN, tcp);
        demux.remove(BEN);
        assert_eq!(demux.by_address(tcp), Some(ANN), "who was forgotten there takes nothing along");
    }

    #[test]
    fn the_addresses_of_a_peer_are_bounded() {
        let mut demux = Demux::default();
        for port in 1..=(ADDRESSES_MAX as u16 + 1) {
            demux.learn(ANN, address(port));
        }
        assert_eq!(demux.by_address(address(1)), None);
        assert_eq!(demux.by_address(address(2)), Some(ANN));
    }
}
