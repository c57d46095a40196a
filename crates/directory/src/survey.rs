//! What a survey of a call may say: the ratings, scales and names of ACS ("End of Call Survey").

use convene_model::limits::SURVEY_COMMENT_MAX;
use convene_model::survey::{Rating, RatingScale, Survey};
use std::collections::BTreeSet;

/// The scale where none is given.
const DEFAULT_SCALE: RatingScale = RatingScale { lower_bound: 1, upper_bound: 5, low_score_threshold: 2 };

/// The best score that a scale may have.
const BOUND_MAX: u32 = 100;

const OVERALL: &[&str] = &["CallCannotJoin", "CallCannotInvite", "HadToRejoin", "CallEndedUnexpectedly", "OtherIssues"];
const AUDIO: &[&str] = &[
    "NoLocalAudio",
    "NoRemoteAudio",
    "Echo",
    "AudioNoise",
    "LowVolume",
    "AudioStoppedUnexpectedly",
    "DistortedSpeech",
    "AudioInterruption",
    "OtherIssues",
];
const VIDEO: &[&str] = &[
    "NoVideoReceived",
    "NoVideoSent",
    "LowQuality",
    "Freezes",
    "StoppedUnexpectedly",
    "DarkVideoReceived",
    "AudioVideoOutOfSync",
    "OtherIssues",
];
const SCREENSHARE: &[&str] = &[
    "NoContentLocal",
    "NoContentRemote",
    "CannotPresent",
    "LowQuality",
    "Freezes",
    "StoppedUnexpectedly",
    "LargeDelay",
    "OtherIssues",
];

/// Checks a survey.
///
/// # Errors
/// A sentence that says what is wrong and what to write instead.
pub fn check_survey(survey: &Survey) -> Result<(), String> {
    let ratings = [
        ("overallRating", &survey.overall, OVERALL),
        ("audioRating", &survey.audio, AUDIO),
        ("videoRating", &survey.video, VIDEO),
        ("screenshareRating", &survey.screenshare, SCREENSHARE),
    ];
    if ratings.iter().all(|(_, rating, _)| rating.is_none()) {
        return Err("At least one survey rating is required.".to_owned());
    }
    for (name, rating, issues) in ratings {
        if let Some(rating) = rating {
            check_rating(name, rating, issues)?;
        }
    }
    match survey.comment.as_ref().map(|comment| comment.chars().count()) {
        Some(length) if length > SURVEY_COMMENT_MAX => {
            Err(format!("The comment has {length} characters; {SURVEY_COMMENT_MAX} are kept at most."))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_rating(name: &str, rating: &Rating, issues: &[&str]) -> Result<(), String> {
    let scale = rating.scale.unwrap_or(DEFAULT_SCALE);
    let RatingScale { lower_bound: lower, upper_bound: upper, low_score_threshold: threshold } = scale;
    if lower >= upper || upper > BOUND_MAX {
        return Err(format!(
            "{name}: lowerBound {lower} and upperBound {upper} should be between 0 and {BOUND_MAX}, in this order."
        ));
    }
    if !(lower..=upper).contains(&threshold) {
        return Err(format!("{name}: lowScoreThreshold {threshold} should be between {lower} and {upper}."));
    }
    if !(lower..=upper).contains(&rating.score) {
        return Err(format!("{name}: score {} should be between {lower} and {upper}.", rating.score));
    }
    if let Some(unknown) = rating.issues.iter().find(|issue| !issues.contains(&issue.as_str())) {
        let shown: String = unknown.chars().take(40).collect();
        return Err(format!("{name}: there is no issue {shown:?}. There are {}.", issues.join(", ")));
    }
    if rating.issues.iter().collect::<BTreeSet<_>>().len() != rating.issues.len() {
        return Err(format!("{name}: each issue may be named once."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(score: u32, issues: &[&str], scale: Option<(u32, u32, u32)>) -> Option<Rating> {
        let scale = scale.map(|(lower_bound, upper_bound, low_score_threshold)| RatingScale {
            lower_bound,
            upper_bound,
            low_score_threshold,
        });
        Some(Rating { score, issues: issues.iter().map(|issue| (*issue).to_owned()).collect(), scale })
    }

    fn of_video(score: u32, issues: &[&str], scale: Option<(u32, u32, u32)>) -> Result<(), String> {
        check_survey(&Survey { video: rating(score, issues, scale), ..Survey::default() })
    }

    #[test]
    fn scores_within_the_scale_and_issues_of_their_kind_are_taken() {
        assert_eq!(of_video(1, &[], None), Ok(()));
        assert_eq!(of_video(5, &["Freezes", "AudioVideoOutOfSync"], None), Ok(()));
        assert_eq!(of_video(0, &[], Some((0, 1, 0))), Ok(()));
        assert_eq!(of_video(100, &[], Some((0, 100, 100))), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_a_sentence_that_says_why() {
        let said = |result: Result<(), String>| result.expect_err("refused");
        assert_eq!(said(check_survey(&Survey::default())), "At least one survey rating is required.");
        assert_eq!(said(of_video(6, &[], None)), "videoRating: score 6 should be between 1 and 5.");
        assert_eq!(said(of_video(0, &[], None)), "videoRating: score 0 should be between 1 and 5.");
        let between = "should be between 0 and 100, in this order.";
        assert_eq!(
            said(of_video(5, &[], Some((0, 101, 5)))),
            format!("videoRating: lowerBound 0 and upperBound 101 {between}")
        );
        assert_eq!(
            said(of_video(5, &[], Some((5, 5, 5)))),
            format!("videoRating: lowerBound 5 and upperBound 5 {between}")
        );
        assert_eq!(
            said(of_video(5, &[], Some((1, 9, 10)))),
            "videoRating: lowScoreThreshold 10 should be between 1 and 9."
        );
        assert!(
            said(of_video(5, &["Echo"], None))
                .starts_with("videoRating: there is no issue \"Echo\". There are NoVideo")
        );
        assert_eq!(said(of_video(5, &["Freezes", "Freezes"], None)), "videoRating: each issue may be named once.");
        let long = Survey { overall: rating(5, &[], None), comment: Some("ü".repeat(2001)), ..Survey::default() };
        assert_eq!(said(check_survey(&long)), "The comment has 2001 characters; 2000 are kept at most.");
    }
}
