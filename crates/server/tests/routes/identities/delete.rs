//! `DELETE /identities/{id}`.

use super::{App, error_code, op, path};
use crate::client::Server;
use convene_server::config::ServeSettings;

#[tokio::test]
async fn a_deleted_user_is_gone_and_others_stay() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let (leaver, stayer) = (app.user().await, app.user().await);
    let answer = app.ask("DELETE", &path(&leaver), "").await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    for (method, path) in [("DELETE", path(&leaver)), ("POST", op(&leaver, "revokeAccessTokens"))] {
        let answer = app.ask(method, &path, "").await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (404, "NotFound"));
    }
    assert!(!app.token(&stayer).await.is_empty());
}

#[tokio::test]
async fn another_resources_user_cannot_be_deleted() {
    let server = Server::start(ServeSettings::default()).await;
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let theirs = other.user().await;
    assert_eq!(app.ask("DELETE", &path(&theirs), "").await.status, 404);
    assert!(!other.token(&theirs).await.is_empty());
}
