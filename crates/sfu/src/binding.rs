//! The answer to a plain STUN binding request (RFC 8489 §2): "this is the address that you came from".
//!
//! It tells whether the media port can be reached, by any STUN client and by `convene doctor`. ICE checks, which name a
//! user, are not answered here. The answer is 12 bytes longer than the shortest question (24 for IPv6), so nobody gains
//! by having it sent to somebody else.

use crate::demux;
use std::net::{IpAddr, SocketAddr};

const BINDING_SUCCESS: u16 = 0x0101;
const ATTRIBUTE_XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// Attributes below must be understood (RFC 8489 §14); a plain request needs none of them.
const COMPREHENSION_OPTIONAL: u16 = 0x8000;

/// The answer to a binding request that names no user and asks for nothing else, from `source`; `None` for everything else.
pub fn answer(datagram: &[u8], source: SocketAddr) -> Option<Vec<u8>> {
    let attributes = demux::binding_request(datagram)?;
    let mut read = 0;
    for (kind, value) in demux::attributes(attributes) {
        if kind < COMPREHENSION_OPTIONAL {
            return None;
        }
        read += 4 + value.len().next_multiple_of(4);
    }
    if read != attributes.len() {
        return None;
    }
    // Magic cookie and transaction id: what addresses are masked with (RFC 8489 §14.2).
    let mask = &datagram[4..20];
    let mut value = vec![0, family(source)];
    value.extend((source.port() ^ u16::from_be_bytes([mask[0], mask[1]])).to_be_bytes());
    match source.ip() {
        IpAddr::V4(ip) => value.extend(ip.octets().iter().zip(mask).map(|(byte, mask)| byte ^ mask)),
        IpAddr::V6(ip) => value.extend(ip.octets().iter().zip(mask).map(|(byte, mask)| byte ^ mask)),
    }
    let mut bytes = BINDING_SUCCESS.to_be_bytes().to_vec();
    bytes.extend((value.len() as u16 + 4).to_be_bytes());
    bytes.extend(mask);
    bytes.extend(ATTRIBUTE_XOR_MAPPED_ADDRESS.to_be_bytes());
    bytes.extend((value.len() as u16).to_be_bytes());
    bytes.extend(value);
    Some(bytes)
}

fn family(address: SocketAddr) -> u8 {
    if address.is_ipv4() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The transaction id and the addresses of RFC 5769 §2.2 and §2.3.
    const TRANSACTION: [u8; 12] = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, attributes.len() as u8, 0x21, 0x12, 0xa4, 0x42];
        bytes.extend(TRANSACTION);
        bytes.extend(attributes);
        bytes
    }

    fn mapped(source: &str) -> Vec<u8> {
        let answer = answer(&request(&[]), source.parse().unwrap()).unwrap();
        assert_eq!(answer[..2], [1, 1]);
        assert_eq!(usize::from(answer[3]), answer.len() - 20);
        assert_eq!(answer[4..20], request(&[])[4..20]);
        answer[20..].to_vec()
    }

    #[test]
    fn the_answer_holds_the_masked_address_as_in_the_rfcs_test_vectors() {
        assert_eq!(mapped("192.0.2.1:32853"), [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        let v6 = mapped("[2001:db8:1234:5678:11:2233:4455:6677]:32853");
        let masked = [0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9];
        assert_eq!(v6[..8], [0, 0x20, 0, 20, 0, 2, 0xa1, 0x47]);
        assert_eq!(v6[8..], masked);
    }

    #[test]
    fn checks_of_ice_other_kinds_and_cut_requests_get_none() {
        let source = "192.0.2.1:1".parse().unwrap();
        assert!(answer(&request(&[0x80, 0x22, 0, 4, b't', b'e', b's', b't']), source).is_some());
        assert_eq!(answer(&request(&[0, 6, 0, 4, b'a', b':', b'b', b'c']), source), None);
        assert_eq!(answer(&request(&[0, 8, 0, 4, 1, 2, 3, 4]), source), None, "a signature needs a user");
        assert_eq!(answer(&request(&[0x80, 0x22, 0, 9, 1, 2, 3, 4]), source), None, "an attribute that is cut off");
        let mut indication = request(&[]);
        indication[1] = 0x11;
        assert_eq!(answer(&indication, source), None);
        let whole = request(&[0x80, 0x22, 0, 4, 1, 2, 3, 4]);
        for length in 0..whole.len() {
            assert_eq!(answer(&whole[..length], source), None, "{length} bytes");
        }
        let mut longer = request(&[]);
        longer.push(0);
        assert_eq!(answer(&longer, source), None);
    }
}
