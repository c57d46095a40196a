//! A world with one `Sfu`, real str0m clients, a wire without loss and a clock that jumps.
#![allow(dead_code)]

mod nonces;

use convene_model::audio::{AudioPacket, Heard, Spoken};
use convene_model::media::{MaySend, MediaCommand, MediaEvent, Shown, ShownSize, Source, TrackPlan, TrackUse, Wish};
use convene_model::quality::PeerMeasure;
use convene_model::{CallId, PeerId};
use convene_sfu::{Output, Sfu, SfuConfig};
use nonces::Nonces;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Rtc};

pub const SERVER: &str = "192.0.2.1:3478";

/// What a client's offer contains.
#[derive(Clone, Copy)]
pub struct Shape {
    pub audio_slots: usize,
    pub video_slots: usize,
    pub screen_slots: usize,
    /// Whether the camera is sent in the layers of [`LAYERS`].
    pub has_layers: bool,
}

pub const SMALL: Shape = Shape { audio_slots: 2, video_slots: 2, screen_slots: 1, has_layers: false };
pub const LAYERED: Shape = Shape { has_layers: true, ..SMALL };

/// The layers' names, from the smallest to the largest.
pub const LAYERS: [&str; 3] = ["q", "h", "f"];

/// A packet as a client received it.
#[derive(Clone, Debug)]
pub struct Received {
    pub mid: String,
    pub ssrc: u32,
    pub sequence: u64,
    pub timestamp: u32,
    pub audio_level: Option<i8>,
    pub payload: Vec<u8>,
}

pub struct Client {
    pub rtc: Rtc,
    pub address: SocketAddr,
    /// The address of the network that it left.
    pub old: Option<SocketAddr>,
    pub tracks: Vec<TrackPlan>,
    pub received: Vec<Received>,
    /// The tracks for which a PLI came.
    pub keyframe_requests: Vec<TrackUse>,
    /// The layers for which a PLI came.
    pub layer_requests: Vec<usize>,
    pub is_connected: bool,
    pending: Option<SdpPendingOffer>,
    due: Instant,
    sequence: BTreeMap<(TrackUse, Option<usize>), u64>,
    has_layers: bool,
}

pub struct World {
    pub sfu: Sfu,
    pub now: Instant,
    pub start: Instant,
    pub clients: BTreeMap<PeerId, Client>,
    /// All but the measures.
    pub events: Vec<MediaEvent>,
    /// What agents heard.
    pub heard: Vec<Heard>,
    pub measures: BTreeMap<PeerId, PeerMeasure>,
    sfu_due: Instant,
    /// (source, destination, bytes)
    wire: VecDeque<(SocketAddr, SocketAddr, Vec<u8>)>,
    /// The thin lines to clients.
    lines: BTreeMap<SocketAddr, Line>,
    /// What is on its way over them, by when it arrives and in order.
    late: BTreeMap<(Instant, u64), (SocketAddr, SocketAddr, Vec<u8>)>,
    crossed: u64,
    /// Addresses whose datagrams are lost both ways.
    pub cut: Vec<SocketAddr>,
    /// The next RTP packet to or from this address is lost.
    pub lose_next: Option<SocketAddr>,
    protected: Nonces,
    negotiations: u32,
}

/// A server at [`SERVER`], over UDP and over TCP.
pub fn config() -> SfuConfig {
    let server = SERVER.parse().unwrap();
    SfuConfig { candidates: vec![server], tcp_candidates: vec![server], estimates_bandwidth: true }
}

/// A line with a rate and a queue.
struct Line {
    bits_per_second: u64,
    free_at: Instant,
}

/// How long a datagram waits before a thin line at most; whatever would wait longer is lost.
/// str0m's own client tells of no packet that was lost between two of its reports, so a short queue would hide the losses from the estimator.
const QUEUE: Duration = Duration::from_secs(2);

pub fn all() -> MaySend {
    MaySend { microphone: true, camera: true, screen: true }
}

