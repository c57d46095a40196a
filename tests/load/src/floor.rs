//! The floor: what forwarding costs when nothing but the unavoidable is done, written by hand.
//!
//! For each subscriber and packet: copy the payload, write an RTP header with the subscriber's own sequence number,
//! timestamp, SSRC and transport-wide sequence number, encrypt with AES-256-GCM (RFC 7714), and send, with `sendmmsg` or
//! with segmentation (GSO) on top. No ICE, no DTLS, no RTCP, no retransmission, no receiving, no decisions.

use crate::forwarding::Pace;
use crate::frames::{self, FRAMES_PER_SECOND, PACKETS_PER_FRAME, TICKS_PER_FRAME};
use crate::receivers::Counts;
use crate::report::Measurement;
use crate::syscalls::{Message, Poller, ReceiveBatch, send_batch, thread_cpu_time, v4};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::io;
use std::net::{SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How the floor sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendBy {
    /// One message for each packet, 64 in a call.
    Sendmmsg,
    /// One message for each subscriber's frame, cut up by the kernel; as many in a call as make 64 packets.
    Segments,
}

const PAYLOAD_TYPE: u8 = 96;
/// Fixed header, extension header, and the extensions that a slot's packets carry: absolute send time, transport-wide
/// sequence number, mid; padded.
const HEADER: usize = 12 + 4 + 16;
const TAG: usize = 16;
/// One protected packet.
pub const PACKET: usize = HEADER + frames::PAYLOAD + TAG;
/// Packets of one system call.
const CALL_PACKETS: usize = 64;

struct Subscriber {
    destination: SocketAddrV4,
    key: LessSafeKey,
    salt: [u8; 12],
    ssrc: u32,
    sequence: u32,
    transport_sequence: u16,
}

/// Sends `frames` to `subscribers` sockets, from a thread whose CPU time is measured.
///
/// # Errors
/// If a socket or a thread fails.
pub fn run(subscribers: usize, frames: u32, by: SendBy, pace: Pace) -> io::Result<Measurement> {
    let sockets: Vec<UdpSocket> = (0..subscribers).map(|_| receiver()).collect::<io::Result<_>>()?;
    let destinations: Vec<SocketAddrV4> =
        sockets.iter().map(|socket| v4(socket.local_addr()?)).collect::<io::Result<_>>()?;
    let (go, frames_to_send) = mpsc::channel::<u32>();
    let sender =
        std::thread::Builder::new().name("floor".into()).spawn(move || send(destinations, by, &frames_to_send))?;
    let mut receivers = Receivers::new(sockets)?;
    let expected_each = (PACKETS_PER_FRAME * subscribers) as u64;
    let started = Instant::now();
    for frame in 0..frames {
        if pace == Pace::RealTime {
            let at = started + Duration::from_secs(1) * frame / FRAMES_PER_SECOND;
            while let Some(left) = at.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                receivers.poll(left);
            }
        }
        go.send(frame).map_err(|_| io::Error::other("the floor's thread ended early"))?;
        if pace == Pace::Closed {
            receivers.wait_for(expected_each * u64::from(frame + 1));
        }
    }
    let expected = expected_each * u64::from(frames);
    receivers.wait_for(expected);
    let wall = started.elapsed();
    drop(go);
    let cpu = sender.join().map_err(|_| io::Error::other("the floor's thread failed"))??;
    let (packets, odd) = (receivers.packets(), receivers.counts.iter().map(|counts| counts.out_of_order).sum::<u64>());
    let mut problems = vec![];
    if packets != expected || odd != 0 {
        problems.push(format!("{packets} of {expected} packets arrived, {odd} out of order"));
    }
    let bytes = receivers.counts.iter().map(|counts| counts.bytes).sum::<u64>().checked_div(packets).unwrap_or(0);
    Ok(Measurement { packets, cpu, wall, bytes, problems })
}

fn receiver() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket2::SockRef::from(&socket).set_recv_buffer_size(4 * 1024 * 1024)?;
    Ok(socket)
}

/// The measured thread: one frame to everybody for each number that comes.
fn send(destinations: Vec<SocketAddrV4>, by: SendBy, frames_to_send: &mpsc::Receiver<u32>) -> io::Result<Duration> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket2::SockRef::from(&socket).set_send_buffer_size(8 * 1024 * 1024)?;
    let mut subscribers: Vec<Subscriber> = destinations
        .into_iter()
        .enumerate()
        .map(|(index, to)| Subscriber::new(index, to))
        .collect::<io::Result<_>>()?;
    let mut buffer = vec![0; (CALL_PACKETS + PACKETS_PER_FRAME) * PACKET];
    let begun = thread_cpu_time();
    while let Ok(frame) = frames_to_send.recv() {
        let payloads: Vec<Vec<u8>> =
            (0..PACKETS_PER_FRAME).map(|packet| frames::payload(frame, packet, false)).collect();
        let mut filled: Vec<SocketAddrV4> = vec![];
        for subscriber in &mut subscribers {
            for (index, payload) in payloads.iter().enumerate() {
                let at = (filled.len() * PACKETS_PER_FRAME + index) * PACKET;
                subscriber.protect(payload, frame, index, &mut buffer[at..at + PACKET])?;
            }
            filled.push(subscriber.destination);
            if (filled.len() + 1) * PACKETS_PER_FRAME > CALL_PACKETS {
                flush(&socket, by, &filled, &buffer)?;
                filled.clear();
            }
        }
        flush(&socket, by, &filled, &buffer)?;
    }
    Ok(thread_cpu_time() - begun)
}

