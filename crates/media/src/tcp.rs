//! The TCP connections of media, for networks without UDP (RFC 6544): accepted here, or handed over by the port of HTTP. What goes
//! through them are the datagrams of UDP, framed. All of them are the media thread's.
//!
//! Nobody knows whose a connection is until a peer's own password was in a binding request. So they are bounded in number and for each
//! address, and those that stay strangers are closed.

use super::counters::MediaCounters;
use super::epoll::{Epoll, Ready, Watch};
use super::frames::{Incoming, Outgoing};
use super::wake::Waker;
use convene_sfu::{Sfu, Transmit};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::RawFd;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Connections that were handed over and wait for the media thread. Larger: nothing is gained, since it takes all of them at each turn.
/// Smaller: those who come together after a restart have to try again.
const ENTERING_MAX: usize = 64;
/// Connections that are accepted at one turn. More would keep the packets of others waiting.
const ACCEPTS_AT_ONCE: usize = 32;
/// Bytes that are read of one connection at one turn. More: one that sends fast keeps the others waiting. Fewer: more system calls.
const READ_MAX: usize = 16 * 1024;
/// The kernel's buffer for what one connection sends, in bytes (it takes twice that). Larger: on a slow line sound and pictures come
/// late. Smaller: a keyframe does not fit, and long lines are not filled.
const SEND_BUFFER: usize = 128 * 1024;
/// Bytes that wait beyond that. Larger: as above. Smaller: more packets are left out when many come at once.
const WAITING_MAX: usize = 64 * 1024;
/// The same for strangers, who get nothing but short answers.
const STRANGER_WAITING_MAX: usize = 256;
/// The token of the listener; connections have those behind it.
const LISTENER: u64 = 0;

/// What TCP connections of media may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpBounds {
    /// Connections together. Larger: a hostile crowd costs more memory and descriptors. Smaller: large calls do not fit where nobody has
    /// UDP. A browser opens one for each announced address, also where it has UDP.
    pub connections: usize,
    /// Connections of one address, or one /64 of IPv6. Larger: one client takes more of them. Smaller: an office behind one address cannot
    /// come to a meeting together.
    pub per_address: usize,
    /// For how long a connection may be no peer's, at first and after its peer has gone. Larger: strangers hold places for longer. Smaller:
    /// who connects before the answer has come through is cut off.
    pub stranger_within: Duration,
}

impl Default for TcpBounds {
    fn default() -> Self {
        TcpBounds { connections: 4096, per_address: 1000, stranger_within: Duration::from_secs(10) }
    }
}

/// Media over TCP.
#[derive(Clone, Debug)]
pub struct TcpConfig {
    /// Whether connections are accepted at the number of the UDP port. Not where that is the port of HTTP: then they are handed over.
    pub listens: bool,
    /// Further addresses that answers announce, whose connections are handed over by a [`TcpEntrance`].
    pub elsewhere: Vec<SocketAddr>,
    /// What connections may take.
    pub bounds: TcpBounds,
}

/// Hands connections over to the media thread that were accepted elsewhere. Cheap to clone.
#[derive(Clone)]
pub struct TcpEntrance {
    entering: mpsc::Sender<TcpStream>,
    waker: Waker,
}

impl TcpEntrance {
    /// Hands over a connection of which nothing was read. It is closed if too many wait, or the media plane has ended; returns whether it
    /// was taken.
    pub fn enter(&self, stream: TcpStream) -> bool {
        let taken = self.entering.try_send(stream).is_ok();
        self.waker.wake();
        taken
    }
}

/// The connections.
pub(super) struct Connections {
    epoll: Epoll,
    listener: Option<TcpListener>,
    /// Set while nothing is accepted, for want of descriptors.
    is_paused: bool,
    entering: mpsc::Receiver<TcpStream>,
    bounds: TcpBounds,
    all: BTreeMap<u64, Connection>,
    by_address: BTreeMap<SocketAddr, u64>,
    of_network: BTreeMap<IpAddr, usize>,
    last_token: u64,
    /// Those with something to send since the last flush.
    unsent: Vec<u64>,
    /// When strangers are looked for next.
    look_at: Instant,
    ready: Vec<Ready>,
    buffer: Box<[u8; READ_MAX]>,
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    local: SocketAddr,
    incoming: Incoming,
    outgoing: Outgoing,
    /// Whether the kernel is to tell when there is room again.
    waits_for_room: bool,
    /// Since when it is no peer's; `None` if it is one's.
    stranger_since: Option<Instant>,
}