impl Client {
    fn new(id: PeerId, shape: Shape, now: Instant) -> (Client, String) {
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .enable_h264(true)
            .build(now);
        let address = SocketAddr::from(([192, 0, 2, 100], 10_000 + id.0 as u16));
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut client = Client {
            rtc,
            address,
            old: None,
            tracks: vec![],
            received: vec![],
            keyframe_requests: vec![],
            layer_requests: vec![],
            has_layers: shape.has_layers,
            is_connected: false,
            pending: None,
            due: now,
            sequence: BTreeMap::new(),
        };
        let mut uses = vec![TrackUse::Microphone, TrackUse::Camera, TrackUse::Screen];
        uses.extend(vec![TrackUse::AudioSlot; shape.audio_slots]);
        uses.extend(vec![TrackUse::VideoSlot; shape.video_slots]);
        uses.extend(vec![TrackUse::ScreenSlot; shape.screen_slots]);
        let offer = client.offer(&uses);
        (client, offer)
    }

    /// Offers further tracks.
    pub fn offer(&mut self, uses: &[TrackUse]) -> String {
        let mut api = self.rtc.sdp_api();
        for track_use in uses {
            let (kind, direction) = match track_use {
                TrackUse::Microphone => (MediaKind::Audio, Direction::SendOnly),
                TrackUse::AudioSlot => (MediaKind::Audio, Direction::RecvOnly),
                TrackUse::Camera | TrackUse::Screen => (MediaKind::Video, Direction::SendOnly),
                TrackUse::VideoSlot | TrackUse::ScreenSlot => (MediaKind::Video, Direction::RecvOnly),
            };
            let mut simulcast = Simulcast::new();
            LAYERS.iter().for_each(|rid| simulcast.add_send_layer(SimulcastLayer::new(rid)));
            let simulcast = (self.has_layers && *track_use == TrackUse::Camera).then_some(simulcast);
            let mid = api.add_media(kind, direction, None, None, simulcast);
            self.tracks.push(TrackPlan { mid: mid.to_string(), track_use: *track_use });
        }
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    /// Changes to another network; nothing follows from it until an ICE restart.
    pub fn move_to(&mut self, address: SocketAddr) {
        self.old = Some(std::mem::replace(&mut self.address, address));
        self.rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
    }

    /// Offers an ICE restart.
    pub fn offer_restart(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        api.ice_restart(true);
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub fn mids(&self, track_use: TrackUse) -> Vec<String> {
        self.tracks.iter().filter(|t| t.track_use == track_use).map(|t| t.mid.clone()).collect()
    }

    fn mid(&self, track_use: TrackUse) -> Mid {
        self.mids(track_use)[0].as_str().into()
    }

    /// Sends one packet of a track; the payload begins with `tag` where it is free to.
    pub fn send(&mut self, track_use: TrackUse, now: Instant, since: Duration, payload: Vec<u8>, level: Option<i8>) {
        self.send_layer(track_use, None, now, since, payload, level);
    }

    fn send_layer(
        &mut self,
        track_use: TrackUse,
        layer: Option<usize>,
        now: Instant,
        since: Duration,
        payload: Vec<u8>,
        level: Option<i8>,
    ) {
        let mid = self.mid(track_use);
        let codec_is_audio = track_use == TrackUse::Microphone;
        let media = self.rtc.media(mid).unwrap();
        let params = self.rtc.codec_config().params();
        let wanted = if codec_is_audio { str0m::format::Codec::Opus } else { str0m::format::Codec::Vp8 };
        let pt = media
            .remote_pts()
            .iter()
            .copied()
            .find(|pt| params.iter().any(|p| p.pt() == *pt && p.spec().codec == wanted))
            .unwrap();
        let rate = if codec_is_audio { 48 } else { 90 };
        let first = track_use as u64 * 1000 + layer.map_or(0, |layer| layer as u64 * 7000) + 1;
        let sequence = self.sequence.entry((track_use, layer)).or_insert(first);
        *sequence += 1;
        let values = ExtensionValues { audio_level: level, voice_activity: Some(true), ..ExtensionValues::default() };
        let write = RtpWrite::new(pt, (*sequence).into(), (since.as_millis() as u32).wrapping_mul(rate), now, payload)
            .marker(true)
            .ext_vals(values)
            .nackable(!codec_is_audio);
        let rid = layer.map(|layer| LAYERS[layer].into());
        self.rtc.direct_api().stream_tx_by_mid(mid, rid).unwrap().write_rtp(write);
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.due = now;
    }

    /// Asks for a keyframe of what comes in on a slot.
    pub fn request_keyframe(&mut self, mid: &str, now: Instant) {
        let stream = self.rtc.direct_api();
        let mut api = stream;
        api.stream_rx_by_mid(mid.into(), None).unwrap().request_keyframe(KeyframeRequestKind::Pli);
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.due = now;
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::RtpPacket(packet) => self.take(packet),
            Event::KeyframeRequest(request) => {
                let mid = request.mid.to_string();
                let track = self.tracks.iter().find(|track| track.mid == mid).unwrap();
                self.keyframe_requests.push(track.track_use);
                let layer = request.rid.and_then(|rid| LAYERS.iter().position(|name| Rid::from(*name) == rid));
                self.layer_requests.extend(layer);
            }
            Event::Connected => self.is_connected = true,
            _ => {}
        }
    }

    fn take(&mut self, packet: RtpPacket) {
        let ssrc = packet.header.ssrc;
        let mid = self.rtc.direct_api().stream_rx(&ssrc).unwrap().mid().to_string();
        self.received.push(Received {
            mid,
            ssrc: *ssrc,
            sequence: *packet.seq_no,
            timestamp: packet.header.timestamp,
            audio_level: packet.header.ext_vals.audio_level,
            payload: packet.payload.to_vec(),
        });
    }
}

/// A VP8 payload of one small frame: descriptor with a 15-bit picture id and TL0PICIDX, then `tag`.
pub fn vp8(picture: u16, tl0: u8, is_key: bool, tag: u8) -> Vec<u8> {
    let [high, low] = picture.to_be_bytes();
    vec![0x90, 0xe0, 0x80 | high, low, tl0, 0, u8::from(!is_key), 0, 0, tag]
}

impl World {
    pub fn new() -> World {
        World::with(config())
    }