/// Sends the frames of some subscribers, which stand in the buffer one after another.
fn flush(socket: &UdpSocket, by: SendBy, filled: &[SocketAddrV4], buffer: &[u8]) -> io::Result<()> {
    let frames = filled.iter().zip(buffer.chunks(PACKETS_PER_FRAME * PACKET));
    let messages: Vec<Message> = match by {
        SendBy::Segments => frames
            .map(|(destination, bytes)| Message { destination: *destination, bytes, segment: Some(PACKET as u16) })
            .collect(),
        SendBy::Sendmmsg => frames
            .flat_map(|(destination, bytes)| {
                bytes.chunks(PACKET).map(|bytes| Message { destination: *destination, bytes, segment: None })
            })
            .collect(),
    };
    send_batch(socket.as_raw_fd(), &messages)
}

impl Subscriber {
    fn new(index: usize, destination: SocketAddrV4) -> io::Result<Subscriber> {
        let bytes = [index as u8; 32];
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| io::Error::other("the key was refused"))?;
        Ok(Subscriber {
            destination,
            key: LessSafeKey::new(key),
            salt: [index as u8; 12],
            ssrc: 1000 + index as u32,
            sequence: 1,
            transport_sequence: 1,
        })
    }

    /// Writes one packet: header, payload, tag.
    fn protect(&mut self, payload: &[u8], frame: u32, index: usize, out: &mut [u8]) -> io::Result<()> {
        let marker = if index + 1 == PACKETS_PER_FRAME { 0x80 } else { 0 };
        out[0] = 0x90;
        out[1] = PAYLOAD_TYPE | marker;
        out[2..4].copy_from_slice(&(self.sequence as u16).to_be_bytes());
        out[4..8].copy_from_slice(&frame.wrapping_mul(TICKS_PER_FRAME).to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        out[12..HEADER]
            .copy_from_slice(&[0xbe, 0xde, 0, 4, 0x22, 0, 0, 0, 0x31, 0, 0, 0x42, b'a', b'b', b'c', 0, 0, 0, 0, 0]);
        out[21..23].copy_from_slice(&self.transport_sequence.to_be_bytes());
        let (header, rest) = out.split_at_mut(HEADER);
        rest[..payload.len()].copy_from_slice(payload);
        let (body, tag) = rest.split_at_mut(payload.len());
        let nonce = Nonce::assume_unique_for_key(self.nonce());
        let sealed = self.key.seal_in_place_separate_tag(nonce, Aad::from(&*header), body);
        tag.copy_from_slice(sealed.map_err(|_| io::Error::other("a packet could not be encrypted"))?.as_ref());
        self.sequence += 1;
        self.transport_sequence = self.transport_sequence.wrapping_add(1);
        Ok(())
    }

    /// RFC 7714 §8.1: SSRC, rollover counter and sequence number, mixed with the salt.
    fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&self.ssrc.to_be_bytes());
        nonce[6..10].copy_from_slice(&(self.sequence >> 16).to_be_bytes());
        nonce[10..12].copy_from_slice(&(self.sequence as u16).to_be_bytes());
        nonce.iter_mut().zip(self.salt).for_each(|(byte, salt)| *byte ^= salt);
        nonce
    }
}

struct Receivers {
    sockets: Vec<UdpSocket>,
    counts: Vec<Counts>,
    poller: Poller,
    batch: ReceiveBatch,
}

impl Receivers {
    fn new(sockets: Vec<UdpSocket>) -> io::Result<Receivers> {
        let mut poller = Poller::new()?;
        for (token, socket) in sockets.iter().enumerate() {
            poller.add(socket.as_raw_fd(), token)?;
        }
        let counts = vec![Counts::default(); sockets.len()];
        Ok(Receivers { sockets, counts, poller, batch: ReceiveBatch::default() })
    }

    fn poll(&mut self, timeout: Duration) {
        for token in self.poller.wait(timeout) {
            for (datagram, _) in self.batch.receive(self.sockets[token].as_raw_fd()) {
                self.counts[token].take(datagram, PAYLOAD_TYPE);
            }
        }
    }

    fn packets(&self) -> u64 {
        self.counts.iter().map(|counts| counts.packets).sum()
    }

    fn wait_for(&mut self, packets: u64) {
        let deadline = Instant::now() + Duration::from_secs(1);
        while self.packets() < packets && Instant::now() < deadline {
            self.poll(Duration::from_millis(5));
        }
    }
}
