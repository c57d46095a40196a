//! The store's contract against SQLite, and what is special about its file.

mod contract;
mod temp;

use contract::contract_tests;
use convene_model::{ErrorCode, WallMs, record::JournalRow};
use convene_store::{Settings, SqliteStore, Store, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};
use temp::TempFolder;

async fn empty() -> (SqliteStore, TempFolder) {
    let folder = TempFolder::new();
    (SqliteStore::open(&folder.file()).await.unwrap().telling(contract::tell), folder)
}

contract_tests!(empty);

const NOW: WallMs = 1_790_000_000_123;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn refusal(path: &Path) -> String {
    match SqliteStore::open(path).await {
        Err(error @ StoreError::Open { .. }) => error.to_string(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("{} was opened", path.display()),
    }
}

#[tokio::test]
async fn events_and_what_waits_of_them_outlive_the_tables_that_are_made_anew_for_chat() {
    let folder = TempFolder::new();
    SqliteStore::open(&folder.file()).await.unwrap().close().await;
    fs::remove_file(folder.file()).unwrap();
    let options = SqliteConnectOptions::new().filename(folder.file()).create_if_missing(true).foreign_keys(true);
    let mut connection = options.connect().await.unwrap();
    let migrations = sqlx::migrate!("./migrations/sqlite");
    for migration in migrations.iter().filter(|migration| migration.version < 18) {
        sqlx::raw_sql(migration.sql.clone()).execute(&mut connection).await.unwrap();
    }
    let before = "
        INSERT INTO resource (id, primary_key, secondary_key, created_at) VALUES ('r', zeroblob(16), zeroblob(16), 0);
        INSERT INTO call (id, resource, group_id, started_at) VALUES ('c', 'r', 'g', 1);
        INSERT INTO outbox (id, call, event_type, subject, data, at) VALUES
            ('one', 'c', 't', 's', '{}', 1), ('two', 'c', 't', 's', '{}', 1), ('three', 'c', 't', 's', '{}', 1);
        INSERT INTO subscription (id, resource, endpoint, schema, types, meetings, by_operator, secret, created_at, position)
            VALUES ('s', 'r', 'e', 'cloudEvents', '', 0, 0, x'01', 0, 0);
        INSERT INTO undelivered (subscription, seq, attempts, next_at) VALUES ('s', 2, 1, 1);
        DELETE FROM outbox WHERE id = 'three';";
    sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
    let anew = migrations.iter().find(|migration| migration.version == 18).unwrap();
    let mut tx = connection.begin().await.unwrap();
    sqlx::raw_sql(anew.sql.clone()).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();

    let kept: Vec<(i64, String)> =
        sqlx::query_as("SELECT seq, id FROM outbox ORDER BY seq").fetch_all(&mut connection).await.unwrap();
    assert_eq!(kept, [(1, "one".to_owned()), (2, "two".to_owned())]);
    let chat = "INSERT INTO outbox (id, thread, resource, event_type, subject, data, at) VALUES ('x', 't', 'r', 't', 's', '{}', 1) \
                RETURNING seq";
    let next: i64 = sqlx::query_scalar(chat).fetch_one(&mut connection).await.unwrap();
    assert_eq!(next, 4, "no number is used again");
    let waits = "SELECT COUNT(*) FROM undelivered";
    assert_eq!(sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut connection).await.unwrap(), 1);
    sqlx::raw_sql("DELETE FROM outbox WHERE id = 'two'").execute(&mut connection).await.unwrap();
    assert_eq!(
        sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut connection).await.unwrap(),
        0,
        "it goes with its event"
    );
}

#[tokio::test]
async fn the_folder_and_the_file_are_for_their_owner_only() {
    let (store, folder) = empty().await;
    store.get_or_init_settings(Settings { organization: "o".into(), resource_id: "r".into() }).await.unwrap();
    assert_eq!(mode(&folder.path.join("data")), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(folder.path.join("data")).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
        files += 1;
    }
    assert_eq!(files, 3, "the database, its log and its shared memory");
}

#[tokio::test]
async fn a_file_that_others_could_read_is_closed_to_them() {
    let folder = TempFolder::new();
    let path = folder.path.join("convene.db");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    SqliteStore::open(&path).await.unwrap();
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test]
async fn a_file_can_be_looked_at_beside_its_server_and_damage_is_told() {
    let (store, folder) = empty().await;
    store.get_or_init_settings(Settings { organization: "o".into(), resource_id: "r".into() }).await.unwrap();
    let looking = SqliteStore::open_to_look(&folder.file()).await.unwrap();
    assert_eq!(looking.settings().await.unwrap().unwrap().organization, "o");
    assert_eq!(looking.damage().await.unwrap(), Vec::<String>::new());
    let other = Settings { organization: "x".into(), resource_id: "x".into() };
    looking.get_or_init_settings(other).await.unwrap_err();
    looking.close().await;
    store.close().await;
    let mut bytes = fs::read(folder.file()).unwrap();
    // The first page, after its header, lists the tables.
    bytes[100..4096].fill(0x55);
    fs::write(folder.file(), bytes).unwrap();
    let refused = SqliteStore::open_to_look(&folder.file()).await.unwrap_err();
    assert!(refused.to_string().ends_with("it is damaged; restore it from a backup"), "{refused}");
    SqliteStore::open_to_look(&folder.path.join("none.db")).await.unwrap_err();
    assert!(!folder.path.join("none.db").exists(), "looking makes nothing");
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let (store, folder) = empty().await;
    let settings = Settings { organization: "o".into(), resource_id: "r".into() };
    store.get_or_init_settings(settings.clone()).await.unwrap();
    store.close().await;
    assert!(store.ping().await.is_err());
    for _ in 0..2 {
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        assert_eq!(store.settings().await.unwrap(), Some(settings.clone()));
        store.close().await;
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_with_a_sentence() {
    let folder = TempFolder::new();
    let path = folder.path.join("convene.db");
    fs::write(&path, "not a database at all, but long enough to be looked at ".repeat(200)).unwrap();
    let said = refusal(&path).await;
    assert!(said.contains("convene.db") && said.contains("it is not a Convene data file"), "{said}");
}

#[tokio::test]
async fn a_path_that_cannot_be_made_is_refused_with_a_sentence() {
    let folder = TempFolder::new();
    fs::write(folder.path.join("file"), "").unwrap();
    let said = refusal(&folder.path.join("file").join("convene.db")).await;
    assert!(said.contains("check the folder and its permissions"), "{said}");
    let said = refusal(&folder.path).await;
    assert!(said.contains("cannot be opened"), "{said}");
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_with_a_sentence() {
    let (store, folder) = empty().await;
    store.close().await;
    let mut file = SqliteConnection::connect(&format!("sqlite://{}", folder.file().display())).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', TRUE, X'00', 0)",
    )
    .execute(&mut file)
    .await
    .unwrap();
    file.close().await.unwrap();
    let said = refusal(&folder.file()).await;
    assert!(said.contains("newer version of Convene (migration 9999)"), "{said}");
}

#[tokio::test]
async fn a_store_that_is_gone_says_what_it_could_not_do() {
    let (store, _folder) = empty().await;
    store.close().await;
    let call = convene_model::CallId("c".into());
    let row = JournalRow::CallEnded { call, reason: ErrorCode::HungUp, at: NOW };
    let said = store.commit(&[row], &[]).await.unwrap_err().to_string();
    assert!(said.starts_with("the store could not commit a batch of the journal"), "{said}");
}
