//! The client's side of a peer connection, and the only file of this crate that names str0m. Sans-IO.
//!
//! Calling contract: any of [`handle`](Client::handle) and [`send`](Client::send), then [`drive`](Client::drive), which gives
//! what is to be sent and what happened, and says when it wants to be called again.

use convene_model::media::{TrackPlan, TrackUse};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

/// Loudness of what the microphone sends, in dBov: an ordinary voice.
const VOICE_DBOV: i8 = -30;

/// The tracks of a client as the pages offer them: microphone, camera and screen, and these slots.
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
    pub const PAGE: Shape = Shape { audio_slots: 5, video_slots: 9, screen_slots: 1 };
}

/// What the library did not do, in its own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(String);

/// What comes out of [`Client::drive`].
#[derive(Debug)]
pub enum ClientOutput {
    /// Send this datagram.
    Datagram {
        /// From which of the client's addresses.
        source: SocketAddr,
        /// Where to.
        destination: SocketAddr,
        /// The UDP payload.
        bytes: Vec<u8>,
    },
    /// ICE has a path.
    PathFound,
    /// DTLS is done: media may flow.
    Connected,
    /// The server wants a keyframe.
    KeyframeWanted,
    /// A packet was received and decrypted.
    Received {
        /// Its RTP payload type.
        payload_type: u8,
        /// Its RTP payload.
        payload: Arc<[u8]>,
    },
}

/// A packet to send.
#[derive(Clone, Debug)]
pub struct Packet {
    /// RTP time.
    pub timestamp: u32,
    /// The marker bit.
    pub marker: bool,
    /// The RTP payload.
    pub payload: Vec<u8>,
}

/// One peer connection.
pub struct Client {
    rtc: Box<Rtc>,
    /// The m-lines of its offer.
    pub tracks: Vec<TrackPlan>,
    pending: Option<SdpPendingOffer>,
    sending: Vec<Sending>,
    due: Instant,
}

/// A track that is sent.
struct Sending {
    track_use: TrackUse,
    mid: Mid,
    pt: Pt,
    next_sequence: u64,
}

