//! Everything is served from a PostgreSQL database, too.

use crate::client::Server;
use crate::signaling::{Client, app_token, group, joined};
use convene_model::CallId;
use convene_model::record::JournalRow;
use convene_server::config::ServeSettings;
use convene_server::data::{Data, DataError};
use convene_store::{AnyStore, Store};

#[path = "../../../store/tests/cluster/mod.rs"]
mod cluster;

fn settings(database: &str) -> ServeSettings {
    ServeSettings { dev: true, database: Some(database.to_owned().into()), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identities_meetings_and_a_live_call_outlive_a_server_on_postgresql() {
    let database = cluster::database();
    let server = Server::start(settings(&database)).await;
    let (meetings_token, _) = server.organizer().await;
    let bearer = format!("Bearer {meetings_token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let made = server.send("POST", "/v1.0/me/onlineMeetings", &headers, r#"{"subject":"Weekly"}"#).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("/v1.0/me/onlineMeetings/{}", made.json()["id"].as_str().expect("an id"));

    let token = app_token(&server).await;
    let mut client = Client::connect(&server, &token).await;
    client.ask(group()).await;
    let call = CallId(client.until(joined).await);
    let store = server.running.app.store.clone();
    assert!(matches!(*store, AnyStore::Postgres(_)));
    assert_eq!(store.outbox(0, 10).await.expect("the store answers").len(), 2);
    // It ends as a killed one does: without a word to anybody.
    store.close().await;
    drop((client, server));

    let server = Server::start(settings(&database)).await;
    assert_eq!(server.get(&path, &headers).await.json()["subject"], "Weekly", "the same keys, users and meetings");
    let journal = server.running.app.store.journal_of(&call).await.expect("the store answers");
    assert!(
        matches!(
            journal[..],
            [JournalRow::CallStarted { .. }, JournalRow::ChatOpened { .. }, JournalRow::Joined { .. }]
        ),
        "{journal:?}"
    );
    let mut client = Client::connect(&server, &token).await;
    client.ask(group()).await;
    assert_eq!(client.until(joined).await, call.0, "the call went on");
}

#[tokio::test]
async fn a_data_folder_stays_with_its_database_and_says_so_without_the_password() {
    let database = cluster::database();
    let server = Server::start(settings(&database)).await;
    let folder = server.folder.clone();
    server.running.app.store.close().await;
    server.running.stop().await;
    let kept = std::fs::read_to_string(folder.join("database")).expect("it is remembered");
    assert!(kept.contains("test_") && !kept.contains(cluster::PASSWORD), "{kept}");
    // The lock on the folder goes with the last connection.
    loop {
        match Data::open(&folder, None).await {
            Err(DataError::Locked(_)) => tokio::task::yield_now().await,
            Err(error @ DataError::OtherDatabase { .. }) => {
                assert!(error.to_string().contains(kept.trim()), "{error}");
                break;
            }
            Err(other) => panic!("another error: {other}"),
            Ok(_) => panic!("an empty database was begun beside the other"),
        }
    }
    assert!(!folder.join("convene.db").exists());
}
