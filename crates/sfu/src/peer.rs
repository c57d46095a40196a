//! One peer connection of the server, and with `convert.rs` and `egress/keys.rs` all of this crate that names str0m.
//!
//! str0m does ICE-lite, DTLS, what comes in with its RTCP, and the SDP answer, in RTP mode. What goes out is ours (`egress.rs`). What is
//! forwarded to whom is decided by others on plain packets. Whatever panics inside str0m ends this peer alone.
//!
//! Calling contract: any of [`receive`](Peer::receive), [`tick`](Peer::tick), [`send`](Peer::send) and
//! [`request_keyframe`](Peer::request_keyframe), then [`drain`](Peer::drain) to the end; after `send` alone
//! [`take_ready`](Peer::take_ready) is enough if [`wants_drain`](Peer::wants_drain) is false. After `receive`, `drain` must come before the
//! next `receive`, since str0m holds one received packet.

mod events;
mod factory;

use crate::convert::{codec_of, extension_ids};
use crate::demux::{Address, Protocol};
use crate::egress::{Egress, Path, PayloadTypes, StreamPlan};
use crate::interface::Transmit;
use crate::packet::{Codec, IncomingPacket, OutgoingPacket};
use crate::plan;
use crate::quality::Report;
use crate::sdp::redundancy_last;
use convene_model::media::{LostReason, TrackPlan};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use str0m::format::PayloadParams;
use str0m::media::{KeyframeRequestKind, Mid, Pt, Rid, Rids};
use str0m::net::{Protocol as RtcProtocol, Receive};
use str0m::rtp::Ssrc;
use str0m::{Input, Rtc, RtcError};

pub(crate) use factory::{ParsedOffer, PeerFactory};

/// One peer connection.
pub(crate) struct Peer {
    rtc: Box<Rtc>,
    tracks: Vec<Track>,
    /// The m-lines and layers of the SSRCs that were received.
    sources: Vec<(Ssrc, Origin)>,
    candidates: Vec<Address>,
    /// What is sent.
    egress: Egress,
    /// Whether the way of what is sent may have changed.
    asks_for_path: bool,
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
    codecs: Vec<(Codec, PayloadTypes)>,
    /// Its stream in the egress.
    stream: usize,
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
    /// What the client's line carries, in bits per second.
    Estimated(u64),
    Connected,
    IceUp,
    IceDown,
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

