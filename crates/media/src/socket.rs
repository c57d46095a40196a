//! The media socket: many datagrams per system call, in both directions.

use super::control::{CONTROL_MAX, Control};
use super::counters::MediaCounters;
use super::outgoing::{Batch, DATAGRAMS_MAX, SENDS_MAX, Send};
use super::sockaddr::RawAddress;
use convene_sfu::Transmit;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::mem;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};
use std::ptr;

/// Kernel buffer for each direction, in bytes: about 60 ms of 1 Gbit/s. A smaller one loses packets whenever the media
/// thread is held up, a larger one only delays them.
const BUFFER: libc::c_int = 8 * 1024 * 1024;
/// Datagrams of one receive call.
pub(super) const RECEIVE_MAX: usize = 64;
/// Bytes of a received datagram; larger ones are no media and are dropped.
const DATAGRAM_MAX: usize = 2048;
/// The machine's own addresses that are remembered; more than any machine has that is not a router.
const OWN_MAX: usize = 64;

/// A bound UDP socket with its buffers for batches.
pub(super) struct MediaSocket {
    socket: Socket,
    local: SocketAddr,
    /// Whether the kernel and the device take segmented sends; turned off by the first refusal.
    segments: bool,
    /// On a wildcard address: the machine's addresses to which datagrams came.
    own: Vec<IpAddr>,
    batch: Batch,
    receive: ReceiveBuffers,
    send: SendBuffers,
}

struct ReceiveBuffers {
    bytes: Box<[[u8; DATAGRAM_MAX]; RECEIVE_MAX]>,
    addresses: Box<[RawAddress; RECEIVE_MAX]>,
    controls: Box<[Control; RECEIVE_MAX]>,
    vectors: Box<[libc::iovec; RECEIVE_MAX]>,
    headers: Box<[libc::mmsghdr; RECEIVE_MAX]>,
}

struct SendBuffers {
    addresses: Box<[RawAddress; SENDS_MAX]>,
    controls: Box<[Control; SENDS_MAX]>,
    vectors: Box<[libc::iovec; DATAGRAMS_MAX]>,
    headers: Box<[libc::mmsghdr; SENDS_MAX]>,
}

// SAFETY: the raw pointers in the message headers are written anew before each system call and point into this value's own
// boxes or into the batch; between calls nobody follows them.
unsafe impl std::marker::Send for MediaSocket {}

