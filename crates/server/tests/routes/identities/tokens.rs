//! `POST /identities/{id}/:issueAccessToken` and `:revokeAccessTokens`.

use super::{App, error_code, op, text};
use crate::client::Server;
use convene_identity::still_valid;
use convene_server::clock::wall_now;
use convene_server::config::ServeSettings;
use convene_store::Store;

#[tokio::test]
async fn a_token_lives_a_day_unless_asked_otherwise() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let user = app.user().await;
    for (body, minutes) in [
        (r#"{"scopes":["voip"]}"#, 1440),
        (r#"{"scopes":["voip","chat.join.limited"],"expiresInMinutes":null}"#, 1440),
        (r#"{"scopes":["chat.join"],"expiresInMinutes":61}"#, 61),
    ] {
        let answer = app.ask("POST", &op(&user, "issueAccessToken"), body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        let claims = server.running.app.keys.verify(&text(&answer.json()["token"]), wall_now()).expect("a good token");
        assert_eq!((claims.user.as_str(), claims.expires_at - claims.issued_at), (user.as_str(), minutes * 60_000));
        assert_eq!(claims.resource_id, app.resource.id);
    }
}

#[tokio::test]
async fn a_token_for_nothing_or_for_what_apps_may_not_have_is_refused() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let user = app.user().await;
    for body in ["", "{}", r#"{"scopes":[]}"#, r#"{"scopes":["meetings"]}"#, r#"{"scopes":["voip","fly"]}"#] {
        let answer = app.ask("POST", &op(&user, "issueAccessToken"), body).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (400, "BadRequest"), "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn after_a_revocation_older_tokens_are_invalid_and_one_issued_in_the_same_second_is_not() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let user = app.user().await;
    let before = app.token(&user).await;
    let answer = app.ask("POST", &op(&user, "revokeAccessTokens"), "").await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let after = app.token(&user).await;
    let shared = &server.running.app;
    let valid = async |token: &str| {
        let claims = shared.keys.verify(token, wall_now()).expect("signed by us");
        let user = shared.store.user(&claims.user).await.expect("the store answers");
        still_valid(&claims, user.as_ref()).is_ok()
    };
    assert_eq!((valid(&before).await, valid(&after).await), (false, true));
}

#[tokio::test]
async fn unknown_users_and_those_of_another_resource_are_not_found_alike() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    let other = App::of_another_resource(&server).await;
    let theirs = other.user().await;
    assert!(theirs.starts_with("8:acs:other_"), "{theirs}");
    let unknown = format!("8:acs:{}_00000000-0000-4000-8000-000000000000", app.resource.id);
    let mut answers = Vec::new();
    for user in [theirs.as_str(), &unknown, "8:acs:nowhere_0", "8:orgid:0", "nonsense", "8:acs:a_b_c"] {
        for operation in ["issueAccessToken", "revokeAccessTokens"] {
            let answer = app.ask("POST", &op(user, operation), r#"{"scopes":["voip"]}"#).await;
            assert_eq!((answer.status, error_code(&answer).as_str()), (404, "NotFound"), "{user} {operation}");
            answers.push(answer.text);
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(!other.token(&theirs).await.is_empty());
}
