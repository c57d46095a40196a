//! What somebody thought of a call, as in ACS ("End of Call Survey").

use crate::{CallId, ParticipantId, RawId, WallMs};
use serde::{Deserialize, Serialize};

/// Ratings of a call; at least one of them is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Survey {
    /// The call as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub overall: Option<Rating>,
    /// Its sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub audio: Option<Rating>,
    /// Its video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub video: Option<Rating>,
    /// The shared screens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub screenshare: Option<Rating>,
    /// What the person wrote. Hostile text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub comment: Option<String>,
}

/// A score, and what was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Rating {
    /// Within the scale.
    pub score: u32,
    /// Names of what was wrong, of those that there are for what is rated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub issues: Vec<String>,
    /// 1 to 5, of which 2 is still low, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub scale: Option<RatingScale>,
}

/// What scores mean; all of it from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RatingScale {
    /// The worst score.
    pub lower_bound: u32,
    /// The best score.
    pub upper_bound: u32,
    /// Scores up to this are low.
    pub low_score_threshold: u32,
}

/// A survey that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyRecord {
    /// Its id, a UUID.
    pub id: String,
    /// Which leg it is about.
    pub participant: ParticipantId,
    /// Whose it is.
    pub user: RawId,
    /// What was thought.
    pub survey: Survey,
    /// When it was submitted.
    pub at: WallMs,
}

/// A survey that is kept, with the call that its leg was in, or waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSurvey {
    /// Which call.
    pub call: CallId,
    /// What was submitted.
    pub record: SurveyRecord,
}
