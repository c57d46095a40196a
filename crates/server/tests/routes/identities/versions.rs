//! The versions of the API that the published clients name.

use super::{App, op, path, text};
use crate::client::Server;
use convene_server::config::ServeSettings;

#[tokio::test]
async fn every_published_version_creates_issues_revokes_and_deletes() {
    let server = Server::start(ServeSettings::default()).await;
    let app = App::new(&server).await;
    for version in ["2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01", "2026-09-23"] {
        let ask = async |method: &str, path: &str, body: &str| {
            app.send(&app.sign(method, &format!("{path}?api-version={version}"), body)).await
        };
        let created = ask("POST", "/identities", r#"{"createTokenWithScopes":["chat","voip"]}"#).await;
        assert_eq!(created.status, 201, "{version}: {}", created.text);
        let user = text(&created.json()["identity"]["id"]);
        assert!(text(&created.json()["accessToken"]["token"]).starts_with("ey"), "{version}");
        let issued = ask("POST", &op(&user, "issueAccessToken"), r#"{"scopes":["voip"]}"#).await;
        let revoked = ask("POST", &op(&user, "revokeAccessTokens"), "").await;
        let deleted = ask("DELETE", &path(&user), "").await;
        assert_eq!((issued.status, revoked.status, deleted.status), (200, 204, 204), "{version}");
    }
}
