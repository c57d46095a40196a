//! Control messages of the media socket (cmsg(3)): the segment size of a send, and the local address of a datagram.
//!
//! A socket on a wildcard address must answer from the address that was asked, which on a machine with several addresses
//! is not always the one that routing would choose.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of control messages for one datagram: the largest two that occur, 24 for a segment size and 40 for an address.
pub(super) const CONTROL_MAX: usize = 64;
/// `struct cmsghdr` on a 64-bit system: length, level, type.
const HEADER: usize = 16;
const ALIGN: usize = 8;

/// The control messages of one datagram, aligned as the kernel wants them.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(super) struct Control {
    bytes: [u8; CONTROL_MAX],
    /// How many bytes are messages.
    pub length: usize,
}

impl Control {
    /// No messages.
    pub fn new() -> Control {
        Control { bytes: [0; CONTROL_MAX], length: 0 }
    }

    /// For the kernel to read from or write to.
    pub fn as_mut_ptr(&mut self) -> *mut libc::c_void {
        self.bytes.as_mut_ptr().cast()
    }

    /// Asks for segments of this many bytes (udp(7), `UDP_SEGMENT`).
    pub fn push_segment(&mut self, size: u16) {
        self.push(libc::SOL_UDP, libc::UDP_SEGMENT, &size.to_ne_bytes());
    }

    /// Asks to be sent from this address of the machine.
    pub fn push_local(&mut self, local: IpAddr, is_ipv6_socket: bool) {
        match (local, is_ipv6_socket) {
            // struct in_pktinfo: interface index, source address, destination address.
            (IpAddr::V4(ip), false) => {
                let mut info = [0; 12];
                info[4..8].copy_from_slice(&ip.octets());
                self.push(libc::IPPROTO_IP, libc::IP_PKTINFO, &info);
            }
            (IpAddr::V4(ip), true) => self.push_local_v6(ip.to_ipv6_mapped()),
            (IpAddr::V6(ip), true) => self.push_local_v6(ip),
            (IpAddr::V6(_), false) => {}
        }
    }

    /// struct in6_pktinfo: address, interface index (RFC 3542 §6.1).
    fn push_local_v6(&mut self, ip: Ipv6Addr) {
        let mut info = [0; 20];
        info[..16].copy_from_slice(&ip.octets());
        self.push(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &info);
    }

    fn push(&mut self, level: i32, kind: i32, data: &[u8]) {
        let end = self.length + (HEADER + data.len()).next_multiple_of(ALIGN);
        let Some(message) = self.bytes.get_mut(self.length..end) else { return };
        message[..8].copy_from_slice(&(HEADER + data.len()).to_ne_bytes());
        message[8..12].copy_from_slice(&level.to_ne_bytes());
        message[12..16].copy_from_slice(&kind.to_ne_bytes());
        message[HEADER..HEADER + data.len()].copy_from_slice(data);
        self.length = end;
    }

    /// The local address that a datagram came to, if the kernel told.
    pub fn local(&self) -> Option<IpAddr> {
        let mut rest = self.bytes.get(..self.length)?;
        while rest.len() > HEADER {
            let length = usize::from_ne_bytes(rest[..8].try_into().ok()?);
            let level = i32::from_ne_bytes(rest[8..12].try_into().ok()?);
            let kind = i32::from_ne_bytes(rest[12..16].try_into().ok()?);
            let data = rest.get(HEADER..length)?;
            match (level, kind) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let octets: [u8; 4] = data.get(8..12)?.try_into().ok()?;
                    return Some(Ipv4Addr::from(octets).into());
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let octets: [u8; 16] = data.get(..16)?.try_into().ok()?;
                    return Some(Ipv6Addr::from(octets).to_canonical());
                }
                _ => rest = rest.get(length.next_multiple_of(ALIGN)..)?,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stand_one_after_another_as_the_kernel_reads_them() {
        let mut control = Control::new();
        control.push_segment(1144);
        control.push_local(Ipv4Addr::new(192, 0, 2, 7).into(), false);
        assert_eq!(control.length, 24 + 32);
        assert_eq!(control.bytes[..8], 18_usize.to_ne_bytes());
        assert_eq!(control.bytes[16..18], 1144_u16.to_ne_bytes());
        assert_eq!(control.bytes[24..32], 28_usize.to_ne_bytes());
        assert_eq!(control.bytes[24 + 20..24 + 24], [192, 0, 2, 7]);
    }

    #[test]
    fn addresses_of_both_families_are_read_back_from_an_ipv6_socket() {
        for ip in ["192.0.2.7", "2001:db8::9"] {
            let mut control = Control::new();
            control.push_local(ip.parse().unwrap(), true);
            assert_eq!(control.local(), Some(ip.parse().unwrap()));
        }
        assert_eq!(Control::new().local(), None);
        let mut other = Control::new();
        other.push_segment(7);
        assert_eq!(other.local(), None);
    }
}
