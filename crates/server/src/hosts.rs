//! Which names and addresses are this machine's and this server's own.

use convene_directory::link_host;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// The addresses to announce when none is configured: the one that is listened on, or (for "all") this machine's outward
/// address and loopback.
pub fn own_addresses(listen: IpAddr) -> Vec<IpAddr> {
    if !listen.is_unspecified() {
        return vec![listen];
    }
    let mut found = Vec::new();
    // Connecting a UDP socket sends nothing; it only asks the routing table (the target is RFC 5737's documentation range).
    if let Ok(socket) = UdpSocket::bind("0.0.0.0:0")
        && socket.connect("198.51.100.1:9").is_ok()
        && let Ok(address) = socket.local_addr()
        && !address.ip().is_unspecified()
    {
        found.push(address.ip());
    }
    if !found.contains(&IpAddr::V4(Ipv4Addr::LOCALHOST)) {
        found.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    found
}

/// The hosts whose join links are this server's own: that of the public URL and, if it is loopback, every spelling of it.
pub fn own_hosts(public_url: &str) -> BTreeSet<String> {
    let mut hosts: BTreeSet<String> = link_host(public_url).into_iter().collect();
    let Some(host) = hosts.first().cloned() else { return hosts };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, format!(":{port}")),
        _ => (host.as_str(), String::new()),
    };
    if is_loopback_host(name) {
        hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}{port}")));
    }
    hosts
}

/// True for the names of this very machine, without a port.
pub fn is_loopback_host(name: &str) -> bool {
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_url_has_every_spelling_of_loopback_and_no_other_host() {
        let hosts = own_hosts("http://localhost:8080");
        assert!(hosts.contains("127.0.0.1:8080") && hosts.contains("[::1]:8080") && hosts.contains("localhost:8080"));
        assert_eq!(own_hosts("https://meet.example.org"), BTreeSet::from(["meet.example.org".to_owned()]));
        assert_eq!(own_hosts("https://Meet.Example.org:443"), own_hosts("https://meet.example.org"));
    }
}
