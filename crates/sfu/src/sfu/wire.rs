//! What comes off the wire, over UDP and over TCP: to the peer whose it is, or answered as a stranger's.

use super::{Sfu, Transmit};
use crate::binding;
use crate::demux::{self, Protocol};
use std::net::SocketAddr;
use std::time::Instant;

impl Sfu {
    /// Takes a datagram that came from `source` to the local address `local`. Of strangers only plain STUN binding requests
    /// are answered.
    pub fn handle_datagram(&mut self, now: Instant, source: SocketAddr, local: SocketAddr, bytes: &[u8]) {
        self.handle(now, Protocol::Udp, source, local, bytes);
    }

    /// Takes a frame of the TCP connection from `source` to `local`; as [`handle_datagram`](Self::handle_datagram).
    pub fn handle_frame(&mut self, now: Instant, source: SocketAddr, local: SocketAddr, bytes: &[u8]) {
        self.handle(now, Protocol::Tcp, source, local, bytes);
    }

    /// Whether a peer has proved that the TCP connection from `source` is its own.
    pub fn knows_connection(&self, source: SocketAddr) -> bool {
        self.demux.by_address((Protocol::Tcp, source)).is_some()
    }

    /// The TCP connection from `source` is closed: the next one from there is a stranger's.
    pub fn handle_closed(&mut self, source: SocketAddr) {
        self.demux.forget((Protocol::Tcp, source));
    }

    fn handle(&mut self, now: Instant, protocol: Protocol, source: SocketAddr, local: SocketAddr, bytes: &[u8]) {
        self.now = self.now.max(now);
        let from = (protocol, source);
        let is_stun = demux::is_stun(bytes);
        let named = if is_stun { self.demux.by_request(bytes) } else { None };
        let Some(id) = named.or_else(|| self.demux.by_address(from)) else {
            let answer = binding::answer(bytes, source);
            self.transmits.extend(answer.map(|bytes| Transmit { protocol, destination: source, local, bytes }));
            return;
        };
        let Some(member) = self.members.get_mut(&id) else { return };
        match member.peer.receive(self.now, from, local, bytes) {
            Ok(true) => {
                // The library takes STUN from the number that it sends to for proved, by whatever protocol it comes.
                let other = if protocol == Protocol::Udp { Protocol::Tcp } else { Protocol::Udp };
                let is_proved = self.demux.by_address((other, source)) != Some(id);
                if is_stun && is_proved && self.demux.by_address(from) != Some(id) {
                    self.demux.learn(id, from);
                }
                self.drain(id);
            }
            Ok(false) => {}
            Err(reason) => self.lose(id, reason),
        }
    }
}
