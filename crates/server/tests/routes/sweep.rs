//! What goes by its time.

use crate::client::Server;
use crate::identities::text;
use crate::signaling::{Client, app_token, group, joined};
use crate::v1_0::online_meetings::{Organizer, path_of};
use convene_model::{CallId, RawId};
use convene_protocol::{Event, Request, ServerMessage};
use convene_server::clock::wall_now;
use convene_server::config::ServeSettings;
use convene_server::sweep::Sweeper;
use convene_store::Store;
use serde_json::json;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Sweeps as if so many days had gone by.
pub async fn sweep(server: &Server, in_days: i64) {
    let app = &server.running.app;
    let sweeper = Sweeper { store: app.store.clone(), live: app.live.clone(), keep_days: app.config.keep_days };
    sweeper.sweep(wall_now() + in_days * DAY_MS).await.expect("the store answers");
}

#[tokio::test]
async fn ended_calls_and_visitors_go_after_the_days_that_were_set_and_meetings_and_open_calls_stay() {
    let server = Server::start(ServeSettings { dev: true, keep_days: Some(7), ..Default::default() }).await;
    let store = &server.running.app.store;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let link = json!({ "link": meeting["joinWebUrl"] }).to_string();
    let visitor = server.send("POST", "/api/visitors", &[], &link).await.json();
    let visitor = RawId::parse(&text(&visitor["user"]["id"])).expect("an id");

    let mut client = Client::connect(&server, &app_token(&server).await).await;
    client.ask(group()).await;
    let ended = CallId(client.until(joined).await);
    client.ask(Request::Leave {}).await;
    client
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Ended { .. }, .. }).then_some(()))
        .await;
    let mut client = Client::connect(&server, &app_token(&server).await).await;
    client.ask(group()).await;
    let open = CallId(client.until(joined).await);

    for (days, there) in [(6, true), (8, false)] {
        sweep(&server, days).await;
        assert_eq!(!store.journal_of(&ended).await.expect("the store answers").is_empty(), there, "{days} days");
        assert_eq!(store.user(&visitor).await.expect("the store answers").is_some(), there, "{days} days");
        let events = store.outbox(0, 99).await.expect("the store answers");
        assert_eq!(events.iter().any(|line| line.event.of.call() == Some(&ended)), there, "{days} days");
    }
    assert!(!store.journal_of(&open).await.expect("the store answers").is_empty());
    assert_eq!(organizer.ask("GET", &path_of(&meeting), "").await.status, 200);
}
