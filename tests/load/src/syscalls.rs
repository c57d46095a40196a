//! The system calls of the load generator: many datagrams at once, waiting on many sockets, CPU time of a thread.

use std::io;
use std::mem;
use std::net::{SocketAddr, SocketAddrV4};
use std::os::fd::RawFd;
use std::ptr;
use std::time::Duration;

/// Datagrams of one receive call.
pub const RECEIVE_MAX: usize = 64;
/// Room for one datagram.
pub const DATAGRAM_MAX: usize = 2048;

/// CPU time of the calling thread, kernel time included.
pub fn thread_cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Waits for readable sockets among those added.
pub struct Poller {
    epoll: RawFd,
    events: Vec<libc::epoll_event>,
}

impl Poller {
    /// An epoll instance without sockets.
    pub fn new() -> io::Result<Poller> {
        // SAFETY: no pointers; the result is checked.
        let epoll = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if epoll < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Poller { epoll, events: vec![libc::epoll_event { events: 0, u64: 0 }; 256] })
    }

    /// Waits on `fd` too, and reports it as `token`.
    pub fn add(&mut self, fd: RawFd, token: usize) -> io::Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token as u64 };
        // SAFETY: the event is a local that the kernel copies.
        let added = unsafe { libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_ADD, fd, &mut event) };
        if added < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// The tokens of readable sockets; waits for them up to `timeout`.
    pub fn wait(&mut self, timeout: Duration) -> Vec<usize> {
        let milliseconds = timeout.as_millis().min(1000) as libc::c_int;
        let room = self.events.len() as libc::c_int;
        // SAFETY: the array is as long as said and outlives the call.
        let ready = unsafe { libc::epoll_wait(self.epoll, self.events.as_mut_ptr(), room, milliseconds) };
        let ready = usize::try_from(ready).unwrap_or(0);
        self.events[..ready].iter().map(|event| event.u64 as usize).collect()
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        // SAFETY: the descriptor is ours and used nowhere else.
        unsafe { libc::close(self.epoll) };
    }
}

/// Asks the kernel to note when each datagram came to a socket.
pub fn note_arrivals(fd: RawFd) -> io::Result<()> {
    let on: libc::c_int = 1;
    let length = mem::size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the pointer is to a local of the length that is said.
    let set = unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, (&raw const on).cast(), length) };
    if set < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Bytes of a control message with a time in it, and the words that it takes.
const TIME_CONTROL: usize = 64;

/// Buffers for receiving many datagrams in one call.
pub struct ReceiveBatch {
    bytes: Box<[[u8; DATAGRAM_MAX]]>,
    lengths: [usize; RECEIVE_MAX],
    arrived: [Option<Duration>; RECEIVE_MAX],
}

impl Default for ReceiveBatch {
    fn default() -> ReceiveBatch {
        let bytes = vec![[0; DATAGRAM_MAX]; RECEIVE_MAX].into_boxed_slice();
        ReceiveBatch { bytes, lengths: [0; RECEIVE_MAX], arrived: [None; RECEIVE_MAX] }
    }
}

impl ReceiveBatch {
    /// Receives what is there without waiting, and gives the datagrams, with the times since 1970 at which they came if the kernel
    /// [notes](note_arrivals) them.
    pub fn receive(&mut self, fd: RawFd) -> impl Iterator<Item = (&[u8], Option<Duration>)> {
        // SAFETY: plain data, for which zero is a value; the pointers are set here and used in this call only.
        let (mut vectors, mut headers): ([libc::iovec; RECEIVE_MAX], [libc::mmsghdr; RECEIVE_MAX]) =
            unsafe { (mem::zeroed(), mem::zeroed()) };
        let mut controls = [[0_u64; TIME_CONTROL / 8]; RECEIVE_MAX];
        for index in 0..RECEIVE_MAX {
            vectors[index] = libc::iovec { iov_base: self.bytes[index].as_mut_ptr().cast(), iov_len: DATAGRAM_MAX };
            headers[index].msg_hdr.msg_iov = &mut vectors[index];
            headers[index].msg_hdr.msg_iovlen = 1;
            headers[index].msg_hdr.msg_control = controls[index].as_mut_ptr().cast();
            headers[index].msg_hdr.msg_controllen = TIME_CONTROL as _;
        }
        let flags = libc::MSG_DONTWAIT;
        // SAFETY: all pointers are to locals and to this value's buffers, which outlive the call.
        let received = unsafe { libc::recvmmsg(fd, headers.as_mut_ptr(), RECEIVE_MAX as u32, flags, ptr::null_mut()) };
        let received = usize::try_from(received).unwrap_or(0);
        for (index, header) in headers[..received].iter().enumerate() {
            self.lengths[index] = header.msg_len as usize;
            self.arrived[index] = arrival(&header.msg_hdr);
        }
        (0..received).map(|index| (&self.bytes[index][..self.lengths[index]], self.arrived[index]))
    }
}

