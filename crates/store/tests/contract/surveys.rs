//! What people thought of calls.

use super::samples::{NOW, call, guest, joined, knocked, leg, started};
use convene_model::survey::{KeptSurvey, Rating, RatingScale, Survey, SurveyRecord};
use convene_store::Store;

fn record(id: &str, of: &str, whose: &str, score: u32) -> SurveyRecord {
    let scale = Some(RatingScale { lower_bound: 0, upper_bound: 10, low_score_threshold: 3 });
    let survey = Survey {
        overall: Some(Rating { score, issues: vec![], scale: None }),
        screenshare: Some(Rating { score: 9, issues: vec!["Freezes".into(), "LargeDelay".into()], scale }),
        comment: Some("It's \"fine\"; ☺".into()),
        ..Survey::default()
    };
    SurveyRecord { id: id.into(), participant: leg(of), user: guest(whose), survey, at: NOW + i64::from(score) }
}

fn kept(of: &str, record: &SurveyRecord) -> KeptSurvey {
    KeptSurvey { call: call(of), record: record.clone() }
}

pub async fn a_survey_is_kept_only_of_a_leg_that_its_user_had(store: impl Store) {
    let rows = [started("one", NOW), joined("one", "ana", NOW), knocked("one", "ben", NOW)];
    store.commit(&rows, &[]).await.unwrap();
    store.commit(&[started("other", NOW), joined("other", "cora", NOW)], &[]).await.unwrap();
    let [ana, ben, cora] = [record("a", "ana", "ana", 1), record("b", "ben", "ben", 2), record("c", "cora", "cora", 3)];
    for record in [&ana, &ben, &cora] {
        assert!(store.keep_survey(record).await.unwrap());
    }
    assert!(!store.keep_survey(&record("d", "ana", "ben", 4)).await.unwrap(), "it is another's leg");
    assert!(!store.keep_survey(&record("e", "nobody", "nobody", 4)).await.unwrap());
    assert_eq!(store.surveys(Some(&call("one")), 10).await.unwrap(), [kept("one", &ben), kept("one", &ana)]);
    assert_eq!(store.surveys(None, 2).await.unwrap(), [kept("other", &cora), kept("one", &ben)]);
    assert_eq!(store.surveys(Some(&call("none")), 10).await.unwrap(), []);
}

pub async fn a_second_survey_of_a_leg_takes_the_first_ones_place(store: impl Store) {
    store.commit(&[started("one", NOW), joined("one", "ana", NOW)], &[]).await.unwrap();
    let (first, second) = (record("first", "ana", "ana", 5), record("second", "ana", "ana", 1));
    assert!(store.keep_survey(&first).await.unwrap());
    assert!(store.keep_survey(&second).await.unwrap());
    assert_eq!(store.surveys(None, 10).await.unwrap(), [kept("one", &second)]);
}