    pub fn with(config: SfuConfig) -> World {
        let now = Instant::now();
        let sfu = Sfu::new(config, now).unwrap();
        World {
            sfu,
            now,
            start: now,
            clients: BTreeMap::new(),
            events: vec![],
            heard: vec![],
            measures: BTreeMap::new(),
            sfu_due: now,
            wire: VecDeque::new(),
            lines: BTreeMap::new(),
            late: BTreeMap::new(),
            crossed: 0,
            cut: vec![],
            lose_next: None,
            protected: Nonces::default(),
            negotiations: 0,
        }
    }

    /// Opens a peer and runs until it is connected.
    pub fn join(&mut self, id: u64, call: &str, shape: Shape, may_send: MaySend) -> PeerId {
        let peer = self.open(id, call, shape, may_send);
        self.run_until(|world| world.events.contains(&MediaEvent::Connected { peer }));
        peer
    }

    /// A peer whose offer is answered, and nothing more.
    pub fn open(&mut self, id: u64, call: &str, shape: Shape, may_send: MaySend) -> PeerId {
        let peer = PeerId(id);
        let (client, offer) = Client::new(peer, shape, self.now);
        let tracks = client.tracks.clone();
        self.clients.insert(peer, client);
        self.negotiations += 1;
        let negotiation = self.negotiations;
        let call = CallId(call.into());
        self.command(MediaCommand::Open { peer, call, negotiation, offer, tracks, may_send });
        self.take_answer(peer, negotiation);
        peer
    }

    /// Sends a further offer of an open peer and takes the answer.
    pub fn negotiate(&mut self, peer: PeerId, offer: String) {
        self.negotiations += 1;
        let negotiation = self.negotiations;
        let tracks = self.clients[&peer].tracks.clone();
        self.command(MediaCommand::Negotiate { peer, negotiation, offer, tracks });
        self.take_answer(peer, negotiation);
    }

