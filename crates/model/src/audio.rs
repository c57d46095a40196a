//! Sound as the servers of apps hear it and speak it: Opus packets between the media plane and what codes them, and what is asked of a
//! connection's stream.

use crate::{PeerId, RawId, Tone};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One Opus packet of what somebody says (RFC 7587).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP's sequence number, extended: counts up by 1. What is missing was lost.
    pub sequence: u64,
    /// RTP's timestamp, 48 kHz. Wraps.
    pub timestamp: u32,
    /// How loud it is in dBov, -127 to 0 (RFC 6464), if that is known.
    pub level: Option<i8>,
    /// The Opus packet.
    pub payload: Arc<[u8]>,
}

/// What a listener of a call hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Who hears it.
    pub listener: PeerId,
    /// Who says it.
    pub speaker: PeerId,
    /// What.
    pub packet: AudioPacket,
}

/// What an agent says, and who hears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Who says it.
    pub speaker: PeerId,
    /// What.
    pub packet: AudioPacket,
    /// Who alone hears it; `None`: everybody.
    pub to: Option<Arc<BTreeSet<PeerId>>>,
}

/// How many samples a second PCM has; 16 bit, one channel, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PcmRate {
    /// 16 000.
    Hz16000,
    /// 24 000.
    Hz24000,
}

/// Whether everybody's sound is mixed into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioChannels {
    /// One stream of all.
    Mixed,
    /// Each speaker alone.
    Unmixed,
}

/// How a connection's sound goes to its app and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamingOptions {
    /// Where the app takes WebSockets: `wss:`, or `ws:` where the operator allows that.
    pub url: String,
    /// What the app hears.
    pub channels: AudioChannels,
    /// In which form, both ways.
    pub rate: PcmRate,
    /// Whether the app may speak.
    pub bidirectional: bool,
    /// Whether the app is told of tones.
    pub tones: bool,
}

/// What is to become of a connection's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamOrder {
    /// Connect to the app and stream.
    Start(StreamingOptions),
    /// End the stream; it may start again.
    Stop,
    /// Who speaks with which peer, from now on. Comes before [`StreamOrder::Start`], and with each change.
    People(BTreeMap<PeerId, RawId>),
    /// Somebody has pressed a key.
    Tone {
        /// Who.
        user: RawId,
        /// Which.
        tone: Tone,
    },
    /// Play files. Reports are of this number, which no other play of the connection has.
    Play {
        /// Its number.
        number: u64,
        /// Which, one after the other; whose, and whether for ever.
        files: PlayFiles,
        /// Who alone hears them; `None`: everybody.
        to: Option<BTreeSet<PeerId>>,
    },
    /// Who alone hears what is played, from now on.
    PlayTo {
        /// Of which play.
        number: u64,
        /// Who.
        to: BTreeSet<PeerId>,
    },
    /// Play this no more; nothing more is to be reported of it.
    StopPlaying {
        /// Which.
        number: u64,
    },
}

/// Files to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayFiles {
    /// Whose app plays them: a resource.
    pub resource: String,
    /// Which, one after the other.
    pub files: Vec<PlayFile>,
    /// Whether they are played over and over again, until that is canceled.
    pub looped: bool,
}

/// One file to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayFile {
    /// Where it is: `https:`, or `http:` where the operator allows that.
    pub url: String,
    /// Under which name of its resource it is kept, if it is.
    pub cache_id: Option<String>,
}

/// What became of a play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayReport {
    /// It is heard.
    Started,
    /// It was played to its end.
    Completed,
    /// It was not.
    Failed(PlayFailed),
}

/// Why files were not played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayFailed {
    /// What kind of failure it is.
    pub kind: PlayFailure,
    /// Which of the files, counted from 0.
    pub file: u32,
    /// A sentence for the app's developer.
    pub message: String,
}

/// Kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayFailure {
    /// The file could not be fetched.
    NotFetched,
    /// It is none that can be played.
    NotPlayable,
    /// The server itself failed.
    Server,
}

/// What became of a connection's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamReport {
    /// Sound goes to the app.
    Started,
    /// It could not begin, or broke off; a sentence for the app's developer.
    Failed(String),
    /// It ended as asked, or the app closed it.
    Stopped,
    /// What became of a play.
    Play {
        /// Which.
        number: u64,
        /// What.
        report: PlayReport,
    },
}