    /// Where the library's packets go: by that our own know their way. What is no STUN goes it; STUN that goes elsewhere answers a check, by
    /// which the way may have changed.
    fn leads(&mut self, Transmit { protocol, destination, local, bytes }: &Transmit, now: Instant) {
        if is_stun(bytes) {
            self.asks_for_path |= !self.egress.leads_to((*protocol, *destination));
        } else {
            self.egress.set_path(Path { protocol: *protocol, destination: *destination, local: *local }, now);
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
        self.egress.tick(now);
        let rtc = &mut self.rtc;
        guarded(move || rtc.handle_input(Input::Timeout(now)))
    }

    /// Hands everything that is ready to `sink`, and returns when [`tick`](Self::tick) is needed next.
    pub fn drain(&mut self, now: Instant, sink: &mut impl FnMut(PeerOutput)) -> Result<Instant, LostReason> {
        let due = guarded(|| {
            // A due timeout is served at once: str0m sends a written burst in pieces otherwise. Bounded, because a
            // timeout that stays due must not stop the others.
            for _ in 0..16 {
                let mut due = self.drain_once(now, sink)?;
                if std::mem::take(&mut self.asks_for_path) {
                    self.ask_for_path();
                    due = self.drain_once(now, sink)?;
                }
                if due > now {
                    return Ok(due);
                }
                self.rtc.handle_input(Input::Timeout(now))?;
            }
            self.drain_once(now, sink).map(|due| due.max(now + Duration::from_millis(1)))
        })?;
        self.take_ready(&mut |transmit| sink(PeerOutput::Transmit(transmit)));
        self.egress.news().map(PeerOutput::Estimated).into_iter().for_each(sink);
        let own = self.egress.due_at();
        Ok(own.map_or(due, |own| own.max(now + Duration::from_millis(1)).min(due)))
    }

    /// When [`tick`](Self::tick) is needed for what is sent.
    pub fn sends_at(&self) -> Option<Instant> {
        self.egress.due_at()
    }

    /// Whether a [`tick`](Self::tick) and a [`drain`](Self::drain) are needed after [`send`](Self::send).
    pub fn wants_drain(&self, now: Instant) -> bool {
        self.egress.due_at().is_some_and(|due| due <= now)
    }

    /// Hands over what [`send`](Self::send) made ready.
    pub fn take_ready(&mut self, sink: &mut impl FnMut(Transmit)) {
        self.egress.take_ready().for_each(sink);
    }

    /// Makes str0m send something, since it tells by no other way where its packets go now. Receivers ignore a request for a stream that
    /// nobody sends.
    fn ask_for_path(&mut self) {
        let mut api = self.rtc.direct_api();
        let nobody = api.new_ssrc();
        api.send_pli_feedback(nobody, nobody);
    }

    /// Whether the connection still lives; `false` after the other side closed it.
    pub fn is_alive(&self) -> bool {
        self.rtc.is_alive()
    }

    /// Queues packets on a slot. Returns what was queued: nothing is if the subscriber has no payload type for the codec.
    pub fn send(&mut self, track: usize, packets: impl Iterator<Item = OutgoingPacket>, now: Instant) -> Sent {
        let mut sent = Sent::default();
        let Some(outgoing) = self.tracks.get(track).and_then(|track| track.outgoing.as_ref()) else { return sent };
        for packet in packets {
            let bytes = packet.payload.len() as u64;
            if let Some(types) = outgoing.payload_types(packet.codec)
                && self.egress.send(outgoing.stream, packet, types, now)
            {
                sent.packets += 1;
                sent.bytes += bytes;
            }
        }
        sent
    }

    /// Says what should be found out: whether the client's line carries so many bits a second. `None`: nothing.
    pub fn want_bandwidth(&mut self, rate: Option<u64>, now: Instant) {
        self.egress.bandwidth().into_iter().for_each(|bandwidth| bandwidth.want(rate, now));
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
        self.lend_streams();
        let answer = self.rtc.sdp_api().accept_offer(offer.into_inner());
        if answer.is_ok() {
            self.sources.clear();
            self.tracks = tracks.iter().map(|track| self.track(track)).collect();
        }
        self.take_streams_back();
        let answer = answer.map_err(|error| format!("the offer cannot be answered: {error}"))?;
        Ok(redundancy_last(&answer.to_sdp_string()))
    }

    /// Lets the library answer with the SSRCs that our streams have.
    fn lend_streams(&mut self) {
        let mut api = self.rtc.direct_api();
        for plan in self.egress.plans() {
            api.declare_stream_tx(plan.ssrc.into(), plan.resend_ssrc.map(Ssrc::from), plan.mid.as_str().into(), None);
        }
    }

    /// From now on the library sends nothing of our SSRCs, neither packets nor reports.
    fn take_streams_back(&mut self) {
        let mut api = self.rtc.direct_api();
        for plan in self.egress.plans() {
            api.remove_stream_tx(plan.ssrc.into());
        }
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
        let types = |p: &PayloadParams| {
            let [resend, redundant] = [p.resend(), p.red()].map(|pt| pt.map(|pt| *pt));
            PayloadTypes { media: *p.pt(), resend, redundant }
        };
        let codecs: Vec<_> = accepted.filter_map(|p| Some((codec_of(p)?, types(p)))).collect();
        let padding_type = codecs.iter().find_map(|(_, types)| types.resend);
        let ids = extension_ids(media.remote_extmap(), self.egress.counts());
        let (mid_name, cname) = (mid.to_string(), media.cname().to_string());
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None)?;
        let (ssrc, resend_ssrc) = (stream.ssrc(), stream.rtx());
        let resend_ssrc = resend_ssrc.map(|ssrc| *ssrc);
        let plan = StreamPlan { mid: mid_name, ssrc: *ssrc, resend_ssrc, padding_type, cname, ids };
        Some(Outgoing { ssrc, codecs, stream: self.egress.declare(plan) })
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

impl Outgoing {
    /// The subscriber's payload types for a codec; for H.264 the same profile if there is one.
    fn payload_types(&self, codec: Codec) -> Option<PayloadTypes> {
        let exact = self.codecs.iter().find(|(own, _)| *own == codec);
        let near = || self.codecs.iter().find(|(own, _)| matches(*own, codec));
        exact.or_else(near).map(|(_, types)| *types)
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

/// Whether a datagram is STUN (RFC 7983 §7).
fn is_stun(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| *first < 4)
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
