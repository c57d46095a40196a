//! The way of media: a STUN binding request (RFC 8489) to the media port over each announced address, and back.
//!
//! Without a running server the media plane is started for it, and stopped again.

use super::report::Finding;
use super::subject::{Subject, reachable};
use convene_media::{MediaConfig, MediaPlane};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::timeout;

const CHECK: &str = "udp path";
/// How often a request is sent before the path counts as closed. Larger: takes longer. Smaller: one lost packet is a finding.
const TRIES: u32 = 3;
/// How long each waits. Larger: takes longer. Smaller: slow networks count as closed.
const WAIT: Duration = Duration::from_millis(500);
const MAGIC_COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();

/// Asks over every announced address, and over loopback where media listens there.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    let listen = subject.config.media_listen;
    let plane = match subject.running {
        Some(_) => None,
        None => match start(subject) {
            Ok(plane) => Some(plane),
            // Why it cannot be bound is the ports' finding.
            Err(_) => return vec![Finding::skip(CHECK, format!("not tried, since UDP {listen} cannot be used"))],
        },
    };
    let port = plane.as_ref().map_or(listen.port(), |plane| plane.local_addr().port());
    let mut addresses = subject.config.public_addresses.clone();
    let local = reachable(listen).ip();
    if !addresses.contains(&local) {
        addresses.push(local);
    }
    let mut findings = vec![];
    for address in addresses {
        let to = SocketAddr::new(address, port);
        findings.push(judge(to, address == local, round_trip(to).await));
    }
    if let Some(plane) = plane {
        plane.stop();
    }
    findings
}

fn start(subject: &Subject) -> io::Result<MediaPlane> {
    // Nothing happens that would make an event.
    let (events, _none) = mpsc::channel(1);
    let public_addresses = subject.config.public_addresses.clone();
    MediaPlane::start(
        MediaConfig { listen: subject.config.media_listen, public_addresses, tcp: None, estimates_bandwidth: true },
        events,
    )
}

fn judge(to: SocketAddr, is_local: bool, answer: io::Result<(Duration, SocketAddr)>) -> Finding {
    let error = match answer {
        Ok((took, seen)) => {
            let ms = took.as_secs_f64() * 1000.0;
            return Finding::ok(CHECK, format!("UDP {to} answers within {ms:.1} ms, and saw {seen}"));
        }
        Err(error) => error,
    };
    let what = format!("UDP {to} does not answer: {error}");
    let own = std::net::UdpSocket::bind((to.ip(), 0)).is_ok();
    if is_local || own {
        let mend = "Look for a firewall on this machine that drops UDP (`nft list ruleset`), and for a media port that \
                    listens on another address (--media-listen).";
        return Finding::fail(CHECK, what, "Media cannot come in over this address.", mend);
    }
    let why = "It is no address of this machine, so a router must pass its UDP port on. Many routers pass nothing on that \
               comes from inside, so this may be no fault.";
    let mend = format!(
        "Ask from outside with any STUN client, for example `turnutils_stunclient -p {} {}`; if nothing comes back, \
         forward UDP {} to this machine, and open it in its firewall.",
        to.port(),
        to.ip(),
        to.port()
    );
    Finding::warn(CHECK, what, why, mend)
}

/// Sends binding requests until one is answered; how long that one took, and which address the server saw.
async fn round_trip(to: SocketAddr) -> io::Result<(Duration, SocketAddr)> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    // Connected, so that an answer from another address than the one asked does not count.
    socket.connect(to).await?;
    let mut buffer = [0; 256];
    let mut last = io::Error::new(io::ErrorKind::TimedOut, "nothing came back");
    for _ in 0..TRIES {
        let request = request(rand::random());
        let sent_at = Instant::now();
        socket.send(&request).await?;
        match timeout(WAIT, socket.recv(&mut buffer)).await {
            Ok(Ok(length)) => {
                if let Some(seen) = mapped(&buffer[..length], &request) {
                    return Ok((sent_at.elapsed(), seen));
                }
                last =
                    io::Error::new(io::ErrorKind::InvalidData, "what came back is no answer of Convene's media port");
            }
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

fn request(transaction: [u8; 12]) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[1] = 1;
    bytes[4..8].copy_from_slice(&MAGIC_COOKIE);
    bytes[8..].copy_from_slice(&transaction);
    bytes
}

/// The address in the answer to a request: XOR-MAPPED-ADDRESS as the only attribute (RFC 8489 §14.2).
fn mapped(answer: &[u8], request: &[u8; 20]) -> Option<SocketAddr> {
    if answer.get(..2)? != [1, 1] || answer.get(4..20)? != &request[4..] || answer.get(20..22)? != [0, 0x20] {
        return None;
    }
    let mask = &request[4..];
    let value = answer.get(24..)?;
    let port = u16::from_be_bytes([*value.get(2)? ^ mask[0], *value.get(3)? ^ mask[1]]);
    let octets: Vec<u8> = value.get(4..)?.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    let ip = match octets.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(octets).ok()?),
        16 => IpAddr::from(<[u8; 16]>::try_from(octets).ok()?),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[tokio::test]
    async fn a_port_where_nobody_answers_and_one_that_answers_rubbish_are_told_apart() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to = silent.local_addr().unwrap();
        let finding = judge(to, true, round_trip(to).await);
        assert_eq!(finding.state, State::Fail);
        assert!(finding.what.contains(&to.to_string()) && finding.what.contains("nothing came back"), "{finding:?}");

        let odd = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to = odd.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 64];
            while let Ok((_, from)) = odd.recv_from(&mut buffer).await {
                odd.send_to(b"hello", from).await.unwrap();
            }
        });
        let finding = judge(to, true, round_trip(to).await);
        assert!(finding.what.contains("no answer of Convene's media port"), "{finding:?}");
    }

    #[test]
    fn an_address_of_another_machine_that_is_silent_is_only_a_warning() {
        let silent = || Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came back"));
        let finding = judge("203.0.113.7:4580".parse().unwrap(), false, silent());
        assert_eq!(finding.state, State::Warn);
        assert!(finding.mend.unwrap().contains("-p 4580 203.0.113.7"));
    }
}
