//! The receiving side of a run: counts what arrives on many sockets, and keeps the clients behind them alive.

use crate::client::Client;
use crate::syscalls::{Poller, ReceiveBatch};
use std::io;
use std::time::{Duration, Instant};

/// One subscriber of the load.
pub struct Receiver {
    /// The connection.
    pub client: Client,
    /// Whether it decrypts everything, as a real client does; else video is counted by its clear header.
    pub is_full: bool,
    /// What it received.
    pub counts: Counts,
}

/// What one receiver saw in the clear RTP headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Video packets.
    pub packets: u64,
    /// Their bytes, as UDP payload.
    pub bytes: u64,
    /// Packets whose sequence number was not the next one.
    pub out_of_order: u64,
    last_sequence: Option<u16>,
}

impl Counts {
    /// Takes a datagram into account if it is RTP of this payload type.
    pub fn take(&mut self, datagram: &[u8], payload_type: u8) -> bool {
        let [first, second, high, low, ..] = *datagram else { return false };
        if first >> 6 != 2 || second & 0x7f != payload_type {
            return false;
        }
        let sequence = u16::from_be_bytes([high, low]);
        if self.last_sequence.is_some_and(|last| last.wrapping_add(1) != sequence) {
            self.out_of_order += 1;
        }
        self.last_sequence = Some(sequence);
        self.packets += 1;
        self.bytes += datagram.len() as u64;
        true
    }
}

/// A set of receivers that one thread serves.
pub struct Receivers {
    /// The receivers; the index is the token.
    pub all: Vec<Receiver>,
    poller: Poller,
    batch: ReceiveBatch,
    due: Instant,
}

impl Receivers {
    /// Serves these.
    pub fn new(all: Vec<Receiver>) -> io::Result<Receivers> {
        let mut poller = Poller::new()?;
        for (token, receiver) in all.iter().enumerate() {
            poller.add(receiver.client.fd(), token)?;
        }
        Ok(Receivers { all, poller, batch: ReceiveBatch::default(), due: Instant::now() })
    }

    /// Serves one more.
    pub fn push(&mut self, receiver: Receiver) -> io::Result<()> {
        self.poller.add(receiver.client.fd(), self.all.len())?;
        self.due = Instant::now();
        self.all.push(receiver);
        Ok(())
    }

    /// Takes what is there, and waits for something up to `timeout` if nothing is.
    pub fn poll(&mut self, timeout: Duration) -> io::Result<()> {
        for token in self.poller.wait(timeout) {
            self.read(token)?;
        }
        Client::drive_due(self.all.iter_mut().map(|receiver| &mut receiver.client), &mut self.due)
    }

    fn read(&mut self, token: usize) -> io::Result<()> {
        let Receiver { client, is_full, counts } = &mut self.all[token];
        let payload_type = client.video_payload_type().unwrap_or(u8::MAX);
        let now = Instant::now();
        for (datagram, _) in self.batch.receive(client.fd()) {
            let is_video = counts.take(datagram, payload_type);
            if *is_full || !is_video {
                client.handle(datagram, now)?;
                client.drive(now)?;
            }
        }
        Ok(())
    }

    /// Video packets received by all.
    pub fn packets(&self) -> u64 {
        self.all.iter().map(|receiver| receiver.counts.packets).sum()
    }
}
