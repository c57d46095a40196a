//! One peer connection of the server, and with `convert.rs` all of this crate that names str0m.
//!
//! str0m does ICE-lite, DTLS, SRTP, RTCP (NACK, RTX, reports, transport-wide feedback) and the SDP answer, in RTP mode;
//! what is forwarded to whom is decided by others on plain packets. Whatever panics inside str0m ends this peer alone.
//!
//! Calling contract: any of [`receive`](Peer::receive), [`tick`](Peer::tick), [`send`](Peer::send) and
//! [`request_keyframe`](Peer::request_keyframe), then [`drain`](Peer::drain) to the end. After `receive`, `drain` must come
//! before the next `receive`, since str0m holds one received packet.

use crate::convert::{codec_of, incoming, to_write};
use crate::demux::{Address, Protocol};
use crate::interface::Transmit;
use crate::packet::{Codec, IncomingPacket, OutgoingPacket};
use crate::plan;
use crate::quality::Report;
use convene_model::media::{LostReason, TrackPlan};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::bwe::{Bitrate, BweKind};
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::crypto::from_feature_flags;
use str0m::media::{KeyframeRequestKind, Mid, Pt, Rid, Rids};
use str0m::net::{Protocol as RtcProtocol, Receive, TcpType};
use str0m::rtp::Ssrc;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig, RtcError};

/// Packets kept for retransmission in one outgoing video stream: 1.4 s of a 1.5 Mbit/s camera. Fewer lose the repair of
/// long round trips, more push the working set out of the CPU's cache when there are hundreds of subscribers.
const RESEND_PACKETS: usize = 256;
/// How long they are kept.
const RESEND_AGE: Duration = Duration::from_secs(2);
/// Share of retransmitted bytes above which resends are given up. str0m's default of 0.15 stops repairs at the losses of
/// ordinary wireless networks; none at all would let a receiver double what is sent to it.
const RESEND_SHARE_MAX: f32 = 0.4;
/// SSRCs remembered with their m-lines. A client that exceeds it (three tracks need five, with layers) costs itself look-ups.
const SOURCES_MAX: usize = 16;

/// What a client's line is taken to carry until it is known, in bits per second. The first probes then try three and six times of it. More: a
/// thin line is flooded at the start. Less: everybody begins with small pictures.
const FIRST_ESTIMATE: u64 = 1_500_000;
/// A change of what is wanted that the estimator is told: less is not worth the work.
const WANTED_STEP: f64 = 0.05;

/// How often the library is asked what the client reported. More often: more work for each peer and slot. More rarely: calls that are
/// over soon have no round trip.
const REPORTS_EVERY: Duration = Duration::from_secs(3);

/// What all peers of this process share: the DTLS certificate and the answers' candidates.
pub(crate) struct PeerFactory {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    candidates: Vec<Address>,
    estimates_bandwidth: bool,
}

/// A parsed offer. Parsing takes up to 25 ms for large ones, so it is done before the media thread.
pub(crate) struct ParsedOffer(SdpOffer);

/// One peer connection.
pub(crate) struct Peer {
    rtc: Box<Rtc>,
    tracks: Vec<Track>,
    /// The m-lines and layers of the SSRCs that were received.
    sources: Vec<(Ssrc, Origin)>,
    candidates: Vec<Address>,
    /// Minimum and goal that the estimator works with, in bits per second.
    bandwidth: (u64, u64),
}

/// The m-line that a packet belongs to, and its layer, if it has a name.
type Origin = (Mid, Option<Rid>);

/// One m-line that the plan names.
struct Track {
    mid: Mid,
    /// The layers that the client may send on it; none has a name if there is only one.
    layers: Vec<Rid>,
    outgoing: Option<Outgoing>,
    /// The payload type and codec of the last received packet, to look the codec up once.
    last_codec: Option<(Pt, Codec)>,
}

/// The sending side of a slot.
struct Outgoing {
    ssrc: Ssrc,
    codecs: Vec<(Codec, Pt)>,
}

