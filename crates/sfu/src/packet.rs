//! The media packets that the forwarding modules work on: plain data, without any WebRTC library in it.
//!
//! `peer.rs` makes [`IncomingPacket`]s of what arrives and sends [`OutgoingPacket`]s; everything between works on these.

use crate::layers::PictureSize;
use crate::{h264, vp8};
use std::sync::Arc;
use std::time::Instant;

/// A negotiated codec, as far as forwarding must tell one from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Opus, clock rate 48 kHz (RFC 7587).
    Opus,
    /// VP8, clock rate 90 kHz (RFC 7741).
    Vp8,
    /// H.264, clock rate 90 kHz (RFC 6184).
    H264 {
        /// `packetization-mode`: 0 or 1.
        packetization_mode: u8,
        /// The first byte of `profile-level-id` (`profile_idc`).
        profile: u8,
    },
}

impl Codec {
    /// RTP timestamp units per second.
    pub fn clock_rate(self) -> u32 {
        match self {
            Codec::Opus => 48_000,
            Codec::Vp8 | Codec::H264 { .. } => 90_000,
        }
    }
}

/// How far the sender's camera is turned (3GPP TS 26.114 §7.4.5, coordination of video orientation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Upright.
    Deg0,
    /// A quarter turn.
    Deg90,
    /// Upside down.
    Deg180,
    /// Three quarter turns.
    Deg270,
}

/// The header extensions that travel from publisher to subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Extensions {
    /// RFC 6464 audio level in dBov: 0 is the loudest, −127 is silence.
    pub audio_level: Option<i8>,
    /// RFC 6464 voice activity bit.
    pub voice_activity: Option<bool>,
    /// Video orientation.
    pub rotation: Option<Rotation>,
}

/// One decrypted RTP packet of a publisher.
#[derive(Clone, Debug)]
pub struct IncomingPacket {
    /// What the payload is coded in.
    pub codec: Codec,
    /// The sequence number, extended over wrap-arounds (RFC 3711 §3.3.1).
    pub sequence: u64,
    /// The RTP timestamp, in the codec's clock rate.
    pub timestamp: u32,
    /// The marker bit.
    pub marker: bool,
    /// When it arrived.
    pub received_at: Instant,
    /// Header extensions to pass on.
    pub extensions: Extensions,
    /// The payload; empty for padding.
    pub payload: Arc<[u8]>,
}

impl IncomingPacket {
    /// Whether a decoder can start with this packet: always for audio, for video at the first packet of a keyframe.
    pub fn is_entry_point(&self) -> bool {
        match self.codec {
            Codec::Opus => !self.payload.is_empty(),
            Codec::Vp8 => vp8::Descriptor::parse(&self.payload).is_some_and(|d| d.starts_keyframe(&self.payload)),
            Codec::H264 { .. } => h264::starts_keyframe(&self.payload),
        }
    }

    /// The picture's size, if a keyframe that says it begins with this packet.
    pub fn picture_size(&self) -> Option<PictureSize> {
        match self.codec {
            Codec::Opus => None,
            Codec::Vp8 => vp8::Descriptor::parse(&self.payload)?.picture_size(&self.payload),
            Codec::H264 { .. } => h264::picture_size(&self.payload),
        }
    }
}

/// New values for the VP8 payload descriptor of a forwarded packet; `None` leaves the field alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Vp8Rewrite {
    /// The picture id, as wide as the packet's own.
    pub picture_id: Option<u16>,
    /// TL0PICIDX.
    pub tl0_pic_idx: Option<u8>,
}

/// One packet as a slot sends it: the publisher's payload under the slot's own numbers.
#[derive(Clone, Debug)]
pub struct OutgoingPacket {
    /// What the payload is coded in; the subscriber's payload type follows from it.
    pub codec: Codec,
    /// The slot's sequence number, extended.
    pub sequence: u64,
    /// The slot's RTP timestamp.
    pub timestamp: u32,
    /// The marker bit.
    pub marker: bool,
    /// When the publisher's packet arrived.
    pub received_at: Instant,
    /// Header extensions.
    pub extensions: Extensions,
    /// The payload, shared between all subscribers.
    pub payload: Arc<[u8]>,
    /// What to change in the VP8 payload descriptor while sending; `None` for nothing.
    pub vp8: Option<Vp8Rewrite>,
}
