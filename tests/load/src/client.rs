//! A WebRTC client of the load generator: the probe's on a UDP socket of its own.

use crate::frames::{self, PACKETS_PER_FRAME};
use crate::syscalls::{Message, send_batch, v4};
use convene_model::media::{TrackPlan, TrackUse};
use convene_probe::{ClientOutput, Packet};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::time::{Duration, Instant};

pub use convene_probe::Shape;

/// One peer connection of the load generator.
pub struct Client {
    client: convene_probe::Client,
    socket: UdpSocket,
    local: SocketAddr,
    server: SocketAddr,
    /// Whether ICE and DTLS are up.
    pub is_connected: bool,
    /// When it wants [`drive`](Self::drive).
    pub due: Instant,
    /// Packets with a whole payload that came in order, all decrypted; only if packets are fed to it.
    pub decrypted: u64,
    /// Whether the server asked for a keyframe since the last frame.
    wants_keyframe: bool,
    datagrams: Vec<Vec<u8>>,
}

impl Client {
    /// A client of the server at `server`, and its offer.
    pub fn new(server: SocketAddr, shape: Shape, now: Instant) -> io::Result<(Client, String)> {
        let (mut client, offer) = Client::unconnected(shape, now)?;
        client.connect(server)?;
        Ok((client, offer))
    }

    /// A client that learns later where the server is, and its offer.
    pub fn unconnected(shape: Shape, now: Instant) -> io::Result<(Client, String)> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_nonblocking(true)?;
        socket2::SockRef::from(&socket).set_recv_buffer_size(4 * 1024 * 1024)?;
        let local = socket.local_addr()?;
        let (client, offer) = convene_probe::Client::new(&[local], shape, now).map_err(io::Error::other)?;
        let client = Client {
            client,
            socket,
            local,
            server: local,
            is_connected: false,
            due: now,
            decrypted: 0,
            wants_keyframe: true,
            datagrams: vec![],
        };
        Ok((client, offer))
    }

    /// Sends to this address from now on.
    pub fn connect(&mut self, server: SocketAddr) -> io::Result<()> {
        // Connected, so that an answer from another address than the one asked is lost, as on most clients' networks.
        self.socket.connect(server)?;
        self.server = server;
        Ok(())
    }

    /// The m-lines of its offer.
    pub fn tracks(&self) -> Vec<TrackPlan> {
        self.client.tracks.clone()
    }

    /// Takes the server's answer.
    pub fn answer(&mut self, answer: &str) -> io::Result<()> {
        self.client.answer(answer).map_err(io::Error::other)
    }

    /// The payload type of VP8, under which both directions send.
    pub fn video_payload_type(&self) -> Option<u8> {
        self.client.payload_type(TrackUse::Camera)
    }

    /// The payload type of Opus, under which both directions send.
    pub fn voice_payload_type(&self) -> Option<u8> {
        self.client.payload_type(TrackUse::Microphone)
    }

    /// For waiting on the socket.
    pub fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Feeds a datagram of the server; [`drive`](Self::drive) must follow.
    pub fn handle(&mut self, bytes: &[u8], now: Instant) -> io::Result<()> {
        self.client.handle(now, self.server, self.local, bytes).map_err(io::Error::other)
    }

    /// Lets time pass, and sends what is ready.
    pub fn drive(&mut self, now: Instant) -> io::Result<()> {
        let Client { client, is_connected, decrypted, wants_keyframe, datagrams, .. } = self;
        let due = client.drive(now, &mut |output| match output {
            ClientOutput::Datagram { bytes, .. } => datagrams.push(bytes),
            ClientOutput::Connected => *is_connected = true,
            ClientOutput::KeyframeWanted => *wants_keyframe = true,
            ClientOutput::Received { payload, .. } => *decrypted += u64::from(frames::number(&payload).is_some()),
            ClientOutput::PathFound => {}
        });
        self.due = due.map_err(io::Error::other)?;
        let destination = v4(self.server)?;
        let message = |bytes| Message { destination, bytes, segment: None };
        let messages: Vec<Message> = self.datagrams.iter().map(|bytes| message(bytes.as_slice())).collect();
        if !messages.is_empty() {
            send_batch(self.fd(), &messages)?;
        }
        self.datagrams.clear();
        Ok(())
    }

    /// Lets time pass for all of whom it is time, once it is `due`, and says when it is again: not sooner than in five milliseconds.
    pub fn drive_due<'a>(clients: impl Iterator<Item = &'a mut Client>, due: &mut Instant) -> io::Result<()> {
        let now = Instant::now();
        if *due > now {
            return Ok(());
        }
        let mut next: Option<Instant> = None;
        for client in clients {
            if client.due <= now {
                client.drive(now)?;
            }
            next = Some(next.map_or(client.due, |next| next.min(client.due)));
        }
        *due = next.unwrap_or(now).max(now + Duration::from_millis(5));
        Ok(())
    }

    /// Whether the server asked for a keyframe since this was called last; true at first.
    pub fn take_keyframe_wanted(&mut self) -> bool {
        std::mem::replace(&mut self.wants_keyframe, false)
    }

    /// Sends a frame of the camera in one go.
    pub fn send_frame(&mut self, frame: u32, now: Instant) -> io::Result<()> {
        let is_key = self.take_keyframe_wanted();
        let payloads = (0..PACKETS_PER_FRAME).map(|packet| frames::payload(frame, packet, is_key)).collect();
        self.send_packets(frame.wrapping_mul(frames::TICKS_PER_FRAME), payloads, now)
    }

    /// Sends the packets of a frame of the camera in one go; `timestamp` is RTP time.
    pub fn send_packets(&mut self, timestamp: u32, payloads: Vec<Vec<u8>>, now: Instant) -> io::Result<()> {
        self.send_of(TrackUse::Camera, timestamp, payloads, now)
    }

    /// Sends a packet of the microphone; `timestamp` is RTP time.
    pub fn send_voice(&mut self, timestamp: u32, payload: Vec<u8>, now: Instant) -> io::Result<()> {
        self.send_of(TrackUse::Microphone, timestamp, vec![payload], now)
    }

    fn send_of(&mut self, track_use: TrackUse, timestamp: u32, payloads: Vec<Vec<u8>>, now: Instant) -> io::Result<()> {
        let count = payloads.len();
        for (index, payload) in payloads.into_iter().enumerate() {
            let packet = Packet { timestamp, marker: index + 1 == count, payload };
            self.client.send(track_use, packet, now).map_err(io::Error::other)?;
        }
        self.drive(now)
    }
}