impl Client {
    /// A client that is reached at these addresses, and its offer.
    ///
    /// # Errors
    /// If an address cannot be a candidate.
    pub fn new(local: &[SocketAddr], shape: Shape, now: Instant) -> Result<(Client, String), ClientError> {
        let builder = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true);
        let mut rtc = Box::new(builder.build(now));
        for address in local {
            rtc.add_local_candidate(Candidate::host(*address, "udp").map_err(failed)?);
        }
        let mut client = Client { rtc, tracks: vec![], pending: None, sending: vec![], due: now };
        let offer = client.offer(shape)?;
        Ok((client, offer.to_sdp_string()))
    }

    fn offer(&mut self, shape: Shape) -> Result<SdpOffer, ClientError> {
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
        let (offer, pending) = api.apply().ok_or_else(|| failed("there was nothing to offer"))?;
        self.pending = Some(pending);
        Ok(offer)
    }

    /// Takes the server's answer.
    ///
    /// # Errors
    /// If it is no answer to the offer.
    pub fn answer(&mut self, answer: &str) -> Result<(), ClientError> {
        let answer = SdpAnswer::from_sdp_string(answer).map_err(failed)?;
        let pending = self.pending.take().ok_or_else(|| failed("an answer came without an offer"))?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(failed)?;
        let negotiated = self.tracks.iter().filter_map(|track| self.negotiated(track));
        self.sending = negotiated.collect();
        Ok(())
    }

    fn negotiated(&self, track: &TrackPlan) -> Option<Sending> {
        let codec = match track.track_use {
            TrackUse::Microphone => Codec::Opus,
            TrackUse::Camera | TrackUse::Screen => Codec::Vp8,
            TrackUse::AudioSlot | TrackUse::VideoSlot | TrackUse::ScreenSlot => return None,
        };
        let mid = Mid::from(track.mid.as_str());
        let params = self.rtc.codec_config().params();
        let fits = |pt: &&Pt| params.iter().any(|p| p.pt() == **pt && p.spec().codec == codec);
        let pt = *self.rtc.media(mid)?.remote_pts().iter().find(fits)?;
        Some(Sending { track_use: track.track_use, mid, pt, next_sequence: 1 })
    }

    /// The payload type under which a track is sent, and what is like it received; `None` if it was not negotiated.
    pub fn payload_type(&self, track_use: TrackUse) -> Option<u8> {
        self.sending.iter().find(|track| track.track_use == track_use).map(|track| *track.pt)
    }

    /// Takes a datagram that came from `source` to the client's address `local`; what is none of WebRTC is dropped.
    ///
    /// # Errors
    /// If the connection failed by it.
    pub fn handle(
        &mut self,
        now: Instant,
        source: SocketAddr,
        local: SocketAddr,
        bytes: &[u8],
    ) -> Result<(), ClientError> {
        let Ok(receive) = Receive::new(Protocol::Udp, source, local, bytes) else { return Ok(()) };
        self.rtc.handle_input(Input::Receive(now, receive)).map_err(failed)
    }

    /// Queues a packet of a track; the next [`drive`](Self::drive) sends it.
    ///
    /// # Errors
    /// If the track was not negotiated.
    pub fn send(&mut self, track_use: TrackUse, packet: Packet, now: Instant) -> Result<(), ClientError> {
        let track = self.sending.iter_mut().find(|track| track.track_use == track_use);
        let track = track.ok_or_else(|| failed(format!("{track_use:?} was not negotiated")))?;
        let level = (track_use == TrackUse::Microphone).then_some(VOICE_DBOV);
        let write = RtpWrite::new(track.pt, track.next_sequence.into(), packet.timestamp, now, packet.payload)
            .marker(packet.marker)
            .ext_vals(ExtensionValues { audio_level: level, ..ExtensionValues::default() })
            .nackable(track_use != TrackUse::Microphone);
        track.next_sequence += 1;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(track.mid, None).ok_or_else(|| failed("the track has no stream"))?;
        stream.write_rtp(write);
        self.due = now;
        Ok(())
    }

    /// Lets time pass, hands everything that is ready to `sink`, and returns when this is needed next.
    ///
    /// # Errors
    /// If the connection failed.
    pub fn drive(&mut self, now: Instant, sink: &mut impl FnMut(ClientOutput)) -> Result<Instant, ClientError> {
        if self.due <= now {
            self.rtc.handle_input(Input::Timeout(now)).map_err(failed)?;
        }
        loop {
            match self.rtc.poll_output().map_err(failed)? {
                Output::Timeout(due) if due <= now => self.rtc.handle_input(Input::Timeout(now)).map_err(failed)?,
                Output::Timeout(due) => {
                    self.due = due;
                    return Ok(due);
                }
                Output::Transmit(transmit) => {
                    let (source, destination) = (transmit.source, transmit.destination);
                    sink(ClientOutput::Datagram { source, destination, bytes: transmit.contents.into() });
                }
                Output::Event(event) => {
                    if let Some(output) = translate(event) {
                        sink(output);
                    }
                }
            }
        }
    }
}

fn translate(event: Event) -> Option<ClientOutput> {
    match event {
        Event::IceConnectionStateChange(IceConnectionState::Connected | IceConnectionState::Completed) => {
            Some(ClientOutput::PathFound)
        }
        Event::Connected => Some(ClientOutput::Connected),
        Event::KeyframeRequest(_) => Some(ClientOutput::KeyframeWanted),
        Event::RtpPacket(packet) => {
            Some(ClientOutput::Received { payload_type: *packet.header.payload_type, payload: packet.payload })
        }
        _ => None,
    }
}

fn failed(error: impl ToString) -> ClientError {
    ClientError(error.to_string())
}
