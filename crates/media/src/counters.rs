//! Counts of what the media thread did, written by it alone and read by anybody.

use std::sync::atomic::{AtomicU64, Ordering};

/// What went through the media sockets since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MediaCounters {
    /// Datagrams received.
    pub received: u64,
    /// Datagrams handed to the kernel.
    pub sent: u64,
    /// Of those, datagrams that went out as a segment of a larger send (UDP GSO).
    pub sent_in_segments: u64,
    /// System calls for sending.
    pub send_calls: u64,
    /// Datagrams that the kernel did not take: its buffer was full, or the destination cannot be reached.
    pub dropped: u64,
    /// Packets received over TCP.
    pub tcp_received: u64,
    /// Packets queued on a TCP connection.
    pub tcp_sent: u64,
    /// Packets for which a TCP connection had no room, or which had none.
    pub tcp_dropped: u64,
    /// TCP connections that are open now.
    pub tcp_connections: u64,
    /// Speaking indications dropped for newer ones, because the control plane did not take events fast enough.
    pub dropped_events: u64,
    /// Packets that agents would have heard, and did not, because whoever codes sound did not take them fast enough.
    pub dropped_heard: u64,
}

/// The same, shared between threads.
#[derive(Debug, Default)]
pub(super) struct SharedCounters {
    received: AtomicU64,
    sent: AtomicU64,
    sent_in_segments: AtomicU64,
    send_calls: AtomicU64,
    dropped: AtomicU64,
    tcp_received: AtomicU64,
    tcp_sent: AtomicU64,
    tcp_dropped: AtomicU64,
    tcp_connections: AtomicU64,
    dropped_events: AtomicU64,
    dropped_heard: AtomicU64,
}

impl SharedCounters {
    /// Publishes the media thread's own counts.
    pub fn write(&self, counters: &MediaCounters) {
        self.received.store(counters.received, Ordering::Relaxed);
        self.sent.store(counters.sent, Ordering::Relaxed);
        self.sent_in_segments.store(counters.sent_in_segments, Ordering::Relaxed);
        self.send_calls.store(counters.send_calls, Ordering::Relaxed);
        self.dropped.store(counters.dropped, Ordering::Relaxed);
        self.tcp_received.store(counters.tcp_received, Ordering::Relaxed);
        self.tcp_sent.store(counters.tcp_sent, Ordering::Relaxed);
        self.tcp_dropped.store(counters.tcp_dropped, Ordering::Relaxed);
        self.tcp_connections.store(counters.tcp_connections, Ordering::Relaxed);
        self.dropped_events.store(counters.dropped_events, Ordering::Relaxed);
        self.dropped_heard.store(counters.dropped_heard, Ordering::Relaxed);
    }

    /// The counts as last published.
    pub fn read(&self) -> MediaCounters {
        MediaCounters {
            received: self.received.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            sent_in_segments: self.sent_in_segments.load(Ordering::Relaxed),
            send_calls: self.send_calls.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            tcp_received: self.tcp_received.load(Ordering::Relaxed),
            tcp_sent: self.tcp_sent.load(Ordering::Relaxed),
            tcp_dropped: self.tcp_dropped.load(Ordering::Relaxed),
            tcp_connections: self.tcp_connections.load(Ordering::Relaxed),
            dropped_events: self.dropped_events.load(Ordering::Relaxed),
            dropped_heard: self.dropped_heard.load(Ordering::Relaxed),
        }
    }
}
