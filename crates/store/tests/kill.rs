//! A process that is killed loses nothing that it had acknowledged.
//!
//! The test starts itself as another process, which commits and says so, kills it with SIGKILL in the middle of that, and
//! looks at the file.

mod temp;

use convene_model::{
    CallId, ErrorCode, ParticipantId, RawId,
    record::{CallTarget, JournalRow, OutboxEvent},
};
use convene_store::{SqliteStore, Store};
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use temp::TempFolder;

const FILE: &str = "CONVENE_STORE_TEST_FILE";
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
    (rows, OutboxEvent { id: format!("event {number}"), call, event_type, subject, data, at: number })
}

/// The other process: commits one batch after the other and says each number, until it is killed.
async fn commit_for_ever(file: &Path) {
    let store = SqliteStore::open(file).await.unwrap();
    for number in 0.. {
        let (rows, event) = batch(number);
        store.commit(&rows, &[event]).await.unwrap();
        println!("{ACKNOWLEDGED}{number}");
    }
}

/// Runs the other process, kills it after `enough` acknowledgements, and returns the last one that it gave.
fn kill_after(file: &Path, enough: i64) -> i64 {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["a_killed_process_loses_nothing_that_it_acknowledged", "--exact", "--nocapture"])
        .env(FILE, file)
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
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    if let Some(file) = std::env::var_os(FILE) {
        return commit_for_ever(&PathBuf::from(file)).await;
    }
    for enough in [0, 1, 17, 60] {
        let folder = TempFolder::new();
        let acknowledged = kill_after(&folder.file(), enough);
        assert!(acknowledged >= enough);

        let store = SqliteStore::open(&folder.file()).await.unwrap();
        let events = store.outbox(0, u32::MAX).await.unwrap();
        assert!(events.len() as i64 > acknowledged, "{} events, {acknowledged} acknowledged", events.len());
        for (number, (_, event)) in events.iter().enumerate() {
            let (rows, expected) = batch(number as i64);
            assert_eq!((event, store.journal_of(&event.call).await.unwrap()), (&expected, rows));
        }
        // Batches are whole: no call without its event.
        let open = store.open_calls().await.unwrap();
        assert_eq!(open.len(), events.len());

        let closed = store.close_open_calls(ErrorCode::Vanished, 1_000_000).await.unwrap();
        assert_eq!(closed.len(), open.len());
        assert_eq!(store.open_calls().await.unwrap(), []);
    }
}
