//! `/{tenant}/oauth2/v2.0/token` and what clients read before it.

mod token;

use crate::client::Server;
use convene_server::admin::{Admin, AdminCommand};
use serde_json::Value;

/// What the command line does.
pub async fn cli(server: &Server, command: AdminCommand) -> Value {
    let app = &server.running.app;
    let admin = Admin {
        store: &*app.store,
        keys: &app.keys,
        settings: &app.settings,
        public_url: &app.public_url,
        live: Some(&app.arrivals),
        listeners: Some(&app.live),
    };
    admin.execute(command).await.expect("it is done")
}

/// An application with these permissions, as the command line prints it.
pub async fn application(server: &Server, permissions: &[&str]) -> Value {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    cli(server, AdminCommand::CreateApplication { name: "Back end".into(), permissions }).await
}

/// The form of a good request.
pub fn form(application: &Value) -> String {
    let text = |name: &str| application[name].as_str().expect("a text").to_owned();
    format!("grant_type=client_credentials&client_id={}&client_secret={}", text("clientId"), text("clientSecret"))
}

/// A token of a new application with these permissions.
pub async fn token(server: &Server, application: &Value) -> String {
    let answer = server.send("POST", "/organizations/oauth2/v2.0/token", &[], &form(application)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}
