//! Which of many descriptors are ready (epoll(7)). Its own descriptor is readable when one of them is, so all of them together are one
//! to wait for.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Descriptors that are told of at once. More of them would keep the datagrams waiting.
const READY_MAX: usize = 64;

/// What a descriptor is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watch {
    /// Nothing but its end.
    Nothing,
    /// Something to read.
    Read,
    /// Something to read, and room to write.
    ReadAndWrite,
}

/// A ready descriptor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ready {
    /// What it was added with.
    pub token: u64,
    /// There is something to read, be it the end.
    pub is_readable: bool,
    /// There is room to write.
    pub is_writable: bool,
}

/// An epoll instance. Descriptors leave it when they are closed.
pub(super) struct Epoll {
    fd: OwnedFd,
    events: Box<[libc::epoll_event; READY_MAX]>,
}

impl Epoll {
    /// Makes one.
    pub fn new() -> io::Result<Epoll> {
        // SAFETY: no pointers; the result is checked.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: epoll_create1 gave us this descriptor, and nobody else has it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Epoll { fd, events: Box::new([libc::epoll_event { events: 0, u64: 0 }; READY_MAX]) })
    }

    /// For waiting.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Watches a descriptor for something to read.
    pub fn add(&self, of: &impl AsRawFd, token: u64) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, of.as_raw_fd(), token, Watch::Read)
    }

    /// Watches a descriptor that was added for something else.
    pub fn change(&self, of: &impl AsRawFd, token: u64, watch: Watch) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, of.as_raw_fd(), token, watch)
    }

    fn control(&self, operation: libc::c_int, fd: RawFd, token: u64, watch: Watch) -> io::Result<()> {
        let events = match watch {
            Watch::Nothing => 0,
            Watch::Read => libc::EPOLLIN,
            Watch::ReadAndWrite => libc::EPOLLIN | libc::EPOLLOUT,
        };
        let mut event = libc::epoll_event { events: events as u32, u64: token };
        // SAFETY: the event is a local that outlives the call.
        let result = unsafe { libc::epoll_ctl(self.fd(), operation, fd, &mut event) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Some of those that are ready, without waiting. Those that stay ready are told of again.
    pub fn ready(&mut self) -> impl Iterator<Item = Ready> {
        let (fd, events) = (self.fd(), self.events.as_mut_ptr());
        // SAFETY: the events are a box of this length that outlives the call.
        let count = unsafe { libc::epoll_wait(fd, events, READY_MAX as libc::c_int, 0) };
        // An interrupted look has seen nothing.
        let count = usize::try_from(count).unwrap_or(0);
        self.events[..count].iter().map(|event| {
            let has = |flags: libc::c_int| event.events & flags as u32 != 0;
            Ready {
                token: event.u64,
                is_readable: has(libc::EPOLLIN | libc::EPOLLHUP | libc::EPOLLERR),
                is_writable: has(libc::EPOLLOUT),
            }
        })
    }
}