/// What was queued on a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub packets: u64,
    /// Of payload.
    pub bytes: u64,
}

/// What comes out of a peer. Tracks are indexes into the plan.
pub(crate) enum PeerOutput {
    Transmit(Transmit),
    Packet {
        track: usize,
        layer: usize,
        packet: IncomingPacket,
    },
    KeyframeRequested {
        track: usize,
    },
    Reported {
        track: usize,
        report: Report,
    },
    /// What the client's line carries, in bits per second; `None` if that is not found out.
    Estimated(Option<u64>),
    Connected,
    IceUp,
    IceDown,
}

impl PeerFactory {
    /// Makes the process's certificate.
    pub fn new(candidates: Vec<Address>, estimates_bandwidth: bool) -> Result<PeerFactory, String> {
        let crypto = from_feature_flags();
        let certificate = crypto.dtls_provider.generate_certificate().ok_or("no DTLS certificate could be made")?;
        Ok(PeerFactory { crypto: Arc::new(crypto), certificate, candidates, estimates_bandwidth })
    }

    /// Makes a peer and answers its offer. The error is a sentence for a developer.
    pub fn open(&self, offer: ParsedOffer, tracks: &[TrackPlan], now: Instant) -> Result<(Peer, String), String> {
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let mut rtc = Box::new(self.configure().build(now));
            for candidate in &self.candidates {
                rtc.add_local_candidate(announced(*candidate)?);
            }
            let candidates = self.candidates.clone();
            let mut peer = Peer { rtc, tracks: vec![], sources: vec![], candidates, bandwidth: (0, 0) };
            let answer = peer.accept(offer, tracks)?;
            Ok((peer, answer))
        }));
        opened.unwrap_or_else(|_| Err("a defect of the server was met while answering the offer".into()))
    }

    fn configure(&self) -> RtcConfig {
        Rtc::builder()
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_stats_interval(Some(REPORTS_EVERY))
            .set_send_buffer_video(RESEND_PACKETS)
            .enable_bwe(self.estimates_bandwidth.then_some(Bitrate::bps(FIRST_ESTIMATE)))
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .enable_h264(true)
    }
}

impl ParsedOffer {
    /// Parses an SDP offer. The error is a sentence for a developer.
    pub fn parse(offer: &str) -> Result<ParsedOffer, String> {
        let parsed = catch_unwind(|| SdpOffer::from_sdp_string(offer));
        let parsed = parsed.map_err(|_| "the offer is not SDP that this server can read".to_string())?;
        parsed.map(ParsedOffer).map_err(|error| format!("the offer is not valid SDP: {error}"))
    }
}