impl MediaSocket {
    /// Binds a non-blocking socket with large buffers.
    ///
    /// # Errors
    /// With what was tried and what to do about it.
    pub fn bind(listen: SocketAddr) -> io::Result<MediaSocket> {
        let failed = |what: &str, error: io::Error| {
            let hint = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "another process has it: stop that one, or choose another with --media-listen"
                }
                io::ErrorKind::AddrNotAvailable => {
                    "this machine has no such address: choose another with --media-listen"
                }
                io::ErrorKind::PermissionDenied => {
                    "it is not permitted: choose a port of 1024 or above with --media-listen"
                }
                _ => "choose another address with --media-listen",
            };
            io::Error::new(error.kind(), format!("cannot {what} UDP {listen} for media: {error}; {hint}"))
        };
        let socket = Socket::new(Domain::for_address(listen), Type::DGRAM, Some(Protocol::UDP))
            .map_err(|error| failed("open a socket for", error))?;
        if listen.is_ipv6() {
            socket.set_only_v6(false).map_err(|error| failed("use IPv4 too on", error))?;
        }
        socket.bind(&listen.into()).map_err(|error| failed("listen on", error))?;
        socket.set_nonblocking(true).map_err(|error| failed("set up", error))?;
        enlarge(&socket);
        if listen.ip().is_unspecified() {
            ask_for_local_addresses(&socket, listen.is_ipv6())
                .map_err(|error| failed("learn the local addresses of", error))?;
        }
        let local = socket.local_addr().map_err(|error| failed("read the port of", error))?;
        let local = local.as_socket().ok_or_else(|| failed("read the port of", io::Error::other("no IP address")))?;
        Ok(MediaSocket {
            socket,
            local,
            segments: true,
            own: vec![],
            batch: Batch::default(),
            receive: ReceiveBuffers::new(),
            send: SendBuffers::new(),
        })
    }

    /// The bound address.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// For waiting.
    pub fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Receives what is there, at most [`RECEIVE_MAX`] datagrams, without waiting. Returns how many; read them with
    /// [`datagram`](Self::datagram).
    pub fn receive(&mut self) -> usize {
        self.receive.prepare();
        let headers = self.receive.headers.as_mut_ptr();
        // SAFETY: `prepare` made every header point to buffers that live as long as `self`.
        let received = unsafe { libc::recvmmsg(self.fd(), headers, RECEIVE_MAX as u32, 0, ptr::null_mut()) };
        let received = usize::try_from(received).unwrap_or(0);
        for index in 0..received {
            let length = self.receive.headers[index].msg_hdr.msg_controllen;
            self.receive.controls[index].length = length.min(CONTROL_MAX);
            if let Some(ip) = self.receive.controls[index].local()
                && !self.own.contains(&ip)
                && self.own.len() < OWN_MAX
            {
                self.own.push(ip);
            }
        }
        received
    }

    /// The `index`th datagram of the last [`receive`](Self::receive), where it came from and to which local address;
    /// `None` if it was too large.
    pub fn datagram(&self, index: usize) -> Option<(SocketAddr, SocketAddr, &[u8])> {
        let header = self.receive.headers.get(index)?;
        if header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0 {
            return None;
        }
        let bytes = self.receive.bytes[index].get(..header.msg_len as usize)?;
        let local = self.receive.controls[index].local().unwrap_or(self.local.ip());
        Some((self.receive.addresses[index].read()?, SocketAddr::new(local, self.local.port()), bytes))
    }

    /// Queues a datagram; sends when a system call's worth is there.
    pub fn queue(&mut self, datagram: Transmit, counters: &mut MediaCounters) {
        self.batch.push(datagram, self.segments);
        if self.batch.is_full() {
            self.flush(counters);
        }
    }

    /// Sends what is queued. What the kernel does not take is dropped, as a full network would.
    pub fn flush(&mut self, counters: &mut MediaCounters) {
        let mut next = 0;
        while next < self.batch.sends.len() {
            let sends = &self.batch.sends[next..];
            self.send.prepare(&self.batch.datagrams, sends, self.local.is_ipv6(), &self.own);
            let headers = self.send.headers.as_mut_ptr();
            // SAFETY: `prepare` made the headers of these sends point to the batch's bytes and to boxes of `self`, all of
            // which stay where they are during the call.
            let result = unsafe { libc::sendmmsg(self.socket.as_raw_fd(), headers, sends.len() as u32, 0) };
            counters.send_calls += 1;
            match usize::try_from(result) {
                Ok(taken) if taken > 0 => {
                    for send in &sends[..taken] {
                        counters.sent += send.count as u64;
                        counters.sent_in_segments += if send.count > 1 { send.count as u64 } else { 0 };
                    }
                    next += taken;
                }
                Ok(_) | Err(_) => next += self.refused(next, io::Error::last_os_error(), counters),
            }
        }
        self.batch.clear();
    }

    /// The kernel refused the send at `next`. Returns how many sends to step over.
    fn refused(&mut self, next: usize, error: io::Error, counters: &mut MediaCounters) -> usize {
        let send = self.batch.sends[next];
        match error.raw_os_error() {
            Some(libc::EINTR) => return 0,
            // No segmentation on this kernel or device (EIO: no checksum offload): do without from now on.
            Some(libc::EIO | libc::EINVAL | libc::EOPNOTSUPP) if send.count > 1 => {
                tracing::info!(%error, "this network device takes no segmented sends; media is sent one by one");
                self.segments = false;
                self.split(next);
                return 0;
            }
            Some(libc::EAGAIN | libc::ENOBUFS) => {
                let left: usize = self.batch.sends[next..].iter().map(|send| send.count).sum();
                counters.dropped += left as u64;
                return self.batch.sends.len() - next;
            }
            _ => tracing::debug!(%error, "a media datagram could not be sent"),
        }
        counters.dropped += send.count as u64;
        1
    }

    /// Takes the sends from `next` on apart.
    fn split(&mut self, next: usize) {
        let datagrams = self.batch.datagrams.split_off(self.batch.sends[next].first);
        self.batch.sends.truncate(next);
        for datagram in datagrams {
            self.batch.push(datagram, false);
        }
    }
}

