//! What everybody in a call is told about what somebody does with it, and reactions to it.

use convene_model::RawId;
use serde::{Deserialize, Serialize};

/// A reaction, as in ACS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Reaction {
    /// A thumb that is up.
    Like,
    /// A heart.
    Heart,
    /// Laughter.
    Laugh,
    /// Surprise.
    Surprised,
    /// Applause.
    Applause,
}

/// What is done with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum NoticeKind {
    /// It is recorded.
    Recording,
    /// What is said is written down.
    Transcription,
}

/// What somebody announces of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum AnnouncedState {
    /// It goes on.
    Started,
    /// It stands still, and may go on.
    Paused,
    /// It is over.
    Ended,
}

/// How it stands; what is over has no notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum NoticeState {
    /// It goes on.
    Started,
    /// It stands still, and may go on.
    Paused,
}

/// That somebody records or transcribes the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Notice {
    /// What is done.
    pub kind: NoticeKind,
    /// How it stands.
    pub state: NoticeState,
    /// Who does it.
    pub by: RawId,
}
