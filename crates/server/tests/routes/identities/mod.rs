//! `/identities`: what apps' servers ask for, signed with an access key.

mod create;
mod delete;
mod live;
mod signature;
mod tokens;
mod versions;

use crate::client::{Answer, Server};
use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_model::record::{AccessKey, Resource};
use convene_store::Store;
use serde_json::Value;
use std::time::{Duration, SystemTime};

pub const VERSION: &str = "api-version=2023-10-01";

/// An app's server: it knows a host and a key of its resource.
pub struct App<'a> {
    pub server: &'a Server,
    pub host: String,
    pub resource: Resource,
    /// Which of the two keys it signs with.
    pub key: AccessKey,
}

impl<'a> App<'a> {
    /// An app of the default resource, with its primary key.
    pub async fn new(server: &'a Server) -> Self {
        let id = &server.running.app.settings.resource_id;
        let resource = server.running.app.store.resource(id).await.expect("the store answers").expect("it is there");
        Self { server, host: server.address().to_string(), key: resource.access_keys[0].clone(), resource }
    }

    /// An app of another resource, which the host `other.example` chooses.
    pub async fn of_another_resource(server: &'a Server) -> Self {
        let keys = [AccessKey(vec![1; 64]), AccessKey(vec![2; 64])];
        let hosts = ["other.example".to_owned()].into();
        let resource = Resource { id: "other".into(), access_keys: keys.clone(), hosts, created_at: 1 };
        server.running.app.store.insert_resource(&resource).await.expect("a new resource");
        let [key, _] = keys;
        Self { server, host: "other.example:8443".into(), key, resource }
    }

    pub async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(&self.sign(method, &format!("{path}?{VERSION}"), body)).await
    }

    pub async fn send(&self, request: &Request) -> Answer {
        let headers: Vec<(&str, &str)> = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.server.send(&request.method, &request.target, &headers, &request.body).await
    }

    /// A request as the published clients sign it, made now.
    pub fn sign(&self, method: &str, target: &str, body: &str) -> Request {
        self.sign_at(method, target, body, SystemTime::now())
    }

    pub fn sign_at(&self, method: &str, target: &str, body: &str, at: SystemTime) -> Request {
        let (date, host) = (httpdate::fmt_http_date(at), &self.host);
        let hash = STANDARD.encode(digest::digest(&digest::SHA256, body.as_bytes()));
        let text = format!("{method}\n{target}\n{date};{host};{hash}");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key.0);
        let signature = STANDARD.encode(hmac::sign(&key, text.as_bytes()));
        let authorization =
            format!("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}");
        let headers = vec![
            ("Host", host.clone()),
            ("x-ms-date", date),
            ("x-ms-content-sha256", hash),
            ("Authorization", authorization),
            ("x-ms-client-request-id", "0aa5cc1d-25ff-4caf-b6a0-f34bbc2875b8".to_owned()),
        ];
        Request { method: method.into(), target: target.into(), headers, body: body.into() }
    }

    /// A new user's id.
    pub async fn user(&self) -> String {
        let answer = self.ask("POST", "/identities", "").await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        text(&answer.json()["identity"]["id"])
    }

    /// A token that an earlier user gets.
    pub async fn token(&self, user: &str) -> String {
        let answer = self.ask("POST", &op(user, "issueAccessToken"), r#"{"scopes":["voip"]}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        text(&answer.json()["token"])
    }
}

/// A request, to be tampered with.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Request {
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The path of a user, as clients encode it.
pub fn path(user: &str) -> String {
    format!("/identities/{}", user.replace(':', "%3A"))
}

/// The path of an operation on a user.
pub fn op(user: &str, operation: &str) -> String {
    format!("{}/:{operation}", path(user))
}

/// The code of an error, after checking its shape and headers.
pub fn error_code(answer: &Answer) -> String {
    let json = answer.json();
    let code = text(&json["error"]["code"]);
    assert!(!text(&json["error"]["message"]).is_empty());
    assert_eq!(answer.headers["x-ms-error-code"], code);
    assert_eq!(answer.headers["x-ms-request-id"].len(), 36);
    code
}

/// An hour and some, for clocks that are off.
pub const HOUR: Duration = Duration::from_secs(3600);
