//! The store's contract against PostgreSQL, and what is special about a database on a server.

mod cluster;
mod contract;

use contract::{contract_tests, event, started};
use convene_store::{DatabaseUrl, PostgresStore, Settings, Store, StoreError};
use sqlx::{Connection as _, PgConnection};
use std::{str::FromStr as _, sync::Arc};

async fn open(address: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(&DatabaseUrl::from_str(address).unwrap()).await
}

async fn empty() -> (PostgresStore, String) {
    let address = cluster::database();
    (open(&address).await.unwrap().telling(contract::tell), address)
}

contract_tests!(empty);

fn settings() -> Settings {
    Settings { organization: "o".into(), resource_id: "r".into() }
}

async fn refusal(address: &str) -> String {
    match open(address).await {
        Err(error @ StoreError::Database { .. }) => {
            let said = error.to_string();
            assert!(!said.contains(cluster::PASSWORD) && !format!("{error:?}").contains(cluster::PASSWORD), "{said}");
            said
        }
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it was opened"),
    }
}

fn name_of(address: &str) -> &str {
    address.rsplit_once('/').map_or(address, |_| address.split('/').nth(3).unwrap().split('?').next().unwrap())
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let (store, address) = empty().await;
    store.get_or_init_settings(settings()).await.unwrap();
    store.close().await;
    assert!(store.ping().await.is_err());
    for _ in 0..2 {
        let store = open(&address).await.unwrap();
        assert_eq!(store.settings().await.unwrap(), Some(settings()));
        store.close().await;
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_database_is_refused_until_the_first_ends() {
    let (store, address) = empty().await;
    let said = refusal(&address).await;
    assert!(said.ends_with("another Convene server runs on it; stop that one, or give this one a database of its own"));
    let other = cluster::database();
    open(&other).await.unwrap().close().await;
    store.close().await;
    open(&address).await.unwrap();
}

#[tokio::test]
async fn a_server_whose_hold_was_taken_over_learns_of_it() {
    let (store, address) = empty().await;
    // The database ends the session; another one is faster to take the lock.
    let mut thief = PgConnection::connect(&address).await.unwrap();
    let lock = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 \
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let ended: i64 = sqlx::query_scalar(lock).fetch_one(&mut thief).await.unwrap();
    assert_eq!(ended, 1);
    sqlx::query("SELECT pg_advisory_lock(27988542917799525)").execute(&mut thief).await.unwrap();
    let lost = store.lost().await.to_string();
    assert!(lost.contains("another Convene server took it over"), "{lost}");
}

#[tokio::test]
async fn a_server_whose_connections_break_goes_on_and_keeps_its_hold() {
    let (store, address) = empty().await;
    store.get_or_init_settings(settings()).await.unwrap();
    let mut other = PgConnection::connect(&address).await.unwrap();
    let all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended: i64 = sqlx::query_scalar(all).fetch_one(&mut other).await.unwrap();
    assert!(ended >= 2, "the one that holds and one of the pool: {ended}");
    // A connection that was in use a moment ago is found dead by the request that takes it; then there is a fresh one.
    while store.settings().await.is_err() {}
    assert_eq!(store.settings().await.unwrap(), Some(settings()));
    loop {
        let held: bool = sqlx::query_scalar("SELECT NOT pg_try_advisory_lock_shared(27988542917799525)")
            .fetch_one(&mut other)
            .await
            .unwrap();
        if held {
            break;
        }
        sqlx::query("SELECT pg_advisory_unlock_shared(27988542917799525)").execute(&mut other).await.unwrap();
    }
    assert!(refusal(&address).await.contains("another Convene server runs on it"));
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_refused_with_a_sentence() {
    let good = cluster::database();
    let wrong = good.replace(cluster::PASSWORD, "guess");
    let said = refusal(&wrong).await;
    assert!(said.contains("password authentication failed") && said.ends_with("check user and password"), "{said}");
    let said = refusal(&good.replace(name_of(&good), "nowhere")).await;
    assert!(said.contains("\"nowhere\" does not exist; make it: `createdb"), "{said}");
    let said = refusal(&format!("{good}/gone")).await;
    assert!(said.ends_with("check the address and the network"), "{said}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = refusal(&format!("postgres://convene:convene-test@{closed}/convene")).await;
    assert!(said.contains("Connection refused") && said.contains(&format!("convene on {closed} as convene")), "{said}");
    cluster::sql(name_of(&good), "CREATE ROLE stranger LOGIN PASSWORD 'convene-test'");
    let said = refusal(&good.replace("convene:", "stranger:")).await;
    assert!(said.contains("permission denied for schema public; let the user own the database"), "{said}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_with_a_sentence() {
    let (store, address) = empty().await;
    store.close().await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', TRUE, '', 0)";
    cluster::sql(name_of(&address), later);
    let said = refusal(&address).await;
    assert!(said.contains("newer version of Convene (migration 9999)"), "{said}");
    let looking = PostgresStore::open_to_look(&address.parse().unwrap()).await.unwrap_err().to_string();
    assert!(looking.contains("newer version of Convene (migration 9999)"), "{looking}");
}

#[tokio::test]
async fn a_database_can_be_looked_at_beside_its_server() {
    let address = cluster::database();
    let url: DatabaseUrl = address.parse().unwrap();
    let empty = PostgresStore::open_to_look(&url).await.unwrap_err().to_string();
    assert!(empty.contains("no tables of Convene"), "{empty}");
    let store = open(&address).await.unwrap();
    store.get_or_init_settings(settings()).await.unwrap();
    let looking = PostgresStore::open_to_look(&url).await.unwrap();
    assert_eq!(looking.settings().await.unwrap(), Some(settings()));
    assert!(looking.is_held().await.unwrap());
    looking
        .add_signing_key(&convene_model::record::SigningKeyRecord { kid: "k".into(), seed: [0; 32], created_at: 0 })
        .await
        .unwrap_err();
    store.close().await;
    while looking.is_held().await.unwrap() {}
}

#[tokio::test]
async fn commits_are_durable_also_where_the_database_would_not_wait_for_the_disk() {
    let address = cluster::database();
    let name = name_of(&address);
    cluster::sql(name, &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    // Whoever writes says with which setting.
    let store = open(&address).await.unwrap();
    cluster::sql(
        name,
        "ALTER TABLE setting ALTER organization SET DEFAULT 'x'; CREATE FUNCTION told() RETURNS trigger \
         AS 'BEGIN NEW.organization := current_setting(''synchronous_commit''); RETURN NEW; END' LANGUAGE plpgsql; \
         CREATE TRIGGER tell BEFORE INSERT ON setting FOR EACH ROW EXECUTE FUNCTION told()",
    );
    assert_eq!(store.get_or_init_settings(settings()).await.unwrap().organization, "on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_of_the_outbox_is_never_seen_before_a_lower_one() {
    let (store, address) = empty().await;
    store.commit(&[started("a", 1)], &[]).await.unwrap();
    // Somebody else writes the event "second" and does not finish: the first batch has to wait for that, with the position
    // of "first" drawn already.
    let mut session = PgConnection::connect(&address).await.unwrap();
    let mut other = session.begin().await.unwrap();
    sqlx::query("INSERT INTO outbox (id, call, event_type, subject, data, at) VALUES ('second', 'a', '', '', '', 0)")
        .execute(&mut *other)
        .await
        .unwrap();
    let store = Arc::new(store);
    let commit = |events: Vec<&'static str>| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let events: Vec<_> = events.into_iter().map(|id| event(id, "a")).collect();
            store.commit(&[], &events).await.unwrap();
        })
    };
    let mut watch = PgConnection::connect(&address).await.unwrap();
    let mut waiting = async |at_least: i64| {
        let count =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(count).fetch_one(&mut watch).await.unwrap() < at_least {}
    };
    let slow = commit(vec!["first", "second"]);
    waiting(1).await;
    let quick = commit(vec!["third"]);
    tokio::select! {
        () = waiting(2) => {}
        done = async { while !quick.is_finished() { tokio::task::yield_now().await } } => {
            panic!("a higher position is visible while a lower one is not: {done:?}")
        }
    }
    assert_eq!(store.outbox(0, 10).await.unwrap(), []);
    other.rollback().await.unwrap();
    slow.await.unwrap();
    quick.await.unwrap();
    let ids: Vec<String> = store.outbox(0, 10).await.unwrap().into_iter().map(|line| line.event.id).collect();
    assert_eq!(ids, ["first", "second", "third"]);
}
