//! How the media of legs was.

use super::samples::{NOW, call, joined, leg, started};
use convene_model::quality::{JoinTimes, KeptQuality, LegQuality, PeerMeasure, Spread, StreamMeasure, Streams};
use convene_model::{ErrorCode, record::JournalRow};
use convene_store::{Store, StoreError};

fn quality(of: &str, who: &str, packets: u64) -> LegQuality {
    let spread = Some(Spread { mean: 1, max: u32::MAX });
    let audio = StreamMeasure { packets, loss_ppm: spread, ..StreamMeasure::default() };
    let received = Streams { audio: Some(audio), ..Streams::default() };
    let measure = PeerMeasure { rtt_us: spread, received, lasted_ms: u64::MAX, ..PeerMeasure::default() };
    let join = Some(JoinTimes { offered_ms: 7, connected_ms: Some(90), ..JoinTimes::default() });
    LegQuality { call: call(of), participant: leg(who), opened_at: NOW, kept: KeptQuality { join, measure } }
}

fn row(quality: &LegQuality) -> JournalRow {
    JournalRow::LegMeasured(Box::new(quality.clone()))
}

fn ended(of: &str) -> JournalRow {
    JournalRow::CallEnded { call: call(of), reason: ErrorCode::HungUp, at: NOW }
}

pub async fn what_was_measured_of_legs_is_kept_beside_the_journal_and_after_the_end(store: impl Store) {
    let journal = [started("one", NOW), joined("one", "ana", NOW), ended("one")];
    let [first, again, other] = [quality("one", "ana", 5), quality("one", "ana", 6), quality("two", "ben", 7)];
    store.commit(&journal[..2], &[]).await.unwrap();
    store.commit(&[row(&first), started("two", NOW)], &[]).await.unwrap();
    store.commit(&journal[2..], &[]).await.unwrap();
    store.commit(&[row(&again), row(&other)], &[]).await.unwrap();
    assert_eq!(store.journal_of(&call("one")).await.unwrap(), journal);
    assert_eq!(store.qualities_of(&call("one")).await.unwrap(), [first, again]);
    assert_eq!(store.qualities_of(&call("two")).await.unwrap(), [other]);
    assert_eq!(store.qualities_of(&call("never")).await.unwrap(), []);
}

pub async fn what_was_measured_goes_with_its_call(store: impl Store) {
    let measured = quality("one", "ana", 5);
    store.commit(&[started("one", NOW), ended("one"), row(&measured)], &[]).await.unwrap();
    assert_eq!(store.prune(NOW - 1, 9).await.unwrap().calls, 0);
    assert_eq!(store.qualities_of(&call("one")).await.unwrap(), [measured]);
    assert_eq!(store.prune(NOW, 9).await.unwrap().calls, 1);
    assert_eq!(store.qualities_of(&call("one")).await.unwrap(), []);
}

pub async fn a_measure_of_a_call_that_never_started_is_refused(store: impl Store) {
    let refused = store.commit(&[row(&quality("never", "ana", 5))], &[]).await;
    assert!(matches!(refused, Err(StoreError::UnknownCall)), "{refused:?}");
}