/// Listens for connections at `listen`.
///
/// # Errors
/// With what was tried and what to do about it.
pub(super) fn listen(listen: SocketAddr) -> io::Result<TcpListener> {
    let bound = || -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(listen), Type::STREAM, Some(Protocol::TCP))?;
        // Connections of the last run do not keep the port.
        socket.set_reuse_address(true)?;
        if listen.is_ipv6() {
            socket.set_only_v6(false)?;
        }
        socket.bind(&listen.into())?;
        socket.listen(1024)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    bound().map(TcpListener::from).map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::AddrInUse => "another process has it: stop that one, or choose another port with --media-listen",
            ErrorKind::PermissionDenied => {
                "it is not permitted: choose a port of 1024 or above with --media-listen, or do without with --no-media-tcp"
            }
            _ => "choose another address with --media-listen, or do without with --no-media-tcp",
        };
        io::Error::new(error.kind(), format!("cannot listen on TCP {listen} for media: {error}; {hint}"))
    })
}

impl Connections {
    /// None yet; and what hands over further ones.
    pub fn new(
        listener: Option<TcpListener>,
        bounds: TcpBounds,
        waker: Waker,
        now: Instant,
    ) -> io::Result<(Connections, TcpEntrance)> {
        let (sender, entering) = mpsc::channel(ENTERING_MAX);
        let epoll = Epoll::new()?;
        if let Some(listener) = &listener {
            epoll.add(listener, LISTENER)?;
        }
        let connections = Connections {
            epoll,
            listener,
            is_paused: false,
            entering,
            bounds,
            all: BTreeMap::new(),
            by_address: BTreeMap::new(),
            of_network: BTreeMap::new(),
            last_token: LISTENER,
            unsent: vec![],
            look_at: now,
            ready: vec![],
            buffer: Box::new([0; READ_MAX]),
        };
        Ok((connections, TcpEntrance { entering: sender, waker }))
    }

    /// For waiting.
    pub fn fd(&self) -> RawFd {
        self.epoll.fd()
    }

    /// When [`take`](Self::take) is wanted though nothing is ready.
    pub fn due(&self) -> Option<Instant> {
        (self.is_paused || !self.all.is_empty()).then_some(self.look_at)
    }

    /// Takes new connections, and what came through the others; looks for strangers when it is time.
    pub fn take(&mut self, now: Instant, sfu: &mut Sfu, counters: &mut MediaCounters) {
        for _ in 0..ENTERING_MAX {
            let Ok(stream) = self.entering.try_recv() else { break };
            self.add(stream, now);
        }
        let mut ready = std::mem::take(&mut self.ready);
        ready.extend(self.epoll.ready());
        for Ready { token, is_readable, is_writable } in ready.drain(..) {
            if token == LISTENER {
                self.accept(now);
                continue;
            }
            if is_writable {
                self.write(token);
            }
            if is_readable && !self.read(token, now, sfu, counters) {
                self.close(token, sfu);
            }
        }
        self.ready = ready;
        if self.look_at <= now {
            self.look(now, sfu);
        }
        counters.tcp_connections = self.all.len() as u64;
    }

