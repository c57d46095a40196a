//! Revocation and deletion hold at once, also for calls that go on (DESIGN §5.4).

use super::{App, op, path, text};
use crate::client::Server;
use crate::signaling::{Client, group, joined};
use convene_protocol::{Event, ServerMessage};
use convene_server::config::ServeSettings;
use std::time::{Duration, Instant};

/// Two users in a call, the first of them to be sent away.
async fn in_a_call(app: &App<'_>) -> (String, Client, Client) {
    let user = app.user().await;
    let mut leaver = Client::connect(app.server, &app.token(&user).await).await;
    leaver.ask(group()).await;
    leaver.until(joined).await;
    let mut stayer = Client::connect(app.server, &app.token(&app.user().await).await).await;
    stayer.ask(group()).await;
    stayer.until(joined).await;
    (user, leaver, stayer)
}

async fn is_sent_away_at_once(mut leaver: Client, mut stayer: Client, since: Instant) {
    let goodbye = leaver
        .until(|message| match message {
            ServerMessage::Goodbye { error } => Some(error),
            _ => None,
        })
        .await;
    assert_eq!((goodbye.code, goodbye.sub_code), (401, 10009));
    assert_eq!(leaver.hear().await, None);
    let reason = stayer
        .until(|message| match message {
            ServerMessage::Event { event: Event::ParticipantLeft { reason, .. }, .. } => Some(reason),
            _ => None,
        })
        .await;
    assert_eq!((reason.code, reason.sub_code), (401, 10009));
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}

#[tokio::test]
async fn revoking_ends_the_users_calls_within_a_second_and_a_new_token_is_good_at_once() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let (user, leaver, stayer) = in_a_call(&app).await;
    let since = Instant::now();
    assert_eq!(app.ask("POST", &op(&user, "revokeAccessTokens"), "").await.status, 204);
    is_sent_away_at_once(leaver, stayer, since).await;
    let mut again = Client::connect(&server, &app.token(&user).await).await;
    again.ask(group()).await;
    again.until(joined).await;
}

#[tokio::test]
async fn deleting_ends_the_users_calls_within_a_second_and_its_token_opens_nothing_any_more() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let body = r#"{"createTokenWithScopes":["voip"]}"#;
    let made = app.ask("POST", "/identities", body).await.json();
    let (gone, token) = (text(&made["identity"]["id"]), text(&made["accessToken"]["token"]));
    let mut leaver = Client::connect(&server, &token).await;
    leaver.ask(group()).await;
    leaver.until(joined).await;
    let (_, _other, stayer) = in_a_call(&app).await;
    let since = Instant::now();
    assert_eq!(app.ask("DELETE", &path(&gone), "").await.status, 204);
    is_sent_away_at_once(leaver, stayer, since).await;
    let mut late = Client::hello(&server, &token).await;
    let Some(ServerMessage::Goodbye { error }) = late.hear().await else { panic!("no goodbye") };
    assert_eq!((error.code, error.sub_code), (401, 10009));
}
