//! Which names and addresses are this machine's and this server's own.

use convene_directory::link_host;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

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

/// Where browsers reach the port of HTTP, which also takes media over TCP: the public addresses with the public URL's port, or the bound
/// one if there is no URL. A port on one address takes nothing for those that it cannot be reached under.
pub fn media_addresses_of_http(listen: SocketAddr, public_url: Option<&str>, public: &[IpAddr]) -> Vec<SocketAddr> {
    let port = public_url.map_or(listen.port(), port_of);
    let reaches = |ip: &&IpAddr| {
        let is_family = if listen.ip().is_unspecified() {
            listen.is_ipv6() || ip.is_ipv4()
        } else {
            listen.is_ipv4() == ip.is_ipv4()
        };
        is_family && (ip.is_loopback() || !listen.ip().is_loopback())
    };
    public.iter().filter(reaches).map(|ip| SocketAddr::new(*ip, port)).collect()
}

/// The port of a checked URL; the scheme's own if it names none.
fn port_of(url: &str) -> u16 {
    let (scheme, authority) = url.split_once("://").unwrap_or(("https", url));
    let named = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    named.unwrap_or(if scheme == "http" { 80 } else { 443 })
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
    fn media_over_tcp_is_announced_where_browsers_reach_the_port_of_http() {
        let public: Vec<IpAddr> = ["203.0.113.7", "127.0.0.1", "2001:db8::1"].map(|ip| ip.parse().unwrap()).to_vec();
        let announced = |listen: &str, url| media_addresses_of_http(listen.parse().unwrap(), url, &public);
        let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        assert_eq!(announced("127.0.0.1:8080", None), addresses(&["127.0.0.1:8080"]));
        assert_eq!(announced("0.0.0.0:8080", None), addresses(&["203.0.113.7:8080", "127.0.0.1:8080"]));
        let all = addresses(&["203.0.113.7:443", "127.0.0.1:443", "[2001:db8::1]:443"]);
        assert_eq!(announced("[::]:8443", Some("https://meet.example.org")), all);
        let own = addresses(&["203.0.113.7:8443", "127.0.0.1:8443"]);
        assert_eq!(announced("10.0.0.5:443", Some("https://meet.example.org:8443")), own);
        assert_eq!(port_of("http://[::1]"), 80);
        assert_eq!(port_of("http://[::1]:8080"), 8080);
    }

    #[test]
    fn a_loopback_url_has_every_spelling_of_loopback_and_no_other_host() {
        let hosts = own_hosts("http://localhost:8080");
        assert!(hosts.contains("127.0.0.1:8080") && hosts.contains("[::1]:8080") && hosts.contains("localhost:8080"));
        assert_eq!(own_hosts("https://meet.example.org"), BTreeSet::from(["meet.example.org".to_owned()]));
        assert_eq!(own_hosts("https://Meet.Example.org:443"), own_hosts("https://meet.example.org"));
    }
}