impl Peer {
    /// Answers a further offer. `Err(Ok(reason))` leaves the peer as it was; `Err(Err(_))` ends it.
    pub fn negotiate(
        &mut self,
        offer: ParsedOffer,
        tracks: &[TrackPlan],
    ) -> Result<String, Result<String, LostReason>> {
        let accepted = catch_unwind(AssertUnwindSafe(|| self.accept(offer, tracks)));
        match accepted {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(reason)) => Err(Ok(reason)),
            Err(_) => Err(Err(LostReason::Defect)),
        }
    }

    /// The username fragment that STUN requests for this peer name now.
    pub fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Takes a datagram. Returns whether it was this peer's: STUN with the right password, anything else only from an
    /// address of a pair that ICE has validated.
    pub fn receive(
        &mut self,
        now: Instant,
        (protocol, source): Address,
        local: SocketAddr,
        bytes: &[u8],
    ) -> Result<bool, LostReason> {
        let destination = self.candidate_for((protocol, local));
        let protocol = if protocol == Protocol::Tcp { RtcProtocol::Tcp } else { RtcProtocol::Udp };
        let rtc = &mut self.rtc;
        guarded(move || {
            let Ok(receive) = Receive::new(protocol, source, destination, bytes) else { return Ok(false) };
            let input = Input::Receive(now, receive);
            if !rtc.accepts(&input) {
                return Ok(false);
            }
            rtc.handle_input(input).map(|()| true)
        })
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: Instant) -> Result<(), LostReason> {
        let rtc = &mut self.rtc;
        guarded(move || rtc.handle_input(Input::Timeout(now)))
    }

    /// Hands everything that is ready to `sink`, and returns when [`tick`](Self::tick) is needed next.
    pub fn drain(&mut self, now: Instant, sink: &mut impl FnMut(PeerOutput)) -> Result<Instant, LostReason> {
        let Peer { rtc, tracks, sources, .. } = self;
        guarded(move || {
            // A due timeout is served at once: str0m sends a written burst in pieces otherwise. Bounded, because a
            // timeout that stays due must not stop the others.
            for _ in 0..16 {
                let due = drain_once(rtc, sources, tracks, sink)?;
                if due > now {
                    return Ok(due);
                }
                rtc.handle_input(Input::Timeout(now))?;
            }
            drain_once(rtc, sources, tracks, sink).map(|due| due.max(now + Duration::from_millis(1)))
        })
    }

    /// Whether the connection still lives; `false` after the other side closed it.
    pub fn is_alive(&self) -> bool {
        self.rtc.is_alive()
    }

    /// Queues packets on a slot; [`tick`](Self::tick) sends them. Returns what was queued: nothing is if the subscriber has no payload
    /// type for the codec.
    pub fn send(&mut self, track: usize, packets: impl Iterator<Item = OutgoingPacket>) -> Result<Sent, LostReason> {
        let mut sent = Sent::default();
        let Some(outgoing) = self.tracks.get(track).and_then(|track| track.outgoing.as_ref()) else { return Ok(sent) };
        let rtc = &mut self.rtc;
        guarded(move || {
            let mut api = rtc.direct_api();
            let Some(stream) = api.stream_tx(&outgoing.ssrc) else { return Ok(sent) };
            for packet in packets {
                if let Some(pt) = outgoing.payload_type(packet.codec) {
                    sent.packets += 1;
                    sent.bytes += packet.payload.len() as u64;
                    stream.write_rtp(to_write(packet, pt));
                }
            }
            Ok(sent)
        })
    }

    /// Says how many bits a second are wanted for the client: at least `minimum`, with padding while there is less to send, and in the end
    /// `goal`. Returns whether that is news.
    pub fn want_bandwidth(&mut self, minimum: u64, goal: u64) -> Result<bool, LostReason> {
        let same = |new: u64, old: u64| new.abs_diff(old) as f64 <= old as f64 * WANTED_STEP;
        if same(minimum, self.bandwidth.0) && same(goal, self.bandwidth.1) {
            return Ok(false);
        }
        self.bandwidth = (minimum, goal);
        let rtc = &mut self.rtc;
        guarded(move || {
            rtc.bwe().set_bitrate(Bitrate::bps(minimum), Bitrate::bps(goal));
            Ok(true)
        })
    }

    /// How many layers the client may send on a track.
    pub fn layers(&self, track: usize) -> usize {
        self.tracks.get(track).map_or(1, |track| track.layers.len().max(1))
    }

    /// Asks the client for a keyframe of a layer of one of the tracks that it sends.
    pub fn request_keyframe(&mut self, track: usize, layer: usize) -> Result<(), LostReason> {
        let Some(track) = self.tracks.get(track) else { return Ok(()) };
        let (mid, rid) = (track.mid, track.layers.get(layer).copied());
        let rtc = &mut self.rtc;
        guarded(move || {
            if let Some(stream) = rtc.direct_api().stream_rx_by_mid(mid, rid) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
            Ok(())
        })
    }

    fn accept(&mut self, offer: ParsedOffer, tracks: &[TrackPlan]) -> Result<String, String> {
        let answer = self.rtc.sdp_api().accept_offer(offer.0);
        let answer = answer.map_err(|error| format!("the offer cannot be answered: {error}"))?;
        self.sources.clear();
        self.tracks = tracks.iter().map(|track| self.track(track)).collect();
        Ok(answer.to_sdp_string())
    }

    fn track(&mut self, track: &TrackPlan) -> Track {
        let mid = Mid::from(track.mid.as_str());
        let outgoing = if plan::is_slot(track.track_use) { self.outgoing(mid) } else { None };
        let layers = match self.rtc.media(mid).map(|media| media.rids_rx()) {
            Some(Rids::Specific(layers)) => layers.clone(),
            Some(Rids::None | Rids::Any) | None => vec![],
        };
        Track { mid, layers, outgoing, last_codec: None }
    }

    fn outgoing(&mut self, mid: Mid) -> Option<Outgoing> {
        let media = self.rtc.media(mid)?;
        let params = self.rtc.codec_config();
        let accepted = media.remote_pts().iter().filter_map(|pt| params.find(|p| p.pt() == *pt));
        let codecs = accepted.filter_map(|p| Some((codec_of(p)?, p.pt()))).collect();
        let known = self.tracks.iter().find(|track| track.mid == mid).is_some_and(|track| track.outgoing.is_some());
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None)?;
        if !known && stream.rtx().is_some() {
            stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, Some(RESEND_SHARE_MAX));
        }
        Some(Outgoing { ssrc: stream.ssrc(), codecs })
    }

    /// The candidate to which a datagram came: behind NAT, or on a wildcard socket, the local address is none itself.
    fn candidate_for(&self, (protocol, local): Address) -> SocketAddr {
        if self.candidates.contains(&(protocol, local)) {
            return local;
        }
        let of_protocol = || self.candidates.iter().filter(|(of, _)| *of == protocol).map(|(_, address)| *address);
        let same_family = of_protocol().find(|candidate| candidate.is_ipv4() == local.is_ipv4());
        same_family.or_else(|| of_protocol().next()).unwrap_or(local)
    }
}

