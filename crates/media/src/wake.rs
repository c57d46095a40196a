//! Waiting for a datagram, a TCP connection, a wake-up from another thread, or a time.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

/// Wakes the media thread; an eventfd.
#[derive(Clone, Debug)]
pub(super) struct Waker(Arc<OwnedFd>);

impl Waker {
    /// Makes an eventfd.
    pub fn new() -> io::Result<Waker> {
        // SAFETY: no pointers; the result is checked.
        let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if fd < 0 {
            let error = io::Error::last_os_error();
            return Err(io::Error::new(error.kind(), format!("cannot make an eventfd for the media thread: {error}")));
        }
        // SAFETY: eventfd gave us this descriptor, and nobody else has it.
        Ok(Waker(Arc::new(unsafe { OwnedFd::from_raw_fd(fd) })))
    }

    /// Ends a present or the next [`wait`].
    pub fn wake(&self) {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: eight bytes are read from a local. It fails only if the counter is full, and then a wake-up is pending.
        unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    fn clear(&self) {
        let mut count = [0_u8; 8];
        // SAFETY: eight bytes are written to a local; the descriptor doesn't block.
        unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

/// Waits until `socket` or one of the connections `tcp` is ready, `waker` was woken, or `timeout` has passed. Returns whether something
/// may have come over TCP.
pub(super) fn wait(socket: RawFd, tcp: Option<RawFd>, waker: &Waker, timeout: Duration) -> bool {
    let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // The kernel leaves out negative descriptors.
    let mut entries = [entry(socket), entry(waker.0.as_raw_fd()), entry(tcp.unwrap_or(-1))];
    let time = libc::timespec {
        tv_sec: timeout.as_secs().min(3600) as libc::time_t,
        tv_nsec: libc::c_long::from(timeout.subsec_nanos()),
    };
    // SAFETY: the array and the time outlive the call. An interrupted or failed wait is a short one.
    unsafe { libc::ppoll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, &time, std::ptr::null()) };
    if entries[1].revents != 0 {
        waker.clear();
    }
    // Connections that are handed over come with a wake-up.
    entries[1..].iter().any(|entry| entry.revents != 0)
}
