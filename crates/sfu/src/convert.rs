//! Between the WebRTC library's packets and codecs and our own.

use crate::egress::ExtensionIds;
use crate::packet::{Codec, Extensions, IncomingPacket, Rotation};
use str0m::format::{Codec as RtcCodec, PayloadParams};
use str0m::rtp::{Extension, ExtensionMap, RtpPacket, VideoOrientation};

/// The codec of a payload type, if it is one that is forwarded.
pub fn codec_of(params: &PayloadParams) -> Option<Codec> {
    let spec = params.spec();
    match spec.codec {
        RtcCodec::Opus => Some(Codec::Opus),
        RtcCodec::Vp8 => Some(Codec::Vp8),
        RtcCodec::H264 => Some(Codec::H264 {
            packetization_mode: spec.format.packetization_mode.unwrap_or(0),
            profile: (spec.format.profile_level_id.unwrap_or(0) >> 16) as u8,
        }),
        _ => None,
    }
}

/// The ids of the extensions that we send, as the subscriber's offer maps them. `numbered`: with numbers among all packets.
pub fn extension_ids(map: &ExtensionMap, numbered: bool) -> ExtensionIds {
    ExtensionIds {
        mid: map.id_of(Extension::RtpMid),
        audio_level: map.id_of(Extension::AudioLevel),
        rotation: map.id_of(Extension::VideoOrientation),
        transport: map.id_of(Extension::TransportSequenceNumber).filter(|_| numbered),
    }
}

/// A received packet.
pub fn incoming(packet: RtpPacket, codec: Codec) -> IncomingPacket {
    let values = &packet.header.ext_vals;
    let rotation = values.video_orientation.map(|orientation| match orientation {
        VideoOrientation::Deg0 => Rotation::Deg0,
        VideoOrientation::Deg90 => Rotation::Deg90,
        VideoOrientation::Deg180 => Rotation::Deg180,
        VideoOrientation::Deg270 => Rotation::Deg270,
    });
    let extensions = Extensions { audio_level: values.audio_level, voice_activity: values.voice_activity, rotation };
    IncomingPacket {
        codec,
        sequence: *packet.seq_no,
        timestamp: packet.header.timestamp,
        marker: packet.header.marker,
        received_at: packet.timestamp,
        extensions,
        payload: packet.payload,
    }
}