/// A candidate as answers announce it. The library gives those over TCP a lower priority (RFC 6544 §4.2).
fn announced((protocol, address): Address) -> Result<Candidate, String> {
    let candidate = match protocol {
        Protocol::Udp => Candidate::builder().udp().host(address).build(),
        Protocol::Tcp => Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build(),
    };
    candidate.map_err(|error| format!("the server's own media address {address} is not usable: {error}"))
}

impl Outgoing {
    /// The subscriber's payload type for a codec; for H.264 the same profile if there is one.
    fn payload_type(&self, codec: Codec) -> Option<Pt> {
        let exact = self.codecs.iter().find(|(own, _)| *own == codec);
        let near = || self.codecs.iter().find(|(own, _)| matches(*own, codec));
        exact.or_else(near).map(|(_, pt)| *pt)
    }
}

/// Whether a receiver of `own` can decode `codec`: for H.264 the packetization must be the same (RFC 6184 §8.2.2); browsers
/// decode every profile that they announce one of.
fn matches(own: Codec, codec: Codec) -> bool {
    match (own, codec) {
        (Codec::H264 { packetization_mode: a, .. }, Codec::H264 { packetization_mode: b, .. }) => a == b,
        (Codec::Opus | Codec::Vp8 | Codec::H264 { .. }, _) => own == codec,
    }
}

/// Runs str0m code, and turns its errors and its panics into the end of this peer.
fn guarded<T>(work: impl FnOnce() -> Result<T, RtcError>) -> Result<T, LostReason> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::debug!(%error, "peer connection failed");
            Err(match error {
                RtcError::Dtls(_) | RtcError::RemoteSdp(_) => LostReason::Dtls,
                _ => LostReason::Defect,
            })
        }
        Err(_) => Err(LostReason::Defect),
    }
}

