//! A process that is killed loses nothing that it had acknowledged.
//!
//! The test starts itself as another process, which commits and says so, kills it with SIGKILL in the middle of that, and
//! looks at the file.

mod cluster;
mod temp;

use convene_model::subscription::EventLine;
use convene_model::{
    CallId, ErrorCode, ParticipantId, RawId,
    record::{CallTarget, EventOf, JournalRow, OutboxEvent},
};
use convene_store::{AnyStore, Database, Store};
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};
use temp::TempFolder;

const DATABASE: &str = "CONVENE_STORE_TEST_DATABASE";
const ACKNOWLEDGED: &str = "acknowledged ";

fn batch(number: i64) -> (Vec<JournalRow>, OutboxEvent) {
    let call = CallId(format!("call {number}"));
    let target = CallTarget::Group { resource: "resource".into(), group_id: "group".into() };
    let (participant, user) = (ParticipantId("leg".into()), RawId::visitor("guest"));
    let rows = vec![
        JournalRow::CallStarted { call: call.clone(), target, at: number },
        JournalRow::Knocked { call: call.clone(), participant, user, at: number },
    ];
    let (event_type, subject, data) = ("type".into(), "subject".into(), "{}".into());
    (
        rows,
        OutboxEvent {
            id: format!("event {number}"),
            of: EventOf::Call(call),
            connection: None,
            event_type,
            subject,
            data,
            at: number,
        },
    )
}

/// Opens it, as soon as the database has noticed that who had it before is gone.
async fn open(database: &str) -> AnyStore {
    loop {
        match AnyStore::open(&Database::parse(database).unwrap()).await {
            Ok(store) => return store,
            Err(error) => assert!(error.to_string().contains("another Convene server runs on it"), "{error}"),
        }
    }
}

/// The other process: commits one batch after the other and says each number, until it is killed.
async fn commit_for_ever(database: &str) {
    let store = open(database).await;
    for number in 0.. {
        let (rows, event) = batch(number);
        store.commit(&rows, &[event]).await.unwrap();
        println!("{ACKNOWLEDGED}{number}");
    }
}

/// Runs the other process, kills it after `enough` acknowledgements, and returns the last one that it gave.
fn kill_after(test: &str, database: &str, enough: i64) -> i64 {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut last = -1;
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        if let Some(number) = line.unwrap().strip_prefix(ACKNOWLEDGED) {
            last = number.parse().unwrap();
            if last == enough {
                process.kill().unwrap();
            }
        }
    }
    assert!(!process.wait().unwrap().success(), "it was killed");
    last
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged_to_sqlite() {
    if let Ok(database) = std::env::var(DATABASE) {
        return commit_for_ever(&database).await;
    }
    for enough in [0, 1, 17, 60] {
        let folder = TempFolder::new();
        let database = folder.file().display().to_string();
        killed("a_killed_process_loses_nothing_that_it_acknowledged_to_sqlite", &database, enough).await;
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged_to_postgresql() {
    if let Ok(database) = std::env::var(DATABASE) {
        return commit_for_ever(&database).await;
    }
    for enough in [0, 1, 17, 60] {
        let database = cluster::database();
        killed("a_killed_process_loses_nothing_that_it_acknowledged_to_postgresql", &database, enough).await;
    }
}

async fn killed(test: &str, database: &str, enough: i64) {
    let acknowledged = kill_after(test, database, enough);
    assert!(acknowledged >= enough);

    let store = open(database).await;
    let events = store.outbox(0, u32::MAX).await.unwrap();
    assert!(events.len() as i64 > acknowledged, "{} events, {acknowledged} acknowledged", events.len());
    for (number, EventLine { event, .. }) in events.iter().enumerate() {
        let (rows, expected) = batch(number as i64);
        assert_eq!((event, store.journal_of(event.of.call().unwrap()).await.unwrap()), (&expected, rows));
    }
    // Batches are whole: no call without its event.
    let open = store.open_calls().await.unwrap();
    assert_eq!(open.len(), events.len());

    let closed = store.close_open_calls(ErrorCode::Vanished, 1_000_000).await.unwrap();
    assert_eq!(closed.len(), open.len());
    assert_eq!(store.open_calls().await.unwrap(), []);
}
