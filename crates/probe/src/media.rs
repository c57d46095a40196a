//! A [`Client`] on a socket of its own, with the moments at which things happened first.

use crate::client::{Client, ClientError, ClientOutput, Packet, Shape};
use convene_model::media::TrackUse;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

/// How often both tracks send: a frame of sound.
const PACKET_EVERY: Duration = Duration::from_millis(20);

/// A leg's media.
pub(crate) struct Media {
    client: Client,
    socket: UdpSocket,
    /// The addresses that the server is reached under, and ours towards each.
    paths: Vec<(IpAddr, SocketAddr)>,
    due: Instant,
    /// Packets of each track sent so far; it sends from the first [`start_sending`](Self::start_sending) on.
    sent: Option<u32>,
    send_at: Instant,
    wants_keyframe: bool,
    /// When ICE found a path.
    pub path_at: Option<Instant>,
    /// When DTLS was done.
    pub connected_at: Option<Instant>,
    /// When the first packet of somebody's microphone, and of somebody's camera, was decrypted.
    pub heard_at: Option<Instant>,
    pub seen_at: Option<Instant>,
}

impl Media {
    /// A client that can reach the announced addresses, and its offer.
    pub async fn open(announced: &[IpAddr]) -> io::Result<(Media, String)> {
        let is_ipv4 = announced.iter().any(IpAddr::is_ipv4);
        let any: IpAddr = if is_ipv4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((any, 0)).await?;
        let port = socket.local_addr()?.port();
        let of_family = announced.iter().filter(|address| address.is_ipv4() == is_ipv4);
        let paths: Vec<(IpAddr, SocketAddr)> =
            of_family.filter_map(|to| Some((*to, SocketAddr::new(own_address(*to)?, port)))).collect();
        let mut local: Vec<SocketAddr> = paths.iter().map(|(_, own)| *own).collect();
        local.dedup();
        if local.is_empty() {
            return Err(io::Error::other(
                "there is no route from here to any address that the server announces for media",
            ));
        }
        let now = Instant::now();
        let shape = Shape { audio_slots: 1, video_slots: 1, screen_slots: 0 };
        let (client, offer) = Client::new(&local, shape, now).map_err(io::Error::other)?;
        let media = Media {
            client,
            socket,
            paths,
            due: now,
            sent: None,
            send_at: now,
            wants_keyframe: true,
            path_at: None,
            connected_at: None,
            heard_at: None,
            seen_at: None,
        };
        Ok((media, offer))
    }

    /// What the offer's m-lines are for.
    pub fn tracks(&self) -> Vec<convene_model::media::TrackPlan> {
        self.client.tracks.clone()
    }

    /// Takes the answer.
    pub fn answer(&mut self, answer: &str) -> Result<(), ClientError> {
        self.due = Instant::now();
        self.client.answer(answer)
    }

    /// Sends microphone and camera from now on.
    pub fn start_sending(&mut self) {
        self.send_at = Instant::now();
        self.sent.get_or_insert(0);
    }

    /// When [`turn`](Self::turn) is wanted at the latest.
    pub fn due(&self) -> Instant {
        if self.sent.is_some() { self.due.min(self.send_at) } else { self.due }
    }

    /// Waits until a datagram is there.
    pub async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Takes what came, sends what is due, lets time pass.
    pub fn turn(&mut self) -> io::Result<()> {
        let mut buffer = [0; 2048];
        loop {
            match self.socket.try_recv_from(&mut buffer) {
                Ok((length, source)) => {
                    let path = self.paths.iter().find(|(address, _)| *address == source.ip());
                    let Some((_, own)) = path else { continue };
                    self.client.handle(Instant::now(), source, *own, &buffer[..length]).map_err(io::Error::other)?;
                    self.drive()?;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        self.send_due()?;
        self.drive()
    }

    fn send_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        let Some(sent) = self.sent.filter(|_| self.send_at <= now && self.connected_at.is_some()) else {
            return Ok(());
        };
        let sound = Packet { timestamp: sent * 960, marker: sent == 0, payload: vec![0xf8, 0xff, 0xfe] };
        self.client.send(TrackUse::Microphone, sound, now).map_err(io::Error::other)?;
        let is_key = std::mem::replace(&mut self.wants_keyframe, false);
        let picture = Packet { timestamp: sent * 1800, marker: true, payload: picture(sent as u16, is_key) };
        self.client.send(TrackUse::Camera, picture, now).map_err(io::Error::other)?;
        self.sent = Some(sent + 1);
        self.send_at = now + PACKET_EVERY;
        Ok(())
    }

    fn drive(&mut self) -> io::Result<()> {
        let Media { client, socket, path_at, connected_at, heard_at, seen_at, wants_keyframe, .. } = self;
        let now = Instant::now();
        let (opus, vp8) = (client.payload_type(TrackUse::Microphone), client.payload_type(TrackUse::Camera));
        let mut refused = None;
        let due = client.drive(now, &mut |output| match output {
            ClientOutput::Datagram { destination, bytes, .. } => {
                // A full buffer loses the datagram, as a network would.
                if let Err(error) = socket.try_send_to(&bytes, destination)
                    && error.kind() != io::ErrorKind::WouldBlock
                {
                    refused = Some(error);
                }
            }
            ClientOutput::PathFound => _ = path_at.get_or_insert(now),
            ClientOutput::Connected => _ = connected_at.get_or_insert(now),
            ClientOutput::KeyframeWanted => *wants_keyframe = true,
            ClientOutput::Received { payload_type, .. } => {
                if Some(payload_type) == opus {
                    heard_at.get_or_insert(now);
                } else if Some(payload_type) == vp8 {
                    seen_at.get_or_insert(now);
                }
            }
        });
        self.due = due.map_err(io::Error::other)?;
        refused.map_or(Ok(()), Err)
    }
}

/// Our address towards another; asks the routing table, sends nothing.
fn own_address(to: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = std::net::UdpSocket::bind((any, 0)).ok()?;
    socket.connect((to, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// One packet that the SFU takes for a VP8 frame: descriptor with a 15-bit picture id (RFC 7741 §4.2), payload header, filler.
fn picture(id: u16, is_key: bool) -> Vec<u8> {
    let [high, low] = (id & 0x7fff).to_be_bytes();
    let mut bytes = vec![0x90, 0x80, 0x80 | high, low, u8::from(!is_key)];
    bytes.resize(200, 0x5a);
    bytes
}