fn drain_once(
    rtc: &mut Rtc,
    sources: &mut Vec<(Ssrc, Origin)>,
    tracks: &mut [Track],
    sink: &mut impl FnMut(PeerOutput),
) -> Result<Instant, RtcError> {
    loop {
        match rtc.poll_output()? {
            Output::Timeout(due) => return Ok(due),
            Output::Transmit(transmit) => {
                let (destination, local) = (transmit.destination, transmit.source);
                let protocol = if transmit.proto == RtcProtocol::Tcp { Protocol::Tcp } else { Protocol::Udp };
                sink(PeerOutput::Transmit(Transmit { protocol, destination, local, bytes: transmit.contents.into() }));
            }
            Output::Event(event) => {
                if let Some(output) = translate(rtc, sources, tracks, event) {
                    sink(output);
                }
            }
        }
    }
}

fn translate(
    rtc: &mut Rtc,
    sources: &mut Vec<(Ssrc, Origin)>,
    tracks: &mut [Track],
    event: Event,
) -> Option<PeerOutput> {
    match event {
        Event::RtpPacket(packet) => {
            let (mid, rid) = origin_of(rtc, sources, packet.header.ssrc)?;
            let track = tracks.iter().position(|track| track.mid == mid)?;
            let layer = tracks[track].layer(rid)?;
            let codec = tracks[track].codec(rtc, packet.header.payload_type)?;
            Some(PeerOutput::Packet { track, layer, packet: incoming(packet, codec) })
        }
        Event::KeyframeRequest(request) => {
            let track = tracks.iter().position(|track| track.mid == request.mid)?;
            Some(PeerOutput::KeyframeRequested { track })
        }
        Event::MediaEgressStats(stats) => {
            let track = tracks.iter().position(|track| track.mid == stats.mid)?;
            let jitter = stats.remote.map(|remote| remote.jitter);
            let report = Report { loss: stats.loss, jitter, round_trip: stats.rtt };
            Some(PeerOutput::Reported { track, report })
        }
        Event::EgressBitrateEstimate(BweKind::Twcc { estimate, can_probe }) => {
            Some(PeerOutput::Estimated(can_probe.then(|| estimate.as_u64())))
        }
        Event::Connected => Some(PeerOutput::Connected),
        Event::IceConnectionStateChange(IceConnectionState::Connected | IceConnectionState::Completed) => {
            Some(PeerOutput::IceUp)
        }
        Event::IceConnectionStateChange(IceConnectionState::Disconnected) => Some(PeerOutput::IceDown),
        _ => None,
    }
}

/// The m-line and layer of an SSRC, as str0m has bound it: by `a=ssrc`, or by the mid and rid extensions of its first packets (RFC 8843
/// §9.2, RFC 8852).
fn origin_of(rtc: &mut Rtc, sources: &mut Vec<(Ssrc, Origin)>, ssrc: Ssrc) -> Option<Origin> {
    if let Some((_, origin)) = sources.iter().find(|(known, _)| *known == ssrc) {
        return Some(*origin);
    }
    let mut api = rtc.direct_api();
    let stream = api.stream_rx(&ssrc)?;
    let origin = (stream.mid(), stream.rid());
    if sources.len() >= SOURCES_MAX {
        sources.clear();
    }
    sources.push((ssrc, origin));
    Some(origin)
}

impl Track {
    /// The layer with that name; without layers everything is the only one.
    fn layer(&self, rid: Option<Rid>) -> Option<usize> {
        if self.layers.is_empty() { Some(0) } else { self.layers.iter().position(|layer| Some(*layer) == rid) }
    }

    fn codec(&mut self, rtc: &Rtc, pt: Pt) -> Option<Codec> {
        if let Some((known, codec)) = self.last_codec
            && known == pt
        {
            return Some(codec);
        }
        let params = rtc.codec_config().find(|params| params.pt() == pt)?;
        let codec = codec_of(params)?;
        self.last_codec = Some((pt, codec));
        Some(codec)
    }
}

#[cfg(test)]
#[path = "peer_tests.rs"]
mod tests;