impl ReceiveBuffers {
    fn new() -> ReceiveBuffers {
        // SAFETY: these are plain data, for which zero is a value; pointers are set before each call.
        unsafe {
            ReceiveBuffers {
                bytes: Box::new([[0; DATAGRAM_MAX]; RECEIVE_MAX]),
                addresses: Box::new([RawAddress::empty(); RECEIVE_MAX]),
                controls: Box::new([Control::new(); RECEIVE_MAX]),
                vectors: Box::new(mem::zeroed()),
                headers: Box::new(mem::zeroed()),
            }
        }
    }

    fn prepare(&mut self) {
        for index in 0..RECEIVE_MAX {
            self.vectors[index] =
                libc::iovec { iov_base: self.bytes[index].as_mut_ptr().cast(), iov_len: DATAGRAM_MAX };
            let header = &mut self.headers[index].msg_hdr;
            header.msg_name = (&raw mut self.addresses[index]).cast();
            header.msg_namelen = mem::size_of::<RawAddress>() as libc::socklen_t;
            header.msg_iov = &mut self.vectors[index];
            header.msg_iovlen = 1;
            header.msg_control = self.controls[index].as_mut_ptr();
            header.msg_controllen = CONTROL_MAX as _;
            header.msg_flags = 0;
        }
    }
}

impl SendBuffers {
    fn new() -> SendBuffers {
        // SAFETY: these are plain data, for which zero is a value; pointers are set before each call.
        unsafe {
            SendBuffers {
                addresses: Box::new([RawAddress::empty(); SENDS_MAX]),
                controls: Box::new([Control::new(); SENDS_MAX]),
                vectors: Box::new(mem::zeroed()),
                headers: Box::new(mem::zeroed()),
            }
        }
    }

    fn prepare(&mut self, datagrams: &[Transmit], sends: &[Send], is_ipv6_socket: bool, own: &[IpAddr]) {
        let mut vector = 0;
        for (index, send) in sends.iter().enumerate() {
            let datagrams = &datagrams[send.first..send.first + send.count];
            let header = &mut self.headers[index].msg_hdr;
            header.msg_iov = &mut self.vectors[vector];
            header.msg_iovlen = send.count as _;
            for datagram in datagrams {
                let base = datagram.bytes.as_ptr().cast_mut().cast();
                self.vectors[vector] = libc::iovec { iov_base: base, iov_len: datagram.bytes.len() };
                vector += 1;
            }
            let length = self.addresses[index].write(datagrams[0].destination, is_ipv6_socket);
            // An address that this socket cannot reach gets length 0, and the kernel refuses the send.
            header.msg_name = (&raw mut self.addresses[index]).cast();
            header.msg_namelen = length.unwrap_or(0);
            let control = &mut self.controls[index];
            *control = Control::new();
            if send.count > 1 {
                control.push_segment(send.segment as u16);
            }
            // Behind address translation the candidate is no address of this machine; routing chooses then.
            if own.contains(&datagrams[0].local.ip()) {
                control.push_local(datagrams[0].local.ip(), is_ipv6_socket);
            }
            header.msg_controllen = control.length as _;
            header.msg_control = if control.length > 0 { control.as_mut_ptr() } else { ptr::null_mut() };
        }
    }
}

/// Asks the kernel to tell the local address of each received datagram (ip(7), RFC 3542 §6.1).
fn ask_for_local_addresses(socket: &Socket, is_ipv6: bool) -> io::Result<()> {
    let (level, option) =
        if is_ipv6 { (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO) } else { (libc::IPPROTO_IP, libc::IP_PKTINFO) };
    set_option(socket, level, option, 1)
}

fn set_option(socket: &Socket, level: libc::c_int, option: libc::c_int, value: libc::c_int) -> io::Result<()> {
    let length = mem::size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the value is a local that outlives the call.
    let result = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const value).cast(), length) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Asks for large kernel buffers: beyond the system's limit if permitted, else up to it.
fn enlarge(socket: &Socket) {
    let set = |option| set_option(socket, libc::SOL_SOCKET, option, BUFFER);
    for (force, plain) in [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)] {
        if let Err(error) = set(force).or_else(|_| set(plain)) {
            tracing::warn!(%error, "the media socket keeps the system's small buffers; packets may be lost under load");
        }
    }
}