    fn take_answer(&mut self, peer: PeerId, negotiation: u32) {
        let answer = self.events.iter().find_map(|event| match event {
            MediaEvent::Answered { peer: p, negotiation: n, answer } if (*p, *n) == (peer, negotiation) => {
                Some(answer.clone())
            }
            _ => None,
        });
        let answer = answer.unwrap_or_else(|| panic!("no answer: {:?}", self.events));
        let client = self.clients.get_mut(&peer).unwrap();
        let pending = client.pending.take().unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        client.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        client.due = self.now;
    }

    pub fn command(&mut self, command: MediaCommand) {
        self.sfu.handle_command(command, self.now);
        self.poll_sfu();
    }

    pub fn subscribe(&mut self, peer: PeerId, wishes: &[(PeerId, Source)]) {
        let wishes = wishes.iter().map(|(publisher, source)| Wish { publisher: *publisher, source: *source }).collect();
        self.command(MediaCommand::Subscribe { peer, wishes });
    }

    pub fn client(&mut self, peer: PeerId) -> &mut Client {
        self.clients.get_mut(&peer).unwrap()
    }

    pub fn send(&mut self, peer: PeerId, track_use: TrackUse, payload: Vec<u8>) {
        self.send_at_level(peer, track_use, payload, Some(-30));
    }

    pub fn send_at_level(&mut self, peer: PeerId, track_use: TrackUse, payload: Vec<u8>, level: Option<i8>) {
        let (now, since) = (self.now, self.now - self.start);
        self.client(peer).send(track_use, now, since, payload, level);
        self.settle();
    }

    /// Sends one packet of a layer of a camera.
    pub fn send_layer(&mut self, peer: PeerId, layer: usize, payload: Vec<u8>) {
        let (now, since) = (self.now, self.now - self.start);
        self.client(peer).send_layer(TrackUse::Camera, Some(layer), now, since, payload, None);
        self.settle();
    }

    /// Says how large a peer shows cameras.
    pub fn show(&mut self, peer: PeerId, sizes: &[(PeerId, u16, u16)]) {
        let shown = sizes.iter().map(|(publisher, width, height)| Shown {
            wish: Wish { publisher: *publisher, source: Source::Camera },
            size: ShownSize { width: *width, height: *height },
        });
        self.command(MediaCommand::Show { peer, shown: shown.collect() });
    }

    /// Lets an agent say something.
    pub fn speak(&mut self, speaker: PeerId, packet: AudioPacket) {
        self.speak_to(speaker, packet, None);
    }

    /// Lets an agent say something to some alone.
    pub fn speak_to(&mut self, speaker: PeerId, packet: AudioPacket, to: Option<&[PeerId]>) {
        let to = to.map(|to| Arc::new(to.iter().copied().collect::<BTreeSet<_>>()));
        self.sfu.handle_spoken(Spoken { speaker, packet, to }, self.now);
        self.poll_sfu();
        self.settle();
    }

    fn poll_sfu(&mut self) {
        loop {
            match self.sfu.poll_output() {
                Output::Transmit(transmit) => {
                    self.protected.note(self.key_of(transmit.destination), &transmit.bytes);
                    self.wire.push_back((SERVER.parse().unwrap(), transmit.destination, transmit.bytes));
                }
                Output::Event(MediaEvent::Measured { peer, measure }) => {
                    assert_eq!(self.measures.insert(peer, *measure), None, "once in a peer's life");
                }
                Output::Event(event) => self.events.push(event),
                Output::Heard(heard) => self.heard.push(heard),
                Output::Timeout(due) => {
                    self.sfu_due = due;
                    return;
                }
            }
        }
    }

    /// The first address of the client that has this one: its key is the same in every network.
    fn key_of(&self, address: SocketAddr) -> SocketAddr {
        let owner = self.clients.values().find(|client| client.address == address);
        owner.and_then(|client| client.old).unwrap_or(address)
    }

