//! How a leg's media was: what the media plane measured of one peer, and what is kept of it.

use crate::{CallId, ParticipantId, WallMs, media::Source};
use serde::{Deserialize, Serialize};

/// A figure's mean and greatest value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The mean.
    pub mean: u32,
    /// The greatest.
    pub max: u32,
}

/// What went one way of one kind of media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamMeasure {
    /// RTP packets: of what the peer sends, those that came, also by a resend; of what is sent to it, without resends.
    pub packets: u64,
    /// Bytes of payload in them, without headers.
    pub bytes: u64,
    /// Bits of payload in a second: while something was sent, and the most of any five seconds.
    pub bitrate: Spread,
    /// Packets that were lost on the way, in parts of a million, by reports every few seconds. Of what the peer sends: those that did
    /// not come, not even by a resend; of what is sent to it: as it reports, before resends. `None`: nothing was reported.
    pub loss_ppm: Option<Spread>,
    /// Interarrival jitter in microseconds (RFC 3550 §6.4.1). `None`: nothing was reported.
    pub jitter_us: Option<Spread>,
}

/// What went one way, by kind. `None`: nothing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streams {
    /// The microphone, or the voices of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<StreamMeasure>,
    /// The camera, or the cameras of others together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<StreamMeasure>,
    /// The shared screen, or the screens of others together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<StreamMeasure>,
}

impl Streams {
    /// Where the kind of `source` stands.
    pub fn of_mut(&mut self, source: Source) -> &mut Option<StreamMeasure> {
        match source {
            Source::Microphone => &mut self.audio,
            Source::Camera => &mut self.video,
            Source::Screen => &mut self.screen,
        }
    }
}

/// What the media plane measured of one peer, from its opening to its end. Times count from the opening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerMeasure {
    /// How long the peer was open, in milliseconds.
    pub lasted_ms: u64,
    /// When ICE and DTLS were up, in milliseconds; `None` if they never were.
    pub connected_ms: Option<u64>,
    /// When the first media packet came from it, in milliseconds; `None` if none did.
    pub first_packet_ms: Option<u64>,
    /// The round trip in microseconds; `None` if the client never reported on anything that was sent to it.
    pub rtt_us: Option<Spread>,
    /// What came from the peer.
    pub received: Streams,
    /// What was sent to the peer.
    pub sent: Streams,
}

/// How long a leg took to come in, by phase: milliseconds after it had asked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinTimes {
    /// It was let in from the lobby; `None` if it did not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted_ms: Option<u64>,
    /// Its offer was there.
    pub offered_ms: u64,
    /// Its offer was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_ms: Option<u64>,
    /// ICE and DTLS were up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_ms: Option<u64>,
    /// The first media packet came from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_packet_ms: Option<u64>,
}

/// How a leg's media was, from an opening of its peer to that peer's end. A leg that came back, or was let in again, has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegQuality {
    /// In which call.
    pub call: CallId,
    /// Which leg.
    pub participant: ParticipantId,
    /// When its peer was opened.
    pub opened_at: WallMs,
    /// What is kept.
    pub kept: KeptQuality,
}

/// What is kept of a leg's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptQuality {
    /// How it came in; only with the leg's first peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<JoinTimes>,
    /// What was measured.
    pub measure: PeerMeasure,
}
