//! Socket addresses between Rust and the kernel.

use std::mem;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// An address as the kernel writes and reads it.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) union RawAddress {
    v4: libc::sockaddr_in,
    v6: libc::sockaddr_in6,
}

impl RawAddress {
    /// All zero: no address.
    pub fn empty() -> RawAddress {
        // SAFETY: both members are plain data, for which zero is a value.
        unsafe { mem::zeroed() }
    }

    /// Writes an address for a socket of the given family, and returns its length. An IPv6 socket reaches IPv4 addresses
    /// in their mapped form (RFC 4291 §2.5.5.2); an IPv4 socket cannot reach IPv6, so that is `None`.
    pub fn write(&mut self, address: SocketAddr, is_ipv6_socket: bool) -> Option<libc::socklen_t> {
        let port = address.port().to_be();
        match (address.ip(), is_ipv6_socket) {
            (IpAddr::V4(ip), false) => {
                let mut v4 = libc::sockaddr_in { sin_family: libc::AF_INET as libc::sa_family_t, ..zero_v4() };
                v4.sin_port = port;
                v4.sin_addr.s_addr = u32::from(ip).to_be();
                self.v4 = v4;
                Some(mem::size_of::<libc::sockaddr_in>() as libc::socklen_t)
            }
            (IpAddr::V4(ip), true) => self.write_v6(ip.to_ipv6_mapped(), port, 0),
            (IpAddr::V6(ip), true) => {
                let scope = if let SocketAddr::V6(v6) = address { v6.scope_id() } else { 0 };
                self.write_v6(ip, port, scope)
            }
            (IpAddr::V6(_), false) => None,
        }
    }

    fn write_v6(&mut self, ip: Ipv6Addr, port: u16, scope: u32) -> Option<libc::socklen_t> {
        let mut v6 = libc::sockaddr_in6 { sin6_family: libc::AF_INET6 as libc::sa_family_t, ..zero_v6() };
        v6.sin6_port = port;
        v6.sin6_addr.s6_addr = ip.octets();
        v6.sin6_scope_id = scope;
        self.v6 = v6;
        Some(mem::size_of::<libc::sockaddr_in6>() as libc::socklen_t)
    }

    /// The address that the kernel wrote; mapped IPv4 as IPv4.
    pub fn read(&self) -> Option<SocketAddr> {
        // SAFETY: the family stands at the same place in both members, and all bytes are initialised; it tells which
        // member the kernel wrote.
        unsafe {
            match i32::from(self.v4.sin_family) {
                libc::AF_INET => {
                    let ip = Ipv4Addr::from(u32::from_be(self.v4.sin_addr.s_addr));
                    Some(SocketAddr::from((ip, u16::from_be(self.v4.sin_port))))
                }
                libc::AF_INET6 => {
                    let ip = Ipv6Addr::from(self.v6.sin6_addr.s6_addr);
                    let port = u16::from_be(self.v6.sin6_port);
                    Some(match ip.to_ipv4_mapped() {
                        Some(ip) => SocketAddr::from((ip, port)),
                        None => SocketAddr::V6(SocketAddrV6::new(ip, port, 0, self.v6.sin6_scope_id)),
                    })
                }
                _ => None,
            }
        }
    }
}

fn zero_v4() -> libc::sockaddr_in {
    // SAFETY: plain data, for which zero is a value.
    unsafe { mem::zeroed() }
}

fn zero_v6() -> libc::sockaddr_in6 {
    // SAFETY: plain data, for which zero is a value.
    unsafe { mem::zeroed() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(address: &str, is_ipv6_socket: bool) -> Option<SocketAddr> {
        let mut raw = RawAddress::empty();
        raw.write(address.parse().unwrap(), is_ipv6_socket)?;
        raw.read()
    }

    #[test]
    fn addresses_survive_the_kernels_form() {
        for (address, is_ipv6_socket) in
            [("192.0.2.7:4580", false), ("192.0.2.7:4580", true), ("[2001:db8::1]:9", true)]
        {
            assert_eq!(round_trip(address, is_ipv6_socket), Some(address.parse().unwrap()));
        }
        assert_eq!(round_trip("[2001:db8::1]:9", false), None);
        assert_eq!(RawAddress::empty().read(), None);
    }
}
