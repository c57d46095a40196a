//! What is older than it is kept.

use super::samples::{NOW, call, event, guest, joined, leg, meeting, started, user};
use convene_model::record::{CallTarget, JournalRow, User};
use convene_model::survey::{Survey, SurveyRecord};
use convene_model::{ErrorCode, RawId, Role};
use convene_store::{Pruned, Store};

fn ended(name: &str, at: i64) -> JournalRow {
    JournalRow::CallEnded { call: call(name), reason: ErrorCode::HungUp, at }
}

fn visitor(name: &str, created_at: i64) -> User {
    User { id: RawId::visitor(name), created_at, ..user(name) }
}

async fn survey(store: &impl Store, who: &str) {
    let record = SurveyRecord {
        id: format!("survey-{who}"),
        participant: leg(who),
        user: guest(who),
        survey: Survey::default(),
        at: NOW,
    };
    assert!(store.keep_survey(&record).await.unwrap());
}

pub async fn calls_and_visitors_older_than_they_are_kept_go_with_all_of_theirs_and_nothing_else_does(
    store: impl Store,
) {
    for (name, who, over) in
        [("old", "a", Some(NOW)), ("older", "b", Some(NOW - 1)), ("new", "c", Some(NOW + 1)), ("open", "d", None)]
    {
        let mut rows = vec![started(name, NOW - 9), joined(name, who, NOW - 9)];
        rows.extend(over.map(|at| ended(name, at)));
        store.commit(&rows, &[event(name, name)]).await.unwrap();
        survey(&store, who).await;
    }
    let in_call = visitor("in", NOW);
    for user in
        [visitor("gone", NOW), in_call.clone(), visitor("fresh", NOW + 1), User { created_at: NOW, ..user("o") }]
    {
        store.insert_user(&user).await.unwrap();
    }
    store.insert_meeting(&meeting("m")).await.unwrap();
    let target = CallTarget::Meeting(meeting("m").id);
    let joined = JournalRow::Joined {
        call: call("m"),
        participant: leg("v"),
        user: in_call.id.clone(),
        display_name: "V".into(),
        role: Role::Attendee,
        admitted_by: None,
        resume_hash: "5e5e".into(),
        at: NOW,
    };
    store.commit(&[JournalRow::CallStarted { call: call("m"), target, at: NOW }, joined], &[]).await.unwrap();

    assert_eq!(store.prune(NOW - 2, 9).await.unwrap(), Pruned::default());
    assert_eq!(store.prune(NOW, 1).await.unwrap(), Pruned { calls: 1, visitors: 1 });
    assert_eq!(store.journal_of(&call("older")).await.unwrap(), [], "the oldest goes first");
    assert_eq!(store.prune(NOW, 9).await.unwrap(), Pruned { calls: 1, visitors: 0 });
    assert_eq!(store.prune(NOW, 9).await.unwrap(), Pruned::default());
    assert_eq!(store.journal_of(&call("old")).await.unwrap(), []);
    let kept: Vec<String> = store.outbox(0, 9).await.unwrap().into_iter().map(|line| line.event.id).collect();
    assert_eq!(kept, ["new", "open"]);
    let surveys = store.surveys(None, 9).await.unwrap();
    let mut of: Vec<&str> = surveys.iter().map(|kept| kept.call.as_str()).collect();
    of.sort_unstable();
    assert_eq!(of, ["new", "open"]);
    for (user, there) in
        [(visitor("gone", NOW), false), (in_call, true), (visitor("fresh", NOW), true), (user("o"), true)]
    {
        assert_eq!(store.user(&user.id).await.unwrap().is_some(), there, "{}", user.id);
    }
}
