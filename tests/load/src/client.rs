//! A WebRTC client without a browser: str0m on a UDP socket of its own.

use crate::frames::{self, PACKETS_PER_FRAME};
use crate::syscalls::{Message, send_batch, v4};
use convene_model::media::{TrackPlan, TrackUse};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Instant;
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};

/// The tracks of a client as the pages offer them.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Receiving m-lines for audio.
    pub audio_slots: usize,
    /// Receiving m-lines for cameras.
    pub video_slots: usize,
    /// Receiving m-lines for screens.
    pub screen_slots: usize,
}

impl Shape {
    /// What a meeting page offers at first.
    pub const PAGE: Shape = Shape { audio_slots: 3, video_slots: 9, screen_slots: 1 };
}

/// One peer connection of the load generator.
pub struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    server: SocketAddr,
    /// The m-lines of its offer.
    pub tracks: Vec<TrackPlan>,
    /// Whether ICE and DTLS are up.
    pub is_connected: bool,
    /// When it wants [`drive`](Self::drive).
    pub due: Instant,
    /// Packets with a whole payload that came in order, all decrypted; only if packets are fed to it.
    pub decrypted: u64,
    /// Whether the server asked for a keyframe since the last frame.
    wants_keyframe: bool,
    pending: Option<SdpPendingOffer>,
    camera: Option<(Mid, Pt)>,
    next_sequence: u64,
    datagrams: Vec<Vec<u8>>,
}

impl Client {
    /// A client of the server at `server`, and its offer.
    pub fn new(server: SocketAddr, shape: Shape, now: Instant) -> io::Result<(Client, String)> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        // Connected, so that an answer from another address than the one asked is lost, as on most clients' networks.
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        socket2::SockRef::from(&socket).set_recv_buffer_size(4 * 1024 * 1024)?;
        let local = socket.local_addr()?;
        let mut rtc =
            Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true).build(now);
        rtc.add_local_candidate(Candidate::host(local, "udp").map_err(io::Error::other)?);
        let mut client = Client {
            rtc,
            socket,
            local,
            server,
            tracks: vec![],
            is_connected: false,
            due: now,
            decrypted: 0,
            wants_keyframe: true,
            pending: None,
            camera: None,
            next_sequence: 1,
            datagrams: vec![],
        };
        let offer = client.offer(shape)?;
        Ok((client, offer.to_sdp_string()))
    }

    fn offer(&mut self, shape: Shape) -> io::Result<SdpOffer> {
        let sent = [TrackUse::Microphone, TrackUse::Camera, TrackUse::Screen];
        let slots = [
            (TrackUse::AudioSlot, shape.audio_slots),
            (TrackUse::VideoSlot, shape.video_slots),
            (TrackUse::ScreenSlot, shape.screen_slots),
        ];
        let slots = slots.into_iter().flat_map(|(track_use, count)| std::iter::repeat_n(track_use, count));
        let mut api = self.rtc.sdp_api();
        for track_use in sent.into_iter().chain(slots) {
            let is_audio = matches!(track_use, TrackUse::Microphone | TrackUse::AudioSlot);
            let kind = if is_audio { MediaKind::Audio } else { MediaKind::Video };
            let direction = if sent.contains(&track_use) { Direction::SendOnly } else { Direction::RecvOnly };
            let mid = api.add_media(kind, direction, None, None, None);
            self.tracks.push(TrackPlan { mid: mid.to_string(), track_use });
        }
        let (offer, pending) = api.apply().ok_or_else(|| io::Error::other("there was nothing to offer"))?;
        self.pending = Some(pending);
        Ok(offer)
    }

    /// Takes the server's answer.
    pub fn answer(&mut self, answer: &str) -> io::Result<()> {
        let answer = SdpAnswer::from_sdp_string(answer).map_err(io::Error::other)?;
        let pending = self.pending.take().ok_or_else(|| io::Error::other("an answer came without an offer"))?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(io::Error::other)?;
        let camera = self.tracks.iter().find(|track| track.track_use == TrackUse::Camera);
        self.camera = camera.and_then(|track| {
            let mid = Mid::from(track.mid.as_str());
            let pts = self.rtc.media(mid)?.remote_pts();
            let params = self.rtc.codec_config().params();
            let is_vp8 = |pt: &&Pt| params.iter().any(|p| p.pt() == **pt && p.spec().codec == Codec::Vp8);
            Some((mid, *pts.iter().find(is_vp8)?))
        });
        Ok(())
    }

    /// The payload type of VP8, under which both directions send.
    pub fn video_payload_type(&self) -> Option<u8> {
        self.camera.map(|(_, pt)| *pt)
    }

    /// For waiting on the socket.
    pub fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Feeds a datagram of the server; [`drive`](Self::drive) must follow.
    pub fn handle(&mut self, bytes: &[u8], now: Instant) -> io::Result<()> {
        let Ok(receive) = Receive::new(Protocol::Udp, self.server, self.local, bytes) else { return Ok(()) };
        self.rtc.handle_input(Input::Receive(now, receive)).map_err(io::Error::other)
    }

    /// Lets time pass, and sends what is ready.
    pub fn drive(&mut self, now: Instant) -> io::Result<()> {
        if self.due <= now {
            self.rtc.handle_input(Input::Timeout(now)).map_err(io::Error::other)?;
        }
        loop {
            match self.rtc.poll_output().map_err(io::Error::other)? {
                Output::Timeout(due) if due <= now => {
                    self.rtc.handle_input(Input::Timeout(now)).map_err(io::Error::other)?;
                }
                Output::Timeout(due) => {
                    self.due = due;
                    break;
                }
                Output::Transmit(transmit) => self.datagrams.push(transmit.contents.into()),
                Output::Event(event) => self.take(event),
            }
        }
        let destination = v4(self.server)?;
        let message = |bytes| Message { destination, bytes, segment: None };
        let messages: Vec<Message> = self.datagrams.iter().map(|bytes| message(bytes.as_slice())).collect();
        if !messages.is_empty() {
            send_batch(self.fd(), &messages)?;
        }
        self.datagrams.clear();
        Ok(())
    }

    /// Sends a frame of the camera in one go.
    pub fn send_frame(&mut self, frame: u32, now: Instant) -> io::Result<()> {
        let (mid, pt) = self.camera.ok_or_else(|| io::Error::other("the camera was not negotiated"))?;
        let is_key = std::mem::replace(&mut self.wants_keyframe, false);
        for packet in 0..PACKETS_PER_FRAME {
            let time = frame.wrapping_mul(frames::TICKS_PER_FRAME);
            let payload = frames::payload(frame, packet, is_key);
            let write = RtpWrite::new(pt, self.next_sequence.into(), time, now, payload)
                .marker(packet + 1 == PACKETS_PER_FRAME)
                .nackable(true);
            self.next_sequence += 1;
            let mut api = self.rtc.direct_api();
            let stream = api.stream_tx_by_mid(mid, None).ok_or_else(|| io::Error::other("the camera has no stream"))?;
            stream.write_rtp(write);
        }
        self.due = now;
        self.drive(now)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Connected => self.is_connected = true,
            Event::KeyframeRequest(_) => self.wants_keyframe = true,
            Event::RtpPacket(packet) => self.decrypted += u64::from(frames::number(&packet.payload).is_some()),
            _ => {}
        }
    }
}