    fn accept(&mut self, now: Instant) {
        for _ in 0..ACCEPTS_AT_ONCE {
            let Some(listener) = &self.listener else { return };
            match listener.accept() {
                Ok((stream, _)) => self.add(stream, now),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::error!(%error, "no TCP connection can be accepted for media");
                    self.is_paused = self.epoll.change(listener, LISTENER, Watch::Nothing).is_ok();
                    return;
                }
            }
        }
    }

    /// One more, if there is a place for it; otherwise it is closed without a word.
    fn add(&mut self, stream: TcpStream, now: Instant) {
        let Ok((peer, local)) = set_up(&stream) else { return };
        let network = network_of(peer.ip());
        let count = self.of_network.get(&network).copied().unwrap_or(0);
        // Two connections from one number of one address, to two of ours, would be one address to the SFU.
        let is_double = self.by_address.contains_key(&peer);
        if is_double || count >= self.bounds.per_address || self.all.len() >= self.bounds.connections {
            tracing::debug!(address = %network, "a TCP connection of media was closed: there are too many");
            return;
        }
        let token = self.last_token + 1;
        if self.epoll.add(&stream, token).is_err() {
            return;
        }
        self.last_token = token;
        self.of_network.insert(network, count + 1);
        self.by_address.insert(peer, token);
        let (incoming, outgoing) = (Incoming::default(), Outgoing::default());
        let stranger_since = Some(now);
        let connection = Connection { stream, peer, local, incoming, outgoing, waits_for_room: false, stranger_since };
        self.all.insert(token, connection);
    }

    /// Takes what came; returns whether the connection goes on.
    fn read(&mut self, token: u64, now: Instant, sfu: &mut Sfu, counters: &mut MediaCounters) -> bool {
        let Some(connection) = self.all.get_mut(&token) else { return true };
        let (peer, local) = (connection.peer, connection.local);
        match connection.stream.read(&mut self.buffer[..]) {
            Ok(0) => false,
            Ok(length) => {
                let mut handle = |frame: &[u8]| {
                    counters.tcp_received += 1;
                    sfu.handle_frame(now, peer, local, frame);
                };
                let goes_on = connection.incoming.push(&self.buffer[..length], &mut handle).is_ok();
                if connection.stranger_since.is_some() && sfu.knows_connection(peer) {
                    connection.stranger_since = None;
                }
                goes_on
            }
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        }
    }

    /// Queues a packet for the connection to its destination; [`flush`](Self::flush) sends it. One that has no room is left out, as a
    /// full network would.
    pub fn queue(&mut self, transmit: &Transmit, counters: &mut MediaCounters) {
        let is_queued = self.by_address.get(&transmit.destination).copied().is_some_and(|token| {
            let is_queued = self.push(token, &transmit.bytes) || {
                self.write(token);
                self.push(token, &transmit.bytes)
            };
            if is_queued {
                self.unsent.push(token);
            }
            is_queued
        });
        counters.tcp_sent += u64::from(is_queued);
        counters.tcp_dropped += u64::from(!is_queued);
    }

    fn push(&mut self, token: u64, packet: &[u8]) -> bool {
        let Some(connection) = self.all.get_mut(&token) else { return false };
        let at_most = if connection.stranger_since.is_some() { STRANGER_WAITING_MAX } else { WAITING_MAX };
        connection.outgoing.push(packet, at_most)
    }

    /// Sends what is queued, as far as there is room.
    pub fn flush(&mut self) {
        let mut unsent = std::mem::take(&mut self.unsent);
        unsent.sort_unstable();
        unsent.dedup();
        unsent.drain(..).for_each(|token| self.write(token));
        self.unsent = unsent;
    }

    fn write(&mut self, token: u64) {
        let Some(connection) = self.all.get_mut(&token) else { return };
        let Connection { stream, outgoing, waits_for_room, .. } = connection;
        while !outgoing.is_empty() {
            match stream.write(outgoing.next()) {
                Ok(count) => outgoing.sent(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // It is broken, so that it is readable, too, and is closed there.
                Err(_) => outgoing.clear(),
            }
        }
        if *waits_for_room == outgoing.is_empty() {
            let watch = if outgoing.is_empty() { Watch::Read } else { Watch::ReadAndWrite };
            if self.epoll.change(stream, token, watch).is_ok() {
                *waits_for_room = !outgoing.is_empty();
            }
        }
    }

    fn close(&mut self, token: u64, sfu: &mut Sfu) {
        let Some(connection) = self.all.remove(&token) else { return };
        self.by_address.remove(&connection.peer);
        let network = network_of(connection.peer.ip());
        if let Some(count) = self.of_network.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                self.of_network.remove(&network);
            }
        }
        sfu.handle_closed(connection.peer);
    }

    /// Closes those that have been strangers for too long, and accepts again after a pause.
    fn look(&mut self, now: Instant, sfu: &mut Sfu) {
        self.look_at = now + self.bounds.stranger_within / 4;
        if let Some(listener) = self.listener.as_ref().filter(|_| self.is_paused) {
            self.is_paused = self.epoll.change(listener, LISTENER, Watch::Read).is_err();
        }
        let mut strangers = vec![];
        for (token, connection) in &mut self.all {
            if sfu.knows_connection(connection.peer) {
                connection.stranger_since = None;
            } else if now - *connection.stranger_since.get_or_insert(now) >= self.bounds.stranger_within {
                strangers.push(*token);
            }
        }
        strangers.into_iter().for_each(|token| self.close(token, sfu));
    }
}

/// The other end of a new connection, and ours; it does not block, and sends small packets at once.
fn set_up(stream: &TcpStream) -> io::Result<(SocketAddr, SocketAddr)> {
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    SockRef::from(stream).set_send_buffer_size(SEND_BUFFER)?;
    Ok((canonical(stream.peer_addr()?), canonical(stream.local_addr()?)))
}

/// Mapped IPv4 as IPv4.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Whom an address stands for: a household or a machine has a whole /64 of IPv6.
fn network_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
    }
}