/// The time in a received message's control data.
fn arrival(header: &libc::msghdr) -> Option<Duration> {
    // SAFETY: the header is one that the kernel filled, with a control buffer of ours that still lives; the time may not be aligned.
    unsafe {
        let control = libc::CMSG_FIRSTHDR(header);
        let is_time = !control.is_null()
            && (*control).cmsg_level == libc::SOL_SOCKET
            && (*control).cmsg_type == libc::SO_TIMESTAMPNS;
        let time: libc::timespec = is_time.then(|| ptr::read_unaligned(libc::CMSG_DATA(control).cast()))?;
        Some(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
    }
}

/// One message of a [`send_batch`]: bytes to one destination, cut into segments of a size by the kernel if asked for.
pub struct Message<'a> {
    /// Where to.
    pub destination: SocketAddrV4,
    /// What.
    pub bytes: &'a [u8],
    /// Size of the segments (UDP GSO), or `None` for one datagram.
    pub segment: Option<u16>,
}

/// Sends messages with as few system calls as the kernel allows; waits while its buffer is full.
pub fn send_batch(fd: RawFd, messages: &[Message]) -> io::Result<()> {
    const CONTROL: usize = 24;
    let mut addresses: Vec<libc::sockaddr_in> = messages.iter().map(|message| raw(message.destination)).collect();
    let mut controls = vec![[0_u64; CONTROL / 8]; messages.len()];
    let mut vectors: Vec<libc::iovec> = messages
        .iter()
        .map(|m| libc::iovec { iov_base: m.bytes.as_ptr().cast_mut().cast(), iov_len: m.bytes.len() })
        .collect();
    // SAFETY: plain data, for which zero is a value.
    let mut headers: Vec<libc::mmsghdr> = vec![unsafe { mem::zeroed() }; messages.len()];
    for (index, message) in messages.iter().enumerate() {
        let header = &mut headers[index].msg_hdr;
        header.msg_name = (&raw mut addresses[index]).cast();
        header.msg_namelen = mem::size_of::<libc::sockaddr_in>() as libc::socklen_t;
        header.msg_iov = &mut vectors[index];
        header.msg_iovlen = 1;
        if let Some(segment) = message.segment {
            header.msg_control = controls[index].as_mut_ptr().cast();
            header.msg_controllen = CONTROL as _;
            // SAFETY: the control buffer holds a header and two bytes, aligned to eight.
            unsafe {
                let control = libc::CMSG_FIRSTHDR(header);
                (*control).cmsg_len = libc::CMSG_LEN(mem::size_of::<u16>() as u32) as _;
                (*control).cmsg_level = libc::SOL_UDP;
                (*control).cmsg_type = libc::UDP_SEGMENT;
                ptr::write_unaligned(libc::CMSG_DATA(control).cast(), segment);
            }
        }
    }
    let mut next = 0;
    while next < headers.len() {
        let rest = &mut headers[next..];
        // SAFETY: the headers point to vectors and buffers that live until this function returns.
        let sent = unsafe { libc::sendmmsg(fd, rest.as_mut_ptr(), rest.len() as u32, 0) };
        if sent < 0 {
            return Err(io::Error::last_os_error());
        }
        next += sent as usize;
    }
    Ok(())
}

fn raw(address: SocketAddrV4) -> libc::sockaddr_in {
    // SAFETY: plain data, for which zero is a value.
    let mut raw: libc::sockaddr_in = unsafe { mem::zeroed() };
    raw.sin_family = libc::AF_INET as libc::sa_family_t;
    raw.sin_port = address.port().to_be();
    raw.sin_addr.s_addr = u32::from(*address.ip()).to_be();
    raw
}

/// The IPv4 address of a loopback test socket.
pub fn v4(address: SocketAddr) -> io::Result<SocketAddrV4> {
    match address {
        SocketAddr::V4(v4) => Ok(v4),
        SocketAddr::V6(v6) => Err(io::Error::other(format!("{v6} is not an IPv4 address"))),
    }
}