    fn poll_client(&mut self, id: PeerId) {
        let client = self.clients.get_mut(&id).unwrap();
        loop {
            match client.rtc.poll_output().unwrap() {
                str0m::Output::Timeout(due) if due <= self.now => {
                    client.rtc.handle_input(Input::Timeout(self.now)).unwrap();
                }
                str0m::Output::Timeout(due) => {
                    client.due = due;
                    return;
                }
                str0m::Output::Transmit(transmit) => {
                    self.wire.push_back((transmit.source, transmit.destination, transmit.contents.to_vec()));
                }
                str0m::Output::Event(event) => client.handle(event),
            }
        }
    }

    /// Delivers what is on the wire, and everything that follows from it at this time.
    pub fn settle(&mut self) {
        let ids: Vec<PeerId> = self.clients.keys().copied().collect();
        for id in ids {
            self.poll_client(id);
        }
        while let Some((source, destination, bytes)) = self.next_arrival() {
            if self.cut.contains(&source) || self.cut.contains(&destination) {
                continue;
            }
            let is_rtp = bytes[0] >> 6 == 2 && !(64..96).contains(&(bytes[1] & 0x7f));
            if is_rtp && self.lose_next.is_some_and(|lost| lost == source || lost == destination) {
                self.lose_next = None;
                continue;
            }
            if destination == SERVER.parse().unwrap() {
                self.sfu.handle_datagram(self.now, source, destination, &bytes);
                self.poll_sfu();
                continue;
            }
            let owner = self.clients.iter().find(|(_, c)| c.address == destination || c.old == Some(destination));
            let owner = owner.map(|(id, _)| *id);
            let Some(id) = owner else { continue };
            let client = self.clients.get_mut(&id).unwrap();
            let receive = Receive::new(Protocol::Udp, source, destination, &bytes).unwrap();
            client.rtc.handle_input(Input::Receive(self.now, receive)).unwrap();
            self.poll_client(id);
        }
    }

    /// The line to a client carries so many bits a second from now on; `None`: all.
    pub fn narrow(&mut self, peer: PeerId, bits_per_second: Option<u64>) {
        let (address, free_at) = (self.clients[&peer].address, self.now);
        self.lines.remove(&address);
        self.lines.extend(bits_per_second.map(|bits_per_second| (address, Line { bits_per_second, free_at })));
    }

    /// What arrives at this time.
    fn next_arrival(&mut self) -> Option<(SocketAddr, SocketAddr, Vec<u8>)> {
        while let Some((source, destination, bytes)) = self.wire.pop_front() {
            let Some(line) = self.lines.get_mut(&destination) else { return Some((source, destination, bytes)) };
            let time = Duration::from_micros((bytes.len() as u64 + 28) * 8_000_000 / line.bits_per_second);
            let arrives = line.free_at.max(self.now) + time;
            if arrives <= self.now + QUEUE + time {
                line.free_at = arrives;
                self.crossed += 1;
                self.late.insert((arrives, self.crossed), (source, destination, bytes));
            }
        }
        let is_due = self.late.first_key_value().is_some_and(|((at, _), _)| *at <= self.now);
        is_due.then(|| self.late.pop_first()).flatten().map(|(_, datagram)| datagram)
    }

    /// Lets one timer fire, not later than `limit`.
    fn step(&mut self, limit: Instant) {
        let due = self.clients.values().map(|client| client.due).chain([self.sfu_due]);
        let late = self.late.first_key_value().map(|((at, _), _)| *at);
        let due = due.chain(late).min().unwrap();
        self.now = due.max(self.now).min(limit);
        if self.sfu_due <= self.now {
            self.sfu.handle_timeout(self.now);
            self.poll_sfu();
        }
        for client in self.clients.values_mut() {
            if client.due <= self.now {
                client.rtc.handle_input(Input::Timeout(self.now)).unwrap();
            }
        }
        self.settle();
    }

    /// Lets time pass.
    pub fn run(&mut self, duration: Duration) {
        let limit = self.now + duration;
        while self.now < limit {
            self.step(limit);
        }
    }

    /// Lets time pass until something holds, at most ten seconds.
    pub fn run_until(&mut self, holds: impl Fn(&World) -> bool) {
        let limit = self.now + Duration::from_secs(10);
        while !holds(self) {
            assert!(self.now < limit, "ten seconds passed; events: {:?}", self.events);
            self.step(limit);
        }
    }
}
